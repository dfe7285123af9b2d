//! Calls with a link instead of a ring.

use call::{Command, Direction, Tone};
use protocol::{EndReason, ErrorCode, RoomCode};

use crate::world::World;

fn room_of(world: &mut World, creator: usize) -> RoomCode {
    world.does(creator, Command::CreateRoom { name: Some("Tea".into()), camera: true });
    assert_eq!(world.state(creator), "ringing", "the room is being entered");
    world.run(300);
    assert_eq!(world.state(creator), "active");
    let room = world.call(creator).room.clone().unwrap();
    assert_eq!(room.name.as_deref(), Some("Tea"));
    room.code
}

/// Everybody sees and is connected to everybody else.
fn assert_all_meet(world: &World, pages: &[usize]) {
    let call = world.call(pages[0]).call_id.clone();
    world.assert_active(pages, &call);
    for &page in pages {
        assert_eq!(world.call(page).others.len(), pages.len() - 1, "{}", world.story());
        assert_eq!(world.pages[page].browser.connections.len(), pages.len() - 1);
        assert_eq!(world.call(page).direction, Direction::Room);
    }
    world.assert_no_refusals();
}

#[test]
fn four_people_come_and_go() {
    let mut world = World::new(1, &["ann", "bob", "cat", "dan", "eve"]);
    let room = room_of(&mut world, 0);
    for page in 1..4 {
        world.joins(page, &room);
        world.run(1_000);
        assert_all_meet(&world, &(0..=page).collect::<Vec<_>>());
    }
    assert_eq!(world.pages[0].tones, [Tone::Connected, Tone::Joined, Tone::Joined, Tone::Joined]);
    world.joins(4, &room);
    world.run(300);
    assert_eq!((world.state(4), world.view(4).notice), ("idle", Some(ErrorCode::RoomFull)));

    world.hangs_up(1);
    assert_eq!(world.reason(1), EndReason::Completed);
    world.run(300);
    assert_all_meet(&world, &[0, 2, 3]);
    assert_eq!(world.pages[0].tones.last(), Some(&Tone::Left));
    world.joins(4, &room);
    world.run(1_000);
    assert_all_meet(&world, &[0, 2, 3, 4]);
    for page in [0, 2, 3, 4] {
        world.hangs_up(page);
    }
    world.run(300);
    world.assert_quiet();
}

#[test]
fn all_at_once() {
    for seed in 0..60 {
        let mut world = World::new(seed, &["ann", "bob", "cat", "dan"]);
        let room = room_of(&mut world, 0);
        world.delay = 40;
        for page in 1..4 {
            world.joins(page, &room);
            let pause = world.dice.up_to(30);
            world.run(pause);
        }
        world.run(2_000);
        assert_all_meet(&world, &[0, 1, 2, 3]);
    }
}

#[test]
fn leaving_while_entering_leaves_nothing() {
    for after in 0..120 {
        let mut world = World::new(after, &["ann", "bob"]);
        let room = room_of(&mut world, 0);
        world.joins(1, &room);
        world.run(after);
        world.hangs_up(1);
        world.run(500);
        assert!(world.call(0).others.is_empty(), "{after}\n{}", world.story());
        world.hangs_up(0);
        world.run(300);
        world.assert_quiet();
    }
}

#[test]
fn leaving_and_entering_again_at_once() {
    for after in 0..120 {
        let mut world = World::new(after, &["ann", "bob"]);
        let room = room_of(&mut world, 0);
        world.joins(1, &room);
        world.run(after);
        world.hangs_up(1);
        world.joins(1, &room);
        world.run(2_000);
        assert_all_meet(&world, &[0, 1]);
    }
}

#[test]
fn dialling_before_the_room_was_left_on_paper() {
    for after in 0..60 {
        let mut world = World::new(after, &["ann", "bob", "cat"]);
        let room = room_of(&mut world, 0);
        world.joins(1, &room);
        world.run(after);
        world.hangs_up(1);
        let call = world.dials(1, 2, protocol::CallType::Voice);
        world.run(600);
        world.accepts(2);
        world.run(1_000);
        world.assert_active(&[1, 2], &call);
        assert!(world.call(0).others.is_empty(), "{}", world.story());
        world.assert_no_refusals();
    }
}

#[test]
fn from_one_room_to_the_next_at_once() {
    for after in 0..60 {
        let mut world = World::new(after, &["ann", "bob", "cat"]);
        let rooms = [room_of(&mut world, 0), room_of(&mut world, 1)];
        world.joins(2, &rooms[0]);
        world.run(after);
        world.joins(2, &rooms[1]);
        world.run(1_500);
        assert_all_meet(&world, &[1, 2]);
        assert!(world.call(0).others.is_empty());
    }
}

#[test]
fn a_room_that_is_not_there() {
    let mut world = World::new(2, &["ann"]);
    world.joins(0, &"aaaa-aaaa-aaaa".parse().unwrap());
    world.run(300);
    assert_eq!((world.state(0), world.view(0).notice), ("idle", Some(ErrorCode::NotFound)));
    assert!(world.view(0).recent.is_empty(), "it was never entered");
    world.assert_quiet();
}

#[test]
fn a_link_opened_before_the_relay_is_there() {
    let mut world = World::new(3, &["ann", "bob"]);
    let room = room_of(&mut world, 0);
    world.reloads(1);
    world.joins(1, &room);
    assert_eq!(world.state(1), "ringing");
    world.run(2_000);
    assert_all_meet(&world, &[0, 1]);
}

#[test]
fn a_room_left_before_the_relay_was_asked_is_never_entered() {
    let mut world = World::new(6, &["ann", "bob"]);
    let room = room_of(&mut world, 0);
    world.cuts(1);
    world.run(1);
    world.joins(1, &room);
    world.hangs_up(1);
    world.run(2_000);
    assert_eq!((world.said(1, "call:join"), world.state(1)), (0, "ended"));
    assert!(world.call(0).others.is_empty());
}

#[test]
fn a_cut_socket_changes_nothing() {
    for seed in 0..60 {
        let mut world = World::new(seed, &["ann", "bob", "cat"]);
        let room = room_of(&mut world, 0);
        world.joins(1, &room);
        world.joins(2, &room);
        world.run(seed * 4);
        world.cuts((seed % 3) as usize);
        world.run(4_000);
        assert_all_meet(&world, &[0, 1, 2]);
    }
}

#[test]
fn a_reloaded_page_takes_its_seat_again() {
    for seed in 0..20 {
        let mut world = World::new(seed, &["ann", "bob", "cat"]);
        let room = room_of(&mut world, 0);
        world.joins(1, &room);
        world.joins(2, &room);
        world.run(2_000);
        world.reloads((seed % 3) as usize);
        world.run(3_000);
        assert_all_meet(&world, &[0, 1, 2]);
    }
}

#[test]
fn a_relay_that_forgot_the_room_does_not_end_it() {
    let mut world = World::new(4, &["ann", "bob", "cat"]);
    let room = room_of(&mut world, 0);
    world.joins(1, &room);
    world.joins(2, &room);
    world.run(2_000);
    world.relay_dies();
    world.run(500);
    world.relay_down = false;
    world.run(20_000);
    assert_all_meet(&world, &[0, 1, 2]);
    for page in 0..3 {
        world.hangs_up(page);
    }
    world.run(300);
    world.assert_quiet();
}

#[test]
fn a_relay_that_was_restarted_is_entered_again_without_a_gap() {
    for seed in 0..20 {
        let mut world = World::new(seed, &["ann", "bob", "cat"]);
        world.relay.writes_rooms_down = true;
        let room = room_of(&mut world, 0);
        world.joins(1, &room);
        world.joins(2, &room);
        world.run(2_000);
        let before: Vec<_> = (0..3).map(|page| world.call(page).others.clone()).collect();
        world.relay_dies();
        world.run(500);
        world.relay_down = false;
        world.run(20_000);
        assert_all_meet(&world, &[0, 1, 2]);
        for (page, before) in before.iter().enumerate() {
            let peers = |others: &[call::OtherView]| others.iter().map(|other| other.peer).collect::<Vec<_>>();
            assert_eq!(peers(&world.call(page).others), peers(before), "nobody is connected anew");
        }
        world.hangs_up(1);
        world.run(500);
        assert_all_meet(&world, &[0, 2]);
        world.hangs_up(0);
        world.hangs_up(2);
        world.run(300);
        world.assert_quiet();
    }
}

#[test]
fn a_ring_during_a_room_is_accepted_and_the_room_left() {
    let mut world = World::new(5, &["ann", "bob", "cat"]);
    let room = room_of(&mut world, 0);
    world.joins(1, &room);
    world.run(2_000);
    world.relay.apart = true;
    let call = world.dials(2, 0, protocol::CallType::Voice);
    world.run(500);
    assert_eq!(world.pages[0].tones.last(), Some(&Tone::Waiting));
    world.accepts(0);
    world.run(2_000);
    world.assert_active(&[0, 2], &call);
    assert!(world.call(1).others.is_empty());
}
