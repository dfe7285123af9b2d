//! The server as a value: told what arrived and when, it says what to send. It owns no socket and reads no clock.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use call::Time;
use protocol::UserId;

use super::allocation::Allocation;
use super::ledger::{self, Ledger};
use super::nonce::Nonces;
use super::peers::Peers;
use super::tally::{Tally, Unsent};
use super::users::Users;
use crate::ice::{Bearer, Secret};
use crate::stun::{Class, Message, Writer, attribute, method};

/// What credentials are for (RFC 8489 section 9.2).
pub(super) const REALM: &str = "alo";

/// How a client speaks to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Transport {
    /// Datagrams.
    Udp,
    /// A connection.
    Tcp,
    /// An encrypted connection.
    Tls,
}

/// A client: its side of the 5-tuple (RFC 8656 section 2). The server has one address for each transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Client {
    pub(crate) transport: Transport,
    pub(crate) address: SocketAddr,
}

/// The time, on both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    /// Since the relay started.
    pub(crate) time: Time,
    /// Seconds since 1970, by which credentials expire.
    pub(crate) unix: u64,
}

/// What to do about what arrived. `R` is what a relayed address is to whoever owns the sockets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Todo<'a, R> {
    /// Nothing.
    Nothing,
    /// Send this back.
    Answer(Vec<u8>),
    /// Send this to a peer, from that relayed address.
    Relay(R, SocketAddr, &'a [u8]),
    /// Send this to the client of that relayed address: its peer is another one of this server.
    Deliver(R, Vec<u8>),
}

/// How credentials are checked.
pub(crate) struct Gate {
    /// What they are made with.
    pub(crate) secret: Secret,
    /// Whether the page that they were given to is still known.
    pub(crate) knows: Box<dyn Fn(&Bearer) -> bool + Send>,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").finish_non_exhaustive()
    }
}

/// What a server begins with.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) gate: Gate,
    pub(crate) peers: Peers,
    pub(crate) bytes_per_second: u64,
    /// Random.
    pub(crate) nonce_key: [u8; 32],
}

/// A TURN server.
#[derive(Debug)]
pub(crate) struct Server<R> {
    pub(super) gate: Gate,
    pub(super) nonces: Nonces,
    pub(super) peers: Peers,
    pub(super) users: Users,
    pub(super) allocations: HashMap<Client, Allocation<R>>,
    /// Whose relayed address it is.
    pub(super) clients: HashMap<SocketAddr, Client>,
    pub(super) tally: Tally,
    over: Vec<Over>,
    ledger: Ledger,
}

/// A relayed address that is no more.
#[derive(Debug)]
pub(crate) struct Over {
    /// Whose it was.
    pub(crate) bearer: Bearer,
    /// Bytes of payload towards peers.
    pub(crate) sent: u64,
    /// Bytes of payload from peers.
    pub(crate) received: u64,
    /// How long it was there.
    pub(crate) lasted: Duration,
}

impl<R: Clone> Server<R> {
    pub(crate) fn new(terms: Terms) -> Self {
        Self {
            gate: terms.gate,
            nonces: Nonces::new(&terms.nonce_key),
            peers: terms.peers,
            users: Users::new(terms.bytes_per_second),
            allocations: HashMap::new(),
            clients: HashMap::new(),
            tally: Tally::default(),
            over: Vec::new(),
            ledger: Ledger::default(),
        }
    }

    /// Takes in what a client sent: a message or a channel's data. `open` is asked for a relayed address, once at most,
    /// perhaps on an even port; it gives what datagrams leave by, and the address that peers see.
    pub(crate) fn hear<'a>(
        &mut self,
        now: Now,
        client: Client,
        bytes: &'a [u8],
        open: &mut dyn FnMut(bool) -> Option<(R, SocketAddr)>,
    ) -> Todo<'a, R> {
        if let Some((number, data)) = read_channel(bytes) {
            let peer = self.allocations.get(&client).and_then(|allocation| allocation.peer(now.time, number));
            return peer.map_or(Todo::Nothing, |peer| self.send(now.time, client, peer, data));
        }
        let Some(message) = Message::read(bytes) else { return Todo::Nothing };
        match (message.class, message.method) {
            (Class::Request, method::BINDING) => Todo::Answer(told_own_address(client, &message)),
            (Class::Request, _) => Todo::Answer(self.request(now, client, &message, open)),
            (Class::Indication, method::SEND) => match Self::indication(&message) {
                Some((peer, data)) => self.send(now.time, client, peer, data),
                None => Todo::Nothing,
            },
            _ => Todo::Nothing,
        }
    }

    /// Takes in what came to a client's relayed address; what to send the client, if anything.
    pub(crate) fn hear_peer(&mut self, now: Time, client: Client, peer: SocketAddr, data: &[u8]) -> Option<Vec<u8>> {
        let allocation = self.allocations.get_mut(&client)?;
        if !allocation.permits(now, peer.ip()) {
            self.tally.unsent(Unsent::Permission);
            return None;
        }
        if !self.users.take_bytes(now, &allocation.bearer.user, data.len()) {
            self.tally.unsent(Unsent::Quota);
            return None;
        }
        let bytes = u64::try_from(data.len()).unwrap_or(u64::MAX);
        allocation.received += bytes;
        self.tally.received += bytes;
        Some(match allocation.number(now, peer) {
            Some(number) => write_channel(number, data, client.transport),
            None => write_data(peer, data),
        })
    }

    /// Gives up the relayed addresses that nobody has refreshed, and tells of all that are no more since it was last
    /// asked. To be called every second or so.
    pub(crate) fn expire(&mut self, now: Time) -> Vec<Over> {
        let late = self.allocations.iter().filter(|(_, allocation)| allocation.expires <= now);
        let late: Vec<Client> = late.map(|(client, _)| *client).collect();
        late.into_iter().for_each(|client| self.end(now, client));
        std::mem::take(&mut self.over)
    }

    /// Gives up a client's relayed address, if it has one.
    pub(crate) fn end(&mut self, now: Time, client: Client) {
        let Some(allocation) = self.allocations.remove(&client) else { return };
        self.clients.remove(&allocation.address);
        self.users.give_address(&allocation.bearer.user, client.address.ip());
        self.ledger.note(&allocation.bearer.user, allocation.since, allocation.untold());
        let Allocation { bearer, sent, received, since, .. } = allocation;
        self.over.push(Over { bearer, sent, received, lasted: now.since(since) });
    }

    /// Gives up every relayed address.
    pub(crate) fn end_all(&mut self, now: Time) {
        let clients: Vec<Client> = self.allocations.keys().copied().collect();
        clients.into_iter().for_each(|client| self.end(now, client));
    }

    /// How many bytes were passed on, from peers and to them, for a call of these people that began then. Each byte is
    /// counted once: to the call that is over first, should somebody have two.
    pub(crate) fn take_passed(&mut self, users: &[&UserId], began: Time) -> u64 {
        let live = self.allocations.values_mut();
        let theirs = live.filter(|live| ledger::is_of(&live.bearer.user, live.since, users, began));
        let passed = theirs.map(Allocation::tell).fold(0, u64::saturating_add);
        passed.saturating_add(self.ledger.take(users, began))
    }

    /// Whether a client has a relayed address.
    pub(crate) fn has(&self, client: Client) -> bool {
        self.allocations.contains_key(&client)
    }

    /// Serves others from now on: this machine has moved to another network.
    pub(crate) fn set_peers(&mut self, peers: Peers) {
        self.peers = peers;
    }

    /// How many relayed addresses there are.
    pub(crate) fn len(&self) -> usize {
        self.allocations.len()
    }

    /// What was counted since it was last asked for.
    pub(crate) fn take_tally(&mut self) -> Tally {
        std::mem::take(&mut self.tally)
    }

    /// Data for a peer. Nobody is told when it goes nowhere: it is a datagram (RFC 8656 section 11.2).
    fn send<'a>(&mut self, now: Time, client: Client, peer: SocketAddr, data: &'a [u8]) -> Todo<'a, R> {
        let Some(allocation) = self.allocations.get_mut(&client) else { return Todo::Nothing };
        if !allocation.permits(now, peer.ip()) {
            self.tally.unsent(Unsent::Permission);
            return Todo::Nothing;
        }
        if !self.users.take_bytes(now, &allocation.bearer.user, data.len()) {
            self.tally.unsent(Unsent::Quota);
            return Todo::Nothing;
        }
        let from = allocation.address;
        if peer.ip() != from.ip() {
            allocation.sent += u64::try_from(data.len()).unwrap_or(u64::MAX);
            self.tally.sent += u64::try_from(data.len()).unwrap_or(u64::MAX);
            return Todo::Relay(allocation.relayed.clone(), peer, data);
        }
        // Another relayed address of this server, or nothing: what else listens on this machine is nobody's business.
        let Some(other) = self.clients.get(&peer).copied() else { return Todo::Nothing };
        allocation.sent += u64::try_from(data.len()).unwrap_or(u64::MAX);
        self.tally.sent += u64::try_from(data.len()).unwrap_or(u64::MAX);
        let Some(bytes) = self.hear_peer(now, other, from, data) else { return Todo::Nothing };
        self.allocations.get(&other).map_or(Todo::Nothing, |other| Todo::Deliver(other.relayed.clone(), bytes))
    }

    /// What a Send indication is to bring to whom (RFC 8656 section 11.2).
    fn indication<'a>(message: &Message<'a>) -> Option<(SocketAddr, &'a [u8])> {
        let known = [attribute::XOR_PEER_ADDRESS, attribute::DATA];
        let understood = message.not_understood(&known).is_empty();
        let peer = message.address(attribute::XOR_PEER_ADDRESS).filter(|_| understood)?;
        Some((peer, message.attribute(attribute::DATA)?))
    }

    /// Whether somebody at `client` may be relayed to `peer`, as far as one can tell from its address without the port.
    pub(super) fn may_reach(&self, client: Client, address: SocketAddr, peer: IpAddr) -> bool {
        peer == address.ip() || self.peers.allows(client.address.ip(), peer)
    }
}

/// Everybody is told their own address (RFC 8489 section 12).
fn told_own_address(client: Client, request: &Message<'_>) -> Vec<u8> {
    Writer::new(Class::Success, method::BINDING, request.transaction)
        .address(attribute::XOR_MAPPED_ADDRESS, client.address)
        .finish()
}

/// A channel's data (RFC 8656 section 12.4): its number, and what is in it. Padding may follow.
fn read_channel(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let ([n1, n2, l1, l2], rest) = bytes.split_first_chunk()?;
    let number = u16::from_be_bytes([*n1, *n2]);
    let data = rest.get(..usize::from(u16::from_be_bytes([*l1, *l2])))?;
    (0x4000..=0x7FFF).contains(&number).then_some((number, data))
}

fn write_channel(number: u16, data: &[u8], transport: Transport) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    let mut bytes = Vec::with_capacity(data.len() + 8);
    bytes.extend(number.to_be_bytes());
    bytes.extend(length.to_be_bytes());
    bytes.extend(data);
    // On a connection the next one begins at a multiple of four.
    if transport != Transport::Udp {
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    bytes
}

/// Data from a peer that has no number (RFC 8656 section 11.4). Nothing answers it, so its transaction need not be random.
fn write_data(peer: SocketAddr, data: &[u8]) -> Vec<u8> {
    Writer::new(Class::Indication, method::DATA, [0; 12])
        .address(attribute::XOR_PEER_ADDRESS, peer)
        .attribute(attribute::DATA, data)
        .finish()
}
