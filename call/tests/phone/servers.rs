//! TURN credentials that run out while people talk.

use call::Time;

use crate::world::World;

const HOUR: u64 = 60 * 60 * 1_000;

/// Ann and Bob, with a relay whose credentials are good for so many seconds.
fn in_call(seed: u64, good_for: u32) -> (World, protocol::CallId) {
    let mut world = World::asleep(seed, &["ann", "bob"]);
    world.relay.good_for = Some(good_for);
    world.sign_in(0);
    world.sign_in(1);
    world.run(2_000);
    let call = world.dials(0, 1, protocol::CallType::Voice);
    world.run(500);
    world.accepts(1);
    world.run(2_000);
    world.assert_active(&[0, 1], &call);
    (world, call)
}

/// Whenever a browser looked for candidates: when, and for how much longer its credentials were good then, in seconds.
fn gathered(world: &World, page: usize) -> Vec<(Time, u64)> {
    let left = |(at, until): &(Time, Option<Time>)| (*at, until.expect("it had credentials").since(*at).as_secs());
    world.pages[page].browser.gathered.iter().map(left).collect()
}

#[test]
fn in_a_call_of_four_hours_credentials_never_run_out() {
    let (mut world, call) = in_call(1, 3_600);
    for _ in 0..4 {
        world.run(HOUR);
        world.assert_active(&[0, 1], &call);
    }
    for page in 0..2 {
        // Every 48 minutes.
        assert_eq!(world.said(page, "ice:refresh"), 5, "{}", world.story());
    }
    world.kills_paths(0, 1);
    world.run(6_000);
    world.assert_active(&[0, 1], &call);
    world.assert_no_refusals();
}

#[test]
fn another_path_is_looked_for_with_fresh_credentials() {
    for wait in [10_000, 61_000, HOUR / 2, 3 * HOUR] {
        let (mut world, call) = in_call(wait, 3_600);
        world.run(wait);
        let before = world.now;
        world.kills_paths(0, 1);
        world.run(6_000);
        world.assert_active(&[0, 1], &call);
        let all = gathered(&world, 0).into_iter().chain(gathered(&world, 1));
        // Who is asked by the other side only answers, with what is at hand.
        let sought: Vec<_> = all.filter(|(at, _)| *at >= before).collect();
        assert!(sought.iter().any(|(_, left)| *left >= 3_600 - 61), "{wait}: {sought:?}\n{}", world.story());
        assert!(sought.iter().all(|(_, left)| *left >= 3_600 / 5 - 1), "{sought:?}");
    }
}

#[test]
fn a_relay_that_is_slow_to_name_servers_holds_nobody_up() {
    let (mut world, call) = in_call(2, 3_600);
    world.run(HOUR / 2);
    // What is asked takes longer than anybody waits.
    world.delay = 1_500;
    world.kills_paths(0, 1);
    world.run(14_000);
    world.assert_active(&[0, 1], &call);
    world.assert_no_refusals();
}

#[test]
fn a_relay_that_is_away_when_they_run_out_names_fresh_ones_when_it_is_back() {
    let (mut world, call) = in_call(3, 600);
    world.run(430_000);
    for page in 0..2 {
        world.cuts(page);
    }
    world.relay_down = true;
    world.run(55_000);
    world.relay_down = false;
    world.run(12_000);
    world.assert_active(&[0, 1], &call);
    assert_eq!(world.said(0, "ice:refresh"), 1, "asked once, and as soon as it could be");
    let before = world.now;
    world.kills_paths(0, 1);
    world.run(8_000);
    world.assert_active(&[0, 1], &call);
    let sought = gathered(&world, 0).into_iter().chain(gathered(&world, 1)).filter(|(at, _)| *at >= before);
    assert!(sought.into_iter().all(|(_, left)| left > 0));
}

#[test]
fn who_waits_for_a_call_for_hours_dials_with_good_ones() {
    let mut world = World::asleep(4, &["ann", "bob"]);
    world.relay.good_for = Some(3_600);
    world.sign_in(0);
    world.sign_in(1);
    world.run(5 * HOUR);
    let call = world.dials(0, 1, protocol::CallType::Voice);
    world.run(500);
    world.accepts(1);
    world.run(2_000);
    world.assert_active(&[0, 1], &call);
    for page in 0..2 {
        assert!(gathered(&world, page).iter().all(|(_, left)| *left >= 720));
    }
}

#[test]
fn where_nothing_expires_nobody_asks() {
    let (mut world, _) = World::in_call(5, &["ann", "bob"]);
    world.run(HOUR);
    world.kills_paths(0, 1);
    world.run(8_000);
    assert_eq!(world.said(0, "ice:refresh") + world.said(1, "ice:refresh"), 0);
}
