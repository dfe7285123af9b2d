//! Paths that die in the middle of a call, and what takes their place.

use call::{Face, Tone};
use protocol::CallType;

use crate::world::World;

/// The longest that two are without each other: packets stop, that is noticed after two seconds and a half (the browser,
/// asked once a second, says when the last one came), the polite side waits one more, and a connection is made.
const GAP: u64 = 4_000;

fn connections(world: &World) -> Vec<usize> {
    world.pages.iter().map(|page| page.browser.connections.len()).collect()
}

/// Runs until both are active again, and gives after how many milliseconds.
fn time_to_recover(world: &mut World) -> u64 {
    for tenth in 1..200 {
        world.run(100);
        let flows = |page: &crate::world::Page| page.browser.connections.values().any(|connection| connection.flows);
        let active = |page: usize| world.state(page) == "active" && flows(&world.pages[page]);
        if (0..world.pages.len()).all(active) {
            return tenth * 100;
        }
    }
    panic!("they do not find each other again\n{}", world.story());
}

#[test]
fn a_fresh_connection_takes_the_place_of_a_dead_one() {
    for seed in 0..20 {
        let (mut world, call) = World::in_call(seed, &["ann", "bob"]);
        let before = [0, 1].map(|page| world.call(page).others[0].peer);
        world.kills_paths(0, 1);
        let gap = time_to_recover(&mut world);
        assert!(gap <= GAP, "{gap} ms\n{}", world.story());
        world.run(1_000);
        world.assert_active(&[0, 1], &call);
        assert_eq!(connections(&world), [1, 1], "the dead one is closed");
        assert!([0, 1].iter().all(|page| world.call(*page).others[0].peer != before[*page]));
        world.assert_no_refusals();
        // It lasts, and the next one is dealt with as well.
        world.run(60_000);
        world.assert_active(&[0, 1], &call);
        world.kills_paths(0, 1);
        assert!(time_to_recover(&mut world) <= GAP);
        world.hangs_up((seed % 2) as usize);
        world.run(1_000);
        world.assert_quiet();
    }
}

#[test]
fn packets_that_stop_are_said_to_be_lost_before_the_browser_notices() {
    let (mut world, _) = World::in_call(3, &["ann", "bob"]);
    world.separates(0, 1);
    world.run(900);
    assert_eq!(world.state(0), "active", "a stutter is not talked about");
    world.run(2_300);
    for page in [0, 1] {
        assert!(matches!(world.call(page).face, Face::Reconnecting { .. }), "{}", world.story());
        assert!(world.pages[page].tones.contains(&Tone::Lost));
    }
    world.reunites(0, 1);
    assert!(time_to_recover(&mut world) <= 2_000);
}

#[test]
fn somebody_who_sends_nothing_is_not_taken_for_dead() {
    let (mut world, call) = World::in_call(4, &["ann", "bob"]);
    for page in [0, 1] {
        world.does(page, call::Command::SetMicrophone(false));
    }
    world.run(500);
    // Whether packets come then is the browser's affair: some send silence, some nothing.
    world.pages[0].browser.loss = 1.0;
    world.run(20_000);
    world.assert_active(&[0, 1], &call);
    assert_eq!((world.said(0, "call:offer"), world.said(1, "call:offer")), (0, 0));
}

#[test]
fn a_network_that_is_gone_leaves_one_connection_and_no_flood_of_offers() {
    for seed in 0..10 {
        let (mut world, call) = World::in_call(seed, &["ann", "bob"]);
        world.separates(0, 1);
        world.run(60_000);
        assert!(connections(&world).iter().all(|count| *count <= 2), "at most one beside the other");
        let offers = world.said(0, "call:offer") + world.said(1, "call:offer");
        // Every eight seconds a restart and a fresh one, by one side or the other.
        assert!(offers <= 34, "{offers} offers in a minute");
        world.reunites(0, 1);
        world.run(12_000);
        world.assert_active(&[0, 1], &call);
        world.run(20_000);
        assert_eq!(connections(&world), [1, 1]);
        world.assert_no_refusals();
    }
}

#[test]
fn a_page_that_is_loaded_anew_takes_over_without_a_word() {
    let (mut world, call) = World::in_call(5, &["ann", "bob"]);
    world.reloads(1);
    let mut seen = Vec::new();
    for _ in 0..30 {
        world.run(100);
        seen.push(world.state(0));
    }
    world.assert_active(&[0, 1], &call);
    assert!(seen.iter().all(|state| *state == "active"), "{seen:?}");
    assert_eq!(connections(&world), [1, 1]);
}

#[test]
fn in_a_room_one_path_dies_and_the_others_do_not_notice() {
    let (mut world, call) = World::in_room(6, &["ann", "bob", "cat"]);
    let others = |world: &World, page: usize| -> Vec<_> {
        world.call(page).others.iter().map(|other| (other.device.clone(), other.peer)).collect()
    };
    let before = others(&world, 2);
    world.kills_paths(0, 1);
    world.run(GAP);
    world.assert_active(&[0, 1, 2], &call);
    assert_eq!(others(&world, 2), before, "cat's connections are the same");
    assert_eq!(connections(&world), [2, 2, 2]);
    world.assert_no_refusals();
}

#[test]
fn a_dead_path_is_replaced_while_the_call_is_on_hold_and_stays_silent() {
    let (mut world, call) = World::in_call(7, &["ann", "bob"]);
    world.does(0, call::Command::Hold(true));
    world.run(500);
    world.kills_paths(0, 1);
    world.run(20_000);
    for page in &world.pages {
        assert!(page.browser.connections.values().all(|connection| connection.holds && connection.flows));
    }
    world.does(0, call::Command::Hold(false));
    world.run(1_000);
    world.assert_active(&[0, 1], &call);
    world.assert_no_refusals();
}

#[test]
fn offers_of_a_connection_that_is_gone_begin_nothing() {
    let mut world = World::new(8, &["ann", "bob"]);
    world.twice = true;
    let call = world.dials(0, 1, CallType::Voice);
    world.run(400);
    world.accepts(1);
    world.run(2_000);
    for _ in 0..3 {
        world.kills_paths(0, 1);
        world.run(12_000);
        world.assert_active(&[0, 1], &call);
        assert_eq!(connections(&world), [1, 1], "{}", world.story());
    }
    world.assert_no_refusals();
}

#[test]
fn both_begin_a_fresh_connection_in_the_same_moment() {
    for late in (0..1_500).step_by(20) {
        for slow in [0, 1] {
            let (mut world, call) = World::in_call(late, &["ann", "bob"]);
            // One of the two hears of it later, and waits less than the other because it is the impolite one.
            world.pages[slow].browser.stats_take = late;
            world.kills_paths(0, 1);
            world.run(6_000);
            world.assert_active(&[0, 1], &call);
            assert_eq!(connections(&world), [1, 1], "{late} ms\n{}", world.story());
            world.assert_no_refusals();
        }
    }
}
