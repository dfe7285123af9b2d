//! What a relay knows of the calls that its people are in. With it, it goes on alone while Redis is away, and tells Redis
//! afterwards.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use call::Time;
use call::record::{CallRecord, Event, NewRoom, Terms};
use protocol::{CallId, CallState, DeviceId, RoomCode};

use super::look::{View, to_json};
use super::places::Places;
use crate::store::Courier;
use crate::store::state::{Room, State};
use crate::store::turn::Turn;

/// The calls that this relay's people are in.
#[derive(Default)]
pub(super) struct Mirror(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    state: State,
    /// What of it Redis is known to have: the versions, and the places of the calls in them.
    known: HashMap<CallId, Known>,
    /// How many steps have been taken alone.
    steps: u64,
    /// There are some that Redis has not been told of.
    ahead: bool,
}

struct Known {
    version: u64,
    places: Places,
    /// Of the record, to see whether it has changed since.
    digest: u64,
}

/// A call as this relay has it.
pub(super) struct Held {
    pub(super) record: CallRecord,
    pub(super) places: Places,
    /// The version that Redis is known to have had; 0 of a call that began while it was away.
    pub(super) version: u64,
    pub(super) room: Option<Room>,
}

impl Mirror {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what was seen of calls, or written, in those versions.
    pub(super) fn take_in(&self, view: &View, versions: &BTreeMap<CallId, u64>, courier: &dyn Courier) {
        let mut kept = self.lock();
        for (call, record) in &view.state.calls {
            let version = versions.get(call).copied().unwrap_or_default();
            if kept.known.get(call).is_some_and(|known| known.version > version) {
                continue;
            }
            kept.forget(call);
            if concerns(record, courier) {
                let places = Places::of(&view.state, call, Time::default());
                let room = record.room_code().and_then(|code| view.state.rooms.get(code));
                let known = Known { version, places, digest: digest(record) };
                kept.add(record.clone(), room.cloned(), known);
            }
        }
    }

    /// Redis has a call as it was held, and perhaps with more that is in `view`, in that version.
    pub(super) fn is_written(&self, held: &Held, view: &View, version: u64) {
        let (mut kept, call) = (self.lock(), held.record.id());
        let Some(now) = kept.state.calls.get(call) else { return };
        if digest(now) != digest(&held.record) {
            // It has changed since, of which Redis will be told next.
            let known = Known { version, places: held.places.clone(), digest: digest(&held.record) };
            kept.known.insert(call.clone(), known);
            return;
        }
        kept.forget(call);
        if let Some(record) = view.state.calls.get(call).filter(|record| record.ended().is_none()) {
            let places = Places::of(&view.state, call, Time::default());
            let known = Known { version, places, digest: digest(record) };
            kept.add(record.clone(), held.room.clone(), known);
        }
    }

    /// A call is of no concern any more.
    pub(super) fn forget(&self, call: &CallId) {
        self.lock().forget(call);
    }

    /// Takes a step alone; `None` if that is not to be.
    pub(super) fn alone<T>(
        &self,
        is_alone: impl FnOnce() -> bool,
        terms: Terms,
        courier: &dyn Courier,
        step: impl FnOnce(&mut Turn<'_>) -> T,
    ) -> Option<T> {
        let mut kept = self.lock();
        // Asked under the lock, under which Redis is found to be back: a step after that would be forgotten.
        if !is_alone() {
            return None;
        }
        kept.took_a_step();
        Some(step(&mut Turn { terms, courier, state: &mut kept.state }))
    }

    /// Whether Redis has heard of a call, or of that in a room. What it has heard of may have gone on elsewhere meanwhile.
    pub(super) fn is_known(&self, call: Option<&CallId>, rooms: &[RoomCode]) -> bool {
        let kept = self.lock();
        let in_rooms = rooms.iter().filter_map(|code| kept.state.rooms.get(code)?.call.as_ref());
        in_rooms.chain(call).any(|call| kept.known.contains_key(call))
    }

    /// Carries out what is due of calls that are this relay's alone, or still ring. Of others it does not know whether those
    /// whom it misses are back elsewhere.
    pub(super) fn expire(&self, is_alone: impl FnOnce() -> bool, now: Time, terms: Terms, courier: &dyn Courier) {
        let mut kept = self.lock();
        if !is_alone() {
            return;
        }
        let due: Vec<CallId> =
            kept.state.deadlines.iter().take_while(|(due, _)| *due <= now).map(|(_, call)| call.clone()).collect();
        for call in due {
            let own =
                |record: &CallRecord| rings(record) || record.participants().all(|one| courier.serves(&one.device));
            if kept.state.calls.get(&call).is_some_and(own) {
                kept.took_a_step();
                // A tick is never rejected.
                let _ = Turn { terms, courier, state: &mut kept.state }.step(now, &call, Event::Tick, None);
            }
        }
        kept.state.forget_ended(now);
    }

    /// The devices here that are in calls with devices elsewhere.
    pub(super) fn with_others(&self, courier: &dyn Courier) -> BTreeSet<DeviceId> {
        let kept = self.lock();
        let mut devices = BTreeSet::new();
        for record in kept.state.calls.values() {
            let (here, elsewhere): (Vec<_>, Vec<_>) =
                record.participants().map(|one| &one.device).partition(|device| courier.serves(device));
            if !elsewhere.is_empty() {
                devices.extend(here.into_iter().cloned());
            }
        }
        devices
    }

    /// The ids of all calls.
    pub(super) fn calls(&self) -> Vec<CallId> {
        self.lock().state.calls.keys().cloned().collect()
    }

    /// The ids of those that have changed since Redis was last told of them.
    pub(super) fn changed(&self) -> Vec<CallId> {
        let kept = self.lock();
        let same = |call, record| kept.known.get(call).is_some_and(|known| known.digest == digest(record));
        let changed = kept.state.calls.iter().filter(|(call, record)| !same(*call, record));
        changed.map(|(call, _)| call.clone()).collect()
    }

    /// A call.
    pub(super) fn held(&self, call: &CallId) -> Option<Held> {
        let kept = self.lock();
        let record = kept.state.calls.get(call)?.clone();
        let room = record.room_code().and_then(|code| kept.state.rooms.get(code)).cloned();
        let version = kept.known.get(call).map_or(0, |known| known.version);
        Some(Held { places: Places::of(&kept.state, call, Time::default()), record, version, room })
    }

    /// Rooms that were made while Redis was away and that nobody has entered.
    pub(super) fn empty_rooms(&self) -> Vec<Room> {
        self.lock().state.rooms.values().filter(|room| room.call.is_none()).cloned().collect()
    }

    /// Redis has a room.
    pub(super) fn has_room(&self, made: &NewRoom) {
        self.lock().state.rooms.retain(|code, room| *code != made.code || room.call.is_some());
    }

    /// How many steps have been taken alone.
    pub(super) fn steps(&self) -> u64 {
        self.lock().steps
    }

    /// Redis knows everything, if no step has been taken since there were so many: then it is `found`. False if one has.
    pub(super) fn is_told(&self, steps: u64, found: impl FnOnce()) -> bool {
        let mut kept = self.lock();
        if kept.steps != steps {
            return false;
        }
        kept.ahead = false;
        found();
        true
    }
}

impl Kept {
    fn took_a_step(&mut self) {
        self.steps += 1;
        self.ahead = true;
    }

    fn add(&mut self, record: CallRecord, room: Option<Room>, known: Known) {
        let call = record.id().clone();
        known.places.add_to(&mut self.state, &call);
        self.state.plan(None, record.deadline(), &call);
        if let Some(room) = room {
            self.state.rooms.insert(room.made.code.clone(), room);
        }
        self.state.calls.insert(call.clone(), record);
        self.known.insert(call, known);
    }

    fn forget(&mut self, call: &CallId) {
        let Some(record) = self.state.calls.remove(call) else { return };
        self.state.plan(record.deadline(), None, call);
        if let Some(code) = record.room_code() {
            self.state.rooms.remove(code);
        }
        // After steps that were taken alone, others may be in it than those whom Redis knows.
        let places = match self.known.remove(call) {
            Some(known) if !self.ahead => known.places,
            _ => Places::of(&self.state, call, Time::default()),
        };
        places.remove_from(&mut self.state, call);
    }
}

/// A number by which a change of a record is seen, all but surely.
pub(super) fn digest(record: &CallRecord) -> u64 {
    let mut hasher = DefaultHasher::new();
    // What cannot be written down is not written to Redis either.
    to_json(record).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

/// Whether a call has to do with this relay: somebody in it is here, or it rings and somebody may be.
fn concerns(record: &CallRecord, courier: &dyn Courier) -> bool {
    record.ended().is_none()
        && (rings(record) || record.participants().any(|participant| courier.serves(&participant.device)))
}

fn rings(record: &CallRecord) -> bool {
    matches!(record.state(), CallState::Initiating | CallState::Ringing)
}
