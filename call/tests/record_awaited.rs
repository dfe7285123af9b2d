//! Somebody who is rung and at no device: they are told of it elsewhere, and come or say no.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod record_world;

use std::time::Duration;

use call::record::{Called, CameTo, Event, PartStatus, Terms};
use protocol::{CallStatus, EndReason, ErrorCode, InvitationStatus, RelayMessage};
use record_world::{World, device, participant, user};

fn refuse(name: &str) -> Event {
    Event::Refuse { user: user(name) }
}

fn appears(name: &str) -> Event {
    Event::Appeared { user: user(name), device: device(name), forgot: true }
}

fn ended(messages: &[RelayMessage]) -> Option<EndReason> {
    messages.iter().find_map(|message| match message {
        RelayMessage::Ended(ended) => Some(ended.reason),
        _ => None,
    })
}

/// Ann has her own room and rings Bob into it, who is at no device.
fn awaited_into_a_group() -> World {
    let mut world = World::group("ann");
    let bob = Called {
        user: user("bob"),
        person: Some(participant("bob").user),
        devices: Vec::new(),
        silent: false,
        undisturbed: false,
        awaited: true,
    };
    let code = "abcd-efgh-jkmn".parse().unwrap();
    world.does(Event::Invite { by: device("ann"), called: vec![bob], code }).unwrap();
    world
}

#[test]
fn it_rings_until_a_device_is_there() {
    let mut world = World::await_bob();
    assert!(world.ringing.contains(&user("bob")) && world.summary.is_none());
    assert_eq!(world.doing[&user("ann")], CallStatus::Ringing);
    world.wait(Duration::from_secs(20));
    world.does(appears("bob1")).unwrap();
    assert_eq!(world.kinds("bob1"), ["call:incoming"]);
    world.accept("bob1").unwrap();
    assert_eq!(world.came_to[&user("bob")], CameTo::Answered);
    assert_eq!(world.kinds("ann"), ["call:accepted"]);
}

#[test]
fn nobody_comes_and_it_is_missed() {
    let mut world = World::await_bob();
    world.wait(Terms::default().ring);
    assert_eq!(world.came_to[&user("bob")], CameTo::Missed);
    assert_eq!(world.summary.unwrap().parts[1].status, PartStatus::Missed);
}

#[test]
fn it_is_declined_without_a_device() {
    let mut world = World::await_bob();
    assert_eq!(world.does(refuse("eve")), Err(ErrorCode::NoCall));
    world.does(refuse("bob")).unwrap();
    assert_eq!(world.came_to[&user("bob")], CameTo::Declined);
    assert_eq!(ended(&world.inbox[&device("ann")]), Some(EndReason::Declined));
    assert_eq!(world.does(refuse("bob")), Err(ErrorCode::NoCall), "there is nothing to decline any more");
}

#[test]
fn declined_beside_them_all_devices_hear_of_it() {
    let mut world = World::ring(&["bob1", "bob2"]);
    world.does(refuse("bob")).unwrap();
    for name in ["bob1", "bob2"] {
        assert_eq!(ended(&world.inbox[&device(name)]), Some(EndReason::DeclinedElsewhere), "{name}");
    }
}

#[test]
fn who_is_busy_was_never_rung() {
    let world = World::ring(&[]);
    assert!(world.ringing.is_empty() && world.came_to.is_empty());
    assert_eq!(world.summary.unwrap().reason, EndReason::Busy);
}

#[test]
fn a_guest_is_awaited_as_well() {
    let mut world = awaited_into_a_group();
    assert!(world.ringing.contains(&user("bob")));
    world.does(appears("bob1")).unwrap();
    assert_eq!(world.kinds("bob1"), ["call:invited"]);
    world.does(Event::Join { by: participant("bob1") }).unwrap();
    assert_eq!(world.came_to[&user("bob")], CameTo::Answered);

    let mut world = awaited_into_a_group();
    world.does(refuse("bob")).unwrap();
    assert_eq!(world.came_to[&user("bob")], CameTo::Declined);
    let told = world.inbox[&device("ann")].iter().rev().find_map(|message| match message {
        RelayMessage::Invitations(told) => Some(told.people[0].status),
        _ => None,
    });
    assert_eq!(told, Some(InvitationStatus::Declined));
    assert_eq!(world.summary.unwrap().reason, EndReason::Declined);

    let mut world = awaited_into_a_group();
    world.wait(Terms::default().ring);
    assert_eq!(world.came_to[&user("bob")], CameTo::Missed);
}
