//! The browsers that want to be told of calls, each for one person.
//!
//! All of them are in memory, because every ring asks; they are kept in the history's file, and the memory follows it.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use protocol::{Person, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::seal::{AUTH, Receiver};
use crate::identity;

/// Browsers of one person; with one more, that which was renewed longest ago goes.
pub const DEVICES: usize = 10;
/// Browsers of all people together, at half a kilobyte each: guests cost nothing, so there has to be an end.
pub const ALL: usize = 20_000;
/// Seconds after which a browser that has not renewed its subscription is forgotten: so long a guest's token is good for,
/// and who comes later is somebody else.
pub const LIFE: u64 = identity::LIFE;

/// The language that a browser's notifications are in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Vietnamese.
    Vi,
}

/// A browser that wants to be told of somebody's calls (a `PushSubscription`, Push API section 8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The push service's address for it. It belongs to one person at a time.
    pub endpoint: String,
    /// What it can read.
    pub receiver: Receiver,
    /// What the person was called when it was renewed.
    pub name: String,
    /// What it speaks.
    pub language: Language,
    /// When it was renewed, in seconds since 1970.
    pub renewed: u64,
}

/// Something that is otherwise from now on.
#[derive(Clone, Debug)]
pub enum Change {
    /// A browser wants to be told of somebody's calls, and of nobody else's.
    Subscribe(UserId, Subscription),
    /// A browser does not want to be any more.
    Unsubscribe(UserId, String),
    /// Those that were renewed before that time are forgotten, in seconds since 1970.
    Expire(u64),
}

/// All of them.
#[derive(Default)]
pub struct Subscriptions {
    of_user: RwLock<HashMap<UserId, Vec<Subscription>>>,
    /// The file has been read.
    known: AtomicBool,
}

impl fmt::Debug for Subscriptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscriptions").field("known", &self.known).finish_non_exhaustive()
    }
}

impl Subscriptions {
    /// Whether the file has been read: before, nothing is known of anybody.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.known.load(Ordering::Acquire)
    }

    /// Those of one person.
    #[must_use]
    pub fn of(&self, user: &UserId) -> Vec<Subscription> {
        self.of_user.read().unwrap_or_else(PoisonError::into_inner).get(user).cloned().unwrap_or_default()
    }

    /// Somebody with a subscription, as far as they are known by it.
    #[must_use]
    pub fn person(&self, user: &UserId) -> Option<Person> {
        let all = self.of_user.read().unwrap_or_else(PoisonError::into_inner);
        let name = all.get(user)?.last()?.name.clone();
        Some(Person { id: user.clone(), name, avatar: None })
    }

    /// Whose the browser is that has this place and this secret, with all that is known of it.
    #[must_use]
    pub fn with_secret(&self, endpoint: &str, secret: &[u8; AUTH]) -> Option<(UserId, Subscription)> {
        let all = self.of_user.read().unwrap_or_else(PoisonError::into_inner);
        let mut each = all.iter().flat_map(|(user, own)| own.iter().map(move |one| (user, one)));
        let (user, known) = each.find(|(_, one)| one.endpoint == endpoint)?;
        // In a time that says nothing of how much of a guess is right.
        verify_slices_are_equal(&known.receiver.auth, secret).ok()?;
        Some((user.clone(), known.clone()))
    }

    /// Whether there is room for another browser of that person.
    #[must_use]
    pub fn has_room(&self, user: &UserId) -> bool {
        let all = self.of_user.read().unwrap_or_else(PoisonError::into_inner);
        all.contains_key(user) || all.values().map(Vec::len).sum::<usize>() < ALL
    }

    /// Takes in what the file holds.
    pub(crate) fn fill(&self, of_user: HashMap<UserId, Vec<Subscription>>) {
        *self.of_user.write().unwrap_or_else(PoisonError::into_inner) = of_user;
        self.known.store(true, Ordering::Release);
    }

    /// Follows a change that has been written.
    pub(crate) fn apply(&self, change: Change) {
        let mut all = self.of_user.write().unwrap_or_else(PoisonError::into_inner);
        match change {
            Change::Subscribe(user, new) => {
                for others in all.values_mut() {
                    others.retain(|other| other.endpoint != new.endpoint);
                }
                let own = all.entry(user).or_default();
                own.push(new);
                let spare = own.len().saturating_sub(DEVICES);
                own.drain(..spare);
            }
            Change::Unsubscribe(user, endpoint) => {
                if let Some(own) = all.get_mut(&user) {
                    own.retain(|other| other.endpoint != endpoint);
                }
            }
            Change::Expire(before) => {
                all.values_mut().for_each(|own| own.retain(|other| other.renewed >= before));
            }
        }
        all.retain(|_, own| !own.is_empty());
    }
}
