//! What the machines of a phone act with: the link, the peer connections, the sounds.

use std::collections::VecDeque;

use protocol::{ClientMessage, DeviceId, IceServer};

use crate::link::Link;
use crate::{Output, PeerCommand, PeerKey, Tone};

/// Passed to every machine along with the time; what a machine wants done goes out in the order it says it.
pub(crate) struct Hands {
    pub(crate) link: Link,
    pub(crate) outputs: VecDeque<Output>,
    pub(crate) ice_servers: Vec<IceServer>,
    /// The relay wants media to go through TURN servers alone.
    pub(crate) relay_only: bool,
    last_peer: u32,
}

impl Hands {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            link: Link::new(seed),
            outputs: VecDeque::new(),
            ice_servers: Vec::new(),
            relay_only: false,
            last_peer: 0,
        }
    }

    /// Asks something of the relay.
    pub(crate) fn request(&mut self, message: impl Into<ClientMessage>) {
        self.link.request(message.into(), &mut self.outputs);
    }

    /// Makes a peer connection.
    pub(crate) fn create_peer(&mut self) -> PeerKey {
        self.last_peer = self.last_peer.wrapping_add(1);
        let key = PeerKey(self.last_peer);
        self.peer(key, PeerCommand::Create { ice_servers: self.ice_servers.clone(), relay_only: self.relay_only });
        key
    }

    pub(crate) fn peer(&mut self, key: PeerKey, command: PeerCommand) {
        self.outputs.push_back(Output::Peer(key, command));
    }

    pub(crate) fn tone(&mut self, tone: Tone) {
        self.outputs.push_back(Output::Tone(tone));
    }

    /// Whether this side gives way to `far` when their offers cross: the greater device id is polite.
    pub(crate) fn polite_to(&self, far: &DeviceId) -> bool {
        self.link.device().is_some_and(|own| own > far)
    }
}
