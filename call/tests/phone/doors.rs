//! A room with a host: muting, removing, locking, and a door at which one knocks.

use call::{Command, Microphone, Tone};
use protocol::{Action, EndReason, ErrorCode, RoomCode};

use crate::world::World;

/// Ann has made a room, and Bob is in it.
fn room(seed: u64, names: &[&str]) -> (World, RoomCode) {
    let mut world = World::new(seed, names);
    world.does(0, Command::CreateRoom { name: None, camera: false });
    world.run(300);
    let code = world.call(0).room.clone().unwrap().code;
    world.joins(1, &code);
    world.run(1_000);
    (world, code)
}

impl World {
    fn moderates(&mut self, page: usize, action: Action, whom: Option<usize>) {
        let device = whom.map(|whom| self.device(whom));
        self.does(page, Command::Moderate { action, device });
    }

    fn host(&self, page: usize) -> String {
        self.call(page).rules.as_ref().expect("a room has a host").host.to_string()
    }

    fn knocks(&self, page: usize) -> usize {
        self.call(page).rules.as_ref().map_or(0, |rules| rules.knocking.len())
    }
}

#[test]
fn everyone_knows_the_host() {
    let (mut world, code) = room(1, &["ann", "bob", "cat"]);
    world.joins(2, &code);
    world.run(1_000);
    for page in 0..3 {
        assert_eq!(world.host(page), "ann");
    }
    world.hangs_up(0);
    world.run(300);
    assert_eq!((world.host(1), world.host(2)), ("bob".to_owned(), "bob".to_owned()));
    world.reloads(1);
    world.run(2_000);
    assert_eq!(world.host(1), "bob", "also after the page was loaded anew");
    world.joins(0, &code);
    world.run(1_000);
    assert!((0..3).all(|page| world.host(page) == "ann"));
}

#[test]
fn who_is_muted_by_the_host_may_speak_again() {
    let (mut world, _) = room(2, &["ann", "bob"]);
    world.moderates(0, Action::Mute, Some(1));
    world.run(300);
    assert_eq!(world.call(1).muted_by.as_ref().map(|by| by.name.as_str()), Some("ann"));
    assert!(!world.call(1).own.microphone && !world.call(0).others[0].media.microphone);
    assert_eq!(world.pages[1].browser.wanted().microphone, Microphone::Muted);
    world.does(1, Command::SetMicrophone(true));
    world.run(300);
    assert!(world.call(1).muted_by.is_none() && world.call(0).others[0].media.microphone);
}

#[test]
fn who_is_removed_is_told_why() {
    let (mut world, code) = room(3, &["ann", "bob"]);
    world.moderates(1, Action::Remove, Some(0));
    world.run(300);
    assert_eq!(world.view(1).notice, Some(ErrorCode::NotHost));
    world.moderates(0, Action::Remove, Some(1));
    world.run(300);
    assert_eq!(world.reason(1), EndReason::Removed);
    assert!(world.call(0).others.is_empty());
    world.joins(1, &code);
    world.run(300);
    assert_eq!((world.state(1), world.view(1).notice), ("idle", Some(ErrorCode::Removed)));
    world.hangs_up(0);
    world.run(300);
    world.assert_quiet();
}

#[test]
fn a_locked_room_says_so() {
    let (mut world, code) = room(4, &["ann", "bob", "cat"]);
    world.moderates(0, Action::Lock, None);
    world.run(300);
    assert!(world.call(1).rules.as_ref().unwrap().locked);
    world.joins(2, &code);
    world.run(300);
    assert_eq!((world.state(2), world.view(2).notice), ("idle", Some(ErrorCode::RoomLocked)));
}

#[test]
fn who_knocks_is_heard_and_let_in() {
    let (mut world, code) = room(5, &["ann", "bob", "cat"]);
    world.moderates(0, Action::Wait, None);
    world.run(300);
    world.joins(2, &code);
    world.run(300);
    assert!(world.call(2).knocks && world.state(2) == "ringing");
    assert_eq!((world.knocks(0), world.knocks(1)), (1, 0));
    assert_eq!(world.pages[0].tones.last(), Some(&Tone::Knock));
    assert_ne!(world.pages[1].tones.last(), Some(&Tone::Knock));
    world.run(60_000);
    assert!(world.call(2).knocks, "one may wait for long");
    world.moderates(0, Action::Admit, Some(2));
    world.run(1_500);
    assert!(!world.call(2).knocks);
    let call = world.call(0).call_id.clone();
    world.assert_active(&[0, 1, 2], &call);
    assert_eq!((world.call(2).others.len(), world.knocks(0)), (2, 0));
}

#[test]
fn who_is_turned_away_hears_it() {
    let (mut world, code) = room(6, &["ann", "bob", "cat"]);
    world.moderates(0, Action::Wait, None);
    world.run(300);
    world.joins(2, &code);
    world.run(300);
    world.moderates(0, Action::TurnAway, Some(2));
    world.run(300);
    assert_eq!((world.state(2), world.view(2).notice), ("idle", Some(ErrorCode::Removed)));
    world.hangs_up(0);
    world.hangs_up(1);
    world.run(300);
    world.assert_quiet();
}

#[test]
fn going_away_from_the_door_at_any_moment_leaves_nothing() {
    for after in 0..100 {
        let (mut world, code) = room(after, &["ann", "bob", "cat"]);
        world.moderates(0, Action::Wait, None);
        world.run(300);
        world.joins(2, &code);
        world.run(after);
        world.hangs_up(2);
        world.run(500);
        assert_eq!(world.knocks(0), 0, "{after}\n{}", world.story());
        world.hangs_up(0);
        world.hangs_up(1);
        world.run(300);
        world.assert_quiet();
    }
}

#[test]
fn a_cut_socket_at_the_door_changes_nothing() {
    for after in 0..40 {
        let (mut world, code) = room(after, &["ann", "bob", "cat"]);
        world.moderates(0, Action::Wait, None);
        world.run(300);
        world.joins(2, &code);
        world.run(after * 10);
        world.cuts(2);
        world.run(5_000);
        assert_eq!(world.knocks(0), 1, "{after}\n{}", world.story());
        world.moderates(0, Action::Admit, Some(2));
        world.run(2_000);
        assert_eq!(world.call(2).others.len(), 2, "{after}\n{}", world.story());
    }
}

#[test]
fn the_host_ends_it_for_all() {
    let (mut world, _) = room(7, &["ann", "bob"]);
    world.moderates(0, Action::End, None);
    world.run(300);
    assert_eq!((world.reason(0), world.reason(1)), (EndReason::Completed, EndReason::Completed));
    world.assert_quiet();
}
