//! Calls are told of to browsers that have no page open: Web Push (RFC 8030), encrypted (RFC 8291), signed (RFC 8292).
//!
//! ```text
//! it rings for somebody ──▶ one story for each of their browsers: tell, wait for what comes of it, tell that
//!                              │ retried while it rings           a push service ──▶ static/sw.js
//! ```
//! Nothing here holds up a call: [`Push::rings`] starts stories and returns. Of these there are at most [`STORIES`] at a
//! time; with more, a browser is not told, its person's open pages ring all the same, and `alo_push_total` counts it. A
//! push service sees that something is for a browser, when, and for how long; not who rings, nor that somebody does.

mod file;
mod key;
mod notice;
pub mod routes;
mod seal;
mod send;
mod services;
mod story;
mod subscriptions;

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use call::Time;
use call::record::CameTo;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use protocol::{CallId, CallType, Person, UserId};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};

pub(crate) use self::file::{read_all, write};
use self::key::Key;
pub use self::key::KeyError;
pub use self::seal::{AUTH, PUBLIC, Receiver, seal};
use self::send::Sender;
use self::services::Services;
pub use self::subscriptions::{ALL, Change, DEVICES, LIFE, Language, Subscription, Subscriptions};
use crate::clock::Clock;
use crate::config::PushServices;
use crate::history::History;
use crate::metrics::{Metrics, Pushed};

/// Browsers that are being told of a call at a time, a few kilobytes each.
pub const STORIES: usize = 1_000;
/// Requests to push services at a time. More would take sockets from people; fewer, and one service that hangs for its ten
/// seconds holds up the others.
const LINES: usize = 32;
/// Rings a minute of which somebody's browsers are told, in the long run. Whoever rings more often is heard by open pages.
const RINGS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(12).unwrap();
/// The same at once.
const RINGS_AT_ONCE: NonZeroU32 = NonZeroU32::new(6).unwrap();

/// It rings for somebody.
#[derive(Clone, Debug)]
pub struct Ring {
    /// For whom.
    pub user: UserId,
    /// Which call.
    pub call_id: CallId,
    /// Of what kind.
    pub kind: CallType,
    /// Who rings.
    pub from: Person,
    /// It is to be shown without a sound.
    pub silent: bool,
    /// When it counts as missed.
    pub until: Time,
}

/// The rings that are being told of, each with what came of it once that is known.
type Live = HashMap<(CallId, UserId), watch::Sender<Option<CameTo>>>;

/// Tells browsers of calls.
pub struct Push {
    key: Key,
    services: Services,
    sender: Sender,
    history: Arc<History>,
    metrics: Arc<Metrics>,
    clock: Clock,
    /// With it, somebody's decline on a notification is known to be theirs. A relay that was started anew knows none of the
    /// calls before.
    declines: hmac::Key,
    rate: DefaultKeyedRateLimiter<UserId>,
    live: Mutex<Live>,
    stories: Arc<Semaphore>,
    lines: Semaphore,
}

impl std::fmt::Debug for Push {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Push").field("services", &self.services).finish_non_exhaustive()
    }
}

impl Push {
    /// Reads the relay's key from the data folder, or makes it there.
    ///
    /// # Errors
    /// When the key cannot be used, or the cryptography library refuses.
    pub fn open(
        data: &Path,
        config: &PushServices,
        history: Arc<History>,
        metrics: Arc<Metrics>,
        clock: Clock,
    ) -> Result<Self, KeyError> {
        let declines = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).map_err(|_| KeyError::Crypto)?;
        let quota = Quota::per_minute(RINGS_PER_MINUTE).allow_burst(RINGS_AT_ONCE);
        Ok(Self {
            key: Key::open(&data.join("keys"), config.contact.clone())?,
            services: Services::new(config.named.clone()),
            sender: Sender::new().map_err(|_| KeyError::Crypto)?,
            history,
            metrics,
            clock,
            declines,
            rate: RateLimiter::keyed(quota),
            live: Mutex::default(),
            stories: Arc::new(Semaphore::new(STORIES)),
            lines: Semaphore::new(LINES),
        })
    }

    /// The browsers that want to be told.
    #[must_use]
    pub fn subscriptions(&self) -> &Subscriptions {
        self.history.subscriptions()
    }

    /// Somebody who can be told of a call wherever they are; `None` of whom no browser wants to be.
    #[must_use]
    pub fn reaches(&self, user: &UserId) -> Option<Person> {
        self.subscriptions().person(user)
    }

    /// It rings for somebody: their browsers are told. Never blocks.
    pub fn rings(self: &Arc<Self>, ring: Ring) {
        let subscriptions = self.subscriptions().of(&ring.user);
        // Where no runtime is there is nobody to be told either.
        let Ok(runtime) = Handle::try_current() else { return };
        if subscriptions.is_empty() {
            return;
        }
        if self.rate.check_key(&ring.user).is_err() {
            self.metrics.pushed(Pushed::TooMany);
            return;
        }
        let over = watch::Sender::new(None);
        for subscription in subscriptions {
            let Ok(place) = Arc::clone(&self.stories).try_acquire_owned() else {
                self.metrics.pushed(Pushed::TooMany);
                continue;
            };
            let story = story::Story { push: Arc::clone(self), to: subscription, ring: ring.clone(), place };
            runtime.spawn(story.tell(over.subscribe()));
        }
        self.live().insert((ring.call_id, ring.user), over);
    }

    /// It does not ring for them any more: those that were told are told that. Never blocks.
    pub fn rang(&self, user: &UserId, call: &CallId, came_to: CameTo) {
        let over = self.live().remove(&(call.clone(), user.clone()));
        if let Some(over) = over {
            over.send_replace(Some(came_to));
        }
    }

    /// Forgets whose phones were quiet.
    pub fn forget_quiet(&self) {
        self.rate.retain_recent();
        self.rate.shrink_to_fit();
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What declines that call for that person.
    fn decline_token(&self, call: &CallId, user: &UserId) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.declines, &decline_text(call, user)))
    }

    /// Whether somebody was told that token with that call.
    fn may_decline(&self, call: &CallId, user: &UserId, token: &str) -> bool {
        let tag = URL_SAFE_NO_PAD.decode(token);
        tag.is_ok_and(|tag| hmac::verify(&self.declines, &decline_text(call, user), &tag).is_ok())
    }
}

/// Neither of the two can have a NUL in it.
fn decline_text(call: &CallId, user: &UserId) -> Vec<u8> {
    [call.as_str().as_bytes(), &[0], user.as_str().as_bytes()].concat()
}
