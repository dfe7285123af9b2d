//! Calls of several: ringing others into one, and being rung.

use protocol::{
    Action, CallError, DeclineReason, DeviceId, DoorState, EndReason, ErrorCode, FarDoor, HangupReason, Invite,
    Invited, Leave, Moderate, Person,
};

use super::{Phone, with_camera};
use crate::current::Current;
use crate::invitation::Invitation;
use crate::room::Room;
use crate::{Time, Tone};

impl Phone {
    /// Rings several people at once: makes a room for them, enters it, and then has them rung.
    pub(super) fn call_several(&mut self, now: Time, to: Vec<Person>, camera: bool) {
        let busy = self.incoming.is_some() || self.invited.is_some() || self.current.is_some();
        if busy || !self.hands.link.was_online() {
            return self.notice(Some(if busy { ErrorCode::InCall } else { ErrorCode::Unavailable }));
        }
        if let Some(placeholder) = self.begin_room(now, camera) {
            let mut room = Room::create(now, &mut self.hands, placeholder, None, camera, true);
            room.call_when_in(to);
            self.current = Some(Current::Room(Box::new(room)));
        }
    }

    /// Rings others into the call that runs.
    pub(super) fn invite(&mut self, to: Vec<Person>) {
        if let Some(current) = self.current.as_ref().filter(|current| current.is_known()) {
            let call_id = current.call_id().clone();
            self.hands.request(Invite { call_id, to: to.into_iter().map(|person| person.id).collect() });
        }
    }

    /// Does what only the host of a room can.
    pub(super) fn moderate(&mut self, action: Action, device: Option<DeviceId>) {
        if let Some(Current::Room(room)) = self.current.as_ref().filter(|current| current.is_known()) {
            let call_id = room.call_id.clone();
            self.hands.request(Moderate { call_id, action, device });
        }
    }

    /// The door of a room that this side wants to enter.
    pub(super) fn at_the_door(&mut self, now: Time, door: &FarDoor) {
        let Self { current, hands, own, invited, .. } = self;
        let closed = match current {
            Some(Current::Room(room)) if room.is(&door.room) => {
                // Whoever stands at its door needs no ring any more.
                invited.take_if(|invitation| invitation.call_id == door.call_id);
                room.door(now, hands, own, door)
            }
            // The person went away before they were let in.
            _ if door.state == DoorState::Waiting => {
                hands.request(Leave { call_id: door.call_id.clone() });
                false
            }
            _ => false,
        };
        if closed {
            self.turn_away(ErrorCode::Removed);
        }
    }

    /// The relay did not have them rung.
    pub(super) fn not_invited(&mut self, now: Time, error: &CallError) {
        let alone = matches!(&self.current, Some(Current::Room(room)) if room.is_calling());
        if alone {
            self.hang_up(now);
            self.ended = None;
        }
        self.notice(Some(error.code));
    }

    /// Somebody rings this side into a call of several.
    pub(super) fn rung_in(&mut self, now: Time, invited: Invited) {
        if self.is_current(&invited.call_id) {
            return;
        }
        let again = self.invited.as_ref().is_some_and(|known| known.call_id == invited.call_id);
        let taken = !again && (self.incoming.is_some() || self.invited.is_some() || !self.takes_another());
        let dialling = match &self.current {
            Some(Current::Direct(leg)) if leg.is_dialling() => Some(leg.with.id == invited.from.id),
            _ => None,
        };
        let silent = invited.silent;
        let invitation = Invitation::new(now, invited);
        if taken || dialling == Some(false) {
            invitation.decline(&mut self.hands, DeclineReason::Busy);
            return self.remember(invitation.recent(now, EndReason::Busy));
        }
        invitation.rings(&mut self.hands, self.current.is_some());
        // Rung back into the call that was just left: it is not over after all.
        if self.ended.as_ref().is_some_and(|ended| ended.call_id == invitation.call_id) {
            self.ended = None;
        }
        self.invited = Some(Box::new(invitation));
        if dialling == Some(true) {
            // They ring each other: that is a yes, and theirs is the call that counts.
            self.accept_invitation(now, None);
        } else if self.current.is_some() && !again && !silent {
            self.hands.tone(Tone::Waiting);
        }
    }

    /// Enters the call that rings. `camera` is `None` to go on with what was wanted for a call of this side's own.
    pub(super) fn accept_invitation(&mut self, now: Time, camera: Option<bool>) {
        let Some(invitation) = self.invited.take() else { return };
        match (&mut self.current, camera) {
            (Some(Current::Direct(own)), None) => {
                own.farewell(&mut self.hands, HangupReason::Completed);
                own.close(&mut self.hands);
            }
            _ => {
                self.hang_up(now);
                self.own.begin(camera.unwrap_or_default());
            }
        }
        self.ended = None;
        let Self { hands, own, .. } = self;
        let mut room = Room::enter(now, hands, invitation.call_id.clone(), invitation.room.clone(), own, false);
        room.answers(invitation.kind, invitation.group());
        self.current = Some(Current::Room(Box::new(room)));
    }

    /// The relay did not let this side into a call that rang here.
    pub(super) fn came_too_late(&mut self, now: Time, code: ErrorCode) {
        let elsewhere = code == ErrorCode::AnsweredElsewhere;
        self.end_current(now, if elsewhere { EndReason::AnsweredElsewhere } else { EndReason::Cancelled });
    }

    pub(super) fn end_invitation(&mut self, now: Time, reason: EndReason) {
        let Some(invitation) = self.invited.take() else { return };
        self.remember(invitation.recent(now, reason));
        // Whoever declines knows what happened; a call that goes on is not covered by one that does not.
        if reason != EndReason::Declined && self.current.is_none() {
            self.ended = Some(invitation.ended(reason));
        }
    }

    pub(super) fn is_invited(&self, call_id: &protocol::CallId) -> bool {
        self.invited.as_ref().is_some_and(|invitation| invitation.call_id == *call_id)
    }

    /// A direct call of this side has become a group's: what is connected stays as it is.
    pub(super) fn widen(&mut self, now: Time, joined: protocol::Joined) {
        let Some(Current::Direct(leg)) = self.current.take() else { return };
        let mut room = Room::widened(now, *leg);
        room.joined(now, &mut self.hands, joined);
        self.current = Some(Current::Room(Box::new(room)));
    }

    /// Accepts a ring of either kind.
    pub(super) fn dial_back(&mut self, now: Time, to: &Person, kind: protocol::CallType) -> bool {
        let rings = self.current.is_none() && self.invited.as_ref().is_some_and(|known| known.from.id == to.id);
        if rings {
            self.accept_invitation(now, Some(with_camera(kind)));
        }
        rings
    }
}
