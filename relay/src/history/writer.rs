//! The thread that writes: everything that waits in one transaction, and again a second later if that did not work.

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{io, thread};

use rusqlite::{Connection, TransactionBehavior};

use super::changes::{expire, forget_all, forget_one, insert};
use super::queue::{Batch, Order, Queue, Wait};
use super::schema::open_to_write;
use super::{HistoryError, Memory};
use crate::{audit, people, push};

/// How long to gather calls before they are written together: whoever reads has them written at once. A longer time saves
/// commits and page writes, and loses more calls of a relay that is killed.
const GATHER: Duration = Duration::from_secs(2);
/// How long to wait after a failure. A disk that is full stays so for longer.
const RETRY: Duration = Duration::from_secs(1);

/// The thread, from outside.
pub(super) struct Writer {
    /// Says nothing, and is gone with the thread.
    alive: Mutex<Receiver<()>>,
}

impl Writer {
    /// Opens the file, if that works by now, and starts the thread, which ends when the queue is closed and empty.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start(path: PathBuf, queue: Arc<Queue>, memory: Memory) -> io::Result<Self> {
        let (end, alive) = mpsc::channel::<()>();
        let mut thread = Thread { path, queue, memory, file: None, failing: false };
        if let Err(error) = thread.open() {
            thread.note_failure(&error);
        }
        thread::Builder::new().name("history".into()).spawn(move || {
            thread.run();
            // The file is closed before anyone hears that it is.
            drop(thread);
            drop(end);
        })?;
        Ok(Self { alive: Mutex::new(alive) })
    }

    /// Waits for the thread's end, that long at most; true if it has ended.
    pub(super) fn wait(&self, patience: Duration) -> bool {
        let alive = self.alive.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(alive.recv_timeout(patience), Err(RecvTimeoutError::Disconnected))
    }
}

struct Thread {
    path: PathBuf,
    queue: Arc<Queue>,
    /// Follows what has been written.
    memory: Memory,
    /// `None` after a failure: what is wrong may be the connection, as with a file that was read-only when it was opened.
    file: Option<Connection>,
    failing: bool,
}

impl Thread {
    fn run(&mut self) {
        while let Some(batch) = self.queue.next(self.wait()) {
            let began = Instant::now();
            match self.write(&batch) {
                Ok(found) => {
                    let (calls, changes) = (batch.calls.len(), batch.orders.len());
                    tracing::debug!(calls, changes, took = ?began.elapsed(), "written to the history");
                    self.written(batch, found);
                }
                Err(error) => self.failed(batch, &error),
            }
        }
    }

    const fn wait(&self) -> Wait {
        if self.failing { Wait::Recovery(RETRY) } else { Wait::Company(GATHER) }
    }

    fn open(&mut self) -> Result<&mut Connection, HistoryError> {
        let file = match self.file.take() {
            Some(file) => file,
            None => open_to_write(&self.path)?,
        };
        Ok(self.file.insert(file))
    }

    /// Writes a batch, all of it or nothing, and says of each order whether there is more to say: of a deletion, whether
    /// there was anything to delete; of an expiry, whether there may be more.
    fn write(&mut self, batch: &Batch) -> Result<Vec<bool>, HistoryError> {
        let transaction = self.open()?.transaction_with_behavior(TransactionBehavior::Immediate)?;
        insert(&transaction, &batch.calls)?;
        let mut found = Vec::with_capacity(batch.orders.len());
        for order in &batch.orders {
            found.push(match order {
                Order::Settle { .. } => true,
                Order::Audit { note } => audit::write(&transaction, note).map(|()| true)?,
                Order::Forget { user, call: Some(call), .. } => forget_one(&transaction, user, call)?,
                Order::Forget { user, call: None, .. } => forget_all(&transaction, user)?,
                Order::Change { user, change, .. } => people::write(&transaction, user, change)?,
                Order::Subscriptions { change, .. } => push::write(&transaction, change)?,
                Order::Expire { before } => expire(&transaction, *before)?,
            });
        }
        transaction.commit()?;
        Ok(found)
    }

    fn written(&mut self, batch: Batch, found: Vec<bool>) {
        self.queue.metrics.history_written(batch.calls.len());
        self.queue.set_failing(false);
        if std::mem::take(&mut self.failing) {
            tracing::info!(path = %self.path.display(), "the history can be written again");
        }
        for (order, found) in batch.orders.into_iter().zip(found) {
            match order {
                // Nobody waits for it any more: fine.
                Order::Settle { done } => drop(done.send(())),
                Order::Forget { done, .. } => drop(done.send(Ok(found))),
                Order::Change { user, change, done } => {
                    // Before anybody hears of it, and in the order in which it was written.
                    if found {
                        self.memory.people.apply(&user, change);
                    }
                    drop(done.send(Ok(found)));
                }
                Order::Subscriptions { change, done } => {
                    if found {
                        self.memory.subscriptions.apply(change);
                    }
                    drop(done.send(Ok(found)));
                }
                // There may be more; others first.
                Order::Expire { .. } if found => drop(self.queue.order(order)),
                Order::Expire { .. } | Order::Audit { .. } => {}
            }
        }
    }

    fn failed(&mut self, batch: Batch, error: &HistoryError) {
        self.note_failure(error);
        let waiting = self.queue.give_back(batch.calls);
        for order in batch.orders.into_iter().chain(waiting) {
            match order {
                Order::Forget { done, .. } | Order::Change { done, .. } | Order::Subscriptions { done, .. } => {
                    drop(done.send(Err(HistoryError::Unavailable)));
                }
                Order::Audit { .. } => tracing::warn!("a note for the audit log is lost"),
                Order::Settle { .. } | Order::Expire { .. } => {}
            }
        }
    }

    /// Once for each time that it begins to fail.
    fn note_failure(&mut self, error: &HistoryError) {
        self.file = None;
        self.queue.set_failing(true);
        if !std::mem::replace(&mut self.failing, true) {
            let path = self.path.display();
            tracing::error!(%path, %error, "the history cannot be written: calls go on, and wait to be written later");
        }
    }
}
