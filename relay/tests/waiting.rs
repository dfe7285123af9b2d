//! A second call while in one, between pages on real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod world;

use protocol::*;
use world::{Page, Relay, talking};

/// Puts a call on hold, or goes on with it.
async fn hold(page: &mut Page, call: &CallId, held: bool) {
    let media = MediaState { held, microphone: !held, ..MediaState::default() };
    page.request(UpdateMedia { call_id: call.clone(), media }.into()).await.unwrap();
}

async fn told_of_media(page: &mut Page) -> MediaState {
    let RelayMessage::MediaUpdated(told) = page.expect("call:media_updated").await.message else { panic!() };
    told.media
}

#[tokio::test]
async fn a_call_is_put_on_hold_for_another_and_taken_up_again() {
    let relay = Relay::start().await;
    let (mut ann, mut bob, first) = talking(&relay).await;
    let mut eve = relay.page("Eve").await;
    let second = eve.ring(&bob).await;
    bob.expect("call:incoming").await;
    bob.request(Ringing { call_id: second.clone(), in_call: true }.into()).await.unwrap();
    let RelayMessage::FarRinging(rings) = eve.expect("call:ringing").await.message else { panic!() };
    assert!(rings.in_call, "she hears that it rings in another call");

    assert_eq!(bob.request(Page::accept(&second)).await, Err(ErrorCode::InCall), "the first one is not on hold");
    hold(&mut bob, &first, true).await;
    assert_eq!(told_of_media(&mut ann).await, MediaState { held: true, ..MediaState::default() });
    bob.request(Page::accept(&second)).await.unwrap();
    eve.expect("call:accepted").await;

    hold(&mut bob, &second, true).await;
    hold(&mut bob, &first, false).await;
    assert!(told_of_media(&mut eve).await.held && !told_of_media(&mut ann).await.held);
    bob.request(Hangup { call_id: first, reason: HangupReason::Completed }.into()).await.unwrap();
    ann.expect("call:ended").await;
    hold(&mut bob, &second, false).await;
    assert!(!told_of_media(&mut eve).await.held);
}

#[tokio::test]
async fn who_has_two_calls_is_busy_and_finds_both_again() {
    let relay = Relay::start().await;
    let (_ann, mut bob, first) = talking(&relay).await;
    let (mut eve, mut dan) = (relay.page("Eve").await, relay.page("Dan").await);
    let second = eve.ring(&bob).await;
    bob.expect("call:incoming").await;
    hold(&mut bob, &first, true).await;
    bob.request(Page::accept(&second)).await.unwrap();
    dan.ring(&bob).await;
    let RelayMessage::Ended(ended) = dan.expect("call:ended").await.message else { panic!() };
    assert_eq!(ended.reason, EndReason::Busy);

    let (token, device) = (bob.token.clone(), bob.device());
    drop(bob);
    let bob = relay.page_with(&token, Some(device.clone())).await;
    let own = |call: &CallSnapshot| call.participants.iter().find(|one| one.device == device).unwrap().media.held;
    let found: Vec<_> = bob.welcome().calls.iter().map(|call| (call.call_id.clone(), own(call))).collect();
    assert_eq!(found, [(first, true), (second, false)]);
}

#[tokio::test]
async fn a_device_that_does_not_take_a_second_call_speaks_for_itself() {
    let relay = Relay::start().await;
    let (_ann, mut bob, _) = talking(&relay).await;
    let mut eve = relay.page("Eve").await;
    let busy = |call_id: &CallId| Decline { call_id: call_id.clone(), reason: DeclineReason::Busy };
    let call = eve.ring(&bob).await;
    bob.expect("call:incoming").await;
    bob.request(busy(&call).into()).await.unwrap();
    let RelayMessage::Declined(declined) = eve.expect("call:declined").await.message else { panic!() };
    assert_eq!(declined.reason, DeclineReason::Busy);
    eve.expect("call:ended").await;

    let mut phone = relay.page_with(&bob.token.clone(), None).await;
    let call = eve.ring(&bob).await;
    bob.expect("call:incoming").await;
    phone.expect("call:incoming").await;
    bob.request(busy(&call).into()).await.unwrap();
    phone.request(Page::accept(&call)).await.unwrap();
    eve.expect("call:accepted").await;
}
