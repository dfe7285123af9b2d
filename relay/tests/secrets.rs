//! Nothing that opens a door, and nothing that says where somebody is, comes into the log: not at its most talkative, and
//! not when what arrives is wrong.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod world;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use protocol::*;
use relay::config::{ForeignKey, ForeignTokens, SharedSecret};
use relay::ice::config::Inside;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use world::{Page, Relay};

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// From now on everything of this process goes here.
    fn begin() -> Self {
        let log = Self::default();
        let writer = log.clone();
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).init();
        log
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

const JWT_SECRET: &str = "a-shared-secret-of-the-other-product";
const TURN_SECRET: &str = "what-the-turn-servers-were-given";
const OFFER: &str = "v=0\r\na=ice-ufrag:Ufr4g\r\na=ice-pwd:offeredIcePassword123\r\na=fingerprint:sha-256 AB:CD\r\n";
const PLACE: &str = "198.51.100.77";

async fn relay() -> Relay {
    Relay::with(|config| {
        config.sign_in.tokens = Some(ForeignTokens {
            key: ForeignKey::Secret(JWT_SECRET.into()),
            issuer: None,
            audience: "alo".to_owned(),
        });
        config.ways.secret = Some(SharedSecret::Given(TURN_SECRET.into()));
        config.ways.inside = Some(Inside { port: 0, tls_port: 0, ..Inside::default() });
    })
    .await
}

fn candidates(call_id: &CallId, to: &DeviceId) -> ClientMessage {
    let line = format!("candidate:1 1 udp 2122260223 {PLACE} 54321 typ host");
    let one =
        Candidate { candidate: Opaque::new(&line), sdp_mid: None, sdp_m_line_index: Some(0), username_fragment: None };
    IceCandidates { call_id: call_id.clone(), to: Some(to.clone()), candidates: vec![one] }.into()
}

/// A call with everything that is secret about it.
async fn talk(ann: &mut Page, bob: &mut Page) {
    let call_id = world::call_id();
    let ring = Initiate {
        call_id: call_id.clone(),
        to: bob.user(),
        kind: CallType::Video,
        offer: Opaque::new(OFFER),
        media: MediaState::default(),
    };
    ann.request(ring.into()).await.unwrap();
    bob.expect("call:incoming").await;
    let answer = Opaque::new("v=0\r\na=ice-pwd:answeredIcePassword456\r\n");
    bob.request(Accept { call_id: call_id.clone(), answer, media: MediaState::default() }.into()).await.unwrap();
    ann.expect("call:accepted").await;
    ann.request(candidates(&call_id, &bob.device())).await.unwrap();
    bob.expect("call:ice_candidate").await;
    ann.request(Hangup { call_id, reason: HangupReason::Completed }.into()).await.unwrap();
}

/// What is wrong is not shown to whoever reads the log either.
async fn go_wrong(relay: &Relay, page: &mut Page) {
    for text in [format!("{{\"sdp\":\"{OFFER}\""), format!(r#"{{"type":"{PLACE}","id":"{TURN_SECRET}"}}"#)] {
        page.send_text(text).await;
        page.error().await;
    }
    let mut wrong = relay.connect("x").await;
    wrong.say(Hello { protocol: VERSION, token: format!("{}x", page.token), device: None }.into()).await;
    assert_eq!(wrong.error().await, ErrorCode::BadToken);
    let mut tcp = relay.tcp().await;
    let lines = ["GET /api/calls?token=".to_owned(), page.token.clone(), " HTTP/1.1\r\nHost: x\r\n".to_owned()];
    let bearer = format!("Authorization: Bearer {}y\r\nConnection: close\r\n\r\n", page.token);
    tcp.write_all(format!("{}{bearer}", lines.concat()).as_bytes()).await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}

#[tokio::test]
async fn secrets_and_places_are_in_no_log_however_talkative() {
    let log = Log::begin();
    let relay = relay().await;
    let (mut ann, mut bob) = (relay.page("Ann").await, relay.page("Bob").await);
    talk(&mut ann, &mut bob).await;
    let made = ann.request(CreateRoom { name: None, private: false, waiting_room: false }.into()).await.unwrap();
    let RelayMessage::RoomCreated(RoomCreated { room }) = made else { panic!("{made:?}") };
    bob.request(Join { room: room.clone(), media: MediaState::default() }.into()).await.unwrap();
    go_wrong(&relay, &mut ann).await;
    let welcome = bob.welcome().clone();
    let mut back = relay.connect(&bob.token).await;
    assert!(matches!(back.resume(&welcome, bob.last_seq).await, RelayMessage::Welcome(_)));
    let mut secrets: Vec<String> =
        [JWT_SECRET, TURN_SECRET, "IcePassword", "Ufr4g", "v=0", "candidate:1", PLACE].map(str::to_owned).into();
    secrets.extend([&ann, &bob].map(|page| page.token.rsplit('.').next().unwrap().to_owned()));
    secrets.extend([&ann, &bob].map(|page| page.token.split('.').nth(1).unwrap().to_owned()));
    secrets.extend([&ann, &bob].map(|page| page.welcome().session.as_str().to_owned()));
    secrets.extend(welcome.ice_servers.iter().filter_map(|server| server.credential.clone()));
    secrets.push(room.as_str().to_owned());
    assert!(secrets.len() > 14, "TURN credentials are among them: {}", secrets.len());
    relay.stop().await;
    let log = log.text();
    for said in ["a token was refused", "a call is over"] {
        assert!(log.contains(said), "it is this relay's log: {said}");
    }
    for secret in secrets {
        assert!(!secret.is_empty() && !log.contains(&secret), "{secret} is in the log");
    }
}
