//! A ring into a call of several: who rings, who else is there, and until when. There is nothing to prepare: with whom to
//! negotiate is known when the room is entered.

use std::time::Duration;

use protocol::{CallId, CallType, Decline, DeclineReason, EndReason, Invited, Person, Ringing, RoomCode};

use crate::hands::Hands;
use crate::leg::ring_guard;
use crate::{CallView, Direction, Face, IncomingView, RecentCall, Time};

/// How much longer it rings when the relay came back and has forgotten this page: if it still rings, it says so again.
const GRACE: Duration = Duration::from_secs(5);
/// More are not kept, whatever a relay says.
const MOST_NAMES: usize = 32;

/// A ring into a call of several.
pub(crate) struct Invitation {
    pub(crate) call_id: CallId,
    pub(crate) room: RoomCode,
    pub(crate) from: Person,
    pub(crate) kind: CallType,
    with: Vec<Person>,
    /// Rings without a sound.
    pub(crate) silent: bool,
    /// When this side ends the ring by itself.
    guard: Time,
}

impl Invitation {
    pub(crate) fn new(now: Time, invited: Invited) -> Self {
        let Invited { call_id, room, from, kind, mut with, rings_for_ms, silent } = invited;
        with.truncate(MOST_NAMES);
        Self { call_id, room, from, kind, with, silent, guard: now + ring_guard(rings_for_ms) }
    }

    /// Says that it rings here, perhaps beside another call.
    pub(crate) fn rings(&self, hands: &mut Hands, in_call: bool) {
        hands.request(Ringing { call_id: self.call_id.clone(), in_call });
    }

    pub(crate) const fn deadline(&self) -> Time {
        self.guard
    }

    /// The relay is back and has forgotten this page.
    pub(crate) fn resync(&mut self, now: Time) {
        self.guard = self.guard.min(now + GRACE);
    }

    pub(crate) fn decline(&self, hands: &mut Hands, reason: DeclineReason) {
        hands.request(Decline { call_id: self.call_id.clone(), reason });
    }

    /// Everybody but this side, whoever rang first.
    pub(crate) fn group(&self) -> Vec<Person> {
        std::iter::once(&self.from).chain(&self.with).cloned().collect()
    }

    pub(crate) fn recent(&self, now: Time, reason: EndReason) -> RecentCall {
        RecentCall {
            call_id: self.call_id.clone(),
            direction: Direction::Incoming,
            with: None,
            group: self.group(),
            room: None,
            kind: self.kind,
            reason,
            at: now,
            lasted: Duration::ZERO,
        }
    }

    pub(crate) fn view(&self) -> IncomingView {
        IncomingView {
            call_id: self.call_id.clone(),
            from: self.from.clone(),
            with: self.with.clone(),
            kind: self.kind,
            silent: self.silent,
        }
    }

    /// The call as it is shown when it only rang here.
    pub(crate) fn ended(&self, reason: EndReason) -> CallView {
        CallView {
            call_id: self.call_id.clone(),
            kind: self.kind,
            direction: Direction::Incoming,
            room: None,
            group_code: None,
            unlocked: false,
            with: Some(self.from.clone()),
            group: self.group(),
            face: Face::Ended { reason, lasted: Duration::ZERO },
            others: Vec::new(),
            invited: Vec::new(),
            rules: None,
            knocks: false,
            muted_by: None,
            own: Default::default(),
            rings_in_call: false,
            held: None,
            weak: None,
            away: false,
        }
    }
}
