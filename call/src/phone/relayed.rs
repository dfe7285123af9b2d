//! What the relay says, by itself and to requests.

use protocol::{
    Accept, CallId, Candidate, ClientMessage, DeclineReason, DeviceId, EndReason, Hangup, HangupReason, Initiate,
    Joined, Leave, RelayMessage, limits,
};

use super::Phone;
use super::holding::calls;
use crate::current::Current;
use crate::hands::Hands;
use crate::leg::Leg;
use crate::{Time, directory};

impl Phone {
    /// Takes in a message that nobody here asked for.
    pub(super) fn told(&mut self, now: Time, message: RelayMessage) {
        match message {
            RelayMessage::Incoming(m) => self.rung(now, m),
            RelayMessage::FarRinging(m) => {
                if let Some(leg) = self.leg(&m.call_id) {
                    leg.ringing(m.in_call);
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
            RelayMessage::Invited(m) => self.rung_in(now, m),
            RelayMessage::FarDoor(m) => self.at_the_door(now, &m),
            RelayMessage::RoomUpdated(m) => {
                if let (Some(Current::Room(room)), hands) = self.call_and_hands(&m.call_id) {
                    room.updated(hands, m.rules);
                }
            }
            RelayMessage::MuteRequested(m) => match &mut self.current {
                Some(Current::Room(room)) if room.call_id == m.call_id => room.asked_to_mute(&mut self.own, m.by),
                _ => {}
            },
            RelayMessage::Invitations(m) => {
                if let (Some(Current::Room(room)), _) = self.call_and_hands(&m.call_id) {
                    room.invitations(m);
                }
            }
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
                    current.answered(now, hands, &m.from, m.sdp.text());
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
            RelayMessage::MediaWanted(m) => {
                if let (Some(current), _) = self.call_and_hands(&m.call_id) {
                    current.media_wanted(&m.from, m.max_fs);
                }
            }
            RelayMessage::CallStatusChanged(m) => {
                let me = self.view.me.as_ref().map(|me| &me.id);
                if let Some(people) = &mut self.view.people {
                    directory::change(people, me, m);
                    self.changed = true;
                }
            }
            RelayMessage::QualityUpdate(m) => {
                if let (Some(call), Some(own)) = (&self.view.call, self.hands.link.device()) {
                    self.watch.hear(now, call, own, &m);
                }
            }
            RelayMessage::IceServers(m) => self.hands.use_servers(now, m),
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
            Some(Current::Room(room)) if room.is(&joined.room) => {
                // Whoever comes by the link need not be rung any more.
                self.invited.take_if(|invitation| invitation.call_id == joined.call_id);
                room.joined(now, &mut self.hands, joined);
            }
            Some(Current::Direct(leg)) if leg.call_id == joined.call_id => self.widen(now, joined),
            _ => self.hands.request(Leave { call_id: joined.call_id }),
        }
    }

    /// A call is over, whoever's doing it was.
    fn over(&mut self, now: Time, call_id: &CallId, reason: EndReason) {
        if self.is_current(call_id) {
            self.end_current(now, reason);
        } else if self.is_incoming(call_id) {
            self.end_incoming(now, reason);
        } else if self.is_held(call_id) {
            self.end_held(now, reason);
        } else if self.is_invited(call_id) {
            self.end_invitation(now, reason);
        } else if let Some(Current::Direct(leg)) = &mut self.current {
            leg.glare.rival_over(call_id);
        }
    }

    fn candidates(&mut self, call_id: &CallId, from: &DeviceId, candidates: Vec<Candidate>) {
        if let (Some(call), hands) = self.call_and_hands(call_id) {
            return call.candidates(hands, from, candidates);
        }
        let Self { current, incoming, hands, .. } = self;
        match (current, incoming) {
            (_, Some(leg)) if leg.call_id == *call_id => leg.candidates(hands, from, candidates),
            (Some(Current::Direct(leg)), _) => {
                let rival = leg.glare.rival().filter(|rival| rival.call_id == *call_id);
                if let Some(rival) = rival {
                    rival.candidates.extend(candidates);
                    rival.candidates.truncate(limits::CANDIDATES);
                }
            }
            _ => {}
        }
    }

    fn call_and_hands(&mut self, call_id: &CallId) -> (Option<&mut Current>, &mut Hands) {
        let call = calls(&mut self.current, &mut self.held).find(|call| call.call_id() == call_id);
        (call, &mut self.hands)
    }

    pub(super) fn leg(&mut self, call_id: &CallId) -> Option<&mut Leg> {
        self.leg_and_hands(call_id).map(|(leg, _)| leg)
    }

    pub(super) fn leg_and_hands(&mut self, call_id: &CallId) -> Option<(&mut Leg, &mut Hands)> {
        match self.call_and_hands(call_id) {
            (Some(Current::Direct(leg)), hands) => Some((leg, hands)),
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
