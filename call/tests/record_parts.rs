//! What remains of a call for its history: everyone's part in it, and when.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod record_world;

use std::time::Duration;

use call::Time;
use call::record::{Event, PARTS, Part, PartStatus, Summary};
use protocol::{DeclineReason, EndReason, HangupReason, MediaState, Participant, Person};
use record_world::{World, device, participant, user};

const SECOND: Duration = Duration::from_secs(1);

/// When every call of these stories begins.
const BEGAN: Time = Time::from_millis(1_000);

fn part(name: &str, status: PartStatus, stay: Option<(u32, u32)>) -> Part {
    let time = |seconds: u32| BEGAN + seconds * SECOND;
    Part {
        user: user(name),
        name: stay.map(|_| name.to_owned()),
        status,
        joined: stay.map(|(from, _)| time(from)),
        left: stay.map(|(_, until)| time(until)),
    }
}

fn hang_up(name: &str) -> Event {
    Event::HangUp { device: device(name), reason: HangupReason::Completed }
}

fn leave(name: &str) -> Event {
    Event::Leave { device: device(name) }
}

fn decline(name: &str, reason: DeclineReason) -> Event {
    Event::Decline { device: device(name), reason }
}

fn enter(world: &mut World, name: &str) {
    world.does(Event::Join { by: participant(name) }).unwrap();
}

fn over(world: World) -> Summary {
    world.summary.expect("it is over")
}

#[test]
fn of_a_call_that_was_answered_remains_who_was_in_it_and_from_when() {
    let mut world = World::ring(&["bob1", "bob2"]);
    world.wait(4 * SECOND);
    world.accept("bob2").unwrap();
    world.wait(SECOND);
    world.connected("ann").unwrap();
    world.connected("bob2").unwrap();
    world.wait(30 * SECOND);
    world.does(hang_up("bob2")).unwrap();
    let summary = over(world);
    assert_eq!(summary.answered, Some(BEGAN + 4 * SECOND));
    assert_eq!((summary.active, summary.ended), (Some(BEGAN + 5 * SECOND), BEGAN + 35 * SECOND));
    assert_eq!(
        summary.parts,
        [part("ann", PartStatus::Placed, Some((0, 35))), part("bob", PartStatus::Accepted, Some((4, 35)))]
    );
}

#[test]
fn whoever_did_not_accept_never_joined() {
    let story = |event: Option<Event>| {
        let mut world = World::ring(&["bob1"]);
        world.wait(10 * SECOND);
        match event {
            Some(event) => world.does(event).unwrap(),
            None => world.wait(50 * SECOND),
        }
        let summary = over(world);
        assert_eq!(summary.answered, None);
        assert_eq!((summary.parts.len(), summary.parts[0].status), (2, PartStatus::Placed));
        (summary.reason, summary.parts[1].clone())
    };
    let bob = |status| part("bob", status, None);
    let declined = story(Some(decline("bob1", DeclineReason::Declined)));
    assert_eq!(declined, (EndReason::Declined, bob(PartStatus::Declined)));
    let busy = story(Some(decline("bob1", DeclineReason::Busy)));
    assert_eq!(busy, (EndReason::Busy, bob(PartStatus::Busy)));
    assert_eq!(story(None), (EndReason::Missed, bob(PartStatus::Missed)));
    let cancelled = story(Some(hang_up("ann")));
    assert_eq!(cancelled, (EndReason::Cancelled, bob(PartStatus::Missed)), "for Bob that is a missed call too");
}

#[test]
fn a_callee_without_a_free_device_was_busy() {
    let summary = over(World::ring(&[]));
    assert_eq!(summary.parts, [part("ann", PartStatus::Placed, Some((0, 0))), part("bob", PartStatus::Busy, None)]);
}

#[test]
fn a_room_remembers_those_who_left_before_the_end() {
    let mut world = World::room("ann");
    world.wait(SECOND);
    enter(&mut world, "bob1");
    world.wait(SECOND);
    world.does(leave("ann")).unwrap();
    world.wait(SECOND);
    world.does(leave("bob1")).unwrap();
    let summary = over(world);
    assert_eq!((summary.room_name.as_deref(), summary.answered), (Some("Stand-up"), None));
    assert_eq!(
        summary.parts,
        [part("ann", PartStatus::Joined, Some((0, 2))), part("bob", PartStatus::Joined, Some((1, 3)))]
    );
}

#[test]
fn two_devices_and_two_visits_are_one_part() {
    let mut world = World::room("ann");
    enter(&mut world, "bob1");
    world.wait(SECOND);
    enter(&mut world, "bob2");
    world.wait(SECOND);
    world.does(leave("bob1")).unwrap();
    world.wait(SECOND);
    world.does(leave("bob2")).unwrap();
    world.wait(SECOND);
    enter(&mut world, "bob1");
    world.wait(SECOND);
    world.does(leave("bob1")).unwrap();
    world.does(leave("ann")).unwrap();
    assert_eq!(
        over(world).parts,
        [part("bob", PartStatus::Joined, Some((0, 5))), part("ann", PartStatus::Joined, Some((0, 5)))]
    );
}

#[test]
fn a_room_that_strangers_stream_through_stays_small() {
    let stranger = |n: usize| Participant {
        device: format!("device_{n:_<12}").parse().unwrap(),
        user: Person { id: format!("guest:{n}").parse().unwrap(), name: n.to_string(), avatar: None },
        media: MediaState::default(),
    };
    let mut world = World::room("ann");
    for by in (0..PARTS + 10).map(stranger) {
        let device = by.device.clone();
        world.does(Event::Join { by }).unwrap();
        world.does(Event::Leave { device }).unwrap();
    }
    let effects = world.record.apply(world.now, leave("ann")).unwrap().1;
    let summary = effects.into_iter().find_map(|effect| match effect {
        call::record::Effect::Over(summary) => Some(summary),
        _ => None,
    });
    assert_eq!(summary.unwrap().parts.len(), PARTS);
}
