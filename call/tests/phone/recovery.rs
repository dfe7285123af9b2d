//! Networks, relays and pages that go away and come back.

use call::{Face, LinkView, Tone};
use protocol::{CallType, EndReason, ErrorCode};

use crate::world::World;

/// Ann calls Bob and Bob accepts, with `mishap` at a moment of `at` milliseconds.
fn call_with_mishap(seed: u64, at: u64, mishap: impl Fn(&mut World)) -> World {
    let mut world = World::new(seed, &["ann", "bob"]);
    world.delay = 30;
    let accept_at = 400;
    let call = world.dials(0, 1, CallType::Voice);
    let before = at.min(accept_at);
    world.run(before);
    if at < accept_at {
        mishap(&mut world);
        world.run(accept_at - before);
    }
    for _ in 0..40 {
        if world.view(1).incoming.is_some() {
            break;
        }
        world.run(100);
    }
    world.accepts(1);
    if at >= accept_at {
        world.run(at - accept_at);
        mishap(&mut world);
    }
    world.run(6_000);
    world.assert_active(&[0, 1], &call);
    world.assert_no_refusals();
    world
}

#[test]
fn a_socket_cut_at_any_moment_is_resumed_and_nothing_is_lost_or_doubled() {
    for at in (0..700).step_by(6) {
        for page in 0..2 {
            let mut world = call_with_mishap(at * 3 + page as u64, at, |world| world.cuts(page));
            assert_eq!(world.view(page).link, LinkView::Online);
            world.hangs_up(page);
            world.run(3_000);
            world.assert_quiet();
        }
    }
}

#[test]
fn a_relay_killed_at_any_moment_rings_again_or_stays_out_of_the_way() {
    for at in (0..900).step_by(13) {
        let mut world = World::new(at, &["ann", "bob"]);
        let call = world.dials(0, 1, CallType::Voice);
        let accepts_at = 450;
        let mut accepted = false;
        world.run(at.min(accepts_at));
        if at >= accepts_at {
            world.accepts(1);
            accepted = true;
            world.run(at - accepts_at);
        }
        world.relay_dies();
        world.run(200);
        world.relay_down = false;
        world.run(4_000);
        if !accepted {
            assert!(world.view(1).incoming.is_some(), "{at}\n{}", world.story());
            world.accepts(1);
            world.run(3_000);
        }
        if world.state(0) == "ended" {
            // Killed between the acceptance and the answer's arrival: it ends, and on both sides.
            world.run(40_000);
            assert_eq!(world.state(1), "ended", "{at}\n{}", world.story());
        } else {
            world.run(40_000);
            world.assert_active(&[0, 1], &call);
            world.hangs_up(0);
            // The relay may not know the call any more; then Bob's browser notices.
            world.run(40_000);
            assert_eq!(world.state(1), "ended", "{at}\n{}", world.story());
        }
        world.assert_quiet();
    }
}

#[test]
fn a_half_open_socket_is_noticed_at_once_when_the_network_changes() {
    let (mut world, call) = World::in_call(1, &["ann", "bob"]);
    world.unplugs(0);
    world.run(1_000);
    world.reunites(0, 1);
    let unplugged = world.now;
    world.handle(0, call::Input::Link(call::LinkEvent::NetworkChanged));
    world.run(2_500);
    let LinkView::Lost { since, .. } = world.view(0).link else { panic!("{}", world.story()) };
    assert_eq!(since.since(unplugged).as_millis(), 2_000);
    world.run(500);
    world.plugs_in(0);
    world.run(100);
    assert_eq!(world.view(0).link, LinkView::Online);
    world.assert_active(&[0, 1], &call);
}

#[test]
fn a_network_that_is_gone_for_a_while_brings_the_call_back() {
    for outage in [3, 8, 12, 20, 60, 100] {
        for page in 0..2 {
            let (mut world, call) = World::in_call(outage, &["ann", "bob"]);
            world.unplugs(page);
            world.run(outage * 1_000);
            if outage > 5 {
                assert_eq!(world.state(0), "reconnecting", "{outage}\n{}", world.story());
                assert_eq!(world.state(1), "reconnecting", "{outage}");
                assert!(world.pages[0].tones.contains(&Tone::Lost));
            }
            world.plugs_in(page);
            // A network event of the far page would be quicker; without one the polite side waits its three seconds.
            world.run(4_000);
            world.assert_active(&[0, 1], &call);
            world.assert_no_refusals();
            world.hangs_up(1 - page);
            world.run(1_000);
            world.assert_quiet();
        }
    }
}

#[test]
fn a_network_that_is_gone_for_too_long_ends_the_call() {
    let (mut world, _) = World::in_call(4, &["ann", "bob"]);
    world.unplugs(1);
    world.run(180_000);
    assert_eq!(world.reason(0), EndReason::Failed);
    assert_eq!(world.reason(1), EndReason::Failed);
    world.plugs_in(1);
    world.run(5_000);
    world.assert_quiet();
}

#[test]
fn a_path_that_dies_alone_is_restarted_by_one_side() {
    for seed in 0..20 {
        let (mut world, call) = World::in_call(seed, &["ann", "bob"]);
        world.separates(0, 1);
        world.run(6_000);
        assert!(matches!(world.call(0).face, Face::Reconnecting { .. }));
        world.reunites(0, 1);
        world.run(1_500);
        world.assert_active(&[0, 1], &call);
        world.separates(0, 1);
        world.run(30_000);
        world.reunites(0, 1);
        world.run(9_000);
        world.assert_active(&[0, 1], &call);
        world.assert_no_refusals();
        let offers = (world.said(0, "call:offer"), world.said(1, "call:offer"));
        assert!(offers.0 == 0 || offers.1 == 0, "both sides restarted: {offers:?}");
    }
}

#[test]
fn a_relay_that_is_away_for_a_while_has_its_calls_back_within_two_seconds() {
    for away in [1, 8, 30, 55] {
        for seed in 0..20 {
            let (mut world, call) = World::in_call(seed, &["ann", "bob"]);
            for page in 0..2 {
                world.cuts(page);
            }
            world.relay_down = true;
            world.run(away * 1_000);
            world.assert_active(&[0, 1], &call);
            assert!((0..2).all(|page| matches!(world.view(page).link, LinkView::Lost { .. })));
            world.relay_down = false;
            world.run(2_100);
            assert!((0..2).all(|page| world.view(page).link == LinkView::Online), "{away} s\n{}", world.story());
            assert_eq!(world.said(0, "hello"), 1, "the session goes on");
            world.assert_active(&[0, 1], &call);
        }
    }
}

#[test]
fn a_network_that_is_back_has_the_call_back_within_a_second() {
    for outage in [3, 8, 20, 60, 119] {
        for page in 0..2 {
            let (mut world, call) = World::in_call(outage, &["ann", "bob"]);
            world.unplugs(page);
            world.run(outage * 1_000);
            world.plugs_in(page);
            world.run(1_000);
            world.assert_active(&[0, 1], &call);
        }
    }
}

#[test]
fn a_caller_who_disappears_leaves_no_ghost_ringing() {
    let mut world = World::new(5, &["ann", "bob"]);
    world.dials(0, 1, CallType::Voice);
    world.run(400);
    world.cuts(0);
    world.relay_down = true;
    world.run(5_500);
    assert_eq!(world.reason(1), EndReason::Cancelled);
    world.relay_down = false;
    world.run(70_000);
    world.assert_quiet();
}

#[test]
fn a_caller_who_disappears_together_with_the_relay_leaves_no_ghost_ringing() {
    let mut world = World::new(11, &["ann", "bob"]);
    world.dials(0, 1, CallType::Voice);
    world.run(400);
    world.unplugs(0);
    world.relay_dies();
    world.run(300);
    world.relay_down = false;
    world.run(6_000);
    assert_eq!(world.reason(1), EndReason::Missed);
}

#[test]
fn a_call_left_while_the_session_was_lost_does_not_come_back() {
    let (mut world, _) = World::in_call(12, &["ann", "bob"]);
    world.unplugs(0);
    world.run(100);
    world.hangs_up(0);
    world.run(20_000);
    world.relay.loses_sessions();
    world.plugs_in(0);
    world.run(2_000);
    assert_eq!((world.state(0), world.state(1)), ("ended", "ended"));
    world.assert_quiet();
}

#[test]
fn a_second_page_with_the_same_device_takes_the_call() {
    let mut world = World::asleep(13, &["ann", "bob", "ann"]);
    world.sign_in(0);
    world.sign_in(1);
    world.run(1_000);
    let call = world.dials(0, 1, CallType::Voice);
    world.run(500);
    world.accepts(1);
    world.run(1_000);
    world.copies_device(0, 2);
    world.sign_in(2);
    world.run(4_000);
    assert_eq!(world.reason(0), EndReason::AnsweredElsewhere);
    world.assert_active(&[1, 2], &call);
    world.hangs_up(2);
    world.run(500);
    world.assert_quiet();
}

#[test]
fn a_reloaded_page_takes_its_seat_again() {
    for seed in 0..30 {
        let page = (seed % 2) as usize;
        let (mut world, call) = World::in_call(seed, &["ann", "bob"]);
        world.reloads(page);
        world.run(3_000);
        world.assert_active(&[0, 1], &call);
        world.assert_no_refusals();
        world.hangs_up(page);
        world.run(1_000);
        world.assert_quiet();
    }
}

#[test]
fn a_caller_who_reloads_takes_the_ring_back() {
    let mut world = World::new(6, &["ann", "bob"]);
    world.dials(0, 1, CallType::Voice);
    world.run(400);
    world.reloads(0);
    world.run(1_000);
    assert_eq!(world.state(0), "idle");
    assert_eq!(world.reason(1), EndReason::Cancelled);
    world.assert_quiet();
}

#[test]
fn a_callee_who_reloads_is_rung_again() {
    let mut world = World::new(7, &["ann", "bob"]);
    let call = world.dials(0, 1, CallType::Voice);
    world.run(400);
    world.reloads(1);
    world.run(1_000);
    world.accepts(1);
    world.run(1_000);
    world.assert_active(&[0, 1], &call);
}

#[test]
fn what_is_done_while_the_relay_is_away_happens_when_it_is_back() {
    let mut world = World::new(8, &["ann", "bob"]);
    world.cuts(0);
    world.run(1);
    let call = world.dials(0, 1, CallType::Voice);
    world.run(2_000);
    world.accepts(1);
    world.run(1_000);
    world.assert_active(&[0, 1], &call);
    world.cuts(1);
    world.run(1);
    world.hangs_up(1);
    assert_eq!(world.state(1), "ended");
    world.run(2_000);
    assert_eq!(world.reason(0), EndReason::Completed);
    world.assert_quiet();
}

#[test]
fn a_ring_taken_back_before_it_left_is_never_heard() {
    let mut world = World::new(9, &["ann", "bob"]);
    world.relay_dies();
    world.run(10);
    world.dials(0, 1, CallType::Voice);
    world.run(500);
    world.hangs_up(0);
    world.relay_down = false;
    world.run(15_000);
    assert_eq!((world.state(0), world.state(1)), ("ended", "idle"));
    assert_eq!(world.said(0, "call:initiate") + world.said(0, "call:hangup"), 0);
    world.assert_quiet();
}

#[test]
fn a_token_that_ran_out_is_renewed_in_the_middle_of_a_call() {
    let (mut world, call) = World::in_call(10, &["ann", "bob"]);
    world.relay.refuse = Some(ErrorCode::ExpiredToken);
    world.cuts(0);
    world.run(1_000);
    assert_eq!(world.pages[0].refused, [true]);
    world.assert_active(&[0, 1], &call);
    world.relay.refuse = None;
    world.sign_in(0);
    world.run(500);
    assert_eq!(world.view(0).link, LinkView::Online);
    world.hangs_up(1);
    world.run(300);
    assert_eq!(world.reason(0), EndReason::Completed);
    world.assert_quiet();
}

#[test]
fn every_frame_twice_changes_nothing() {
    for seed in 0..40 {
        let mut world = World::new(seed, &["ann", "bob1", "bob2"]);
        world.twice = true;
        let call = world.dials(0, 1, CallType::Voice);
        world.run(400);
        world.accepts(1);
        world.run(1_500);
        world.assert_active(&[0, 1], &call);
        world.separates(0, 1);
        world.run(25_000);
        world.reunites(0, 1);
        world.run(9_000);
        world.assert_active(&[0, 1], &call);
        world.hangs_up(0);
        world.run(500);
        world.assert_quiet();
        for page in 0..3 {
            assert_eq!(world.remembered(page).len(), 1);
        }
    }
}

#[test]
fn a_call_that_is_hung_up_while_the_relay_is_away_is_over_for_both_at_once() {
    for page in 0..2 {
        let (mut world, call) = World::in_call(9 + page as u64, &["ann", "bob"]);
        world.relay_dies();
        world.run(3_000);
        world.assert_active(&[0, 1], &call);
        world.hangs_up(page);
        world.run(300);
        for page in [0, 1] {
            assert_eq!(world.reason(page), EndReason::Completed, "{}", world.story());
        }
        world.relay_down = false;
        world.run(30_000);
        world.assert_quiet();
    }
}

#[test]
fn a_relay_that_is_there_says_who_has_hung_up() {
    let (mut world, _) = World::in_call(12, &["ann", "bob"]);
    world.hangs_up(0);
    world.run(100);
    assert_eq!((world.reason(0), world.reason(1)), (EndReason::Completed, EndReason::Completed));
    assert_eq!((world.said(0, "call:hangup"), world.said(1, "call:hangup")), (1, 0));
    world.assert_quiet();
}

#[test]
fn a_relay_that_only_one_of_them_reaches_hears_it_from_that_one() {
    let (mut world, _) = World::in_call(13, &["ann", "bob"]);
    // Ann's frames get lost on the way, and nobody has noticed; the two browsers still reach each other.
    world.unplugs(0);
    world.reunites(0, 1);
    world.hangs_up(0);
    world.run(1_000);
    assert_eq!(world.reason(1), EndReason::Completed, "{}", world.story());
    assert_eq!(world.said(1, "call:hangup"), 1);
    world.plugs_in(0);
    world.run(10_000);
    world.assert_quiet();
}

#[test]
fn somebody_leaves_a_room_while_the_relay_is_away() {
    let (mut world, _) = World::in_room(14, &["ann", "bob", "cat"]);
    world.relay_dies();
    world.run(2_000);
    world.hangs_up(1);
    world.run(300);
    for page in [0, 2] {
        assert_eq!(world.state(page), "active");
        assert_eq!(world.call(page).others.len(), 1, "{}", world.story());
    }
}
