//! The stable names of refusals.

use serde::{Deserialize, Serialize};

/// Why a request was refused. The name on the wire never changes its meaning; the words beside it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The frame is not JSON of the documented shape.
    BadMessage,
    /// The frame's `type` is not known to this version.
    UnknownType,
    /// The first frame was neither `hello` nor `resume`, or one of them came a second time.
    NotWelcome,
    /// The protocol version is too far from the relay's: reload the page.
    UnsupportedVersion,
    /// The token is missing, malformed, wrongly signed or for somebody else.
    BadToken,
    /// The token was good once: renew it and try again.
    ExpiredToken,
    /// The session to resume is gone or belongs to somebody else: say `hello` instead.
    NoSession,
    /// A field is longer than [`crate::limits`] allows.
    TooBig,
    /// More messages than a session may send: wait and try again.
    RateLimited,
    /// Nobody with that id can be reached here.
    NotFound,
    /// No such call, or none that concerns the sender: both answer alike, so that ids cannot be probed.
    NoCall,
    /// The call is not in a state in which that makes sense (accepting an ended call, an answer nobody asked for).
    WrongState,
    /// The call id is taken.
    CallExists,
    /// The caller rang somebody who is ringing the caller: the call named in the error is the one that counts.
    Glare,
    /// Another of the user's devices was quicker.
    AnsweredElsewhere,
    /// The addressed participant is not in this call.
    NoParticipant,
    /// The room has as many people as it takes.
    RoomFull,
    /// The room is locked.
    RoomLocked,
    /// The host put the sender out of the room, or did not let them in, a moment ago.
    Removed,
    /// Only the room's host may do that.
    NotHost,
    /// The callee does not want to be disturbed.
    DoNotDisturb,
    /// Calling oneself.
    OwnUser,
    /// The sender is in a call already, and a device carries one call at a time.
    InCall,
    /// The relay could not do it: nothing of the request happened, so try again.
    Unavailable,
    /// A code of a later version of the protocol; its words still tell a person what happened.
    #[serde(other)]
    Other,
}

impl ErrorCode {
    /// The words for a person that stand beside the code.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::BadMessage => "That message could not be understood.",
            Self::UnknownType => "That kind of message is not known here.",
            Self::NotWelcome => "Say hello first, and once.",
            Self::UnsupportedVersion => "This page is too old or too new for the server. Reload it.",
            Self::BadToken => "You could not be signed in. Enter your name again.",
            Self::ExpiredToken => "Your sign-in has run out. It will be renewed.",
            Self::NoSession => "The connection was away for too long and starts afresh.",
            Self::TooBig => "That was too long.",
            Self::RateLimited => "That was too quick. Wait a moment.",
            Self::NotFound => "That person is not here.",
            Self::NoCall => "That call is over.",
            Self::WrongState => "The call has moved on.",
            Self::CallExists => "That call exists already.",
            Self::Glare => "They were calling you in the same moment.",
            Self::AnsweredElsewhere => "Answered on another device.",
            Self::NoParticipant => "That person is not in the call.",
            Self::RoomFull => "The room is full.",
            Self::RoomLocked => "The room is locked.",
            Self::Removed => "The host does not let you in right now.",
            Self::NotHost => "Only the host of the room can do that.",
            Self::DoNotDisturb => "They do not want to be disturbed right now.",
            Self::OwnUser => "That is you.",
            Self::InCall => "You are in a call already.",
            Self::Unavailable => "That did not work just now. Try again.",
            Self::Other => "That did not work.",
        }
    }
}
