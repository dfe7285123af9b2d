//! A call on hold, and another beside it.
//!
//! Only a direct call that runs can be held: everybody in a room would have to agree what its silence means. At most one is
//! on hold beside the one this device is in, and it is there only as long as that is. No call goes on by itself: whoever
//! was on hold while something else was said must not hear a room that does not know of them.

use protocol::{CallId, EndReason};

use super::Phone;
use crate::current::Current;
use crate::own::Kept;
use crate::{HeldView, RecentCall, Time, Tone};

/// The call that is on hold while this device is in another.
pub(super) struct Held {
    pub(super) call: Current,
    /// What was wanted in it.
    pub(super) kept: Kept,
    /// When it was put on hold.
    pub(super) since: Time,
}

impl Held {
    pub(super) fn view(&self) -> Option<HeldView> {
        let with = self.call.with()?.clone();
        Some(HeldView { call_id: self.call.call_id().clone(), with, since: self.since })
    }
}

/// The call this device is in, and the one on hold beside it.
pub(super) fn calls<'a>(
    current: &'a mut Option<Current>,
    held: &'a mut Option<Held>,
) -> impl Iterator<Item = &'a mut Current> {
    [current.as_mut(), held.as_mut().map(|held| &mut held.call)].into_iter().flatten()
}

impl Phone {
    /// Puts the call on hold, or goes on with it.
    pub(super) fn hold(&mut self, on: bool) {
        if self.current.as_ref().is_some_and(|current| !on || current.can_be_held()) {
            self.own.hold(on);
        }
    }

    /// Puts the call on hold and goes on with the one that was.
    pub(super) fn swap_held(&mut self, now: Time) {
        if self.current.as_ref().is_some_and(Current::can_be_held)
            && let Some(other) = self.held.take()
        {
            self.put_by(now);
            self.bring_back(other);
            self.own.hold(false);
        }
    }

    /// Puts the call on hold to be in another.
    pub(super) fn put_by(&mut self, now: Time) {
        if self.held.is_some() || !self.current.as_ref().is_some_and(Current::can_be_held) {
            return;
        }
        self.own.hold(true);
        // Before anything is said of the other call: nothing is sent in two calls at once, and the relay lets a device into
        // another only if it holds the one it is in.
        self.tell_media();
        self.stop_and_go_on();
        let kept = self.own.keep();
        self.held = self.current.take().map(|call| Held { call, kept, since: now });
    }

    /// What was on hold is the only call again, and on hold until the person goes on with it.
    pub(super) fn only_held_is_left(&mut self) {
        if let Some(held) = self.held.take() {
            self.bring_back(held);
            self.ended = None;
        }
    }

    fn bring_back(&mut self, held: Held) {
        self.own.take_up(held.kept);
        self.current = Some(held.call);
    }

    /// The call on hold is over.
    pub(super) fn end_held(&mut self, now: Time, reason: EndReason) {
        let Some(mut held) = self.held.take() else { return };
        held.call.close(&mut self.hands);
        self.hands.tone(Tone::Left);
        self.remember(RecentCall::of(&held.call, now, reason));
    }

    /// Leaves the call and the one on hold.
    pub(super) fn leave_all(&mut self, now: Time) {
        self.hang_up(now);
        self.hang_up(now);
    }

    /// Has the connections send and play, or not, as the two ends of each call want it.
    pub(super) fn stop_and_go_on(&mut self) {
        let Self { hands, own, current, held, .. } = self;
        // What is on hold is silenced before anything else speaks.
        if let Some(Held { call: Current::Direct(leg), .. }) = held {
            leg.settle_hold(hands, true);
        }
        if let Some(Current::Direct(leg)) = current {
            leg.settle_hold(hands, own.is_held());
        }
    }

    pub(super) fn is_held(&self, call_id: &CallId) -> bool {
        self.held.as_ref().is_some_and(|held| held.call.call_id() == call_id)
    }

    /// Whether a call can be shown beside the one this device is in, if it is in one. Who dials may be rung by just whom
    /// they dial.
    pub(super) fn takes_another(&self) -> bool {
        let dials = matches!(&self.current, Some(Current::Direct(leg)) if leg.is_dialling());
        self.held.is_none() && (self.current.is_none() || dials || !self.no_call_waiting)
    }

    /// This device has a seat in another call beside the one it is taking up again, which is on hold.
    pub(super) fn set_aside(&mut self, now: Time) -> bool {
        let can = self.own.is_held() && self.held.is_none() && matches!(self.current, Some(Current::Direct(_)));
        if can {
            let kept = self.own.keep();
            self.held = self.current.take().map(|call| Held { call, kept, since: now });
        }
        can
    }
}
