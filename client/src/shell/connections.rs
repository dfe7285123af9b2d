//! All peer connections of the page, and what is heard and seen through them. It comes with the part of a call
//! (docs/decisions/012): until somebody dials or rings there is nothing to connect.

use call::quality;
use call::{Device, PeerCommand, PeerKey};
use wasm_bindgen::JsCast;
use web_sys::MediaStreamTrack;

use super::Shown;
use crate::platform::keyed::Keyed;
use crate::platform::peer::{Ends, Peer, Shared};
use crate::platform::queue::{Event, Sender};
use crate::platform::recorder::Voice;
use crate::platform::speaker::Speaker;
use crate::platform::{Loud, Loudness, OWN_ADDRESS, Stream, is_switched_on};

/// What the shell asks of the connections.
pub(crate) trait Connections {
    /// Does what an event means for them: any but [`Event::Input`] and [`Event::CanConnect`].
    fn take(&mut self, event: Event);

    /// Looks at how somebody is received, if they are there.
    fn look(&self, peer: PeerKey, look: &mut dyn FnMut(&quality::Line));

    /// Somebody's voice, once it is there.
    fn loudness(&self, peer: PeerKey) -> Option<Loudness>;

    /// The same to be recorded, as it comes; without a peer, this side's as it is sent.
    fn voice(&self, peer: Option<PeerKey>) -> Option<Voice>;

    /// How loud it arrives.
    fn loud(&self, peer: PeerKey) -> Option<Loud>;
}

/// What they are made with.
pub(crate) struct Setup {
    /// Where they tell what happens.
    pub(super) events: Sender,
    /// Where they show what comes.
    pub(super) shown: Shown,
    /// What voices are played through; `None` is the system's default.
    pub(super) speaker: Option<String>,
}

/// None yet.
pub(crate) fn connections(setup: &Setup) -> Box<dyn Connections> {
    Box::new(Open {
        peers: Keyed::new(),
        tracks: (None, None),
        shared: None,
        speaker: Speaker::new(setup.speaker.clone(), setup.shown.unheard),
        shown: setup.shown,
        events: setup.events.clone(),
    })
}

struct Open {
    peers: Keyed<Peer>,
    /// What is sent: the microphone, the camera.
    tracks: (Option<MediaStreamTrack>, Option<MediaStreamTrack>),
    shared: Option<Shared>,
    speaker: Speaker,
    shown: Shown,
    events: Sender,
}

impl Connections for Open {
    fn take(&mut self, event: Event) {
        match event {
            Event::Input(_) | Event::CanConnect(_) => {}
            Event::Peer(key, command) => self.perform(key, command),
            Event::LocalTrack(device, track) => self.send_track(device, track),
            Event::RemoteTrack { peer, screen, track } => self.receive_track(peer, screen, &track),
            Event::Share(shared) => {
                self.peers.all().for_each(|peer| peer.share(shared.as_ref()));
                self.shared = shared;
            }
            Event::Encode(peer, encodings) => self.peers.find(peer).into_iter().for_each(|peer| peer.encode(encodings)),
            Event::Speaker(device) => self.speaker.choose(device),
            Event::Unblock => self.speaker.unblock(),
        }
    }

    fn look(&self, peer: PeerKey, look: &mut dyn FnMut(&quality::Line)) {
        self.peers.find(peer).into_iter().for_each(|peer| peer.look(|line| look(line)));
    }

    fn loudness(&self, peer: PeerKey) -> Option<Loudness> {
        self.speaker.voice(peer).map(Loudness::of)
    }

    fn voice(&self, peer: Option<PeerKey>) -> Option<Voice> {
        match peer {
            Some(peer) => self.speaker.voice(peer)?.src_object()?.get_audio_tracks().get(0).dyn_into().ok(),
            None => self.tracks.0.clone(),
        }
    }

    fn loud(&self, peer: PeerKey) -> Option<Loud> {
        self.peers.find(peer)?.loud()
    }
}

impl Open {
    fn perform(&mut self, key: PeerKey, command: PeerCommand) {
        match command {
            PeerCommand::Create { ice_servers, relay_only } => {
                let (microphone, camera) = self.tracks.clone();
                let ends = Ends::new(microphone, camera, self.shared.as_ref());
                let hidden = relay_only || !is_switched_on(OWN_ADDRESS);
                if let Some(peer) = Peer::new(key, (&ice_servers, hidden), ends, &self.events) {
                    self.shown.channels.update(|channels| channels.insert(key, peer.channels()));
                    self.peers.insert(key, peer);
                }
            }
            PeerCommand::Close => {
                self.peers.remove(key);
                self.speaker.stop(key);
                self.shown.forget_streams(key);
                self.shown.channels.update(|channels| drop(channels.remove(key)));
            }
            PeerCommand::SayBye => self.say(key, protocol::BYE),
            PeerCommand::AskForKeyFrame => self.say(key, protocol::KEY_FRAME),
            PeerCommand::SendKeyFrame => self.peers.find(key).into_iter().for_each(Peer::send_key_frame),
            PeerCommand::Hold(on) => self.peers.find(key).into_iter().for_each(|peer| peer.hold(on)),
            other => {
                if let Some(peer) = self.peers.find_mut(key) {
                    peer.command(other);
                }
            }
        }
    }

    fn say(&self, key: PeerKey, text: &str) {
        self.peers.find(key).into_iter().for_each(|peer| peer.channels().say(text));
    }

    fn send_track(&mut self, device: Device, track: Option<MediaStreamTrack>) {
        self.peers.all().for_each(|peer| peer.send(device, track.as_ref()));
        match device {
            Device::Microphone => self.tracks.0 = track,
            Device::Camera => self.tracks.1 = track,
        }
    }

    fn receive_track(&mut self, peer: PeerKey, screen: bool, track: &MediaStreamTrack) {
        match track.kind().as_str() {
            "audio" => self.speaker.play(peer, screen, track),
            _ => self.shown.show_stream(peer, screen, Stream::of(track)),
        }
    }
}
