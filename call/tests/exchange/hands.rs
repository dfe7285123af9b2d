//! Raised hands.

use call::exchange::{Command, Input, News, OwnHand};

use crate::world::{World, device};

const ANN: usize = 0;
const BOB: usize = 1;
const CAT: usize = 2;

fn speaks(world: &mut World, who: usize, millis: u64, loudness: f32) {
    for _ in 0..millis / 100 {
        world.passes(100);
        world.handle(who, Input::Loudness(loudness));
    }
    world.runs();
}

fn own(world: &World, who: usize) -> Option<OwnHand> {
    world.people[who].exchange.view().own_hand
}

#[test]
fn hands_stand_in_line_by_when_they_were_raised() {
    let mut world = World::joined(&["Ann", "Bob", "Cat"]);
    for who in [CAT, ANN, BOB] {
        world.does(who, Command::RaiseHand);
        world.runs();
        world.passes(1_000);
    }
    for who in [ANN, BOB, CAT] {
        assert_eq!(world.people[who].exchange.view().hands, [device(CAT), device(ANN), device(BOB)]);
    }
    assert_eq!(world.people[ANN].exchange.view().place(&device(BOB)), Some(3));
    world.does(CAT, Command::LowerHand);
    world.runs();
    assert_eq!(world.people[BOB].exchange.view().place(&device(ANN)), Some(1));
    assert_eq!(world.people[BOB].exchange.view().place(&device(CAT)), None);
    assert_eq!(world.people[BOB].news.iter().filter(|news| matches!(news, News::RaisedHand(_))).count(), 2);
}

#[test]
fn at_once_the_device_id_decides() {
    let mut world = World::joined(&["Ann", "Bob", "Cat"]);
    for who in [CAT, BOB, ANN] {
        world.does(who, Command::RaiseHand);
    }
    world.runs();
    for who in [ANN, BOB, CAT] {
        assert_eq!(world.people[who].exchange.view().hands, [device(ANN), device(BOB), device(CAT)]);
    }
}

#[test]
fn who_comes_late_sees_the_same_line() {
    let mut world = World::new(&["Ann", "Bob", "Cat"]);
    world.joins(ANN, BOB);
    world.runs();
    world.does(BOB, Command::RaiseHand);
    world.passes(5_000);
    world.does(ANN, Command::RaiseHand);
    world.passes(5_000);
    world.joins(ANN, CAT);
    world.joins(BOB, CAT);
    world.runs();
    assert_eq!(world.people[CAT].exchange.view().hands, [device(BOB), device(ANN)]);
}

#[test]
fn a_lost_channel_costs_nobody_their_place() {
    let mut world = World::joined(&["Ann", "Bob", "Cat"]);
    world.does(ANN, Command::RaiseHand);
    world.runs();
    world.passes(1_000);
    world.does(BOB, Command::RaiseHand);
    world.runs();
    world.renews(ANN, CAT);
    world.runs();
    assert_eq!(world.people[CAT].exchange.view().hands, [device(ANN), device(BOB)]);
    // Lowered while it was closed.
    world.parts(ANN, CAT);
    world.does(ANN, Command::LowerHand);
    world.joins(ANN, CAT);
    world.runs();
    assert_eq!(world.people[CAT].exchange.view().hands, [device(BOB)]);
}

#[test]
fn nobody_gets_ahead_by_saying_that_it_was_long_ago() {
    let mut world = World::joined(&["Ann", "Bob"]);
    world.passes(60_000);
    world.does(BOB, Command::RaiseHand);
    world.runs();
    world.parts(ANN, BOB);
    world.passes(1_000);
    world.does(BOB, Command::LowerHand);
    world.does(ANN, Command::RaiseHand);
    world.joins(ANN, BOB);
    world.runs();
    assert_eq!(world.people[ANN].exchange.view().hands, [device(ANN)]);
    // A page that claims an hour: it was not up when the channel was there, so it is from the moment it was lost on.
    world.parts(ANN, BOB);
    world.joins(ANN, BOB);
    let claim = r#"{"type":"peer:hello","data":{"hand_ms":3600000}}"#.to_owned();
    world.handle(ANN, Input::Heard(call::PeerKey(1), claim));
    assert_eq!(world.people[ANN].exchange.view().hands, [device(ANN), device(BOB)]);
}

#[test]
fn who_speaks_for_a_while_has_had_their_turn() {
    let mut world = World::joined(&["Ann", "Bob"]);
    world.does(ANN, Command::RaiseHand);
    speaks(&mut world, ANN, 60_000, 0.02);
    assert!(own(&world, ANN).is_some(), "a room is not silent");
    speaks(&mut world, ANN, 3_000, 0.3);
    speaks(&mut world, ANN, 3_000, 0.0);
    speaks(&mut world, ANN, 3_000, 0.3);
    assert!(own(&world, ANN).is_some(), "a word or two are no turn");
    speaks(&mut world, ANN, 1_000, 0.0);
    speaks(&mut world, ANN, 1_500, 0.3);
    assert_eq!(own(&world, ANN), None, "but a breath is no end");
    assert!(world.people[BOB].exchange.view().hands.is_empty());
    assert_eq!(world.people[ANN].news, [News::Spoken]);
    assert_eq!(world.told["hand:lower"], 1);
}

#[test]
fn a_hand_that_is_to_stay_up_stays_up() {
    let mut world = World::joined(&["Ann", "Bob"]);
    world.does(ANN, Command::RaiseHand);
    world.does(ANN, Command::KeepHand(true));
    speaks(&mut world, ANN, 30_000, 0.5);
    assert_eq!(own(&world, ANN), Some(OwnHand { keep: true }));
    world.does(ANN, Command::KeepHand(false));
    speaks(&mut world, ANN, 5_000, 0.5);
    assert_eq!(own(&world, ANN), None);
    // What a broken microphone says lowers nothing, and breaks nothing.
    world.does(ANN, Command::RaiseHand);
    speaks(&mut world, ANN, 10_000, f32::NAN);
    assert!(own(&world, ANN).is_some());
}

#[test]
fn who_says_bye_is_handed_on_once_they_are_met() {
    let mut world = World::joined(&["Ann", "Bob"]);
    let bob = call::PeerKey(1);
    world.handle(0, call::exchange::Input::Heard(bob, protocol::BYE.to_owned()));
    world.handle(0, call::exchange::Input::Heard(call::PeerKey(7), protocol::BYE.to_owned()));
    assert_eq!(world.people[0].byes, [bob], "and nobody who is not there");
}

#[test]
fn who_asks_for_a_key_frame_is_handed_on() {
    let mut world = World::joined(&["Ann", "Bob"]);
    let bob = call::PeerKey(1);
    world.handle(0, call::exchange::Input::Heard(bob, protocol::KEY_FRAME.to_owned()));
    assert_eq!(world.people[0].blind, [bob]);
}
