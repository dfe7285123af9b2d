//! What a store decides, whatever it keeps its records in: every verb as one step of a [`State`].
//!
//! Calls, seats and users must agree with each other, so whoever has a state sees to it that one step is over before the
//! next begins.

use call::Time;
use call::record::{CallRecord, Effect, Event, Loss, NewCall, NewRoom, Rejected, Terms};
use protocol::{Ack, CallId, CallSnapshot, CallState, DeviceId, ErrorCode, RelayMessage, UserId};

use super::state::{Room, State};
use super::{Courier, Entry, Origin, Party, Refused};
use crate::push::Ring;

/// What of a record others keep track of, to be compared with what it is after a change.
#[derive(Clone, Copy, Default)]
struct Tracked {
    state: Option<CallState>,
    deadline: Option<Time>,
}

impl Tracked {
    fn of(record: &CallRecord) -> Self {
        Self { state: Some(record.state()), deadline: record.deadline() }
    }
}

/// One step of a state: what follows from it goes to the courier.
pub(super) struct Turn<'a> {
    pub(super) terms: Terms,
    pub(super) courier: &'a dyn Courier,
    pub(super) state: &'a mut State,
}

impl Turn<'_> {
    /// See [`super::Store::ring`].
    pub(super) fn ring(
        &mut self,
        now: Time,
        origin: &Origin,
        call: NewCall,
        devices: Vec<DeviceId>,
    ) -> Result<(), Refused> {
        if call.from.user.id == call.to {
            return Err(Refused::new(ErrorCode::OwnUser));
        }
        if let Some(known) = self.state.calls.get(&call.call_id) {
            if !known.placed_by(&origin.device) {
                return Err(Refused::new(ErrorCode::CallExists));
            }
            self.ack(origin);
            return Ok(());
        }
        self.state.check_free(&origin.device, None)?;
        if let Some(first) = self.state.ringing(&call.to, &call.from.user.id) {
            return Err(Refused::about(ErrorCode::Glare, first));
        }
        let devices = devices.into_iter().filter(|device| self.state.takes_another(device)).collect();
        let (record, effects) = CallRecord::ring(now, self.terms, call, devices);
        self.begin(record, Some(origin), effects);
        Ok(())
    }

    /// See [`super::Store::tell`].
    pub(super) fn tell(&mut self, now: Time, origin: &Origin, call: &CallId, event: Event) -> Result<(), Refused> {
        if let Event::Accept { by, .. } = &event {
            self.state.check_free(&by.device, Some(call))?;
        }
        self.step(now, call, event, Some(origin))
    }

    /// See [`super::Store::enter`].
    pub(super) fn enter(&mut self, now: Time, origin: &Origin, entry: Entry) -> Result<(), Refused> {
        // A group's room is not there for anybody but its maker until others are rung into it.
        let user = &entry.by.user.id;
        let open = |room: &&Room| room.call.is_some() || !room.made.private || room.made.host == *user;
        let Some(room) = self.state.rooms.get(&entry.room).filter(open) else {
            return Err(Refused::new(ErrorCode::NotFound));
        };
        let (running, made) = (room.call.clone(), room.made.clone());
        self.state.check_free(&entry.by.device, running.as_ref())?;
        if let Some(call) = running {
            let entered = self.step(now, &call, Event::Join { by: entry.by }, Some(origin));
            return entered.map_err(|refused| match refused.code {
                // Whoever may not know of the call does not hear its id either.
                ErrorCode::NotFound => Refused::new(ErrorCode::NotFound),
                _ => refused,
            });
        }
        if self.state.calls.contains_key(&entry.call_id) {
            return Err(Refused::new(ErrorCode::Unavailable));
        }
        let (record, effects) = CallRecord::open_room(now, self.terms, entry.call_id.clone(), made, entry.by);
        if let Some(room) = self.state.rooms.get_mut(&entry.room) {
            room.call = Some(entry.call_id);
        }
        self.begin(record, Some(origin), effects);
        Ok(())
    }

    /// See [`super::Store::appear`].
    pub(super) fn appear(&mut self, now: Time, user: &UserId, device: &DeviceId, forgot: bool) -> Vec<CallSnapshot> {
        // Only what the record rejects could fail here, and it rejects neither of these two events.
        for call in self.state.places(device) {
            let _ = self.step(now, &call, Event::Back { device: device.clone() }, None);
        }
        let ringing = if self.state.takes_another(device) { self.state.ringing_for(user) } else { Vec::new() };
        for call in ringing {
            let appeared = Event::Appeared { user: user.clone(), device: device.clone(), forgot };
            let _ = self.step(now, &call, appeared, None);
        }
        let seats = self.state.seats.get(device).into_iter().flatten();
        seats.filter_map(|call| self.state.calls.get(call)?.snapshot(device)).collect()
    }

    /// See [`super::Store::invite`].
    pub(super) fn invite(&mut self, now: Time, origin: &Origin, party: Party) -> Result<(), Refused> {
        let Party { call, mut called, code } = party;
        if self.state.rooms.contains_key(&code) {
            return Err(Refused::new(ErrorCode::Unavailable));
        }
        let by = self.state.user_of(&call, &origin.device);
        for one in &mut called {
            one.devices.retain(|device| by.as_ref().is_some_and(|by| self.state.can_be_rung(device, &one.user, by)));
        }
        let event = Event::Invite { by: origin.device.clone(), called, code: code.clone() };
        self.step(now, &call, event, Some(origin))?;
        let became = self.state.calls.get(&call).filter(|record| record.room_code() == Some(&code));
        if let (Some(_), Some(host)) = (became, by) {
            let made = NewRoom { code: code.clone(), name: None, host, private: true, waiting_room: false };
            self.state.rooms.insert(code, Room { made, call: Some(call), empty_since: now });
        }
        Ok(())
    }

    /// See [`super::Store::lose`].
    pub(super) fn lose(&mut self, now: Time, device: &DeviceId, how: Loss) {
        for call in self.state.places(device) {
            let _ = self.step(now, &call, Event::Lost { device: device.clone(), how }, None);
        }
    }

    /// See [`super::Store::create_room`].
    pub(super) fn create_room(&mut self, now: Time, made: NewRoom) -> bool {
        let code = made.code.clone();
        if self.state.rooms.contains_key(&code) {
            return false;
        }
        self.state.rooms.insert(code.clone(), Room { made, call: None, empty_since: now });
        self.state.empty.push_back((now, code));
        self.state.forget_rooms(now);
        true
    }

    /// See [`super::Store::expire`].
    pub(super) fn expire(&mut self, now: Time) {
        while let Some((due, call)) = self.state.deadlines.first().cloned().filter(|(due, _)| *due <= now) {
            let stepped = self.step(now, &call, Event::Tick, None);
            // A record always deals with its deadline. Should one not, it is not asked again and again.
            if stepped.is_err() || self.state.deadlines.first().is_some_and(|first| *first == (due, call.clone())) {
                self.state.deadlines.remove(&(due, call));
            }
        }
        self.state.forget_ended(now);
        self.state.forget_rooms(now);
    }

    /// Applies an event to a call that exists.
    pub(super) fn step(
        &mut self,
        now: Time,
        call: &CallId,
        event: Event,
        origin: Option<&Origin>,
    ) -> Result<(), Refused> {
        let Some(record) = self.state.calls.get_mut(call) else {
            return Err(Refused::about(ErrorCode::NoCall, call.clone()));
        };
        let before = Tracked::of(record);
        let effects = record.change(now, event).map_err(|Rejected(code)| Refused::about(code, call.clone()))?;
        self.settle(before, call, origin, effects);
        Ok(())
    }

    fn begin(&mut self, record: CallRecord, origin: Option<&Origin>, effects: Vec<Effect>) {
        let call = record.id().clone();
        self.state.calls.insert(call.clone(), record);
        self.settle(Tracked::default(), &call, origin, effects);
    }

    /// Brings everything beside the record in line with it, and hands out what follows.
    fn settle(&mut self, before: Tracked, call: &CallId, origin: Option<&Origin>, effects: Vec<Effect>) {
        let Some(record) = self.state.calls.get(call) else { return };
        let after = Tracked::of(record);
        self.state.plan(before.deadline, after.deadline, call);
        if let Some(to) = after.state
            && before.state != after.state
        {
            self.courier.moved(before.state, to);
        }
        if let Some(origin) = origin
            && !effects.iter().any(|effect| matches!(effect, Effect::Reply(_)))
        {
            self.ack(origin);
        }
        for effect in effects {
            self.carry_out(call, origin, effect);
        }
    }

    fn ack(&self, origin: &Origin) {
        if origin.request.is_some() {
            self.courier.reply(origin, Ack {}.into());
        }
    }

    fn carry_out(&mut self, call: &CallId, origin: Option<&Origin>, effect: Effect) {
        match effect {
            Effect::Send { to, message } => self.courier.send(&to, message),
            Effect::Reply(message) => self.reply(origin, message),
            Effect::Seated { device } => self.state.seat(device, call),
            Effect::Freed { device } => self.state.free(&device, call),
            Effect::Waits { device, waits: true } => drop(self.state.waiting.insert(device, call.clone())),
            Effect::Waits { device, waits: false } => drop(self.state.waiting.remove(&device)),
            Effect::Doing { user, status } => {
                let before = self.state.status(&user);
                self.state.set_status(&user, call, status);
                let after = self.state.status(&user);
                if before != after {
                    self.courier.status(&user, after);
                }
            }
            Effect::Rings { user, from, kind, silent, until } => {
                self.courier.rings(Ring { user, call_id: call.clone(), kind, from, silent, until });
            }
            Effect::Rang { user, came_to } => self.courier.rang(&user, call, came_to),
            Effect::Over(summary) => {
                self.state.ended.push_back((summary.ended, call.clone()));
                self.state.leave_room_empty(&summary);
                self.courier.over(&summary);
            }
        }
    }

    fn reply(&self, origin: Option<&Origin>, message: RelayMessage) {
        if let Some(origin) = origin {
            self.courier.reply(origin, message);
        }
    }
}
