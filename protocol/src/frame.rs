//! The envelope: `{"type":"…","id":7,"data":{…}}` from a page, `{"type":"…","seq":9,"data":{…}}` from the relay.
//!
//! `type` names the message; `id` pairs a request with its reply; `seq` numbers what the relay must not lose. Reading
//! happens in two steps, envelope first and `data` by its type, so that nothing is buffered and a frame whose `data` is
//! bad can still be refused by its `id`.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::json::{self, Json};
use crate::{ClientMessage, ErrorCode, RelayMessage, limits};

/// Pairs a request with its reply. A page counts up from 1 within a session and never uses one twice, so that a request
/// sent again after a lost connection is recognised.
pub type RequestId = u32;

/// The place of a frame in what the relay sent within a session, from 1.
pub type Seq = u64;

/// What a page sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientFrame {
    /// Present on everything that wants a reply: all but `hello`, `resume` and `ping`.
    pub id: Option<RequestId>,
    /// What it says.
    pub message: ClientMessage,
}

/// What the relay sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayFrame {
    /// The request this replies to.
    pub id: Option<RequestId>,
    /// Present on what must not be lost: everything but `welcome`, `pong` and errors about the connection itself.
    pub seq: Option<Seq>,
    /// What it says.
    pub message: RelayMessage,
}

/// A frame that could not be read, with its `id` if that much was legible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The request to refuse.
    pub id: Option<RequestId>,
    /// Why.
    pub code: ErrorCode,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(default)]
    id: Option<RequestId>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

impl<'a> Envelope<'a> {
    fn read(text: &'a str) -> Result<Self, Unreadable> {
        serde_json::from_str(text).map_err(|_| Unreadable { id: None, code: ErrorCode::BadMessage })
    }

    fn data(&self) -> &'a str {
        self.data.map_or("{}", RawValue::get)
    }

    fn unreadable(&self, code: ErrorCode) -> Unreadable {
        Unreadable { id: self.id, code }
    }
}

impl ClientFrame {
    /// Reads a frame and checks it against [`limits`].
    ///
    /// # Errors
    /// [`ErrorCode::BadMessage`], [`ErrorCode::UnknownType`] or [`ErrorCode::TooBig`].
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        if text.len() > limits::FRAME_BYTES {
            return Err(Unreadable { id: None, code: ErrorCode::TooBig });
        }
        let Self { id, message } = match serde_json::from_str::<Ordered>(text) {
            Ok(Ordered(frame)) => frame,
            // Perhaps just in another order; if not, this finds out what to refuse, and by which id.
            Err(_) => Self::read_in_parts(text)?,
        };
        message.check().map_err(|code| Unreadable { id, code })?;
        Ok(Self { id, message })
    }

    fn read_in_parts(text: &str) -> Result<Self, Unreadable> {
        let envelope = Envelope::read(text)?;
        let message = ClientMessage::read(&envelope.kind, envelope.data()).map_err(|code| envelope.unreadable(code))?;
        Ok(Self { id: envelope.id, message })
    }

    /// The frame as text.
    #[must_use]
    pub fn write(&self) -> String {
        write(self.message.kind(), self.id, None, &self.message.data())
    }
}

/// A frame whose `type` stands before its `data`, as every page writes it: it is read in one go.
struct Ordered(ClientFrame);

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OrderedVisitor)
    }
}

struct OrderedVisitor;

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Field {
    Type,
    Id,
    Data,
    #[serde(other)]
    Other,
}

impl<'de> Visitor<'de> for OrderedVisitor {
    type Value = Ordered;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an envelope")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered, A::Error> {
        let (mut kind, mut id, mut message) = (None::<Kind<'de>>, None::<Option<RequestId>>, None);
        while let Some(field) = map.next_key()? {
            match (field, &kind) {
                (Field::Type, None) => kind = Some(map.next_value()?),
                (Field::Id, _) if id.is_none() => id = Some(map.next_value()?),
                (Field::Data, Some(Kind(kind))) if message.is_none() => {
                    message = Some(map.next_value_seed(ClientMessageSeed(kind))?);
                }
                (Field::Other, _) => drop(map.next_value::<IgnoredAny>()?),
                _ => return Err(de::Error::custom("out of order, or twice")),
            }
        }
        let message = message.ok_or_else(|| de::Error::missing_field("data"))?;
        Ok(Ordered(ClientFrame { id: id.flatten(), message }))
    }
}

/// The name of a type, borrowed where JSON does not escape anything in it.
#[derive(Deserialize)]
struct Kind<'a>(#[serde(borrow)] Cow<'a, str>);

/// The `data` of a type that is known already.
struct ClientMessageSeed<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for ClientMessageSeed<'_> {
    type Value = ClientMessage;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ClientMessage, D::Error> {
        ClientMessage::read_from(self.0, deserializer)
    }
}

impl RelayFrame {
    /// Reads a frame.
    ///
    /// # Errors
    /// [`ErrorCode::BadMessage`] or [`ErrorCode::UnknownType`]; a page skips such a frame, but counts its `seq`.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let bad = |id| Unreadable { id, code: ErrorCode::BadMessage };
        let tree = json::parse(text).ok_or(bad(None))?;
        let kind = String::deserialize(tree.field("type")).map_err(|_| bad(None))?;
        let id = Option::deserialize(tree.field("id")).map_err(|_| bad(None))?;
        let seq = Option::deserialize(tree.field("seq")).map_err(|_| bad(None))?;
        let nothing = Json::Object(Vec::new());
        let data = match tree.field("data") {
            Json::Absent | Json::Null => &nothing,
            data => data,
        };
        let message = RelayMessage::read(&kind, data).map_err(|code| Unreadable { id, code })?;
        Ok(Self { id, seq, message })
    }

    /// The frame as text.
    #[must_use]
    pub fn write(&self) -> String {
        write(self.message.kind(), self.id, self.seq, &self.message.data())
    }
}

/// Puts an envelope around `data`, which is JSON already: for a sender that has the same message for many receivers
/// and writes its `data` once.
#[must_use]
pub fn write(kind: &str, id: Option<RequestId>, seq: Option<Seq>, data: &str) -> String {
    let (mut id_digits, mut seq_digits) = (itoa::Buffer::new(), itoa::Buffer::new());
    let id = id.map_or("", |id| id_digits.format(id));
    let seq = seq.map_or("", |seq| seq_digits.format(seq));
    let names = r#"{"type":"","id":,"seq":,"data":}"#;
    // Exactly as long as it gets, because a relay keeps many of them for a while.
    let mut text = String::with_capacity(names.len() + kind.len() + id.len() + seq.len() + data.len());
    text.push_str(r#"{"type":""#);
    text.push_str(kind);
    text.push('"');
    for (name, digits) in [(r#","id":"#, id), (r#","seq":"#, seq)] {
        if !digits.is_empty() {
            text.push_str(name);
            text.push_str(digits);
        }
    }
    text.push_str(r#","data":"#);
    text.push_str(data);
    text.push('}');
    text
}

/// JSON of a message's fields. Ours always serialise, as the tests show of each, so the fallback is never seen.
pub(crate) fn to_json<T: Serialize>(fields: &T) -> String {
    json::write(fields).unwrap_or_else(|_| String::from("{}"))
}

/// The same at the end of a buffer, by serde_json: what a relay writes with, where speed counts.
pub(crate) fn add_json<T: Serialize>(fields: &T, out: &mut Vec<u8>) {
    let before = out.len();
    if serde_json::to_writer(&mut *out, fields).is_err() {
        out.truncate(before);
        out.extend_from_slice(b"{}");
    }
}

/// The `data` field of an envelope, not yet looked into.
pub(crate) trait Data<'de> {
    /// The fields of a message.
    fn read<T: Deserialize<'de>>(self) -> Result<T, ErrorCode>;
}

/// What a relay reads with: speed counts.
impl<'de> Data<'de> for &'de str {
    fn read<T: Deserialize<'de>>(self) -> Result<T, ErrorCode> {
        serde_json::from_str(self).map_err(|_| ErrorCode::BadMessage)
    }
}

/// What a page reads with: the size of the code counts.
impl<'de> Data<'de> for &Json<'de> {
    fn read<T: Deserialize<'de>>(self) -> Result<T, ErrorCode> {
        T::deserialize(self).map_err(|_| ErrorCode::BadMessage)
    }
}

/// Declares the messages of one direction: the enum, each variant's name on the wire, and both conversions.
macro_rules! messages {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $kind:literal => $variant:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant($variant),)+
        }

        impl $name {
            /// Every name of the `type` field, in the order of PROTOCOL.md.
            pub const KINDS: &'static [&'static str] = &[$($kind),+];

            /// The `type` field.
            #[must_use]
            pub const fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $kind,)+
                }
            }

            /// The `data` field as JSON.
            #[must_use]
            pub fn data(&self) -> String {
                match self {
                    $(Self::$variant(fields) => crate::frame::to_json(fields),)+
                }
            }

            /// Adds the `data` field as JSON to a buffer, which is UTF-8 if it was: for a sender with a buffer to use again.
            pub fn add_data(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant(fields) => crate::frame::add_json(fields, out),)+
                }
            }

            /// Reads the `data` field from the middle of a frame.
            #[allow(dead_code, reason = "only what pages say is read like this")]
            pub(crate) fn read_from<'de, D>(kind: &str, data: D) -> Result<Self, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                use serde::Deserialize as _;
                match kind {
                    $($kind => $variant::deserialize(data).map(Self::$variant),)+
                    _ => Err(serde::de::Error::custom("unknown type")),
                }
            }

            pub(crate) fn read<'de>(kind: &str, data: impl crate::frame::Data<'de>) -> Result<Self, crate::ErrorCode> {
                match kind {
                    $($kind => data.read().map(Self::$variant),)+
                    _ => Err(crate::ErrorCode::UnknownType),
                }
            }
        }

        $(impl From<$variant> for $name {
            fn from(fields: $variant) -> Self {
                Self::$variant(fields)
            }
        })+
    };
}
pub(crate) use messages;
