//! One of the others, as far as something is exchanged with them.

use std::sync::Arc;
use std::time::Duration;

use protocol::DeviceId;

use super::bucket::Bucket;
use super::{LONGEST_AGO, Other};
use crate::{PeerKey, Time};

/// How often somebody's hello is answered with everything on one channel: a page says it when the channel opens, when it
/// begins to listen, and when it is asked to.
const HELLOS: u8 = 4;

/// One of the others.
pub(super) struct Seat {
    pub(super) device: DeviceId,
    pub(super) name: Arc<str>,
    pub(super) peer: PeerKey,
    pub(super) talk: Talk,
    /// Since when their hand is up.
    pub(super) hand: Option<Time>,
    /// How much they may say: everything they have said at once, and then 50 messages a second.
    pub(super) messages: Bucket,
    /// How often they may show a sign.
    pub(super) signs: Bucket,
    hellos: u8,
    /// When their channel was closed: what they say then was not said before.
    left_off: Time,
}

/// How far two have come with each other on a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Talk {
    /// It is closed.
    Closed,
    /// It is open, and the other one has not said hello on it.
    Open,
    /// They listen.
    Met,
}

impl Seat {
    pub(super) fn new(now: Time, other: Other) -> Self {
        Self {
            device: other.device,
            name: other.name.into(),
            peer: other.peer,
            talk: Talk::Closed,
            hand: None,
            messages: Bucket::new(now, 700, Duration::from_millis(20)),
            signs: signs(now),
            hellos: 0,
            left_off: Time::default(),
        }
    }

    pub(super) const fn open(&mut self) {
        self.talk = Talk::Open;
        self.hellos = 0;
    }

    pub(super) fn close(&mut self, now: Time) {
        if self.talk != Talk::Closed {
            self.talk = Talk::Closed;
            self.left_off = now;
        }
    }

    /// They have said hello. Whether they are to be told everything.
    pub(super) fn may_be_told_all(&mut self, fresh: bool) -> bool {
        let first = self.talk != Talk::Met;
        self.talk = Talk::Met;
        self.hellos = self.hellos.saturating_add(1);
        (first || fresh) && self.hellos <= HELLOS
    }

    /// When something was that they say was so many milliseconds ago. Whoever was here all the time cannot have done it
    /// before.
    pub(super) fn at(&self, now: Time, ago_ms: u32) -> Time {
        before(now, ago_ms).max(self.left_off)
    }
}

/// When something was that was so many milliseconds ago.
pub(super) fn before(now: Time, ago_ms: u32) -> Time {
    let ago = Duration::from_millis(ago_ms.into()).min(LONGEST_AGO);
    let ago = u64::try_from(ago.as_millis()).unwrap_or(u64::MAX);
    Time::from_millis(now.as_millis().saturating_sub(ago))
}

/// How often one person may show a sign.
pub(super) const fn signs(now: Time) -> Bucket {
    Bucket::new(now, 6, Duration::from_millis(700))
}
