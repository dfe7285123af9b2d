//! Ringing several people at once, and others into a call that runs.

use call::{Command, Direction, Face, Ring, Tone};
use protocol::{CallType, EndReason, ErrorCode, InvitationStatus, Person};

use crate::world::World;

impl World {
    fn several(&mut self, page: usize, whom: &[usize]) {
        let to = self.people(whom);
        self.does(page, Command::CallSeveral { to, camera: true });
    }

    fn adds(&mut self, page: usize, whom: &[usize]) {
        let to = self.people(whom);
        self.does(page, Command::Invite { to });
    }

    fn people(&self, whom: &[usize]) -> Vec<Person> {
        whom.iter().map(|&page| self.person(page)).collect()
    }

    fn outcomes(&self, page: usize) -> Vec<(String, InvitationStatus)> {
        self.call(page).invited.iter().map(|one| (one.user.name.clone(), one.status)).collect()
    }

    /// They all see and are connected to each other, and see nobody else.
    fn assert_together(&self, pages: &[usize]) {
        let call = self.call(pages[0]).call_id.clone();
        self.assert_active(pages, &call);
        for &page in pages {
            assert_eq!(self.call(page).others.len(), pages.len() - 1, "{}", self.story());
            assert_eq!(self.call(page).room, None, "a group's call has no link");
        }
        self.assert_no_refusals();
    }
}

#[test]
fn three_are_rung_and_each_answers_in_their_own_way() {
    let mut world = World::new(1, &["ann", "bob", "cat", "dan"]);
    world.several(0, &[1, 2, 3]);
    world.run(500);
    for page in 1..4 {
        let incoming = world.view(page).incoming.clone().expect("it rings");
        assert_eq!((incoming.from.name.as_str(), incoming.kind), ("ann", CallType::GroupVideo));
        let with: Vec<&str> = incoming.with.iter().map(|person| person.name.as_str()).collect();
        assert_eq!(with.len(), 2, "{with:?}");
        assert!(!with.contains(&world.person(page).name.as_str()), "{with:?}");
        assert_eq!(world.pages[page].ring, Ring::Incoming);
    }
    assert_eq!((world.state(0), world.pages[0].ring), ("ringing", Ring::Ringback));
    assert_eq!(world.call(0).face, Face::Ringing);
    assert!(world.outcomes(0).iter().all(|(_, status)| *status == InvitationStatus::Ringing));

    world.accepts(1);
    world.run(1_000);
    world.assert_together(&[0, 1]);
    assert_eq!((world.call(0).direction, world.call(1).direction), (Direction::Outgoing, Direction::Incoming));
    assert_eq!(world.pages[0].ring, Ring::Silent, "somebody is there to talk to");
    world.declines(2);
    world.run(300);
    let expected = [InvitationStatus::Joined, InvitationStatus::Declined, InvitationStatus::Ringing];
    for page in 0..2 {
        let told: Vec<InvitationStatus> = world.outcomes(page).into_iter().map(|(_, status)| status).collect();
        assert_eq!(told, expected);
    }
    world.run(61_000);
    assert_eq!(world.reason(3), EndReason::Missed);
    assert_eq!(world.outcomes(0)[2].1, InvitationStatus::Missed);
    world.assert_together(&[0, 1]);

    world.hangs_up(0);
    world.run(300);
    assert_eq!((world.reason(0), world.reason(1)), (EndReason::Completed, EndReason::Completed), "{}", world.story());
    assert_eq!(world.view(0).recent[0].group.len(), 3, "for calling them again");
    world.assert_quiet();
}

#[test]
fn everybody_comes_in_any_order() {
    for seed in 0..60 {
        let mut world = World::new(seed, &["ann", "bob", "cat", "dan"]);
        world.delay = 40;
        world.several(0, &[1, 2, 3]);
        world.run(500);
        for page in [1, 2, 3] {
            world.accepts((page + seed as usize) % 3 + 1);
            let pause = world.dice.up_to(40);
            world.run(pause);
        }
        world.run(2_500);
        world.assert_together(&[0, 1, 2, 3]);
        for page in [2, 0, 3, 1] {
            if world.state(page) != "ended" {
                world.hangs_up(page);
            }
            world.run(200);
        }
        world.assert_quiet();
    }
}

#[test]
fn nobody_comes() {
    let story = |answer: &dyn Fn(&mut World)| {
        let mut world = World::new(2, &["ann", "bob", "cat"]);
        world.several(0, &[1, 2]);
        world.run(500);
        answer(&mut world);
        let reason = world.reason(0);
        world.assert_quiet();
        (reason, world.remembered(1), world.remembered(2))
    };
    let declined = story(&|world| {
        world.declines(1);
        world.run(300);
        assert_eq!(world.state(0), "ringing", "the other still rings");
        world.declines(2);
        world.run(300);
    });
    assert_eq!(declined, (EndReason::Declined, vec![EndReason::Declined], vec![EndReason::Declined]));
    let missed = story(&|world| {
        world.declines(1);
        world.run(62_000);
    });
    assert_eq!(missed, (EndReason::Missed, vec![EndReason::Declined], vec![EndReason::Missed]));
    let cancelled = story(&|world| {
        world.hangs_up(0);
        world.run(300);
    });
    assert_eq!(cancelled, (EndReason::Cancelled, vec![EndReason::Cancelled], vec![EndReason::Cancelled]));
}

#[test]
fn a_ring_taken_back_at_any_moment_leaves_nothing() {
    for after in 0..200 {
        let mut world = World::new(after, &["ann", "bob", "cat"]);
        world.several(0, &[1, 2]);
        world.run(after);
        world.hangs_up(0);
        world.run(1_000);
        world.assert_quiet();
    }
}

#[test]
fn accepting_and_leaving_at_any_moment_leaves_nothing() {
    for after in 0..100 {
        let mut world = World::new(after, &["ann", "bob", "cat"]);
        world.several(0, &[1, 2]);
        world.run(400);
        world.accepts(1);
        world.run(after);
        world.hangs_up(1);
        world.run(500);
        assert!(matches!(world.state(0), "ringing" | "active"), "cat still rings\n{}", world.story());
        world.declines(2);
        world.run(500);
        world.assert_quiet();
    }
}

#[test]
fn one_of_several_devices_wins() {
    for seed in 0..60 {
        let mut world = World::new(seed, &["ann", "bob1", "bob2", "cat"]);
        world.delay = 40;
        world.several(0, &[1, 3]);
        world.run(500);
        world.accepts(1);
        let pause = world.dice.up_to(60);
        world.run(pause);
        if world.state(2) == "rung" {
            world.accepts(2);
        }
        world.run(1_500);
        let states = [world.state(1), world.state(2)];
        assert!(states == ["active", "ended"] || states == ["ended", "active"], "{states:?}\n{}", world.story());
        let loser = if states[0] == "ended" { 1 } else { 2 };
        assert_eq!(world.reason(loser), EndReason::AnsweredElsewhere);
        world.assert_together(&[0, 3 - loser]);
        world.declines(3);
        world.hangs_up(0);
        world.run(500);
        world.assert_quiet();
    }
}

#[test]
fn a_direct_call_takes_somebody_in_and_nothing_is_connected_anew() {
    for adder in 0..2 {
        let (mut world, call) = World::in_call(3, &["ann", "bob", "cat", "dan"]);
        let before = [world.call(0).others[0].peer, world.call(1).others[0].peer];
        world.adds(adder, &[2]);
        world.run(500);
        assert_eq!(world.view(2).incoming.as_ref().map(|incoming| incoming.call_id.clone()), Some(call.clone()));
        assert_eq!(world.call(0).invited.last().map(|one| one.status), Some(InvitationStatus::Ringing));
        world.accepts(2);
        world.run(1_000);
        world.assert_together(&[0, 1, 2]);
        assert_eq!([world.call(0).others[0].peer, world.call(1).others[0].peer], before);
        world.adds(2, &[3]);
        world.run(500);
        world.accepts(3);
        world.run(1_000);
        world.assert_together(&[0, 1, 2, 3]);
        world.hangs_up(1);
        world.hangs_up(0);
        world.run(500);
        world.assert_together(&[2, 3]);
        world.hangs_up(3);
        world.run(500);
        assert_eq!(world.reason(2), EndReason::Completed);
        world.assert_quiet();
    }
}

#[test]
fn both_add_somebody_in_the_same_moment() {
    for seed in 0..60 {
        let (mut world, _) = World::in_call(seed, &["ann", "bob", "cat", "dan"]);
        world.delay = 60;
        world.adds(0, &[2]);
        let pause = world.dice.up_to(60);
        world.run(pause);
        world.adds(1, &[3]);
        world.run(800);
        world.accepts(2);
        world.accepts(3);
        world.run(2_000);
        world.assert_together(&[0, 1, 2, 3]);
    }
}

#[test]
fn a_call_that_ends_while_somebody_is_added() {
    for after in 0..120 {
        let (mut world, _) = World::in_call(after, &["ann", "bob", "cat"]);
        world.adds(0, &[2]);
        world.run(after);
        world.hangs_up(1);
        world.run(500);
        // Who was added may come to a call in which only Ann is left, and is rung for as long as she waits.
        if world.state(0) != "ended" {
            world.hangs_up(0);
        }
        world.run(500);
        world.assert_quiet();
    }
}

#[test]
fn whoever_declines_changes_nothing_for_the_others() {
    let (mut world, _) = World::in_call(4, &["ann", "bob", "cat"]);
    world.adds(0, &[2]);
    world.run(500);
    world.declines(2);
    world.run(500);
    world.assert_together(&[0, 1]);
    assert_eq!(world.outcomes(1).last(), Some(&("cat".to_owned(), InvitationStatus::Declined)));
    world.adds(1, &[2]);
    world.run(500);
    assert_eq!(world.state(2), "rung", "they can be asked once more");
    world.accepts(2);
    world.run(1_000);
    world.assert_together(&[0, 1, 2]);
}

#[test]
fn a_busy_person_and_one_who_is_not_there() {
    let (mut world, call) = World::in_call(5, &["ann", "bob", "cat", "dan"]);
    world.does(0, Command::SetCallWaiting(false));
    let nobody = Person { id: "nobody".parse().unwrap(), name: "Nobody".into(), avatar: None };
    let mut to = world.people(&[0, 3]);
    to.push(nobody);
    world.does(2, Command::CallSeveral { to, camera: false });
    world.run(500);
    let expected =
        [("ann", InvitationStatus::Busy), ("dan", InvitationStatus::Ringing), ("Nobody", InvitationStatus::NotHere)];
    assert_eq!(world.outcomes(2), expected.map(|(name, status)| (name.to_owned(), status)));
    world.assert_active(&[0, 1], &call);
    world.declines(3);
    world.run(500);
    assert_eq!(world.reason(2), EndReason::Missed);
    world.hangs_up(0);
    world.run(500);
    world.assert_quiet();
}

#[test]
fn more_than_a_call_takes_are_not_rung() {
    let mut world = World::new(6, &["ann", "bob", "cat", "dan", "eve"]);
    world.several(0, &[1, 2, 3, 4]);
    world.run(500);
    assert_eq!((world.state(0), world.view(0).notice), ("idle", Some(ErrorCode::RoomFull)));
    assert!((1..5).all(|page| world.state(page) == "idle"));
    world.assert_quiet();
}

/// Bob rings Ann while Ann rings Bob and Cat: one call, with Bob in it.
#[test]
fn they_ring_each_other_in_the_same_moment() {
    for seed in 0..200 {
        let mut world = World::new(seed, &["ann", "bob", "cat"]);
        world.delay = 60;
        world.several(0, &[1, 2]);
        let pause = world.dice.up_to(250);
        world.run(pause);
        if world.state(1) == "idle" {
            world.dials(1, 0, CallType::Voice);
        } else {
            world.accepts(1);
        }
        world.run(2_000);
        // Between entering her room and ringing from it Ann is busy, for a moment; then Bob is rung as anyone.
        if world.view(1).incoming.is_some() {
            world.accepts(1);
        }
        world.run(2_000);
        world.assert_together(&[0, 1]);
        assert_eq!(world.state(2), "rung", "{}", world.story());
        world.accepts(2);
        world.run(1_500);
        world.assert_together(&[0, 1, 2]);
    }
}

#[test]
fn a_ring_during_a_call_waits_and_may_be_taken() {
    let (mut world, call) = World::in_call(7, &["ann", "bob1", "bob2", "cat", "dan"]);
    world.does(2, Command::Dismiss);
    world.several(3, &[1, 4]);
    world.run(500);
    assert_eq!(world.state(2), "rung", "the device that is free");
    world.assert_active(&[0, 1], &call);
    world.accepts(2);
    world.run(1_000);
    world.assert_together(&[3, 2]);
    world.assert_active(&[0, 1], &call);
}

#[test]
fn the_ringing_page_is_loaded_anew() {
    for page in 0..3 {
        let mut world = World::new(8, &["ann", "bob", "cat"]);
        world.several(0, &[1, 2]);
        world.run(500);
        world.reloads(page);
        world.run(2_000);
        if page == 0 {
            assert_eq!(world.state(0), "ringing", "back in the call that rings\n{}", world.story());
        }
        assert_eq!(world.state(1), "rung", "{}", world.story());
        world.accepts(1);
        world.run(2_000);
        world.assert_together(&[0, 1]);
    }
}

#[test]
fn a_caller_who_is_gone_rings_nobody_for_long() {
    let mut world = World::new(9, &["ann", "bob", "cat"]);
    world.several(0, &[1, 2]);
    world.run(500);
    world.unplugs(0);
    world.run(21_000);
    for page in 1..3 {
        assert_eq!((world.state(page), world.reason(page)), ("ended", EndReason::Cancelled));
    }
}

#[test]
fn a_cut_socket_changes_nothing() {
    for seed in 0..90 {
        let mut world = World::new(seed, &["ann", "bob", "cat"]);
        world.several(0, &[1, 2]);
        world.run(seed * 5);
        world.cuts((seed % 3) as usize);
        world.run(4_000);
        for page in 1..3 {
            assert_eq!(world.state(page), "rung", "{seed} {page}\n{}", world.story());
            world.accepts(page);
        }
        world.run(2_000);
        world.assert_together(&[0, 1, 2]);
        assert!(!world.pages[0].tones.contains(&Tone::Lost));
    }
}

#[test]
fn a_relay_that_forgot_the_group_does_not_end_it() {
    let mut world = World::new(10, &["ann", "bob", "cat"]);
    world.several(0, &[1, 2]);
    world.run(500);
    world.accepts(1);
    world.accepts(2);
    world.run(2_000);
    world.relay_dies();
    world.run(500);
    world.relay_down = false;
    world.run(20_000);
    world.assert_together(&[0, 1, 2]);
    for page in 0..3 {
        world.hangs_up(page);
    }
    world.run(300);
    world.assert_quiet();
}
