//! Requests that the relay refuses.

use protocol::{CallError, CallId, ClientMessage, EndReason, ErrorCode, Hangup, HangupReason, Leave};

use super::Phone;
use crate::Time;
use crate::current::Current;

impl Phone {
    pub(super) fn refused(&mut self, now: Time, request: ClientMessage, error: &CallError) {
        if error.code == ErrorCode::InCall && self.leave_behind(error.call_id.as_ref()) {
            self.repeat(now, request);
            return;
        }
        match request {
            ClientMessage::Initiate(asked) if error.code == ErrorCode::Glare => self.yield_to(now, &asked.call_id),
            // Nothing failed, and nothing rang: there is no call to show the end of.
            ClientMessage::Initiate(asked) if error.code == ErrorCode::DoNotDisturb => {
                if self.leg(&asked.call_id).is_some_and(|leg| leg.is_dialling()) {
                    self.turn_away(error.code);
                }
            }
            ClientMessage::Initiate(asked) => {
                let Some((leg, hands)) = self.leg_and_hands(&asked.call_id) else { return };
                if leg.is_dialling() && (error.code != ErrorCode::NotFound || !leg.try_again_later(now, hands)) {
                    self.end_current(now, EndReason::Failed);
                    self.notice(Some(error.code));
                }
            }
            ClientMessage::Accept(asked) if self.is_current(&asked.call_id) => match error.code {
                ErrorCode::AnsweredElsewhere => self.end_current(now, EndReason::AnsweredElsewhere),
                ErrorCode::NoCall | ErrorCode::WrongState => {
                    let leg = self.leg_and_hands(&asked.call_id).filter(|_| error.code == ErrorCode::NoCall);
                    if !leg.is_some_and(|(leg, hands)| leg.try_again_later(now, hands)) {
                        self.end_current(now, EndReason::Cancelled);
                    }
                }
                code => {
                    self.end_current(now, EndReason::Failed);
                    self.notice(Some(code));
                }
            },
            ClientMessage::Ringing(asked) if gone(error.code) && self.is_incoming(&asked.call_id) => {
                self.end_incoming(now, EndReason::Cancelled);
            }
            ClientMessage::Ringing(asked) if gone(error.code) && self.is_invited(&asked.call_id) => {
                self.end_invitation(now, EndReason::Cancelled);
            }
            ClientMessage::RefreshIce(_) => self.hands.servers.refused(now),
            ClientMessage::Moderate(_) => self.notice(Some(error.code)),
            ClientMessage::Invite(_) => self.not_invited(now, error),
            ClientMessage::CreateRoom(_) => {
                if matches!(&self.current, Some(Current::Room(room)) if room.is_creating()) {
                    self.turn_away(error.code);
                }
            }
            ClientMessage::Join(asked) => match &mut self.current {
                Some(Current::Room(room)) if room.is(&asked.room) => {
                    if room.is_answering() {
                        self.came_too_late(now, error.code);
                    } else if !room.is_joined() {
                        self.turn_away(error.code);
                    } else if room.forget() {
                        self.end_current(now, EndReason::Failed);
                    }
                }
                _ => {}
            },
            ClientMessage::Connected(asked) if gone(error.code) => self.forgotten(now, &asked.call_id),
            ClientMessage::Offer(asked) if error.code == ErrorCode::NoCall => self.forgotten(now, &asked.call_id),
            _ => {}
        }
    }

    /// The relay believes this device to be in a call that it has left: it left before it heard that it was let in. True
    /// if that was put right, and the request can be made once more.
    fn leave_behind(&mut self, call_id: Option<&CallId>) -> bool {
        let Some(call_id) =
            call_id.filter(|id| !self.is_current(id) && !self.is_held(id) && self.left_behind.as_ref() != Some(*id))
        else {
            return false;
        };
        self.left_behind = Some(call_id.clone());
        // Which kind it is is not known; the wrong one of the two is refused and does no harm.
        self.hands.request(Leave { call_id: call_id.clone() });
        self.hands.request(Hangup { call_id: call_id.clone(), reason: HangupReason::Completed });
        true
    }

    fn repeat(&mut self, now: Time, request: ClientMessage) {
        let Self { current, hands, own, .. } = self;
        match (request, current) {
            (ClientMessage::Initiate(m), Some(Current::Direct(leg))) if leg.call_id == m.call_id => {
                leg.say_again(now, hands, own);
            }
            (ClientMessage::Accept(m), Some(Current::Direct(leg))) if leg.call_id == m.call_id => {
                leg.say_again(now, hands, own);
            }
            (ClientMessage::Join(m), Some(Current::Room(room))) if room.is(&m.room) => hands.request(m),
            _ => {}
        }
    }

    fn forgotten(&mut self, now: Time, call_id: &CallId) {
        if let Some(leg) = self.leg(call_id) {
            leg.forget(now);
        }
    }

    /// This side's ring was refused because the dialled person rings.
    fn yield_to(&mut self, now: Time, own_id: &CallId) {
        let theirs = self.leg(own_id).filter(|leg| leg.is_dialling()).and_then(|leg| leg.refused(now));
        if let Some(theirs) = theirs {
            self.swap(now, *theirs);
        }
    }
}

fn gone(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::NoCall | ErrorCode::WrongState)
}
