//! What the relay says, by itself and to requests.

use protocol::{
    Accept, CallError, CallId, ClientMessage, Decline, DeclineReason, DeviceId, EndReason, ErrorCode, Hangup,
    HangupReason, Incoming, Initiate, Joined, Leave, RelayMessage,
};

use super::Phone;
use crate::current::Current;
use crate::leg::Leg;
use crate::{Direction, RecentCall, Time, Tone, directory};

impl Phone {
    /// Takes in a message that nobody here asked for.
    pub(super) fn told(&mut self, now: Time, message: RelayMessage) {
        match message {
            RelayMessage::Incoming(m) => self.rung(now, m),
            RelayMessage::FarRinging(m) => {
                if let Some(leg) = self.leg(&m.call_id) {
                    leg.ringing();
                }
            }
            RelayMessage::Accepted(m) => {
                if let Some((leg, hands)) = self.leg_and_hands(&m.call_id.clone()) {
                    leg.accepted(now, hands, m);
                }
            }
            RelayMessage::Declined(m) => {
                let reason = match m.reason {
                    DeclineReason::Declined => EndReason::Declined,
                    DeclineReason::Busy => EndReason::Busy,
                };
                if self.leg(&m.call_id).is_some_and(|leg| leg.is_dialling()) {
                    self.end_current(now, reason);
                }
            }
            RelayMessage::Ended(m) => self.over(now, &m.call_id, m.reason),
            RelayMessage::AnsweredElsewhere(m) => self.over(now, &m.call_id, EndReason::AnsweredElsewhere),
            RelayMessage::Joined(m) => self.entered(now, m),
            RelayMessage::ParticipantJoined(m) => {
                if let (Some(Current::Room(room)), hands) = self.call_and_hands(&m.call_id) {
                    room.came(now, hands, m.participant);
                }
            }
            RelayMessage::ParticipantLeft(m) => {
                if let (Some(Current::Room(room)), hands) = self.call_and_hands(&m.call_id) {
                    room.went(hands, &m.device);
                }
            }
            RelayMessage::FarOffer(m) => {
                if let (Some(current), hands) = self.call_and_hands(&m.call_id) {
                    current.offered(now, hands, &m.from, m.sdp.text());
                }
            }
            RelayMessage::FarAnswer(m) => {
                if let (Some(current), hands) = self.call_and_hands(&m.call_id) {
                    current.answered(hands, &m.from, m.sdp.text());
                }
            }
            RelayMessage::FarIceCandidates(m) => self.candidates(&m.call_id, &m.from, m.candidates),
            RelayMessage::MediaUpdated(m) => {
                if let (Some(current), _) = self.call_and_hands(&m.call_id) {
                    current.media_updated(&m.device, m.media);
                } else if let Some(leg) = self.incoming.as_mut().filter(|leg| leg.call_id == m.call_id) {
                    leg.media_updated(&m.device, m.media);
                }
            }
            RelayMessage::CallStatusChanged(m) => {
                let me = self.view.me.as_ref().map(|me| &me.id);
                if let Some(people) = &mut self.view.people {
                    directory::change(people, me, m);
                    self.changed = true;
                }
            }
            // Nobody asked, so there is nothing to do.
            RelayMessage::Welcome(_)
            | RelayMessage::Ack(_)
            | RelayMessage::Pong(_)
            | RelayMessage::CallError(_)
            | RelayMessage::RoomCreated(_) => {}
        }
    }

    /// Takes in what the relay says to a request.
    pub(super) fn replied(&mut self, now: Time, request: ClientMessage, message: RelayMessage) {
        match (request, message) {
            (ClientMessage::Initiate(Initiate { call_id, .. }), RelayMessage::Ack(_))
            | (ClientMessage::Accept(Accept { call_id, .. }), RelayMessage::Ack(_)) => {
                if let Some((leg, hands)) = self.leg_and_hands(&call_id) {
                    leg.taken(hands);
                }
            }
            (request, RelayMessage::CallError(error)) => self.refused(now, request, &error),
            (ClientMessage::CreateRoom(_), RelayMessage::RoomCreated(made)) => {
                if let Some(Current::Room(room)) = &mut self.current {
                    room.created(&mut self.hands, &mut self.own, made.room);
                }
            }
            (_, RelayMessage::Ack(_)) => {}
            (_, message) => self.told(now, message),
        }
    }

    /// The relay let this device into a room; the person may have left before that.
    fn entered(&mut self, now: Time, joined: Joined) {
        match &mut self.current {
            Some(Current::Room(room)) if room.is(&joined.room) => room.joined(now, &mut self.hands, joined),
            _ => self.hands.request(Leave { call_id: joined.call_id }),
        }
    }

    fn refused(&mut self, now: Time, request: ClientMessage, error: &CallError) {
        if error.code == ErrorCode::InCall && self.leave_behind(error.call_id.as_ref()) {
            self.repeat(now, request);
            return;
        }
        match request {
            ClientMessage::Initiate(asked) if error.code == ErrorCode::Glare => self.yield_to(now, &asked.call_id),
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
            ClientMessage::CreateRoom(_) => {
                if matches!(&self.current, Some(Current::Room(room)) if room.is_creating()) {
                    self.turn_away(error.code);
                }
            }
            ClientMessage::Join(asked) => match &mut self.current {
                Some(Current::Room(room)) if room.is(&asked.room) => {
                    if !room.is_joined() {
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
        let Some(call_id) = call_id.filter(|id| !self.is_current(id) && self.left_behind.as_ref() != Some(*id)) else {
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

    fn rung(&mut self, now: Time, incoming: Incoming) {
        let known = |recent: &RecentCall| recent.call_id == incoming.call_id;
        if self.view.recent.iter().any(known) {
            return;
        }
        let Self { hands, own, current, incoming: rings, .. } = self;
        let leg = match (current, rings) {
            (Some(Current::Direct(leg)), _) if leg.call_id == incoming.call_id => Some(leg),
            (_, rings) => rings.as_mut(),
        };
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
                if current.is_some() {
                    self.hands.tone(Tone::Waiting);
                }
                self.incoming = Some(Box::new(Leg::rung(now, &mut self.hands, incoming)));
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
            room: None,
            kind: incoming.kind,
            reason: EndReason::Busy,
            at: now,
            lasted: std::time::Duration::ZERO,
        });
    }

    /// This side's ring was refused because the dialled person rings.
    fn yield_to(&mut self, now: Time, own_id: &CallId) {
        let theirs = self.leg(own_id).filter(|leg| leg.is_dialling()).and_then(|leg| leg.glare.refused());
        if let Some(theirs) = theirs {
            self.swap(now, *theirs);
        }
    }

    /// Drops the call this side has placed and accepts theirs, with what was wanted of its own.
    fn swap(&mut self, now: Time, theirs: Incoming) {
        if let Some(Current::Direct(mut own)) = self.current.take() {
            own.farewell(&mut self.hands, HangupReason::Completed);
            own.close(&mut self.hands);
        }
        let leg = Leg::rung(now, &mut self.hands, theirs);
        self.take(now, Box::new(leg));
    }

    /// A call is over, whoever's doing it was.
    fn over(&mut self, now: Time, call_id: &CallId, reason: EndReason) {
        if self.is_current(call_id) {
            self.end_current(now, reason);
        } else if self.is_incoming(call_id) {
            self.end_incoming(now, reason);
        } else if let Some(Current::Direct(leg)) = &mut self.current {
            leg.glare.rival_over(call_id);
        }
    }

    fn candidates(&mut self, call_id: &CallId, from: &DeviceId, candidates: Vec<protocol::Candidate>) {
        let Self { current, incoming, hands, .. } = self;
        match (current, incoming) {
            (Some(current), _) if current.call_id() == call_id => current.candidates(hands, from, candidates),
            (_, Some(leg)) if leg.call_id == *call_id => leg.candidates(hands, from, candidates),
            (Some(Current::Direct(leg)), _) => {
                let rival = leg.glare.rival().filter(|rival| rival.call_id == *call_id);
                if let Some(rival) = rival {
                    rival.candidates.extend(candidates);
                    rival.candidates.truncate(protocol::limits::CANDIDATES);
                }
            }
            _ => {}
        }
    }

    fn call_and_hands(&mut self, call_id: &CallId) -> (Option<&mut Current>, &mut crate::hands::Hands) {
        (self.current.as_mut().filter(|current| current.call_id() == call_id), &mut self.hands)
    }

    fn leg(&mut self, call_id: &CallId) -> Option<&mut Leg> {
        self.leg_and_hands(call_id).map(|(leg, _)| leg)
    }

    fn leg_and_hands(&mut self, call_id: &CallId) -> Option<(&mut Leg, &mut crate::hands::Hands)> {
        match &mut self.current {
            Some(Current::Direct(leg)) if leg.call_id == *call_id => Some((leg, &mut self.hands)),
            _ => None,
        }
    }

    /// Ends a call that only the relay still believes this device to be in.
    pub(super) fn disown(&mut self, call_id: CallId, room: bool) {
        if room {
            self.hands.request(Leave { call_id });
        } else {
            self.hands.request(Hangup { call_id, reason: HangupReason::Completed });
        }
    }
}

fn gone(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::NoCall | ErrorCode::WrongState)
}
