//! Everything that arrives is bad until parsed. After each piece of it: an error with a stable code for the sender,
//! nothing for anybody else, and a relay that serves on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod world;

use std::time::Duration;

use futures_util::SinkExt as _;
use protocol::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use world::{Page, Relay, SOON, call_id, talking};

/// Sends each, and expects the error beside it.
async fn each_is_refused(relay: &Relay, page: &mut Page, cases: &[(String, ErrorCode)]) {
    for (text, code) in cases {
        page.send_text(text.clone()).await;
        assert_eq!(page.error().await, *code, "{}", text.chars().take(200).collect::<String>());
    }
    relay.still_serves().await;
}

fn bad(texts: &[&str]) -> Vec<(String, ErrorCode)> {
    texts.iter().map(|&text| (text.to_owned(), ErrorCode::BadMessage)).collect()
}

fn quiet_directory(config: &mut relay::config::Config) {
    config.directory = false;
}

#[tokio::test]
async fn what_is_not_json_of_the_documented_shape() {
    let relay = Relay::with(quiet_directory).await;
    let mut ann = relay.page("Ann").await;
    let mut cases = bad(&[
        "",
        "{",
        "null",
        "[]",
        "7",
        "\"call:leave\"",
        "{}",
        r#"{"type":7}"#,
        r#"{"type":"call:leave"}"#,
        r#"{"type":"call:leave","data":null}"#,
        r#"{"type":"call:leave","data":{"call_id":7}}"#,
        r#"{"type":"call:leave","data":{"call_id":"too short"}}"#,
        r#"{"type":"call:leave","data":{"call_id":"c_0123456789abcdef"}"#,
        r#"{"type":"call:leave","data":{"call_id":"c_0123456789abcdef","call_id":"c_0123456789abcdef"}}"#,
        r#"{"type":"call:leave","type":"call:leave","data":{"call_id":"c_0123456789abcdef"}}"#,
        r#"{"type":"call:leave","id":-1,"data":{"call_id":"c_0123456789abcdef"}}"#,
        r#"{"type":"call:leave","id":"1","data":{"call_id":"c_0123456789abcdef"}}"#,
        r#"{"type":"call:leave","id":4294967296,"data":{"call_id":"c_0123456789abcdef"}}"#,
        r#"{"type":"call:ice_candidate","data":{"call_id":"c_0123456789abcdef","candidates":[]}}"#,
        r#"{"type":"call:initiate","data":{"call_id":"c_0123456789abcdef","to":"b","kind":"group_voice","offer":""}}"#,
        r#"{"type":"call:initiate","data":{"call_id":"c_0123456789abcdef","to":"b","kind":"voice","offer":{"a":1}}}"#,
    ]);
    cases.push((format!("{}{}", "[".repeat(20_000), "]".repeat(20_000)), ErrorCode::BadMessage));
    let deep = format!(r#"{{"type":"call:leave","data":{}{}}}"#, r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    cases.push((deep, ErrorCode::BadMessage));
    cases.push((r#"{"type":"call:fly","data":{}}"#.to_owned(), ErrorCode::UnknownType));
    each_is_refused(&relay, &mut ann, &cases).await;
}

#[tokio::test]
async fn what_is_too_long() {
    let relay = Relay::with(quiet_directory).await;
    let mut ann = relay.page("Ann").await;
    let offer = "x".repeat(limits::DESCRIPTION_BYTES + 1);
    let initiate = format!(
        r#"{{"type":"call:initiate","data":{{"call_id":"c_0123456789abcdef","to":"b","kind":"voice","offer":"{offer}"}}}}"#
    );
    let one = format!(r#"{{"candidate":"{}"}}"#, "x".repeat(limits::CANDIDATE_BYTES + 1));
    let candidate =
        format!(r#"{{"type":"call:ice_candidate","data":{{"call_id":"c_0123456789abcdef","candidates":[{one}]}}}}"#);
    let many = vec![r#"{"candidate":""}"#; limits::CANDIDATES + 1].join(",");
    let candidates =
        format!(r#"{{"type":"call:ice_candidate","data":{{"call_id":"c_0123456789abcdef","candidates":[{many}]}}}}"#);
    let name = format!(r#"{{"type":"room:create","data":{{"name":"{}"}}}}"#, "n".repeat(65));
    let cases = [initiate, candidate, candidates, name].map(|text| (text, ErrorCode::TooBig));
    each_is_refused(&relay, &mut ann, &cases).await;
}

#[tokio::test]
async fn a_refusal_names_the_request() {
    let relay = Relay::with(quiet_directory).await;
    let mut ann = relay.page("Ann").await;
    ann.send_text(r#"{"type":"call:leave","id":5,"data":{}}"#).await;
    let frame = ann.next().await;
    assert_eq!((frame.id, frame.seq), (Some(5), Some(1)));
    ann.send_text(r#"{"type":"nonsense","id":6}"#).await;
    assert_eq!(ann.next().await.id, Some(6));
    ann.send_text("nonsense").await;
    let frame = ann.next().await;
    assert_eq!((frame.id, frame.seq), (None, None), "about the connection, not the session");
}

#[tokio::test]
async fn a_binary_frame_is_refused_and_the_connection_goes_on() {
    let relay = Relay::with(quiet_directory).await;
    let mut ann = relay.page("Ann").await;
    ann.socket.send(Message::binary(vec![0_u8; 10])).await.unwrap();
    assert_eq!(ann.error().await, ErrorCode::BadMessage);
    ann.request(CreateRoom::default().into()).await.unwrap();
}

#[tokio::test]
async fn a_megabyte_closes_with_1009() {
    let relay = Relay::with(quiet_directory).await;
    for size in [65 * 1024, 1_000_000] {
        let mut ann = relay.page("Ann").await;
        // The relay may close before all of it is sent.
        let _ = ann.socket.send(Message::text("x".repeat(size))).await;
        assert_eq!(ann.error().await, ErrorCode::TooBig);
        assert_eq!(ann.closed().await, 1009);
    }
    relay.still_serves().await;
}

#[tokio::test]
async fn names_that_play_tricks_are_cleaned() {
    let relay = Relay::with(quiet_directory).await;
    let mut ann = relay.page("Ann").await;
    for (name, shown) in [("a\u{202E}b<b>", Some("ab<b>")), ("\u{202E}\u{200B} \u{0}", None)] {
        let created =
            ann.request(CreateRoom { name: Some(name.into()), private: false, waiting_room: false }.into()).await;
        let Ok(RelayMessage::RoomCreated(RoomCreated { room })) = created else { panic!() };
        let join = Join { room, media: MediaState::default() };
        let Ok(RelayMessage::Joined(joined)) = ann.request(join.into()).await else { panic!() };
        assert_eq!(joined.name.as_deref(), shown);
        ann.request(Leave { call_id: joined.call_id }.into()).await.unwrap();
    }
}

#[tokio::test]
async fn someone_elses_call_and_a_stolen_id() {
    let relay = Relay::with(quiet_directory).await;
    let (mut ann, mut bob, call) = talking(&relay).await;
    let mut eve = relay.page("Eve").await;
    let to = ann.device();
    let sdp = Opaque::new("v=0");
    for message in [
        Page::accept(&call),
        Page::candidates(&call, None, 1),
        Page::candidates(&call, Some(&to), 1),
        Decline { call_id: call.clone(), reason: DeclineReason::Declined }.into(),
        Hangup { call_id: call.clone(), reason: HangupReason::Completed }.into(),
        Leave { call_id: call.clone() }.into(),
        Ringing { call_id: call.clone(), in_call: false }.into(),
        Connected { call_id: call.clone() }.into(),
        Offer { call_id: call.clone(), to: to.clone(), sdp: sdp.clone() }.into(),
        Answer { call_id: call.clone(), to: to.clone(), sdp }.into(),
        WantMedia { call_id: call.clone(), to, max_fs: MaxFs::default() }.into(),
        UpdateMedia { call_id: call.clone(), media: MediaState::default() }.into(),
    ] {
        assert_eq!(eve.request(message).await, Err(ErrorCode::NoCall), "as if there were none");
    }
    let stolen = eve.initiate(&call, &bob.user());
    assert_eq!(eve.request(stolen).await, Err(ErrorCode::CallExists));
    ann.hears_nothing().await;
    bob.hears_nothing().await;
}

#[tokio::test]
async fn an_answer_nobody_asked_for() {
    let relay = Relay::with(quiet_directory).await;
    let (mut ann, mut bob, call) = talking(&relay).await;
    let answer = Answer { call_id: call, to: ann.device(), sdp: Opaque::new("v=0") };
    assert_eq!(bob.request(answer.into()).await, Err(ErrorCode::WrongState));
    ann.hears_nothing().await;
}

#[tokio::test]
async fn signalling_of_a_callee_before_acceptance() {
    let relay = Relay::with(quiet_directory).await;
    let mut ann = relay.page("Ann").await;
    let mut bob = relay.page("Bob").await;
    let call = ann.ring(&bob).await;
    bob.expect("call:incoming").await;
    let (to, sdp) = (ann.device(), Opaque::new("v=0"));
    for message in [
        Page::candidates(&call, None, 1),
        Page::candidates(&call, Some(&to), 1),
        Offer { call_id: call.clone(), to: to.clone(), sdp: sdp.clone() }.into(),
        Answer { call_id: call.clone(), to: to.clone(), sdp }.into(),
        WantMedia { call_id: call.clone(), to, max_fs: MaxFs::default() }.into(),
        UpdateMedia { call_id: call.clone(), media: MediaState { camera: true, ..MediaState::default() } }.into(),
    ] {
        assert_eq!(bob.request(message).await, Err(ErrorCode::WrongState));
    }
    ann.hears_nothing().await;
}

#[tokio::test]
async fn a_flood_of_candidates() {
    let relay = Relay::with(quiet_directory).await;
    let (mut ann, mut bob, call) = talking(&relay).await;
    let to = bob.device();
    ann.request(Page::candidates(&call, Some(&to), limits::CANDIDATES)).await.unwrap();
    assert_eq!(ann.request(Page::candidates(&call, Some(&to), 1)).await, Err(ErrorCode::TooBig));
    bob.expect("call:ice_candidate").await;
    bob.hears_nothing().await;
}

#[tokio::test]
async fn too_many_messages_are_refused_and_a_flood_is_closed() {
    let relay = Relay::with(quiet_directory).await;
    let mut ann = relay.page("Ann").await;
    let leave = || ClientMessage::from(Leave { call_id: call_id() });
    for _ in 0..130 {
        ann.ask(leave()).await;
    }
    let mut codes = Vec::new();
    for _ in 0..130 {
        codes.push(ann.error().await);
    }
    assert_eq!(codes[..120], [ErrorCode::NoCall; 120]);
    assert!(codes.contains(&ErrorCode::RateLimited));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(ann.request(leave()).await, Err(ErrorCode::NoCall), "who waits is heard again");
    for _ in 0..400 {
        let _ = ann.socket.feed(Message::text("{}")).await;
    }
    let _ = ann.socket.flush().await;
    assert_eq!(ann.closed().await, 1008);
    relay.still_serves().await;
}

#[tokio::test]
async fn a_page_that_does_not_read_is_closed_and_others_are_not_held_up() {
    let relay = Relay::with(|config| {
        config.directory = false;
        config.connections.message_burst = 100_000;
        config.connections.messages_per_second = 100_000;
    })
    .await;
    let (mut ann, bob, call) = talking(&relay).await;
    let (to, before, token, seen) = (bob.device(), bob.welcome().clone(), bob.token.clone(), bob.last_seq);
    let sdp = Opaque::new(&"x".repeat(30_000));
    // Bob reads nothing: what the two kernels take comes to a few megabytes, and then it stays with the relay.
    let mut sent = 0;
    while relay.app.hub.by_device(&to).unwrap().detached_since().is_none() {
        ann.request(Offer { call_id: call.clone(), to: to.clone(), sdp: sdp.clone() }.into()).await.unwrap();
        sent += 1;
        assert!(sent < 2_000, "the relay takes {sent} descriptions for a page that does not read");
    }
    // The others go on, and Bob finds out why when he reads at last.
    relay.still_serves().await;
    let mut bob = bob;
    assert_eq!(bob.closed().await, 1013);
    let mut again = relay.connect(&token).await;
    let answer = again.resume(&before, seen).await;
    assert_eq!(answer, RelayMessage::from(CallError::new(ErrorCode::NoSession)), "that much is not kept");
    again.hello(Some(before.device.clone())).await;
    assert_eq!(again.welcome().calls.len(), 1, "and the call goes on");
}

#[tokio::test]
async fn foreign_origins_are_refused() {
    let relay = Relay::with(|config| config.origins = vec!["https://chat.example".into()]).await;
    let url = format!("ws://{}/ws", relay.address);
    let own = format!("http://{}", relay.address);
    for (origin, welcome) in
        [(own.as_str(), true), ("https://chat.example", true), ("https://evil.example", false), ("null", false)]
    {
        let mut request = url.as_str().into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        match connect_async(request).await {
            Ok(_) => assert!(welcome, "{origin}"),
            Err(Error::Http(response)) => {
                assert!(!welcome, "{origin}");
                assert_eq!(response.status(), 403);
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// Sends bytes, and returns what comes back until the connection ends or falls silent.
async fn exchange(relay: &Relay, bytes: &[u8]) -> String {
    let mut tcp = relay.tcp().await;
    tcp.write_all(bytes).await.unwrap();
    read_some(&mut tcp).await
}

async fn read_some(tcp: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    while let Ok(Ok(read @ 1..)) = timeout(Duration::from_millis(300), tcp.read(&mut part)).await {
        answer.extend_from_slice(&part[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn handshake(lines: &[&str]) -> Vec<u8> {
    let mut text = lines.join("\r\n");
    text.push_str("\r\n\r\n");
    text.into_bytes()
}

const HOST: &str = "Host: localhost";
const UPGRADE: &str = "Upgrade: websocket";
const CONNECTION: &str = "Connection: Upgrade";
const VERSION_13: &str = "Sec-WebSocket-Version: 13";
const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

#[tokio::test]
async fn malformed_handshakes_get_a_status() {
    let relay = Relay::start().await;
    let get = "GET /ws HTTP/1.1";
    for (lines, status) in [
        (vec![get, HOST], "426"),
        (vec![get, HOST, UPGRADE, VERSION_13, KEY], "426"),
        (vec![get, HOST, UPGRADE, CONNECTION, KEY], "426"),
        (vec![get, HOST, UPGRADE, CONNECTION, "Sec-WebSocket-Version: 8", KEY], "426"),
        (vec![get, HOST, UPGRADE, CONNECTION, VERSION_13], "400"),
        (vec![get, HOST, UPGRADE, CONNECTION, VERSION_13, "Sec-WebSocket-Key: short"], "400"),
        (vec!["POST /ws HTTP/1.1", HOST, UPGRADE, CONNECTION, VERSION_13, KEY], "405"),
        (vec!["GET /ws HTTP/1.0", HOST, UPGRADE, CONNECTION, VERSION_13, KEY], "405"),
        (vec!["what is this"], "400"),
    ] {
        let answer = exchange(&relay, &handshake(&lines)).await;
        let first = answer.lines().next().unwrap_or_default();
        assert!(first.contains(status), "{lines:?}: {first}");
    }
    let answer = exchange(&relay, &handshake(&[get, HOST, UPGRADE, CONNECTION, VERSION_13, KEY])).await;
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    assert!(answer.to_lowercase().contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="), "{answer}");
    relay.still_serves().await;
}

/// A frame of a client with a mask of zeroes, which is allowed and keeps the payload legible here.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    assert!(length < 126);
    [&[first, 0x80 | length, 0, 0, 0, 0], payload].concat()
}

#[tokio::test]
async fn frames_that_are_none_close_with_a_code() {
    let relay = Relay::start().await;
    let open = handshake(&["GET /ws HTTP/1.1", HOST, UPGRADE, CONNECTION, VERSION_13, KEY]);
    for (bytes, code) in [
        (vec![0x81, 0x02, b'{', b'}'], 1002_u16),
        (frame(0xF1, b"{}"), 1002),
        (frame(0x83, b"{}"), 1002),
        (frame(0x80, b"{}"), 1002),
        (frame(0x81, &[0xFF, 0xFE]), 1007),
        (vec![0x81, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 1009),
    ] {
        let mut tcp = relay.tcp().await;
        tcp.write_all(&open).await.unwrap();
        tcp.write_all(&bytes).await.unwrap();
        let mut answer = Vec::new();
        timeout(SOON, tcp.read_to_end(&mut answer)).await.unwrap().unwrap();
        let closes = |four: &[u8]| four[0] == 0x88 && four[2..] == code.to_be_bytes();
        assert!(answer.windows(4).any(closes), "{bytes:?} should close with {code}");
    }
    relay.still_serves().await;
}

#[tokio::test]
async fn a_frame_in_small_pieces_is_one_frame() {
    let relay = Relay::start().await;
    let mut tcp = relay.tcp().await;
    tcp.write_all(&handshake(&["GET /ws HTTP/1.1", HOST, UPGRADE, CONNECTION, VERSION_13, KEY])).await.unwrap();
    for byte in [frame(0x01, br#"{"type":"pi"#), frame(0x89, b"!"), frame(0x80, br#"ng"}"#)].concat() {
        tcp.write_all(&[byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    let answer = read_some(&mut tcp).await;
    assert!(answer.contains("not_welcome"), "read whole, and refused before hello: {answer}");
    assert!(answer.contains("\u{1}!"), "the ping in between was answered");
}

#[tokio::test]
async fn half_a_request_is_not_waited_for() {
    let relay = Relay::with(|config| config.connections.request_header = Duration::from_millis(300)).await;
    let mut tcp = relay.tcp().await;
    tcp.write_all(b"GET /ws HTTP/1.1\r\nHost: loc").await.unwrap();
    let mut answer = Vec::new();
    timeout(SOON, tcp.read_to_end(&mut answer)).await.expect("cut off in time").unwrap();
    relay.still_serves().await;
}

#[tokio::test]
async fn half_a_frame_is_let_go_of_with_the_rest() {
    let relay = Relay::with(|config| config.connections.hello = Duration::from_millis(300)).await;
    let mut tcp = relay.tcp().await;
    tcp.write_all(&handshake(&["GET /ws HTTP/1.1", HOST, UPGRADE, CONNECTION, VERSION_13, KEY])).await.unwrap();
    tcp.write_all(&[0x81, 0xFE, 0x10]).await.unwrap();
    let mut answer = Vec::new();
    timeout(SOON, tcp.read_to_end(&mut answer)).await.expect("cut off in time").unwrap();
    relay.still_serves().await;
}
