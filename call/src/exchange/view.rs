//! What there is to show of an [`Exchange`](super::Exchange).

use std::sync::Arc;

use protocol::{DeviceId, FileEnd, ItemId, Reaction};

use crate::Time;

/// What to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// What was said and offered, in the same order on every screen.
    pub lines: Vec<Line>,
    /// How much the others have said and offered since it was looked at last.
    pub unread: u32,
    /// Whose hands are up, first come first.
    pub hands: Vec<DeviceId>,
    /// One's own hand, while it is up.
    pub own_hand: Option<OwnHand>,
    /// The signs of the last seconds.
    pub reactions: Vec<ShownReaction>,
}

impl View {
    /// The place of somebody's hand in the line, from 1.
    #[must_use]
    pub fn place(&self, device: &DeviceId) -> Option<usize> {
        self.hands.iter().position(|raised| raised == device).map(|place| place + 1)
    }
}

/// Tells apart what was said and offered: ids are drawn by everyone for themself, and might be copied.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ItemKey {
    /// By whom; `None` is the person here.
    pub from: Option<DeviceId>,
    /// What its author calls it.
    pub id: ItemId,
}

/// Something said or offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub key: ItemKey,
    /// What its author is called; empty for the person here.
    pub name: Arc<str>,
    /// When, on the clock that the machine is told.
    pub at: Time,
    /// When, on the clock that all in the call have together, in milliseconds: its place among the others.
    pub clock: u64,
    /// What.
    pub what: What,
}

/// What a line is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Written.
    Text(Arc<str>),
    /// A file.
    File(FileView),
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileView {
    /// What it is called, fit for a folder.
    pub name: Arc<str>,
    /// Its media type, as its sender says; often empty.
    pub mime: Arc<str>,
    /// Its bytes.
    pub size: u64,
    /// How far it is: with each of the others if it is offered here, else with the one who offers it.
    pub with: Vec<FileWith>,
    /// It was offered here and is not any more.
    pub taken_back: bool,
}

/// How far a file is with somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileWith {
    /// Who.
    pub device: DeviceId,
    /// What they are called.
    pub name: Arc<str>,
    /// How far.
    pub state: FileState,
}

/// How far a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// Nobody has said anything yet.
    Offered,
    /// It is on its way.
    Flows {
        /// So many bytes are over.
        bytes: u64,
    },
    /// It was on its way, and goes on when the connection is back.
    Stopped {
        /// So many bytes are over.
        bytes: u64,
    },
    /// It is there.
    Done,
    /// It will not come.
    Ended(FileEnd),
}

/// One's own hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnHand {
    /// It stays up even while one speaks.
    pub keep: bool,
}

/// A sign of the last seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownReaction {
    /// Tells it from the others.
    pub number: u32,
    /// Whose.
    pub device: DeviceId,
    /// Which.
    pub reaction: Reaction,
}
