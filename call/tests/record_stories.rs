//! Stories of one call, as the relay sees it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod record_world;

use std::time::Duration;

use call::record::{Event, Loss, Terms};
use protocol::{
    CallState, CallStatus, DeclineReason, EndReason, ErrorCode, HangupReason, MaxFs, MediaState, RelayMessage, limits,
};
use record_world::{World, device, participant, user};

const SECOND: Duration = Duration::from_secs(1);

fn ended(messages: &[RelayMessage]) -> Option<EndReason> {
    messages.iter().find_map(|message| match message {
        RelayMessage::Ended(ended) => Some(ended.reason),
        _ => None,
    })
}

fn hang_up(name: &str) -> Event {
    Event::HangUp { device: device(name), reason: HangupReason::Completed }
}

fn decline(name: &str) -> Event {
    Event::Decline { device: device(name), reason: DeclineReason::Declined }
}

/// Ann and Bob talk.
fn talking() -> World {
    let mut world = World::ring(&["bob1"]);
    world.accept("bob1").unwrap();
    world.connected("ann").unwrap();
    world.connected("bob1").unwrap();
    world.all_read();
    world
}

#[test]
fn ring_accept_talk_hang_up() {
    let mut world = World::ring(&["bob1"]);
    assert_eq!(world.record.state(), CallState::Initiating);
    assert_eq!(world.doing[&user("ann")], CallStatus::Ringing);
    assert_eq!(world.doing[&user("bob")], CallStatus::Ringing);
    assert_eq!(world.kinds("bob1"), ["call:incoming"]);

    world.does(Event::Ringing { device: device("bob1"), in_call: false }).unwrap();
    assert_eq!(world.record.state(), CallState::Ringing);
    assert_eq!(world.kinds("ann"), ["call:ringing"]);

    world.accept("bob1").unwrap();
    assert_eq!(world.record.state(), CallState::Connecting);
    assert_eq!(world.kinds("ann"), ["call:accepted"]);
    assert_eq!(world.doing[&user("bob")], CallStatus::InCall);

    world.connected("ann").unwrap();
    assert_eq!(world.record.state(), CallState::Connecting);
    world.connected("bob1").unwrap();
    assert_eq!(world.record.state(), CallState::Active);
    let active = world.now;

    world.wait(600 * SECOND);
    world.does(hang_up("ann")).unwrap();
    assert_eq!(ended(&world.read("bob1")), Some(EndReason::Completed));
    assert_eq!(world.kinds("ann"), [""; 0], "whoever hangs up knows");
    let summary = world.summary.unwrap();
    assert_eq!((summary.reason, summary.active, summary.ended), (EndReason::Completed, Some(active), world.now));
    assert_eq!((summary.from, summary.to, summary.by), (Some(user("ann")), Some(user("bob")), Some(user("ann"))));
}

#[test]
fn the_ring_says_how_long_it_still_rings() {
    let mut world = World::ring(&["bob1"]);
    world.wait(20 * SECOND);
    world.candidates("ann", None, 3).unwrap();
    world.does(Event::Appeared { user: user("bob"), device: device("bob2"), forgot: false }).unwrap();
    let [RelayMessage::Incoming(incoming)] = &world.read("bob2")[..] else { panic!("bob2 rings") };
    assert_eq!((incoming.rings_for_ms, incoming.candidates.len()), (40_000, 3));
    assert_eq!(incoming.offer.text(), "offer");
}

#[test]
fn a_device_that_forgot_is_told_again() {
    let mut world = World::ring(&["bob1"]);
    world.all_read();
    world.does(Event::Appeared { user: user("bob"), device: device("bob1"), forgot: false }).unwrap();
    assert_eq!(world.kinds("bob1"), [""; 0]);
    world.does(Event::Appeared { user: user("bob"), device: device("bob1"), forgot: true }).unwrap();
    assert_eq!(world.kinds("bob1"), ["call:incoming"]);
    world.accept("bob1").unwrap();
    assert_eq!(world.kinds("bob1"), [""; 0]);
}

#[test]
fn decline_is_for_all_of_a_users_devices() {
    let mut world = World::ring(&["bob1", "bob2"]);
    world.all_read();
    world.does(decline("bob2")).unwrap();
    assert_eq!(ended(&world.read("bob1")), Some(EndReason::DeclinedElsewhere));
    assert_eq!(world.kinds("bob2"), [""; 0]);
    let caller = world.read("ann");
    assert_eq!(caller.iter().map(RelayMessage::kind).collect::<Vec<_>>(), ["call:declined", "call:ended"]);
    assert_eq!(ended(&caller), Some(EndReason::Declined));
    assert_eq!(world.accept("bob1"), Err(ErrorCode::WrongState));
}

#[test]
fn a_busy_person_says_so() {
    let mut world = World::ring(&["bob1"]);
    world.does(Event::Decline { device: device("bob1"), reason: DeclineReason::Busy }).unwrap();
    assert_eq!(ended(&world.read("ann")), Some(EndReason::Busy));
}

#[test]
fn a_device_that_is_busy_speaks_for_itself_alone() {
    let mut world = World::ring(&["bob1", "bob2"]);
    world.all_read();
    world.does(Event::Decline { device: device("bob1"), reason: DeclineReason::Busy }).unwrap();
    assert_eq!((world.kinds("ann"), world.kinds("bob2")), (vec![], vec![]), "the other one rings on");
    world.does(Event::Decline { device: device("bob2"), reason: DeclineReason::Busy }).unwrap();
    assert_eq!(ended(&world.read("ann")), Some(EndReason::Busy));
}

#[test]
fn the_caller_hears_that_it_rings_in_another_call_until_a_free_device_rings() {
    let told = |world: &mut World| -> Vec<bool> {
        let read = world.read("ann");
        read.iter()
            .filter_map(|told| if let RelayMessage::FarRinging(m) = told { Some(m.in_call) } else { None })
            .collect()
    };
    let mut world = World::ring(&["bob1", "bob2"]);
    let rings = |name, in_call| Event::Ringing { device: device(name), in_call };
    world.does(rings("bob1", true)).unwrap();
    world.does(rings("bob1", true)).unwrap();
    assert_eq!(told(&mut world), [true]);
    world.does(rings("bob2", false)).unwrap();
    world.does(rings("bob1", false)).unwrap();
    assert_eq!(told(&mut world), [false]);
}

#[test]
fn without_a_free_device_the_callee_is_busy() {
    let mut world = World::ring(&[]);
    assert_eq!(world.record.state(), CallState::Ended);
    assert_eq!(ended(&world.read("ann")), Some(EndReason::Busy));
    let summary = world.summary.unwrap();
    assert_eq!((summary.reason, summary.to), (EndReason::Busy, Some(user("bob"))));
}

#[test]
fn the_caller_takes_the_ring_back() {
    let mut world = World::ring(&["bob1", "bob2"]);
    world.all_read();
    world.does(hang_up("ann")).unwrap();
    for name in ["bob1", "bob2"] {
        assert_eq!(ended(&world.read(name)), Some(EndReason::Cancelled));
    }
    assert_eq!(world.accept("bob1"), Err(ErrorCode::WrongState));
}

#[test]
fn nobody_answers() {
    let mut world = World::ring(&["bob1"]);
    world.wait(59 * SECOND);
    assert_eq!(world.record.state(), CallState::Initiating);
    world.wait(SECOND);
    assert_eq!(ended(&world.read("ann")), Some(EndReason::Missed));
    assert_eq!(ended(&world.read("bob1")), Some(EndReason::Missed));
}

#[test]
fn one_of_two_devices_wins() {
    let mut world = World::ring(&["bob1", "bob2"]);
    world.all_read();
    world.accept("bob2").unwrap();
    assert_eq!(world.accept("bob1"), Err(ErrorCode::AnsweredElsewhere));
    assert_eq!(world.kinds("bob1"), ["call:answered_elsewhere"]);
    assert_eq!(world.does(decline("bob1")), Err(ErrorCode::AnsweredElsewhere), "it cannot end the call either");
    assert_eq!(world.candidates("bob1", None, 1), Err(ErrorCode::AnsweredElsewhere));
    world.does(hang_up("ann")).unwrap();
    assert_eq!(world.accept("bob1"), Err(ErrorCode::AnsweredElsewhere), "and hears the same after the call");
    assert_eq!(world.kinds("bob1"), [""; 0], "a call that was taken elsewhere ends without it");
}

#[test]
fn nothing_of_the_callee_passes_before_acceptance() {
    let mut world = World::ring(&["bob1"]);
    world.all_read();
    assert_eq!(world.candidates("bob1", None, 1), Err(ErrorCode::WrongState));
    assert_eq!(world.candidates("bob1", Some("ann"), 1), Err(ErrorCode::WrongState));
    assert_eq!(world.offer("bob1", "ann"), Err(ErrorCode::WrongState));
    assert_eq!(world.answer("bob1", "ann"), Err(ErrorCode::WrongState));
    assert_eq!(world.connected("bob1"), Err(ErrorCode::WrongState));
    let media = MediaState { camera: true, ..MediaState::default() };
    assert_eq!(world.does(Event::Media { device: device("bob1"), media }), Err(ErrorCode::WrongState));
    assert_eq!(world.kinds("ann"), [""; 0]);
}

#[test]
fn strangers_learn_nothing() {
    for mut world in [World::ring(&["bob1"]), talking(), World::room("ann")] {
        world.all_read();
        assert_eq!(world.accept("eve"), Err(ErrorCode::NoCall));
        assert_eq!(world.offer("eve", "ann"), Err(ErrorCode::NoCall));
        assert_eq!(world.answer("eve", "ann"), Err(ErrorCode::NoCall));
        assert_eq!(world.candidates("eve", Some("ann"), 1), Err(ErrorCode::NoCall));
        assert_eq!(world.candidates("eve", None, 1), Err(ErrorCode::NoCall));
        assert_eq!(world.connected("eve"), Err(ErrorCode::NoCall));
        assert_eq!(world.does(decline("eve")), Err(ErrorCode::NoCall));
        assert_eq!(world.does(hang_up("eve")), Err(ErrorCode::NoCall));
        assert_eq!(world.does(Event::Leave { device: device("eve") }), Err(ErrorCode::NoCall));
        assert_eq!(world.does(Event::Ringing { device: device("eve"), in_call: false }), Err(ErrorCode::NoCall));
        let media = MediaState::default();
        assert_eq!(world.does(Event::Media { device: device("eve"), media }), Err(ErrorCode::NoCall));
        assert!(world.inbox.is_empty());
    }
}

#[test]
fn the_callers_candidates_reach_whoever_rings_and_then_whoever_accepted() {
    let mut world = World::ring(&["bob1", "bob2"]);
    world.all_read();
    world.candidates("ann", None, 2).unwrap();
    assert_eq!(world.kinds("bob1"), ["call:ice_candidate"]);
    assert_eq!(world.kinds("bob2"), ["call:ice_candidate"]);
    world.accept("bob1").unwrap();
    world.all_read();
    world.candidates("ann", None, 1).unwrap();
    world.candidates("bob1", Some("ann"), 1).unwrap();
    assert_eq!(world.kinds("bob1"), ["call:ice_candidate"], "sent before the caller knew of the acceptance");
    assert_eq!(world.kinds("bob2"), [""; 0]);
    assert_eq!(world.kinds("ann"), ["call:ice_candidate"]);
}

#[test]
fn a_flood_of_candidates_is_refused() {
    let mut world = World::ring(&["bob1"]);
    world.candidates("ann", None, limits::CANDIDATES).unwrap();
    assert_eq!(world.candidates("ann", None, 1), Err(ErrorCode::TooBig));
    world.accept("bob1").unwrap();
    world.candidates("bob1", Some("ann"), limits::CANDIDATES).unwrap();
    assert_eq!(world.candidates("bob1", Some("ann"), 1), Err(ErrorCode::TooBig));
    world.all_read();
    world.offer("bob1", "ann").unwrap();
    world.candidates("bob1", Some("ann"), 1).unwrap();
    assert_eq!(world.kinds("ann"), ["call:offer", "call:ice_candidate"], "a new generation counts afresh");
}

#[test]
fn an_answer_nobody_asked_for_goes_nowhere() {
    let mut world = talking();
    assert_eq!(world.answer("bob1", "ann"), Err(ErrorCode::WrongState));
    world.offer("ann", "bob1").unwrap();
    assert_eq!(world.answer("ann", "bob1"), Err(ErrorCode::WrongState), "nor one to one's own offer");
    world.answer("bob1", "ann").unwrap();
    assert_eq!(world.answer("bob1", "ann"), Err(ErrorCode::WrongState), "nor a second one");
    assert_eq!(world.kinds("ann"), ["call:answer"]);
}

#[test]
fn a_restart_and_a_fresh_connection_beside_it_are_both_answered() {
    let mut world = talking();
    for _ in 0..3 {
        world.offer("ann", "bob1").unwrap();
    }
    world.answer("bob1", "ann").unwrap();
    world.answer("bob1", "ann").unwrap();
    assert_eq!(world.answer("bob1", "ann"), Err(ErrorCode::WrongState), "no more than two are ever waited for");
}

#[test]
fn crossing_offers_both_pass() {
    let mut world = talking();
    world.offer("ann", "bob1").unwrap();
    world.offer("bob1", "ann").unwrap();
    world.answer("bob1", "ann").unwrap();
    world.offer("bob1", "ann").unwrap();
    world.answer("ann", "bob1").unwrap();
    assert_eq!(world.kinds("ann"), ["call:offer", "call:answer", "call:offer"]);
    assert_eq!(world.kinds("bob1"), ["call:offer", "call:answer"]);
}

#[test]
fn only_participants_can_be_addressed() {
    let mut world = World::ring(&["bob1", "bob2"]);
    assert_eq!(world.candidates("ann", Some("bob1"), 1), Err(ErrorCode::NoParticipant));
    world.accept("bob1").unwrap();
    assert_eq!(world.offer("ann", "bob2"), Err(ErrorCode::NoParticipant));
    assert_eq!(world.offer("ann", "eve"), Err(ErrorCode::NoParticipant));
    assert_eq!(world.offer("ann", "ann"), Err(ErrorCode::NoParticipant));
}

#[test]
fn no_media_in_time() {
    let mut world = World::ring(&["bob1"]);
    world.accept("bob1").unwrap();
    world.connected("ann").unwrap();
    world.wait(30 * SECOND);
    assert_eq!(ended(&world.read("ann")), Some(EndReason::Timeout));
    assert_eq!(ended(&world.read("bob1")), Some(EndReason::Timeout));
    assert_eq!(world.record.state(), CallState::Failed);
}

#[test]
fn a_side_that_cannot_go_on_says_so() {
    let mut world = talking();
    world.does(Event::HangUp { device: device("bob1"), reason: HangupReason::Failed }).unwrap();
    assert_eq!(ended(&world.read("ann")), Some(EndReason::Failed));
    assert_eq!(world.record.state(), CallState::Failed);
}

#[test]
fn no_ghost_rings_when_the_caller_is_gone() {
    let mut world = World::ring(&["bob1"]);
    world.does(Event::Lost { device: device("ann"), how: Loss::Closed }).unwrap();
    world.wait(4 * SECOND);
    assert_eq!(world.record.state(), CallState::Initiating);
    world.wait(SECOND);
    assert_eq!(ended(&world.read("bob1")), Some(EndReason::Cancelled));
    assert_eq!(ended(&world.read("ann")), Some(EndReason::Cancelled), "waits for the caller to come back");
}

#[test]
fn a_caller_who_reloads_quickly_goes_on_ringing() {
    let mut world = World::ring(&["bob1"]);
    world.does(Event::Lost { device: device("ann"), how: Loss::Closed }).unwrap();
    world.wait(3 * SECOND);
    world.does(Event::Back { device: device("ann") }).unwrap();
    world.wait(50 * SECOND);
    assert_eq!(world.record.state(), CallState::Initiating);
}

#[test]
fn a_caller_who_is_away_when_it_is_accepted_has_time_to_come_back() {
    let mut world = World::ring(&["bob1"]);
    world.does(Event::Lost { device: device("ann"), how: Loss::Closed }).unwrap();
    world.wait(3 * SECOND);
    world.accept("bob1").unwrap();
    world.wait(20 * SECOND);
    assert_eq!(world.record.state(), CallState::Connecting);
}

#[test]
fn a_lost_participant_has_a_minute_and_a_silent_one_two() {
    for (how, patience) in [(Loss::Closed, Terms::AWAY), (Loss::Silent, Terms::AWAY_SILENT)] {
        let mut world = talking();
        world.does(Event::Lost { device: device("bob1"), how }).unwrap();
        world.wait(SECOND);
        world.does(Event::Lost { device: device("bob1"), how }).unwrap();
        world.wait(patience - 2 * SECOND);
        assert_eq!(world.record.state(), CallState::Active);
        world.wait(SECOND);
        assert_eq!(ended(&world.read("ann")), Some(EndReason::Failed), "{how:?}");
        assert_eq!(world.summary.unwrap().reason, EndReason::Failed);
    }
}

#[test]
fn a_participant_who_comes_back_in_time_stays() {
    let mut world = talking();
    world.does(Event::Lost { device: device("bob1"), how: Loss::Silent }).unwrap();
    world.wait(100 * SECOND);
    world.does(Event::Back { device: device("bob1") }).unwrap();
    world.wait(3_600 * SECOND);
    assert_eq!(world.record.state(), CallState::Active);
    let snapshot = world.record.snapshot(&device("bob1")).unwrap();
    assert_eq!((snapshot.state, snapshot.participants.len()), (CallState::Active, 2));
    assert_eq!(world.record.snapshot(&device("eve")), None);
}

#[test]
fn the_same_again_changes_nothing() {
    let mut world = World::ring(&["bob1", "bob2"]);
    world.does(Event::Ringing { device: device("bob1"), in_call: false }).unwrap();
    world.all_read();
    world.does(Event::Ringing { device: device("bob1"), in_call: false }).unwrap();
    world.does(Event::Ringing { device: device("bob2"), in_call: false }).unwrap();
    assert_eq!(world.kinds("ann"), [""; 0]);
    world.accept("bob1").unwrap();
    world.all_read();
    world.accept("bob1").unwrap();
    world.does(Event::Ringing { device: device("bob2"), in_call: false }).unwrap();
    assert!(world.inbox.is_empty());
    world.does(hang_up("bob1")).unwrap();
    world.all_read();
    world.does(hang_up("bob1")).unwrap();
    world.does(hang_up("ann")).unwrap();
    world.does(decline("bob2")).unwrap();
    assert!(world.inbox.is_empty());
}

#[test]
fn a_call_that_anybody_recorded_is_remembered_so() {
    let media =
        |recording| Event::Media { device: device("bob1"), media: MediaState { recording, ..MediaState::default() } };
    for (told, recorded) in [(vec![], false), (vec![false], false), (vec![true], true), (vec![true, false], true)] {
        let mut world = World::ring(&["bob1"]);
        world.accept("bob1").unwrap();
        for recording in told {
            world.does(media(recording)).unwrap();
        }
        world.does(Event::HangUp { device: device("ann"), reason: HangupReason::Completed }).unwrap();
        assert_eq!(world.summary.unwrap().recorded, recorded);
    }
    let mut room = World::room("ann");
    room.does(Event::Join { by: participant("bob1") }).unwrap();
    room.does(media(true)).unwrap();
    for name in ["bob1", "ann"] {
        room.does(Event::Leave { device: device(name) }).unwrap();
    }
    assert!(room.summary.unwrap().recorded, "whoever recorded may have left before the end");
}

#[test]
fn media_states_are_told_once() {
    let mut world = talking();
    let media = MediaState { camera: true, ..MediaState::default() };
    world.does(Event::Media { device: device("ann"), media }).unwrap();
    world.does(Event::Media { device: device("ann"), media }).unwrap();
    assert_eq!(world.kinds("bob1"), ["call:media_updated"]);
    let mut ringing = World::ring(&["bob1"]);
    ringing.all_read();
    ringing.does(Event::Media { device: device("ann"), media }).unwrap();
    assert_eq!(ringing.kinds("bob1"), ["call:media_updated"]);
}

#[test]
fn a_wish_for_pictures_reaches_the_one_it_is_for() {
    let mut world = World::room("ann");
    world.does(Event::Join { by: participant("bob") }).unwrap();
    world.does(Event::Join { by: participant("cat") }).unwrap();
    world.all_read();
    let wanted =
        |to| Event::Wanted { from: device("bob"), to: device(to), max_fs: MaxFs { camera: 57_600, screen: 0 } };
    world.does(wanted("ann")).unwrap();
    assert_eq!((world.kinds("ann"), world.kinds("cat")), (vec!["call:media_wanted"], vec![]));
    assert_eq!(world.does(wanted("eve")), Err(ErrorCode::NoParticipant));
    assert_eq!(world.does(wanted("bob")), Err(ErrorCode::NoParticipant));
    world.does(Event::Leave { device: device("bob") }).unwrap();
    world.all_read();
    assert!(world.does(wanted("ann")).is_err(), "one who has left wants nothing");
    assert!(world.inbox.is_empty());
}

#[test]
fn a_room_fills_and_empties() {
    let mut world = World::room("ann");
    assert!(matches!(&world.replies[..], [RelayMessage::Joined(joined)] if joined.participants.is_empty()));
    world.all_read();
    world.does(Event::Join { by: participant("bob1") }).unwrap();
    assert!(matches!(&world.replies[..], [RelayMessage::Joined(joined)] if joined.participants.len() == 1));
    assert_eq!(world.kinds("ann"), ["call:participant_joined"]);
    world.offer("bob1", "ann").unwrap();
    world.answer("ann", "bob1").unwrap();
    world.connected("ann").unwrap();
    assert_eq!(world.record.state(), CallState::Active);
    world.all_read();
    world.does(Event::Leave { device: device("ann") }).unwrap();
    assert_eq!(world.kinds("bob1"), ["call:participant_left", "call:room_updated"]);
    assert_eq!(world.doing.get(&user("ann")), None);
    assert_eq!(world.offer("bob1", "ann"), Err(ErrorCode::NoParticipant));
    world.does(Event::Leave { device: device("bob1") }).unwrap();
    assert_eq!(world.record.state(), CallState::Ended);
    world.does(Event::Leave { device: device("bob1") }).unwrap();
}

#[test]
fn a_room_takes_only_so_many() {
    let mut world = World::room("a");
    for name in ["b", "c", "d"] {
        world.does(Event::Join { by: participant(name) }).unwrap();
    }
    assert_eq!(world.does(Event::Join { by: participant("e") }), Err(ErrorCode::RoomFull));
    world.all_read();
    world.does(Event::Join { by: participant("b") }).unwrap();
    assert!(world.inbox.is_empty(), "entering twice is entering once");
    assert!(matches!(&world.replies[..], [RelayMessage::Joined(joined)] if joined.participants.len() == 3));
}

#[test]
fn a_user_with_two_devices_in_a_room_leaves_with_the_second() {
    let mut world = World::room("ann");
    world.does(Event::Join { by: participant("bob1") }).unwrap();
    world.does(Event::Join { by: participant("bob2") }).unwrap();
    world.does(Event::Leave { device: device("bob1") }).unwrap();
    assert_eq!(world.doing[&user("bob")], CallStatus::InCall);
    world.does(Event::Leave { device: device("bob2") }).unwrap();
    assert_eq!(world.doing.get(&user("bob")), None);
}

#[test]
fn a_room_goes_on_without_the_lost() {
    let mut world = World::room("ann");
    world.does(Event::Join { by: participant("bob1") }).unwrap();
    world.all_read();
    world.does(Event::Lost { device: device("bob1"), how: Loss::Closed }).unwrap();
    world.wait(Terms::AWAY);
    assert_eq!(world.kinds("ann"), ["call:participant_left"]);
    assert_eq!(ended(&world.read("bob1")), Some(EndReason::Failed));
    world.does(Event::Lost { device: device("ann"), how: Loss::Closed }).unwrap();
    world.wait(Terms::AWAY);
    assert_eq!(world.record.state(), CallState::Ended);
}

#[test]
fn a_direct_call_is_no_room_and_a_room_no_direct_call() {
    let mut world = talking();
    assert_eq!(world.does(Event::Join { by: participant("eve") }), Err(ErrorCode::NoCall));
    assert_eq!(world.does(Event::Leave { device: device("ann") }), Err(ErrorCode::WrongState));
    let mut room = World::room("ann");
    assert_eq!(room.does(hang_up("ann")), Err(ErrorCode::WrongState));
    assert_eq!(room.accept("ann"), Err(ErrorCode::WrongState));
}
