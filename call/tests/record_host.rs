//! What a room's host may do, and the room's door, as the relay sees it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod record_world;

use std::time::Duration;

use call::record::{Called, Event, Loss};
use proptest::prelude::*;
use protocol::{Action, DeviceId, DoorState, EndReason, ErrorCode, RelayMessage, RoomCode, RoomRules};
use record_world::{World, device, participant, user};

const SECOND: Duration = Duration::from_secs(1);

fn code() -> RoomCode {
    "abcd-efgh-jkmn".parse().unwrap()
}

fn join(name: &str) -> Event {
    Event::Join { by: participant(name) }
}

fn leave(name: &str) -> Event {
    Event::Leave { device: device(name) }
}

fn by(name: &str, action: Action) -> Event {
    Event::Moderate { by: device(name), action, device: None }
}

fn to(name: &str, action: Action, whom: &str) -> Event {
    Event::Moderate { by: device(name), action, device: Some(device(whom)) }
}

fn invite(name: &str, whom: &str) -> Event {
    let called = Called {
        user: user(whom),
        person: Some(participant(whom).user),
        devices: vec![device(whom)],
        silent: false,
        undisturbed: false,
        awaited: false,
    };
    Event::Invite { by: device(name), called: vec![called], code: code() }
}

/// The last that somebody was told of the room.
fn rules(messages: &[RelayMessage]) -> Option<RoomRules> {
    messages.iter().rev().find_map(|message| match message {
        RelayMessage::RoomUpdated(told) => Some(told.rules.clone()),
        RelayMessage::Joined(joined) => joined.rules.clone(),
        _ => None,
    })
}

fn host(world: &mut World, name: &str) -> Option<String> {
    rules(&world.read(name)).map(|rules| rules.host.to_string())
}

fn knocking(world: &mut World, name: &str) -> Option<Vec<DeviceId>> {
    rules(&world.read(name)).map(|rules| rules.knocking.into_iter().map(|one| one.device).collect())
}

fn door(messages: &[RelayMessage]) -> Option<DoorState> {
    messages.iter().find_map(|message| match message {
        RelayMessage::FarDoor(door) => Some(door.state),
        _ => None,
    })
}

fn ended(messages: &[RelayMessage]) -> Option<EndReason> {
    messages.iter().find_map(|message| match message {
        RelayMessage::Ended(ended) => Some(ended.reason),
        _ => None,
    })
}

#[test]
fn the_maker_is_host_and_then_whoever_has_been_there_longest() {
    let mut world = World::room("ann");
    for name in ["bob1", "cat", "dan"] {
        world.does(join(name)).unwrap();
    }
    let told: Vec<RelayMessage> = std::mem::take(&mut world.replies);
    assert!(told.iter().all(|reply| rules(std::slice::from_ref(reply)).unwrap().host == user("ann")));
    world.all_read();
    world.does(leave("ann")).unwrap();
    for name in ["bob1", "cat", "dan"] {
        assert_eq!(host(&mut world, name).as_deref(), Some("bob"), "longest in it");
    }
    assert_eq!(world.does(by("cat", Action::Lock)), Err(ErrorCode::NotHost));
    world.does(by("bob1", Action::Lock)).unwrap();
    world.all_read();
    world.does(join("ann")).unwrap();
    assert_eq!(host(&mut world, "bob1").as_deref(), Some("ann"), "whoever made it has it back, locked or not");
    assert_eq!(world.does(by("bob1", Action::Unlock)), Err(ErrorCode::NotHost));
    world.does(by("ann", Action::Unlock)).unwrap();
}

#[test]
fn muting_is_asked_of_a_page() {
    let mut world = World::room("ann");
    world.does(join("bob1")).unwrap();
    world.all_read();
    world.does(to("ann", Action::Mute, "bob1")).unwrap();
    let [RelayMessage::MuteRequested(asked)] = &world.read("bob1")[..] else { panic!("Bob's page is asked") };
    assert_eq!(asked.by.name, "ann");
    assert_eq!(world.does(to("ann", Action::Mute, "eve")), Err(ErrorCode::NoParticipant));
    assert_eq!(world.does(to("bob1", Action::Mute, "ann")), Err(ErrorCode::NotHost));
    assert_eq!(world.does(to("eve", Action::Mute, "ann")), Err(ErrorCode::NoCall));
    assert_eq!(world.does(by("ann", Action::Mute)), Err(ErrorCode::NoParticipant));
}

#[test]
fn who_is_removed_stays_outside_for_a_while() {
    let mut world = World::room("ann");
    for name in ["bob1", "bob2", "cat"] {
        world.does(join(name)).unwrap();
    }
    world.all_read();
    assert_eq!(world.does(to("ann", Action::Remove, "ann")), Err(ErrorCode::OwnUser));
    assert_eq!(world.does(to("cat", Action::Remove, "bob1")), Err(ErrorCode::NotHost));
    world.does(to("ann", Action::Remove, "bob1")).unwrap();
    for name in ["bob1", "bob2"] {
        assert_eq!(ended(&world.read(name)), Some(EndReason::Removed), "with all of their devices");
        assert_eq!(world.does(join(name)), Err(ErrorCode::Removed));
    }
    assert_eq!(world.kinds("cat"), ["call:participant_left"; 2]);
    assert_eq!(world.does(invite("cat", "bob1")), Err(ErrorCode::NotHost), "not by a back door");
    world.wait(601 * SECOND);
    world.does(join("bob1")).unwrap();
    world.does(to("ann", Action::Remove, "bob1")).unwrap();
    world.does(invite("ann", "bob1")).unwrap();
    world.does(join("bob1")).unwrap();
}

#[test]
fn a_locked_room_takes_only_those_the_host_rings_in() {
    let mut world = World::room("ann");
    world.does(join("bob1")).unwrap();
    world.all_read();
    world.does(by("ann", Action::Lock)).unwrap();
    world.does(by("ann", Action::Lock)).unwrap();
    assert_eq!(world.kinds("bob1"), ["call:room_updated"], "said once");
    assert_eq!(world.does(join("cat")), Err(ErrorCode::RoomLocked));
    assert_eq!(world.does(invite("bob1", "cat")), Err(ErrorCode::NotHost));
    world.does(invite("ann", "cat")).unwrap();
    world.does(join("cat")).unwrap();
    world.does(by("ann", Action::Unlock)).unwrap();
    world.does(join("dan")).unwrap();
}

#[test]
fn who_knocks_is_let_in_or_turned_away_by_the_host() {
    let mut world = World::waiting_room("ann");
    world.does(join("bob1")).unwrap();
    assert_eq!(door(&world.replies), Some(DoorState::Waiting));
    assert!(world.seated.len() == 1 && world.doing.len() == 1, "outside");
    assert_eq!(knocking(&mut world, "ann"), Some(vec![device("bob1")]));
    world.does(join("bob1")).unwrap();
    assert_eq!(knocking(&mut world, "ann"), None, "one knock");
    assert_eq!(world.offer("bob1", "ann"), Err(ErrorCode::AnsweredElsewhere), "nothing passes the door");
    world.does(to("ann", Action::Admit, "bob1")).unwrap();
    assert_eq!(door(&world.read("bob1")), Some(DoorState::Open));
    world.does(join("bob1")).unwrap();
    assert_eq!(world.seated.len(), 2);

    world.all_read();
    world.does(join("cat")).unwrap();
    assert_eq!(world.kinds("bob1"), [""; 0], "only the host hears who knocks");
    assert_eq!(world.does(to("bob1", Action::Admit, "cat")), Err(ErrorCode::NotHost));
    world.does(to("ann", Action::TurnAway, "cat")).unwrap();
    assert_eq!(door(&world.read("cat")), Some(DoorState::Closed));
    assert_eq!(world.does(join("cat")), Err(ErrorCode::Removed), "not again at once");
    assert_eq!(world.does(to("ann", Action::Admit, "cat")), Err(ErrorCode::NoParticipant));
    world.wait(61 * SECOND);
    world.does(join("cat")).unwrap();
    world.does(leave("cat")).unwrap();
    assert_eq!(knocking(&mut world, "ann"), Some(vec![]), "went away again");
    world.does(leave("bob1")).unwrap();
    world.does(join("bob1")).unwrap();
    assert_eq!(world.seated.len(), 2, "let in once is let in");
}

#[test]
fn nobody_waits_for_nobody() {
    let mut world = World::waiting_room("ann");
    for name in ["bob1", "cat"] {
        world.does(join(name)).unwrap();
    }
    world.does(by("ann", Action::DoNotWait)).unwrap();
    for name in ["bob1", "cat"] {
        assert_eq!(door(&world.read(name)), Some(DoorState::Open));
        world.does(join(name)).unwrap();
    }
    let mut world = World::waiting_room("ann");
    world.does(join("bob1")).unwrap();
    world.does(leave("ann")).unwrap();
    assert_eq!(door(&world.read("bob1")), Some(DoorState::Open), "the room is empty: whoever comes is its first");
    let mut world = World::waiting_room("ann");
    world.does(join("bob1")).unwrap();
    world.does(by("ann", Action::End)).unwrap();
    assert_eq!(door(&world.read("bob1")), Some(DoorState::Closed));
}

#[test]
fn a_knock_does_not_outlast_whoever_knocks() {
    let mut world = World::waiting_room("ann");
    world.does(join("bob1")).unwrap();
    world.all_read();
    world.does(Event::Lost { device: device("bob1"), how: Loss::Closed }).unwrap();
    world.wait(5 * SECOND);
    world.does(Event::Back { device: device("bob1") }).unwrap();
    world.wait(20 * SECOND);
    assert_eq!(world.kinds("ann"), [""; 0], "a moment without network");
    world.does(Event::Lost { device: device("bob1"), how: Loss::Silent }).unwrap();
    world.wait(10 * SECOND);
    assert_eq!(knocking(&mut world, "ann"), Some(vec![]));
}

#[test]
fn few_may_stand_at_the_door() {
    let mut world = World::waiting_room("ann");
    for n in 0..8 {
        world.does(join(&format!("x{n}y"))).unwrap();
    }
    assert_eq!(world.does(join("cat")), Err(ErrorCode::RoomFull));
}

#[test]
fn the_host_ends_it_for_all() {
    let mut world = World::room("ann");
    for name in ["bob1", "cat"] {
        world.does(join(name)).unwrap();
    }
    assert_eq!(world.does(by("cat", Action::End)), Err(ErrorCode::NotHost));
    world.does(by("ann", Action::End)).unwrap();
    for name in ["bob1", "cat"] {
        assert_eq!(ended(&world.read(name)), Some(EndReason::Completed));
    }
    assert_eq!(world.summary.unwrap().by, Some(user("ann")));
}

#[test]
fn in_a_group_nobody_is_host() {
    let mut world = World::group("ann");
    world.does(invite("ann", "bob1")).unwrap();
    world.does(join("bob1")).unwrap();
    for event in [to("ann", Action::Remove, "bob1"), by("ann", Action::End), to("bob1", Action::Mute, "ann")] {
        assert_eq!(world.does(event), Err(ErrorCode::NotHost));
    }
}

const DEVICES: [&str; 5] = ["ann", "bob1", "bob2", "cat", "dan"];
const ACTIONS: [Action; 9] = [
    Action::Mute,
    Action::Remove,
    Action::Lock,
    Action::Unlock,
    Action::Wait,
    Action::DoNotWait,
    Action::Admit,
    Action::TurnAway,
    Action::End,
];

fn anyone() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&DEVICES[..])
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        5 => anyone().prop_map(join),
        2 => anyone().prop_map(leave),
        1 => (anyone(), anyone()).prop_map(|(name, whom)| invite(name, whom)),
        6 => (anyone(), prop::sample::select(&ACTIONS[..8]), prop::option::of(anyone())).prop_map(|(name, action, whom)| {
            Event::Moderate { by: device(name), action, device: whom.map(device) }
        }),
        1 => anyone().prop_map(|name| by(name, Action::End)),
        1 => anyone().prop_map(|name| Event::Lost { device: device(name), how: Loss::Closed }),
        1 => anyone().prop_map(|name| Event::Back { device: device(name) }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whoever is in the room, exactly one person is its host, and everyone in it was told who; a refusal has no effect;
    /// and nobody is left at the door of a room that is over.
    #[test]
    fn there_is_always_one_host(steps in prop::collection::vec((event(), 0..40_u64), 0..60)) {
        let mut world = World::room("ann");
        let mut told: std::collections::BTreeMap<DeviceId, String> = std::collections::BTreeMap::new();
        told.insert(device("ann"), "ann".to_owned());
        for (event, seconds) in steps {
            world.all_read();
            let joining = match &event {
                Event::Join { by } => Some(by.device.clone()),
                _ => None,
            };
            let result = world.does(event);
            prop_assert!(result.is_ok() || world.inbox.is_empty());
            world.wait(Duration::from_secs(seconds));
            if let (Some(device), Some(rules)) = (joining, rules(&world.replies)) {
                told.insert(device, rules.host.to_string());
            }
            for (device, messages) in &world.inbox {
                if let Some(rules) = rules(messages) {
                    told.insert(device.clone(), rules.host.to_string());
                }
            }
            let hosts: Vec<_> = world.seated.iter().filter_map(|device| world.record.snapshot(device)?.rules).collect();
            prop_assert_eq!(hosts.len(), world.seated.len());
            for (device, rules) in world.seated.iter().zip(&hosts) {
                prop_assert_eq!(Some(&rules.host.to_string()), told.get(device));
                prop_assert!(world.doing.contains_key(&rules.host), "the host is in it");
            }
        }
        for name in DEVICES {
            let _ = world.does(leave(name));
        }
        world.wait(Duration::from_secs(200));
        prop_assert!(world.record.ended().is_some() && world.waiting.is_empty());
    }
}
