//! What holds for a call whatever happens to it, in any order.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod record_world;

use std::time::Duration;

use call::record::{Event, Loss};
use proptest::prelude::*;
use protocol::{CallState, DeclineReason, ErrorCode, HangupReason, MediaState, Opaque, RelayMessage};
use record_world::{World, candidate, device, participant, received, user};

const DEVICES: [&str; 5] = ["ann", "bob1", "bob2", "bob3", "eve"];

/// Anything that anybody may send about a call, and anything that may happen to their connections.
#[derive(Clone, Debug)]
enum Step {
    Happens(Event),
    Appears(&'static str),
    Waits(Duration),
}

fn anyone() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&DEVICES[..])
}

fn event() -> impl Strategy<Value = Event> {
    let device_of = |name: &str| device(name);
    prop_oneof![
        anyone().prop_map(move |d| Event::Ringing { device: device_of(d), in_call: false }),
        anyone().prop_map(|d| Event::Accept { by: participant(d), answer: Opaque::new(d) }),
        (anyone(), any::<bool>()).prop_map(|(d, busy)| Event::Decline {
            device: device(d),
            reason: if busy { DeclineReason::Busy } else { DeclineReason::Declined },
        }),
        anyone().prop_map(|d| Event::Refuse { user: user(d) }),
        anyone().prop_map(|d| Event::HangUp { device: device(d), reason: HangupReason::Completed }),
        anyone().prop_map(|d| Event::Connected { device: device(d) }),
        anyone().prop_map(|d| Event::Join { by: participant(d) }),
        anyone().prop_map(|d| Event::Leave { device: device(d) }),
        (anyone(), anyone()).prop_map(|(from, to)| Event::Offer {
            from: device(from),
            to: device(to),
            sdp: Opaque::new(from)
        }),
        (anyone(), anyone()).prop_map(|(from, to)| Event::Answer {
            from: device(from),
            to: device(to),
            sdp: Opaque::new(from)
        }),
        (anyone(), prop::option::of(anyone()), 1..30_usize).prop_map(|(from, to, count)| Event::Candidates {
            from: device(from),
            to: to.map(device),
            candidates: vec![candidate(from); count],
        }),
        (anyone(), any::<bool>()).prop_map(|(d, camera)| Event::Media {
            device: device(d),
            media: MediaState { camera, ..MediaState::default() },
        }),
        (anyone(), any::<bool>()).prop_map(|(d, silent)| Event::Lost {
            device: device(d),
            how: if silent { Loss::Silent } else { Loss::Closed },
        }),
        (anyone(), anyone(), any::<u16>())
            .prop_map(|(d, from, loss)| Event::Quality { device: device(d), received: vec![received(from, loss)] }),
        anyone().prop_map(|d| Event::Back { device: device(d) }),
        Just(Event::Tick),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        12 => event().prop_map(Step::Happens),
        // Only a device of the callee appears: the relay knows whose devices are whose.
        1 => prop::sample::select(&["bob1", "bob2", "bob3"][..]).prop_map(Step::Appears),
        2 => (0..40_u64).prop_map(|seconds| Step::Waits(Duration::from_secs(seconds))),
    ];
    prop::collection::vec(step, 0..60)
}

/// Runs a story, checking what [`World`] checks after each step, and what was sent because of it.
fn run(world: &mut World, steps: &[Step]) {
    for step in steps {
        let before = world.record.state();
        world.all_read();
        match step {
            Step::Happens(event) => {
                let result = world.does(event.clone());
                check_signalling(world, before, event, result);
            }
            Step::Appears(name) => {
                world.does(Event::Appeared { user: user(name), device: device(name), forgot: true }).unwrap()
            }
            Step::Waits(time) => world.wait(*time),
        }
    }
}

fn check_signalling(world: &mut World, before: CallState, event: &Event, result: Result<(), ErrorCode>) {
    let sent: Vec<RelayMessage> = std::mem::take(&mut world.inbox).into_values().flatten().collect();
    let rings = matches!(before, CallState::Initiating | CallState::Ringing);
    for message in &sent {
        let from = match message {
            RelayMessage::FarOffer(m) => &m.from,
            RelayMessage::FarAnswer(m) => &m.from,
            RelayMessage::FarIceCandidates(m) => &m.from,
            RelayMessage::MediaUpdated(m) => &m.device,
            RelayMessage::MediaWanted(m) => &m.from,
            RelayMessage::QualityUpdate(m) => &m.device,
            _ => continue,
        };
        assert!(!rings || *from == device("ann"), "passed on before acceptance: {message:?}");
        assert_ne!(*from, device("eve"), "a stranger got through: {message:?}");
    }
    if matches!(before, CallState::Ended | CallState::Failed) {
        assert!(sent.is_empty(), "a call that is over says no more, but after {event:?} it said {sent:?}");
    }
    if result.is_err() {
        assert!(sent.is_empty(), "a refused event has no effect");
    }
}

/// Hangs up, leaves and waits, so that whatever the story left going comes to its end.
fn finish(world: &mut World) {
    world.wait(Duration::from_secs(100));
    for name in DEVICES {
        let _ = world.does(Event::HangUp { device: device(name), reason: HangupReason::Completed });
        let _ = world.does(Event::Leave { device: device(name) });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_direct_call_keeps_its_promises(steps in steps()) {
        let mut world = World::ring(&["bob1", "bob2"]);
        run(&mut world, &steps);
        finish(&mut world);
        prop_assert!(world.record.ended().is_some(), "it ends in the end");
        prop_assert!(world.seated.is_empty() && world.doing.is_empty());
    }

    #[test]
    fn a_room_keeps_its_promises(steps in steps()) {
        let mut world = World::room("bob1");
        // Eve is anyone's guest in a room; here she stays outside, so that what she sends must go nowhere.
        let steps: Vec<Step> = steps
            .into_iter()
            .filter(|step| !matches!(step, Step::Happens(Event::Join { by }) if by.device == device("eve")))
            .collect();
        run(&mut world, &steps);
        finish(&mut world);
        prop_assert!(world.record.ended().is_some(), "it ends in the end");
    }

    #[test]
    fn the_same_event_twice_is_one(steps in steps(), again in event()) {
        let mut world = World::ring(&["bob1", "bob2"]);
        run(&mut world, &steps);
        if world.does(again.clone()).is_ok() && repeats_quietly(&again) {
            let state = world.record.state();
            let _ = std::mem::take(&mut world.inbox);
            prop_assert_eq!(world.does(again), Ok(()));
            prop_assert!(world.inbox.is_empty());
            prop_assert_eq!(world.record.state(), state);
        }
    }

    #[test]
    fn a_hundred_accepts_have_one_winner(order in Just((0..100).collect::<Vec<usize>>()).prop_shuffle()) {
        let names: Vec<String> = (0..100).map(|n| format!("bob{n}")).collect();
        let devices: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut world = World::ring(&devices);
        world.all_read();
        let results: Vec<Result<(), ErrorCode>> = order.iter().map(|&n| world.accept(devices[n])).collect();
        prop_assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        prop_assert_eq!(results.iter().filter(|result| **result == Err(ErrorCode::AnsweredElsewhere)).count(), 99);
        prop_assert_eq!(world.inbox.len(), 100, "99 others and the caller were told");
    }
}

/// Descriptions and candidates are passed on each time: a repetition of those is recognised by the id of the request,
/// before it comes here. Of a call that somebody has refused without a device, nothing says afterwards that it was theirs.
fn repeats_quietly(event: &Event) -> bool {
    !matches!(event, Event::Offer { .. } | Event::Answer { .. } | Event::Candidates { .. } | Event::Refuse { .. })
}
