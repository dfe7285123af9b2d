//! How good a call is: asked of the browser, told to the others, and said to the person when it is bad.

use call::PeerKey;
use call::quality::{Line, Weak};
use protocol::{ClientMessage, Figures, ReportQuality};

use crate::world::World;

/// What a page told the others, in order.
fn reports(world: &World, page: usize) -> Vec<&ReportQuality> {
    let said = world.pages[page].said.iter();
    let reports = said.filter_map(|message| match message {
        ClientMessage::ReportQuality(report) => Some(report),
        _ => None,
    });
    reports.collect()
}

/// What a page's browser has counted of its connection with the one other.
fn line(world: &World, page: usize) -> &Line {
    let peer: PeerKey = world.call(page).others[0].peer;
    &world.pages[page].browser.connections[&peer].line
}

/// Whose connections a page calls weak: its own, and those of the others by name.
fn weak(world: &World, page: usize) -> (Option<Weak>, Vec<&str>) {
    let call = world.call(page);
    (call.weak, call.others.iter().filter(|other| other.weak).map(|other| other.person.name.as_str()).collect())
}

fn room(names: &[&str]) -> World {
    let mut world = World::new(1, names);
    world.does(0, call::Command::CreateRoom { name: None, camera: true });
    world.run(300);
    let code = world.call(0).room.clone().unwrap().code;
    for page in 1..names.len() {
        world.joins(page, &code);
        world.run(1_000);
    }
    world
}

#[test]
fn every_second_is_read_and_every_ten_are_told() {
    let (mut world, call) = World::in_call(1, &["ann", "bob"]);
    world.run(26_000);
    let bob = world.call(0).others[0].clone();
    assert!((23..=26).contains(&line(&world, 0).recent().len()), "{}", line(&world, 0).recent().len());
    let told = reports(&world, 0);
    assert_eq!(told.len(), 3, "after 5, 15 and 25 seconds");
    for report in told {
        assert_eq!((&report.call_id, report.received.len()), (&call, 1));
        assert_eq!(report.received[0].from, bob.device);
        let figures = Figures {
            mos_x100: Some(441),
            round_trip_ms: Some(50),
            jitter_ms: Some(4),
            loss_permille: Some(0),
            frozen_permille: None,
        };
        assert_eq!(report.received[0].figures, figures);
    }
    assert_eq!(weak(&world, 0), (None, vec![]));
    world.hangs_up(0);
    world.run(300);
    world.assert_quiet();
}

#[test]
fn losses_are_said_and_forgiven() {
    let (mut world, _) = World::in_call(2, &["ann", "bob"]);
    world.run(3_000);
    world.pages[0].browser.loss = 0.3;
    world.run(2_000);
    assert_eq!(weak(&world, 0), (None, vec![]), "not for a moment");
    world.run(4_000);
    assert_eq!(weak(&world, 0), (None, vec!["bob"]));
    assert_eq!(weak(&world, 1), (None, vec![]));
    world.pages[0].browser.loss = 0.0;
    world.run(9_000);
    assert_eq!(weak(&world, 0), (None, vec![]));
    assert_eq!(line(&world, 0).whole().worst().loss_permille, Some(300));
}

#[test]
fn who_is_heard_badly_learns_it_from_the_other() {
    let (mut world, _) = World::in_call(2, &["ann", "bob"]);
    let receives = |world: &World| world.call(1).others[0].receives.map(|figures| figures.loss_permille);
    assert_eq!(receives(&world), None);
    world.pages[0].browser.loss = 0.3;
    world.run(7_000);
    assert_eq!(receives(&world), Some(Some(300)));
    assert_eq!(weak(&world, 1), (None, vec![]), "it was said once");
    world.run(10_000);
    assert_eq!(weak(&world, 1), (Some(Weak::Sending), vec![]));
    assert_eq!(weak(&world, 0), (None, vec!["bob"]), "both are told the same");
    world.pages[0].browser.loss = 0.0;
    world.run(10_000);
    assert_eq!(receives(&world), Some(Some(0)));
    assert_eq!(weak(&world, 1), (None, vec![]));

    // The relay is out of reach for her, and the media is not.
    world.unplugs(0);
    world.reunites(0, 1);
    world.run(20_000);
    assert!(receives(&world).is_some());
    world.run(20_000);
    assert_eq!(receives(&world), None, "nothing was said for too long");
}

#[test]
fn when_all_the_others_are_bad_it_is_this_side() {
    let mut world = room(&["ann", "bob", "cat"]);
    world.pages[2].browser.loss = 0.3;
    world.run(7_000);
    assert_eq!(weak(&world, 2), (Some(Weak::Receiving), vec![]));
    world.run(10_000);
    assert_eq!(weak(&world, 0), (None, vec!["cat"]), "she has said how badly she hears everybody");
    assert_eq!(weak(&world, 1), (None, vec!["cat"]));
    let told = reports(&world, 2).last().unwrap().received.len();
    assert_eq!(told, 2, "one report of all the others");
    world.hangs_up(2);
    world.run(11_000);
    assert_eq!(reports(&world, 0).last().unwrap().received.len(), 1, "of those who are there");
}

#[test]
fn a_browser_that_is_slow_is_not_asked_again() {
    let (mut world, _) = World::in_call(3, &["ann", "bob"]);
    world.run(3_000);
    let readings = |world: &World| line(world, 0).recent().len();
    world.pages[0].browser.stats_take = 4_500;
    world.run(1_500);
    let before = readings(&world);
    world.run(10_000);
    assert!(readings(&world) - before <= 3, "{}", readings(&world) - before);
}

#[test]
fn without_a_relay_nothing_is_told_and_nothing_waits() {
    let (mut world, _) = World::in_call(4, &["ann", "bob"]);
    world.run(6_000);
    assert_eq!(reports(&world, 0).len(), 1);
    world.unplugs(0);
    world.run(40_000);
    let before = reports(&world, 0).len();
    world.plugs_in(0);
    world.run(3_000);
    assert!(reports(&world, 0).len() <= before + 1, "what was measured meanwhile is not told all at once");
}
