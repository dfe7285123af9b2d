//! A room's call: it begins with the first who enters and ends with the last who leaves.

use protocol::{
    CallId, CallStatus, CallType, DeviceId, EndReason, ErrorCode, Joined, Participant, ParticipantJoined,
    ParticipantLeft, RoomCode,
};

use super::{CallRecord, Effect, NOTHING, Outcome, Seat, Stage, Terms, reject};
use crate::Time;

/// Known of a room's call.
#[derive(Clone, Debug)]
pub(super) struct Room {
    pub(super) code: RoomCode,
    pub(super) name: Option<String>,
}

impl CallRecord {
    /// The call of a room that somebody is the first to enter.
    #[must_use]
    pub fn open_room(
        now: Time,
        terms: Terms,
        call_id: CallId,
        (code, name): (RoomCode, Option<String>),
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
            stage: Stage::Room(Room { code, name }),
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

    pub(super) fn join(&mut self, now: Time, by: Participant) -> Outcome {
        if !matches!(self.stage, Stage::Room(_)) {
            return reject(ErrorCode::NoCall);
        }
        if self.seat(&by.device).is_some() {
            return Ok(self.joined(&by.device).into_iter().collect());
        }
        if self.seats.len() >= self.terms.room_size {
            return reject(ErrorCode::RoomFull);
        }
        Ok(self.take_seat(now, by))
    }

    fn take_seat(&mut self, now: Time, by: Participant) -> Vec<Effect> {
        let mut effects: Vec<Effect> = self.joined(&by.device).into_iter().collect();
        for seat in &self.seats {
            let joined = ParticipantJoined { call_id: self.id.clone(), participant: by.clone() };
            effects.push(Self::send(seat.device(), joined));
        }
        effects.push(Effect::Seated { device: by.device.clone() });
        effects.push(Effect::Doing { user: by.user.id.clone(), status: Some(CallStatus::InCall) });
        self.seats.push(Seat::new(by, now));
        effects
    }

    /// What whoever enters learns of those who are there.
    fn joined(&self, device: &DeviceId) -> Option<Effect> {
        let Stage::Room(room) = &self.stage else { return None };
        let others = self.participants().filter(|participant| participant.device != *device);
        Some(Effect::Reply(
            Joined {
                call_id: self.id.clone(),
                room: room.code.clone(),
                name: room.name.clone(),
                participants: others.cloned().collect(),
            }
            .into(),
        ))
    }

    pub(super) fn leave(&mut self, now: Time, device: &DeviceId) -> Outcome {
        match &self.stage {
            Stage::Room(_) if self.seat(device).is_some() => Ok(self.give_up_seat(now, device)),
            Stage::Over(over) if over.concerns(device) => NOTHING,
            _ => self.refuse(device, ErrorCode::WrongState),
        }
    }

    /// Takes somebody out of the room; with the last one the call is over.
    pub(super) fn give_up_seat(&mut self, now: Time, device: &DeviceId) -> Vec<Effect> {
        let Some(place) = self.seats.iter().position(|seat| seat.device() == device) else { return Vec::new() };
        let mut effects = Vec::new();
        if self.seats.len() == 1 {
            let by = self.seats.first().map(|seat| seat.user().clone());
            self.close(now, EndReason::Completed, by, &mut effects);
            return effects;
        }
        self.keep_part(now, device);
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
        effects
    }
}
