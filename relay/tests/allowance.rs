//! Who does something too often is told how long to wait, and nobody else has to.

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

/// Rings and takes it back; how long to wait if it was refused for that.
async fn ring(page: &mut Page, to: &UserId) -> Option<u32> {
    let call_id = call_id();
    let wait = refused(page, page.initiate(&call_id, to)).await;
    if wait.is_none() {
        page.request(Hangup { call_id, reason: HangupReason::Completed }.into()).await.unwrap();
    }
    wait
}

/// How long to wait, if the request was refused for coming too often; whatever else is said to it does not matter.
async fn refused(page: &mut Page, message: ClientMessage) -> Option<u32> {
    let id = page.ask(message).await;
    page.say(Ping { last_seq: 0 }.into()).await;
    loop {
        match page.next().await {
            frame if frame.id != Some(id) => {}
            frame => match frame.message {
                RelayMessage::CallError(error) if error.code == ErrorCode::RateLimited => {
                    return Some(error.retry_after_ms.expect("it is said how long"));
                }
                _ => return None,
            },
        }
    }
}

#[tokio::test]
async fn who_rings_one_person_again_and_again_waits_and_others_get_through() {
    let relay = Relay::with(|config| config.calls.rings_per_minute = Some(3)).await;
    let (mut ann, mut bob, mut cat) = (relay.page("Ann").await, relay.page("Bob").await, relay.page("Cat").await);
    for _ in 0..3 {
        assert_eq!(ring(&mut ann, &bob.user()).await, None);
        bob.expect("call:incoming").await;
    }
    let wait = ring(&mut ann, &bob.user()).await.expect("the fourth in a minute");
    assert!((19_000..=20_000).contains(&wait), "one each twenty seconds: {wait}");
    let rest = ring(&mut ann, &bob.user()).await.expect("still");
    assert!(rest <= wait, "asking again makes it no longer");
    assert_eq!(ring(&mut ann, &cat.user()).await, None, "somebody else can be rung");
    assert_eq!(ring(&mut cat, &bob.user()).await, None, "and others ring whom she rang");
    // It goes by the person: another connection of hers is the same.
    let mut again = relay.page_with(&ann.token, None).await;
    assert!(ring(&mut again, &bob.user()).await.is_some());
}

#[tokio::test]
async fn ringing_somebody_who_is_not_here_counts_the_same() {
    let relay = Relay::with(|config| config.calls.rings_per_minute = Some(3)).await;
    let mut ann = relay.page("Ann").await;
    let nobody: UserId = "guest:nobody".parse().unwrap();
    let ring = |page: &Page| page.initiate(&call_id(), &nobody);
    for _ in 0..3 {
        assert_eq!(ann.request(ring(&ann)).await, Err(ErrorCode::NotFound));
    }
    assert_eq!(ann.request(ring(&ann)).await, Err(ErrorCode::RateLimited));
}

#[tokio::test]
async fn ringing_into_a_call_counts_each_person() {
    let relay = Relay::with(|config| config.calls.rings_per_minute = Some(2)).await;
    let (mut ann, mut bob, call) = world::talking(&relay).await;
    for page in [&mut ann, &mut bob] {
        page.request(Connected { call_id: call.clone() }.into()).await.unwrap();
    }
    let cat = relay.page("Cat").await;
    let invite = || ClientMessage::from(Invite { call_id: call.clone(), to: vec![cat.user()] });
    let waits =
        [refused(&mut ann, invite()).await, refused(&mut ann, invite()).await, refused(&mut ann, invite()).await];
    assert!(waits[..2] == [None, None] && waits[2].is_some(), "{waits:?}");
}

#[tokio::test]
async fn rooms_are_made_and_entered_only_so_often() {
    let relay = Relay::start().await;
    let (mut ann, mut bob) = (relay.page("Ann").await, relay.page("Bob").await);
    let make = || ClientMessage::from(CreateRoom { name: None, private: false, waiting_room: false });
    let RelayMessage::RoomCreated(RoomCreated { room }) = ann.request(make()).await.unwrap() else { panic!() };
    let mut made = 1;
    let wait = loop {
        match refused(&mut ann, make()).await {
            None => made += 1,
            Some(wait) => break wait,
        }
    };
    assert!(made == 20 && wait >= 9_000, "{made}, then {wait} ms");
    let join = || ClientMessage::from(Join { room: room.clone(), media: MediaState::default() });
    let mut entered = 0;
    while refused(&mut ann, join()).await.is_none() {
        entered += 1;
        assert!(entered <= 31, "there is an end");
    }
    assert!(entered >= 30, "{entered}");
    assert_eq!(refused(&mut bob, join()).await, None, "others enter");
}

#[tokio::test]
async fn whoever_guesses_codes_is_told_nothing_for_a_while() {
    let relay = Relay::start().await;
    let (mut ann, mut eve) = (relay.page("Ann").await, relay.page("Eve").await);
    let made = ann.request(CreateRoom { name: None, private: false, waiting_room: false }.into()).await.unwrap();
    let RelayMessage::RoomCreated(RoomCreated { room }) = made else { panic!("{made:?}") };
    let join = |room: &str| ClientMessage::from(Join { room: room.parse().unwrap(), media: MediaState::default() });
    for _ in 0..10 {
        assert_eq!(eve.request(join("zzzz-zzzz-zzzz")).await, Err(ErrorCode::NotFound));
    }
    let wait = refused(&mut eve, join("zzzz-zzzz-zzzy")).await.expect("an eleventh guess");
    assert!((9_000..=10_000).contains(&wait), "{wait}");
    assert_eq!(eve.request(join(room.as_str())).await, Err(ErrorCode::RateLimited), "also not the right one");
    assert!(ann.request(join(room.as_str())).await.is_ok(), "others enter");
}

#[tokio::test]
async fn tokens_that_are_none_are_asked_to_wait_and_good_ones_never() {
    let relay = Relay::with(|config| config.sign_in.guests_per_minute = Some(1_000)).await;
    let bad = format!("{}x", relay.token("Eve"));
    for attempt in 0..40 {
        let mut page = relay.connect(&bad).await;
        page.say(Hello { protocol: VERSION, token: bad.clone(), device: None }.into()).await;
        let RelayMessage::CallError(error) = page.next().await.message else { panic!("{attempt}") };
        if attempt < 30 {
            assert_eq!((error.code, error.retry_after_ms), (ErrorCode::BadToken, None), "{attempt}");
        } else if error.code == ErrorCode::RateLimited {
            assert!(error.retry_after_ms.is_some_and(|wait| wait <= 2_000));
            let good = relay.page("Ann").await;
            assert!(good.welcome().session.as_str().starts_with("s_"), "from the same address");
            return;
        }
        assert_eq!(page.closed().await, 1008);
    }
    panic!("forty bad tokens, and none was asked to wait");
}

#[tokio::test]
async fn a_page_that_sends_too_much_is_told_how_long_to_wait() {
    let relay = Relay::with(|config| config.directory = false).await;
    let mut ann = relay.page("Ann").await;
    let mut waits = Vec::new();
    for _ in 0..140 {
        ann.ask(Leave { call_id: call_id() }.into()).await;
    }
    for _ in 0..140 {
        let RelayMessage::CallError(error) = ann.next().await.message else { panic!() };
        waits.extend(error.retry_after_ms);
    }
    assert!(!waits.is_empty() && waits.iter().all(|&wait| wait <= 34), "{waits:?}");
    tokio::time::sleep(Duration::from_millis(u64::from(waits[0]) + 40)).await;
    assert_eq!(ann.request(Leave { call_id: call_id() }.into()).await, Err(ErrorCode::NoCall), "who waits is heard");
}
