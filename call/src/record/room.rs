//! A room's call: it begins with the first who enters and ends with the last who leaves; a group's, which is private, with
//! the last but one.

use protocol::{
    CallId, CallStatus, CallType, DeviceId, DoorState, EndReason, ErrorCode, Joined, Participant, ParticipantJoined,
    ParticipantLeft, RoomCode, UserId,
};

use super::host::Door;
use super::ringing_in::Guest;
use super::{CallRecord, Effect, NOTHING, Outcome, Rejected, Seat, Stage, Terms, reject};
use crate::Time;

/// A room as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NewRoom {
    /// Its code.
    pub code: RoomCode,
    /// What it is called, if it has a name.
    pub name: Option<String>,
    /// Who made it.
    pub host: UserId,
    /// Only whoever is rung into it may enter, until it is opened to those who have its link: it is a group's call.
    pub private: bool,
    /// Whoever comes waits until the host lets them in.
    pub waiting_room: bool,
}

/// Known of a room's call.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Room {
    pub(super) code: RoomCode,
    pub(super) name: Option<String>,
    /// Who made it; of a group's call, who rang first.
    pub(super) host: UserId,
    pub(super) private: bool,
    /// Those who were rung into it.
    pub(super) guests: Vec<Guest>,
    /// When the first of them accepted, in a group's call.
    pub(super) answered: Option<Time>,
    pub(super) door: Door,
}

impl CallRecord {
    /// The call of a room that somebody is the first to enter.
    #[must_use]
    pub fn open_room(
        now: Time,
        terms: Terms,
        call_id: CallId,
        NewRoom { code, name, host, private, waiting_room }: NewRoom,
        by: Participant,
    ) -> (Self, Vec<Effect>) {
        let kind = if by.media.camera { CallType::GroupVideo } else { CallType::GroupVoice };
        let mut record = Self {
            id: call_id,
            kind,
            terms,
            began: now,
            active: None,
            seats: Vec::new(),
            gone: Vec::new(),
            paths: Vec::new(),
            quality: None,
            recorded: false,
            stage: Stage::Room(Room {
                code,
                name,
                host,
                private,
                guests: Vec::new(),
                answered: None,
                door: if private { Door::of_group() } else { Door::new(waiting_room) },
            }),
        };
        let effects = record.take_seat(now, by);
        (record, effects)
    }

    /// The room whose call this is.
    #[must_use]
    pub const fn room_code(&self) -> Option<&RoomCode> {
        match &self.stage {
            Stage::Room(room) => Some(&room.code),
            Stage::Ringing(_) | Stage::Talking(_) | Stage::Over(_) => None,
        }
    }

    pub(super) fn room_name(&self) -> Option<&str> {
        match &self.stage {
            Stage::Room(room) => room.name.as_deref(),
            Stage::Ringing(_) | Stage::Talking(_) | Stage::Over(_) => None,
        }
    }

    /// Whether it is a group's call.
    pub(super) const fn is_private(&self) -> bool {
        matches!(&self.stage, Stage::Room(Room { private: true, .. }))
    }

    pub(super) fn join(&mut self, now: Time, by: Participant) -> Outcome {
        let room = match &self.stage {
            Stage::Room(room) => room,
            Stage::Over(over) if over.concerns(&by.device) => return reject(ErrorCode::WrongState),
            Stage::Ringing(_) | Stage::Talking(_) | Stage::Over(_) => return reject(ErrorCode::NoCall),
        };
        if self.seat(&by.device).is_some() {
            let joined = self.joined(&by.device).map(|joined| Effect::Reply(joined.into()));
            return Ok(joined.into_iter().chain(self.tell_of_link(&by.device)).collect());
        }
        self.may_enter(room, &by).map_err(Rejected)?;
        if self.stops(now, room, &by).map_err(Rejected)? {
            return self.knock(by);
        }
        if self.seats.len() >= self.terms.room_size {
            return reject(ErrorCode::RoomFull);
        }
        Ok(self.take_seat(now, by))
    }

    fn take_seat(&mut self, now: Time, by: Participant) -> Vec<Effect> {
        let host = self.host().cloned();
        let others: Vec<DeviceId> = self.seats.iter().map(|seat| seat.device().clone()).collect();
        // They may have knocked and then been rung in.
        let knocked = self.stop_knocking(&by.device);
        self.seats.push(Seat::new(by.clone(), now));
        let reply = self.joined(&by.device).map(|joined| Effect::Reply(joined.into()));
        let mut effects: Vec<Effect> = reply.into_iter().chain(knocked.unwrap_or_default()).collect();
        let call_id = &self.id;
        let came = || ParticipantJoined { call_id: call_id.clone(), participant: by.clone() };
        effects.extend(others.iter().map(|other| Self::send(other, came())));
        effects.push(Effect::Seated { device: by.device.clone() });
        effects.push(Effect::Doing { user: by.user.id.clone(), status: Some(CallStatus::InCall) });
        self.tell_of_new_host(host.as_ref(), &mut effects);
        self.guest_entered(now, &by, &mut effects);
        effects
    }

    /// What whoever enters learns of those who are there.
    pub(super) fn joined(&self, device: &DeviceId) -> Option<Joined> {
        let Stage::Room(room) = &self.stage else { return None };
        let others = self.participants().filter(|participant| participant.device != *device);
        Some(Joined {
            call_id: self.id.clone(),
            room: room.code.clone(),
            name: room.name.clone(),
            private: room.private,
            rules: self.rules_for(device),
            participants: others.cloned().collect(),
        })
    }

    pub(super) fn leave(&mut self, now: Time, device: &DeviceId) -> Outcome {
        if let Some(effects) = self.stop_knocking(device) {
            return Ok(effects);
        }
        match &self.stage {
            Stage::Room(_) if self.seat(device).is_some() => Ok(self.give_up_seat(now, device, EndReason::Completed)),
            Stage::Over(over) if over.concerns(device) => NOTHING,
            _ => self.refuse(device, ErrorCode::WrongState),
        }
    }

    /// Takes somebody out of the room; with the last one the call is over, and what still rings is taken back.
    pub(super) fn give_up_seat(&mut self, now: Time, device: &DeviceId, why: EndReason) -> Vec<Effect> {
        let Some(place) = self.seats.iter().position(|seat| seat.device() == device) else { return Vec::new() };
        let mut effects = Vec::new();
        if self.seats.len() == 1 {
            let by = self.seats.first().map(|seat| seat.user().clone());
            let answered = !self.is_private() || self.answered().is_some();
            let reason = if answered { EndReason::Completed } else { EndReason::Cancelled };
            let ringing = self.ringing_devices();
            effects.extend(ringing.iter().map(|other| self.send_ended(other, EndReason::Cancelled, by.as_ref())));
            // Nobody is there to be asked any more.
            self.answer_knocks(DoorState::Open, &mut effects);
            self.close(now, reason, by, &mut effects);
            return effects;
        }
        self.keep_part(now, device);
        let host = self.host().cloned();
        let seat = self.seats.remove(place);
        self.paths.retain(|path| !path.touches(device));
        for other in &self.seats {
            let left = ParticipantLeft { call_id: self.id.clone(), device: device.clone() };
            effects.push(Self::send(other.device(), left));
        }
        effects.push(Effect::Freed { device: device.clone() });
        if self.seats.iter().all(|other| other.user() != seat.user()) {
            effects.push(Effect::Doing { user: seat.user().clone(), status: None });
        }
        self.tell_of_new_host(host.as_ref(), &mut effects);
        self.end_if_left_alone(now, Some((why, seat.user().clone())), &mut effects);
        effects
    }
}
