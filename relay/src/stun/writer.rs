//! Writing messages.

use std::net::{IpAddr, SocketAddr};

use super::{COOKIE, Class, FINGERPRINT_XOR, HEADER, Key, Transaction, attribute, checksum, mask, mask_of_port, xor};

/// A message that is being written. Attributes come first, then integrity, then the fingerprint.
#[derive(Debug)]
pub struct Writer {
    bytes: Vec<u8>,
    transaction: Transaction,
}

impl Writer {
    /// Begins a message.
    #[must_use]
    pub fn new(class: Class, method: u16, transaction: Transaction) -> Self {
        let kind = (method & 0x000F) | ((method & 0x0070) << 1) | ((method & 0x0F80) << 2) | class.bits();
        let mut bytes = Vec::with_capacity(128);
        bytes.extend(kind.to_be_bytes());
        bytes.extend([0; 2]);
        bytes.extend(COOKIE.to_be_bytes());
        bytes.extend(transaction);
        Self { bytes, transaction }
    }

    /// Adds an attribute. One that does not fit any more is left out: a message has 65,535 bytes at most.
    #[must_use]
    pub fn attribute(mut self, kind: u16, value: &[u8]) -> Self {
        let padded = value.len().next_multiple_of(4);
        let all = self.bytes.len() - HEADER + 4 + padded;
        let (Ok(length), Ok(all)) = (u16::try_from(value.len()), u16::try_from(all)) else { return self };
        self.bytes.extend(kind.to_be_bytes());
        self.bytes.extend(length.to_be_bytes());
        self.bytes.extend(value);
        self.bytes.resize(self.bytes.len() + padded - value.len(), 0);
        if let Some(place) = self.bytes.get_mut(2..4) {
            place.copy_from_slice(&all.to_be_bytes());
        }
        self
    }

    /// Adds an address, combined with cookie and transaction (RFC 8489 section 14.2).
    #[must_use]
    pub fn address(self, kind: u16, address: SocketAddr) -> Self {
        let mask = mask(&self.transaction);
        let [p1, p2] = (address.port() ^ mask_of_port()).to_be_bytes();
        let mut value = vec![0, if address.is_ipv4() { 1 } else { 2 }, p1, p2];
        match address.ip() {
            IpAddr::V4(ip) => value.extend(xor(ip.octets(), &mask)),
            IpAddr::V6(ip) => value.extend(xor(ip.octets(), &mask)),
        }
        self.attribute(kind, &value)
    }

    /// Adds an error's number and words (RFC 8489 section 14.8).
    #[must_use]
    pub fn error(self, code: u16, words: &str) -> Self {
        let [class, number] = [code / 100, code % 100].map(|part| u8::try_from(part).unwrap_or_default());
        let value: Vec<u8> = [0, 0, class, number].into_iter().chain(words.bytes()).collect();
        self.attribute(attribute::ERROR_CODE, &value)
    }

    /// Signs what there is so far.
    #[must_use]
    pub fn sign(self, key: &Key) -> Self {
        match key.sign(&self.bytes) {
            Some(integrity) => self.attribute(attribute::MESSAGE_INTEGRITY, &integrity),
            None => self,
        }
    }

    /// The message, with a fingerprint at its end (RFC 8489 section 14.7).
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        let with_space = self.attribute(attribute::FINGERPRINT, &[0; 4]);
        let mut bytes = with_space.bytes;
        let covered = bytes.len().saturating_sub(8);
        let fingerprint = checksum::crc32(bytes.get(..covered).unwrap_or_default()) ^ FINGERPRINT_XOR;
        if let Some(place) = bytes.last_chunk_mut::<4>() {
            *place = fingerprint.to_be_bytes();
        }
        bytes
    }
}
