//! What can happen to an [`Exchange`](super::Exchange), and what it wants done.

use std::sync::Arc;

use protocol::{ChatMessage, DeviceId, ItemId, Reaction};

use super::view::ItemKey;
use crate::PeerKey;

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A person asked for something.
    Command(Command),
    /// What this device has written in this call before, as it was last given by [`Output::Remember`] and is that much
    /// older by now. To be told before anything else.
    Remembered(Vec<ChatMessage>),
    /// Who else takes part, all of them, whenever that changes.
    Others(Vec<Other>),
    /// Both channels of a peer connection carry messages from now on, and this page listens.
    Opened(PeerKey),
    /// They do not any more.
    Closed(PeerKey),
    /// A message came on the talk channel.
    Heard(PeerKey, String),
    /// A message came on the files' channel. Its bytes stay with the shell.
    Chunk {
        /// From where.
        peer: PeerKey,
        /// What it is headed with, see [`protocol::chunk`].
        stream: u32,
        /// How many bytes of a file it holds.
        bytes: usize,
    },
    /// An [`Output::Feed`] is with the browser, which has room for more.
    Fed {
        /// On whose channel.
        peer: PeerKey,
        /// In which stream.
        stream: u32,
    },
    /// A file of one's own cannot be read (any more).
    Unreadable(ItemId),
    /// So many bytes, given by [`Output::Keep`], are put away.
    Kept(ItemKey, usize),
    /// [`Output::Finish`] is done.
    Finished(ItemKey),
    /// What comes cannot be put away.
    KeepFailed(ItemKey),
    /// How loud the person is, 0 to 1, several times a second while their hand is up.
    Loudness(f32),
    /// The deadline has passed.
    Tick,
}

/// What a person asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Writes something.
    Say {
        /// Drawn at random by the caller of this.
        id: ItemId,
        /// What. Blank ends are cut off; nothing happens when nothing is left or it is too long.
        text: String,
    },
    /// Shows a sign.
    React(Reaction),
    /// Wants to speak.
    RaiseHand,
    /// Keeps the hand up even while speaking, or not.
    KeepHand(bool),
    /// Does not want to speak any more.
    LowerHand,
    /// Offers a file to everyone, also those who come later. The shell keeps it under this id until [`Output::Release`].
    Offer {
        /// Drawn at random by the caller of this.
        id: ItemId,
        /// What the file is called here.
        name: String,
        /// Its bytes.
        size: u64,
        /// Its media type.
        mime: String,
    },
    /// Wants a file that is offered. The shell has a place for it under this key until [`Input::Finished`] or
    /// [`Output::Discard`].
    AcceptFile {
        /// Which.
        key: ItemKey,
        /// How many bytes the place holds.
        most: u64,
    },
    /// Does not want a file (any more), or takes one's own back.
    CancelFile(ItemKey),
    /// Begins or ends to look at what is said.
    Look(bool),
}

/// Another participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Their device.
    pub device: DeviceId,
    /// What they are called.
    pub name: String,
    /// The peer connection with them.
    pub peer: PeerKey,
}

/// What to do. The shell does each at once, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send a text on the talk channel.
    Send(PeerKey, String),
    /// Send these bytes of a file of one's own on the files' channel, in chunks with this head, and say
    /// [`Input::Fed`] when the browser has room for more.
    Feed {
        /// On whose channel.
        peer: PeerKey,
        /// Which file.
        file: ItemId,
        /// What the chunks are headed with.
        stream: u32,
        /// The first byte.
        from: u64,
        /// The byte after the last.
        to: u64,
    },
    /// Put the bytes of the chunk away that was handed in last, behind those before them, and say [`Input::Kept`].
    Keep(ItemKey),
    /// All of it is put away: make it a file.
    Finish(ItemKey),
    /// Nothing more will come of it: throw away what was put away.
    Discard(ItemKey),
    /// A file of one's own is not needed any more.
    Release(ItemId),
    /// Everything that was written here in this call: keep it for as long as this device can come back to the call, in
    /// the place of what was to be kept before. Nobody else can give it back.
    Remember(Vec<ChatMessage>),
    /// Whoever is at the other end says that they leave the call: a [`crate::PeerEvent::Bye`].
    Bye(PeerKey),
    /// They ask for a key frame: a [`crate::PeerEvent::KeyFrameWanted`].
    KeyFrame(PeerKey),
    /// Tell the person.
    Tell(News),
    /// The view has changed.
    Show,
}

/// What is worth telling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Somebody wrote.
    Said {
        /// Who.
        name: Arc<str>,
        /// What.
        text: Arc<str>,
    },
    /// Somebody offers a file.
    Offers {
        /// Who.
        name: Arc<str>,
        /// What it is called.
        file: Arc<str>,
    },
    /// Somebody raised their hand.
    RaisedHand(Arc<str>),
    /// One's own hand was lowered because one has spoken.
    Spoken,
    /// A file has come.
    Came(Arc<str>),
    /// No more files can be offered before one is taken back.
    TooMany,
    /// The file is larger than any may be.
    TooBig,
}
