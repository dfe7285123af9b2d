//! What clients ask for (RFC 8656): an address, more time, permissions and channels.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::allocation::{Allocation, Begun, NotBound, life};
use super::server::{Client, Now, REALM, Server};
use crate::ice::Bearer;
use crate::stun::{Class, Key, Message, Writer, attribute, method};

/// The only transport towards peers (RFC 8656 section 18.7): UDP's number.
const UDP: u8 = 17;
/// The families of REQUESTED-ADDRESS-FAMILY (RFC 8656 section 18.6).
const FAMILY_V4: u8 = 1;
const FAMILY_V6: u8 = 2;

/// The attributes that are understood. Reservations and whole datagrams are nothing that browsers ask for.
const KNOWN: [u16; 10] = [
    attribute::USERNAME,
    attribute::REALM,
    attribute::NONCE,
    attribute::REQUESTED_TRANSPORT,
    attribute::REQUESTED_ADDRESS_FAMILY,
    attribute::EVEN_PORT,
    attribute::LIFETIME,
    attribute::XOR_PEER_ADDRESS,
    attribute::CHANNEL_NUMBER,
    attribute::DATA,
];

/// Why a request is refused (RFC 8489 section 14.8, RFC 8656 section 19).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    BadRequest,
    Unauthenticated,
    Forbidden,
    UnknownAttribute,
    AllocationMismatch,
    StaleNonce,
    FamilyNotSupported,
    WrongCredentials,
    TransportNotSupported,
    PeerFamilyMismatch,
    QuotaReached,
    InsufficientCapacity,
}

impl Refusal {
    const fn code(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::UnknownAttribute => 420,
            Self::AllocationMismatch => 437,
            Self::StaleNonce => 438,
            Self::FamilyNotSupported => 440,
            Self::WrongCredentials => 441,
            Self::TransportNotSupported => 442,
            Self::PeerFamilyMismatch => 443,
            Self::QuotaReached => 486,
            Self::InsufficientCapacity => 508,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::BadRequest => "Bad Request",
            Self::Unauthenticated => "Unauthenticated",
            Self::Forbidden => "Forbidden",
            Self::UnknownAttribute => "Unknown Attribute",
            Self::AllocationMismatch => "Allocation Mismatch",
            Self::StaleNonce => "Stale Nonce",
            Self::FamilyNotSupported => "Address Family not Supported",
            Self::WrongCredentials => "Wrong Credentials",
            Self::TransportNotSupported => "Unsupported Transport Protocol",
            Self::PeerFamilyMismatch => "Peer Address Family Mismatch",
            Self::QuotaReached => "Allocation Quota Reached",
            Self::InsufficientCapacity => "Insufficient Capacity",
        }
    }
}

/// Whoever asks, as far as their credentials say.
struct Asker {
    username: String,
    key: Key,
    bearer: Bearer,
}

/// What a success says besides its name.
enum Said {
    Nothing,
    Lifetime(Duration),
    Address { relayed: SocketAddr, life: Duration },
}

impl<R: Clone> Server<R> {
    /// Answers a request.
    pub(super) fn request(
        &mut self,
        now: Now,
        client: Client,
        message: &Message<'_>,
        open: &mut dyn FnMut(bool) -> Option<(R, SocketAddr)>,
    ) -> Vec<u8> {
        let asker = match self.authenticate(now, client, message) {
            Ok(asker) => asker,
            Err(refusal) => return self.refuse(now, client, message, refusal, None),
        };
        let key = asker.key.clone();
        let said = match message.method {
            _ if !message.not_understood(&KNOWN).is_empty() => Err(Refusal::UnknownAttribute),
            method::ALLOCATE => self.allocate(now, client, message, asker, open),
            method::REFRESH => self.refresh(now, client, message, &asker),
            method::CREATE_PERMISSION => self.create_permission(now, client, message, &asker),
            method::CHANNEL_BIND => self.channel_bind(now, client, message, &asker),
            _ => Err(Refusal::BadRequest),
        };
        match said {
            Ok(said) => success(client, message, &said, &key),
            Err(refusal) => self.refuse(now, client, message, refusal, Some(&key)),
        }
    }

    /// RFC 8489 section 9.2.4. Whoever has a relayed address already is known by the credentials it was got with, also
    /// when they have expired since: a call is not to end because an hour is over.
    fn authenticate(&self, now: Now, client: Client, message: &Message<'_>) -> Result<Asker, Refusal> {
        if !message.is_signed() {
            return Err(Refusal::Unauthenticated);
        }
        let text = |kind| message.text(kind).ok_or(Refusal::BadRequest);
        let (username, _, nonce) = (text(attribute::USERNAME)?, text(attribute::REALM)?, text(attribute::NONCE)?);
        if !self.nonces.is_good(now.time, client.address.ip(), nonce) {
            return Err(Refusal::StaleNonce);
        }
        let known = self.allocations.get(&client).filter(|allocation| allocation.username == username);
        let asker = match known {
            Some(Allocation { username, key, bearer, .. }) => {
                Asker { username: username.clone(), key: key.clone(), bearer: bearer.clone() }
            }
            None => self.asker(now, username)?,
        };
        if message.is_signed_with(&asker.key) { Ok(asker) } else { Err(Refusal::Unauthenticated) }
    }

    fn asker(&self, now: Now, username: &str) -> Result<Asker, Refusal> {
        let bearer = Bearer::read(username).filter(|bearer| bearer.expires > now.unix);
        let bearer = bearer.ok_or(Refusal::Unauthenticated)?;
        let key = Key::long_term(username, REALM, &self.gate.secret.password(username));
        Ok(Asker { username: username.to_owned(), key, bearer })
    }

    /// RFC 8656 section 7.2.
    fn allocate(
        &mut self,
        now: Now,
        client: Client,
        message: &Message<'_>,
        asker: Asker,
        open: &mut dyn FnMut(bool) -> Option<(R, SocketAddr)>,
    ) -> Result<Said, Refusal> {
        if let Some(allocation) = self.allocations.get(&client) {
            // The answer was lost, and the request came once more.
            let again = allocation.transaction == message.transaction && allocation.username == asker.username;
            let said = Said::Address { relayed: allocation.address, life: allocation.expires.since(now.time) };
            return if again { Ok(said) } else { Err(Refusal::AllocationMismatch) };
        }
        let wants_v6 = wanted_family(message)?;
        let even = wants_even_port(message)?;
        if !(self.gate.knows)(&asker.bearer) {
            return Err(Refusal::Unauthenticated);
        }
        if !self.users.take_address(now.time, &asker.bearer.user, client.address.ip()) {
            return Err(Refusal::QuotaReached);
        }
        let opened = open(even).ok_or(Refusal::InsufficientCapacity);
        let opened = opened.and_then(|(relayed, address)| match address.is_ipv6() == wants_v6 {
            true => Ok((relayed, address)),
            false => Err(Refusal::FamilyNotSupported),
        });
        let (relayed, address) =
            opened.inspect_err(|_| self.users.give_address(&asker.bearer.user, client.address.ip()))?;
        let life = life(message.number(attribute::LIFETIME));
        let Asker { username, key, bearer } = asker;
        let begun = Begun { relayed, address, username, key, bearer, transaction: message.transaction };
        self.allocations.insert(client, Allocation::new(now.time, life, begun));
        self.clients.insert(address, client);
        Ok(Said::Address { relayed: address, life })
    }

    /// RFC 8656 section 8.2.
    fn refresh(&mut self, now: Now, client: Client, message: &Message<'_>, asker: &Asker) -> Result<Said, Refusal> {
        let wanted = message.number(attribute::LIFETIME);
        let allocation = self.own(client, asker)?;
        if message
            .attribute(attribute::REQUESTED_ADDRESS_FAMILY)
            .is_some_and(|family| (family.first() == Some(&FAMILY_V6)) != allocation.address.is_ipv6())
        {
            return Err(Refusal::PeerFamilyMismatch);
        }
        if wanted == Some(0) {
            self.end(now.time, client);
            return Ok(Said::Lifetime(Duration::ZERO));
        }
        let life = life(wanted);
        allocation.expires = now.time + life;
        Ok(Said::Lifetime(life))
    }

    /// RFC 8656 section 10.2. The port of a peer does not count.
    fn create_permission(
        &mut self,
        now: Now,
        client: Client,
        message: &Message<'_>,
        asker: &Asker,
    ) -> Result<Said, Refusal> {
        let peers = message.addresses(attribute::XOR_PEER_ADDRESS).unwrap_or_default();
        if peers.is_empty() {
            return Err(Refusal::BadRequest);
        }
        let address = self.own(client, asker)?.address;
        for peer in &peers {
            self.check_peer(client, address, *peer)?;
        }
        let peers: Vec<IpAddr> = peers.iter().map(SocketAddr::ip).collect();
        let fits = self.own(client, asker)?.permit(now.time, &peers);
        if fits { Ok(Said::Nothing) } else { Err(Refusal::InsufficientCapacity) }
    }

    /// RFC 8656 section 12.2.
    fn channel_bind(
        &mut self,
        now: Now,
        client: Client,
        message: &Message<'_>,
        asker: &Asker,
    ) -> Result<Said, Refusal> {
        let peer = message.address(attribute::XOR_PEER_ADDRESS).ok_or(Refusal::BadRequest)?;
        let number = match message.attribute(attribute::CHANNEL_NUMBER) {
            Some([high, low, _, _]) => u16::from_be_bytes([*high, *low]),
            _ => return Err(Refusal::BadRequest),
        };
        // Those above 0x4FFF are of RFC 5766, which older clients go by.
        if !(0x4000..=0x7FFF).contains(&number) {
            return Err(Refusal::BadRequest);
        }
        let address = self.own(client, asker)?.address;
        self.check_peer(client, address, peer)?;
        self.own(client, asker)?.bind(now.time, number, peer).map_err(|not_bound| match not_bound {
            NotBound::Taken => Refusal::BadRequest,
            NotBound::Full => Refusal::InsufficientCapacity,
        })?;
        Ok(Said::Nothing)
    }

    /// Whether a peer may be reached at all comes first: what is not allowed is forbidden in every family.
    fn check_peer(&self, client: Client, address: SocketAddr, peer: SocketAddr) -> Result<(), Refusal> {
        if !self.may_reach(client, address, peer.ip()) {
            return Err(Refusal::Forbidden);
        }
        if peer.is_ipv6() != address.is_ipv6() {
            return Err(Refusal::PeerFamilyMismatch);
        }
        Ok(())
    }

    /// The allocation of whoever asks.
    fn own(&mut self, client: Client, asker: &Asker) -> Result<&mut Allocation<R>, Refusal> {
        let allocation = self.allocations.get_mut(&client).ok_or(Refusal::AllocationMismatch)?;
        if allocation.username == asker.username { Ok(allocation) } else { Err(Refusal::WrongCredentials) }
    }

    /// Whoever is not known, or comes with an old nonce, is told how to ask (RFC 8489 section 9.2.4).
    fn refuse(
        &mut self,
        now: Now,
        client: Client,
        message: &Message<'_>,
        refusal: Refusal,
        key: Option<&Key>,
    ) -> Vec<u8> {
        self.tally.refused(refusal.code());
        let mut answer =
            Writer::new(Class::Error, message.method, message.transaction).error(refusal.code(), refusal.words());
        if matches!(refusal, Refusal::Unauthenticated | Refusal::StaleNonce) {
            let nonce = self.nonces.draw(now.time, client.address.ip());
            answer = answer.attribute(attribute::REALM, REALM.as_bytes()).attribute(attribute::NONCE, nonce.as_bytes());
        }
        if refusal == Refusal::UnknownAttribute {
            let unknown = message.not_understood(&KNOWN);
            let unknown: Vec<u8> = unknown.into_iter().take(8).flat_map(u16::to_be_bytes).collect();
            answer = answer.attribute(attribute::UNKNOWN_ATTRIBUTES, &unknown);
        }
        match key {
            Some(key) => answer.sign(key).finish(),
            None => answer.finish(),
        }
    }
}

/// Whether an IPv6 address is wanted, of the only transport there is.
fn wanted_family(message: &Message<'_>) -> Result<bool, Refusal> {
    match message.attribute(attribute::REQUESTED_TRANSPORT) {
        Some([UDP, _, _, _]) => {}
        Some([_, _, _, _]) => return Err(Refusal::TransportNotSupported),
        _ => return Err(Refusal::BadRequest),
    }
    match message.attribute(attribute::REQUESTED_ADDRESS_FAMILY) {
        None => Ok(false),
        Some([FAMILY_V4, ..]) => Ok(false),
        Some([FAMILY_V6, ..]) => Ok(true),
        Some(_) => Err(Refusal::FamilyNotSupported),
    }
}

/// Whether the port is to be even. That the next one is kept as well is not to be had.
fn wants_even_port(message: &Message<'_>) -> Result<bool, Refusal> {
    match message.attribute(attribute::EVEN_PORT) {
        None => Ok(false),
        Some([reserve, ..]) if reserve & 0x80 != 0 => Err(Refusal::InsufficientCapacity),
        Some([_, ..]) => Ok(true),
        Some([]) => Err(Refusal::BadRequest),
    }
}

fn success(client: Client, message: &Message<'_>, said: &Said, key: &Key) -> Vec<u8> {
    let seconds = |life: &Duration| u32::try_from(life.as_secs()).unwrap_or(u32::MAX).to_be_bytes();
    let answer = Writer::new(Class::Success, message.method, message.transaction);
    let answer = match said {
        Said::Nothing => answer,
        Said::Lifetime(life) => answer.attribute(attribute::LIFETIME, &seconds(life)),
        Said::Address { relayed, life } => answer
            .address(attribute::XOR_RELAYED_ADDRESS, *relayed)
            .address(attribute::XOR_MAPPED_ADDRESS, client.address)
            .attribute(attribute::LIFETIME, &seconds(life)),
    };
    answer.sign(key).finish()
}
