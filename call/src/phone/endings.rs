//! How calls end on this side, and what stays of them.

use std::time::Duration;

use protocol::{EndReason, ErrorCode};

use super::Phone;
use crate::current::Current;
use crate::{CallView, Direction, Face, RecentCall, Time, Tone, recent};

impl Phone {
    /// Ends the call this device is in. The relay was told if it had to be.
    pub(super) fn end_current(&mut self, now: Time, reason: EndReason) {
        let Some(mut current) = self.current.take() else { return };
        current.close(&mut self.hands);
        self.end_tone(reason);
        self.remember(RecentCall::of(&current, now, reason));
        self.ended = Some(ended(current.view(&self.own), reason, current.lasted(now)));
        self.call_is_gone();
    }

    /// Ends the call this device is in because it slept for too long, since `asleep`.
    pub(super) fn end_away(&mut self, asleep: Time) {
        let Some(current) = &mut self.current else { return };
        current.give_up(&mut self.hands);
        self.end_current(asleep, EndReason::Failed);
        if let Some(ended) = &mut self.ended {
            ended.away = true;
        }
    }

    /// What rang beside the call rings by itself, and what was on hold is shown.
    fn call_is_gone(&mut self) {
        self.only_held_is_left();
        if let Some(leg) = self.incoming.as_mut().filter(|_| self.current.is_none()) {
            leg.rings_alone(&mut self.hands);
        }
    }

    /// Ends the call that rings here.
    pub(super) fn end_incoming(&mut self, now: Time, reason: EndReason) {
        let Some(mut leg) = self.incoming.take() else { return };
        leg.close(&mut self.hands);
        self.remember(RecentCall {
            call_id: leg.call_id.clone(),
            direction: Direction::Incoming,
            with: Some(leg.with.clone()),
            group: Vec::new(),
            room: None,
            kind: leg.kind,
            reason,
            at: now,
            lasted: Duration::ZERO,
        });
        // Whoever declines knows what happened; anything else a person wants to see.
        if reason != EndReason::Declined {
            self.ended = Some(ended(leg.view(&self.own), reason, Duration::ZERO));
        }
    }

    /// Drops a room that could not be entered and says why.
    pub(super) fn turn_away(&mut self, code: ErrorCode) {
        if let Some(mut current) = self.current.take() {
            current.close(&mut self.hands);
        }
        self.call_is_gone();
        self.notice(Some(code));
    }

    pub(super) fn remember(&mut self, call: RecentCall) {
        recent::add(&mut self.view.recent, call);
        self.changed = true;
    }

    fn end_tone(&mut self, reason: EndReason) {
        match reason {
            EndReason::Busy => self.hands.tone(Tone::Busy),
            EndReason::Cancelled | EndReason::AnsweredElsewhere | EndReason::DeclinedElsewhere => {}
            EndReason::Completed
            | EndReason::Declined
            | EndReason::Missed
            | EndReason::Timeout
            | EndReason::Failed
            | EndReason::Removed => self.hands.tone(Tone::Ended),
        }
    }

    pub(super) fn is_current(&self, call_id: &protocol::CallId) -> bool {
        self.current.as_ref().map(Current::call_id) == Some(call_id)
    }

    pub(super) fn is_incoming(&self, call_id: &protocol::CallId) -> bool {
        self.incoming.as_ref().is_some_and(|leg| leg.call_id == *call_id)
    }
}

impl RecentCall {
    pub(super) fn of(call: &Current, now: Time, reason: EndReason) -> Self {
        Self {
            call_id: call.call_id().clone(),
            direction: call.direction(),
            with: call.with().cloned(),
            group: call.group(),
            room: call.room_view(),
            kind: call.kind(),
            reason,
            at: now,
            lasted: call.lasted(now),
        }
    }
}

/// The call as it is shown when it is over: its connections are gone.
fn ended(mut call: CallView, reason: EndReason, lasted: Duration) -> CallView {
    call.face = Face::Ended { reason, lasted };
    call.others.clear();
    call
}
