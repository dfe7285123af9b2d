//! STUN messages (RFC 8489 section 5): read where they lie, and written.
//!
//! Only what a TURN server and somebody who asks whether it is there need: SHA-1 integrity with long-term credentials,
//! which is what browsers send. What cannot be read is no message.

mod checksum;
mod key;
mod writer;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

pub use key::Key;
pub use writer::Writer;

/// Ties a response to its request.
pub type Transaction = [u8; 12];

/// The bytes before the attributes.
pub const HEADER: usize = 20;
/// In every header (RFC 8489 section 5).
const COOKIE: u32 = 0x2112_A442;
/// What a CRC-32 is combined with, so that it is nobody else's (RFC 8489 section 14.7).
const FINGERPRINT_XOR: u32 = 0x5354_554E;

/// What a message is about (RFC 8489 section 18.2, RFC 8656 section 17).
pub mod method {
    /// Asks for one's own address, or whether anybody is there.
    pub const BINDING: u16 = 0x001;
    /// Asks for a relayed address.
    pub const ALLOCATE: u16 = 0x003;
    /// Keeps it, or gives it back.
    pub const REFRESH: u16 = 0x004;
    /// Data to a peer.
    pub const SEND: u16 = 0x006;
    /// Data from a peer.
    pub const DATA: u16 = 0x007;
    /// Lets a peer's data in.
    pub const CREATE_PERMISSION: u16 = 0x008;
    /// Gives a peer a number.
    pub const CHANNEL_BIND: u16 = 0x009;
}

/// The attributes (RFC 8489 section 18.3, RFC 8656 section 18). Those below 0x8000 must be understood.
pub mod attribute {
    #![allow(missing_docs, reason = "named as in the RFCs")]
    pub const USERNAME: u16 = 0x0006;
    pub const MESSAGE_INTEGRITY: u16 = 0x0008;
    pub const ERROR_CODE: u16 = 0x0009;
    pub const UNKNOWN_ATTRIBUTES: u16 = 0x000A;
    pub const CHANNEL_NUMBER: u16 = 0x000C;
    pub const LIFETIME: u16 = 0x000D;
    pub const XOR_PEER_ADDRESS: u16 = 0x0012;
    pub const DATA: u16 = 0x0013;
    pub const REALM: u16 = 0x0014;
    pub const NONCE: u16 = 0x0015;
    pub const XOR_RELAYED_ADDRESS: u16 = 0x0016;
    pub const REQUESTED_ADDRESS_FAMILY: u16 = 0x0017;
    pub const EVEN_PORT: u16 = 0x0018;
    pub const REQUESTED_TRANSPORT: u16 = 0x0019;
    pub const XOR_MAPPED_ADDRESS: u16 = 0x0020;
    pub const SOFTWARE: u16 = 0x8022;
    pub const FINGERPRINT: u16 = 0x8028;
}

/// What kind of message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Wants a response.
    Request,
    /// Wants none.
    Indication,
    /// The response to what was done.
    Success,
    /// The response to what was refused.
    Error,
}

impl Class {
    /// Its two bits within the type (RFC 8489 section 5).
    const fn bits(self) -> u16 {
        match self {
            Self::Request => 0x000,
            Self::Indication => 0x010,
            Self::Success => 0x100,
            Self::Error => 0x110,
        }
    }
}

/// A message that fills its bytes, with attributes that fit into it.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Of what kind.
    pub class: Class,
    /// About what: see [`method`].
    pub method: u16,
    /// Which one.
    pub transaction: Transaction,
    bytes: &'a [u8],
}

/// One attribute of a message.
#[derive(Clone, Copy, Debug)]
struct Attribute<'a> {
    kind: u16,
    value: &'a [u8],
    /// Where it begins in the message.
    at: usize,
}

impl<'a> Message<'a> {
    /// Reads a message; `None` if it is none, is cut off or too long, or shows a fingerprint that is not its own.
    #[must_use]
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let header: &[u8; HEADER] = bytes.first_chunk()?;
        let [t1, t2, l1, l2, c1, c2, c3, c4, transaction @ ..] = *header;
        let (kind, length) = (u16::from_be_bytes([t1, t2]), u16::from_be_bytes([l1, l2]));
        if kind & 0xC000 != 0 || u32::from_be_bytes([c1, c2, c3, c4]) != COOKIE {
            return None;
        }
        if usize::from(length) + HEADER != bytes.len() || length % 4 != 0 {
            return None;
        }
        let class = match kind & 0x110 {
            0x000 => Class::Request,
            0x010 => Class::Indication,
            0x100 => Class::Success,
            _ => Class::Error,
        };
        let method = (kind & 0x000F) | ((kind & 0x00E0) >> 1) | ((kind & 0x3E00) >> 2);
        let message = Self { class, method, transaction, bytes };
        message.is_whole().then_some(message)
    }

    /// The length of the message that begins here, in bytes, as its header says; `None` until there is a header.
    #[must_use]
    pub fn length(bytes: &[u8]) -> Option<usize> {
        let [_, _, l1, l2, ..] = *bytes.first_chunk::<HEADER>()?;
        Some(usize::from(u16::from_be_bytes([l1, l2])) + HEADER)
    }

    /// The first attribute of this kind, among those that integrity covers.
    #[must_use]
    pub fn attribute(&self, kind: u16) -> Option<&'a [u8]> {
        self.attributes().find(|attribute| attribute.kind == kind).map(|attribute| attribute.value)
    }

    /// The same as text.
    #[must_use]
    pub fn text(&self, kind: u16) -> Option<&'a str> {
        std::str::from_utf8(self.attribute(kind)?).ok()
    }

    /// The same as a number of 32 bits.
    #[must_use]
    pub fn number(&self, kind: u16) -> Option<u32> {
        Some(u32::from_be_bytes(self.attribute(kind)?.try_into().ok()?))
    }

    /// The first attribute of this kind as an address that is combined with cookie and transaction (RFC 8489 section 14.2).
    #[must_use]
    pub fn address(&self, kind: u16) -> Option<SocketAddr> {
        self.xored(self.attribute(kind)?)
    }

    /// Every address of this kind; `None` if one of them cannot be read.
    #[must_use]
    pub fn addresses(&self, kind: u16) -> Option<Vec<SocketAddr>> {
        self.attributes().filter(|attribute| attribute.kind == kind).map(|a| self.xored(a.value)).collect()
    }

    /// The number of an error (RFC 8489 section 14.8).
    #[must_use]
    pub fn error(&self) -> Option<u16> {
        match *self.attribute(attribute::ERROR_CODE)? {
            [_, _, class, number, ..] => Some(u16::from(class & 7) * 100 + u16::from(number)),
            _ => None,
        }
    }

    /// The attributes that must be understood and are not among `known` (RFC 8489 section 5).
    #[must_use]
    pub fn not_understood(&self, known: &[u16]) -> Vec<u16> {
        let required = self.attributes().map(|attribute| attribute.kind).filter(|kind| *kind < 0x8000);
        required.filter(|kind| *kind != attribute::MESSAGE_INTEGRITY && !known.contains(kind)).collect()
    }

    /// Whether it shows any integrity at all.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.integrity().is_some()
    }

    /// Whether whoever sent it has this key (RFC 8489 section 14.5).
    #[must_use]
    pub fn is_signed_with(&self, key: &Key) -> bool {
        let Some(Attribute { value, at, .. }) = self.integrity() else { return false };
        self.bytes.get(..at).is_some_and(|covered| key.verify(covered, value))
    }

    fn integrity(&self) -> Option<Attribute<'a>> {
        self.every_attribute().find(|attribute| attribute.kind == attribute::MESSAGE_INTEGRITY)
    }

    /// What follows integrity could have been added by anybody, so it is passed over (RFC 8489 section 14.5).
    fn attributes(&self) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        let mut covered = true;
        self.every_attribute().take_while(move |attribute| {
            let before = covered;
            covered = attribute.kind != attribute::MESSAGE_INTEGRITY;
            before
        })
    }

    fn every_attribute(&self) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        let bytes = self.bytes;
        let mut at = HEADER;
        std::iter::from_fn(move || {
            let attribute = read_attribute(bytes, at)?;
            at += 4 + attribute.value.len().next_multiple_of(4);
            Some(attribute)
        })
    }

    /// The attributes end where the message ends, and a fingerprint is last and right.
    fn is_whole(&self) -> bool {
        let mut end = HEADER;
        for attribute in self.every_attribute() {
            end = attribute.at + 4 + attribute.value.len().next_multiple_of(4);
            if attribute.kind == attribute::FINGERPRINT && !self.is_fingerprint(&attribute) {
                return false;
            }
        }
        end == self.bytes.len()
    }

    fn is_fingerprint(&self, attribute: &Attribute<'_>) -> bool {
        let covered = self.bytes.get(..attribute.at).unwrap_or_default();
        let is_last = attribute.at + 8 == self.bytes.len();
        is_last && attribute.value == (checksum::crc32(covered) ^ FINGERPRINT_XOR).to_be_bytes()
    }

    fn xored(&self, value: &[u8]) -> Option<SocketAddr> {
        let ([_, family, p1, p2], ip) = value.split_first_chunk()?;
        let port = u16::from_be_bytes([*p1, *p2]) ^ mask_of_port();
        let mask = mask(&self.transaction);
        let ip = match family {
            1 => IpAddr::V4(Ipv4Addr::from(xor(<[u8; 4]>::try_from(ip).ok()?, &mask))),
            2 => IpAddr::V6(Ipv6Addr::from(xor(<[u8; 16]>::try_from(ip).ok()?, &mask))),
            _ => return None,
        };
        Some(SocketAddr::new(ip, port))
    }
}

fn read_attribute(bytes: &[u8], at: usize) -> Option<Attribute<'_>> {
    let ([k1, k2, l1, l2], rest) = bytes.get(at..)?.split_first_chunk()?;
    let value = rest.get(..usize::from(u16::from_be_bytes([*l1, *l2])))?;
    Some(Attribute { kind: u16::from_be_bytes([*k1, *k2]), value, at })
}

/// What addresses are combined with: the cookie and the transaction.
fn mask(transaction: &Transaction) -> [u8; 16] {
    let mut mask = [0; 16];
    for (mask, byte) in mask.iter_mut().zip(COOKIE.to_be_bytes().iter().chain(transaction)) {
        *mask = *byte;
    }
    mask
}

const fn mask_of_port() -> u16 {
    (COOKIE >> 16) as u16
}

fn xor<const BYTES: usize>(mut ip: [u8; BYTES], mask: &[u8; 16]) -> [u8; BYTES] {
    ip.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    ip
}

#[cfg(test)]
mod tests;
