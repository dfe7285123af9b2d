//! One person rings another, and everything that can come of it.

use call::{Command, Direction, Face, Ring, Tone};
use protocol::{CallType, EndReason, ErrorCode};

use crate::world::World;

#[test]
fn a_call_from_ring_to_hang_up() {
    let mut world = World::new(1, &["ann", "bob"]);
    let call = world.dials(0, 1, CallType::Voice);
    assert_eq!(world.call(0).face, Face::Initiating);
    world.run(300);
    assert_eq!(world.call(0).face, Face::Ringing);
    assert_eq!(world.pages[0].ring, Ring::Ringback);
    assert_eq!(world.pages[1].ring, Ring::Incoming);
    let incoming = world.view(1).incoming.clone().unwrap();
    assert_eq!((incoming.call_id, incoming.from.name.as_str()), (call.clone(), "ann"));
    assert!(world.has_an_answer_ready(1));

    world.accepts(1);
    assert_eq!(world.call(1).face, Face::Connecting);
    assert_eq!(world.pages[1].ring, Ring::Silent);
    world.run(1_000);
    world.assert_active(&[0, 1], &call);
    assert_eq!(world.call(0).with.as_ref().unwrap().name, "bob");
    assert_eq!(world.call(0).others[0].person.name, "bob");
    assert_eq!(world.call(1).others[0].person.name, "ann");
    assert!(world.call(0).others[0].media.microphone);
    for page in 0..2 {
        assert_eq!(world.said(page, "call:connected"), 1);
        assert_eq!(world.pages[page].tones, [Tone::Connected]);
    }

    world.run(10_000);
    world.hangs_up(0);
    assert_eq!(world.reason(0), EndReason::Completed, "hanging up does not wait for the relay");
    world.run(100);
    assert_eq!(world.reason(1), EndReason::Completed);
    world.assert_quiet();
    for page in 0..2 {
        let recent = world.view(page).recent[0].clone();
        assert_eq!(recent.reason, EndReason::Completed);
        assert_eq!(recent.lasted.as_secs(), 10);
        assert_eq!(recent.direction, [Direction::Outgoing, Direction::Incoming][page]);
        world.does(page, Command::Dismiss);
        assert_eq!(world.state(page), "idle");
    }
}

#[test]
fn the_offer_leaves_as_soon_as_it_is_made_and_the_answer_with_the_click() {
    let mut world = World::new(2, &["ann", "bob"]);
    world.pages[0].did.clear();
    world.dials(0, 1, CallType::Video);
    assert_eq!(world.pages[0].did.len(), 3, "{:?}", world.pages[0].did);
    for (did, expected) in world.pages[0].did.iter().zip(["Create", "MakeOffer", "media"]) {
        assert!(did.starts_with(expected), "{did}");
    }
    world.run(8);
    assert_eq!(world.pages[0].did.last().unwrap(), "call:initiate", "nothing else stands between offer and ring");

    world.run(500);
    world.pages[1].did.clear();
    world.accepts(1);
    let did = world.pages[1].did.clone();
    assert_eq!(did, ["call:accept", "call:ice_candidate", "media"], "all candidates of the wait leave at once");
    world.run(45);
    assert!(world.pages[1].did[3].starts_with("AddCandidates"), "{:?}", world.pages[1].did);
}

#[test]
fn an_answer_that_is_not_ready_leaves_when_it_is() {
    let mut world = World::new(3, &["ann", "bob"]);
    world.pages[1].browser.negotiation_takes = std::time::Duration::from_millis(400);
    let call = world.dials(0, 1, CallType::Voice);
    world.run(200);
    assert!(!world.has_an_answer_ready(1));
    world.accepts(1);
    assert_eq!(world.said(1, "call:accept"), 0);
    assert_eq!(world.state(1), "connecting");
    world.run(1_000);
    world.assert_active(&[0, 1], &call);
}

#[test]
fn declined() {
    let mut world = World::new(4, &["ann", "bob"]);
    world.dials(0, 1, CallType::Voice);
    world.run(300);
    world.declines(1);
    assert_eq!(world.state(1), "idle", "whoever declines needs no page about it");
    world.run(100);
    assert_eq!(world.reason(0), EndReason::Declined);
    world.assert_quiet();
    assert_eq!(world.remembered(0), [EndReason::Declined]);
    assert_eq!(world.remembered(1), [EndReason::Declined]);
}

#[test]
fn cancelled_at_any_moment() {
    for after in (0..400).step_by(7) {
        let mut world = World::new(5 + after, &["ann", "bob"]);
        world.dials(0, 1, CallType::Voice);
        world.run(after);
        world.hangs_up(0);
        assert_eq!(world.reason(0), EndReason::Cancelled);
        world.run(300);
        assert!(world.remembered(1).iter().all(|reason| *reason == EndReason::Cancelled));
        world.assert_quiet();
    }
}

#[test]
fn nobody_answers() {
    let mut world = World::new(6, &["ann", "bob"]);
    world.dials(0, 1, CallType::Voice);
    world.run(61_000);
    assert_eq!(world.reason(0), EndReason::Missed);
    assert_eq!(world.reason(1), EndReason::Missed);
    world.assert_quiet();
}

#[test]
fn nobody_answers_and_the_relay_says_nothing() {
    let mut world = World::new(7, &["ann", "bob"]);
    world.dials(0, 1, CallType::Voice);
    world.run(500);
    world.relay_dies();
    world.run(70_000);
    assert_eq!(world.reason(0), EndReason::Missed);
    assert_eq!(world.reason(1), EndReason::Missed);
    world.relay_down = false;
    world.run(15_000);
    world.assert_quiet();
}

#[test]
fn a_relay_that_lets_it_ring_for_long_is_believed_but_not_for_ever() {
    let mut world = World::new(19, &["ann", "bob"]);
    world.relay.ring = std::time::Duration::from_secs(180);
    world.dials(0, 1, CallType::Voice);
    world.run(170_000);
    assert_eq!((world.state(0), world.state(1)), ("ringing", "rung"));
    world.run(11_000);
    assert_eq!((world.reason(0), world.reason(1)), (EndReason::Missed, EndReason::Missed));
    world.relay.ring = std::time::Duration::from_secs(3_600);
    world.dials(0, 1, CallType::Voice);
    world.run(620_000);
    assert_eq!((world.reason(0), world.reason(1)), (EndReason::Missed, EndReason::Missed));
    world.assert_quiet();
}

#[test]
fn two_devices_ring_and_one_wins() {
    let mut world = World::new(8, &["ann", "bob1", "bob2"]);
    let call = world.dials(0, 1, CallType::Voice);
    world.run(300);
    assert_eq!((world.state(1), world.state(2)), ("rung", "rung"));
    world.accepts(2);
    world.run(1_000);
    world.assert_active(&[0, 2], &call);
    assert_eq!(world.reason(1), EndReason::AnsweredElsewhere);
    assert_eq!(world.pages[1].ring, Ring::Silent);
    world.hangs_up(2);
    world.run(300);
    world.assert_quiet();
}

#[test]
fn two_devices_accept_in_the_same_moment() {
    for seed in 0..60 {
        let mut world = World::new(seed, &["ann", "bob1", "bob2"]);
        let call = world.dials(0, 1, CallType::Voice);
        world.run(300);
        world.accepts(1);
        world.accepts(2);
        world.run(1_500);
        let winner = if world.state(1) == "active" { 1 } else { 2 };
        world.assert_active(&[0, winner], &call);
        let sends = |page: usize| world.pages[page].did.iter().any(|did| did.starts_with("AddCandidates"));
        assert!(sends(winner) && !sends(3 - winner), "two browsers sending to ann's would spoil her handshake");
        assert_eq!(world.reason(3 - winner), EndReason::AnsweredElsewhere);
        world.hangs_up(0);
        world.run(300);
        world.assert_quiet();
    }
}

#[test]
fn declined_on_another_device() {
    let mut world = World::new(9, &["ann", "bob1", "bob2"]);
    world.dials(0, 1, CallType::Voice);
    world.run(300);
    world.declines(1);
    world.run(200);
    assert_eq!(world.reason(0), EndReason::Declined);
    assert_eq!(world.reason(2), EndReason::DeclinedElsewhere);
    world.assert_quiet();
}

#[test]
fn accepted_and_cancelled_in_the_same_moment() {
    for seed in 0..80 {
        let mut world = World::new(seed, &["ann", "bob"]);
        world.dials(0, 1, CallType::Voice);
        world.run(300);
        world.accepts(1);
        world.run(seed % 60);
        world.hangs_up(0);
        world.run(1_000);
        let (ann, bob) = (world.reason(0), world.reason(1));
        // Ann may have taken the ring back before she heard that it was answered.
        assert!(matches!(ann, EndReason::Cancelled | EndReason::Completed));
        assert!(matches!(bob, EndReason::Cancelled | EndReason::Completed), "{bob:?}");
        world.assert_quiet();
    }
}

#[test]
fn somebody_who_dials_is_busy_for_a_third() {
    let mut world = World::new(11, &["ann", "bob", "cat"]);
    world.relay.apart = true;
    world.dials(0, 1, CallType::Voice);
    world.dials(2, 0, CallType::Voice);
    world.run(400);
    assert_eq!(world.reason(2), EndReason::Busy);
    assert_eq!(world.state(0), "ringing");
    assert_eq!(world.remembered(0), [EndReason::Busy], "ann sees later who tried");
    world.hangs_up(0);
    world.run(300);
    world.assert_quiet();
}

#[test]
fn somebody_rung_is_busy_for_a_third() {
    let mut world = World::new(12, &["ann", "bob", "cat"]);
    world.dials(0, 1, CallType::Voice);
    world.run(300);
    world.dials(2, 1, CallType::Voice);
    world.run(300);
    assert_eq!(world.reason(2), EndReason::Busy);
    assert_eq!(world.view(1).incoming.as_ref().unwrap().from.name, "ann");
}

#[test]
fn dialling_nobody_and_oneself_and_during_a_call() {
    let (mut world, call) = World::in_call(15, &["ann", "bob", "cat"]);
    let (call_id, to) = (world.new_call_id(), world.person(2));
    world.does(0, Command::Call { call_id, to, kind: CallType::Voice });
    assert_eq!(world.view(0).notice, Some(ErrorCode::InCall));
    world.assert_active(&[0, 1], &call);
    let (call_id, to) = (world.new_call_id(), world.person(2));
    world.does(2, Command::Call { call_id, to, kind: CallType::Voice });
    assert_eq!(world.view(2).notice, Some(ErrorCode::OwnUser));
    let mut nobody = world.person(2);
    nobody.id = "nobody".parse().unwrap();
    let call_id = world.new_call_id();
    world.does(2, Command::Call { call_id, to: nobody, kind: CallType::Voice });
    world.run(300);
    assert_eq!((world.reason(2), world.view(2).notice), (EndReason::Failed, Some(ErrorCode::NotFound)));
    world.does(2, Command::Dismiss);
    assert_eq!((world.state(2), world.view(2).notice), ("idle", None));
}

#[test]
fn media_that_never_flows_ends_the_call() {
    let mut world = World::new(16, &["ann", "bob"]);
    world.separates(0, 1);
    world.dials(0, 1, CallType::Voice);
    world.run(300);
    world.accepts(1);
    world.run(31_000);
    assert_eq!(world.reason(0), EndReason::Timeout);
    assert_eq!(world.reason(1), EndReason::Timeout);
    world.assert_quiet();
}

#[test]
fn a_device_that_comes_while_it_rings_rings_as_well() {
    let mut world = World::asleep(17, &["ann", "bob1", "bob2"]);
    world.sign_in(0);
    world.sign_in(1);
    world.run(1_000);
    let call = world.dials(0, 1, CallType::Voice);
    world.run(1_000);
    world.sign_in(2);
    world.run(500);
    assert!(world.has_an_answer_ready(2));
    world.accepts(2);
    world.run(1_000);
    world.assert_active(&[0, 2], &call);
}

#[test]
fn the_people_here_are_shown_by_name() {
    let mut world = World::asleep(18, &["cat", "ann", "bob"]);
    for page in 0..3 {
        world.sign_in(page);
    }
    world.run(500);
    let names = |world: &World, page: usize| -> Vec<String> {
        world.view(page).people.iter().flatten().map(|p| p.user.name.clone()).collect()
    };
    assert_eq!(names(&world, 0), ["ann", "bob"]);
    assert_eq!(names(&world, 1), ["bob", "cat"]);
}

#[test]
fn a_silenced_ring_is_seen_and_not_heard() {
    let mut world = World::new(77, &["ann", "bob", "cat"]);
    world.relay.silent = true;
    let call = world.dials(0, 1, CallType::Voice);
    world.run(500);
    assert!(world.view(1).incoming.as_ref().is_some_and(|incoming| incoming.silent));
    assert_eq!((world.pages[1].ring, world.pages[0].ring), (Ring::Silent, Ring::Ringback), "the caller learns nothing");
    world.accepts(1);
    world.run(2_000);
    world.assert_active(&[0, 1], &call);

    let mut world = World::new(78, &["ann", "bob", "cat"]);
    world.relay.silent = true;
    let to = vec![world.person(1), world.person(2)];
    world.does(0, Command::CallSeveral { to, camera: false });
    world.run(500);
    for page in 1..3 {
        assert!(world.view(page).incoming.as_ref().is_some_and(|incoming| incoming.silent));
        assert_eq!(world.pages[page].ring, Ring::Silent);
    }
}

#[test]
fn who_does_not_want_to_be_disturbed_is_not_rung() {
    let mut world = World::new(79, &["ann", "bob"]);
    world.relay.undisturbed = true;
    world.dials(0, 1, CallType::Video);
    world.run(500);
    assert_eq!((world.state(0), world.view(0).notice), ("idle", Some(ErrorCode::DoNotDisturb)));
    assert!(world.view(0).recent.is_empty() && world.view(1).incoming.is_none());
    world.assert_quiet();
}

#[test]
fn a_call_accepted_before_this_page_was_told_of_it_is_taken_when_it_rings() {
    let mut world = World::new(91, &["ann", "bob"]);
    let call = world.dials(0, 1, CallType::Voice);
    world.does(1, Command::Accept { call_id: call.clone(), camera: false, hold: false });
    assert_eq!(world.state(1), "idle", "it is not known here yet");
    world.run(2_000);
    world.assert_active(&[0, 1], &call);
    assert_eq!(world.said(1, "call:accept"), 1);
    world.hangs_up(1);
    world.run(500);
    world.dials(0, 1, CallType::Voice);
    world.run(500);
    assert!(world.view(1).incoming.is_some(), "the next one rings as ever");
}

#[test]
fn what_was_accepted_early_and_never_comes_accepts_nothing_else() {
    let mut world = World::new(92, &["ann", "bob"]);
    let gone = world.new_call_id();
    world.does(1, Command::Accept { call_id: gone, camera: false, hold: false });
    world.dials(0, 1, CallType::Voice);
    world.run(1_000);
    assert_eq!(world.state(1), "rung");
}
