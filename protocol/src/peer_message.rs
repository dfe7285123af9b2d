//! What two pages say to each other, on the data channels of their peer connection (RFC 8831). The relay hears nothing
//! of it.

use serde::{Deserialize, Serialize};

use crate::frame::{Envelope, messages};
use crate::json;
use crate::{ErrorCode, ItemId, frame, limits};

/// The channel that carries [`PeerMessage`]s: its number (RFC 8832 section 6) and label. Both sides open it by
/// themselves, ordered and reliable.
pub const TALK_CHANNEL: (u16, &str) = (0, "talk");
/// [`PeerBye`] as text: it is said where nothing else of these is written.
pub const BYE: &str = r#"{"type":"peer:bye","data":{}}"#;
/// [`PeerKeyFrame`] as text, for the same reason.
pub const KEY_FRAME: &str = r#"{"type":"peer:key_frame","data":{}}"#;
/// The channel that carries the bytes of files, see [`chunk`].
pub const FILES_CHANNEL: (u16, &str) = (1, "files");

messages! {
    /// What a page says to another one.
    PeerMessage {
        /// This page listens; says what it has of the other's words, so that the rest can be sent.
        "peer:hello" => PeerHello,
        /// The sender leaves the call.
        "peer:bye" => PeerBye,
        /// The sender sees nothing until it gets a key frame.
        "peer:key_frame" => PeerKeyFrame,
        /// Something written.
        "chat:message" => ChatMessage,
        /// A sign that is shown for some seconds.
        "chat:reaction" => ChatReaction,
        /// The sender wants to speak.
        "hand:raise" => RaiseHand,
        /// Not any more.
        "hand:lower" => LowerHand,
        /// A file that can be had.
        "file:offer" => FileOffer,
        /// The receiver wants the file, from some place on.
        "file:accept" => FileAccept,
        /// How much of a file the receiver has put away.
        "file:received" => FileReceived,
        /// The receiver has all of it.
        "file:done" => FileDone,
        /// There will be no (more) of it.
        "file:cancel" => FileCancel,
    }
}

/// This page listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerHello {
    /// It has only begun to, and what was said before is lost: the other one says hello as well.
    #[serde(default)]
    pub fresh: bool,
    /// The last of the other's chat messages that it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<ItemId>,
    /// How long its hand is up already; absent while it is down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hand_ms: Option<u32>,
    /// What its clock shows, in milliseconds (PROTOCOL.md).
    #[serde(default)]
    pub clock: u64,
}

/// The sender leaves the call. The relay is told as well, and is not always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerBye {}

/// The sender sees nothing until it gets a key frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerKeyFrame {}

/// Something written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMessage {
    /// Drawn by the sender; the same one again is the same message.
    pub id: ItemId,
    /// Plain text.
    pub text: String,
    /// How long ago it was said.
    #[serde(default)]
    pub age_ms: u32,
    /// What the sender's clock showed then, in milliseconds: its place among what others say (PROTOCOL.md).
    #[serde(default)]
    pub clock: u64,
}

/// The signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// Agreed.
    ThumbsUp,
    /// Loved.
    Heart,
    /// Laughed.
    Laugh,
    /// Astonished.
    Surprise,
    /// Applauded.
    Clap,
    /// Something to celebrate.
    Party,
}

/// A sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatReaction {
    /// Which.
    pub reaction: Reaction,
}

/// The sender wants to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RaiseHand {}

/// The sender does not want to speak any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LowerHand {}

/// A file that can be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileOffer {
    /// Drawn by the sender; the same one again is the same file.
    pub id: ItemId,
    /// What it is called, without folders.
    pub name: String,
    /// How many bytes it has.
    pub size: u64,
    /// Its media type (RFC 6838), as far as the sender knows.
    #[serde(default)]
    pub mime: String,
    /// How long ago it was first offered.
    #[serde(default)]
    pub age_ms: u32,
    /// What the sender's clock showed then, in milliseconds: its place among what others say (PROTOCOL.md).
    #[serde(default)]
    pub clock: u64,
}

/// The receiver wants the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileAccept {
    /// Which.
    pub id: ItemId,
    /// What its chunks are headed with from now on; the receiver uses none twice.
    pub stream: u32,
    /// From this byte on: it has what comes before.
    #[serde(default)]
    pub offset: u64,
}

/// How much of a file is put away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReceived {
    /// Which.
    pub id: ItemId,
    /// All bytes before this one.
    pub offset: u64,
}

/// The receiver has all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDone {
    /// Which.
    pub id: ItemId,
}

/// Why there will be no (more) of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileEnd {
    /// The receiver does not want it.
    Declined,
    /// One of the two changed their mind.
    #[default]
    Cancelled,
    /// The sender does not have it (any more).
    Gone,
    /// It could not be read or put away.
    Failed,
    /// Larger than the receiver can take, or one too many.
    TooBig,
}

/// There will be no (more) of it. Either side says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCancel {
    /// Which.
    pub id: ItemId,
    /// Why.
    #[serde(default)]
    pub reason: FileEnd,
}

impl PeerMessage {
    /// Reads a message and checks it against [`limits`].
    ///
    /// # Errors
    /// [`ErrorCode::BadMessage`], [`ErrorCode::UnknownType`] or [`ErrorCode::TooBig`]. Whoever gets such a message passes
    /// over it.
    pub fn parse(text: &str) -> Result<Self, ErrorCode> {
        if text.len() > limits::FRAME_BYTES {
            return Err(ErrorCode::TooBig);
        }
        let tree = json::parse(text).ok_or(ErrorCode::BadMessage)?;
        let Envelope { kind, data, .. } = Envelope::open(&tree).map_err(|unreadable| unreadable.code)?;
        let message = Self::read(&kind, data)?;
        if message.fits() { Ok(message) } else { Err(ErrorCode::TooBig) }
    }

    /// The message as text.
    #[must_use]
    pub fn write(&self) -> String {
        frame::write(self.kind(), None, None, &self.data())
    }

    /// Checks the sizes that the types do not.
    fn fits(&self) -> bool {
        match self {
            Self::ChatMessage(m) => m.text.chars().nth(limits::CHAT_CHARS).is_none(),
            Self::FileOffer(m) => {
                m.name.len() <= limits::FILE_NAME_BYTES
                    && m.mime.len() <= limits::MIME_BYTES
                    && m.size <= limits::FILE_BYTES
            }
            Self::FileAccept(m) => m.offset <= limits::FILE_BYTES,
            Self::FileReceived(m) => m.offset <= limits::FILE_BYTES,
            Self::PeerHello(_)
            | Self::PeerBye(_)
            | Self::PeerKeyFrame(_)
            | Self::ChatReaction(_)
            | Self::RaiseHand(_)
            | Self::LowerHand(_)
            | Self::FileDone(_)
            | Self::FileCancel(_) => true,
        }
    }
}

/// The messages of [`FILES_CHANNEL`]: the number of a stream in four bytes, in network byte order, and up to
/// [`BYTES`](chunk::BYTES) of a file, in the file's order.
pub mod chunk {
    /// A whole message, its head included, has at most 16 KiB: what every implementation of SCTP can interleave.
    pub const BYTES: usize = 16 * 1024 - HEAD;
    /// The bytes before the file's own.
    pub const HEAD: usize = 4;

    /// What a chunk begins with.
    #[must_use]
    pub const fn head(stream: u32) -> [u8; HEAD] {
        stream.to_be_bytes()
    }

    /// The stream that a message with this beginning belongs to.
    #[must_use]
    pub fn stream(message: &[u8]) -> Option<u32> {
        message.first_chunk().map(|head| u32::from_be_bytes(*head))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> ErrorCode {
        PeerMessage::parse(text).expect_err(text)
    }

    #[test]
    fn a_bye_is_written_as_it_stands_there() {
        assert_eq!(PeerMessage::from(PeerBye {}).write(), BYE);
        assert_eq!(PeerMessage::parse(BYE), Ok(PeerBye {}.into()));
        assert_eq!(PeerMessage::from(PeerKeyFrame {}).write(), KEY_FRAME);
    }

    #[test]
    fn what_is_no_message_is_refused() {
        let deep = format!(r#"{{"type":"hand:raise","data":{{"x":{}}}}}"#, "[".repeat(20_000));
        for text in ["", "null", "7", "[]", "{}", r#"{"type":7}"#, r#"{"type":"hand:raise","data":7}"#, &deep] {
            assert_eq!(refusal(text), ErrorCode::BadMessage, "{text:.40}");
        }
        assert_eq!(refusal(r#"{"type":"call:hangup","data":{}}"#), ErrorCode::UnknownType);
        assert_eq!(refusal(r#"{"type":"chat:reaction","data":{"reaction":"boredom"}}"#), ErrorCode::BadMessage);
        assert_eq!(refusal(r#"{"type":"chat:message","data":{"id":"short","text":"x"}}"#), ErrorCode::BadMessage);
    }

    #[test]
    fn what_is_too_big_is_refused() {
        let says =
            |text: &str| format!(r#"{{"type":"chat:message","data":{{"id":"i_0123456789abcdef","text":"{text}"}}}}"#);
        assert!(PeerMessage::parse(&says(&"ệ".repeat(limits::CHAT_CHARS))).is_ok(), "characters count, not bytes");
        assert_eq!(refusal(&says(&"e".repeat(limits::CHAT_CHARS + 1))), ErrorCode::TooBig);
        assert_eq!(refusal(&" ".repeat(limits::FRAME_BYTES + 1)), ErrorCode::TooBig);
        let offers = |size: u64, name: &str| {
            format!(r#"{{"type":"file:offer","data":{{"id":"i_0123456789abcdef","name":"{name}","size":{size}}}}}"#)
        };
        assert!(PeerMessage::parse(&offers(limits::FILE_BYTES, "a")).is_ok());
        assert_eq!(refusal(&offers(limits::FILE_BYTES + 1, "a")), ErrorCode::TooBig);
        assert_eq!(refusal(&offers(1, &"a".repeat(limits::FILE_NAME_BYTES + 1))), ErrorCode::TooBig);
        assert_eq!(refusal(&offers(1, "a").replace(":1}", ":-1}")), ErrorCode::BadMessage);
    }

    #[test]
    fn the_head_of_a_chunk_is_in_network_byte_order() {
        assert_eq!(chunk::head(0x0102_0304), [1, 2, 3, 4]);
        assert_eq!(chunk::stream(&[1, 2, 3, 4, 5]), Some(0x0102_0304));
        assert_eq!(chunk::stream(&[1, 2, 3]), None);
    }
}
