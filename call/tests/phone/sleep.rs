//! Machines that sleep in the middle of a call.

use call::Face;
use protocol::EndReason;

use crate::world::World;

/// Ann and Bob in a call in which one of them sleeps for so many seconds, and wakes.
fn one_sleeps(page: usize, seconds: u64) -> (World, protocol::CallId) {
    let (mut world, call) = World::in_call(seconds, &["ann", "bob"]);
    world.run(seconds * 7 % 5_000);
    world.sleeps(page);
    world.run(seconds * 1_000);
    world.wakes(page);
    (world, call)
}

#[test]
fn within_two_seconds_of_waking_the_call_is_back() {
    for seconds in [4, 8, 12, 45, 119] {
        for page in 0..2 {
            let (mut world, call) = one_sleeps(page, seconds);
            world.run(2_000);
            world.assert_active(&[0, 1], &call);
            // It lasts: whatever was under way is settled.
            world.run(30_000);
            world.assert_active(&[0, 1], &call);
            assert!(world.pages.iter().all(|page| page.browser.connections.len() == 1), "{}", world.story());
            world.assert_no_refusals();
            world.hangs_up(1 - page);
            world.run(1_000);
            world.assert_quiet();
        }
    }
}

#[test]
fn who_stands_still_for_two_seconds_is_not_taken_for_lost() {
    for (phase, frozen) in (0..40).flat_map(|phase| [(phase, false), (phase, true)]) {
        let (mut world, call) = World::in_call(phase, &["ann", "bob"]);
        world.run(2_000 + phase * 25);
        if frozen {
            world.freezes(1);
        } else {
            world.stalls(1);
        }
        for tenth in 0..50 {
            if tenth == 20 {
                world.wakes(1);
            }
            world.run(100);
            assert_eq!((world.state(0), world.state(1)), ("active", "active"), "{phase}\n{}", world.story());
        }
        world.assert_active(&[0, 1], &call);
        let offers = world.said(0, "call:offer") + world.said(1, "call:offer");
        assert_eq!(offers, 0, "nobody looks for another path");
        world.assert_no_refusals();
    }
}

#[test]
fn who_sleeps_for_longer_finds_that_the_call_was_ended_meanwhile() {
    for seconds in [121, 130, 1_800] {
        for page in 0..2 {
            let (mut world, _) = one_sleeps(page, seconds);
            world.run(2_000);
            for page in [0, 1] {
                assert_eq!(world.reason(page), EndReason::Failed, "{seconds} s\n{}", world.story());
            }
            assert!(world.call(page).away, "{}", world.story());
            assert!(!world.call(1 - page).away, "the other one was there");
            let Face::Ended { lasted, .. } = world.call(page).face else { panic!("it is over") };
            assert!(lasted.as_secs() < 20, "sleep is no talk: {lasted:?}");
            world.run(10_000);
            assert_eq!(world.remembered(page).len(), 1);
            world.assert_quiet();
        }
    }
}

#[test]
fn nobody_is_given_up_before_two_minutes_because_a_browser_says_failed() {
    for seconds in [16, 60, 118] {
        let (mut world, call) = World::in_call(seconds, &["ann", "bob"]);
        world.sleeps(1);
        world.run(seconds * 1_000);
        assert_eq!(world.state(0), "reconnecting", "{}", world.story());
        world.wakes(1);
        world.run(2_000);
        world.assert_active(&[0, 1], &call);
    }
}

#[test]
fn both_sleep_as_laptops_do_at_night() {
    let (mut world, call) = World::in_call(3, &["ann", "bob"]);
    world.sleeps(0);
    world.run(2_000);
    world.sleeps(1);
    world.run(60_000);
    world.wakes(1);
    world.run(20_000);
    world.wakes(0);
    world.run(4_000);
    world.assert_active(&[0, 1], &call);
    world.assert_no_refusals();
}

#[test]
fn in_a_room_who_sleeps_for_long_is_out_and_the_others_go_on() {
    let (mut world, call) = World::in_room(6, &["ann", "bob", "cat"]);
    world.sleeps(2);
    world.run(1_800_000);
    world.assert_active(&[0, 1], &call);
    world.wakes(2);
    world.run(2_000);
    assert_eq!(world.state(2), "ended");
    assert!(world.call(2).away);
    world.assert_active(&[0, 1], &call);
    assert_eq!(world.call(0).others.len(), 1, "nobody who does not know it is heard again");
}

#[test]
fn a_page_that_is_called_late_outside_of_calls_goes_on_as_it_was() {
    let mut world = World::new(7, &["ann", "bob"]);
    world.sleeps(1);
    world.run(8_000);
    world.wakes(1);
    world.run(3_000);
    assert!(world.pages[1].did.iter().filter(|did| *did == "hello").count() == 1, "{}", world.story());
    let call = world.dials(0, 1, protocol::CallType::Voice);
    world.run(1_000);
    world.accepts(1);
    world.run(1_000);
    world.assert_active(&[0, 1], &call);
}
