//! What operators should know of: somebody rings many people, is answered by nobody, enters many rooms, guesses codes.
//!
//! A [`Watch`] finds it; it is noted in a log that is only added to (`file`), kept as long as the history, and read with
//! `alo audit` by whoever may read the relay's files (decision 038). A note has an id, a word, a number and a time: no name, no
//! address, and not whom it was about.

mod file;
mod watch;

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use protocol::{RoomCode, UserId};

pub(crate) use self::file::{TABLES, expire, write};
pub use self::watch::{Finding, Watch, What};
use crate::clock::Clock;
use crate::history::{self, History, HistoryError};

/// Something that stood out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// What.
    pub what: What,
    /// Who did it.
    pub user: UserId,
    /// How often it had happened by then.
    pub count: u32,
}

/// Watches, and notes what it finds.
#[derive(Debug)]
pub struct Audit {
    watch: Mutex<Watch>,
    history: Arc<History>,
    clock: Clock,
}

impl Audit {
    /// Notes go into that history's file; where none is kept, nothing is noted.
    #[must_use]
    pub fn new(history: Arc<History>, clock: Clock) -> Self {
        Self { watch: Mutex::default(), history, clock }
    }

    /// Somebody rings these people.
    pub fn rang(&self, from: &UserId, to: &[UserId]) {
        let now = self.clock.now();
        for to in to {
            let found = self.watch().rang(now, from, to);
            self.note(from, found);
        }
    }

    /// A call that somebody placed is over, and was answered or not.
    pub fn over(&self, from: &UserId, answered: bool) {
        let found = self.watch().over(self.clock.now(), from, answered);
        self.note(from, found);
    }

    /// Somebody enters a room.
    pub fn entered(&self, user: &UserId, room: &RoomCode) {
        let found = self.watch().entered(self.clock.now(), user, room);
        self.note(user, found);
    }

    /// Somebody has to wait because of the codes they tried.
    pub fn guessed(&self, user: &UserId) {
        let found = self.watch().guessed(self.clock.now(), user);
        self.note(user, found);
    }

    fn watch(&self) -> MutexGuard<'_, Watch> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, user: &UserId, found: Option<Finding>) {
        let Some(Finding { what, count }) = found else { return };
        let at = self.clock.dates()(self.clock.now());
        self.history.audit(Note { at, what, user: user.clone(), count });
    }
}

/// Prints the log of the relay with that data folder, a line of JSON for each note, the oldest first.
///
/// # Errors
/// When it cannot be read.
pub fn print(data: &Path, out: &mut impl Write) -> Result<(), HistoryError> {
    let path = history::path(data);
    if !path.is_file() {
        return Ok(());
    }
    file::print(&history::open_to_read(&path)?, out)
}
