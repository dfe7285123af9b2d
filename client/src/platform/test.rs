//! What the tests in a browser share.

use std::rc::Rc;

use call::{ConnectionState, Device, Input, PeerEvent, PeerKey, Time};
use js_sys::{Function, Map, Promise};
use protocol::Candidate;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MediaStreamTrack, RtcPeerConnection};

use super::devices::Devices;
use super::media::Engine;
use super::queue::{Event, Queue};
use super::{clock, js, window};

/// Waits for something, but not for ever.
pub(crate) struct Patience {
    what: String,
    began: Time,
}

impl Patience {
    pub(crate) fn new(what: &str) -> Self {
        Self { what: what.to_owned(), began: clock::now() }
    }

    /// Lets the browser work for a moment.
    pub(crate) async fn wait(&self) {
        assert!(clock::now().since(self.began).as_secs() < 20, "waited too long for {}", self.what);
        let pause = Promise::new(&mut |resolve: Function, _| {
            window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 5).unwrap();
        });
        js::settled(pause).await.unwrap();
    }
}

/// Waits until `done` says so.
pub(crate) async fn until(what: &str, done: impl AsyncFn() -> bool) {
    let patience = Patience::new(what);
    while !done().await {
        patience.wait().await;
    }
}

/// What came out of a queue.
#[derive(Debug, Default)]
pub(crate) struct Heard(pub(crate) Vec<Event>);

/// The peer event in an event, if it is one.
pub(crate) fn of_peer(event: &Event) -> Option<(PeerKey, &PeerEvent)> {
    match event {
        Event::Input(Input::Peer(key, event)) => Some((*key, event)),
        _ => None,
    }
}

impl Heard {
    pub(crate) fn peer_events(&self) -> impl Iterator<Item = (PeerKey, &PeerEvent)> {
        self.0.iter().filter_map(of_peer)
    }

    pub(crate) fn count(&self, is: impl Fn(PeerKey, &PeerEvent) -> bool) -> usize {
        self.peer_events().filter(|(key, event)| is(*key, event)).count()
    }

    pub(crate) fn any(&self, is: impl Fn(PeerKey, &PeerEvent) -> bool) -> bool {
        self.count(is) > 0
    }

    pub(crate) fn connected(&self, of: PeerKey) -> bool {
        self.any(|key, event| key == of && *event == PeerEvent::Connection(ConnectionState::Connected))
    }

    pub(crate) fn descriptions(&self) -> Vec<&String> {
        self.peer_events().filter_map(|(_, event)| sdp(event)).collect()
    }

    pub(crate) fn descriptions_of(&self, of: PeerKey) -> Vec<String> {
        let own = self.peer_events().filter(|(key, _)| *key == of);
        own.filter_map(|(_, event)| sdp(event).cloned()).collect()
    }

    pub(crate) fn candidates_of(&self, of: PeerKey) -> Vec<Candidate> {
        let own = self.peer_events().filter(|(key, _)| *key == of);
        own.filter_map(|(_, event)| if let PeerEvent::Candidate(found) = event { Some(found.clone()) } else { None })
            .collect()
    }

    pub(crate) fn remote_tracks(&self, of: PeerKey) -> usize {
        self.0.iter().filter(|event| matches!(event, Event::RemoteTrack { peer, .. } if *peer == of)).count()
    }

    pub(crate) fn inputs(&self) -> Vec<&Input> {
        self.0.iter().filter_map(|event| if let Event::Input(input) = event { Some(input) } else { None }).collect()
    }

    /// Takes what has come until `done`.
    pub(crate) async fn until(&mut self, queue: &Queue, what: &str, done: impl Fn(&Self) -> bool) {
        let patience = Patience::new(what);
        loop {
            while let Some(event) = queue.pop() {
                self.0.push(event);
            }
            if done(self) {
                return;
            }
            patience.wait().await;
        }
    }
}

fn sdp(event: &PeerEvent) -> Option<&String> {
    if let PeerEvent::Description { sdp, .. } = event { Some(sdp) } else { None }
}

/// An engine with a queue of its own.
pub(crate) fn engine() -> (Queue, Rc<Engine>) {
    let queue = Queue::new();
    let (_, engine) = Devices::new(&queue.sender());
    (queue, engine)
}

/// The first `count` local tracks that come.
pub(crate) async fn local_tracks(queue: &Queue, count: usize) -> Vec<(Device, Option<MediaStreamTrack>)> {
    let local = |event: &Event| match event {
        Event::LocalTrack(device, track) => Some((*device, track.clone())),
        _ => None,
    };
    let mut heard = Heard::default();
    heard.until(queue, "the local tracks", |heard| heard.0.iter().filter_map(local).count() >= count).await;
    heard.0.iter().filter_map(local).collect()
}

/// How many pictures a connection has decoded.
pub(crate) async fn frames_decoded(connection: &RtcPeerConnection) -> f64 {
    let report: Map = js::settled(connection.get_stats()).await.unwrap().unchecked_into();
    let mut frames = 0.0;
    report.for_each(&mut |stat: JsValue, _| {
        if js::text(&stat, "type").as_deref() == Some("inbound-rtp") {
            frames += js::field(&stat, "framesDecoded").as_f64().unwrap_or(0.0);
        }
    });
    frames
}
