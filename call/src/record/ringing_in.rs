//! Ringing others into a call: a room's, or a direct one that becomes a group's.
//!
//! Such a ring carries no offer, because it is not known with whom its answer would be negotiated: who accepts enters the
//! room, and offers to each who is there, as any newcomer does. So nothing of somebody who is rung can be passed on before
//! they have accepted: they have no seat.

use protocol::{
    AnsweredElsewhere, CallStatus, CallType, DeclineReason, DeviceId, EndReason, ErrorCode, Invitation,
    InvitationStatus, Invitations, Invited, Participant, Person, RoomCode, UserId, limits,
};

use super::direct::are_not_all_busy;
use super::host::Door;
use super::room::Room;
use super::{CallRecord, CameTo, Effect, NOTHING, Outcome, Seat, Stage, reject};
use crate::Time;

/// Somebody to be rung into a call, as far as they are known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// Who.
    pub user: UserId,
    /// What they are called; `None` when nobody with that id is here.
    pub person: Option<Person>,
    /// Those of their devices that can be rung.
    pub devices: Vec<DeviceId>,
    /// It shows without a sound: they want it so of this caller.
    pub silent: bool,
    /// They do not want to be disturbed.
    pub undisturbed: bool,
    /// They are at no device, and can be told of it all the same: it rings until one is there.
    pub awaited: bool,
}

impl Called {
    /// Whether it can ring for them.
    const fn can_be_rung(&self) -> bool {
        !self.devices.is_empty() || self.awaited
    }
}

/// Somebody who was rung into a call.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Guest {
    pub(super) person: Person,
    pub(super) status: InvitationStatus,
    /// Who rang.
    by: UserId,
    /// When the ring counts as missed.
    until: Time,
    /// The devices that were told.
    pub(super) rung: Vec<DeviceId>,
    /// Those of them that said they are busy.
    busy: Vec<DeviceId>,
    /// It shows without a sound.
    silent: bool,
}

impl Guest {
    fn new(called: Called, by: &UserId, until: Time) -> Self {
        let reached = called.can_be_rung();
        let Called { user, person, devices, silent, undisturbed, awaited: _ } = called;
        let status = match (&person, reached) {
            (None, _) => InvitationStatus::NotHere,
            (Some(_), _) if undisturbed => InvitationStatus::DoNotDisturb,
            (Some(_), false) => InvitationStatus::Busy,
            (Some(_), true) => InvitationStatus::Invited,
        };
        let person = person.unwrap_or(Person { id: user, name: String::new(), avatar: None });
        Self { person, status, by: by.clone(), until, rung: devices, busy: Vec::new(), silent }
    }

    /// Somebody who was in the call before it became a group's.
    pub(super) fn joined(person: Person) -> Self {
        let by = person.id.clone();
        Self {
            person,
            status: InvitationStatus::Joined,
            by,
            until: Time::default(),
            rung: Vec::new(),
            busy: Vec::new(),
            silent: false,
        }
    }

    pub(super) fn is_rung(&self) -> bool {
        self.status.is_open()
    }

    /// When the ring counts as missed, while it rings.
    pub(super) fn deadline(&self) -> Option<Time> {
        self.is_rung().then_some(self.until)
    }
}

impl Room {
    pub(super) fn guest(&self, user: &UserId) -> Option<&Guest> {
        self.guests.iter().find(|guest| guest.person.id == *user)
    }

    fn guest_of(&mut self, device: &DeviceId) -> Option<&mut Guest> {
        self.guests.iter_mut().find(|guest| guest.rung.contains(device))
    }

    /// The devices that ring.
    pub(super) fn ringing(&self) -> impl Iterator<Item = &DeviceId> {
        self.guests.iter().filter(|guest| guest.is_rung()).flat_map(|guest| &guest.rung)
    }
}

impl CallRecord {
    /// Rings others into this call. A direct call that runs becomes a group's, in the room of that code, and keeps its
    /// seats and whatever has been negotiated between them.
    pub(super) fn invite(&mut self, now: Time, by: &DeviceId, called: Vec<Called>, code: RoomCode) -> Outcome {
        let Some(from) = self.seat(by).map(|seat| seat.user().clone()) else {
            return self.refuse(by, ErrorCode::WrongState);
        };
        match &self.stage {
            Stage::Room(_) => {}
            // Who is on hold has not agreed to meet others.
            Stage::Talking(_)
                if self.active.is_some() && !self.seats.iter().any(|seat| seat.participant.media.held) => {}
            Stage::Talking(_) | Stage::Ringing(_) | Stage::Over(_) => return self.refuse(by, ErrorCode::WrongState),
        }
        let called = self.not_yet_in(called);
        if called.is_empty() {
            return NOTHING;
        }
        self.check_places(&called)?;
        let users: Vec<UserId> = called.iter().map(|one| one.user.clone()).collect();
        self.open_door_to(&from, &users)?;
        let mut effects = Vec::new();
        self.become_group(code, &mut effects);
        let until = now + self.terms.ring;
        let guests: Vec<Guest> = called.into_iter().map(|one| Guest::new(one, &from, until)).collect();
        if let Stage::Room(room) = &mut self.stage {
            room.guests.retain(|guest| !users.contains(&guest.person.id));
            room.guests.extend(guests);
        }
        for user in users {
            effects.extend(self.ring_guest(now, &user));
        }
        self.tell_invitations(&mut effects);
        self.end_if_left_alone(now, None, &mut effects);
        Ok(effects)
    }

    /// Without those who are in it or are rung already, and without anybody twice.
    fn not_yet_in(&self, called: Vec<Called>) -> Vec<Called> {
        let mut fresh: Vec<Called> = Vec::new();
        for one in called {
            let in_it = self.seats.iter().any(|seat| *seat.user() == one.user) || self.rings_for(&one.user);
            if !in_it && fresh.iter().all(|other| other.user != one.user) {
                fresh.push(one);
            }
        }
        fresh
    }

    /// Those who are rung must find a place should they all come.
    fn check_places(&self, called: &[Called]) -> Result<(), super::Rejected> {
        let (known, ringing) = match &self.stage {
            Stage::Room(room) => (&room.guests[..], room.guests.iter().filter(|guest| guest.is_rung()).count()),
            Stage::Ringing(_) | Stage::Talking(_) | Stage::Over(_) => (&[][..], 0),
        };
        let more = called.iter().filter(|one| known.iter().all(|guest| guest.person.id != one.user)).count();
        let coming = called.iter().filter(|one| one.can_be_rung()).count();
        if known.len() + more > limits::INVITED {
            return Err(super::Rejected(ErrorCode::TooBig));
        }
        if coming > 0 && self.seats.len() + ringing + coming > self.terms.room_size {
            return Err(super::Rejected(ErrorCode::RoomFull));
        }
        Ok(())
    }

    fn become_group(&mut self, code: RoomCode, effects: &mut Vec<Effect>) {
        let Stage::Talking(talk) = &self.stage else { return };
        let mut people = self.seats.iter().map(|seat| seat.participant.user.clone());
        let Some(caller) = people.next() else { return };
        let guests = people.map(Guest::joined).collect();
        let answered = Some(talk.since);
        self.kind = match self.kind {
            CallType::Voice | CallType::GroupVoice => CallType::GroupVoice,
            CallType::Video | CallType::GroupVideo => CallType::GroupVideo,
        };
        self.stage = Stage::Room(Room {
            code,
            name: None,
            host: caller.id,
            private: true,
            guests,
            answered,
            door: Door::of_group(),
        });
        for seat in &self.seats {
            effects.extend(self.joined(seat.device()).map(|message| Self::send(seat.device(), message)));
        }
    }

    /// Has a guest's devices ring, if there are any and they are to.
    fn ring_guest(&self, now: Time, user: &UserId) -> Vec<Effect> {
        let Stage::Room(room) = &self.stage else { return Vec::new() };
        let Some(guest) = room.guest(user).filter(|guest| guest.is_rung()) else { return Vec::new() };
        let mut effects = vec![Effect::Doing { user: user.clone(), status: Some(CallStatus::Ringing) }];
        if let Some(from) = self.rang(guest) {
            let (from, kind) = (from.clone(), self.kind);
            let (silent, until) = (guest.silent, guest.until);
            effects.push(Effect::Rings { user: user.clone(), from, kind, silent, until });
        }
        effects.extend(guest.rung.iter().filter_map(|device| self.invited(now, room, guest, device)));
        effects
    }

    /// Who rings a guest. Whoever rang may have left meanwhile; somebody else is there, or it would not ring any more.
    fn rang(&self, guest: &Guest) -> Option<&Person> {
        let rang = self.participants().find(|one| one.user.id == guest.by);
        rang.or_else(|| self.participants().next()).map(|one| &one.user)
    }

    fn invited(&self, now: Time, room: &Room, guest: &Guest, to: &DeviceId) -> Option<Effect> {
        let from = self.rang(guest)?.clone();
        let mut with: Vec<Person> = self.participants().map(|one| one.user.clone()).collect();
        with.extend(room.guests.iter().filter(|other| other.is_rung()).map(|other| other.person.clone()));
        with.retain(|other| other.id != from.id && other.id != guest.person.id);
        let left = guest.until.since(now);
        Some(Self::send(
            to,
            Invited {
                call_id: self.id.clone(),
                room: room.code.clone(),
                from,
                kind: self.kind,
                with,
                rings_for_ms: u32::try_from(left.as_millis()).unwrap_or(u32::MAX),
                silent: guest.silent,
            },
        ))
    }

    /// Tells those in the call who was rung into it and what came of it, and whether others come in.
    pub(super) fn tell_invitations(&self, effects: &mut Vec<Effect>) {
        let Some(message) = self.all_invitations() else { return };
        effects.extend(self.seats.iter().map(|seat| Self::send(seat.device(), message.clone())));
    }

    /// The same for one of them; nothing if there is nothing to tell.
    pub(super) fn invitations(&self) -> Option<Invitations> {
        self.all_invitations().filter(|told| told.unlocked || !told.people.is_empty())
    }

    fn all_invitations(&self) -> Option<Invitations> {
        let Stage::Room(room) = &self.stage else { return None };
        let told = |guest: &Guest| Invitation { user: guest.person.clone(), status: guest.status };
        let people: Vec<Invitation> = room.guests.iter().map(told).collect();
        let unlocked = room.private && !room.door.is_locked();
        Some(Invitations { call_id: self.id.clone(), people, unlocked })
    }

    /// Tells somebody that others may come in by the link, if they may.
    pub(super) fn tell_of_link(&self, device: &DeviceId) -> Option<Effect> {
        self.invitations().filter(|told| told.unlocked).map(|told| Self::send(device, told))
    }

    /// A free device of somebody who is rung is there.
    pub(super) fn guest_appeared(&mut self, now: Time, user: &UserId, device: DeviceId, forgot: bool) -> Outcome {
        let Stage::Room(room) = &mut self.stage else { return NOTHING };
        let Some(guest) = room.guests.iter_mut().find(|guest| guest.person.id == *user && guest.is_rung()) else {
            return NOTHING;
        };
        if !guest.rung.contains(&device) {
            guest.rung.push(device.clone());
        } else if !forgot {
            return NOTHING;
        }
        let Stage::Room(room) = &self.stage else { return NOTHING };
        Ok(room.guest(user).and_then(|guest| self.invited(now, room, guest, &device)).into_iter().collect())
    }

    pub(super) fn guest_rings(&mut self, device: &DeviceId) -> Outcome {
        let guest = match &mut self.stage {
            Stage::Room(room) => room.guest_of(device),
            Stage::Ringing(_) | Stage::Talking(_) | Stage::Over(_) => None,
        };
        let Some(guest) = guest else { return self.refuse(device, ErrorCode::WrongState) };
        if guest.is_rung() {
            guest.busy.retain(|busy| busy != device);
        }
        if guest.status != InvitationStatus::Invited {
            // It rings already, or something has come of it meanwhile.
            return if guest.is_rung() || guest.status == InvitationStatus::Joined {
                NOTHING
            } else {
                reject(ErrorCode::WrongState)
            };
        }
        guest.status = InvitationStatus::Ringing;
        let mut effects = Vec::new();
        self.tell_invitations(&mut effects);
        Ok(effects)
    }

    pub(super) fn guest_declines(&mut self, now: Time, device: &DeviceId, reason: DeclineReason) -> Outcome {
        let guest = match &mut self.stage {
            Stage::Room(room) => room.guest_of(device),
            Stage::Ringing(_) | Stage::Talking(_) | Stage::Over(_) => None,
        };
        let Some(guest) = guest else { return self.refuse(device, ErrorCode::WrongState) };
        match guest.status {
            InvitationStatus::Invited | InvitationStatus::Ringing => {}
            InvitationStatus::Joined => return reject(ErrorCode::AnsweredElsewhere),
            InvitationStatus::Declined
            | InvitationStatus::Busy
            | InvitationStatus::Missed
            | InvitationStatus::DoNotDisturb
            | InvitationStatus::NotHere => return NOTHING,
        }
        if reason == DeclineReason::Busy && are_not_all_busy(&guest.rung, &mut guest.busy, device) {
            return NOTHING;
        }
        let user = guest.person.id.clone();
        Ok(self.guest_declined(now, &user, Some(device), reason))
    }

    /// Somebody who is rung declines, on one of their devices or beside them.
    pub(super) fn guest_declined(
        &mut self,
        now: Time,
        user: &UserId,
        device: Option<&DeviceId>,
        reason: DeclineReason,
    ) -> Vec<Effect> {
        let Stage::Room(room) = &mut self.stage else { return Vec::new() };
        let Some(guest) = room.guests.iter_mut().find(|guest| guest.person.id == *user) else { return Vec::new() };
        guest.status = match reason {
            DeclineReason::Declined => InvitationStatus::Declined,
            DeclineReason::Busy => InvitationStatus::Busy,
        };
        let others: Vec<DeviceId> = guest.rung.iter().filter(|&other| Some(other) != device).cloned().collect();
        let mut effects = vec![
            Effect::Doing { user: user.clone(), status: None },
            Effect::Rang { user: user.clone(), came_to: CameTo::Declined },
        ];
        effects.extend(others.iter().map(|other| self.send_ended(other, EndReason::DeclinedElsewhere, Some(user))));
        self.tell_invitations(&mut effects);
        self.end_if_left_alone(now, None, &mut effects);
        effects
    }

    /// Whether somebody may enter: an open room anyone, a group's call whoever was rung into it, or, once it is unlocked,
    /// has its code; from one device.
    pub(super) fn may_enter(&self, room: &Room, by: &Participant) -> Result<(), ErrorCode> {
        if !room.private {
            return Ok(());
        }
        if self.seats.iter().any(|seat| *seat.user() == by.user.id) {
            return Err(ErrorCode::AnsweredElsewhere);
        }
        let known = room.host == by.user.id || room.guest(&by.user.id).is_some();
        if known || !room.door.is_locked() { Ok(()) } else { Err(ErrorCode::NotFound) }
    }

    /// Somebody entered: if they were rung, that is their answer.
    pub(super) fn guest_entered(&mut self, now: Time, by: &Participant, effects: &mut Vec<Effect>) {
        let Stage::Room(room) = &mut self.stage else { return };
        if room.private && room.host != by.user.id {
            room.answered.get_or_insert(now);
        }
        let Some(guest) = room.guests.iter_mut().find(|guest| guest.person.id == by.user.id) else {
            return effects.extend(self.tell_of_link(&by.device));
        };
        let rang = guest.is_rung();
        guest.status = InvitationStatus::Joined;
        let others: Vec<DeviceId> = guest.rung.iter().filter(|&other| rang && *other != by.device).cloned().collect();
        let call_id = &self.id;
        if rang {
            effects.push(Effect::Rang { user: by.user.id.clone(), came_to: CameTo::Answered });
        }
        effects.extend(others.iter().map(|other| Self::send(other, AnsweredElsewhere { call_id: call_id.clone() })));
        self.tell_invitations(effects);
    }

    /// Ends the rings that nobody has answered in time.
    pub(super) fn end_late_rings(&mut self, now: Time, effects: &mut Vec<Effect>) {
        let Stage::Room(room) = &mut self.stage else { return };
        let mut late: Vec<(UserId, Vec<DeviceId>)> = Vec::new();
        for guest in room.guests.iter_mut().filter(|guest| guest.deadline().is_some_and(|until| until <= now)) {
            guest.status = InvitationStatus::Missed;
            late.push((guest.person.id.clone(), guest.rung.clone()));
        }
        if late.is_empty() {
            return;
        }
        for (user, rung) in late {
            effects.extend(rung.iter().map(|device| self.send_ended(device, EndReason::Missed, None)));
            effects.push(Effect::Rang { user: user.clone(), came_to: CameTo::Missed });
            effects.push(Effect::Doing { user, status: None });
        }
        self.tell_invitations(effects);
        self.end_if_left_alone(now, None, effects);
    }

    /// A group's call in which only one is left, and nobody rings any more, is over. `left` is why the last but one is not
    /// in it any more, if that is how it came to this.
    pub(super) fn end_if_left_alone(
        &mut self,
        now: Time,
        left: Option<(EndReason, UserId)>,
        effects: &mut Vec<Effect>,
    ) {
        let Stage::Room(room) = &self.stage else { return };
        if !room.private || self.seats.len() > 1 || room.guests.iter().any(Guest::is_rung) {
            return;
        }
        let (reason, by) = match (left, room.answered) {
            (Some((reason, by)), _) => (reason, Some(by).filter(|_| reason == EndReason::Completed)),
            (None, Some(_)) => (EndReason::Completed, None),
            (None, None) => (nobody_came(&room.guests), None),
        };
        effects.extend(self.end(now, reason, by, None));
    }

    /// The users who are rung right now.
    pub(super) fn rung_users(&self) -> Vec<UserId> {
        match &self.stage {
            Stage::Room(room) => {
                room.guests.iter().filter(|guest| guest.is_rung()).map(|guest| guest.person.id.clone()).collect()
            }
            Stage::Ringing(ring) if ring.reaches() => vec![ring.to.clone()],
            Stage::Ringing(_) | Stage::Talking(_) | Stage::Over(_) => Vec::new(),
        }
    }

    /// Whether that call was rung by the one user for the other, who is still rung.
    pub(super) fn rings_guest(&self, from: &UserId, to: &UserId) -> bool {
        let Stage::Room(room) = &self.stage else { return false };
        room.guest(to).is_some_and(|guest| guest.is_rung() && guest.by == *from)
            && self.seats.iter().any(|seat| Seat::user(seat) == from)
    }
}

/// What a ring came to that nobody accepted, for the one who rang.
fn nobody_came(guests: &[Guest]) -> EndReason {
    let all = |status| guests.iter().all(|guest| guest.status == status);
    if all(InvitationStatus::Declined) {
        EndReason::Declined
    } else if all(InvitationStatus::Busy) {
        EndReason::Busy
    } else {
        EndReason::Missed
    }
}
