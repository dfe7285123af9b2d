//! Calls and rooms between pages on real sockets.

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
use world::{Page, Relay, call_id, talking};

#[tokio::test]
async fn ring_accept_and_hang_up() {
    let relay = Relay::start().await;
    let mut ann = relay.page("Ann").await;
    let mut bob = relay.page("Bob").await;
    let call = ann.ring(&bob).await;
    let RelayMessage::Incoming(incoming) = bob.expect("call:incoming").await.message else { panic!() };
    assert_eq!((incoming.call_id, incoming.from.device), (call.clone(), ann.device()));
    assert_eq!(incoming.from.user.name, "Ann");
    assert!((59_000..=60_000).contains(&incoming.rings_for_ms));

    bob.request(Ringing { call_id: call.clone(), in_call: false }.into()).await.unwrap();
    ann.expect("call:ringing").await;
    ann.request(Page::candidates(&call, None, 2)).await.unwrap();
    bob.expect("call:ice_candidate").await;

    bob.request(Page::accept(&call)).await.unwrap();
    let RelayMessage::Accepted(accepted) = ann.expect("call:accepted").await.message else { panic!() };
    assert_eq!((accepted.by.device, accepted.answer.text().as_str()), (bob.device(), "v=0\r\nanswer"));
    bob.request(Page::candidates(&call, Some(&ann.device()), 1)).await.unwrap();
    ann.expect("call:ice_candidate").await;

    for page in [&mut ann, &mut bob] {
        page.request(Connected { call_id: call.clone() }.into()).await.unwrap();
    }
    bob.request(Hangup { call_id: call.clone(), reason: HangupReason::Completed }.into()).await.unwrap();
    let RelayMessage::Ended(ended) = ann.expect("call:ended").await.message else { panic!() };
    assert_eq!((ended.reason, ended.by), (EndReason::Completed, Some(bob.user())));
}

#[tokio::test]
async fn descriptions_pass_byte_for_byte() {
    let relay = Relay::start().await;
    let (mut ann, mut bob, call) = talking(&relay).await;
    let sdp = r"v=0\r\no=- \u0041\/\ud83d\ude00";
    let to = bob.device();
    let text = format!(r#"{{"type":"call:offer","id":9,"data":{{"call_id":"{call}","to":"{to}","sdp":"{sdp}"}}}}"#);
    ann.next_id = 9;
    ann.send_text(text).await;
    let RelayMessage::FarOffer(offer) = bob.expect("call:offer").await.message else { panic!() };
    assert_eq!(serde_json::to_string(&offer.sdp).unwrap(), format!("\"{sdp}\""));
    bob.request(Answer { call_id: call, to: ann.device(), sdp: offer.sdp }.into()).await.unwrap();
    ann.expect("call:answer").await;
}

#[tokio::test]
async fn all_devices_ring_and_one_wins() {
    let relay = Relay::start().await;
    let mut ann = relay.page("Ann").await;
    let token = relay.token("Bob");
    let mut bobs = Vec::new();
    // As many as a person may have.
    for _ in 0..32 {
        bobs.push(relay.page_with(&token, None).await);
    }
    let call = ann.ring(&bobs[0]).await;
    for bob in &mut bobs {
        bob.expect("call:incoming").await;
    }
    let ids = futures_util::future::join_all(bobs.iter_mut().map(|bob| bob.request(Page::accept(&call)))).await;
    assert_eq!(ids.iter().filter(|reply| reply.is_ok()).count(), 1);
    assert_eq!(ids.iter().filter(|reply| **reply == Err(ErrorCode::AnsweredElsewhere)).count(), 31);
    ann.expect("call:accepted").await;
    ann.hears_nothing().await;
}

#[tokio::test]
async fn a_device_that_comes_while_it_rings_rings_too() {
    let relay = Relay::start().await;
    let mut ann = relay.page("Ann").await;
    let token = relay.token("Bob");
    let mut bob = relay.page_with(&token, None).await;
    let call = ann.ring(&bob).await;
    bob.expect("call:incoming").await;
    ann.request(Page::candidates(&call, None, 3)).await.unwrap();
    let mut phone = relay.page_with(&token, None).await;
    let RelayMessage::Incoming(incoming) = phone.expect("call:incoming").await.message else { panic!() };
    assert_eq!(incoming.candidates.len(), 3);
    phone.request(Page::accept(&call)).await.unwrap();
    bob.expect("call:answered_elsewhere").await;
}

#[tokio::test]
async fn when_both_dial_there_is_one_call() {
    let relay = Relay::start().await;
    let mut ann = relay.page("Ann").await;
    let mut bob = relay.page("Bob").await;
    let (from_ann, from_bob) = (call_id(), call_id());
    let (to_ann, to_bob) = (ann.user(), bob.user());
    let (a, b) = tokio::join!(
        {
            let m = ann.initiate(&from_ann, &to_bob);
            ann.request(m)
        },
        {
            let m = bob.initiate(&from_bob, &to_ann);
            bob.request(m)
        },
    );
    assert!(matches!((&a, &b), (Ok(_), Err(ErrorCode::Glare)) | (Err(ErrorCode::Glare), Ok(_))), "{a:?} {b:?}");
    let (winner, second, call) =
        if a.is_ok() { (&mut ann, &mut bob, from_ann) } else { (&mut bob, &mut ann, from_bob) };
    second.request(Page::accept(&call)).await.unwrap();
    winner.expect("call:accepted").await;
}

#[tokio::test]
async fn nobody_oneself_and_a_second_one() {
    let relay = Relay::start().await;
    let (mut ann, _bob, _) = talking(&relay).await;
    let mut eve = relay.page("Eve").await;
    let nobody = eve.initiate(&call_id(), &"guest:nobody".parse().unwrap());
    assert_eq!(eve.request(nobody).await, Err(ErrorCode::NotFound));
    let oneself = eve.initiate(&call_id(), &eve.user());
    assert_eq!(eve.request(oneself).await, Err(ErrorCode::OwnUser));
    let second = ann.initiate(&call_id(), &eve.user());
    assert_eq!(ann.request(second).await, Err(ErrorCode::InCall));
}

#[tokio::test]
async fn decline_and_cancel() {
    let relay = Relay::start().await;
    let mut ann = relay.page("Ann").await;
    let token = relay.token("Bob");
    let mut bob = relay.page_with(&token, None).await;
    let mut phone = relay.page_with(&token, None).await;
    let call = ann.ring(&bob).await;
    bob.expect("call:incoming").await;
    bob.request(Decline { call_id: call, reason: DeclineReason::Declined }.into()).await.unwrap();
    ann.expect("call:declined").await;
    assert!(matches!(ann.next().await.message, RelayMessage::Ended(e) if e.reason == EndReason::Declined));
    let elsewhere = phone.expect("call:ended").await.message;
    assert!(matches!(elsewhere, RelayMessage::Ended(e) if e.reason == EndReason::DeclinedElsewhere));

    let call = ann.ring(&bob).await;
    bob.expect("call:incoming").await;
    ann.request(Hangup { call_id: call, reason: HangupReason::Completed }.into()).await.unwrap();
    assert!(
        matches!(bob.expect("call:ended").await.message, RelayMessage::Ended(e) if e.reason == EndReason::Cancelled)
    );
}

#[tokio::test]
async fn it_rings_out() {
    let relay = Relay::with(|config| config.calls.ring = Duration::from_millis(300)).await;
    let mut ann = relay.page("Ann").await;
    let mut bob = relay.page("Bob").await;
    ann.ring(&bob).await;
    for page in [&mut ann, &mut bob] {
        let ended = page.expect("call:ended").await.message;
        assert!(matches!(ended, RelayMessage::Ended(e) if e.reason == EndReason::Missed));
    }
}

#[tokio::test]
async fn no_media_in_time() {
    let relay = Relay::with(|config| config.calls.connect = Duration::from_millis(300)).await;
    let (mut ann, mut bob, _) = talking(&relay).await;
    for page in [&mut ann, &mut bob] {
        let ended = page.expect("call:ended").await.message;
        assert!(matches!(ended, RelayMessage::Ended(e) if e.reason == EndReason::Timeout));
    }
}

#[tokio::test]
async fn no_ghost_rings_after_the_caller_left() {
    let relay = Relay::start().await;
    let mut ann = relay.page("Ann").await;
    let mut bob = relay.page("Bob").await;
    ann.ring(&bob).await;
    bob.expect("call:incoming").await;
    let left = tokio::time::Instant::now();
    drop(ann);
    assert!(
        matches!(bob.expect("call:ended").await.message, RelayMessage::Ended(e) if e.reason == EndReason::Cancelled)
    );
    assert!(left.elapsed() < Duration::from_secs(6));
}

#[tokio::test]
async fn a_room_by_its_code() {
    let relay = Relay::with(|config| config.calls.room_size = 2).await;
    let mut ann = relay.page("Ann").await;
    let mut bob = relay.page("Bob").await;
    let mut eve = relay.page("Eve").await;
    let created = ann
        .request(CreateRoom { name: Some("  Stand-\u{202E}up ".into()), private: false, waiting_room: false }.into())
        .await
        .unwrap();
    let RelayMessage::RoomCreated(RoomCreated { room }) = created else { panic!() };
    let join = |room: &RoomCode| ClientMessage::from(Join { room: room.clone(), media: MediaState::default() });
    let Ok(RelayMessage::Joined(first)) = ann.request(join(&room)).await else { panic!() };
    assert_eq!((first.name.as_deref(), first.participants.len()), (Some("Stand-up"), 0));
    let Ok(RelayMessage::Joined(second)) = bob.request(join(&room)).await else { panic!() };
    assert_eq!(second.participants[0].device, ann.device());
    ann.expect("call:participant_joined").await;
    assert_eq!(eve.request(join(&room)).await, Err(ErrorCode::RoomFull));
    let nowhere: RoomCode = "zzzz-zzzz-zzzz".parse().unwrap();
    assert_eq!(eve.request(join(&nowhere)).await, Err(ErrorCode::NotFound));

    let sdp = Opaque::new("v=0\r\n");
    let call_id = second.call_id;
    let offer = Offer { call_id: call_id.clone(), to: ann.device(), sdp };
    bob.request(offer.into()).await.unwrap();
    ann.expect("call:offer").await;
    ann.request(Leave { call_id: call_id.clone() }.into()).await.unwrap();
    bob.expect("call:participant_left").await;
    bob.request(Leave { call_id }.into()).await.unwrap();
    let Ok(RelayMessage::Joined(again)) = eve.request(join(&room)).await else { panic!("the room is still there") };
    assert!(again.participants.is_empty());
}

#[tokio::test]
async fn the_directory_shows_who_does_what() {
    let relay = Relay::start().await;
    let mut ann = relay.page("Ann").await;
    assert!(ann.welcome().directory && ann.welcome().people.is_empty());
    let mut bob = relay.page("Bob").await;
    assert_eq!(bob.welcome().people.len(), 1);
    let status = |message| match message {
        RelayMessage::CallStatusChanged(m) => (m.user.name, m.status),
        other => panic!("{other:?}"),
    };
    assert_eq!(status(ann.next().await.message), ("Bob".to_owned(), CallStatus::Idle));
    let eve = relay.page("Eve").await;
    assert_eq!(status(ann.next().await.message), ("Eve".to_owned(), CallStatus::Idle));
    let call = bob.ring(&eve).await;
    assert_eq!(status(ann.next().await.message).1, CallStatus::Ringing);
    assert_eq!(status(ann.next().await.message).1, CallStatus::Ringing);
    bob.request(Hangup { call_id: call, reason: HangupReason::Completed }.into()).await.unwrap();
    assert_eq!(status(ann.next().await.message).1, CallStatus::Idle);
    drop(eve);
    assert_eq!(status(ann.next().await.message).1, CallStatus::Idle);
    assert_eq!(status(ann.next().await.message), ("Eve".to_owned(), CallStatus::Offline));
}

#[tokio::test]
async fn a_closed_directory_shows_nobody() {
    let relay = Relay::with(|config| config.directory = false).await;
    let mut ann = relay.page("Ann").await;
    let mut bob = relay.page("Bob").await;
    assert!(!bob.welcome().directory && bob.welcome().people.is_empty());
    ann.hears_nothing().await;
    ann.ring(&bob).await;
    bob.expect("call:incoming").await;
}
