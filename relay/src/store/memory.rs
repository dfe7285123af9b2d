//! Everything in this process, under one lock.
//!
//! The lock is held for a lookup, one step of a record (about a microsecond) and the posting of what follows; never
//! across an await. Calls, seats and users must agree with each other, so one lock holds them all.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use call::Time;
use call::record::{CallRecord, Effect, Event, Loss, NewCall, NewRoom, Rejected, Summary, Terms};
use protocol::{Ack, CallId, CallSnapshot, CallState, CallStatus, DeviceId, ErrorCode, RelayMessage, RoomCode, UserId};

use super::{Courier, Entry, Origin, Party, Refused, Store, Verb};
use crate::push::Ring;

/// How long a call that is over still answers. Only latecomers ask: a hang-up from both sides, an accept that crossed a
/// cancel, a page that was away.
const KEEP_ENDED: Duration = Duration::from_secs(300);
/// How many of them. More would only matter to a relay with hundreds of calls a second, and there cost memory.
const KEEP_ENDED_CALLS: usize = 4_096;
/// How long a room without anyone in it exists.
const KEEP_EMPTY_ROOM: Duration = Duration::from_secs(3_600);
/// How many rooms may stand empty; the oldest goes first. Making rooms is cheap for whoever does it and must be for us.
const KEEP_EMPTY_ROOMS: usize = 10_000;

/// The store of a relay that stands alone.
pub struct MemoryStore {
    terms: Terms,
    courier: Arc<dyn Courier>,
    state: Mutex<State>,
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

#[derive(Default)]
struct State {
    calls: HashMap<CallId, CallRecord>,
    /// The calls each device is in: one, or one beside another that it has on hold. None are not kept.
    seats: HashMap<DeviceId, Vec<CallId>>,
    /// The call at whose room's door each device waits.
    waiting: HashMap<DeviceId, CallId>,
    /// What each user does, in each of their calls.
    users: HashMap<UserId, Vec<(CallId, CallStatus)>>,
    rooms: HashMap<RoomCode, Room>,
    deadlines: BTreeSet<(Time, CallId)>,
    /// Calls that are over, in the order in which they ended.
    ended: VecDeque<(Time, CallId)>,
    /// Rooms that became empty, in that order; they may have been entered since.
    empty: VecDeque<(Time, RoomCode)>,
}

struct Room {
    made: NewRoom,
    call: Option<CallId>,
    empty_since: Time,
}

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

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new(terms: Terms, courier: Arc<dyn Courier>) -> Self {
        Self { terms, courier, state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere while the lock was held cannot have left a record half-changed: records are replaced whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring_now(&self, now: Time, origin: &Origin, call: NewCall, devices: Vec<DeviceId>) -> Result<(), Refused> {
        if call.from.user.id == call.to {
            return Err(Refused::new(ErrorCode::OwnUser));
        }
        let mut state = self.lock();
        if let Some(known) = state.calls.get(&call.call_id) {
            if !known.placed_by(&origin.device) {
                return Err(Refused::new(ErrorCode::CallExists));
            }
            self.ack(origin);
            return Ok(());
        }
        state.check_free(&origin.device, None)?;
        if let Some(first) = state.ringing(&call.to, &call.from.user.id) {
            return Err(Refused::about(ErrorCode::Glare, first));
        }
        let devices = devices.into_iter().filter(|device| state.takes_another(device)).collect();
        let (record, effects) = CallRecord::ring(now, self.terms, call, devices);
        self.begin(&mut state, record, Some(origin), effects);
        Ok(())
    }

    fn tell_now(&self, now: Time, origin: &Origin, call: &CallId, event: Event) -> Result<(), Refused> {
        let mut state = self.lock();
        if let Event::Accept { by, .. } = &event {
            state.check_free(&by.device, Some(call))?;
        }
        self.step(&mut state, now, call, event, Some(origin))
    }

    fn enter_now(&self, now: Time, origin: &Origin, entry: Entry) -> Result<(), Refused> {
        let mut state = self.lock();
        // A group's room is not there for anybody but its maker until others are rung into it.
        let user = &entry.by.user.id;
        let open = |room: &&Room| room.call.is_some() || !room.made.private || room.made.host == *user;
        let Some(room) = state.rooms.get(&entry.room).filter(open) else {
            return Err(Refused::new(ErrorCode::NotFound));
        };
        let (running, made) = (room.call.clone(), room.made.clone());
        state.check_free(&entry.by.device, running.as_ref())?;
        if let Some(call) = running {
            let entered = self.step(&mut state, now, &call, Event::Join { by: entry.by }, Some(origin));
            return entered.map_err(|refused| match refused.code {
                // Whoever may not know of the call does not hear its id either.
                ErrorCode::NotFound => Refused::new(ErrorCode::NotFound),
                _ => refused,
            });
        }
        if state.calls.contains_key(&entry.call_id) {
            return Err(Refused::new(ErrorCode::Unavailable));
        }
        let (record, effects) = CallRecord::open_room(now, self.terms, entry.call_id.clone(), made, entry.by);
        if let Some(room) = state.rooms.get_mut(&entry.room) {
            room.call = Some(entry.call_id);
        }
        self.begin(&mut state, record, Some(origin), effects);
        Ok(())
    }

    fn appear_now(&self, now: Time, user: &UserId, device: &DeviceId, forgot: bool) -> Vec<CallSnapshot> {
        let mut state = self.lock();
        // Only what the record rejects could fail here, and it rejects neither of these two events.
        for call in state.places(device) {
            let _ = self.step(&mut state, now, &call, Event::Back { device: device.clone() }, None);
        }
        let ringing = if state.takes_another(device) { state.ringing_for(user) } else { Vec::new() };
        for call in ringing {
            let appeared = Event::Appeared { user: user.clone(), device: device.clone(), forgot };
            let _ = self.step(&mut state, now, &call, appeared, None);
        }
        let seats = state.seats.get(device).into_iter().flatten();
        seats.filter_map(|call| state.calls.get(call)?.snapshot(device)).collect()
    }

    fn invite_now(&self, now: Time, origin: &Origin, party: Party) -> Result<(), Refused> {
        let Party { call, mut called, code } = party;
        let mut state = self.lock();
        if state.rooms.contains_key(&code) {
            return Err(Refused::new(ErrorCode::Unavailable));
        }
        let by = state.user_of(&call, &origin.device);
        for one in &mut called {
            one.devices.retain(|device| by.as_ref().is_some_and(|by| state.can_be_rung(device, &one.user, by)));
        }
        let event = Event::Invite { by: origin.device.clone(), called, code: code.clone() };
        self.step(&mut state, now, &call, event, Some(origin))?;
        let became = state.calls.get(&call).filter(|record| record.room_code() == Some(&code));
        if let (Some(_), Some(host)) = (became, by) {
            let made = NewRoom { code: code.clone(), name: None, host, private: true, waiting_room: false };
            state.rooms.insert(code, Room { made, call: Some(call), empty_since: now });
        }
        Ok(())
    }

    fn lose_now(&self, now: Time, device: DeviceId, how: Loss) {
        let mut state = self.lock();
        for call in state.places(&device) {
            let _ = self.step(&mut state, now, &call, Event::Lost { device: device.clone(), how }, None);
        }
    }

    fn create_room_now(&self, now: Time, made: NewRoom) -> bool {
        let (mut state, code) = (self.lock(), made.code.clone());
        if state.rooms.contains_key(&code) {
            return false;
        }
        state.rooms.insert(code.clone(), Room { made, call: None, empty_since: now });
        state.empty.push_back((now, code));
        state.forget_rooms(now);
        true
    }

    fn expire_now(&self, now: Time) {
        let mut state = self.lock();
        while let Some((due, call)) = state.deadlines.first().cloned().filter(|(due, _)| *due <= now) {
            let stepped = self.step(&mut state, now, &call, Event::Tick, None);
            // A record always deals with its deadline. Should one not, it is not asked again and again.
            if stepped.is_err() || state.deadlines.first().is_some_and(|first| *first == (due, call.clone())) {
                state.deadlines.remove(&(due, call));
            }
        }
        state.forget_ended(now);
        state.forget_rooms(now);
    }

    /// Applies an event to a call that exists.
    fn step(
        &self,
        state: &mut State,
        now: Time,
        call: &CallId,
        event: Event,
        origin: Option<&Origin>,
    ) -> Result<(), Refused> {
        let Some(record) = state.calls.get_mut(call) else {
            return Err(Refused::about(ErrorCode::NoCall, call.clone()));
        };
        let before = Tracked::of(record);
        let effects = record.change(now, event).map_err(|Rejected(code)| Refused::about(code, call.clone()))?;
        self.settle(state, before, call, origin, effects);
        Ok(())
    }

    fn begin(&self, state: &mut State, record: CallRecord, origin: Option<&Origin>, effects: Vec<Effect>) {
        let call = record.id().clone();
        state.calls.insert(call.clone(), record);
        self.settle(state, Tracked::default(), &call, origin, effects);
    }

    /// Brings everything beside the record in line with it, and hands out what follows.
    fn settle(&self, state: &mut State, before: Tracked, call: &CallId, origin: Option<&Origin>, effects: Vec<Effect>) {
        let Some(record) = state.calls.get(call) else { return };
        let after = Tracked::of(record);
        state.plan(before.deadline, after.deadline, call);
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
            self.carry_out(state, call, origin, effect);
        }
    }

    fn ack(&self, origin: &Origin) {
        if origin.request.is_some() {
            self.courier.reply(origin, Ack {}.into());
        }
    }

    fn carry_out(&self, state: &mut State, call: &CallId, origin: Option<&Origin>, effect: Effect) {
        match effect {
            Effect::Send { to, message } => self.courier.send(&to, message),
            Effect::Reply(message) => self.reply(origin, message),
            Effect::Seated { device } => state.seat(device, call),
            Effect::Freed { device } => state.free(&device, call),
            Effect::Waits { device, waits: true } => drop(state.waiting.insert(device, call.clone())),
            Effect::Waits { device, waits: false } => drop(state.waiting.remove(&device)),
            Effect::Doing { user, status } => {
                let before = state.status(&user);
                state.set_status(&user, call, status);
                let after = state.status(&user);
                if before != after {
                    self.courier.status(&user, after);
                }
            }
            Effect::Rings { user, from, kind, silent, until } => {
                self.courier.rings(Ring { user, call_id: call.clone(), kind, from, silent, until });
            }
            Effect::Rang { user, came_to } => self.courier.rang(&user, call, came_to),
            Effect::Over(summary) => {
                state.ended.push_back((summary.ended, call.clone()));
                state.leave_room_empty(&summary);
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

impl State {
    /// The call that rings from the one user to the other.
    fn ringing(&self, from: &UserId, to: &UserId) -> Option<CallId> {
        self.calls_of(to).find(|record| record.rings(from, to)).map(|record| record.id().clone())
    }

    fn ringing_for(&self, user: &UserId) -> Vec<CallId> {
        self.calls_of(user).filter(|record| record.rings_for(user)).map(|record| record.id().clone()).collect()
    }

    fn calls_of(&self, user: &UserId) -> impl Iterator<Item = &CallRecord> {
        self.users.get(user).into_iter().flatten().filter_map(|(call, _)| self.calls.get(call))
    }

    /// A device carries one call at a time, and one more that it has on hold.
    fn check_free(&self, device: &DeviceId, but_for: Option<&CallId>) -> Result<(), Refused> {
        let mut others = self.seats.get(device).into_iter().flatten().filter(|call| Some(*call) != but_for);
        let is_held = |call: &CallId| self.calls.get(call).is_some_and(|record| record.is_held_by(device));
        match (others.next(), others.next()) {
            (Some(first), second) if second.is_some() || !is_held(first) => {
                Err(Refused::about(ErrorCode::InCall, first.clone()))
            }
            _ => Ok(()),
        }
    }

    /// Whether a device can be rung: it is in no call, or in one that was accepted, so that another can be shown beside it.
    fn takes_another(&self, device: &DeviceId) -> bool {
        let accepted = |state| matches!(state, CallState::Connecting | CallState::Active);
        match self.seats.get(device).map(Vec::as_slice) {
            None | Some([]) => true,
            Some([only]) => self.calls.get(only).is_some_and(|record| accepted(record.state())),
            Some(_) => false,
        }
    }

    fn seat(&mut self, device: DeviceId, call: &CallId) {
        let seats = self.seats.entry(device).or_default();
        if !seats.contains(call) {
            seats.push(call.clone());
        }
    }

    fn free(&mut self, device: &DeviceId, call: &CallId) {
        if let Some(seats) = self.seats.get_mut(device) {
            seats.retain(|seat| seat != call);
            if seats.is_empty() {
                self.seats.remove(device);
            }
        }
    }

    /// The calls in which a device has a seat, and the one at whose room's door it waits.
    fn places(&self, device: &DeviceId) -> Vec<CallId> {
        self.seats.get(device).into_iter().flatten().chain(self.waiting.get(device)).cloned().collect()
    }

    fn status(&self, user: &UserId) -> CallStatus {
        let doing = self.users.get(user).into_iter().flatten().map(|(_, status)| *status);
        doing.fold(CallStatus::Idle, |most, one| if rank(one) > rank(most) { one } else { most })
    }

    fn set_status(&mut self, user: &UserId, call: &CallId, status: Option<CallStatus>) {
        let doing = self.users.entry(user.clone()).or_default();
        doing.retain(|(other, _)| other != call);
        doing.extend(status.map(|status| (call.clone(), status)));
        if doing.is_empty() {
            self.users.remove(user);
        }
    }

    /// Sets the call's place among the deadlines.
    fn plan(&mut self, before: Option<Time>, after: Option<Time>, call: &CallId) {
        if before == after {
            return;
        }
        if let Some(before) = before {
            self.deadlines.remove(&(before, call.clone()));
        }
        if let Some(after) = after {
            self.deadlines.insert((after, call.clone()));
        }
    }

    /// The call of a room is over. A group's room is over with it.
    fn leave_room_empty(&mut self, summary: &Summary) {
        let Some(code) = &summary.room else { return };
        if summary.private {
            self.rooms.remove(code);
        } else if let Some(room) = self.rooms.get_mut(code) {
            room.call = None;
            room.empty_since = summary.ended;
            self.empty.push_back((summary.ended, code.clone()));
        }
    }

    /// Whose that device is, if it is in the call.
    fn user_of(&self, call: &CallId, device: &DeviceId) -> Option<UserId> {
        let mut participants = self.calls.get(call)?.participants();
        participants.find(|one| one.device == *device).map(|one| one.user.id.clone())
    }

    /// Whether a user's device can be rung by another: as for anybody, or because it dials just that other.
    fn can_be_rung(&self, device: &DeviceId, user: &UserId, by: &UserId) -> bool {
        let mut seats = self.seats.get(device).into_iter().flatten().filter_map(|call| self.calls.get(call));
        self.takes_another(device) || seats.any(|record| record.rings(user, by))
    }

    fn forget_ended(&mut self, now: Time) {
        while let Some((ended, call)) = self.ended.front() {
            if now.since(*ended) < KEEP_ENDED && self.ended.len() <= KEEP_ENDED_CALLS {
                break;
            }
            self.calls.remove(call);
            self.ended.pop_front();
        }
    }

    fn forget_rooms(&mut self, now: Time) {
        while let Some((since, code)) = self.empty.front() {
            if now.since(*since) < KEEP_EMPTY_ROOM && self.empty.len() <= KEEP_EMPTY_ROOMS {
                break;
            }
            if self.rooms.get(code).is_some_and(|room| room.call.is_none() && room.empty_since == *since) {
                self.rooms.remove(code);
            }
            self.empty.pop_front();
        }
    }
}

/// Of two things a user does at once, others are told the one that matters more to them.
const fn rank(status: CallStatus) -> u8 {
    match status {
        CallStatus::Offline => 0,
        // What people want is no business of the store; free is what they are for it.
        CallStatus::Idle | CallStatus::Away | CallStatus::DoNotDisturb => 1,
        CallStatus::Ringing => 2,
        CallStatus::InCall => 3,
    }
}

/// A verb that is done already.
fn done<'a, T: Send + 'a>(result: T) -> Verb<'a, T> {
    Box::pin(std::future::ready(result))
}

impl Store for MemoryStore {
    fn ring(&self, now: Time, origin: Origin, call: NewCall, devices: Vec<DeviceId>) -> Verb<'_, Result<(), Refused>> {
        done(self.ring_now(now, &origin, call, devices))
    }

    fn tell(&self, now: Time, origin: Origin, call: CallId, event: Event) -> Verb<'_, Result<(), Refused>> {
        done(self.tell_now(now, &origin, &call, event))
    }

    fn decline(&self, now: Time, user: UserId, call: CallId) -> Verb<'_, Result<(), Refused>> {
        done(self.step(&mut self.lock(), now, &call, Event::Refuse { user }, None))
    }

    fn create_room(&self, now: Time, room: NewRoom) -> Verb<'_, Result<bool, Refused>> {
        done(Ok(self.create_room_now(now, room)))
    }

    fn invite(&self, now: Time, origin: Origin, party: Party) -> Verb<'_, Result<(), Refused>> {
        done(self.invite_now(now, &origin, party))
    }

    fn enter(&self, now: Time, origin: Origin, entry: Entry) -> Verb<'_, Result<(), Refused>> {
        done(self.enter_now(now, &origin, entry))
    }

    fn appear(&self, now: Time, user: UserId, device: DeviceId, forgot: bool) -> Verb<'_, Vec<CallSnapshot>> {
        done(self.appear_now(now, &user, &device, forgot))
    }

    fn lose(&self, now: Time, device: DeviceId, how: Loss) -> Verb<'_, ()> {
        self.lose_now(now, device, how);
        done(())
    }

    fn status(&self, user: UserId) -> Verb<'_, CallStatus> {
        done(self.lock().status(&user))
    }

    fn expire(&self, now: Time) -> Verb<'_, ()> {
        self.expire_now(now);
        done(())
    }

    fn is_ready(&self) -> Verb<'_, bool> {
        done(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::contract;

    #[tokio::test]
    async fn it_keeps_the_contract() {
        contract::is_kept_by(|courier| Box::new(MemoryStore::new(Terms { room_size: 3, ..Terms::default() }, courier)))
            .await;
    }

    #[tokio::test]
    async fn nothing_is_left_of_calls_that_are_over() {
        let store = MemoryStore::new(Terms::default(), Arc::new(contract::Notes::default()));
        contract::many_calls(&store, KEEP_ENDED_CALLS + 10).await;
        store.expire(Time::from_millis(1_000_000)).await;
        let state = store.lock();
        assert!(state.calls.is_empty() && state.seats.is_empty() && state.users.is_empty());
        assert!(state.waiting.is_empty());
        assert!(state.deadlines.is_empty() && state.ended.is_empty());
    }

    #[tokio::test]
    async fn ended_calls_and_empty_rooms_are_bounded() {
        let store = MemoryStore::new(Terms::default(), Arc::new(contract::Notes::default()));
        contract::many_calls(&store, KEEP_ENDED_CALLS + 10).await;
        store.expire(Time::from_millis(1)).await;
        assert_eq!(store.lock().calls.len(), KEEP_ENDED_CALLS);
        let letter = |n: usize| char::from(RoomCode::ALPHABET[n % 23]);
        for n in 0..KEEP_EMPTY_ROOMS + 10 {
            let code: String = [n, n / 23, n / 529, n / 12_167].map(letter).iter().collect();
            store.create_room(Time::from_millis(1), contract::new_room(&format!("{code}aaaaaaaa"))).await.unwrap();
        }
        let state = store.lock();
        assert_eq!((state.rooms.len(), state.empty.len()), (KEEP_EMPTY_ROOMS, KEEP_EMPTY_ROOMS));
    }
}
