//! How participants receive each other, on its way through the relay.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod record_world;

use std::time::Duration;

use call::quality::{Course, Overall, Point};
use call::record::Event;
use protocol::{ErrorCode, Figures, HangupReason, QualityUpdate, Received, RelayMessage};
use record_world::{CALL, World, device, participant, received};

const TEN_SECONDS: Duration = Duration::from_secs(10);

fn report(world: &mut World, by: &str, received: Vec<Received>) -> Result<(), ErrorCode> {
    world.does(Event::Quality { device: device(by), received })
}

fn update(by: &str, received: Vec<Received>) -> RelayMessage {
    QualityUpdate { call_id: CALL.parse().unwrap(), device: device(by), received }.into()
}

fn hang_up(world: &mut World, name: &str) {
    world.does(Event::HangUp { device: device(name), reason: HangupReason::Completed }).unwrap();
}

fn talking() -> World {
    let mut world = World::ring(&["bob1", "bob2"]);
    world.accept("bob1").unwrap();
    world.all_read();
    world
}

/// A room with Ann, Bob and Eve.
fn room() -> World {
    let mut world = World::room("ann");
    for name in ["bob1", "eve"] {
        world.does(Event::Join { by: participant(name) }).unwrap();
    }
    world.all_read();
    world
}

#[test]
fn a_report_goes_to_the_others_and_to_nobody_else() {
    let mut world = talking();
    report(&mut world, "ann", vec![received("bob1", 7)]).unwrap();
    assert_eq!(world.read("bob1"), [update("ann", vec![received("bob1", 7)])]);
    assert!(world.inbox.is_empty(), "not to a device that only rang, nor back");

    let mut world = room();
    let both = vec![received("bob1", 0), received("eve", 500)];
    report(&mut world, "ann", both.clone()).unwrap();
    assert_eq!(world.read("bob1"), [update("ann", both.clone())]);
    assert_eq!(world.read("eve"), [update("ann", both)]);
    assert!(world.inbox.is_empty());
}

#[test]
fn only_a_participant_reports() {
    let mut world = World::ring(&["bob1", "bob2"]);
    world.all_read();
    assert_eq!(report(&mut world, "ann", vec![received("bob1", 7)]), Err(ErrorCode::WrongState), "it rings");
    world.accept("bob1").unwrap();
    assert_eq!(report(&mut world, "eve", vec![received("bob1", 7)]), Err(ErrorCode::NoCall));
    assert_eq!(report(&mut world, "bob2", vec![received("ann", 7)]), Err(ErrorCode::WrongState));
    hang_up(&mut world, "ann");
    world.all_read();
    assert_eq!(report(&mut world, "bob1", vec![received("ann", 7)]), Ok(()), "it crossed the end");
    assert_eq!(report(&mut world, "eve", vec![received("ann", 7)]), Err(ErrorCode::NoCall));
    assert!(world.inbox.is_empty());
    let summary = world.summary.unwrap();
    assert_eq!((summary.quality, summary.course), (None, None));
}

#[test]
fn what_is_said_of_others_than_the_others_is_left_out() {
    let mut world = room();
    let odd = ["ann", "bob1", "stranger", "bob1"].map(|name| received(name, 9)).to_vec();
    report(&mut world, "ann", odd).unwrap();
    assert_eq!(world.read("eve"), [update("ann", vec![received("bob1", 9)])]);
    world.all_read();
    report(&mut world, "bob1", vec![received("stranger", 9)]).unwrap();
    assert!(world.inbox.is_empty(), "nothing is left to tell");
}

#[test]
fn reports_that_come_too_often_go_nowhere() {
    let mut world = talking();
    report(&mut world, "ann", vec![received("bob1", 1)]).unwrap();
    report(&mut world, "bob1", vec![received("ann", 1)]).unwrap();
    world.wait(Duration::from_millis(4_999));
    world.all_read();
    report(&mut world, "ann", vec![received("bob1", 1_000)]).unwrap();
    assert!(world.inbox.is_empty());
    world.wait(Duration::from_millis(1));
    report(&mut world, "ann", vec![received("bob1", 1)]).unwrap();
    assert_eq!(world.kinds("bob1"), ["call:quality_update"]);
    hang_up(&mut world, "ann");
    assert_eq!(world.summary.unwrap().quality.unwrap().worst.loss_permille, Some(1), "nor is it counted");
}

#[test]
fn a_summary_has_the_worst_of_each_ten_seconds() {
    let mut world = talking();
    for (by, of, mos, trip) in
        [("ann", "bob1", Some(440), 20), ("bob1", "ann", Some(300), 400), ("ann", "bob1", None, 30)]
    {
        let figures = Figures { mos_x100: mos, round_trip_ms: Some(trip), ..Figures::default() };
        report(&mut world, by, vec![Received { from: device(of), figures }]).unwrap();
        world.wait(TEN_SECONDS / 2);
    }
    hang_up(&mut world, "ann");
    let course = world.summary.unwrap().course.unwrap();
    let point = |mos_x100, round_trip_ms| Point { mos_x100, round_trip_ms, loss_permille: None };
    assert_eq!(course.points(), [point(Some(300), Some(400)), point(None, Some(30))]);
    assert_eq!(course.every(), TEN_SECONDS);
}

#[test]
fn however_long_a_call_lasts_its_course_has_few_points() {
    let mut world = talking();
    for name in ["ann", "bob1"] {
        world.does(Event::Connected { device: device(name) }).unwrap();
    }
    let at = |minute: u16| Figures { mos_x100: Some(if minute == 77 { 110 } else { 440 }), ..Figures::default() };
    for minute in 0..600 {
        report(&mut world, "ann", vec![Received { from: device("bob1"), figures: at(minute) }]).unwrap();
        world.wait(Duration::from_secs(60));
    }
    hang_up(&mut world, "ann");
    let course = world.summary.unwrap().course.unwrap();
    assert_eq!(course.every(), TEN_SECONDS * 32, "ten hours are 36,000 s, and 160 s for each of 180 is not enough");
    assert_eq!(course.points().len(), 600 * 60 / 320 + 1);
    assert!(course.points().len() <= Course::POINTS);
    let bad = course.points().iter().position(|point| point.mos_x100 == Some(110));
    assert_eq!(bad, Some(77 * 60 / 320), "what was bad for a moment is not lost");
    assert_eq!(course.points().iter().filter(|point| point.mos_x100 == Some(440)).count(), course.points().len() - 1);
}

#[test]
fn a_summary_has_median_and_worst_of_what_all_reported() {
    let mut world = room();
    let figures =
        |mos: u16, trip: u16| Figures { mos_x100: Some(mos), round_trip_ms: Some(trip), ..Figures::default() };
    for (by, of, figures) in [
        ("ann", "bob1", figures(440, 20)),
        ("bob1", "ann", figures(430, 21)),
        ("eve", "ann", figures(210, 400)),
        ("ann", "bob1", figures(441, 19)),
        ("bob1", "ann", figures(441, 18)),
    ] {
        report(&mut world, by, vec![Received { from: device(of), figures }]).unwrap();
        world.wait(TEN_SECONDS);
    }
    for name in ["eve", "ann", "bob1"] {
        world.does(Event::Leave { device: device(name) }).unwrap();
    }
    let Overall { median, worst } = world.summary.unwrap().quality.unwrap();
    assert_eq!(worst, figures(210, 400));
    assert_eq!(median.round_trip_ms, Some(20));
    assert!(median.mos_x100.unwrap().abs_diff(440) <= 4, "{median:?}");
    assert_eq!(median.jitter_ms, None);
}
