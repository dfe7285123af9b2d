//! The envelope: `{"type":"…","id":7,"last_seq":8,"data":{…}}` from a page, `{"type":"…","seq":9,"data":{…}}` from the
//! relay.
//!
//! `type` names the message; `id` pairs a request with its reply; `seq` numbers what the relay must not lose, and
//! `last_seq` is the last of those that has come to the page: what is confirmed need not be kept any longer. Reading
//! happens in two steps, envelope first and `data` by its type, so that the order of fields does not matter and a frame whose
//! `data` is bad can still be refused by its `id`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

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
    /// The page has read as far as this.
    pub last_seq: Option<Seq>,
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

/// The fields of an envelope, before anybody looks into `data`.
pub(crate) struct Envelope<'a> {
    pub(crate) kind: Cow<'a, str>,
    id: Option<RequestId>,
    seq: Option<Seq>,
    last_seq: Option<Seq>,
    /// An object without fields where there is none.
    pub(crate) data: &'a Json<'a>,
}

impl<'a> Envelope<'a> {
    pub(crate) fn open(tree: &'a Json<'a>) -> Result<Self, Unreadable> {
        let bad = |id| Unreadable { id, code: ErrorCode::BadMessage };
        let field = |name| tree.field(name).ok_or(bad(None));
        let id = Option::deserialize(field("id")?).map_err(|_| bad(None))?;
        let Json::Text(kind) = field("type")? else { return Err(bad(id)) };
        let kind = kind.said().ok_or(bad(id))?;
        let seq = |name| Option::deserialize(field(name)?).map_err(|_| bad(id));
        let (seq, last_seq) = (seq("seq")?, seq("last_seq")?);
        Ok(Self { kind, id, seq, last_seq, data: field("data")?.or_nothing() })
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
        let tree = json::parse(text).ok_or(Unreadable { id: None, code: ErrorCode::BadMessage })?;
        let Envelope { kind, id, last_seq, data, .. } = Envelope::open(&tree)?;
        let message = ClientMessage::read(&kind, data);
        let checked = message.and_then(|message| message.check().map(|()| message));
        checked.map(|message| Self { id, last_seq, message }).map_err(|code| Unreadable { id, code })
    }

    /// The frame as text.
    #[must_use]
    pub fn write(&self) -> String {
        write_request(self.message.kind(), self.id, self.last_seq, &self.message.data())
    }
}

impl RelayFrame {
    /// Reads a frame.
    ///
    /// # Errors
    /// [`ErrorCode::BadMessage`] or [`ErrorCode::UnknownType`]; a page skips such a frame, but counts its `seq`.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let tree = json::parse(text).ok_or(Unreadable { id: None, code: ErrorCode::BadMessage })?;
        let Envelope { kind, id, seq, data, .. } = Envelope::open(&tree)?;
        let message = RelayMessage::read(&kind, data).map_err(|code| Unreadable { id, code })?;
        Ok(Self { id, seq, message })
    }

    /// The frame as text.
    #[must_use]
    pub fn write(&self) -> String {
        write(self.message.kind(), self.id, self.seq, &self.message.data())
    }
}

/// Puts the relay's envelope around `data`, which is JSON already: for a sender that has the same message for many
/// receivers and writes its `data` once.
#[must_use]
pub fn write(kind: &str, id: Option<RequestId>, seq: Option<Seq>, data: &str) -> String {
    envelope(kind, id, (r#","seq":"#, seq), data)
}

/// Puts a page's envelope around `data`, which is JSON already.
#[must_use]
pub fn write_request(kind: &str, id: Option<RequestId>, last_seq: Option<Seq>, data: &str) -> String {
    envelope(kind, id, (r#","last_seq":"#, last_seq), data)
}

fn envelope(kind: &str, id: Option<RequestId>, (named, seq): (&str, Option<Seq>), data: &str) -> String {
    let (mut id_digits, mut seq_digits) = (itoa::Buffer::new(), itoa::Buffer::new());
    let id = id.map_or("", |id| id_digits.format(id));
    let seq = seq.map_or("", |seq| seq_digits.format(seq));
    let names = r#"{"type":"","id":,"data":}"#.len() + named.len();
    // Exactly as long as it gets or a little longer, because a relay keeps many of them for a while.
    let mut text = String::with_capacity(names + kind.len() + id.len() + seq.len() + data.len());
    text.push_str(r#"{"type":""#);
    text.push_str(kind);
    text.push('"');
    for (name, digits) in [(r#","id":"#, id), (named, seq)] {
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

/// Adds a message's fields as JSON. Ours can always be written, as the tests show of each, so the fallback is never seen.
pub(crate) fn add_json<T: Serialize>(fields: &T, out: &mut String) {
    let before = out.len();
    if json::write(fields, out).is_err() {
        out.truncate(before);
        out.push_str("{}");
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
                let mut data = String::new();
                self.add_data(&mut data);
                data
            }

            /// Adds the `data` field as JSON to a text: for a sender with a buffer to use again.
            pub fn add_data(&self, out: &mut String) {
                match self {
                    $(Self::$variant(fields) => crate::frame::add_json(fields, out),)+
                }
            }

            /// Reads the `data` field of an envelope.
            pub(crate) fn read<'de, D>(kind: &str, data: D) -> Result<Self, crate::ErrorCode>
            where
                D: serde::Deserializer<'de>,
            {
                use serde::Deserialize as _;
                let read = match kind {
                    $($kind => $variant::deserialize(data).map(Self::$variant),)+
                    _ => return Err(crate::ErrorCode::UnknownType),
                };
                read.map_err(|_| crate::ErrorCode::BadMessage)
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
