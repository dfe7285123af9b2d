//! A small hash for names and stamps: FNV-1a with 64 bits.
//!
//! It tells contents apart, it does not defend against anybody: whoever can choose the contents of
//! our own sources needs no collision.

/// Hashes a sequence of byte strings; where one ends and the next begins counts.
#[derive(Debug, Clone)]
pub(crate) struct Hasher(u64);

impl Hasher {
    /// The hash of nothing.
    pub(crate) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds one piece.
    pub(crate) fn add(&mut self, piece: &[u8]) {
        self.mix(&(piece.len() as u64).to_le_bytes());
        self.mix(piece);
    }

    /// The hash so far, as 16 hexadecimal digits.
    pub(crate) fn hex(&self) -> String {
        format!("{:016x}", self.0)
    }

    fn mix(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

/// The hash of one piece.
pub(crate) fn hex(piece: &[u8]) -> String {
    let mut hasher = Hasher::new();
    hasher.add(piece);
    hasher.hex()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_of_fnv_1a() {
        let mut hasher = Hasher::new();
        hasher.mix(b"a");
        assert_eq!(hasher.hex(), "af63dc4c8601ec8c");
        hasher = Hasher::new();
        hasher.mix(b"foobar");
        assert_eq!(hasher.hex(), "85944171f73967e8");
    }

    #[test]
    fn borders_count() {
        let mut one = Hasher::new();
        one.add(b"ab");
        one.add(b"c");
        let mut other = Hasher::new();
        other.add(b"a");
        other.add(b"bc");
        assert_ne!(one.hex(), other.hex());
    }
}
