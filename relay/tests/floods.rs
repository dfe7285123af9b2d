//! Whoever is slow, sends half of everything or far too much of it troubles nobody else: two people in a call hear each
//! other's messages within two seconds meanwhile, and nothing is left of the trouble when it ends.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod world;

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use protocol::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use world::{Page, Relay, SOON, talking};

/// In this time everyone else is served, whatever somebody does.
const SERVED: Duration = Duration::from_secs(2);

const HANDSHAKE: &[u8] = b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

async fn relay() -> Relay {
    Relay::with(|config| {
        config.directory = false;
        config.connections.request_header = Duration::from_secs(1);
        config.connections.hello = Duration::from_secs(1);
    })
    .await
}

/// Ann turns her microphone on and off while something goes on, and Bob hears of it each time.
async fn undisturbed(ann: &mut Page, bob: &mut Page, call: &CallId) {
    let mut slowest = Duration::ZERO;
    for round in 0..40 {
        let media = MediaState { microphone: round % 2 == 0, ..MediaState::default() };
        let sent = Instant::now();
        ann.ask(UpdateMedia { call_id: call.clone(), media }.into()).await;
        bob.expect("call:media_updated").await;
        slowest = slowest.max(sent.elapsed());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(slowest < SERVED, "{slowest:?}");
}

/// So many connections at once that have sent this and say nothing more.
async fn halves(relay: &Relay, count: usize, bytes: &[u8]) -> Vec<TcpStream> {
    let mut all = Vec::new();
    for _ in 0..count {
        let mut tcp = relay.tcp().await;
        tcp.write_all(bytes).await.unwrap();
        all.push(tcp);
    }
    all
}

/// The relay lets go of each of them by itself.
async fn are_let_go_of(halves: Vec<TcpStream>) {
    for mut tcp in halves {
        let mut answer = Vec::new();
        let end = timeout(SOON, tcp.read_to_end(&mut answer)).await.expect("let go of in time");
        // A reset is an end too.
        drop(end);
    }
}

#[tokio::test]
async fn half_requests_trouble_nobody() {
    let relay = relay().await;
    let (mut ann, mut bob, call) = talking(&relay).await;
    let before = relay.app.tasks.len();
    let mut all = halves(&relay, 150, b"GET /ws HTTP/1.1\r\nHost: loc").await;
    all.extend(halves(&relay, 150, b"").await);
    undisturbed(&mut ann, &mut bob, &call).await;
    are_let_go_of(all).await;
    assert_eq!(relay.app.tasks.len(), before, "no session came of it");
}

#[tokio::test]
async fn sockets_that_never_say_hello_trouble_nobody() {
    let relay = relay().await;
    let (mut ann, mut bob, call) = talking(&relay).await;
    let before = relay.app.tasks.len();
    let half_a_frame = [HANDSHAKE, &[0x81, 0xFE, 0xFF, 0xFF, 1, 2, 3, 4, b'{']].concat();
    let half_a_message = [HANDSHAKE, &[0x01, 0x81, 0, 0, 0, 0, b'{']].concat();
    let mut all = halves(&relay, 100, HANDSHAKE).await;
    all.extend(halves(&relay, 100, &half_a_frame).await);
    all.extend(halves(&relay, 100, &half_a_message).await);
    undisturbed(&mut ann, &mut bob, &call).await;
    are_let_go_of(all).await;
    drained(&relay, before).await;
}

/// The tasks of the connections end.
async fn drained(relay: &Relay, before: usize) {
    let end = Instant::now() + SOON;
    while relay.app.tasks.len() > before {
        assert!(Instant::now() < end, "{} tasks, {before} before", relay.app.tasks.len());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_body_that_comes_byte_by_byte_is_not_waited_for() {
    let relay = relay().await;
    let (mut ann, mut bob, call) = talking(&relay).await;
    let head = b"POST /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
        Content-Length: 4000\r\n\r\n{\"name\":\"";
    let mut dripping = JoinSet::new();
    for mut tcp in halves(&relay, 100, head).await {
        dripping.spawn(async move {
            let (mut read, mut write) = tcp.split();
            let drip = async {
                while write.write_all(b"a").await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            };
            let mut answer = Vec::new();
            tokio::select! {
                () = drip => {}
                _ = read.read_to_end(&mut answer) => {}
            }
            String::from_utf8_lossy(&answer).into_owned()
        });
    }
    undisturbed(&mut ann, &mut bob, &call).await;
    let answers = timeout(Duration::from_secs(25), dripping.join_all()).await.expect("cut off");
    let refused = answers.iter().filter(|answer| answer.starts_with("HTTP/1.1 408 ")).count();
    assert!(refused >= 90, "{refused} of 100 were told why");
}

#[tokio::test]
async fn pages_that_send_without_end_trouble_nobody() {
    let relay = relay().await;
    let (mut ann, mut bob, call) = talking(&relay).await;
    let mut floods = JoinSet::new();
    for n in 0..8 {
        let mut page = relay.page(&format!("Eve {n}")).await;
        floods.spawn(async move {
            let deep = format!(r#"{{"type":"call:leave","id":1,"data":{}}}"#, "[".repeat(10_000));
            for sent in 0..20_000 {
                let text = if sent % 3 == 0 { deep.as_str() } else { "{}" };
                if page.socket.send(Message::text(text)).await.is_err() {
                    break;
                }
                // The rest of this process wants to go on as well.
                tokio::task::yield_now().await;
            }
            // What was sent into a connection that is closing may reset it, and the reason is lost then.
            while let Some(Ok(message)) = page.socket.next().await {
                if let Message::Close(Some(close)) = message {
                    return u16::from(close.code);
                }
            }
            1008
        });
    }
    undisturbed(&mut ann, &mut bob, &call).await;
    let closed = timeout(Duration::from_secs(30), floods.join_all()).await.expect("each comes to an end");
    assert_eq!(closed, [1008; 8], "each was closed");
    relay.still_serves().await;
}

#[tokio::test]
async fn requests_without_end_trouble_nobody() {
    let relay = relay().await;
    let (mut ann, mut bob, call) = talking(&relay).await;
    let mut floods = JoinSet::new();
    for _ in 0..8 {
        let mut tcp = relay.tcp().await;
        floods.spawn(async move {
            let request = b"GET /api/people HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a.b.c\r\n\r\n";
            let (mut refused, mut buffer) = (0, vec![0; 4096]);
            for _ in 0..200 {
                tcp.write_all(request).await.unwrap();
                let read = tcp.read(&mut buffer).await.unwrap();
                refused += usize::from(buffer[..read].starts_with(b"HTTP/1.1 429 "));
            }
            refused
        });
    }
    undisturbed(&mut ann, &mut bob, &call).await;
    let refused: usize = floods.join_all().await.into_iter().sum();
    assert!(refused > 500, "{refused} of 1,600 were refused for coming too often");
    relay.still_serves().await;
}

#[tokio::test]
async fn who_asks_and_never_reads_is_let_go_of() {
    let relay = relay().await;
    let (mut ann, mut bob, call) = talking(&relay).await;
    let many = b"GET /api/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(4);
    let all = halves(&relay, 100, &many).await;
    undisturbed(&mut ann, &mut bob, &call).await;
    are_let_go_of(all).await;
}
