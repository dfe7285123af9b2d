//! Sessions: the first frame, staying alive, resuming, and being closed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod world;

use std::time::Duration;

use futures_util::StreamExt as _;
use protocol::frame::ClientFrame;
use protocol::*;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use world::{Page, Relay, SOON, talking};

fn ping(last_seq: u64) -> ClientMessage {
    Ping { last_seq }.into()
}

#[tokio::test]
async fn the_welcome_says_what_a_page_needs() {
    let relay = Relay::with(|config| {
        config.ice_servers =
            vec![IceServer { urls: vec!["stun:192.0.2.1:3478".into()], username: None, credential: None }];
    })
    .await;
    let ann = relay.page("Ann").await;
    let welcome = ann.welcome();
    assert_eq!((welcome.protocol, welcome.resumed, welcome.user.name.as_str()), (VERSION, false, "Ann"));
    assert_eq!((welcome.ping_interval_ms, welcome.ice_servers.len()), (5_000, 1));
    assert_eq!(welcome.ice_expires_in_s, None, "nothing in them expires");
    assert!(welcome.calls.is_empty());
}

#[tokio::test]
async fn servers_are_told_again_when_a_page_asks() {
    let relay = Relay::with(|config| {
        config.ice_servers =
            vec![IceServer { urls: vec!["stun:192.0.2.1:3478".into()], username: None, credential: None }];
    })
    .await;
    let mut ann = relay.page("Ann").await;
    let told = ann.welcome().ice_servers.clone();
    let again = ann.request(RefreshIce {}.into()).await.unwrap();
    assert_eq!(again, IceServers { ice_servers: told, expires_in_s: None }.into());
    ann.send_text(r#"{"type":"ice:refresh","id":7}"#).await;
    assert!(matches!(ann.next().await.message, RelayMessage::IceServers(_)), "no data is as good as empty data");
}

#[tokio::test]
async fn nothing_before_hello_and_no_second_one() {
    let relay = Relay::start().await;
    let mut ann = relay.connect(&relay.token("Ann")).await;
    let leave = Leave { call_id: world::call_id() };
    assert_eq!(ann.request(leave.into()).await, Err(ErrorCode::NotWelcome));
    ann.send_text("not json").await;
    assert_eq!(ann.error().await, ErrorCode::BadMessage);
    ann.hello(None).await;
    let again = Hello { protocol: VERSION, token: ann.token.clone(), device: None };
    ann.say(again.into()).await;
    assert_eq!(ann.error().await, ErrorCode::NotWelcome);
    ann.request(CreateRoom::default().into()).await.unwrap();
}

#[tokio::test]
async fn hello_must_come_in_time_and_in_few_attempts() {
    let relay = Relay::with(|config| config.connections.hello = Duration::from_millis(200)).await;
    let mut silent = relay.connect("").await;
    assert_eq!(silent.closed().await, 1008);
    let mut babbling = relay.connect("").await;
    for _ in 0..8 {
        babbling.send_text("{}").await;
    }
    assert_eq!(babbling.closed().await, 1008);
}

#[tokio::test]
async fn bad_tokens_and_versions_are_turned_away() {
    let relay = Relay::start().await;
    for (protocol, token, code) in [
        (VERSION, "x.y.z".to_owned(), ErrorCode::BadToken),
        (VERSION, String::new(), ErrorCode::BadToken),
        (VERSION + 2, relay.token("Ann"), ErrorCode::UnsupportedVersion),
    ] {
        let mut page = relay.connect("").await;
        page.say(Hello { protocol, token, device: None }.into()).await;
        assert_eq!(page.error().await, code);
        assert_eq!(page.closed().await, 1008);
    }
    let mut next_version = relay.connect("").await;
    next_version.say(Hello { protocol: VERSION + 1, token: relay.token("Ann"), device: None }.into()).await;
    assert!(matches!(next_version.next().await.message, RelayMessage::Welcome(_)), "one version apart will do");
}

#[tokio::test]
async fn a_lost_socket_loses_nothing() {
    let relay = Relay::start().await;
    let (mut ann, mut bob, call) = talking(&relay).await;
    let before = bob.welcome().clone();
    let (token, seen) = (bob.token.clone(), bob.last_seq);
    drop(bob);
    let media = |camera| UpdateMedia { call_id: call.clone(), media: MediaState { camera, ..MediaState::default() } };
    ann.request(media(true).into()).await.unwrap();
    ann.request(media(false).into()).await.unwrap();

    bob = relay.connect(&token).await;
    let RelayMessage::Welcome(welcome) = bob.resume(&before, seen).await else { panic!() };
    assert!(welcome.resumed && welcome.people.is_empty() && welcome.calls.is_empty());
    assert_eq!(welcome.device, before.device);
    bob.expect("call:media_updated").await;
    bob.expect("call:media_updated").await;
    let to = bob.device();
    ann.request(Offer { call_id: call.clone(), to, sdp: Opaque::new("v=0") }.into()).await.unwrap();
    bob.expect("call:offer").await;
}

#[tokio::test]
async fn what_was_read_but_not_confirmed_comes_again_with_its_number() {
    let relay = Relay::with(|config| config.directory = false).await;
    let mut ann = relay.page("Ann").await;
    for _ in 0..3 {
        ann.request(CreateRoom::default().into()).await.unwrap();
    }
    ann.say(ping(1)).await;
    assert!(matches!(ann.next().await.message, RelayMessage::Pong(_)));
    let before = ann.welcome().clone();
    let mut again = relay.connect(&ann.token).await;
    assert_eq!(again.resume(&before, 0).await, RelayMessage::from(CallError::new(ErrorCode::NoSession)), "1 is gone");
    assert!(matches!(again.resume(&before, 1).await, RelayMessage::Welcome(_)));
    assert_eq!(again.next().await.id, Some(2));
    assert_eq!(again.next().await.id, Some(3));
    again.next_id = 3;
    again.request(CreateRoom::default().into()).await.unwrap();
}

#[tokio::test]
async fn a_repeated_request_takes_effect_once_and_gets_its_first_reply() {
    let relay = Relay::with(|config| config.directory = false).await;
    let mut ann = relay.page("Ann").await;
    let Ok(RelayMessage::RoomCreated(first)) = ann.request(CreateRoom::default().into()).await else { panic!() };
    let before = ann.welcome().clone();
    let token = ann.token.clone();
    drop(ann);
    let mut ann = relay.connect(&token).await;
    ann.resume(&before, 0).await;
    let replay = ann.next().await;
    assert_eq!((replay.id, replay.message), (Some(1), first.clone().into()));
    ann.next_id = 0;
    ann.last_seq = 0;
    let Ok(RelayMessage::RoomCreated(second)) = ann.request(CreateRoom::default().into()).await else { panic!() };
    assert_eq!(first, second);
    ann.say(ping(1)).await;
    ann.expect("pong").await;
    ann.next_id = 0;
    ann.ask(CreateRoom::default().into()).await;
    assert_eq!(ann.error().await, ErrorCode::BadMessage, "the page said itself that it has the reply");
}

#[tokio::test]
async fn a_request_confirms_what_the_page_has_read() {
    let relay = Relay::with(|config| config.directory = false).await;
    let mut ann = relay.page("Ann").await;
    let (before, token) = (ann.welcome().clone(), ann.token.clone());
    for read in [None, Some(1)] {
        ann.next_id += 1;
        let message = CreateRoom::default().into();
        ann.send_text(ClientFrame { id: Some(ann.next_id), last_seq: read, message }.write()).await;
        ann.expect("room:created").await;
    }
    drop(ann);
    let mut late = relay.connect(&token).await;
    assert_eq!(
        late.resume(&before, 0).await,
        RelayMessage::from(CallError::new(ErrorCode::NoSession)),
        "it has the first"
    );
    let RelayMessage::Welcome(welcome) = late.resume(&before, 1).await else { panic!("the second is kept") };
    assert!(welcome.resumed);
    assert_eq!(late.next().await.seq, Some(2));
}

#[tokio::test]
async fn nobody_else_takes_a_session_up() {
    let relay = Relay::start().await;
    let ann = relay.page("Ann").await;
    let mut eve = relay.connect(&relay.token("Eve")).await;
    assert_eq!(eve.resume(ann.welcome(), 0).await, RelayMessage::from(CallError::new(ErrorCode::NoSession)));
    let mut made_up = ann.welcome().clone();
    made_up.session = "s_0123456789abcdef0123".parse().unwrap();
    assert_eq!(eve.resume(&made_up, 0).await, RelayMessage::from(CallError::new(ErrorCode::NoSession)));
    eve.hello(Some(ann.device())).await;
    assert_ne!(eve.device(), ann.device(), "nor a device");
}

#[tokio::test]
async fn a_session_ends_when_nobody_comes_back() {
    let relay = Relay::with(|config| config.connections.resume_window = Duration::from_millis(200)).await;
    let ann = relay.page("Ann").await;
    let (before, token) = (ann.welcome().clone(), ann.token.clone());
    drop(ann);
    timeout(SOON, async {
        while !relay.app.hub.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    let mut late = relay.connect(&token).await;
    assert_eq!(late.resume(&before, 0).await, RelayMessage::from(CallError::new(ErrorCode::NoSession)));
    late.hello(Some(before.device.clone())).await;
    assert_eq!(late.device(), before.device);
}

#[tokio::test]
async fn a_newer_connection_takes_over() {
    let relay = Relay::start().await;
    let mut ann = relay.page("Ann").await;
    let mut newer = relay.connect(&ann.token).await;
    assert!(matches!(newer.resume(ann.welcome(), 0).await, RelayMessage::Welcome(_)));
    assert_eq!(ann.closed().await, 4000);
    drop(ann);
    newer.request(CreateRoom::default().into()).await.unwrap();
}

#[tokio::test]
async fn a_reloaded_page_takes_its_seat_again() {
    let relay = Relay::start().await;
    let (mut ann, bob, call) = talking(&relay).await;
    let (device, token) = (bob.device(), bob.token.clone());
    drop(bob);
    let bob = relay.page_with(&token, Some(device.clone())).await;
    assert_eq!(bob.device(), device);
    let [snapshot] = &bob.welcome().calls[..] else { panic!("one call") };
    assert_eq!((&snapshot.call_id, snapshot.state, snapshot.participants.len()), (&call, CallState::Connecting, 2));
    let mut bob = bob;
    bob.request(Offer { call_id: call, to: ann.device(), sdp: Opaque::new("v=0") }.into()).await.unwrap();
    ann.expect("call:offer").await;
}

#[tokio::test]
async fn a_page_that_falls_silent_is_let_go() {
    let relay = Relay::with(|config| config.connections.idle = Duration::from_millis(400)).await;
    let mut ann = relay.page("Ann").await;
    // Nobody reads from this socket, so its pings stay unanswered.
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(ann.closed().await, 1001);
    let mut alive = relay.page("Bob").await;
    let reads = async { while let Some(Ok(Message::Ping(_))) = alive.socket.next().await {} };
    assert!(timeout(Duration::from_millis(1_200), reads).await.is_err(), "who answers pings stays");
}

#[tokio::test]
async fn a_relay_that_stops_says_so() {
    let relay = Relay::start().await;
    let mut ann = relay.page("Ann").await;
    let mut silent = relay.connect("").await;
    let (_, code, unsaid) = tokio::join!(relay.stop(), ann.closed(), silent.closed());
    assert_eq!((code, unsaid), (1001, 1001));
}

#[tokio::test]
async fn a_closing_page_gets_its_answer() {
    let relay = Relay::start().await;
    let mut ann: Page = relay.page("Ann").await;
    ann.socket.close(None).await.unwrap();
    loop {
        match timeout(SOON, ann.socket.next()).await.unwrap() {
            Some(Ok(_)) => {}
            None => break,
            Some(Err(error)) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn a_user_has_only_so_many_sessions() {
    let relay = Relay::with(|config| config.directory = false).await;
    let token = relay.token("Ann");
    let mut pages = Vec::new();
    for _ in 0..33 {
        pages.push(relay.page_with(&token, None).await);
    }
    assert_eq!(pages[0].closed().await, 4000, "the oldest makes room");
    assert_eq!(relay.app.hub.len(), 32);
    let left = pages.swap_remove(5).device();
    timeout(SOON, async {
        while relay.app.hub.by_device(&left).unwrap().detached_since().is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
    let _newest = relay.page_with(&token, None).await;
    assert!(relay.app.hub.by_device(&left).is_none(), "one without a connection goes first");
}
