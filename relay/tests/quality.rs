//! How participants receive each other: from page to page, and in the history.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod world;

use protocol::frame::ClientFrame;
use protocol::*;
use world::{Page, Relay, talking};

const FINE: Figures = Figures {
    mos_x100: Some(437),
    round_trip_ms: Some(34),
    jitter_ms: Some(3),
    loss_permille: Some(2),
    frozen_permille: None,
};

fn report(call_id: &CallId, of: &[&Page], figures: Figures) -> ClientMessage {
    let received = of.iter().map(|page| Received { from: page.device(), figures }).collect();
    ReportQuality { call_id: call_id.clone(), received }.into()
}

async fn update(page: &mut Page) -> QualityUpdate {
    match page.expect("call:quality_update").await.message {
        RelayMessage::QualityUpdate(update) => update,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_other_side_hears_how_it_is_received() {
    let relay = Relay::start().await;
    let (mut ann, mut bob, call) = talking(&relay).await;
    ann.request(report(&call, &[&bob], FINE)).await.unwrap();
    let told = update(&mut bob).await;
    assert_eq!((told.call_id, told.device), (call, ann.device()));
    assert_eq!(told.received, [Received { from: bob.device(), figures: FINE }]);
    ann.hears_nothing().await;
}

#[tokio::test]
async fn in_a_room_all_others_hear_it() {
    let relay = Relay::start().await;
    let mut ann = relay.page("Ann").await;
    let mut bob = relay.page("Bob").await;
    let mut eve = relay.page("Eve").await;
    let mut outside = relay.page("Outside").await;
    let made = ann.request(CreateRoom::default().into()).await.unwrap();
    let RelayMessage::RoomCreated(RoomCreated { room }) = made else { panic!("{made:?}") };
    let mut call = None;
    for page in [&mut ann, &mut bob, &mut eve] {
        let joined = page.request(Join { room: room.clone(), media: MediaState::default() }.into()).await.unwrap();
        let RelayMessage::Joined(joined) = joined else { panic!("{joined:?}") };
        call = Some(joined.call_id);
    }
    let call = call.unwrap();
    ann.request(report(&call, &[&bob, &eve], FINE)).await.unwrap();
    for page in [&mut bob, &mut eve] {
        let told = update(page).await;
        assert_eq!((told.device, told.received.len()), (ann.device(), 2));
    }
    outside.hears_nothing().await;
    let refused = outside.request(report(&call, &[&ann], FINE)).await;
    assert_eq!(refused, Err(ErrorCode::NoCall), "a stranger learns nothing of it");
    bob.hears_nothing().await;
}

#[tokio::test]
async fn what_is_out_of_range_or_too_often_goes_nowhere() {
    let relay = Relay::start().await;
    let (mut ann, mut bob, call) = talking(&relay).await;
    let wrong = Figures { mos_x100: Some(451), ..FINE };
    assert_eq!(ann.request(report(&call, &[&bob], wrong)).await, Err(ErrorCode::BadMessage));
    assert_eq!(ann.request(report(&call, &[], FINE)).await, Err(ErrorCode::BadMessage));
    let crowd = vec![&bob; limits::RECEIVED + 1];
    assert_eq!(ann.request(report(&call, &crowd, FINE)).await, Err(ErrorCode::TooBig));
    let frame = ClientFrame { id: Some(90), last_seq: None, message: report(&call, &[&bob], FINE) }.write();
    ann.send_text(frame.replace("437", "4.37")).await;
    assert_eq!(ann.error().await, ErrorCode::BadMessage);
    bob.hears_nothing().await;
    ann.next_id = 90;
    ann.request(report(&call, &[&bob], FINE)).await.unwrap();
    ann.request(report(&call, &[&bob], FINE)).await.unwrap();
    update(&mut bob).await;
    bob.hears_nothing().await;
    relay.still_serves().await;
}
