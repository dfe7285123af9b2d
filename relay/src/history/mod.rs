//! What was called, when, and what came of it: kept in SQLite, `history.db` in the data folder.
//!
//! ```text
//! a call is over ──▶ queue (bounded) ──▶ writer: one thread, one commit for all that waits ──▶ history.db
//!                      ▲ write now, please                                                        │
//! a request ───────────┴▶ reader: one connection, on a thread that may block ◀────────────────────┘
//! ```
//!
//! Nothing here holds up a call. [`History::note`] puts a row into the queue and returns; when the disk is full, read-only
//! or slow, rows wait there and are written as soon as that works again. At most [`WAITING`] wait: then the oldest is
//! given up for the newest, because people look for what was just now, and `alo_history_dropped_total` counts it.
//!
//! Everyone sees the calls that they had part in and no others, and what they delete is gone for them alone; when nobody
//! sees a call any more, it is gone from the file.
//!
//! What people want of each other ([`crate::people`]), the browsers that are told of calls ([`crate::push`]) and the audit log
//! ([`crate::audit`]) are in the same file and written by the same thread.

mod changes;
mod entry;
mod filter;
mod queue;
mod reader;
pub mod routes;
mod schema;
#[cfg(test)]
mod tests;
mod word;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use protocol::{CallId, UserId};
use tokio::sync::oneshot;

pub use self::entry::{Call, Course, Part, PartStatus, Quality};
pub use self::filter::{BadFilter, Cursor, Filter};
pub use self::queue::WAITING;
use self::queue::{Order, Queue};
pub use self::reader::CallPage;
use self::reader::Reader;
pub(crate) use self::schema::open_to_read;
pub(crate) use self::word::Word;
use self::writer::Writer;
use crate::audit::Note;
use crate::metrics::Metrics;
use crate::people::{self, Change, People};
use crate::push::{self, Subscriptions};

/// The file's name in the data folder.
const FILE: &str = "history.db";

/// Why the history cannot be read or changed right now. Calls go on whatever it is.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// What SQLite says: a full disk, a read-only file, something that is no database.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// What the file system says.
    #[error(transparent)]
    File(#[from] io::Error),
    /// A later version has changed the file in ways that this one does not know.
    #[error("history.db was written by a later version (its format is {found}, this one knows {known})")]
    Newer {
        /// The format it has.
        found: usize,
        /// The last that is known here.
        known: usize,
    },
    /// It cannot be changed right now: the disk does not take it, too much waits already, or the relay stops.
    #[error("the history cannot be changed right now")]
    Unavailable,
}

/// The history of one relay.
pub struct History {
    kept: Option<Kept>,
    people: Arc<People>,
    subscriptions: Arc<Subscriptions>,
}

/// What follows the file, in memory.
#[derive(Clone, Default)]
struct Memory {
    people: Arc<People>,
    subscriptions: Arc<Subscriptions>,
}

struct Kept {
    path: PathBuf,
    queue: Arc<Queue>,
    reader: Reader,
    writer: Writer,
}

impl Kept {
    /// Has the calls that wait written. If that does not work right now, a reader sees those that were written before.
    async fn settle(&self) {
        if !self.queue.is_unsettled() {
            return;
        }
        let (done, written) = oneshot::channel();
        if self.queue.order(Order::Settle { done }) {
            // Whatever comes of it: what is in the file can be read.
            let _ = written.await;
        }
    }
}

impl std::fmt::Debug for History {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("History").field("kept", &self.kept.is_some()).finish()
    }
}

impl History {
    /// The history in that data folder. A file that cannot be used right now is said in the log, and is tried again
    /// for as long as the relay runs.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn open(data: &Path, metrics: Arc<Metrics>) -> io::Result<Self> {
        let path = data.join(FILE);
        let (queue, memory) = (Arc::new(Queue::new(metrics)), Memory::default());
        let writer = Writer::start(path.clone(), Arc::clone(&queue), memory.clone())?;
        let Memory { people, subscriptions } = memory;
        let reader = Reader::new(path.clone());
        let history = Self { kept: Some(Kept { path, queue, reader, writer }), people, subscriptions };
        if let Err(error) = history.get_to_know_people() {
            tracing::error!(%error, "it is not known whom people block: nobody is, until the file can be read");
        }
        Ok(history)
    }

    /// What people want of each other; nothing is known where no history is kept.
    #[must_use]
    pub const fn people(&self) -> &Arc<People> {
        &self.people
    }

    /// The browsers that are told of calls; none are known where no history is kept.
    #[must_use]
    pub const fn subscriptions(&self) -> &Arc<Subscriptions> {
        &self.subscriptions
    }

    /// Reads what people want of each other and the browsers that are told of calls, unless that is known; true if it has
    /// become known. To be tried again for as long as the file cannot be read: until then nobody is blocked. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn get_to_know_people(&self) -> Result<bool, HistoryError> {
        let Some(kept) = self.kept.as_ref().filter(|_| !self.people.is_known()) else { return Ok(false) };
        let file = schema::open_to_read(&kept.path)?;
        let own = people::read_all(&file)?;
        self.subscriptions.fill(push::read_all(&file)?);
        self.people.fill(own);
        Ok(true)
    }

    /// Changes what somebody wants. False if there was nothing to change, or no place for more.
    ///
    /// # Errors
    /// When the file cannot be changed, or none is kept; then nothing has been.
    pub async fn change(&self, user: &UserId, change: Change) -> Result<bool, HistoryError> {
        let Some(kept) = &self.kept else { return Err(HistoryError::Unavailable) };
        let (done, changed) = oneshot::channel();
        if !kept.queue.order(Order::Change { user: user.clone(), change, done }) {
            return Err(HistoryError::Unavailable);
        }
        changed.await.unwrap_or(Err(HistoryError::Unavailable))
    }

    /// Changes which browsers are told of calls. False if there was nothing to change.
    ///
    /// # Errors
    /// When the file cannot be changed, or none is kept; then nothing has been.
    pub async fn change_subscriptions(&self, change: push::Change) -> Result<bool, HistoryError> {
        let Some(kept) = &self.kept else { return Err(HistoryError::Unavailable) };
        let (done, changed) = oneshot::channel();
        if !kept.queue.order(Order::Subscriptions { change, done }) {
            return Err(HistoryError::Unavailable);
        }
        changed.await.unwrap_or(Err(HistoryError::Unavailable))
    }

    /// The same for whoever does not wait for it: what cannot be done now is asked for again by the next occasion.
    pub fn change_subscriptions_later(&self, change: push::Change) {
        if let Some(kept) = &self.kept {
            let (done, _) = oneshot::channel();
            kept.queue.order(Order::Subscriptions { change, done });
        }
    }

    /// Adds to the audit log. Never blocks.
    pub(crate) fn audit(&self, note: Note) {
        if let Some(kept) = &self.kept
            && !kept.queue.order(Order::Audit { note })
        {
            tracing::warn!("a note for the audit log is lost");
        }
    }

    /// None: nothing is kept, and what an earlier start kept is deleted.
    #[must_use]
    pub fn none(data: &Path) -> Self {
        for path in files(&data.join(FILE)) {
            match fs::remove_file(&path) {
                Ok(()) => tracing::info!(path = %path.display(), "no history is kept: deleted what there was"),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => tracing::error!(path = %path.display(), %error, "the old history cannot be deleted"),
            }
        }
        Self { kept: None, people: Arc::default(), subscriptions: Arc::default() }
    }

    /// Keeps a call that is over. Never blocks; whoever reads sees it.
    pub fn note(&self, call: Call) {
        if let Some(kept) = &self.kept {
            kept.queue.push(call);
        }
    }

    /// Some of a person's calls, the last first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn page(&self, user: &UserId, filter: Filter) -> Result<CallPage, HistoryError> {
        let Some(kept) = &self.kept else { return Ok(CallPage::default()) };
        kept.settle().await;
        let user = user.clone();
        let page = kept.reader.read(move |connection| reader::page(connection, &user, &filter)).await?;
        Ok(CallPage { behind: kept.queue.is_stuck(), ..page })
    }

    /// One of a person's calls; `None` when there is none such, or they had no part in it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn call(&self, user: &UserId, call: CallId) -> Result<Option<Call>, HistoryError> {
        let Some(kept) = &self.kept else { return Ok(None) };
        kept.settle().await;
        let user = user.clone();
        kept.reader.read(move |connection| reader::one(connection, &user, &call)).await
    }

    /// Deletes a call for that person, or all of theirs. False if there was nothing to delete.
    ///
    /// # Errors
    /// When the file cannot be changed; then nothing has been.
    pub async fn forget(&self, user: &UserId, call: Option<CallId>) -> Result<bool, HistoryError> {
        let Some(kept) = &self.kept else { return Ok(false) };
        let (done, deleted) = oneshot::channel();
        if !kept.queue.order(Order::Forget { user: user.clone(), call, done }) {
            return Err(HistoryError::Unavailable);
        }
        deleted.await.unwrap_or(Err(HistoryError::Unavailable))
    }

    /// Deletes every call that ended before that time, in milliseconds since 1970.
    pub fn expire(&self, before: u64) {
        if let Some(kept) = &self.kept {
            // Should there be no place for it: the next upkeep asks again.
            kept.queue.order(Order::Expire { before });
        }
    }

    /// Writes what waits and ends the writer. Blocks for that long at most: a disk that hangs must not keep a relay from
    /// stopping.
    pub fn close(&self, patience: Duration) {
        if let Some(kept) = &self.kept {
            kept.queue.close();
            if !kept.writer.wait(patience) {
                tracing::error!("the disk does not answer: the last calls are not in the history");
            }
        }
    }
}

impl Drop for History {
    fn drop(&mut self) {
        if let Some(kept) = &self.kept {
            kept.queue.close();
        }
    }
}

/// Where the database of that data folder is.
pub(crate) fn path(data: &Path) -> PathBuf {
    data.join(FILE)
}

/// The database, and what SQLite keeps beside it.
fn files(path: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    })
}
