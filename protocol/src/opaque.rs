//! Text that only passes through.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::json::unescape;

/// A JSON string that the relay hands on byte for byte: never unescaped, never looked into, only measured. Session
/// descriptions and candidates are the business of the two browsers alone.
#[derive(Clone)]
pub struct Opaque(Box<RawValue>);

impl Opaque {
    /// Wraps a text for sending.
    #[must_use]
    pub fn new(text: &str) -> Self {
        // Serialising a string cannot fail; an empty string stands in for the impossible.
        let raw = serde_json::value::to_raw_value(text).unwrap_or_else(|_| RawValue::NULL.to_owned());
        Self(raw)
    }

    /// The text itself, unescaped: for the one it is meant for. Empty when it holds half a surrogate pair, which JSON
    /// can write and text cannot hold.
    #[must_use]
    pub fn text(&self) -> String {
        unescape(self.0.get()).unwrap_or_default()
    }

    /// Its bytes on the wire, without the quotation marks.
    #[must_use]
    pub fn wire_bytes(&self) -> usize {
        self.0.get().len().saturating_sub(2)
    }
}

impl fmt::Debug for Opaque {
    /// Only the size: descriptions hold addresses and fingerprints, which have no place in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opaque({} bytes)", self.wire_bytes())
    }
}

impl PartialEq for Opaque {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get() || self.text() == other.text()
    }
}

impl Eq for Opaque {}

impl Serialize for Opaque {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Opaque {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if raw.get().starts_with('"') { Ok(Self(raw)) } else { Err(serde::de::Error::custom("expected a string")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_passes_through_byte_for_byte() {
        let wire = r#""v=0\r\no=- \u0041\/""#;
        let opaque: Opaque = serde_json::from_str(wire).unwrap();
        assert_eq!(serde_json::to_string(&opaque).unwrap(), wire);
        assert_eq!(opaque.text(), "v=0\r\no=- A/");
        assert_eq!(opaque.wire_bytes(), wire.len() - 2);
        assert_eq!(opaque, Opaque::new("v=0\r\no=- A/"));
    }

    #[test]
    fn only_a_string_is_one() {
        for wrong in ["null", "1", "{}", "[]", "true", r#"{"a":"b"}"#] {
            assert!(serde_json::from_str::<Opaque>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn half_a_surrogate_pair_does_no_harm() {
        let opaque: Opaque = serde_json::from_str(r#""\ud800""#).unwrap();
        assert_eq!(opaque.text(), "");
    }
}
