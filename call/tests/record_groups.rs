//! Ringing others into a call, as the relay sees it: stories, and what holds in any order of events.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod record_world;

use std::collections::BTreeSet;
use std::time::Duration;

use call::record::{Called, Event, Loss, PartStatus};
use proptest::prelude::*;
use protocol::{
    Action, CallState, CallStatus, CallType, DeclineReason, EndReason, ErrorCode, HangupReason, InvitationStatus,
    RelayMessage, RoomCode,
};
use record_world::{World, device, participant, user};

const SECOND: Duration = Duration::from_secs(1);

fn code() -> RoomCode {
    "abcd-efgh-jkmn".parse().unwrap()
}

/// Somebody at those devices; without any, they are in calls.
fn called(name: &str, devices: &[&str]) -> Called {
    let person = participant(name).user;
    Called {
        user: user(name),
        person: Some(person),
        devices: devices.iter().map(|name| device(name)).collect(),
        silent: false,
        undisturbed: false,
        awaited: false,
    }
}

fn absent(name: &str) -> Called {
    Called { person: None, ..called(name, &[]) }
}

fn invite(by: &str, called: Vec<Called>) -> Event {
    Event::Invite { by: device(by), called, code: code() }
}

fn join(name: &str) -> Event {
    Event::Join { by: participant(name) }
}

fn leave(name: &str) -> Event {
    Event::Leave { device: device(name) }
}

fn decline(name: &str) -> Event {
    Event::Decline { device: device(name), reason: DeclineReason::Declined }
}

/// Ann rings Bob, who has two devices, and Cat.
fn ringing() -> World {
    let mut world = World::group("ann");
    world.does(invite("ann", vec![called("bob", &["bob1", "bob2"]), called("cat", &["cat"])])).unwrap();
    world
}

/// Ann and Bob talk in a direct call.
fn talking() -> World {
    let mut world = World::ring(&["bob1"]);
    world.accept("bob1").unwrap();
    world.connected("ann").unwrap();
    world.connected("bob1").unwrap();
    world.all_read();
    world
}

fn outcomes(messages: &[RelayMessage]) -> Vec<InvitationStatus> {
    let last = messages.iter().rev().find_map(|message| match message {
        RelayMessage::Invitations(told) => Some(told.people.iter().map(|one| one.status).collect()),
        _ => None,
    });
    last.unwrap_or_default()
}

fn reason(messages: &[RelayMessage]) -> Option<EndReason> {
    messages.iter().find_map(|message| match message {
        RelayMessage::Ended(ended) => Some(ended.reason),
        _ => None,
    })
}

#[test]
fn everyone_is_rung_and_named_to_the_others() {
    let mut world = ringing();
    for (name, other) in [("bob1", "cat"), ("bob2", "cat"), ("cat", "bob")] {
        let [RelayMessage::Invited(invited)] = &world.read(name)[..] else { panic!("{name} is rung") };
        assert_eq!((invited.from.name.as_str(), invited.kind, &invited.room), ("ann", CallType::GroupVoice, &code()));
        let with: Vec<&str> = invited.with.iter().map(|person| person.name.as_str()).collect();
        assert_eq!((with, invited.rings_for_ms), (vec![other], 60_000));
    }
    assert_eq!(world.doing[&user("cat")], CallStatus::Ringing);
    assert_eq!(outcomes(&world.read("ann")), [InvitationStatus::Invited; 2]);
    world.does(Event::Ringing { device: device("cat"), in_call: false }).unwrap();
    world.does(Event::Ringing { device: device("cat"), in_call: false }).unwrap();
    assert_eq!(world.kinds("ann"), ["call:invitations"], "said once");
}

#[test]
fn the_first_device_wins_and_everybody_hears_of_it() {
    let mut world = ringing();
    world.all_read();
    world.wait(5 * SECOND);
    world.does(join("bob2")).unwrap();
    assert_eq!(world.kinds("bob1"), ["call:answered_elsewhere"]);
    assert_eq!(world.does(join("bob1")), Err(ErrorCode::AnsweredElsewhere));
    assert_eq!(world.does(decline("bob1")), Err(ErrorCode::AnsweredElsewhere));
    let ann = world.read("ann");
    assert_eq!(outcomes(&ann), [InvitationStatus::Joined, InvitationStatus::Invited]);
    assert_eq!(outcomes(&world.read("bob2")), outcomes(&ann));
    world.does(join("cat")).unwrap();
    world.connected("ann").unwrap();
    assert_eq!(world.record.state(), CallState::Active);
    for name in ["cat", "bob2"] {
        world.does(leave(name)).unwrap();
    }
    assert_eq!(reason(&world.read("ann")), Some(EndReason::Completed), "the last but one has left");
    let summary = world.summary.unwrap();
    assert_eq!((summary.private, summary.from, summary.by), (true, Some(user("ann")), Some(user("bob"))));
    assert_eq!(summary.answered, Some(summary.began + 5 * SECOND));
    let parts: Vec<_> = summary.parts.iter().map(|part| (part.user.as_str(), part.status)).collect();
    assert_eq!(parts, [("ann", PartStatus::Placed), ("cat", PartStatus::Accepted), ("bob", PartStatus::Accepted)]);
}

#[test]
fn whoever_did_not_come_missed_it_or_said_so() {
    let mut world = ringing();
    world.does(join("cat")).unwrap();
    world.does(decline("bob2")).unwrap();
    assert_eq!(reason(&world.read("bob1")), Some(EndReason::DeclinedElsewhere));
    world.does(invite("cat", vec![called("dan", &["dan"]), called("eve", &[]), absent("fay")])).unwrap();
    world.wait(61 * SECOND);
    assert_eq!(reason(&world.read("dan")), Some(EndReason::Missed));
    world.does(leave("cat")).unwrap();
    let parts: Vec<_> = world.summary.unwrap().parts.into_iter().map(|part| (part.user, part.status)).collect();
    let expected = [
        ("ann", PartStatus::Placed),
        ("cat", PartStatus::Accepted),
        ("bob", PartStatus::Declined),
        ("dan", PartStatus::Missed),
        ("eve", PartStatus::Busy),
    ];
    assert_eq!(parts, expected.map(|(name, status)| (user(name), status)), "of who was not here nothing is kept");
}

#[test]
fn when_nobody_comes_it_ends_with_what_they_said() {
    let story = |called: Vec<Called>, events: Vec<Event>| {
        let mut world = World::group("ann");
        world.does(invite("ann", called)).unwrap();
        events.into_iter().for_each(|event| world.does(event).unwrap());
        world.wait(61 * SECOND);
        let told = reason(&world.read("ann"));
        assert_eq!(told, Some(world.summary.unwrap().reason));
        told.unwrap()
    };
    let two = || vec![called("bob", &["bob1"]), called("cat", &["cat"])];
    assert_eq!(story(two(), vec![decline("bob1"), decline("cat")]), EndReason::Declined);
    assert_eq!(story(two(), vec![decline("bob1")]), EndReason::Missed);
    assert_eq!(story(vec![called("bob", &[]), called("cat", &[])], vec![]), EndReason::Busy);
    assert_eq!(story(vec![absent("bob")], vec![]), EndReason::Missed);
}

#[test]
fn a_caller_who_leaves_takes_the_rings_back() {
    let mut world = ringing();
    world.all_read();
    world.does(leave("ann")).unwrap();
    for name in ["bob1", "bob2", "cat"] {
        assert_eq!(reason(&world.read(name)), Some(EndReason::Cancelled));
    }
    assert_eq!(world.summary.as_ref().unwrap().reason, EndReason::Cancelled);
    assert_eq!(world.does(join("cat")), Err(ErrorCode::WrongState));
    let mut world = ringing();
    world.does(Event::Lost { device: device("ann"), how: Loss::Silent }).unwrap();
    world.wait(5 * SECOND);
    assert_eq!(reason(&world.read("cat")), Some(EndReason::Cancelled), "no ghost rings");
}

#[test]
fn strangers_find_nothing() {
    let mut world = ringing();
    world.all_read();
    assert_eq!(world.does(join("eve")), Err(ErrorCode::NotFound));
    for event in [decline("eve"), leave("eve"), Event::Ringing { device: device("eve"), in_call: false }] {
        assert_eq!(world.does(event), Err(ErrorCode::NoCall));
    }
    assert_eq!(world.does(invite("eve", vec![called("dan", &["dan"])])), Err(ErrorCode::NoCall));
    assert_eq!(world.does(invite("cat", vec![called("dan", &["dan"])])), Err(ErrorCode::WrongState), "not yet in it");
    assert_eq!(world.inbox.len(), 0);
}

fn door(by: &str, action: Action) -> Event {
    Event::Moderate { by: device(by), action, device: None }
}

/// What somebody was told last of the link.
fn link(messages: &[RelayMessage]) -> Option<bool> {
    messages.iter().rev().find_map(|message| match message {
        RelayMessage::Invitations(told) => Some(told.unlocked),
        _ => None,
    })
}

#[test]
fn whoever_is_in_it_opens_it_to_those_who_have_its_link() {
    let mut world = ringing();
    world.does(join("bob1")).unwrap();
    assert_eq!(world.does(join("eve")), Err(ErrorCode::NotFound));
    assert_eq!(world.does(door("eve", Action::Unlock)), Err(ErrorCode::NoCall), "nobody from outside");
    assert_eq!(world.does(door("bob1", Action::End)), Err(ErrorCode::NotHost), "there is still no host");
    world.all_read();
    world.does(door("bob1", Action::Unlock)).unwrap();
    assert_eq!((link(&world.read("ann")), link(&world.read("bob1"))), (Some(true), Some(true)));
    world.does(join("eve")).unwrap();
    assert_eq!(link(&world.read("eve")), Some(true), "who came by it knows as well");
    world.does(join("eve")).unwrap();
    assert_eq!(link(&world.read("eve")), Some(true), "and once more when the page asks again");
    assert_eq!(world.does(join("eve2")), Err(ErrorCode::AnsweredElsewhere), "from one device");
    world.does(door("eve", Action::Lock)).unwrap();
    assert_eq!(["ann", "bob1", "eve"].map(|name| link(&world.read(name))), [Some(false); 3]);
    assert_eq!(world.does(join("dan")), Err(ErrorCode::NotFound));
    world.does(leave("ann")).unwrap();
    world.does(leave("bob1")).unwrap();
    world.wait(SECOND * 70);
    assert!(world.summary.is_some(), "it is over with the last but one, whoever they are");
}

#[test]
fn a_direct_call_becomes_a_group_and_keeps_what_it_has() {
    let mut world = talking();
    world.offer("ann", "bob1").unwrap();
    world.all_read();
    world.does(invite("bob1", vec![called("cat", &["cat"])])).unwrap();
    for name in ["ann", "bob1"] {
        let told = world.read(name);
        let Some(RelayMessage::Joined(joined)) = told.first() else { panic!("{name} hears that it is a group") };
        assert_eq!((joined.private, joined.participants.len()), (true, 1));
        assert_eq!(outcomes(&told), [InvitationStatus::Joined, InvitationStatus::Invited]);
    }
    world.answer("bob1", "ann").unwrap();
    assert_eq!(world.record.state(), CallState::Active, "and never anything less");
    world.does(join("cat")).unwrap();
    world.does(leave("ann")).unwrap();
    world.does(join("ann")).unwrap();
    world.does(leave("cat")).unwrap();
    world.does(leave("ann")).unwrap();
    let summary = world.summary.unwrap();
    assert_eq!((summary.kind, summary.from), (CallType::GroupVideo, Some(user("ann"))));
    let parts: Vec<_> = summary.parts.iter().map(|part| (part.user.as_str(), part.status)).collect();
    assert_eq!(parts, [("ann", PartStatus::Placed), ("cat", PartStatus::Accepted), ("bob", PartStatus::Accepted)]);
}

#[test]
fn a_call_that_does_not_run_yet_takes_nobody_in() {
    let mut world = World::ring(&["bob1"]);
    let more = || vec![called("cat", &["cat"])];
    assert_eq!(world.does(invite("ann", more())), Err(ErrorCode::WrongState));
    world.accept("bob1").unwrap();
    assert_eq!(world.does(invite("ann", more())), Err(ErrorCode::WrongState));
}

#[test]
fn there_is_a_place_for_everyone_who_is_rung() {
    let mut world = ringing();
    let one = |name: &str| called(name, &[name]);
    assert_eq!(world.does(invite("ann", vec![one("dan"), one("eve")])), Err(ErrorCode::RoomFull));
    world.does(invite("ann", vec![one("dan"), one("dan"), called("bob", &["bob1"])])).unwrap();
    assert_eq!(world.does(invite("ann", vec![one("eve")])), Err(ErrorCode::RoomFull));
    world.does(decline("cat")).unwrap();
    world.does(invite("ann", vec![one("eve")])).unwrap();
    for n in 0..32 {
        let _ = world.does(invite("ann", vec![absent(&format!("x{n}y"))]));
    }
    assert_eq!(world.does(invite("ann", vec![absent("one_more")])), Err(ErrorCode::TooBig));
}

#[test]
fn an_open_room_is_rung_into_and_stays_open() {
    let mut world = World::room("ann");
    world.does(invite("ann", vec![called("bob", &["bob1"])])).unwrap();
    world.does(join("eve")).unwrap();
    world.does(decline("bob1")).unwrap();
    world.does(leave("ann")).unwrap();
    assert!(world.record.ended().is_none(), "whoever is alone in a room may wait there");
    world.does(leave("eve")).unwrap();
    let parts: Vec<_> = world.summary.unwrap().parts.into_iter().map(|part| part.status).collect();
    assert_eq!(parts, [PartStatus::Joined, PartStatus::Joined, PartStatus::Declined]);
}

#[test]
fn a_device_that_comes_while_it_rings_rings_too() {
    let mut world = ringing();
    world.wait(20 * SECOND);
    let appears = |name: &str, of: &str, forgot| Event::Appeared { user: user(of), device: device(name), forgot };
    world.does(appears("cat2", "cat", false)).unwrap();
    let [RelayMessage::Invited(invited)] = &world.read("cat2")[..] else { panic!("it rings") };
    assert_eq!(invited.rings_for_ms, 40_000);
    world.does(appears("eve", "eve", true)).unwrap();
    assert_eq!(world.kinds("eve"), [""; 0]);
    world.does(join("cat2")).unwrap();
    world.all_read();
    world.does(appears("cat", "cat", true)).unwrap();
    assert_eq!(world.kinds("cat"), [""; 0], "it is answered");
}

const DEVICES: [&str; 6] = ["ann", "bob1", "bob2", "cat", "dan", "eve"];

fn anyone() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&DEVICES[..])
}

/// Eve is never rung: she is a stranger to the call.
fn guests() -> impl Strategy<Value = Vec<Called>> {
    let guest = prop_oneof![
        Just(called("bob", &["bob1", "bob2"])),
        Just(called("cat", &["cat"])),
        Just(called("dan", &["dan"])),
        Just(called("dan", &[])),
        Just(absent("fay")),
    ];
    prop::collection::vec(guest, 1..4)
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (anyone(), guests()).prop_map(|(by, called)| invite(by, called)),
        4 => anyone().prop_map(join),
        2 => anyone().prop_map(leave),
        2 => (anyone(), any::<bool>()).prop_map(|(name, busy)| Event::Decline {
            device: device(name),
            reason: if busy { DeclineReason::Busy } else { DeclineReason::Declined },
        }),
        2 => anyone().prop_map(|name| Event::Ringing { device: device(name), in_call: false }),
        1 => anyone().prop_map(|name| Event::HangUp { device: device(name), reason: HangupReason::Completed }),
        2 => anyone().prop_map(|name| Event::Connected { device: device(name) }),
        1 => prop::sample::select(&["bob1", "bob2", "cat", "dan"][..]).prop_map(|name| Event::Appeared {
            user: user(name),
            device: device(name),
            forgot: true,
        }),
        1 => anyone().prop_map(|name| Event::Lost { device: device(name), how: Loss::Closed }),
        1 => anyone().prop_map(|name| Event::Back { device: device(name) }),
    ]
}

fn story(mut world: World, steps: Vec<(Event, u64)>) {
    for (event, seconds) in steps {
        world.all_read();
        let result = world.does(event);
        let told = std::mem::take(&mut world.inbox);
        assert!(!told.contains_key(&device("eve")), "a stranger hears nothing: {told:?}");
        assert!(result.is_ok() || told.is_empty(), "a refused event has no effect");
        let users: Vec<_> = world.record.participants().map(|one| one.user.id.clone()).collect();
        let distinct: BTreeSet<_> = users.iter().collect();
        assert_eq!(distinct.len(), users.len(), "everybody is on one device");
        assert!(users.len() <= 4 && !users.contains(&user("eve")));
        world.wait(Duration::from_secs(seconds));
    }
    world.wait(Duration::from_secs(100));
    for name in DEVICES {
        let _ = world.does(Event::HangUp { device: device(name), reason: HangupReason::Completed });
        let _ = world.does(leave(name));
    }
    assert!(world.record.ended().is_some(), "it ends in the end");
    assert!(world.seated.is_empty() && world.doing.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_group_keeps_its_promises(steps in prop::collection::vec((event(), 0..40_u64), 0..50)) {
        story(World::group("ann"), steps);
    }

    #[test]
    fn so_does_a_direct_call_that_becomes_one(steps in prop::collection::vec((event(), 0..40_u64), 0..50)) {
        story(talking(), steps);
    }
}
