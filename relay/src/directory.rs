//! Who is here and what they are doing, shown to everyone who is here.
//!
//! Telling n people about n others is n² frames, so it has two bounds. Only so many people are listed; whoever comes
//! later is told that the directory is closed to them, neither sees nor is seen, and can still be rung by id. And changes
//! are collected: each round tells the newest of every user's, and costs the next round a pause in proportion.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use call::Time;
use protocol::{CallStatus, CallStatusChanged, Person, PersonStatus, RelayMessage, UserId};

use crate::hub::Hub;
use crate::people::People;

/// Frames a second the directory may send to all people together. A round with a hundred people and ten changes costs a
/// tenth of a second, so nobody waits; one where everything changes for everyone is spread over seconds.
const FRAMES_PER_SECOND: u64 = 10_000;
/// Changes told in one round. They must fit beside everything else in the outbox of a page that is a little slow.
const CHANGES_PER_ROUND: usize = 50;

/// The directory of one relay.
pub struct Directory {
    /// How many people are listed; 0 where it is switched off.
    places: usize,
    /// Who is hidden from whom, and what others are told.
    wishes: Arc<People>,
    /// Held while people are told, so that nobody who hides is shown by a round that began before.
    telling: Mutex<()>,
    state: Mutex<State>,
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory").field("places", &self.places).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct State {
    people: BTreeMap<UserId, Listed>,
    changed: BTreeSet<UserId>,
    /// No round before this.
    next_round: Time,
}

struct Listed {
    person: Person,
    status: CallStatus,
    /// What the others were told last.
    told: Option<PersonStatus>,
    /// The last of their sessions is over.
    gone: bool,
}

impl Directory {
    /// An empty directory with so many places, which tells of people what they want to be told.
    #[must_use]
    pub fn new(places: usize, wishes: Arc<People>) -> Self {
        Self { places, wishes, telling: Mutex::default(), state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody is here, perhaps on another device or under another name. Returns who else is, or `None` if the
    /// directory is closed to them.
    pub fn arrive(&self, person: &Person, status: CallStatus) -> Option<Vec<PersonStatus>> {
        let mut state = self.lock();
        if !state.people.contains_key(&person.id) && state.people.len() >= self.places {
            return None;
        }
        let told = state.people.remove(&person.id).and_then(|listed| listed.told);
        state.people.insert(person.id.clone(), Listed { person: person.clone(), status, told, gone: false });
        state.changed.insert(person.id.clone());
        let others = state.people.values().filter(|listed| listed.person.id != person.id);
        let seen = others.filter(|listed| !self.wishes.hides(&listed.person.id, &person.id));
        Some(
            seen.filter(|listed| listed.status != CallStatus::Offline).map(|listed| listed.now(&self.wishes)).collect(),
        )
    }

    /// Somebody is at another relay, or at one more, and does that. Nobody is told of who finds no place.
    pub fn show(&self, person: Person, status: CallStatus) {
        let mut state = self.lock();
        let user = person.id.clone();
        if !state.people.contains_key(&user) && state.people.len() >= self.places {
            return;
        }
        let told = state.people.remove(&user).and_then(|listed| listed.told);
        state.people.insert(user.clone(), Listed { person, status, told, gone: false });
        state.changed.insert(user);
    }

    /// Those are all who are here, at any relay, and what they do.
    pub fn show_all(&self, people: Vec<(Person, CallStatus)>, hub: &Hub) {
        let here: BTreeSet<UserId> = people.iter().map(|(person, _)| person.id.clone()).collect();
        let known: Vec<UserId> = self.lock().people.keys().cloned().collect();
        for user in known.iter().filter(|user| !here.contains(*user)) {
            self.is_gone(user, hub);
        }
        for (person, status) in people {
            self.show(person, status);
        }
    }

    /// Somebody is at no relay any more; at this one there may be a session that they can come back to.
    pub fn is_gone(&self, user: &UserId, hub: &Hub) {
        if hub.by_user(user).is_empty() {
            self.leave(user);
        } else {
            self.change(user, CallStatus::Offline);
        }
    }

    /// What somebody is called who is listed.
    #[must_use]
    pub fn name(&self, user: &UserId) -> Option<String> {
        self.lock().people.get(user).map(|listed| listed.person.name.clone())
    }

    /// Somebody wants to be rung, or not to be, from now on.
    pub fn wishes_otherwise(&self, user: &UserId) {
        let mut state = self.lock();
        if state.people.contains_key(user) {
            state.changed.insert(user.clone());
        }
    }

    /// Somebody may have hidden from another, or have shown themselves again: the other is told at once how they are now.
    pub fn show_again(&self, user: &UserId, other: &UserId, hub: &Hub) {
        let _telling = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        let state = self.lock();
        if !state.people.contains_key(other) {
            return;
        }
        let Some(listed) = state.people.get(user) else { return };
        let hidden = self.wishes.hides(user, other);
        let seen = listed.now(&self.wishes);
        let news = news(if hidden { PersonStatus { status: CallStatus::Offline, ..seen } } else { seen });
        drop(state);
        for session in hub.by_user(other) {
            session.post(None, &news);
        }
    }

    /// What a user is doing has changed. Nothing happens for one who is not listed.
    pub fn change(&self, user: &UserId, status: CallStatus) {
        let mut state = self.lock();
        if let Some(listed) = state.people.get_mut(user)
            && listed.status != status
        {
            listed.status = status;
            state.changed.insert(user.clone());
        }
    }

    /// A user's last session is over. Until then they keep their place: while they may still come back and take their
    /// session up, they must miss nothing.
    pub fn leave(&self, user: &UserId) {
        let mut state = self.lock();
        if let Some(listed) = state.people.get_mut(user) {
            listed.status = CallStatus::Offline;
            listed.gone = true;
            state.changed.insert(user.clone());
        }
    }

    /// Tells everyone what has changed since the last round, if it is time for another.
    pub fn tell(&self, now: Time, hub: &Hub) {
        let _telling = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        let (readers, changes) = self.lock().round(now, &self.wishes);
        if changes.is_empty() {
            return;
        }
        let changes: Vec<(UserId, RelayMessage)> =
            changes.into_iter().map(|change| (change.user.id.clone(), news(change))).collect();
        let written: Vec<(&UserId, &str, String)> =
            changes.iter().map(|(about, message)| (about, message.kind(), message.data())).collect();
        let mut frames = 0;
        for reader in &readers {
            for session in hub.by_user(reader) {
                let seen = |about: &UserId| about != reader && !self.wishes.hides(about, reader);
                for (_, kind, data) in written.iter().filter(|(about, ..)| seen(about)) {
                    session.post_data(kind, None, data);
                    frames += 1;
                }
            }
        }
        self.lock().next_round = now + Duration::from_millis(frames * 1_000 / FRAMES_PER_SECOND);
    }
}

fn news(PersonStatus { user, status }: PersonStatus) -> RelayMessage {
    CallStatusChanged { user, status }.into()
}

impl State {
    /// Takes out what is to be told now, and to whom.
    fn round(&mut self, now: Time, wishes: &People) -> (Vec<UserId>, Vec<PersonStatus>) {
        if now < self.next_round || self.changed.is_empty() {
            return (Vec::new(), Vec::new());
        }
        let mut changes = Vec::new();
        while let Some(user) = self.changed.pop_first() {
            changes.extend(self.news(&user, wishes));
            if changes.len() == CHANGES_PER_ROUND {
                break;
            }
        }
        (self.people.keys().cloned().collect(), changes)
    }

    /// How somebody is now, unless that is what was told last. Nobody needs to hear of one who came and went unnoticed.
    fn news(&mut self, user: &UserId, wishes: &People) -> Option<PersonStatus> {
        let listed = self.people.get_mut(user)?;
        let now = listed.now(wishes);
        let told = listed.told.replace(now.clone());
        if listed.gone {
            self.people.remove(user);
        }
        match told {
            Some(told) => (told != now).then_some(now),
            None => (now.status != CallStatus::Offline).then_some(now),
        }
    }
}

impl Listed {
    fn now(&self, wishes: &People) -> PersonStatus {
        PersonStatus { user: self.person.clone(), status: wishes.shown(&self.person.id, self.status) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Connections;
    use crate::session::Session;

    fn person(name: &str) -> Person {
        Person { id: name.parse().unwrap(), name: name.to_owned(), avatar: None }
    }

    /// A directory, and the people in it with a session each.
    struct World {
        hub: Hub,
        directory: Directory,
        sessions: Vec<Arc<Session>>,
        now: Time,
    }

    impl World {
        fn new(places: usize) -> Self {
            let directory = Directory::new(places, Arc::default());
            Self { hub: Hub::default(), directory, sessions: Vec::new(), now: Time::from_millis(0) }
        }

        fn arrive(&mut self, name: &str) -> Option<Vec<String>> {
            let limits = (&Connections::default()).into();
            let id = format!("session_{name:_<10}").parse().unwrap();
            let device = format!("device_{name:_<10}").parse().unwrap();
            let session = Arc::new(Session::new(id, device, person(name), limits, self.now));
            drop(self.hub.insert(&session));
            self.sessions.push(session);
            let others = self.directory.arrive(&person(name), CallStatus::Idle)?;
            Some(others.into_iter().map(|other| other.user.name).collect())
        }

        /// What each person, in the order of their arrival, is told in the next round.
        fn round(&mut self) -> Vec<Vec<String>> {
            self.now = self.now + Duration::from_secs(10);
            self.directory.tell(self.now, &self.hub);
            self.sessions.iter().map(|session| session.waiting_texts()).collect()
        }
    }

    #[test]
    fn everyone_hears_of_the_others_and_not_of_themselves() {
        let mut world = World::new(10);
        assert_eq!(world.arrive("ann").unwrap(), [""; 0]);
        assert_eq!(world.arrive("bob").unwrap(), ["ann"]);
        let heard = world.round();
        assert!(heard[0].len() == 1 && heard[0][0].contains(r#""id":"bob""#), "{heard:?}");
        assert!(heard[1].len() == 1 && heard[1][0].contains(r#""id":"ann""#), "{heard:?}");
        assert!(world.round().iter().all(Vec::is_empty), "once");
    }

    #[test]
    fn only_the_newest_is_told() {
        let mut world = World::new(10);
        world.arrive("ann");
        world.arrive("bob");
        world.round();
        for status in [CallStatus::Ringing, CallStatus::InCall, CallStatus::Idle, CallStatus::Ringing] {
            world.directory.change(&"bob".parse().unwrap(), status);
        }
        let heard = world.round();
        assert!(heard[0].len() == 1 && heard[0][0].contains(r#""status":"ringing""#), "{heard:?}");
        world.directory.change(&"bob".parse().unwrap(), CallStatus::InCall);
        world.directory.change(&"bob".parse().unwrap(), CallStatus::Ringing);
        assert!(world.round()[0].is_empty(), "back to where it was is no news");
    }

    #[test]
    fn a_place_is_free_again_when_somebody_is_gone() {
        let mut world = World::new(2);
        world.arrive("ann");
        world.arrive("bob");
        assert_eq!(world.arrive("eve"), None, "the directory is closed to her");
        let heard = world.round();
        assert!(heard[2].is_empty() && !heard[0].iter().any(|text| text.contains("eve")));
        world.directory.change(&"bob".parse().unwrap(), CallStatus::Offline);
        assert!(world.round()[0][0].contains(r#""status":"offline""#));
        assert_eq!(world.arrive("eve"), None, "bob may still come back");
        world.directory.leave(&"bob".parse().unwrap());
        assert!(world.round().iter().all(Vec::is_empty), "they know");
        assert_eq!(world.arrive("eve").unwrap(), ["ann"]);
    }

    #[test]
    fn switched_off_it_lists_nobody() {
        let mut world = World::new(0);
        assert_eq!(world.arrive("ann"), None);
        assert!(world.round()[0].is_empty());
    }

    #[test]
    fn many_changes_are_spread_over_rounds() {
        let mut world = World::new(200);
        let names: Vec<String> = (0..200).map(|n| format!("p{n:03}")).collect();
        for name in &names {
            world.arrive(name);
        }
        world.directory.tell(Time::from_millis(0), &world.hub);
        let first: usize = world.sessions.iter().map(|session| session.waiting_texts().len()).sum();
        assert_eq!(first, 200 * CHANGES_PER_ROUND - CHANGES_PER_ROUND);
        world.directory.tell(Time::from_millis(900), &world.hub);
        assert!(world.sessions.iter().all(|session| session.waiting_texts().is_empty()), "not yet");
        world.directory.tell(Time::from_millis(1_000), &world.hub);
        assert!(world.sessions.iter().all(|session| session.waiting_texts().len() >= CHANGES_PER_ROUND - 1));
    }
}
