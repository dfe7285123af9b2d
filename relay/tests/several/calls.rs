//! Calls between people at different relays.

use std::time::Duration;

use protocol::*;
use tokio::time::{Instant, timeout};

use crate::together::{Fellow, camera, hang_up, server, soon, talk};
use crate::world::{Page, Relay, SOON, call_id};

/// Who is said to do what next.
async fn news(page: &mut Page) -> (String, CallStatus) {
    let RelayMessage::CallStatusChanged(news) = page.expect("user:call_status_changed").await.message else { panic!() };
    (news.user.name, news.status)
}

/// What is said of somebody comes to that, soon.
async fn becomes(page: &mut Page, name: &str, status: CallStatus) {
    let said = async { while news(page).await != (name.to_owned(), status) {} };
    timeout(SOON, said).await.unwrap();
}

#[tokio::test]
async fn a_call_across_relays_goes_its_whole_way() {
    let server = server!();
    let [one, two] = Fellow::several(&server).await;
    let (mut ann, mut bob) = (one.relay.page("Ann").await, two.relay.page("Bob").await);
    let call = ann.ring(&bob).await;
    let RelayMessage::Incoming(incoming) = bob.expect("call:incoming").await.message else { panic!() };
    assert_eq!((incoming.call_id, incoming.from.device), (call.clone(), ann.device()));
    bob.request(Ringing { call_id: call.clone(), in_call: false }.into()).await.unwrap();
    ann.expect("call:ringing").await;
    ann.request(Page::candidates(&call, None, 2)).await.unwrap();
    bob.expect("call:ice_candidate").await;
    bob.request(Page::accept(&call)).await.unwrap();
    let RelayMessage::Accepted(accepted) = ann.expect("call:accepted").await.message else { panic!() };
    assert_eq!((accepted.by.device, accepted.answer.text().as_str()), (bob.device(), "v=0\r\nanswer"));
    bob.request(Page::candidates(&call, Some(&ann.device()), 1)).await.unwrap();
    ann.expect("call:ice_candidate").await;
    let sdp = Opaque::new("v=0\r\no=- \u{1F600}/\u{e9}");
    ann.request(Offer { call_id: call.clone(), to: bob.device(), sdp: sdp.clone() }.into()).await.unwrap();
    let RelayMessage::FarOffer(offer) = bob.expect("call:offer").await.message else { panic!() };
    assert_eq!(offer.sdp.text(), sdp.text(), "byte for byte");
    for page in [&mut ann, &mut bob] {
        page.request(Connected { call_id: call.clone() }.into()).await.unwrap();
    }
    bob.request(hang_up(&call)).await.unwrap();
    let RelayMessage::Ended(ended) = ann.expect("call:ended").await.message else { panic!() };
    assert_eq!((ended.reason, ended.by), (EndReason::Completed, Some(bob.user())));
}

#[tokio::test]
async fn many_frames_come_in_their_order() {
    let server = server!();
    let [one, two] = Fellow::several(&server).await;
    let (mut ann, mut bob) = (one.relay.page("Ann").await, two.relay.page("Bob").await);
    let call = talk(&mut ann, &mut bob).await;
    for n in 0..50 {
        ann.ask(camera(&call, n % 2 == 0)).await;
    }
    for n in 0..50 {
        let RelayMessage::MediaUpdated(update) = bob.expect("call:media_updated").await.message else { panic!() };
        assert_eq!(update.media.camera, n % 2 == 0, "{n}");
    }
}

#[tokio::test]
async fn devices_at_two_relays_ring_and_one_wins() {
    let server = server!();
    let [one, two, three] = Fellow::several(&server).await;
    let mut ann = one.relay.page("Ann").await;
    let token = one.relay.token("Bob");
    let mut bobs = Vec::new();
    for n in 0..16 {
        let relay: &Relay = [&two.relay, &three.relay][n % 2];
        bobs.push(relay.page_with(&token, None).await);
    }
    let call = ann.ring(&bobs[0]).await;
    for bob in &mut bobs {
        bob.expect("call:incoming").await;
    }
    let replies = futures_util::future::join_all(bobs.iter_mut().map(|bob| bob.request(Page::accept(&call)))).await;
    assert_eq!(replies.iter().filter(|reply| reply.is_ok()).count(), 1, "{replies:?}");
    assert_eq!(replies.iter().filter(|reply| **reply == Err(ErrorCode::AnsweredElsewhere)).count(), 15);
    ann.expect("call:accepted").await;
}

#[tokio::test]
async fn when_both_dial_at_two_relays_there_is_one_call() {
    let server = server!();
    let [one, two] = Fellow::several(&server).await;
    let (mut ann, mut bob) = (one.relay.page("Ann").await, two.relay.page("Bob").await);
    let (from_ann, from_bob) = (ann.initiate(&call_id(), &bob.user()), bob.initiate(&call_id(), &ann.user()));
    let (a, b) = tokio::join!(ann.request(from_ann), bob.request(from_bob));
    assert!(matches!((&a, &b), (Ok(_), Err(ErrorCode::Glare)) | (Err(ErrorCode::Glare), Ok(_))), "{a:?} {b:?}");
}

#[tokio::test]
async fn a_room_has_people_of_every_relay() {
    let server = server!();
    let [one, two, three] = Fellow::several(&server).await;
    let mut ann = one.relay.page("Ann").await;
    let (mut bob, mut eve) = (two.relay.page("Bob").await, three.relay.page("Eve").await);
    let Ok(RelayMessage::RoomCreated(RoomCreated { room })) = ann.request(CreateRoom::default().into()).await else {
        panic!()
    };
    let join = || ClientMessage::from(Join { room: room.clone(), media: MediaState::default() });
    for (others, page) in [&mut ann, &mut bob, &mut eve].into_iter().enumerate() {
        let Ok(RelayMessage::Joined(joined)) = page.request(join()).await else { panic!() };
        assert_eq!(joined.participants.len(), others);
    }
    ann.expect("call:participant_joined").await;
    let RelayMessage::ParticipantJoined(joined) = ann.expect("call:participant_joined").await.message else { panic!() };
    bob.expect("call:participant_joined").await;
    eve.request(Leave { call_id: joined.call_id }.into()).await.unwrap();
    bob.expect("call:participant_left").await;
    ann.expect("call:participant_left").await;
}

#[tokio::test]
async fn everybody_sees_everybody_and_what_they_do() {
    let server = server!();
    let [one, two] = Fellow::several(&server).await;
    let mut ann = one.relay.page("Ann").await;
    soon(|| two.relay.app.directory.name(&ann.user()).is_some()).await;
    let mut bob = two.relay.page("Bob").await;
    assert_eq!(news(&mut ann).await, ("Bob".to_owned(), CallStatus::Idle));
    let mut eve = two.relay.page("Eve").await;
    let mut seen: Vec<_> = eve.welcome().people.iter().map(|one| (one.user.name.as_str(), one.status)).collect();
    seen.sort_unstable_by_key(|(name, _)| *name);
    assert_eq!(seen, [("Ann", CallStatus::Idle), ("Bob", CallStatus::Idle)]);

    let call = talk(&mut ann, &mut bob).await;
    becomes(&mut eve, "Ann", CallStatus::InCall).await;
    let dan = two.relay.page("Dan").await;
    assert!(dan.welcome().people.iter().any(|one| one.user.name == "Ann" && one.status == CallStatus::InCall));
    bob.request(hang_up(&call)).await.unwrap();
    becomes(&mut eve, "Ann", CallStatus::Idle).await;

    let ann_user = ann.user();
    drop(ann);
    becomes(&mut eve, "Ann", CallStatus::Offline).await;
    let ring = eve.initiate(&call_id(), &ann_user);
    assert_eq!(eve.request(ring).await, Err(ErrorCode::NotFound));
}

#[tokio::test]
async fn a_session_moves_to_another_relay_with_its_call() {
    let server = server!();
    let [one, two, three] = Fellow::several(&server).await;
    let (mut ann, mut bob) = (one.relay.page("Ann").await, two.relay.page("Bob").await);
    let call = talk(&mut ann, &mut bob).await;
    // Its old connection is still open: half open, as far as the page knows.
    let mut moved = three.takes(&bob).await;
    assert_eq!(moved.device(), bob.device());
    assert_eq!(moved.welcome().calls.iter().map(|call| &call.call_id).collect::<Vec<_>>(), [&call]);
    assert_eq!(bob.closed().await, 4000);
    ann.request(camera(&call, true)).await.unwrap();
    moved.expect("call:media_updated").await;
    moved.request(hang_up(&call)).await.unwrap();
    ann.expect("call:ended").await;
    assert!(two.relay.app.hub.is_empty());
}

#[tokio::test]
async fn nobody_takes_somebody_elses_device() {
    let server = server!();
    let [one, two] = Fellow::several(&server).await;
    let mut ann = one.relay.page("Ann").await;
    let eve = two.relay.page_with(&two.relay.token("Eve"), Some(ann.device())).await;
    assert_ne!(eve.device(), ann.device());
    ann.request(CreateRoom::default().into()).await.unwrap();
}

#[tokio::test]
async fn a_frame_across_relays_takes_no_time() {
    let server = server!();
    let [one, two] = Fellow::several(&server).await;
    let (mut ann, mut bob) = (one.relay.page("Ann").await, two.relay.page("Bob").await);
    let call = talk(&mut ann, &mut bob).await;
    let mut times = Vec::new();
    for n in 0..100 {
        let began = Instant::now();
        ann.ask(camera(&call, n % 2 == 0)).await;
        bob.expect("call:media_updated").await;
        times.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    times.sort_unstable();
    assert!(times[50] < Duration::from_millis(20), "median {:?}, p98 {:?}", times[50], times[98]);
}
