//! What the people say to each kind of server, and how they understand what they hear.
//!
//! Frames are put together from text and read by a scan for their type: the generator must cost less than what it
//! measures.

use crate::load::person::Person;
use crate::load::sample::{self, Sample};
use crate::load::script::{Batches, Line, SINGLY, Server, Side, Step, TOGETHER};
use crate::load::{alo, plain, socketio};

/// How a server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Alo's protocol, as its page speaks it.
    Alo,
    /// The same with each candidate in a message of its own, like everyone else's.
    AloSingly,
    /// `{"type", "dst", "payload"}`, as PeerJS has it: also for the two forwarders that know nothing else.
    Plain,
    /// The same as a socket.io event.
    SocketIo,
}

/// What a frame from the server meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The connection is ready to be used.
    Welcome,
    /// What the other side said.
    Said(Step),
    /// A request was carried out.
    Acknowledged,
    /// A request was refused: the frame, for the report.
    Refused(String),
    /// The server asks for this in return.
    Answer(&'static str),
    /// Nothing that matters here.
    Nothing,
}

impl Dialect {
    /// What the server knows of calls.
    pub(crate) fn server(self) -> Server {
        match self {
            Self::Alo | Self::AloSingly => Server::KnowsCalls,
            Self::Plain | Self::SocketIo => Server::Forwards,
        }
    }

    /// How many candidates go into each message.
    pub(crate) fn batches(self) -> Batches {
        match self {
            Self::Alo => TOGETHER,
            Self::AloSingly | Self::Plain | Self::SocketIo => SINGLY,
        }
    }

    /// The path and query of the WebSocket handshake.
    pub(crate) fn path(self, person: &Person) -> String {
        match self {
            Self::Alo | Self::AloSingly => "/ws".to_owned(),
            Self::Plain => format!("/peerjs?id={}&token={0}&key=peerjs", person.id),
            Self::SocketIo => format!("/socket.io/?EIO=4&transport=websocket&id={}", person.id),
        }
    }

    /// The first frame, where this side speaks first.
    pub(crate) fn greeting(self, person: &Person) -> Option<String> {
        match self {
            Self::Alo | Self::AloSingly => Some(alo::hello(person)),
            Self::Plain => None,
            Self::SocketIo => Some("40".to_owned()),
        }
    }

    /// Puts a line of a call into `text`.
    pub(crate) fn say(self, line: Line, sample: &Sample, from: &mut Person, to: &Person, text: &mut Vec<u8>) {
        match self {
            Self::Alo | Self::AloSingly => alo::say(line, sample, from, to, text),
            Self::Plain => plain::say(line, sample, to, text),
            Self::SocketIo => socketio::say(line, sample, to, text),
        }
    }

    /// Understands a frame.
    pub(crate) fn hear(self, frame: &[u8], person: &mut Person) -> Heard {
        match self {
            Self::Alo | Self::AloSingly => alo::hear(frame, person),
            Self::Plain => plain::hear(frame),
            Self::SocketIo => socketio::hear(frame),
        }
    }

    /// What shows the server every few seconds that this side is alive, where it wants to see that.
    pub(crate) fn ping(self, person: &Person) -> Option<String> {
        match self {
            Self::Alo | Self::AloSingly => Some(alo::ping(person)),
            Self::Plain | Self::SocketIo => None,
        }
    }
}

/// Puts pieces of text together.
pub(crate) fn put(text: &mut Vec<u8>, pieces: &[&str]) {
    for piece in pieces {
        text.extend_from_slice(piece.as_bytes());
    }
}

/// The value of a field of text near the start of a frame: far enough for every envelope here, near enough not to
/// search a description.
pub(crate) fn field<'a>(frame: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let start = after(frame, name)?;
    frame.get(start..)?.strip_prefix(b"\"")?.split(|&byte| byte == b'"').next()
}

/// The value of a field that is a number.
pub(crate) fn number(frame: &[u8], name: &str) -> Option<u64> {
    let start = after(frame, name)?;
    let digits = frame.get(start..)?.iter().take_while(|byte| byte.is_ascii_digit());
    Some(digits.fold(0, |value, digit| value * 10 + u64::from(digit - b'0')))
}

fn after(frame: &[u8], name: &str) -> Option<usize> {
    const ENVELOPE_BYTES: usize = 160;
    let envelope = frame.get(..ENVELOPE_BYTES).unwrap_or(frame);
    let wanted = name.as_bytes();
    let named = |window: &[u8]| {
        window.strip_prefix(b"\"").and_then(|rest| rest.strip_prefix(wanted)).is_some_and(|rest| rest == b"\":")
    };
    envelope.windows(wanted.len() + 3).position(named).map(|start| start + wanted.len() + 3)
}

/// The text of a candidate step.
pub(crate) fn candidate(side: Side, n: u8) -> String {
    sample::candidate(side, n)
}
