//! What the machines of a phone act with: the link, the peer connections, the sounds.

use std::collections::VecDeque;

use protocol::{ClientMessage, DeviceId, IceServers, RefreshIce};

use crate::link::Link;
use crate::servers::{Look, Servers};
use crate::{Output, PeerCommand, PeerKey, Time, Tone};

/// Passed to every machine along with the time; what a machine wants done goes out in the order it says it.
pub(crate) struct Hands {
    pub(crate) link: Link,
    pub(crate) outputs: VecDeque<Output>,
    /// The relay wants media to go through TURN servers alone.
    pub(crate) relay_only: bool,
    pub(crate) servers: Servers,
    /// The peer connections there are.
    open: Vec<PeerKey>,
    last_peer: u32,
}

impl Hands {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            link: Link::new(seed),
            outputs: VecDeque::new(),
            relay_only: false,
            servers: Servers::default(),
            open: Vec::new(),
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
        self.open.push(key);
        self.peer(key, PeerCommand::Create { ice_servers: self.servers.list().to_vec(), relay_only: self.relay_only });
        key
    }

    pub(crate) fn peer(&mut self, key: PeerKey, command: PeerCommand) {
        if command == PeerCommand::Close {
            self.open.retain(|open| *open != key);
        }
        self.outputs.push_back(Output::Peer(key, command));
    }

    /// The relay names these servers: all connections there are use them from the next gathering on.
    pub(crate) fn use_servers(&mut self, now: Time, named: IceServers) {
        self.servers.named(now, named.ice_servers, named.expires_in_s);
        for key in self.open.clone() {
            self.peer(key, PeerCommand::UseServers(self.servers.list().to_vec()));
        }
    }

    /// Asks for fresh servers if it is time.
    pub(crate) fn renew_servers(&mut self, now: Time) {
        if !self.link.is_signed_out() && self.servers.tick(now) {
            self.request(RefreshIce {});
        }
    }

    /// Whether another path can be looked for with the servers there are; else fresh ones are on their way.
    pub(crate) fn has_servers(&mut self, now: Time) -> bool {
        let look = self.servers.look(now);
        if look == Look::Ask {
            self.request(RefreshIce {});
        }
        look == Look::Now
    }

    pub(crate) fn tone(&mut self, tone: Tone) {
        self.outputs.push_back(Output::Tone(tone));
    }

    /// Whether this side gives way to `far` when their offers cross: the greater device id is polite.
    pub(crate) fn polite_to(&self, far: &DeviceId) -> bool {
        self.link.device().is_some_and(|own| own > far)
    }
}
