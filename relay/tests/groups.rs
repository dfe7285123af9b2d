//! Calls of several that ring, between pages on real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod world;

use std::time::Duration;

use protocol::*;
use world::{Page, Relay, call_id};

fn join(room: &RoomCode) -> ClientMessage {
    Join { room: room.clone(), media: MediaState::default() }.into()
}

/// In a room of one's own, from which to ring others.
async fn private(page: &mut Page) -> (CallId, RoomCode) {
    let made = page.request(CreateRoom { name: None, private: true, waiting_room: false }.into()).await.unwrap();
    let RelayMessage::RoomCreated(RoomCreated { room }) = made else { panic!("{made:?}") };
    let Ok(RelayMessage::Joined(joined)) = page.request(join(&room)).await else { panic!("its maker enters") };
    assert!(joined.private);
    (joined.call_id, room)
}

async fn invite(page: &mut Page, call_id: &CallId, to: &[&UserId]) -> Result<RelayMessage, ErrorCode> {
    let to = to.iter().map(|&user| user.clone()).collect();
    page.request(Invite { call_id: call_id.clone(), to }.into()).await
}

async fn invited(page: &mut Page) -> Invited {
    let RelayMessage::Invited(invited) = page.expect("call:invited").await.message else { panic!() };
    invited
}

/// What is said of everyone who was rung, as soon as that is what is said.
async fn outcomes(page: &mut Page, expected: &[InvitationStatus]) {
    loop {
        let RelayMessage::Invitations(told) = page.expect("call:invitations").await.message else { panic!() };
        if told.people.iter().map(|one| one.status).eq(expected.iter().copied()) {
            return;
        }
    }
}

#[tokio::test]
async fn several_are_rung_at_once() {
    let relay = Relay::start().await;
    let (mut ann, mut bob, mut cat) = (relay.page("Ann").await, relay.page("Bob").await, relay.page("Cat").await);
    let (call, _) = private(&mut ann).await;
    let nobody: UserId = "guest:nobody".parse().unwrap();
    invite(&mut ann, &call, &[&bob.user(), &cat.user(), &nobody]).await.unwrap();
    let rung = invited(&mut bob).await;
    assert_eq!((&rung.call_id, rung.from.name.as_str(), rung.with.len()), (&call, "Ann", 1));
    assert_eq!(rung.with[0].name, "Cat");
    invited(&mut cat).await;
    bob.request(Ringing { call_id: call.clone(), in_call: false }.into()).await.unwrap();
    use InvitationStatus::{Declined, Invited, Joined, NotHere, Ringing as Rings};
    outcomes(&mut ann, &[Rings, Invited, NotHere]).await;
    let Ok(RelayMessage::Joined(joined)) = bob.request(join(&rung.room)).await else { panic!("he was rung") };
    assert_eq!(joined.participants[0].device, ann.device());
    ann.expect("call:participant_joined").await;
    cat.request(Decline { call_id: call.clone(), reason: DeclineReason::Declined }.into()).await.unwrap();
    outcomes(&mut ann, &[Joined, Declined, NotHere]).await;
    bob.request(Leave { call_id: call.clone() }.into()).await.unwrap();
    let ended = ann.expect("call:ended").await.message;
    assert!(matches!(ended, RelayMessage::Ended(e) if e.reason == EndReason::Completed));
    assert_eq!(ann.request(join(&rung.room)).await, Err(ErrorCode::NotFound), "the code is over with the call");
}

#[tokio::test]
async fn for_a_stranger_a_private_room_is_not_there() {
    let relay = Relay::start().await;
    let (mut ann, bob, mut eve) = (relay.page("Ann").await, relay.page("Bob").await, relay.page("Eve").await);
    let nowhere: RoomCode = "zzzz-zzzz-zzzz".parse().unwrap();
    let made = ann.request(CreateRoom { name: None, private: true, waiting_room: false }.into()).await.unwrap();
    let RelayMessage::RoomCreated(RoomCreated { room }) = made else { panic!("{made:?}") };
    let mut answers = Vec::new();
    for entered in [false, true] {
        if entered {
            let Ok(RelayMessage::Joined(joined)) = ann.request(join(&room)).await else { panic!() };
            invite(&mut ann, &joined.call_id, &[&bob.user()]).await.unwrap();
        }
        for room in [&room, &nowhere] {
            eve.next_id = eve.next_id.max(10);
            let id = eve.ask(join(room)).await;
            let frame = eve.expect("call:error").await;
            assert_eq!(frame.id, Some(id));
            answers.push(format!("{:?}", frame.message));
        }
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
}

#[tokio::test]
async fn a_direct_call_becomes_a_group() {
    let relay = Relay::start().await;
    let (mut ann, mut bob, call) = world::talking(&relay).await;
    let mut cat = relay.page("Cat").await;
    assert_eq!(invite(&mut ann, &call, &[&cat.user()]).await, Err(ErrorCode::WrongState), "media must flow first");
    for page in [&mut ann, &mut bob] {
        page.request(Connected { call_id: call.clone() }.into()).await.unwrap();
    }
    invite(&mut bob, &call, &[&cat.user()]).await.unwrap();
    let rung = invited(&mut cat).await;
    for page in [&mut ann, &mut bob] {
        let RelayMessage::Joined(joined) = page.expect("call:joined").await.message else { panic!() };
        assert_eq!((&joined.room, &joined.call_id, joined.private), (&rung.room, &call, true));
    }
    assert_eq!((rung.from.name.as_str(), rung.with.len()), ("Bob", 1));
    let Ok(RelayMessage::Joined(joined)) = cat.request(join(&rung.room)).await else { panic!("she was rung") };
    assert_eq!(joined.participants.len(), 2);
}

#[tokio::test]
async fn all_devices_ring_and_one_wins() {
    let relay = Relay::start().await;
    let mut ann = relay.page("Ann").await;
    let token = relay.token("Bob");
    let mut bobs = vec![relay.page_with(&token, None).await, relay.page_with(&token, None).await];
    let (call, room) = private(&mut ann).await;
    invite(&mut ann, &call, &[&bobs[0].user()]).await.unwrap();
    bobs.push(relay.page_with(&token, None).await);
    for bob in &mut bobs {
        invited(bob).await;
    }
    let replies = futures_util::future::join_all(bobs.iter_mut().map(|bob| bob.request(join(&room)))).await;
    assert_eq!(replies.iter().filter(|reply| reply.is_ok()).count(), 1);
    assert_eq!(replies.iter().filter(|reply| **reply == Err(ErrorCode::AnsweredElsewhere)).count(), 2);
}

#[tokio::test]
async fn a_group_that_rings_wins_over_a_ring_back() {
    let relay = Relay::start().await;
    let (mut ann, mut bob) = (relay.page("Ann").await, relay.page("Bob").await);
    let (call, room) = private(&mut ann).await;
    invite(&mut ann, &call, &[&bob.user()]).await.unwrap();
    let back = bob.initiate(&call_id(), &ann.user());
    assert_eq!(bob.request(back).await, Err(ErrorCode::Glare));
    bob.request(join(&room)).await.unwrap();

    let (mut cat, mut dan) = (relay.page("Cat").await, relay.page("Dan").await);
    let first = dan.ring(&cat).await;
    let (call, room) = private(&mut cat).await;
    invite(&mut cat, &call, &[&dan.user()]).await.unwrap();
    invited(&mut dan).await;
    dan.request(Hangup { call_id: first, reason: HangupReason::Completed }.into()).await.unwrap();
    dan.request(join(&room)).await.unwrap();
}

#[tokio::test]
async fn it_rings_out_and_is_kept_for_everyone_as_it_was_for_them() {
    let relay = Relay::with(|config| config.calls.ring = Duration::from_millis(300)).await;
    let (mut ann, mut bob, mut cat) = (relay.page("Ann").await, relay.page("Bob").await, relay.page("Cat").await);
    let (call, room) = private(&mut ann).await;
    invite(&mut ann, &call, &[&bob.user(), &cat.user()]).await.unwrap();
    bob.request(join(&room)).await.unwrap();
    let missed = cat.expect("call:ended").await.message;
    assert!(matches!(missed, RelayMessage::Ended(e) if e.reason == EndReason::Missed));
    ann.request(Leave { call_id: call.clone() }.into()).await.unwrap();
    bob.expect("call:ended").await;
    for page in [&ann, &bob, &cat] {
        let kept = relay.app.history.call(&page.user(), call.clone()).await.unwrap().expect("had part in it");
        let parts: Vec<(Option<&str>, String)> =
            kept.participants.iter().map(|part| (part.name.as_deref(), format!("{:?}", part.status))).collect();
        let expected = [("Ann", "Placed"), ("Bob", "Accepted"), ("Cat", "Missed")];
        assert_eq!(parts, expected.map(|(name, status)| (Some(name), status.to_owned())));
        assert_eq!((kept.kind, &kept.room), (CallType::GroupVoice, &None));
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let relay = Relay::start().await;
    let (mut ann, mut bob) = (relay.page("Ann").await, relay.page("Bob").await);
    let (call, _) = private(&mut ann).await;
    assert_eq!(invite(&mut bob, &call, &[&ann.user()]).await, Err(ErrorCode::NoCall));
    assert_eq!(invite(&mut ann, &call_id(), &[&bob.user()]).await, Err(ErrorCode::NoCall));
    assert_eq!(invite(&mut ann, &call, &[]).await, Err(ErrorCode::BadMessage));
    let crowd: Vec<UserId> = (0..33).map(|n| format!("guest:{n}").parse().unwrap()).collect();
    assert_eq!(invite(&mut ann, &call, &crowd.iter().collect::<Vec<_>>()).await, Err(ErrorCode::TooBig));
    let oneself = ann.user();
    invite(&mut ann, &call, &[&oneself]).await.unwrap();
    bob.hears_nothing().await;
}
