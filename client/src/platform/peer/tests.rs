//! Two peer connections of this page, joined as the phone and the relay would.

use std::cell::RefCell;
use std::rc::Rc;

use call::quality::{CandidateType, Stats};
use call::{ConnectionState, Device, PeerCommand, PeerEvent, PeerKey};
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::test::{self, Heard};
use super::{Ends, Peer, stats};
use crate::platform::js;
use crate::platform::queue::{Event, Queue};
use crate::platform::talk::{Said, Talk, read_head};

const LEFT: PeerKey = PeerKey(1);
const RIGHT: PeerKey = PeerKey(2);

struct Pair {
    queue: Queue,
    left: Peer,
    right: Peer,
    heard: Heard,
}

impl Pair {
    fn new() -> Self {
        let queue = Queue::new();
        let events = queue.sender();
        let peer = |key| Peer::new(key, (&[], false), Ends::new(None, None, None), &events).unwrap();
        Self { left: peer(LEFT), right: peer(RIGHT), queue, heard: Heard::default() }
    }

    fn peer(&mut self, key: PeerKey) -> &mut Peer {
        if key == LEFT { &mut self.left } else { &mut self.right }
    }

    /// Carries descriptions and candidates across until `done`.
    async fn until(&mut self, what: &str, done: impl Fn(&Heard) -> bool) {
        let clock = test::Patience::new(what);
        while !done(&self.heard) {
            while let Some(event) = self.queue.pop() {
                self.carry(&event);
                self.heard.0.push(event);
            }
            clock.wait().await;
        }
    }

    fn carry(&mut self, event: &Event) {
        let Some((from, event)) = test::of_peer(event) else { return };
        let far = if from == LEFT { RIGHT } else { LEFT };
        match event.clone() {
            PeerEvent::Description { kind: call::DescriptionKind::Offer, sdp } => {
                self.peer(far).command(PeerCommand::ApplyOffer { sdp });
            }
            PeerEvent::Description { kind: call::DescriptionKind::Answer, sdp } => {
                self.peer(far).command(PeerCommand::ApplyAnswer { sdp });
            }
            PeerEvent::Candidate(candidate) => self.peer(far).command(PeerCommand::AddCandidates(vec![candidate])),
            _ => {}
        }
    }

    async fn connect(&mut self) {
        self.left.command(PeerCommand::MakeOffer { ice_restart: false });
        self.until("both to connect", |heard| heard.connected(LEFT) && heard.connected(RIGHT)).await;
    }
}

fn ufrag(sdp: &str) -> &str {
    sdp.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).unwrap()
}

#[wasm_bindgen_test]
async fn one_offer_and_one_answer_join_two_pages_in_both_directions() {
    let mut pair = Pair::new();
    pair.connect().await;
    let descriptions = pair.heard.descriptions();
    assert_eq!(descriptions.len(), 2);
    for sdp in descriptions {
        assert_eq!(sdp.matches("m=audio").count(), 1);
        assert_eq!(sdp.matches("m=video").count(), 1);
        assert_eq!(sdp.matches("a=sendrecv").count(), 2, "both ways, whatever is open now");
        assert!(!sdp.contains("a=candidate"), "candidates trickle");
        assert!(sdp.contains("a=group:BUNDLE 0 1"));
        assert!(sdp.contains("a=rtcp-mux"));
        let streams: Vec<_> = sdp.lines().filter_map(|line| line.strip_prefix("a=msid:")?.split(' ').next()).collect();
        assert_eq!(streams.len(), 2);
        assert_eq!(streams.first(), streams.last(), "voice and picture belong together");
        assert_ne!(streams.first(), Some(&"-"));
    }
    for key in [LEFT, RIGHT] {
        assert_eq!(pair.heard.remote_tracks(key), 2);
    }
}

#[wasm_bindgen_test]
async fn data_channels_open_with_the_connection_and_carry_words_and_bytes() {
    let mut pair = Pair::new();
    let heard: Rc<RefCell<Vec<Said>>> = Rc::default();
    let (one, other) = (heard.clone(), Rc::new(RefCell::new(Vec::new())));
    let room = other.clone();
    let right = Talk::new(pair.right.channels(), move |said| one.borrow_mut().push(said));
    let left = Talk::new(pair.left.channels(), move |said| room.borrow_mut().push(said));
    pair.connect().await;
    test::until("both to be open", async || left.is_open() && right.is_open()).await;
    assert!(pair.heard.descriptions().iter().all(|sdp| sdp.matches("m=application").count() == 1));
    assert_eq!(pair.heard.descriptions().len(), 2, "they need no negotiation of their own");

    left.send("xin chào");
    let bytes = Uint8Array::from([7_u8; 40_000].as_slice()).buffer();
    left.feed(9, &bytes);
    let came = |heard: &[Said]| -> usize {
        let bytes =
            |said: &Said| if let Said::Chunk(chunk) = said { read_head(chunk).map(|head| head.1) } else { None };
        heard.iter().filter_map(bytes).sum()
    };
    test::until("all of it to come", async || came(&heard.borrow()) == 40_000).await;
    let heard = heard.borrow();
    assert!(heard.iter().any(|said| matches!(said, Said::Opened)));
    assert!(heard.iter().any(|said| matches!(said, Said::Text(text) if text == "xin chào")));
    let chunks = heard.iter().filter_map(|said| if let Said::Chunk(chunk) = said { read_head(chunk) } else { None });
    assert_eq!(chunks.collect::<Vec<_>>(), [(9, 16_380), (9, 16_380), (9, 7_240)]);
}

#[wasm_bindgen_test]
fn an_address_is_hidden_where_it_is_to_be() {
    let queue = Queue::new();
    for (hidden, policy) in [(true, "relay"), (false, "all")] {
        let peer = Peer::new(LEFT, (&[], hidden), Ends::new(None, None, None), &queue.sender()).unwrap();
        // Also when the relay names other servers meanwhile.
        for servers in [0, 1] {
            let configuration = js::call(&peer.line.connection, "getConfiguration", &[]).unwrap();
            assert_eq!(js::text(&configuration, "iceTransportPolicy").as_deref(), Some(policy));
            assert_eq!(js_sys::Array::from(&js::field(&configuration, "iceServers")).length(), servers);
            let urls = vec!["stun:192.0.2.1".to_owned()];
            peer.line.use_servers(&[protocol::IceServer { urls, username: None, credential: None }]);
        }
    }
}

#[wasm_bindgen_test]
async fn a_camera_turned_on_later_needs_no_new_negotiation() {
    let mut pair = Pair::new();
    pair.connect().await;
    let (queue, engine) = test::engine();
    engine.preview(true, true);
    let tracks = test::local_tracks(&queue, 2).await;
    for (device, track) in &tracks {
        pair.left.send(*device, track.as_ref());
        pair.right.send(*device, track.as_ref());
    }
    pair.heard.0.clear();
    for peer in [&pair.left, &pair.right] {
        test::until("pictures to arrive", async || test::frames_decoded(&peer.line.connection).await > 5.0).await;
    }
    pair.until("nothing more", |_| true).await;
    assert!(pair.heard.descriptions().is_empty());
    assert!(!pair.heard.any(|_, event| *event == PeerEvent::NegotiationNeeded));
    assert!(tracks.iter().any(|(device, _)| *device == Device::Camera));
}

#[wasm_bindgen_test]
async fn of_two_crossing_offers_one_is_rolled_back_without_a_trace() {
    let mut pair = Pair::new();
    pair.left.command(PeerCommand::MakeOffer { ice_restart: false });
    pair.right.command(PeerCommand::MakeOffer { ice_restart: false });
    let clock = test::Patience::new("both offers");
    while pair.heard.descriptions().len() < 2 {
        pair.heard.0.extend(pair.queue.pop());
        clock.wait().await;
    }
    // The right side is polite: it takes the left one's offer, and the left one ignores the other.
    let offer = pair.heard.descriptions_of(LEFT).first().unwrap().clone();
    pair.right.command(PeerCommand::ApplyOffer { sdp: offer });
    let early = pair.heard.candidates_of(LEFT);
    pair.right.command(PeerCommand::AddCandidates(early));
    pair.until("both to connect", |heard| heard.connected(LEFT) && heard.connected(RIGHT)).await;
    let answer = pair.heard.descriptions_of(RIGHT).last().unwrap().clone();
    assert_eq!(answer.matches("m=").count(), 3);
    assert_eq!(answer.matches("a=sendrecv").count(), 2);
}

#[wasm_bindgen_test]
async fn an_ice_restart_has_new_credentials_and_keeps_the_sections() {
    let mut pair = Pair::new();
    pair.connect().await;
    let first = pair.heard.descriptions_of(LEFT).last().unwrap().clone();
    pair.heard.0.clear();
    pair.left.command(PeerCommand::MakeOffer { ice_restart: true });
    pair.until("the answer", |heard| heard.any(|key, event| key == LEFT && *event == PeerEvent::AnswerApplied)).await;
    let second = pair.heard.descriptions_of(LEFT).last().unwrap().clone();
    assert_ne!(ufrag(&first), ufrag(&second));
    assert_eq!(second.matches("m=").count(), 3);
}

#[wasm_bindgen_test]
async fn what_cannot_be_applied_is_said_and_does_no_harm() {
    let mut pair = Pair::new();
    pair.left.command(PeerCommand::ApplyOffer { sdp: "v=0\r\nnonsense".to_owned() });
    pair.left.command(PeerCommand::ApplyAnswer { sdp: String::new() });
    let failed = |heard: &Heard| heard.count(|_, event| matches!(event, PeerEvent::DescriptionFailed(_)));
    pair.until("both refusals", |heard| failed(heard) == 2).await;
    pair.connect().await;
}

#[wasm_bindgen_test]
async fn a_dropped_connection_is_closed_and_silent() {
    let Pair { queue, mut left, right, .. } = Pair::new();
    let connection = left.line.connection.clone();
    left.command(PeerCommand::MakeOffer { ice_restart: false });
    drop((left, right));
    test::Patience::new("").wait().await;
    assert!(queue.pop().is_none());
    assert_eq!(js::text(&connection, "signalingState").as_deref(), Some("closed"));
}

#[wasm_bindgen_test]
async fn the_states_are_told() {
    let mut pair = Pair::new();
    pair.connect().await;
    let connecting = PeerEvent::Connection(ConnectionState::Connecting);
    assert!(pair.heard.any(|key, event| key == LEFT && *event == connecting));
}

/// How many frames the left side has encoded, and how many of them were key frames.
async fn encoded_by_left(pair: &Pair) -> (f64, f64) {
    let report = js::settled(pair.left.line.connection.get_stats()).await.unwrap();
    let entries = js_sys::Array::from(&js::call(&report, "values", &[]).unwrap());
    let kind = |entry: &JsValue, name: &str| js::text(entry, name).unwrap_or_default();
    let sent = entries.iter().find(|it| kind(it, "type") == "outbound-rtp" && kind(it, "kind") == "video").unwrap();
    let count = |name: &str| js::field(&sent, name).as_f64().unwrap_or_default();
    (count("framesEncoded"), count("keyFramesEncoded"))
}

#[wasm_bindgen_test]
async fn a_key_frame_is_sent_when_it_is_wanted() {
    let mut pair = Pair::new();
    pair.connect().await;
    let (queue, engine) = test::engine();
    engine.preview(true, true);
    for (device, track) in &test::local_tracks(&queue, 2).await {
        pair.left.send(*device, track.as_ref());
    }
    // What is larger or smaller than before begins with one as well, so that has to be over.
    test::until("pictures to be sent", async || encoded_by_left(&pair).await.0 > 60.0).await;
    for _ in 0..2 {
        let (frames, before) = encoded_by_left(&pair).await;
        pair.left.send_key_frame();
        test::until("a key frame", async || encoded_by_left(&pair).await.1 > before).await;
        let (later, after) = encoded_by_left(&pair).await;
        assert_eq!(after, before + 1.0);
        assert!(later < frames + 30.0, "within a second: {frames} to {later}");
    }
}

/// What the left side's browser says, as soon as it is `enough`.
async fn stats_of_left(pair: &Pair, enough: impl Fn(&Stats) -> bool) -> Stats {
    let patience = test::Patience::new("what the browser counts");
    loop {
        let report = js::settled(pair.left.line.connection.get_stats()).await.unwrap();
        let stats = stats::read(&report);
        if enough(&stats) {
            return stats;
        }
        patience.wait().await;
    }
}

#[wasm_bindgen_test]
async fn what_the_browser_counts_is_read() {
    let mut pair = Pair::new();
    pair.connect().await;
    let (queue, engine) = test::engine();
    engine.preview(true, true);
    for (device, track) in &test::local_tracks(&queue, 2).await {
        pair.left.send(*device, track.as_ref());
        pair.right.send(*device, track.as_ref());
    }
    let stats = stats_of_left(&pair, |stats| {
        let counts = [stats.audio.packets_received, stats.picture.frames_decoded, stats.sent.bytes_sent];
        counts.into_iter().all(|count| count.is_some_and(|count| count > 5.0)) && stats.round_trip_time.is_some()
    })
    .await;
    assert_eq!(stats.audio.packets_lost, Some(0.0));
    assert_eq!(stats.audio.codec.as_deref(), Some("audio/opus"));
    assert!(stats.video.codec.is_some_and(|codec| codec.starts_with("video/")));
    // Nobody plays the sound here, so there are no samples yet; but the browser counts them.
    assert!(stats.sound.total_samples.is_some() && stats.sound.concealed_samples.is_some(), "{:?}", stats.sound);
    assert!(stats.sound.silent_concealed_samples.is_some() && stats.sound.concealment_events.is_some());
    assert!(stats.picture.frame_width > Some(0.0) && stats.picture.freeze_count.is_some(), "{:?}", stats.picture);
    assert!(stats.audio.jitter.is_some_and(|jitter| jitter < 1.0));
    assert_eq!(stats.route.map(|route| route.local), Some(CandidateType::Host));
}

#[wasm_bindgen_test]
async fn what_it_comes_to_is_told() {
    let mut pair = Pair::new();
    pair.connect().await;
    let told = |heard: &Heard| heard.count(|key, event| key == LEFT && matches!(event, PeerEvent::Quality(Some(_))));
    for readings in 1..=2 {
        pair.left.command(PeerCommand::ReadStats { expected: true });
        pair.until("a reading", |heard| told(heard) == readings).await;
    }
    assert!(!pair.heard.any(|_, event| matches!(event, PeerEvent::DescriptionFailed(_))));
}

#[wasm_bindgen_test]
async fn a_browser_that_says_nothing_is_no_failure() {
    assert_eq!(stats::read(&JsValue::UNDEFINED), Stats::default());
    let report = js_sys::Map::new();
    for kind in ["inbound-rtp", "outbound-rtp", "remote-inbound-rtp", "candidate-pair", "of-a-later-time"] {
        let entry = js::object(&[("type", JsValue::from_str(kind)), ("jitter", JsValue::from_str("no number"))]);
        report.set(&JsValue::from_str(kind), &entry);
    }
    assert_eq!(stats::read(&report), Stats::default());
}
