//! A call from one person to another: ringing, and what comes of it.

use std::sync::Arc;

use protocol::{
    Accepted, AnsweredElsewhere, CallStatus, Candidate, DeclineReason, Declined, DeviceId, EndReason, ErrorCode,
    FarRinging, HangupReason, Incoming, Opaque, Participant, UserId,
};

use super::ringing_in::Guest;
use super::{CallRecord, CameTo, Effect, NOTHING, NewCall, Outcome, Over, Seat, Stage, Terms, reject};
use crate::Time;

/// Known while it rings.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Ring {
    pub(super) to: UserId,
    /// Shared between the versions of a record: it is the largest thing in it and never changes.
    pub(super) offer: Arc<Opaque>,
    pub(super) candidates: Arc<Vec<Candidate>>,
    pub(super) until: Time,
    /// The devices that were told, and may accept.
    pub(super) rung: Vec<DeviceId>,
    /// Those of them that said they are busy.
    busy: Vec<DeviceId>,
    /// One of them says that it rings; true while all that do are in another call.
    pub(super) heard: Option<bool>,
    /// It shows without a sound.
    silent: bool,
    /// It rings for somebody who is at no device yet.
    awaited: bool,
}

impl Ring {
    /// Whether it rings at all: it does not for somebody who is busy on every device.
    pub(super) const fn reaches(&self) -> bool {
        self.awaited || !self.rung.is_empty()
    }

    /// That device is busy. Whether another one rings, that is not.
    fn rings_beside(&mut self, device: &DeviceId) -> bool {
        self.rung.contains(device) && are_not_all_busy(&self.rung, &mut self.busy, device)
    }
}

/// Known once it is accepted.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Talk {
    /// When it was accepted.
    pub(super) since: Time,
    /// The devices that rang as well.
    pub(super) rung: Vec<DeviceId>,
}

/// Notes that a device that was rung is busy. Whether there is one that is not.
pub(super) fn are_not_all_busy(rung: &[DeviceId], busy: &mut Vec<DeviceId>, device: &DeviceId) -> bool {
    if !busy.contains(device) {
        busy.push(device.clone());
    }
    !rung.iter().all(|rung| busy.contains(rung))
}

impl Over {
    /// Whether that device rang, and another of its user's was accepted.
    fn lost_to_another(&self, device: &DeviceId) -> bool {
        self.rung.contains(device) && self.seats.get(1).is_some_and(|winner| winner != device)
    }
}

impl CallRecord {
    /// Places a direct call. `devices` are those of the callee that can be rung; without any, and nobody awaited, the callee
    /// is busy and the call is over at once.
    #[must_use]
    pub fn ring(now: Time, terms: Terms, call: NewCall, devices: Vec<DeviceId>) -> (Self, Vec<Effect>) {
        let NewCall { call_id, kind, from, to, offer, silent, awaited } = call;
        let ring = Ring {
            to,
            offer: Arc::new(offer),
            candidates: Arc::default(),
            until: now + terms.ring,
            rung: devices,
            busy: Vec::new(),
            heard: None,
            silent,
            awaited,
        };
        let mut record = Self {
            id: call_id,
            kind,
            terms,
            began: now,
            active: None,
            seats: vec![Seat::new(from, now)],
            gone: Vec::new(),
            paths: Vec::new(),
            quality: None,
            recorded: false,
            stage: Stage::Ringing(ring),
        };
        let effects = record.first_effects(now);
        (record, effects)
    }

    fn first_effects(&mut self, now: Time) -> Vec<Effect> {
        let mut effects = Vec::new();
        let Stage::Ringing(ring) = &self.stage else { return effects };
        let Some(caller) = self.seats.first() else { return effects };
        if !ring.reaches() {
            let to = ring.to.clone();
            effects.push(self.send_ended(caller.device(), EndReason::Busy, Some(&to)));
            self.close(now, EndReason::Busy, Some(to), &mut effects);
            return effects;
        }
        effects.push(Effect::Seated { device: caller.device().clone() });
        effects.push(Effect::Doing { user: caller.user().clone(), status: Some(CallStatus::Ringing) });
        effects.push(Effect::Doing { user: ring.to.clone(), status: Some(CallStatus::Ringing) });
        let from = caller.participant.user.clone();
        effects.push(Effect::Rings {
            user: ring.to.clone(),
            from,
            kind: self.kind,
            silent: ring.silent,
            until: ring.until,
        });
        effects.extend(ring.rung.iter().filter_map(|device| self.incoming(now, device)));
        effects
    }

    fn incoming(&self, now: Time, to: &DeviceId) -> Option<Effect> {
        let Stage::Ringing(ring) = &self.stage else { return None };
        let left = ring.until.since(now);
        Some(Self::send(
            to,
            Incoming {
                call_id: self.id.clone(),
                from: Participant::clone(&self.seats.first()?.participant),
                kind: self.kind,
                offer: Opaque::clone(&ring.offer),
                candidates: ring.candidates.to_vec(),
                rings_for_ms: u32::try_from(left.as_millis()).unwrap_or(u32::MAX),
                silent: ring.silent,
            },
        ))
    }

    /// Whether this call rings, from the one user to the other.
    #[must_use]
    pub fn rings(&self, from: &UserId, to: &UserId) -> bool {
        let direct = self.seats.first().is_some_and(|caller| caller.user() == from)
            && matches!(&self.stage, Stage::Ringing(ring) if ring.to == *to);
        direct || self.rings_guest(from, to)
    }

    /// Whether this call rings for that user.
    #[must_use]
    pub fn rings_for(&self, user: &UserId) -> bool {
        match &self.stage {
            Stage::Ringing(ring) => ring.to == *user,
            Stage::Room(room) => room.guest(user).is_some_and(Guest::is_rung),
            Stage::Talking(_) | Stage::Over(_) => false,
        }
    }

    /// Whether that device placed this call.
    #[must_use]
    pub fn placed_by(&self, device: &DeviceId) -> bool {
        match &self.stage {
            Stage::Ringing(_) | Stage::Talking(_) => self.seats.first().is_some_and(|seat| seat.device() == device),
            Stage::Over(over) => over.seats.first() == Some(device),
            Stage::Room(_) => false,
        }
    }

    /// Who rang, and who was rung.
    pub(super) fn ends(&self) -> (Option<UserId>, Option<UserId>) {
        let user_at = |place: usize| self.seats.get(place).map(|seat| seat.user().clone());
        match &self.stage {
            Stage::Ringing(ring) => (user_at(0), Some(ring.to.clone())),
            Stage::Talking(_) => (user_at(0), user_at(1)),
            Stage::Room(room) if room.private => (Some(room.host.clone()), None),
            Stage::Room(_) | Stage::Over(_) => (None, None),
        }
    }

    /// When a direct call was accepted, or a group's by the first.
    pub(super) const fn answered(&self) -> Option<Time> {
        match &self.stage {
            Stage::Talking(talk) => Some(talk.since),
            Stage::Room(room) => room.answered,
            Stage::Ringing(_) | Stage::Over(_) => None,
        }
    }

    pub(super) fn appeared(&mut self, now: Time, user: &UserId, device: DeviceId, forgot: bool) -> Outcome {
        let Stage::Ringing(ring) = &mut self.stage else {
            return self.guest_appeared(now, user, device, forgot);
        };
        if !ring.rung.contains(&device) {
            ring.rung.push(device.clone());
        } else if !forgot {
            return NOTHING;
        }
        Ok(self.incoming(now, &device).into_iter().collect())
    }

    /// The caller hears of the first, and of the first that is in no other call.
    pub(super) fn ringing(&mut self, device: &DeviceId, in_call: bool) -> Outcome {
        match &mut self.stage {
            Stage::Ringing(ring) if ring.rung.contains(device) => {
                ring.busy.retain(|busy| busy != device);
                if ring.heard.is_some_and(|heard| in_call || !heard) {
                    return NOTHING;
                }
                ring.heard = Some(in_call);
                let told = FarRinging { call_id: self.id.clone(), in_call };
                Ok(self.seats.first().map(|caller| Self::send(caller.device(), told)).into_iter().collect())
            }
            // It was accepted meanwhile, here or elsewhere: `call:ringing` and `call:accept` may overtake each other
            // between two devices.
            Stage::Talking(talk) if talk.rung.contains(device) => NOTHING,
            Stage::Room(_) => self.guest_rings(device),
            _ => self.refuse(device, ErrorCode::WrongState),
        }
    }

    pub(super) fn accept(&mut self, now: Time, by: Participant, answer: Opaque) -> Outcome {
        let ring = match &mut self.stage {
            Stage::Ringing(ring) if ring.rung.contains(&by.device) => ring,
            Stage::Talking(_) if self.seats.get(1).is_some_and(|seat| *seat.device() == by.device) => return NOTHING,
            Stage::Talking(talk) if talk.rung.contains(&by.device) => return reject(ErrorCode::AnsweredElsewhere),
            Stage::Over(over) if over.lost_to_another(&by.device) => return reject(ErrorCode::AnsweredElsewhere),
            _ => return self.refuse(&by.device, ErrorCode::WrongState),
        };
        let rung = std::mem::take(&mut ring.rung);
        let others = rung.iter().filter(|&device| *device != by.device);
        let mut effects: Vec<Effect> = Vec::with_capacity(rung.len() + 4);
        let call_id = &self.id;
        if let Some(caller) = self.seats.first() {
            let accepted = Accepted { call_id: call_id.clone(), by: by.clone(), answer };
            effects.push(Self::send(caller.device(), accepted));
            effects.push(Effect::Doing { user: caller.user().clone(), status: Some(CallStatus::InCall) });
        }
        effects.extend(others.map(|device| Self::send(device, AnsweredElsewhere { call_id: call_id.clone() })));
        effects.push(Effect::Rang { user: by.user.id.clone(), came_to: CameTo::Answered });
        effects.push(Effect::Seated { device: by.device.clone() });
        effects.push(Effect::Doing { user: by.user.id.clone(), status: Some(CallStatus::InCall) });
        // A caller who is away right now has as long as anyone in a call, not the few seconds of a caller who rings.
        for seat in &mut self.seats {
            seat.away_until = seat.away_until.map(|_| now + Terms::AWAY);
        }
        self.seats.push(Seat::new(by, now));
        self.stage = Stage::Talking(Talk { since: now, rung });
        Ok(effects)
    }

    pub(super) fn decline(&mut self, now: Time, device: &DeviceId, reason: DeclineReason) -> Outcome {
        // A device that is busy speaks for itself, and a person who declines for all of theirs.
        if let (Stage::Ringing(ring), DeclineReason::Busy) = (&mut self.stage, reason)
            && ring.rings_beside(device)
        {
            return NOTHING;
        }
        match &self.stage {
            Stage::Ringing(ring) if ring.rung.contains(device) => Ok(self.declined(now, Some(device), reason)),
            Stage::Over(over) if over.concerns(device) => NOTHING,
            Stage::Talking(talk) if self.seat(device).is_none() && talk.rung.contains(device) => {
                reject(ErrorCode::AnsweredElsewhere)
            }
            Stage::Room(_) => self.guest_declines(now, device, reason),
            _ => self.refuse(device, ErrorCode::WrongState),
        }
    }

    /// Somebody declines who is at no device. Where it does not ring for them, there is nothing to decline.
    pub(super) fn refused_by(&mut self, now: Time, user: &UserId) -> Outcome {
        match &self.stage {
            Stage::Ringing(ring) if ring.to == *user => Ok(self.declined(now, None, DeclineReason::Declined)),
            Stage::Room(room) if room.guest(user).is_some_and(Guest::is_rung) => {
                Ok(self.guest_declined(now, user, None, DeclineReason::Declined))
            }
            Stage::Ringing(_) | Stage::Room(_) | Stage::Talking(_) | Stage::Over(_) => reject(ErrorCode::NoCall),
        }
    }

    /// Ends a ring that was declined, on one of its devices or beside them.
    fn declined(&mut self, now: Time, device: Option<&DeviceId>, reason: DeclineReason) -> Vec<Effect> {
        let Stage::Ringing(ring) = &self.stage else { return Vec::new() };
        let to = ring.to.clone();
        let end = match reason {
            DeclineReason::Declined => EndReason::Declined,
            DeclineReason::Busy => EndReason::Busy,
        };
        let mut effects = Vec::with_capacity(ring.rung.len() + 6);
        if let Some(caller) = self.seats.first() {
            let declined = Declined { call_id: self.id.clone(), user: to.clone(), reason };
            effects.push(Self::send(caller.device(), declined));
            effects.push(self.send_ended(caller.device(), end, Some(&to)));
        }
        for other in ring.rung.iter().filter(|&other| Some(other) != device) {
            effects.push(self.send_ended(other, EndReason::DeclinedElsewhere, Some(&to)));
        }
        self.close(now, end, Some(to), &mut effects);
        effects
    }

    pub(super) fn hang_up(&mut self, now: Time, device: &DeviceId, reason: HangupReason) -> Outcome {
        let reason = match (&self.stage, self.seat(device)) {
            (Stage::Over(over), _) if over.concerns(device) => return NOTHING,
            (Stage::Ringing(_), Some(_)) => EndReason::Cancelled,
            (Stage::Talking(_), Some(_)) => match reason {
                HangupReason::Completed => EndReason::Completed,
                HangupReason::Timeout => EndReason::Timeout,
                HangupReason::Failed => EndReason::Failed,
            },
            _ => return self.refuse(device, ErrorCode::WrongState),
        };
        let by = self.seat(device).map(|seat| seat.user().clone());
        Ok(self.end(now, reason, by, Some(device)))
    }

    pub(super) fn connected(&mut self, now: Time, device: &DeviceId) -> Outcome {
        let room = match &self.stage {
            Stage::Talking(_) => false,
            Stage::Room(_) => true,
            Stage::Ringing(_) | Stage::Over(_) => return self.refuse(device, ErrorCode::WrongState),
        };
        let Some(seat) = self.seat_mut(device) else {
            return self.refuse(device, ErrorCode::AnsweredElsewhere);
        };
        seat.connected = true;
        if self.active.is_none() && (room || self.seats.iter().all(|seat| seat.connected)) {
            self.active = Some(now);
        }
        NOTHING
    }

    /// The devices that ring.
    pub(super) fn ringing_devices(&self) -> Vec<DeviceId> {
        match &self.stage {
            Stage::Ringing(ring) => ring.rung.clone(),
            Stage::Room(room) => room.ringing().cloned().collect(),
            Stage::Talking(_) | Stage::Over(_) => Vec::new(),
        }
    }

    /// Ends a call and tells all of its devices but the one whose request this is.
    pub(super) fn end(
        &mut self,
        now: Time,
        reason: EndReason,
        by: Option<UserId>,
        except: Option<&DeviceId>,
    ) -> Vec<Effect> {
        let ringing = self.ringing_devices();
        let everyone = self.seats.iter().map(Seat::device).chain(&ringing);
        let mut effects: Vec<Effect> = everyone
            .filter(|&device| Some(device) != except)
            .map(|device| self.send_ended(device, reason, by.as_ref()))
            .collect();
        self.close(now, reason, by, &mut effects);
        effects
    }
}
