//! What people want of each other: whom they block, whose rings they want silent, whether they want to be rung at all, and
//! the groups that they call.
//!
//! It is kept beside the history, in the same file and written by the same thread, and all of it is in memory, because
//! every ring asks for it. The memory follows the file: what could not be written is not so.

mod file;
pub mod routes;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use protocol::{CallStatus, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use file::{read_all, write};

/// How many others somebody may have wishes about.
pub const OTHERS: usize = 500;
/// How many groups somebody may have.
pub const GROUPS: usize = 100;
/// How many people a group may have.
pub const MEMBERS: usize = 32;

/// Whether somebody wants to be rung.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// They do.
    #[default]
    Free,
    /// They do, and may not be there.
    Away,
    /// They do not.
    DoNotDisturb,
}

/// What somebody wants of one other person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Other {
    /// Who.
    #[schema(value_type = String)]
    pub id: UserId,
    /// What they were called when this was said.
    pub name: String,
    /// They cannot ring me, and do not see whether I am here.
    pub blocked: bool,
    /// Their calls show without a sound.
    pub muted: bool,
}

/// Somebody in a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// Who.
    #[schema(value_type = String)]
    pub id: UserId,
    /// What they were called when they were taken in.
    pub name: String,
}

/// A named group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Group {
    /// Drawn by the relay.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Where it stands among the others: the smaller first, those of one place by name.
    pub place: u32,
    /// Who is in it, in this order.
    pub members: Vec<Member>,
}

/// Everything that one person wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// Whether they want to be rung.
    pub wish: Wish,
    /// What they want of others.
    pub others: Vec<Other>,
    /// Their groups, in order.
    pub groups: Vec<Group>,
}

/// Something that somebody wants otherwise from now on.
#[derive(Clone, Debug)]
pub enum Change {
    /// To be rung, or not.
    Wish(Wish),
    /// Of one other person; nothing is kept of whom neither is wanted.
    Other(Other),
    /// A group, new or changed.
    Group(Group),
    /// That group no more.
    Ungroup(String),
}

/// How a ring from one to another is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// It rings.
    Rings,
    /// It shows, without a sound.
    Silently,
    /// Its caller hears that they do not want to be disturbed.
    NotNow,
    /// Its caller hears that they are not here.
    Never,
}

/// What everyone wants.
#[derive(Default)]
pub struct People {
    own: RwLock<HashMap<UserId, Own>>,
    /// The file has been read.
    known: AtomicBool,
}

impl fmt::Debug for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("People").field("known", &self.known).finish_non_exhaustive()
    }
}

impl People {
    /// Whether the file has been read: before, nothing is known of anybody.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.known.load(Ordering::Acquire)
    }

    /// Takes in what the file holds.
    pub(crate) fn fill(&self, own: HashMap<UserId, Own>) {
        *self.own.write().unwrap_or_else(PoisonError::into_inner) = own;
        self.known.store(true, Ordering::Release);
    }

    fn ask<T>(&self, user: &UserId, ask: impl FnOnce(&Own) -> T) -> Option<T> {
        self.own.read().unwrap_or_else(PoisonError::into_inner).get(user).map(ask)
    }

    /// Everything that somebody wants.
    #[must_use]
    pub fn own(&self, user: &UserId) -> Own {
        self.ask(user, Clone::clone).unwrap_or_default()
    }

    /// How somebody takes a ring from another.
    #[must_use]
    pub fn manner(&self, user: &UserId, from: &UserId) -> Manner {
        let manner = self.ask(user, |own| {
            let other = own.others.iter().find(|other| other.id == *from);
            match (other, own.wish) {
                (Some(Other { blocked: true, .. }), _) => Manner::Never,
                (_, Wish::DoNotDisturb) => Manner::NotNow,
                (Some(Other { muted: true, .. }), _) => Manner::Silently,
                (_, Wish::Free | Wish::Away) => Manner::Rings,
            }
        });
        manner.unwrap_or(Manner::Rings)
    }

    /// Whether somebody is as if they were not here, for that other person.
    #[must_use]
    pub fn hides(&self, user: &UserId, from: &UserId) -> bool {
        self.manner(user, from) == Manner::Never
    }

    /// What others are told that somebody does: what they do, or else what they want.
    #[must_use]
    pub fn shown(&self, user: &UserId, does: CallStatus) -> CallStatus {
        let wish = self.ask(user, |own| own.wish).unwrap_or_default();
        match (does, wish) {
            (CallStatus::Idle | CallStatus::Ringing, Wish::DoNotDisturb) => CallStatus::DoNotDisturb,
            (CallStatus::Idle, Wish::Away) => CallStatus::Away,
            (does, _) => does,
        }
    }

    /// Follows a change that has been written.
    pub(crate) fn apply(&self, user: &UserId, change: Change) {
        let mut all = self.own.write().unwrap_or_else(PoisonError::into_inner);
        let own = all.entry(user.clone()).or_default();
        match change {
            Change::Wish(wish) => own.wish = wish,
            Change::Other(other) => {
                own.others.retain(|known| known.id != other.id);
                if other.blocked || other.muted {
                    own.others.push(other);
                }
            }
            Change::Group(group) => {
                own.groups.retain(|known| known.id != group.id);
                own.groups.push(group);
                own.groups.sort_by(|a, b| (a.place, &a.name).cmp(&(b.place, &b.name)));
            }
            Change::Ungroup(id) => own.groups.retain(|known| known.id != id),
        }
        if *own == Own::default() {
            all.remove(user);
        }
    }
}
