//! Somebody rings: here at last, once more, or in the wrong moment.

use std::time::Duration;

use protocol::{Decline, DeclineReason, EndReason, HangupReason, Incoming};

use super::Phone;
use crate::current::Current;
use crate::leg::Leg;
use crate::{Direction, RecentCall, Time, Tone};

impl Phone {
    pub(super) fn rung(&mut self, now: Time, incoming: Incoming) {
        let known = |recent: &RecentCall| recent.call_id == incoming.call_id;
        if self.view.recent.iter().any(known) {
            return;
        }
        let free = self.takes_another();
        let Self { hands, own, current, incoming: rings, .. } = self;
        let leg = match (current, rings) {
            (Some(Current::Direct(leg)), _) if leg.call_id == incoming.call_id => Some(leg),
            (_, rings) => rings.as_mut(),
        };
        if leg.is_none() && (self.invited.is_some() || !free) {
            return self.too_busy(now, incoming);
        }
        match leg {
            Some(leg) if leg.call_id == incoming.call_id => leg.rung_again(now, hands, own, incoming.rings_for_ms),
            Some(_) => self.too_busy(now, incoming),
            None => self.rung_first(now, incoming),
        }
    }

    /// Nobody rings here yet.
    fn rung_first(&mut self, now: Time, incoming: Incoming) {
        match &mut self.current {
            Some(Current::Direct(leg)) if leg.is_dialling() && leg.with.id == incoming.from.user.id => {
                let own_id = leg.call_id.clone();
                if let Some(theirs) = leg.glare.rung(&own_id, Box::new(incoming)) {
                    self.swap(now, *theirs);
                }
            }
            Some(Current::Direct(leg)) if leg.is_dialling() => self.too_busy(now, incoming),
            current => {
                if current.is_some() && !incoming.silent {
                    self.hands.tone(Tone::Waiting);
                }
                let in_call = self.current.is_some();
                self.incoming = Some(Box::new(Leg::rung(now, &mut self.hands, incoming, in_call)));
            }
        }
    }

    /// The person is just dialling, or somebody else rings already.
    fn too_busy(&mut self, now: Time, incoming: Incoming) {
        self.hands.request(Decline { call_id: incoming.call_id.clone(), reason: DeclineReason::Busy });
        self.remember(RecentCall {
            call_id: incoming.call_id,
            direction: Direction::Incoming,
            with: Some(incoming.from.user),
            group: Vec::new(),
            room: None,
            kind: incoming.kind,
            reason: EndReason::Busy,
            at: now,
            lasted: Duration::ZERO,
        });
    }

    /// Drops the call this side has placed and accepts theirs, with what was wanted of its own.
    pub(super) fn swap(&mut self, now: Time, theirs: Incoming) {
        if let Some(Current::Direct(mut own)) = self.current.take() {
            own.farewell(&mut self.hands, HangupReason::Completed);
            own.close(&mut self.hands);
        }
        let leg = Leg::rung(now, &mut self.hands, theirs, false);
        self.take(now, Box::new(leg));
    }
}
