//! Ids: a type for each, checked when it arrives, cheap to clone.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::limits;

/// The text is not an id of the wanted kind: too short, too long, or with characters that do not belong there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidId;

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a valid id")
    }
}

impl std::error::Error for InvalidId {}

/// Ids that somebody drew at random: `[A-Za-z0-9_-]`, of a length that cannot be guessed.
fn is_random(text: &str) -> bool {
    limits::ID_BYTES.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// Ids from anywhere: printable, no spaces, not too long.
fn is_user(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= limits::USER_ID_BYTES
        && !text.chars().any(|c| c.is_control() || c.is_whitespace())
}

/// Reads an id where it lies: it is copied once, into its own memory.
struct IdVisitor<Id>(PhantomData<Id>);

impl<Id: FromStr> Visitor<'_> for IdVisitor<Id> {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Id, E> {
        text.parse().map_err(|_| E::custom(InvalidId))
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $parse:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id as it stands on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let parse: fn(&str) -> Option<Arc<str>> = $parse;
                parse(text).map(Self).ok_or(InvalidId)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(IdVisitor(PhantomData))
            }
        }
    };
}

id!(
    /// One call or one meeting in a room. The caller draws it (at least 96 bits of randomness), so that a call placed
    /// twice because the first reply was lost is still one call.
    CallId,
    |text| is_random(text).then(|| text.into())
);
id!(
    /// One tab or app of a user, and a participant's address inside a call. The relay draws it; a page that comes back
    /// after a reload names it again and keeps its place.
    DeviceId,
    |text| is_random(text).then(|| text.into())
);
id!(
    /// The secret by which a page resumes after its connection was lost.
    SessionId,
    |text| is_random(text).then(|| text.into())
);
id!(
    /// Something said or offered in a call, from browser to browser. The sender draws it.
    ItemId,
    |text| is_random(text).then(|| text.into())
);
id!(
    /// A person: `guest:…` for people who only gave a name, else the `sub` of the token (RFC 7519 section 4.1.2).
    UserId,
    |text| is_user(text).then(|| text.into())
);
id!(
    /// A room's code, `abcd-efgh-jkmn`: twelve letters of [`RoomCode::ALPHABET`], 54 bits. Reading one is lenient about
    /// capitals, spaces and dashes, because codes are read aloud and typed.
    RoomCode,
    |text| RoomCode::normalise(text)
);

impl RoomCode {
    /// The letters of a code: without `i`, `l` and `o`, which are read as digits or as each other.
    pub const ALPHABET: &'static [u8; 23] = b"abcdefghjkmnpqrstuvwxyz";
    /// How many letters a code has, dashes not counted.
    pub const LETTERS: usize = 12;

    /// The code made from random bytes, one a letter. Bytes at and above 230 are left out, so that every letter is
    /// equally likely; `None` when too few remain.
    #[must_use]
    pub fn from_random(bytes: &[u8]) -> Option<Self> {
        let fair = bytes.iter().filter(|&&b| b < 230).take(Self::LETTERS);
        let letters: String = fair
            .filter_map(|&b| Self::ALPHABET.get(usize::from(b) % Self::ALPHABET.len()))
            .map(|&b| char::from(b))
            .collect();
        letters.parse().ok()
    }

    fn normalise(text: &str) -> Option<Arc<str>> {
        let mut code = String::with_capacity(Self::LETTERS + 2);
        let mut letters = 0;
        for c in text.chars() {
            if c == '-' || c == ' ' {
                continue;
            }
            let c = c.to_ascii_lowercase();
            if letters == Self::LETTERS || !u8::try_from(c).is_ok_and(|b| Self::ALPHABET.contains(&b)) {
                return None;
            }
            if letters > 0 && letters % 4 == 0 {
                code.push('-');
            }
            code.push(c);
            letters += 1;
        }
        (letters == Self::LETTERS).then(|| code.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_code_is_read_as_people_type_it() {
        let code: RoomCode = " ABCD efgh-JKMN".parse().unwrap();
        assert_eq!(code.as_str(), "abcd-efgh-jkmn");
        for wrong in ["", "abcd-efgh-jkm", "abcd-efgh-jkmnp", "abcd-efgh-jkm1", "abcd-efgh-jkmo", "äbcd-efgh-jkmn"] {
            assert_eq!(wrong.parse::<RoomCode>(), Err(InvalidId), "{wrong}");
        }
    }

    #[test]
    fn a_random_room_code_needs_twelve_fair_bytes() {
        assert_eq!(RoomCode::from_random(&[0; 12]).unwrap().as_str(), "aaaa-aaaa-aaaa");
        assert_eq!(RoomCode::from_random(&[0; 11]), None);
        let unfair: Vec<u8> = [255; 20].into_iter().chain([1; 12]).collect();
        assert_eq!(RoomCode::from_random(&unfair).unwrap().as_str(), "bbbb-bbbb-bbbb");
    }

    #[test]
    fn a_room_code_has_54_bits_and_every_letter_is_as_likely_as_any_other() {
        let letters = RoomCode::ALPHABET.len();
        let codes = (0..RoomCode::LETTERS).fold(1_u64, |codes, _| codes * u64::try_from(letters).unwrap());
        assert_eq!(codes.ilog2(), 54);
        let drawn: Vec<u8> = (0..=u8::MAX)
            .filter_map(|byte| RoomCode::from_random(&[byte; RoomCode::LETTERS]))
            .map(|code| code.as_str().as_bytes()[0])
            .collect();
        for letter in RoomCode::ALPHABET {
            assert_eq!(drawn.iter().filter(|drawn| *drawn == letter).count(), 10, "{}", char::from(*letter));
        }
    }

    #[test]
    fn ids_refuse_what_could_be_guessed_or_break_a_line() {
        assert!("0123456789abcdef".parse::<CallId>().is_ok());
        assert!("0123456789abcde".parse::<CallId>().is_err());
        assert!("0123456789abcdef\n".parse::<CallId>().is_err());
        assert!("ann@example.org".parse::<UserId>().is_ok());
        assert!("".parse::<UserId>().is_err());
        assert!("a b".parse::<UserId>().is_err());
        assert!("x".repeat(129).parse::<UserId>().is_err());
    }
}
