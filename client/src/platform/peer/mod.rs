//! One peer connection: the browser's `RTCPeerConnection`, told what to do in [`PeerCommand`]s.
//!
//! What deals with descriptions takes the browser several steps, so commands wait in line: one task carries them out in
//! the order they came. Closing does not wait.

mod config;
mod ends;
mod key_frame;
mod stats;
#[cfg(test)]
mod tests;
mod voice;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use call::budget::Encodings;
use call::quality::{self, Reading};
use call::{ConnectionState, DescriptionKind, Device, Input, PeerCommand, PeerEvent, PeerKey};
use protocol::{Candidate, IceServer, Opaque};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    MediaStreamTrack, RtcIceCandidate, RtcPeerConnection, RtcPeerConnectionIceEvent, RtcPeerConnectionState,
    RtcSessionDescriptionInit, RtcTrackEvent,
};

pub(crate) use self::config::configuration;
pub(crate) use self::ends::{Ends, Shared};
pub(crate) use self::stats::read;
use self::stats::{Listening, take_in};
pub(crate) use self::voice::Loud;
use super::browser::user_agent;
use super::channel::Channels;
use super::clock::now;
use super::js;
use super::listener::Listener;
use super::queue::{Event, Sender};
use super::task::Task;
use crate::find::has;

/// Commands that may wait. The phone keeps fewer candidates than this, and one description at a time.
const WAITING: usize = 128;

/// A peer connection, until dropped.
pub(crate) struct Peer {
    line: Rc<Line>,
    /// Carries out what waits, and ends when nothing does.
    work: Option<Task>,
    channels: Channels,
    _listeners: [Listener; 4],
}

/// What the task works on.
struct Line {
    key: PeerKey,
    connection: RtcPeerConnection,
    ends: Ends,
    events: Sender,
    waiting: RefCell<Vec<PeerCommand>>,
    works: Cell<bool>,
    /// What the connection came to, second by second.
    quality: RefCell<quality::Line>,
    /// An answer that is told and not yet set, see [`Line::holds`].
    held: RefCell<Option<JsValue>>,
}

impl Peer {
    /// Makes a connection that sends `tracks`, now and as they change: by these servers, and through them alone if that is
    /// wanted. `None`, and `Closed`, when the browser refuses: it has too many open, or cannot do WebRTC.
    pub(crate) fn new(
        key: PeerKey,
        (servers, relay_only): (&[IceServer], bool),
        ends: Ends,
        events: &Sender,
    ) -> Option<Self> {
        let configuration = config::configuration(servers, relay_only);
        let connection = match RtcPeerConnection::new_with_configuration(&configuration) {
            Ok(connection) => connection,
            Err(error) => {
                events.send(Input::Peer(key, PeerEvent::DescriptionFailed(js::error_words(&error))));
                return None;
            }
        };
        let channels = Channels::open(&connection);
        let listeners = listen(key, &connection, events);
        let line = Line {
            key,
            connection,
            ends,
            events: events.clone(),
            waiting: RefCell::default(),
            works: Cell::new(false),
            quality: RefCell::default(),
            held: RefCell::new(None),
        };
        Some(Self { line: Rc::new(line), work: None, channels, _listeners: listeners })
    }

    /// Puts a command in line.
    pub(crate) fn command(&mut self, command: PeerCommand) {
        let mut waiting = self.line.waiting.borrow_mut();
        if waiting.len() >= WAITING {
            return self.line.tell(PeerEvent::DescriptionFailed("too many commands are waiting".to_owned()));
        }
        waiting.push(command);
        if !self.line.works.replace(true) {
            self.work = Some(Task::new(work(self.line.clone())));
        }
    }

    /// Its data channels.
    pub(crate) fn channels(&self) -> Channels {
        self.channels.clone()
    }

    /// Sends a key frame of each picture.
    pub(crate) fn send_key_frame(&self) {
        self.line.ends.send_key_frame();
    }

    /// Looks at what the connection came to so far.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&quality::Line) -> R) -> R {
        look(&self.line.quality.borrow())
    }

    /// How loud the voice arrives.
    pub(crate) fn loud(&self) -> Option<Loud> {
        voice::loud(&self.line.connection)
    }

    /// Sends another track from now on, or none.
    pub(crate) fn send(&self, device: Device, track: Option<&MediaStreamTrack>) {
        self.line.ends.send(device, track);
    }

    /// Shares a screen from now on, or none.
    pub(crate) fn share(&self, shared: Option<&Shared>) {
        self.line.ends.share(&self.line.connection, shared);
    }

    /// Sends and plays nothing from now on, or does again.
    pub(crate) fn hold(&self, on: bool) {
        self.line.ends.hold(&self.line.connection, on);
    }

    /// Sends so much from now on.
    pub(crate) fn encode(&self, encodings: Encodings) {
        self.line.ends.encode(encodings);
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Promises of a closed connection never settle (webrtc section 4.3.2): the work would wait for ever.
        self.work = None;
        self.line.connection.close();
    }
}

fn listen(key: PeerKey, connection: &RtcPeerConnection, events: &Sender) -> [Listener; 4] {
    let on = |kind, event: fn(PeerKey, &web_sys::Event) -> Option<Event>| {
        let events = events.clone();
        Listener::new(connection, kind, move |happened| {
            if let Some(event) = event(key, &happened) {
                events.send(event);
            }
        })
    };
    [
        on("icecandidate", |key, event| {
            let found = event.dyn_ref::<RtcPeerConnectionIceEvent>()?.candidate()?;
            Some(Input::Peer(key, PeerEvent::Candidate(candidate(&found))).into())
        }),
        on("negotiationneeded", |key, _| Some(Input::Peer(key, PeerEvent::NegotiationNeeded).into())),
        on("connectionstatechange", |key, event| {
            let connection = event.target()?.dyn_into::<RtcPeerConnection>().ok()?;
            Some(Input::Peer(key, PeerEvent::Connection(state(connection.connection_state())?)).into())
        }),
        on("track", |peer, event| {
            let connection = event.target()?.dyn_into::<RtcPeerConnection>().ok()?;
            let (track, of) = (event.dyn_ref::<RtcTrackEvent>()?.track(), js::field(event, "transceiver"));
            let screen = ends::is_further(&connection, of.dyn_ref()?);
            Some(Event::RemoteTrack { peer, screen, track })
        }),
    ]
}

const fn state(state: RtcPeerConnectionState) -> Option<ConnectionState> {
    Some(match state {
        RtcPeerConnectionState::New => ConnectionState::New,
        RtcPeerConnectionState::Connecting => ConnectionState::Connecting,
        RtcPeerConnectionState::Connected => ConnectionState::Connected,
        RtcPeerConnectionState::Disconnected => ConnectionState::Disconnected,
        RtcPeerConnectionState::Failed => ConnectionState::Failed,
        RtcPeerConnectionState::Closed => ConnectionState::Closed,
        // A state of a later specification says nothing to us.
        _ => return None,
    })
}

fn candidate(found: &RtcIceCandidate) -> Candidate {
    let opaque = |text: String| Opaque::new(&text);
    Candidate {
        candidate: opaque(found.candidate()),
        sdp_mid: found.sdp_mid().map(opaque),
        sdp_m_line_index: found.sdp_m_line_index(),
        username_fragment: js::text(found, "usernameFragment").map(opaque),
    }
}

async fn work(line: Rc<Line>) {
    while let Some(command) = line.next() {
        if let Err(error) = line.carry_out(command).await {
            let words = js::error_words(&error);
            js::log("description refused", &words);
            line.tell(PeerEvent::DescriptionFailed(words));
        }
    }
}

impl Line {
    /// The next command; with none, the work is over.
    fn next(&self) -> Option<PeerCommand> {
        let mut waiting = self.waiting.borrow_mut();
        let next = if waiting.is_empty() { None } else { Some(waiting.remove(0)) };
        self.works.set(next.is_some());
        next
    }

    fn tell(&self, event: PeerEvent) {
        self.events.send(Input::Peer(self.key, event));
    }

    async fn carry_out(&self, command: PeerCommand) -> Result<(), JsValue> {
        self.release().await?;
        match command {
            PeerCommand::UseServers(servers) => {
                self.use_servers(&servers);
                Ok(())
            }
            PeerCommand::MakeOffer { ice_restart } => self.make_offer(ice_restart).await,
            PeerCommand::ApplyOffer { sdp } => self.apply_offer(&sdp).await,
            PeerCommand::ApplyAnswer { sdp } => self.apply_answer(&sdp).await,
            PeerCommand::AddCandidates(candidates) => {
                self.add_candidates(&candidates).await;
                Ok(())
            }
            PeerCommand::SendFullPicture => {
                self.ends.send_full_picture();
                Ok(())
            }
            PeerCommand::ReadStats { expected } => {
                self.tell(PeerEvent::Quality(self.read_stats(expected).await));
                Ok(())
            }
            // These do not wait in line and never come here.
            PeerCommand::Create { .. }
            | PeerCommand::Hold(_)
            | PeerCommand::SayBye
            | PeerCommand::AskForKeyFrame
            | PeerCommand::SendKeyFrame
            | PeerCommand::Close => Ok(()),
        }
    }

    /// Everything else stays as it is: whether an address may be told above all.
    fn use_servers(&self, servers: &[IceServer]) {
        if let Some(configuration) = js::call(&self.connection, "getConfiguration", &[]) {
            js::set(&configuration, "iceServers", &config::servers(servers));
            js::call(&self.connection, "setConfiguration", &[&configuration]);
        }
    }

    /// How the far side is received.
    async fn read_stats(&self, expected: bool) -> Option<Reading> {
        let report = js::settled(self.connection.get_stats()).await.ok()?;
        let heard = Listening { report: &report, line: &self.quality, now: now(), expected };
        Some(take_in(&heard))
    }

    async fn make_offer(&self, ice_restart: bool) -> Result<(), JsValue> {
        self.ends.make(&self.connection);
        let options = js::object(&[("iceRestart", ice_restart.into())]);
        let offer = self.connection.create_offer_with_rtc_offer_options(options.unchecked_ref());
        self.set_and_tell(DescriptionKind::Offer, js::settled(offer).await?).await
    }

    async fn apply_offer(&self, sdp: &str) -> Result<(), JsValue> {
        // An offer of our own that is still open is rolled back by this (webrtc section 4.4.1.5).
        let offer = description("offer", sdp);
        js::settled(self.connection.set_remote_description(&offer)).await?;
        self.ends.adopt(&self.connection);
        let answer = js::settled(self.connection.create_answer()).await?;
        if self.holds(sdp) {
            self.tell_description(DescriptionKind::Answer, &answer);
            self.held.replace(Some(answer));
            return Ok(());
        }
        self.set_and_tell(DescriptionKind::Answer, answer).await?;
        self.ends.limit();
        Ok(())
    }

    /// Whether the answer to this offer is set only when the far side's first candidates come.
    ///
    /// Firefox fails a connection for good, and no ICE restart brings its media back, when it has a local description
    /// and no remote candidate for five seconds. A person takes longer to answer a ring, and the caller's candidates
    /// may not be used before.
    fn holds(&self, offer: &str) -> bool {
        has(&user_agent(), "Firefox/")
            && js::field(&self.connection, "localDescription").is_null()
            && !has(offer, "\na=candidate:")
    }

    /// Sets the answer that was held back.
    async fn release(&self) -> Result<(), JsValue> {
        let Some(answer) = self.held.take() else { return Ok(()) };
        js::settled(self.connection.set_local_description(answer.unchecked_ref())).await?;
        self.ends.limit();
        Ok(())
    }

    async fn apply_answer(&self, sdp: &str) -> Result<(), JsValue> {
        let answer = description("answer", sdp);
        js::settled(self.connection.set_remote_description(&answer)).await?;
        self.tell(PeerEvent::AnswerApplied);
        Ok(())
    }

    /// The description leaves while the browser still sets it: its answer will wait in line behind this.
    async fn set_and_tell(&self, kind: DescriptionKind, description: JsValue) -> Result<(), JsValue> {
        let set = self.connection.set_local_description(description.unchecked_ref());
        self.tell_description(kind, &description);
        js::settled(set).await.map(|_| ())
    }

    fn tell_description(&self, kind: DescriptionKind, description: &JsValue) {
        let sdp = js::text(description, "sdp").unwrap_or_default();
        self.tell(PeerEvent::Description { kind, sdp });
    }

    /// Candidates of an offer that was ignored, or for a path this browser cannot use, are refused: that is no failure.
    async fn add_candidates(&self, candidates: &[Candidate]) {
        for candidate in candidates {
            let init = config::candidate(candidate);
            let added = self.connection.add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(&init));
            if let Err(error) = js::settled(added).await {
                js::log("candidate refused", &js::error_words(&error));
            }
        }
    }
}

fn description(kind: &str, sdp: &str) -> RtcSessionDescriptionInit {
    js::object(&[("type", JsValue::from_str(kind)), ("sdp", JsValue::from_str(sdp))]).unchecked_into()
}
