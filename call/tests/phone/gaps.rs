//! Gaps in what arrives, and the whole pictures that are wanted after them.

use call::{Input, PeerEvent};
use proptest::prelude::*;

use crate::world::World;

/// The longest that a picture stands still after a gap: a reading every quarter of a second, the word to the other side,
/// and the frame.
const STANDS: u64 = 400;

fn stand(world: &World) -> bool {
    world.pages.iter().any(|page| page.browser.connections.values().any(|connection| connection.stands))
}

/// How long pictures stand still after what was lost flows again, in milliseconds.
fn stands_for(world: &mut World) -> u64 {
    for twentieth in 0..200 {
        if !stand(world) {
            return twentieth * 50;
        }
        world.run(50);
    }
    panic!("the picture never moves again\n{}", world.story());
}

fn asked(world: &World) -> usize {
    world.pages.iter().map(|page| page.did.iter().filter(|did| *did == "AskForKeyFrame").count()).sum()
}

#[test]
fn after_a_gap_the_picture_moves_at_once_although_the_relay_is_away() {
    for gap in [1_000, 2_000, 4_000, 8_000, 20_000] {
        let (mut world, call) = World::in_call(gap, &["ann", "bob"]);
        world.relay_dies();
        world.run(500);
        world.separates(0, 1);
        world.run(gap);
        assert!(stand(&world));
        world.reunites(0, 1);
        let stood = stands_for(&mut world);
        assert!(stood <= STANDS, "{stood} ms after {gap} ms\n{}", world.story());
        world.run(1_000);
        world.assert_active(&[0, 1], &call);
        world.assert_no_refusals();
    }
}

#[test]
fn a_picture_that_stands_for_another_reason_is_asked_for_as_well() {
    let (mut world, _) = World::in_call(1, &["ann", "bob"]);
    world.run(1_000);
    world.pages[0].browser.connections.values_mut().for_each(|connection| connection.stands = true);
    assert!(stands_for(&mut world) <= 2_000 + STANDS);
    assert_eq!(asked(&world), 1);
}

#[test]
fn without_a_picture_nobody_asks_for_one() {
    let (mut world, call) = World::in_call(2, &["ann", "bob"]);
    world.run(60_000);
    world.assert_active(&[0, 1], &call);
    assert_eq!(asked(&world), 0, "one that moves");
    let (mut world, _) = World::in_call(2, &["ann", "bob"]);
    world.pages.iter_mut().for_each(|page| page.browser.loss = 1.0);
    world.run(60_000);
    assert_eq!(asked(&world), 0, "one of which nothing comes");
}

#[test]
fn where_no_key_frame_helps_they_are_asked_for_less_and_less() {
    let (mut world, _) = World::in_call(3, &["ann", "bob"]);
    for _ in 0..600 {
        world.pages[0].browser.connections.values_mut().for_each(|connection| connection.stands = true);
        world.run(100);
    }
    let asked = asked(&world);
    assert!((5..=12).contains(&asked), "{asked} in a minute\n{}", world.story());
}

#[test]
fn on_hold_nobody_asks_and_nobody_sends() {
    let (mut world, _) = World::in_call(4, &["ann", "bob"]);
    world.does(0, call::Command::Hold(true));
    world.run(500);
    let key = world.call(0).others[0].peer;
    world.handle(0, Input::Peer(key, PeerEvent::KeyFrameWanted));
    assert!(!world.pages[0].did.iter().any(|did| did == "SendKeyFrame"));
}

proptest! {
    /// However often the other side asks, and whatever it is that arrives.
    #[test]
    fn one_key_frame_a_second_is_sent_at_most(pauses in proptest::collection::vec(0..400_u64, 1..100)) {
        let (mut world, _) = World::in_call(5, &["ann", "bob"]);
        let key = world.call(0).others[0].peer;
        let before = world.now;
        for pause in pauses {
            world.handle(0, Input::Peer(key, PeerEvent::KeyFrameWanted));
            world.run(pause);
        }
        let sent = world.pages[0].did.iter().filter(|did| *did == "SendKeyFrame").count() as u64;
        let passed = world.now.since(before).as_millis() as u64;
        prop_assert!((1..=1 + passed / 1_000).contains(&sent), "{} in {} ms", sent, passed);
    }
}
