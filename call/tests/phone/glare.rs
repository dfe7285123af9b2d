//! Two people dial each other in the same moment.

use protocol::{CallType, EndReason};

use crate::world::World;

/// Both dial within a few milliseconds; in the end there must be one call with the same id on both sides.
fn both_dial(seed: u64, apart: bool) {
    let mut world = World::new(seed, &["ann", "bob"]);
    world.relay.apart = apart;
    world.twice = seed.is_multiple_of(3);
    let first = world.dials(0, 1, CallType::Video);
    let head_start = world.dice.up_to(45);
    world.run(head_start);
    if world.view(1).incoming.is_some() {
        // Too late for a glare: bob sees that ann rings, and calls her anyway.
        world.dials(1, 0, CallType::Video);
        world.run(1_000);
        world.assert_active(&[0, 1], &first);
    } else {
        let second = world.dials(1, 0, CallType::Video);
        world.run(1_000);
        let call = world.call(0).call_id.clone();
        assert!(call == first || call == second);
        if apart {
            assert_eq!(call, first.min(second));
        }
        world.assert_active(&[0, 1], &call);
    }
    assert!(world.call(0).own.camera && world.call(1).own.camera, "both wanted to be seen");
    world.hangs_up(1);
    world.run(300);
    world.assert_quiet();
    for page in 0..2 {
        assert_eq!(world.remembered(page), [EndReason::Completed], "one call is remembered, not two");
    }
}

#[test]
fn one_call_comes_of_it_every_time() {
    for seed in 0..1_000 {
        both_dial(seed, false);
    }
}

#[test]
fn one_call_comes_of_it_with_relays_apart() {
    for seed in 0..1_000 {
        both_dial(seed, true);
    }
}

#[test]
fn dialling_whoever_rings_is_accepting() {
    let mut world = World::new(3, &["ann", "bob"]);
    let call = world.dials(0, 1, CallType::Voice);
    world.run(400);
    world.dials(1, 0, CallType::Video);
    world.run(1_000);
    world.assert_active(&[0, 1], &call);
    assert!(world.call(1).own.camera);
}

#[test]
fn taking_the_ring_back_in_a_glare_leaves_nothing() {
    for seed in 0..150 {
        for apart in [false, true] {
            let mut world = World::new(seed, &["ann", "bob"]);
            world.relay.apart = apart;
            world.dials(0, 1, CallType::Voice);
            world.dials(1, 0, CallType::Voice);
            world.run(seed % 100);
            world.hangs_up((seed % 2) as usize);
            world.run(2_000);
            // The other may be rung now, or be in a call for a moment; they end it.
            for page in 0..2 {
                if world.view(page).incoming.is_some() {
                    world.declines(page);
                }
                world.hangs_up(page);
            }
            world.run(500);
            world.assert_quiet();
        }
    }
}
