//! What every store promises, whatever it keeps its records in: one test, run against each.

mod groups;
mod waiting;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use call::Time;
use call::record::{CameTo, Event, Loss, NewCall, NewRoom, Part, PartStatus, Summary};
use protocol::{
    CallId, CallState, CallStatus, CallType, DeviceId, EndReason, ErrorCode, HangupReason, MediaState, Opaque,
    Participant, Person, RelayMessage, RoomCode, UserId,
};

use super::{Courier, Entry, Here, News, Origin, Refused, Store};
use crate::push::Ring;

/// A courier that notes what it is given.
#[derive(Default)]
pub(super) struct Notes(Mutex<Noted>);

#[derive(Default)]
struct Noted {
    sent: BTreeMap<DeviceId, Vec<&'static str>>,
    statuses: BTreeMap<UserId, CallStatus>,
    live: BTreeMap<String, i32>,
    over: Vec<Summary>,
    rings: Vec<UserId>,
    came_to: Vec<CameTo>,
    elsewhere: Vec<DeviceId>,
}

impl Courier for Notes {
    fn send(&self, to: &DeviceId, message: RelayMessage) {
        self.0.lock().unwrap().sent.entry(to.clone()).or_default().push(message.kind());
    }

    fn reply(&self, origin: &Origin, message: RelayMessage) {
        self.send(&origin.device, message);
    }

    fn status(&self, user: &UserId, status: CallStatus) {
        self.0.lock().unwrap().statuses.insert(user.clone(), status);
    }

    fn moved(&self, from: Option<CallState>, to: CallState) {
        let mut noted = self.0.lock().unwrap();
        if let Some(from) = from {
            *noted.live.entry(format!("{from:?}")).or_default() -= 1;
        }
        *noted.live.entry(format!("{to:?}")).or_default() += 1;
    }

    fn rings(&self, ring: Ring) {
        self.0.lock().unwrap().rings.push(ring.user);
    }

    fn rang(&self, user: &UserId, _: &CallId, came_to: CameTo) {
        let mut noted = self.0.lock().unwrap();
        noted.rings.retain(|ringing| ringing != user);
        noted.came_to.push(came_to);
    }

    fn over(&self, summary: &Summary) {
        self.0.lock().unwrap().over.push(summary.clone());
    }

    fn hear(&self, _: News) {}

    fn sessions(&self) -> Vec<Here> {
        Vec::new()
    }

    fn serves(&self, device: &DeviceId) -> bool {
        !self.0.lock().unwrap().elsewhere.contains(device)
    }
}

impl Notes {
    /// That device is not at this relay.
    pub(super) fn is_elsewhere(&self, name: &str) {
        self.0.lock().unwrap().elsewhere.push(device(name));
    }

    pub(super) fn sent(&self, name: &str) -> Vec<&'static str> {
        self.0.lock().unwrap().sent.remove(&device(name)).unwrap_or_default()
    }

    fn status(&self, name: &str) -> Option<CallStatus> {
        self.0.lock().unwrap().statuses.get(&user(name)).copied()
    }

    pub(super) fn reasons(&self) -> Vec<EndReason> {
        self.0.lock().unwrap().over.iter().map(|summary| summary.reason).collect()
    }

    fn summaries(&self) -> Vec<Summary> {
        self.0.lock().unwrap().over.clone()
    }

    fn in_state(&self, state: CallState) -> i32 {
        self.0.lock().unwrap().live.get(&format!("{state:?}")).copied().unwrap_or_default()
    }
}

pub(super) fn device(name: &str) -> DeviceId {
    format!("device_{name:_<12}").parse().unwrap()
}

/// A device's user: its name without the number.
pub(super) fn user(name: &str) -> UserId {
    name.trim_end_matches(|c: char| c.is_ascii_digit()).parse().unwrap()
}

pub(super) fn call(name: &str) -> CallId {
    format!("call_{name:_<12}").parse().unwrap()
}

fn room() -> RoomCode {
    "abcd-efgh-jkmn".parse().unwrap()
}

fn participant(name: &str) -> Participant {
    let person = Person { id: user(name), name: name.to_owned(), avatar: None };
    Participant { device: device(name), user: person, media: MediaState::default() }
}

fn origin(name: &str) -> Origin {
    Origin { device: device(name), request: Some(1) }
}

pub(super) const fn at(seconds: u64) -> Time {
    Time::from_millis(seconds * 1_000)
}

fn new_call(id: &str, from: &str, to: &str) -> NewCall {
    NewCall {
        call_id: call(id),
        kind: CallType::Voice,
        from: participant(from),
        to: user(to),
        offer: Opaque::new("v=0"),
        silent: false,
        awaited: false,
    }
}

/// A store under test and what came of it.
pub(super) struct World<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) notes: &'a Notes,
}

impl World<'_> {
    pub(super) async fn ring(&self, now: Time, id: &str, from: &str, to: &[&str]) -> Result<(), Refused> {
        self.store
            .ring(now, origin(from), new_call(id, from, to[0]), to.iter().map(|name| device(name)).collect())
            .await
    }

    pub(super) async fn tell(&self, now: Time, id: &str, by: &str, event: Event) -> Result<(), Refused> {
        self.store.tell(now, origin(by), call(id), event).await
    }

    pub(super) async fn accept(&self, now: Time, id: &str, by: &str) -> Result<(), Refused> {
        self.tell(now, id, by, Event::Accept { by: participant(by), answer: Opaque::new("v=0") }).await
    }

    pub(super) async fn hang_up(&self, now: Time, id: &str, by: &str) -> Result<(), Refused> {
        let event = Event::HangUp { device: device(by), reason: HangupReason::Completed };
        self.tell(now, id, by, event).await
    }

    pub(super) async fn enter(&self, now: Time, id: &str, by: &str) -> Result<(), Refused> {
        let entry = Entry { room: room(), call_id: call(id), by: participant(by) };
        self.store.enter(now, origin(by), entry).await
    }

    fn forget_what_was_sent(&self) {
        self.notes.0.lock().unwrap().sent.clear();
    }
}

fn refused(code: ErrorCode) -> Result<(), Refused> {
    Err(Refused::new(code))
}

fn refused_about(code: ErrorCode, id: &str) -> Result<(), Refused> {
    Err(Refused::about(code, call(id)))
}

/// Runs the whole contract. `make` gives an empty store for each part of it, whose rooms take three and whose calls
/// ring for 60 s and connect within 30 s.
pub(super) async fn is_kept_by(make: impl Fn(Arc<dyn Courier>) -> Box<dyn Store>) {
    macro_rules! part {
        ($part:path) => {{
            let notes = Arc::new(Notes::default());
            let store = make(notes.clone());
            $part(World { store: &*store, notes: &notes }).await;
        }};
    }
    part!(a_call_from_ring_to_end);
    part!(placing_is_idempotent_and_ids_are_taken_once);
    part!(the_second_of_two_that_dial_each_other_hears_of_the_first);
    part!(a_device_carries_one_call);
    part!(waiting::a_device_is_rung_beside_one_call_and_not_beside_two);
    part!(waiting::a_device_is_in_two_calls_if_it_holds_one);
    part!(waiting::both_calls_of_a_device_are_lost_and_found);
    part!(a_device_that_appears_rings_or_is_back);
    part!(who_is_at_no_device_is_awaited);
    part!(what_is_due_is_carried_out);
    part!(the_lost_are_let_go);
    part!(rooms_are_entered_by_their_code);
    part!(empty_rooms_are_forgotten_after_an_hour);
    part!(ended_calls_answer_for_a_while);
    part!(a_call_that_is_over_says_who_was_in_it);
    part!(groups::a_group_is_for_those_who_were_rung);
    part!(groups::only_free_devices_are_rung_into_a_group);
    part!(groups::who_dials_the_one_who_rings_is_rung);
    part!(groups::a_direct_call_becomes_a_group);
}

async fn a_call_from_ring_to_end(world: World<'_>) {
    world.ring(at(0), "x", "ann", &["bob1", "bob2"]).await.unwrap();
    assert_eq!(world.notes.sent("ann"), ["ack"]);
    assert_eq!(world.notes.sent("bob1"), ["call:incoming"]);
    assert_eq!(world.notes.status("ann"), Some(CallStatus::Ringing));
    assert_eq!(world.store.status(user("bob")).await, CallStatus::Ringing);
    assert_eq!(world.notes.in_state(CallState::Initiating), 1);

    world.accept(at(1), "x", "bob1").await.unwrap();
    assert_eq!(world.notes.sent("ann"), ["call:accepted"]);
    assert_eq!(world.notes.sent("bob1"), ["ack"], "the reply comes before anything that follows");
    assert_eq!(world.accept(at(1), "x", "bob2").await, refused_about(ErrorCode::AnsweredElsewhere, "x"));
    assert_eq!(world.notes.status("bob"), Some(CallStatus::InCall));

    world.hang_up(at(9), "x", "bob1").await.unwrap();
    assert_eq!(world.notes.sent("ann"), ["call:ended"]);
    assert_eq!(world.notes.status("ann"), Some(CallStatus::Idle));
    assert_eq!(world.store.status(user("bob")).await, CallStatus::Idle);
    assert_eq!(world.notes.reasons(), [EndReason::Completed]);
    assert_eq!((world.notes.in_state(CallState::Connecting), world.notes.in_state(CallState::Ended)), (0, 1));
    assert_eq!(world.hang_up(at(9), "nothing", "bob1").await, refused_about(ErrorCode::NoCall, "nothing"));
}

async fn placing_is_idempotent_and_ids_are_taken_once(world: World<'_>) {
    assert_eq!(world.ring(at(0), "x", "bob2", &["bob1"]).await, refused(ErrorCode::OwnUser));
    world.ring(at(0), "x", "ann", &["bob1"]).await.unwrap();
    world.forget_what_was_sent();
    world.ring(at(0), "x", "ann", &["bob1"]).await.unwrap();
    assert_eq!(world.notes.sent("ann"), ["ack"]);
    assert_eq!(world.notes.sent("bob1"), [""; 0]);
    assert_eq!(world.ring(at(0), "x", "eve", &["bob1"]).await, refused(ErrorCode::CallExists));
}

async fn the_second_of_two_that_dial_each_other_hears_of_the_first(world: World<'_>) {
    world.ring(at(0), "first", "ann1", &["bob1"]).await.unwrap();
    assert_eq!(world.ring(at(0), "second", "bob1", &["ann1"]).await, refused_about(ErrorCode::Glare, "first"));
    assert_eq!(world.ring(at(0), "third", "bob2", &["ann1"]).await, refused_about(ErrorCode::Glare, "first"));
    world.accept(at(1), "first", "bob1").await.unwrap();
    world.ring(at(1), "third", "bob2", &["ann2"]).await.unwrap();
}

async fn a_device_carries_one_call(world: World<'_>) {
    world.ring(at(0), "x", "ann", &["bob1"]).await.unwrap();
    world.ring(at(0), "y", "eve", &["bob1"]).await.unwrap();
    assert_eq!(world.ring(at(0), "z", "ann", &["eve"]).await, refused_about(ErrorCode::InCall, "x"));
    world.accept(at(1), "x", "bob1").await.unwrap();
    assert_eq!(world.accept(at(1), "y", "bob1").await, refused_about(ErrorCode::InCall, "x"));
    world.store.create_room(at(1), open_room(None)).await.unwrap();
    assert_eq!(world.enter(at(1), "m", "bob1").await, refused_about(ErrorCode::InCall, "x"));
    world.hang_up(at(2), "x", "bob1").await.unwrap();
    world.accept(at(2), "y", "bob1").await.unwrap();
}

async fn a_device_that_appears_rings_or_is_back(world: World<'_>) {
    world.ring(at(0), "x", "ann", &["bob1"]).await.unwrap();
    world.forget_what_was_sent();
    assert!(world.store.appear(at(1), user("bob"), device("bob2"), true).await.is_empty());
    assert_eq!(world.notes.sent("bob2"), ["call:incoming"]);
    world.store.appear(at(1), user("bob"), device("bob1"), false).await;
    assert_eq!(world.notes.sent("bob1"), [""; 0], "it has it already");
    world.store.lose(at(2), device("ann"), Loss::Closed).await;
    let calls = world.store.appear(at(3), user("ann"), device("ann"), true).await;
    assert_eq!((calls.len(), &calls[0].call_id), (1, &call("x")));
    world.store.expire(at(30)).await;
    assert_eq!(world.notes.reasons(), []);
    world.accept(at(31), "x", "bob2").await.unwrap();
}

async fn who_is_at_no_device_is_awaited(world: World<'_>) {
    for id in ["x", "y"] {
        let new = NewCall { awaited: true, ..new_call(id, "ann", "bob") };
        world.store.ring(at(0), origin("ann"), new, Vec::new()).await.unwrap();
        assert_eq!(world.notes.0.lock().unwrap().rings, [user("bob")]);
        assert_eq!(world.store.decline(at(1), user("eve"), call(id)).await, refused_about(ErrorCode::NoCall, id));
        if id == "x" {
            world.store.decline(at(1), user("bob"), call(id)).await.unwrap();
        }
    }
    world.store.appear(at(2), user("bob"), device("bob1"), true).await;
    assert_eq!(world.notes.sent("bob1"), ["call:incoming"]);
    world.accept(at(3), "y", "bob1").await.unwrap();
    assert_eq!(world.notes.0.lock().unwrap().came_to, [CameTo::Declined, CameTo::Answered]);
    assert!(world.notes.0.lock().unwrap().rings.is_empty());
}

async fn what_is_due_is_carried_out(world: World<'_>) {
    world.ring(at(0), "x", "ann", &["bob1"]).await.unwrap();
    world.ring(at(5), "y", "eve", &["dan"]).await.unwrap();
    world.accept(at(6), "y", "dan").await.unwrap();
    world.store.expire(at(35)).await;
    assert_eq!(world.notes.reasons(), []);
    world.store.expire(at(36)).await;
    assert_eq!(world.notes.reasons(), [EndReason::Timeout]);
    world.store.expire(at(60)).await;
    world.store.expire(at(60)).await;
    assert_eq!(world.notes.reasons(), [EndReason::Timeout, EndReason::Missed]);
    assert_eq!(world.notes.status("bob"), Some(CallStatus::Idle));
}

async fn the_lost_are_let_go(world: World<'_>) {
    world.ring(at(0), "x", "ann", &["bob1"]).await.unwrap();
    world.store.lose(at(1), device("ann"), Loss::Silent).await;
    world.store.lose(at(1), device("nobody"), Loss::Silent).await;
    world.store.expire(at(5)).await;
    assert_eq!(world.notes.reasons(), []);
    world.store.expire(at(6)).await;
    assert_eq!(world.notes.reasons(), [EndReason::Cancelled]);
}

async fn rooms_are_entered_by_their_code(world: World<'_>) {
    assert_eq!(world.enter(at(0), "m", "ann").await, refused(ErrorCode::NotFound));
    assert_eq!(world.store.create_room(at(0), open_room(Some("Stand-up"))).await, Ok(true));
    assert_eq!(world.store.create_room(at(0), open_room(None)).await, Ok(false));
    world.enter(at(1), "m", "ann").await.unwrap();
    assert_eq!(world.notes.sent("ann"), ["call:joined"]);
    for (name, id) in [("bob", "n"), ("eve", "o")] {
        world.enter(at(1), id, name).await.unwrap();
        assert_eq!(world.notes.sent(name), ["call:joined"]);
    }
    assert_eq!(world.notes.sent("ann"), ["call:participant_joined"; 2]);
    assert_eq!(world.enter(at(1), "p", "dan").await, refused_about(ErrorCode::RoomFull, "m"));
    let leave = |name: &str| Event::Leave { device: device(name) };
    for name in ["ann", "bob", "eve"] {
        world.tell(at(2), "m", name, leave(name)).await.unwrap();
    }
    assert_eq!(world.notes.reasons(), [EndReason::Completed]);
    world.enter(at(3), "p", "dan").await.unwrap();
    assert_eq!(world.notes.sent("dan"), ["call:joined"]);
}

async fn empty_rooms_are_forgotten_after_an_hour(world: World<'_>) {
    world.store.create_room(at(0), open_room(None)).await.unwrap();
    world.store.expire(at(3_599)).await;
    world.enter(at(3_599), "m", "ann").await.unwrap();
    world.store.expire(at(9_000)).await;
    world.enter(at(9_000), "n", "bob").await.unwrap();
    for name in ["ann", "bob"] {
        world.tell(at(9_001), "m", name, Event::Leave { device: device(name) }).await.unwrap();
    }
    world.store.expire(at(9_001 + 3_599)).await;
    assert_eq!(world.store.create_room(at(0), open_room(None)).await, Ok(false));
    world.store.expire(at(9_001 + 3_600)).await;
    assert_eq!(world.enter(at(12_700), "o", "ann").await, refused(ErrorCode::NotFound));
}

async fn ended_calls_answer_for_a_while(world: World<'_>) {
    world.ring(at(0), "x", "ann", &["bob1"]).await.unwrap();
    world.hang_up(at(1), "x", "ann").await.unwrap();
    world.store.expire(at(60)).await;
    world.hang_up(at(60), "x", "ann").await.unwrap();
    assert_eq!(world.accept(at(60), "x", "bob1").await, refused_about(ErrorCode::WrongState, "x"));
    world.store.expire(at(1) + Duration::from_secs(3_600)).await;
    assert_eq!(world.hang_up(at(3_602), "x", "ann").await, refused_about(ErrorCode::NoCall, "x"));
}

async fn a_call_that_is_over_says_who_was_in_it(world: World<'_>) {
    world.ring(at(0), "x", "ann", &["bob1", "bob2"]).await.unwrap();
    world.accept(at(2), "x", "bob2").await.unwrap();
    world.hang_up(at(9), "x", "ann").await.unwrap();
    world.store.create_room(at(10), open_room(Some("Stand-up"))).await.unwrap();
    for (seconds, name) in [(11, "ann"), (12, "bob1")] {
        world.enter(at(seconds), "m", name).await.unwrap();
    }
    world.tell(at(13), "m", "ann", Event::Leave { device: device("ann") }).await.unwrap();
    assert_eq!(world.notes.summaries().len(), 1, "the room is not over yet");
    world.tell(at(14), "m", "bob1", Event::Leave { device: device("bob1") }).await.unwrap();
    let part = |name: &str, status, from, until| Part {
        user: user(name),
        name: Some(participant(name).user.name),
        status,
        joined: Some(at(from)),
        left: Some(at(until)),
    };
    let [direct, meeting] = &world.notes.summaries()[..] else { panic!("two calls are over") };
    assert_eq!((&direct.call_id, direct.answered, direct.ended), (&call("x"), Some(at(2)), at(9)));
    assert_eq!(direct.parts, [part("ann", PartStatus::Placed, 0, 9), part("bob2", PartStatus::Accepted, 2, 9)]);
    assert_eq!((&meeting.room, meeting.room_name.as_deref()), (&Some(room()), Some("Stand-up")));
    assert_eq!(meeting.parts, [part("ann", PartStatus::Joined, 11, 13), part("bob1", PartStatus::Joined, 12, 14)]);
}

/// An open room of that code.
pub(super) fn new_room(code: &str) -> NewRoom {
    NewRoom { code: code.parse().unwrap(), name: None, host: user("ann"), private: false, waiting_room: false }
}

pub(super) fn open_room(name: Option<&str>) -> NewRoom {
    NewRoom { name: name.map(str::to_owned), ..new_room(room().as_str()) }
}

/// So many calls, each over before the next begins.
pub(super) async fn many_calls(store: &dyn Store, count: usize) {
    let world = World { store, notes: &Notes::default() };
    for n in 0..count {
        let id = n.to_string();
        world.ring(at(0), &id, "ann", &["bob1"]).await.unwrap();
        world.hang_up(at(0), &id, "ann").await.unwrap();
    }
}
