//! Who may do what in an open room, and its door: the host mutes, removes, locks, and lets in who knocks.
//!
//! The host is the person who made the room; while they are not in it, whoever has been in it longest. So a room is never
//! without one, nothing has to be handed over, and its maker has it back when they return, from whichever device. In a
//! group's call, into which people were rung, there is none: there everybody is somebody's guest. Its door is locked for
//! whoever was not rung, and anybody in it may unlock it for those who have its link, as anybody may ring others in.

use std::time::Duration;

use protocol::{
    Action, DeviceId, DoorState, EndReason, ErrorCode, FarDoor, MuteRequested, Participant, Person, RoomRules,
    RoomUpdated, UserId,
};

use super::room::Room;
use super::{CallRecord, Effect, NOTHING, Outcome, Seat, Stage, reject};
use crate::Time;

/// How long somebody who was removed stays outside, unless the host rings them in. Long enough to think better of it.
const REMOVED: Duration = Duration::from_secs(600);
/// The same for somebody who knocked and was turned away: they may knock again, but not again and again.
const TURNED_AWAY: Duration = Duration::from_secs(60);
/// How long somebody who knocks and whose connection is lost is still announced.
const AWAY: Duration = Duration::from_secs(10);
/// How many may wait at the door.
const WAITING: usize = 8;
/// How many are remembered of those who were removed, or let in. The oldest is forgotten first.
const REMEMBERED: usize = 64;

/// The door of a room.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Door {
    locked: bool,
    /// Whoever comes waits until the host lets them in.
    pub(super) waiting_room: bool,
    knocking: Vec<Knock>,
    /// Those who were let in.
    admitted: Vec<UserId>,
    /// Those who may not come in, and until when.
    removed: Vec<(UserId, Time)>,
}

#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Knock {
    participant: Participant,
    away_until: Option<Time>,
}

impl Door {
    pub(super) fn new(waiting_room: bool) -> Self {
        Self { waiting_room, ..Self::default() }
    }

    /// The door of a group's call.
    pub(super) fn of_group() -> Self {
        Self { locked: true, ..Self::default() }
    }

    /// Whoever was not rung, or not let in, stays outside.
    pub(super) const fn is_locked(&self) -> bool {
        self.locked
    }

    fn admit(&mut self, user: UserId) {
        self.removed.retain(|(known, _)| *known != user);
        self.admitted.retain(|known| *known != user);
        self.admitted.push(user);
        if self.admitted.len() > REMEMBERED {
            self.admitted.remove(0);
        }
    }

    fn keep_out(&mut self, user: UserId, until: Time) {
        self.admitted.retain(|known| *known != user);
        self.removed.retain(|(known, _)| *known != user);
        self.removed.push((user, until));
        if self.removed.len() > REMEMBERED {
            self.removed.remove(0);
        }
    }

    fn is_kept_out(&self, user: &UserId, now: Time) -> bool {
        self.removed.iter().any(|(known, until)| known == user && now < *until)
    }

    fn take_knock(&mut self, device: &DeviceId) -> Option<Participant> {
        let place = self.knocking.iter().position(|knock| knock.participant.device == *device)?;
        Some(self.knocking.remove(place).participant)
    }

    pub(super) fn is_knocking(&self, device: &DeviceId) -> bool {
        self.knocking.iter().any(|knock| knock.participant.device == *device)
    }

    pub(super) fn deadline(&self) -> Option<Time> {
        self.knocking.iter().filter_map(|knock| knock.away_until).min()
    }
}

impl CallRecord {
    /// Who is the host of an open room; nobody in any other call.
    pub(super) fn host(&self) -> Option<&UserId> {
        let Stage::Room(room) = &self.stage else { return None };
        let mut users = self.seats.iter().filter(|_| !room.private).map(Seat::user);
        users.clone().find(|user| **user == room.host).or_else(|| users.next())
    }

    /// Who is the host, and how the door stands, as those in it are told; only the host hears who knocks.
    pub(super) fn rules_for(&self, device: &DeviceId) -> Option<RoomRules> {
        let Stage::Room(room) = &self.stage else { return None };
        let host = self.host()?;
        let is_host = self.seat(device).is_some_and(|seat| seat.user() == host);
        let knocking = room.door.knocking.iter().filter(|_| is_host).map(|knock| knock.participant.clone());
        Some(RoomRules {
            host: host.clone(),
            locked: room.door.locked,
            waiting_room: room.door.waiting_room,
            knocking: knocking.collect(),
        })
    }

    /// Tells everyone in the room, or the host alone.
    fn tell_rules(&self, host_alone: bool, effects: &mut Vec<Effect>) {
        let host = self.host().filter(|_| host_alone);
        for seat in self.seats.iter().filter(|seat| host.is_none_or(|host| host == seat.user())) {
            let rules = self.rules_for(seat.device());
            let told = rules.map(|rules| RoomUpdated { call_id: self.id.clone(), rules });
            effects.extend(told.map(|told| Self::send(seat.device(), told)));
        }
    }

    /// Tells everyone who is the host, if that was somebody else before.
    pub(super) fn tell_of_new_host(&self, before: Option<&UserId>, effects: &mut Vec<Effect>) {
        if before.is_some() && self.host().is_some() && self.host() != before {
            self.tell_rules(false, effects);
        }
    }

    /// Whether somebody who wants to enter is stopped at the door; if so, how.
    pub(super) fn stops(&self, now: Time, room: &Room, by: &Participant) -> Result<bool, ErrorCode> {
        let user = &by.user.id;
        let known = room.host == *user || self.seats.iter().any(|seat| seat.user() == user);
        let rung = room.guest(user).is_some_and(super::ringing_in::Guest::is_rung);
        if room.private || known || rung {
            return Ok(false);
        }
        if room.door.is_kept_out(user, now) {
            return Err(ErrorCode::Removed);
        }
        if room.door.admitted.contains(user) {
            return Ok(false);
        }
        if room.door.locked { Err(ErrorCode::RoomLocked) } else { Ok(room.door.waiting_room) }
    }

    /// Somebody waits to be let in: the host hears a knock.
    pub(super) fn knock(&mut self, by: Participant) -> Outcome {
        let Stage::Room(room) = &mut self.stage else { return NOTHING };
        let door = FarDoor { call_id: self.id.clone(), room: room.code.clone(), state: DoorState::Waiting };
        let mut effects = vec![Effect::Reply(door.into())];
        if room.door.is_knocking(&by.device) {
            return Ok(effects);
        }
        if room.door.knocking.len() >= WAITING {
            return reject(ErrorCode::RoomFull);
        }
        effects.push(Effect::Waits { device: by.device.clone(), waits: true });
        room.door.knocking.push(Knock { participant: by, away_until: None });
        self.tell_rules(true, &mut effects);
        Ok(effects)
    }

    /// Somebody who knocked does not any more, by their own doing.
    pub(super) fn stop_knocking(&mut self, device: &DeviceId) -> Option<Vec<Effect>> {
        let Stage::Room(room) = &mut self.stage else { return None };
        room.door.take_knock(device)?;
        let mut effects = vec![Effect::Waits { device: device.clone(), waits: false }];
        self.tell_rules(true, &mut effects);
        Some(effects)
    }

    /// The connection of somebody who knocks is lost, or back.
    pub(super) fn knocker_away(&mut self, now: Time, device: &DeviceId, away: bool) {
        let Stage::Room(room) = &mut self.stage else { return };
        let knock = room.door.knocking.iter_mut().find(|knock| knock.participant.device == *device);
        if let Some(knock) = knock {
            knock.away_until = away.then(|| knock.away_until.unwrap_or(now + AWAY));
        }
    }

    /// Forgets those who knocked and did not come back.
    pub(super) fn forget_lost_knocks(&mut self, now: Time, effects: &mut Vec<Effect>) {
        let Stage::Room(room) = &self.stage else { return };
        let due = room.door.knocking.iter().filter(|knock| knock.away_until.is_some_and(|until| until <= now));
        let due: Vec<DeviceId> = due.map(|knock| knock.participant.device.clone()).collect();
        for device in due {
            effects.extend(self.stop_knocking(&device).unwrap_or_default());
        }
    }

    /// Answers everyone who knocks.
    pub(super) fn answer_knocks(&mut self, state: DoorState, effects: &mut Vec<Effect>) {
        let Stage::Room(room) = &mut self.stage else { return };
        for Knock { participant: Participant { device, user, .. }, .. } in std::mem::take(&mut room.door.knocking) {
            if state == DoorState::Open {
                room.door.admit(user.id);
            }
            let door = FarDoor { call_id: self.id.clone(), room: room.code.clone(), state };
            effects.push(Effect::Waits { device: device.clone(), waits: false });
            effects.push(Effect::Send { to: device, message: door.into() });
        }
    }

    /// The host does something to somebody or to the room.
    pub(super) fn moderate(&mut self, now: Time, by: &DeviceId, action: Action, device: Option<&DeviceId>) -> Outcome {
        let Some(me) = self.seat(by).map(|seat| seat.participant.user.clone()) else {
            return self.refuse(by, ErrorCode::WrongState);
        };
        let mut effects = Vec::new();
        if self.is_private() && matches!(action, Action::Lock | Action::Unlock) {
            self.change_door(&mut effects, |door| door.locked = action == Action::Lock);
            return Ok(effects);
        }
        if self.host() != Some(&me.id) {
            return reject(ErrorCode::NotHost);
        }
        match (action, device) {
            (Action::Mute, Some(device)) => effects.push(self.ask_to_mute(&me, device)?),
            (Action::Remove, Some(device)) => self.put_out(now, &me, device, &mut effects)?,
            (Action::Admit, Some(device)) => self.let_in(now, device, true, &mut effects)?,
            (Action::TurnAway, Some(device)) => self.let_in(now, device, false, &mut effects)?,
            (Action::Lock | Action::Unlock, _) => {
                self.change_door(&mut effects, |door| door.locked = action == Action::Lock);
            }
            (Action::Wait | Action::DoNotWait, _) => {
                self.change_door(&mut effects, |door| door.waiting_room = action == Action::Wait);
                if action == Action::DoNotWait {
                    self.answer_knocks(DoorState::Open, &mut effects);
                    self.tell_rules(true, &mut effects);
                }
            }
            (Action::End, _) => {
                self.answer_knocks(DoorState::Closed, &mut effects);
                effects.extend(self.end(now, EndReason::Completed, Some(me.id), None));
            }
            (Action::Mute | Action::Remove | Action::Admit | Action::TurnAway, None) => {
                return reject(ErrorCode::NoParticipant);
            }
        }
        Ok(effects)
    }

    fn change_door(&mut self, effects: &mut Vec<Effect>, change: impl FnOnce(&mut Door)) {
        let Stage::Room(room) = &mut self.stage else { return };
        let before = (room.door.locked, room.door.waiting_room);
        change(&mut room.door);
        if before != (room.door.locked, room.door.waiting_room) {
            self.tell_rules(false, effects);
            if self.is_private() {
                self.tell_invitations(effects);
            }
        }
    }

    /// A page is asked to mute its person, who may unmute themselves: nobody is silenced for good.
    fn ask_to_mute(&self, by: &Person, device: &DeviceId) -> Result<Effect, super::Rejected> {
        self.seat(device).ok_or(super::Rejected(ErrorCode::NoParticipant))?;
        Ok(Self::send(device, MuteRequested { call_id: self.id.clone(), by: by.clone() }))
    }

    fn put_out(
        &mut self,
        now: Time,
        by: &Person,
        device: &DeviceId,
        effects: &mut Vec<Effect>,
    ) -> Result<(), super::Rejected> {
        let seat = self.seat(device).ok_or(super::Rejected(ErrorCode::NoParticipant))?;
        let user = seat.user().clone();
        if user == by.id {
            return Err(super::Rejected(ErrorCode::OwnUser));
        }
        if let Stage::Room(room) = &mut self.stage {
            room.door.keep_out(user.clone(), now + REMOVED);
        }
        let theirs = self.seats.iter().filter(|seat| *seat.user() == user);
        let devices: Vec<DeviceId> = theirs.map(|seat| seat.device().clone()).collect();
        for device in devices {
            effects.push(self.send_ended(&device, EndReason::Removed, Some(&by.id)));
            effects.append(&mut self.give_up_seat(now, &device, EndReason::Completed));
        }
        Ok(())
    }

    fn let_in(
        &mut self,
        now: Time,
        device: &DeviceId,
        admitted: bool,
        effects: &mut Vec<Effect>,
    ) -> Result<(), super::Rejected> {
        let Stage::Room(room) = &mut self.stage else { return Ok(()) };
        let knock = room.door.take_knock(device).ok_or(super::Rejected(ErrorCode::NoParticipant))?;
        let state = if admitted { DoorState::Open } else { DoorState::Closed };
        match state {
            DoorState::Open => room.door.admit(knock.user.id),
            _ => room.door.keep_out(knock.user.id, now + TURNED_AWAY),
        }
        let door = FarDoor { call_id: self.id.clone(), room: room.code.clone(), state };
        effects.push(Effect::Waits { device: device.clone(), waits: false });
        effects.push(Self::send(device, door));
        self.tell_rules(true, effects);
        Ok(())
    }

    /// Whom the host rings in may come in; while the door is not open, nobody else may ring anybody in.
    pub(super) fn open_door_to(&mut self, by: &UserId, called: &[UserId]) -> Result<(), super::Rejected> {
        let is_host = self.host() == Some(by);
        let Stage::Room(room) = &mut self.stage else { return Ok(()) };
        let kept_out = |user: &UserId| room.door.removed.iter().any(|(known, _)| known == user);
        let shut = room.door.locked || room.door.waiting_room || called.iter().any(kept_out);
        if !room.private && !is_host && shut {
            return Err(super::Rejected(ErrorCode::NotHost));
        }
        called.iter().filter(|_| is_host).for_each(|user| room.door.admit(user.clone()));
        Ok(())
    }
}
