//! A second call while in one, and calls on hold.

use call::{Command, Face, HeldView, Microphone, Ring, Tone};
use protocol::{CallId, CallType, EndReason, ErrorCode, InvitationStatus};

use crate::world::World;

/// Ann and Bob in a call, and Cat rings Bob.
fn rung_in_a_call(seed: u64) -> (World, CallId, CallId) {
    let (mut world, first) = World::in_call(seed, &["ann", "bob", "cat"]);
    let second = world.dials(2, 1, CallType::Voice);
    world.run(300);
    (world, first, second)
}

/// The same, after Bob has put Ann on hold for Cat.
fn held_for_another(seed: u64) -> (World, CallId, CallId) {
    let (mut world, first, second) = rung_in_a_call(seed);
    world.accepts_holding(1);
    world.run(1_500);
    world.assert_active(&[1, 2], &second);
    (world, first, second)
}

/// The connection of a page to its one other neither sends nor plays.
fn is_silent(world: &World, page: usize) -> bool {
    let peer = world.call(page).others[0].peer;
    world.pages[page].browser.connections[&peer].holds
}

fn held(world: &World, page: usize) -> Option<&HeldView> {
    world.call(page).held.as_ref()
}

fn held_with(world: &World, page: usize) -> Option<String> {
    held(world, page).map(|held| held.with.name.clone())
}

fn nobody_is_in_a_call(mut world: World) {
    for page in 0..world.pages.len() {
        world.hangs_up(page);
        world.hangs_up(page);
    }
    world.run(500);
    world.assert_quiet();
}

#[test]
fn a_second_call_is_shown_and_the_first_goes_on() {
    let (mut world, first, second) = rung_in_a_call(1);
    assert_eq!(world.pages[1].ring, Ring::Silent, "a ring would be heard in the call");
    assert_eq!(world.pages[1].tones.last(), Some(&Tone::Waiting));
    assert_eq!(world.view(1).incoming.as_ref().unwrap().call_id, second);
    world.assert_active(&[0, 1], &first);
    assert_eq!(world.call(2).face, Face::Ringing);
    assert!(world.call(2).rings_in_call, "the caller hears that it rings in another call");
    world.declines(1);
    world.run(300);
    assert_eq!(world.reason(2), EndReason::Declined);
    world.assert_active(&[0, 1], &first);
    nobody_is_in_a_call(world);
}

#[test]
fn end_and_accept() {
    let (mut world, _, second) = rung_in_a_call(2);
    world.accepts(1);
    world.run(1_500);
    world.assert_active(&[1, 2], &second);
    assert_eq!((world.reason(0), held_with(&world, 1)), (EndReason::Completed, None));
    assert_eq!(world.remembered(1), [EndReason::Completed]);
    nobody_is_in_a_call(world);
}

#[test]
fn hold_and_accept_and_back() {
    let (mut world, first, second) = held_for_another(3);
    assert_eq!(held_with(&world, 1).as_deref(), Some("ann"));
    assert!(world.call(0).is_on_hold() && !world.call(0).own.held, "ann is told who put her on hold");
    assert!(is_silent(&world, 0), "nobody speaks into a room that does not listen");
    world.assert_active(&[0], &first);

    world.does(1, Command::Swap);
    world.run(300);
    world.assert_active(&[0, 1], &first);
    assert!(!world.call(0).is_on_hold() && !is_silent(&world, 0) && !is_silent(&world, 1));
    assert_eq!(held_with(&world, 1).as_deref(), Some("cat"));
    assert!(world.call(2).is_on_hold() && is_silent(&world, 2));
    assert_eq!(world.call(2).call_id, second);

    world.hangs_up(1);
    world.run(300);
    assert_eq!(world.reason(0), EndReason::Completed);
    assert_eq!(world.call(1).call_id, second, "what was on hold is shown");
    assert!(world.call(1).own.held, "and does not go on by itself");
    assert_eq!(world.pages[1].browser.media.microphone, Microphone::Muted);
    world.does(1, Command::Hold(false));
    world.run(300);
    assert!(!world.call(2).is_on_hold() && !is_silent(&world, 2));
    world.hangs_up(2);
    world.run(300);
    world.assert_quiet();
    assert_eq!(world.remembered(1), [EndReason::Completed; 2]);
}

#[test]
fn the_one_on_hold_hangs_up() {
    let (mut world, _, second) = held_for_another(4);
    world.hangs_up(0);
    world.run(300);
    assert_eq!(held_with(&world, 1), None);
    world.assert_active(&[1, 2], &second);
    assert_eq!((world.remembered(1), world.pages[1].tones.last()), (vec![EndReason::Completed], Some(&Tone::Left)));
    nobody_is_in_a_call(world);
}

#[test]
fn the_other_side_of_the_active_one_hangs_up() {
    let (mut world, first, _) = held_for_another(5);
    world.hangs_up(2);
    world.run(300);
    assert_eq!((world.call(1).call_id.clone(), world.call(1).own.held), (first, true));
    assert!(is_silent(&world, 1) && is_silent(&world, 0));
    nobody_is_in_a_call(world);
}

#[test]
fn the_first_call_is_over_while_the_second_rings() {
    let (mut world, _, second) = rung_in_a_call(6);
    world.hangs_up(0);
    world.run(300);
    assert_eq!(world.pages[1].ring, Ring::Incoming, "it is a ring like any other now");
    assert_eq!(world.call(2).face, Face::Ringing);
    assert!(!world.call(2).rings_in_call, "and its caller hears so");
    world.accepts_holding(1);
    world.run(1_500);
    world.assert_active(&[1, 2], &second);
    assert_eq!(held_with(&world, 1), None);
    nobody_is_in_a_call(world);
}

#[test]
fn a_call_that_waits_is_cancelled_or_rings_out() {
    let (mut world, first, _) = rung_in_a_call(7);
    world.hangs_up(2);
    world.run(300);
    assert_eq!((world.view(1).incoming.is_none(), world.remembered(1)), (true, vec![EndReason::Cancelled]));
    world.dials(2, 1, CallType::Voice);
    world.run(62_000);
    assert_eq!(world.remembered(1), [EndReason::Missed, EndReason::Cancelled]);
    world.assert_active(&[0, 1], &first);
    nobody_is_in_a_call(world);
}

#[test]
fn cancelled_in_the_moment_in_which_it_is_accepted() {
    for seed in 0..60 {
        let (mut world, first, _) = rung_in_a_call(seed);
        world.accepts_holding(1);
        world.run(seed % 60);
        world.hangs_up(2);
        world.run(1_000);
        assert_eq!((world.call(1).call_id.clone(), world.call(1).own.held), (first.clone(), true));
        world.does(1, Command::Hold(false));
        world.run(300);
        assert!(!is_silent(&world, 0) && !is_silent(&world, 1));
        nobody_is_in_a_call(world);
    }
}

#[test]
fn a_third_caller_is_told_that_everybody_is_busy() {
    let (mut world, first) = World::in_call(8, &["ann", "bob", "cat", "dan"]);
    world.dials(2, 1, CallType::Voice);
    world.run(300);
    world.dials(3, 1, CallType::Voice);
    world.run(300);
    assert_eq!(world.reason(3), EndReason::Busy, "one waits");
    world.accepts_holding(1);
    world.run(1_500);
    world.does(3, Command::Dismiss);
    world.dials(3, 1, CallType::Voice);
    world.run(300);
    assert_eq!(world.reason(3), EndReason::Busy, "one is on hold");
    world.does(1, Command::Swap);
    world.run(300);
    world.assert_active(&[0, 1], &first);
    nobody_is_in_a_call(world);
}

#[test]
fn without_call_waiting_somebody_in_a_call_is_busy() {
    let (mut world, call) = World::in_call(9, &["ann", "bob", "cat"]);
    world.does(1, Command::SetCallWaiting(false));
    world.dials(2, 1, CallType::Voice);
    world.run(300);
    assert_eq!(world.reason(2), EndReason::Busy);
    assert_eq!(world.pages[2].tones, [Tone::Busy]);
    assert_eq!(world.remembered(1), [EndReason::Busy], "bob sees later who tried");
    world.assert_active(&[0, 1], &call);
    world.hangs_up(0);
    world.run(300);
    let again = world.dials(2, 1, CallType::Voice);
    world.run(300);
    world.accepts(1);
    world.run(1_000);
    world.assert_active(&[1, 2], &again);
    nobody_is_in_a_call(world);
}

#[test]
fn a_free_device_rings_aloud_and_the_one_in_a_call_quietly() {
    let (mut world, first) = World::in_call(10, &["ann", "bob1", "bob2", "cat"]);
    world.does(2, Command::Dismiss);
    let second = world.dials(3, 1, CallType::Voice);
    world.run(300);
    assert_eq!((world.pages[1].ring, world.pages[2].ring), (Ring::Silent, Ring::Incoming));
    assert!(world.view(1).incoming.is_some() && !world.call(3).rings_in_call);
    world.accepts(2);
    world.run(1_000);
    world.assert_active(&[2, 3], &second);
    world.assert_active(&[0, 1], &first);
    assert!(world.view(1).incoming.is_none(), "answered elsewhere");
    nobody_is_in_a_call(world);

    let (mut world, _) = World::in_call(11, &["ann", "bob1", "bob2", "cat"]);
    world.does(2, Command::Dismiss);
    let second = world.dials(3, 1, CallType::Voice);
    world.run(300);
    world.accepts_holding(1);
    world.run(1_000);
    world.assert_active(&[1, 3], &second);
    assert_eq!(world.reason(2), EndReason::AnsweredElsewhere);
    nobody_is_in_a_call(world);
}

#[test]
fn a_busy_device_does_not_take_the_ring_from_a_free_one() {
    let (mut world, _) = World::in_call(12, &["ann", "bob1", "bob2", "cat"]);
    world.does(2, Command::Dismiss);
    world.does(1, Command::SetCallWaiting(false));
    let second = world.dials(3, 1, CallType::Voice);
    world.run(300);
    assert_eq!(world.pages[2].ring, Ring::Incoming);
    world.accepts(2);
    world.run(1_000);
    world.assert_active(&[2, 3], &second);
    nobody_is_in_a_call(world);
}

#[test]
fn both_hold_each_other() {
    let (mut world, call) = World::in_call(13, &["ann", "bob"]);
    for page in 0..2 {
        world.does(page, Command::Hold(true));
    }
    world.run(300);
    world.does(0, Command::Hold(false));
    world.run(300);
    assert!(is_silent(&world, 0) && is_silent(&world, 1), "bob still holds");
    assert!(world.call(0).is_on_hold() && !world.call(0).own.held);
    world.does(1, Command::Hold(false));
    world.run(300);
    assert!(!is_silent(&world, 0) && !is_silent(&world, 1));
    world.assert_active(&[0, 1], &call);
    nobody_is_in_a_call(world);
}

#[test]
fn what_was_muted_and_seen_is_so_again() {
    let (mut world, _) = World::in_call(14, &["ann", "bob", "cat"]);
    world.does(1, Command::SetMicrophone(false));
    world.does(1, Command::SetCamera(true));
    world.handle(1, call::Input::Screen(true));
    world.run(300);
    assert!(world.call(0).others[0].media.screen);
    world.dials(2, 1, CallType::Voice);
    world.run(300);
    world.accepts_holding(1);
    world.run(1_500);
    let media = world.call(0).others[0].media;
    assert!(media.held && !media.camera && !media.screen, "nothing is sent to somebody who waits");
    assert!(world.call(2).others[0].media.microphone && !world.call(2).others[0].media.camera);
    world.does(1, Command::Swap);
    world.run(500);
    let media = world.call(0).others[0].media;
    assert!(!media.held && media.camera && !media.microphone && !media.screen, "{media:?}");
    nobody_is_in_a_call(world);
}

#[test]
fn on_hold_nothing_is_measured_and_nobody_is_called_weak() {
    let (mut world, _) = World::in_call(15, &["ann", "bob"]);
    world.run(10_000);
    world.does(0, Command::Hold(true));
    world.run(300);
    let read =
        |world: &World, page: usize| world.pages[page].did.iter().filter(|did| did.contains("ReadStats")).count();
    let before = (read(&world, 0), read(&world, 1));
    for page in 0..2 {
        world.pages[page].browser.loss = 1.0;
    }
    world.run(60_000);
    assert_eq!((read(&world, 0), read(&world, 1)), before);
    assert!((0..2).all(|page| world.call(page).weak.is_none() && !world.call(page).others[0].weak));
    assert_eq!((world.state(0), world.state(1)), ("active", "active"));
    nobody_is_in_a_call(world);
}

#[test]
fn a_page_with_a_call_on_hold_is_loaded_anew() {
    for page in 0..3 {
        let (mut world, first, second) = held_for_another(16);
        world.reloads(page);
        world.run(5_000);
        world.assert_active(&[1, 2], &second);
        assert_eq!(held(&world, 1).map(|held| &held.call_id), Some(&first), "{}", world.story());
        assert!(world.call(0).is_on_hold() && is_silent(&world, 0));
        world.does(1, Command::Swap);
        world.run(1_000);
        world.assert_active(&[0, 1], &first);
        assert!(!is_silent(&world, 0) && !is_silent(&world, 1));
        assert!(world.call(0).others[0].media.microphone);
        nobody_is_in_a_call(world);
    }
}

#[test]
fn a_page_that_holds_its_only_call_is_loaded_anew() {
    let (mut world, first) = World::in_call(17, &["ann", "bob"]);
    world.does(1, Command::Hold(true));
    world.run(300);
    world.reloads(1);
    world.run(5_000);
    world.assert_active(&[0, 1], &first);
    assert!(world.call(1).own.held && is_silent(&world, 1) && is_silent(&world, 0));
    nobody_is_in_a_call(world);
}

#[test]
fn the_network_is_gone_while_one_is_on_hold() {
    let (mut world, first, second) = held_for_another(18);
    world.unplugs(1);
    world.run(20_000);
    world.plugs_in(1);
    world.run(15_000);
    world.assert_active(&[1, 2], &second);
    assert_eq!(held_with(&world, 1).as_deref(), Some("ann"));
    world.does(1, Command::Swap);
    world.run(1_000);
    world.assert_active(&[0, 1], &first);
    nobody_is_in_a_call(world);
}

#[test]
fn who_is_gone_for_good_does_not_stay_on_hold() {
    let (mut world, _, second) = held_for_another(19);
    world.unplugs(0);
    world.run(150_000);
    assert_eq!((held_with(&world, 1), world.remembered(1)), (None, vec![EndReason::Failed]));
    world.assert_active(&[1, 2], &second);
    world.plugs_in(0);
    world.run(10_000);
    nobody_is_in_a_call(world);
}

#[test]
fn a_call_of_several_is_taken_beside_one_on_hold_and_not_held_itself() {
    let (mut world, first) = World::in_call(20, &["ann", "bob", "cat", "dan"]);
    let to = vec![world.person(1), world.person(3)];
    world.does(2, Command::CallSeveral { to, camera: false });
    world.run(500);
    assert!(world.view(1).incoming.is_some());
    world.accepts_holding(1);
    world.run(1_500);
    assert_eq!(held_with(&world, 1).as_deref(), Some("ann"));
    assert_eq!(world.call(1).others[0].person.name, "cat");
    assert!(!world.call(1).can_be_held());
    world.does(1, Command::Hold(true));
    world.does(1, Command::Swap);
    assert!(!world.call(1).own.held && held_with(&world, 1).is_some(), "a room is not held");
    world.hangs_up(1);
    world.run(300);
    assert_eq!((world.call(1).call_id.clone(), world.call(1).own.held), (first, true));
    nobody_is_in_a_call(world);
}

#[test]
fn a_call_during_a_room_ends_it_or_is_declined() {
    let mut world = World::new(21, &["ann", "bob"]);
    world.does(1, Command::CreateRoom { name: None, camera: false });
    world.run(500);
    let call = world.dials(0, 1, CallType::Voice);
    world.run(300);
    assert!(world.view(1).incoming.is_some() && !world.call(1).can_be_held());
    world.accepts_holding(1);
    world.run(1_500);
    world.assert_active(&[0, 1], &call);
    assert_eq!(held_with(&world, 1), None);
    nobody_is_in_a_call(world);
}

#[test]
fn others_are_not_rung_into_a_call_on_hold() {
    let (mut world, first) = World::in_call(22, &["ann", "bob", "cat"]);
    world.does(1, Command::Hold(true));
    world.run(300);
    let to = vec![world.person(2)];
    world.does(0, Command::Invite { to });
    world.run(300);
    assert_eq!(world.view(0).notice, Some(ErrorCode::WrongState));
    world.assert_active(&[0, 1], &first);
    assert_eq!(world.state(2), "idle");
    nobody_is_in_a_call(world);
}

#[test]
fn somebody_in_a_call_is_rung_into_a_group_and_may_decline() {
    let (mut world, first) = World::in_call(23, &["ann", "bob", "cat", "dan"]);
    let to = vec![world.person(1), world.person(3)];
    world.does(2, Command::CallSeveral { to, camera: false });
    world.run(500);
    assert_eq!(world.call(2).invited[0].status, InvitationStatus::Ringing);
    world.declines(1);
    world.run(300);
    assert_eq!(world.call(2).invited[0].status, InvitationStatus::Declined);
    world.assert_active(&[0, 1], &first);
    nobody_is_in_a_call(world);
}

#[test]
fn both_calls_are_remembered_as_they_were() {
    let (mut world, first, second) = held_for_another(24);
    world.run(5_000);
    world.hangs_up(1);
    world.run(300);
    world.does(1, Command::Hold(false));
    world.run(3_000);
    world.hangs_up(1);
    world.run(300);
    let recent = &world.view(1).recent;
    assert_eq!(recent.iter().map(|call| &call.call_id).collect::<Vec<_>>(), [&first, &second]);
    assert!(recent[0].lasted.as_secs() >= 10 && (5..8).contains(&recent[1].lasted.as_secs()));
    world.assert_quiet();
    assert!(world.relay.ends.values().all(|times| *times == 1));
}

/// Whatever the network does to the order of things: one call is heard, the other is on hold on both sides.
#[test]
fn hold_and_accept_with_any_delay() {
    for seed in 0..80 {
        let (mut world, first) = World::in_call(seed, &["ann", "bob", "cat"]);
        world.delay = 200;
        world.twice = seed % 2 == 0;
        let second = world.dials(2, 1, CallType::Video);
        world.run(800);
        world.accepts_holding(1);
        let pause = world.dice.up_to(400);
        world.run(pause);
        // A call that is still being connected cannot be held.
        while held_with(&world, 1).as_deref() != Some("cat") {
            world.run(20);
            world.does(1, Command::Swap);
        }
        world.run(4_000);
        world.assert_active(&[0, 1], &first);
        assert_eq!(held(&world, 1).map(|held| held.call_id.clone()), Some(second), "{}", world.story());
        assert!(is_silent(&world, 2));
        nobody_is_in_a_call(world);
    }
}
