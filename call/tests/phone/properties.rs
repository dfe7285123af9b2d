//! What holds in any story whatever.

use call::{Command, Input, LinkEvent};
use proptest::prelude::*;
use protocol::{CallType, RoomCode};

use crate::world::World;

const NAMES: [&str; 4] = ["ann", "bob1", "bob2", "cat"];

#[derive(Clone, Debug)]
enum Act {
    Dial(usize, bool),
    Accept,
    AcceptHolding,
    Hold(bool),
    Swap,
    CallWaiting(bool),
    Decline,
    HangUp,
    Enter,
    Microphone(bool),
    Camera(bool),
    Dismiss,
    NetworkChanged,
    Cut,
    Unplug,
    PlugIn,
    Separate(usize),
    KillPaths(usize),
    Reload,
    RelayDies,
    RelayIsBack,
}

/// What people do, mostly.
fn everyday() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..NAMES.len(), any::<bool>()).prop_map(|(whom, video)| Act::Dial(whom, video)),
        4 => Just(Act::Accept),
        3 => Just(Act::AcceptHolding),
        2 => any::<bool>().prop_map(Act::Hold),
        2 => Just(Act::Swap),
        1 => prop_oneof![3 => Just(true), 1 => Just(false)].prop_map(Act::CallWaiting),
        1 => Just(Act::Decline),
        2 => Just(Act::HangUp),
        1 => Just(Act::Enter),
        1 => any::<bool>().prop_map(Act::Microphone),
        1 => any::<bool>().prop_map(Act::Camera),
        1 => Just(Act::Dismiss),
        1 => Just(Act::NetworkChanged),
        1 => Just(Act::Cut),
    ]
}

/// And what befalls them.
fn anything() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => everyday(),
        1 => Just(Act::Unplug),
        2 => Just(Act::PlugIn),
        1 => (0..NAMES.len()).prop_map(Act::Separate),
        1 => (0..NAMES.len()).prop_map(Act::KillPaths),
        1 => Just(Act::Reload),
        1 => Just(Act::RelayDies),
        2 => Just(Act::RelayIsBack),
    ]
}

type Story = Vec<(usize, Act, u64)>;

fn story(act: impl Strategy<Value = Act>) -> impl Strategy<Value = Story> {
    // Mostly within the milliseconds in which messages cross, sometimes long enough for guards.
    let pause = prop_oneof![5 => 0..60_u64, 3 => 60..600_u64, 1 => 600..20_000_u64, 1 => 20_000..90_000_u64];
    proptest::collection::vec((0..NAMES.len(), act, pause), 1..40)
}

fn perform(world: &mut World, room: &RoomCode, page: usize, act: &Act) {
    match *act {
        Act::Dial(whom, video) => {
            world.dials(page, whom, if video { CallType::Video } else { CallType::Voice });
        }
        Act::Accept if world.view(page).incoming.is_some() => world.accepts(page),
        Act::Decline if world.view(page).incoming.is_some() => world.declines(page),
        Act::AcceptHolding if world.view(page).incoming.is_some() => world.accepts_holding(page),
        Act::Accept | Act::AcceptHolding | Act::Decline => {}
        Act::Hold(on) => world.does(page, Command::Hold(on)),
        Act::Swap => world.does(page, Command::Swap),
        Act::CallWaiting(on) => world.does(page, Command::SetCallWaiting(on)),
        Act::HangUp => world.hangs_up(page),
        Act::Enter => world.joins(page, room),
        Act::Microphone(on) => world.does(page, Command::SetMicrophone(on)),
        Act::Camera(on) => world.does(page, Command::SetCamera(on)),
        Act::Dismiss => world.does(page, Command::Dismiss),
        Act::NetworkChanged => world.handle(page, Input::Link(LinkEvent::NetworkChanged)),
        Act::Cut => world.cuts(page),
        Act::Unplug => world.unplugs(page),
        Act::PlugIn => world.plugs_in(page),
        Act::Separate(other) => world.separates(page, other),
        Act::KillPaths(other) => world.kills_paths(page, other),
        Act::Reload => world.reloads(page),
        Act::RelayDies => world.relay_dies(),
        Act::RelayIsBack => world.relay_down = false,
    }
}

/// Plays the story, then everybody goes home: nothing may be left over, however it went.
fn play(seed: u64, story: &Story, gentle: bool) {
    let mut world = World::new(seed, &NAMES);
    world.twice = seed.is_multiple_of(2);
    world.relay.apart = seed.is_multiple_of(5);
    world.does(0, Command::CreateRoom { name: None, camera: false });
    world.run(200);
    let room = world.call(0).room.clone().expect("it was made").code;
    world.hangs_up(0);
    world.run(200);
    for (page, act, pause) in story {
        perform(&mut world, &room, *page, act);
        world.run(*pause);
        for page in 0..NAMES.len() {
            let recent = &world.view(page).recent;
            assert!(recent.len() <= 50);
            for (place, call) in recent.iter().enumerate() {
                assert!(recent[..place].iter().all(|other| other.call_id != call.call_id), "one call ended twice");
            }
        }
    }
    if gentle {
        world.assert_no_refusals();
    }
    world.relay_down = false;
    for page in 0..NAMES.len() {
        world.plugs_in(page);
    }
    // Who is rung declines, until nobody is: a call may come that was still on its way.
    for _ in 0..3 {
        for page in 0..NAMES.len() {
            if world.view(page).incoming.is_some() {
                world.declines(page);
            }
            world.hangs_up(page);
        }
        world.run(15_000);
    }
    world.forgive_refusals(gentle);
    world.assert_quiet();
}

proptest! {
    /// With a network that only cuts sockets, browsers are never asked for the impossible either.
    #[test]
    fn people_do_anything(seed in any::<u64>(), story in story(everyday())) {
        play(seed, &story, true);
    }

    #[test]
    fn anything_happens_to_them(seed in any::<u64>(), story in story(anything())) {
        play(seed, &story, false);
    }
}
