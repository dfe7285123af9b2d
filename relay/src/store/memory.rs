//! Everything in this process, under one lock.
//!
//! The lock is held for a lookup, one step of a record (about a microsecond) and the posting of what follows; never
//! across an await. Calls, seats and users must agree with each other, so one lock holds them all.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use call::Time;
use call::record::{Event, Loss, NewCall, NewRoom, Terms};
use protocol::{CallId, CallSnapshot, CallStatus, DeviceId, UserId};

use super::state::State;
use super::turn::Turn;
use super::{Courier, Entry, Origin, Party, Refused, Store, Verb};

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

    fn turn<T>(&self, turn: impl FnOnce(&mut Turn<'_>) -> T) -> T {
        turn(&mut Turn { terms: self.terms, courier: &*self.courier, state: &mut self.lock() })
    }
}

/// A verb that is done already.
fn done<'a, T: Send + 'a>(result: T) -> Verb<'a, T> {
    Box::pin(std::future::ready(result))
}

impl Store for MemoryStore {
    fn ring(&self, now: Time, origin: Origin, call: NewCall, devices: Vec<DeviceId>) -> Verb<'_, Result<(), Refused>> {
        done(self.turn(|turn| turn.ring(now, &origin, call, devices)))
    }

    fn tell(&self, now: Time, origin: Origin, call: CallId, event: Event) -> Verb<'_, Result<(), Refused>> {
        done(self.turn(|turn| turn.tell(now, &origin, &call, event)))
    }

    fn decline(&self, now: Time, user: UserId, call: CallId) -> Verb<'_, Result<(), Refused>> {
        done(self.turn(|turn| turn.step(now, &call, Event::Refuse { user }, None)))
    }

    fn create_room(&self, now: Time, room: NewRoom) -> Verb<'_, Result<bool, Refused>> {
        done(Ok(self.turn(|turn| turn.create_room(now, room))))
    }

    fn invite(&self, now: Time, origin: Origin, party: Party) -> Verb<'_, Result<(), Refused>> {
        done(self.turn(|turn| turn.invite(now, &origin, party)))
    }

    fn enter(&self, now: Time, origin: Origin, entry: Entry) -> Verb<'_, Result<(), Refused>> {
        done(self.turn(|turn| turn.enter(now, &origin, entry)))
    }

    fn appear(&self, now: Time, user: UserId, device: DeviceId, forgot: bool) -> Verb<'_, Vec<CallSnapshot>> {
        done(self.turn(|turn| turn.appear(now, &user, &device, forgot)))
    }

    fn lose(&self, now: Time, device: DeviceId, how: Loss) -> Verb<'_, ()> {
        self.turn(|turn| turn.lose(now, &device, how));
        done(())
    }

    fn status(&self, user: UserId) -> Verb<'_, CallStatus> {
        done(self.lock().status(&user))
    }

    fn expire(&self, now: Time) -> Verb<'_, ()> {
        self.turn(|turn| turn.expire(now));
        done(())
    }
}

#[cfg(test)]
mod tests {
    use protocol::RoomCode;

    use super::*;
    use crate::store::contract;
    use crate::store::state::{KEEP_EMPTY_ROOMS, KEEP_ENDED_CALLS};

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
