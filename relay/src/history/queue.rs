//! What waits to be written.
//!
//! Calls go in from wherever they end, under the store's lock, so nothing here takes longer than a push. The writer is
//! woken by the first that comes and then gathers for a while, unless somebody wants to read: many calls a second cost it
//! one commit in two seconds.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use protocol::{CallId, UserId};
use tokio::sync::oneshot;

use super::HistoryError;
use super::entry::Call;
use crate::audit::Note;
use crate::metrics::Metrics;
use crate::people::Change;
use crate::push;

/// Calls that wait while the disk does not take them. They are about half a kilobyte each; at 10,000 a relay with a call
/// a second has had a broken disk for three hours.
pub const WAITING: usize = 10_000;
/// Changes that wait. Whoever asked for one waits for its end, so a few are plenty.
const ORDERS: usize = 64;
/// How many of them may be there when a reader asks for something to be written: the rest is for changes, which are lost
/// without a place, while a reader only misses what was just now.
const READERS: usize = 32;
/// Calls in one transaction: enough that a commit's cost is shared, few enough that changes do not wait behind them.
const BATCH: usize = 1_000;

/// What the writer is asked for besides the calls.
#[derive(Debug)]
pub(super) enum Order {
    /// Somebody is about to read: what waits is to be written first.
    Settle {
        /// Hears when that is done, or is dropped when it cannot be done right now.
        done: oneshot::Sender<()>,
    },
    /// Something stood out.
    Audit {
        /// What, and who did it.
        note: Note,
    },
    /// Somebody wants to see a call no more; `None` is all of theirs.
    Forget {
        /// Who.
        user: UserId,
        /// Which.
        call: Option<CallId>,
        /// Hears whether there was any.
        done: oneshot::Sender<Result<bool, HistoryError>>,
    },
    /// Somebody wants something of others, or of being rung, otherwise.
    Change {
        /// Who.
        user: UserId,
        /// What.
        change: Change,
        /// Hears whether it could be.
        done: oneshot::Sender<Result<bool, HistoryError>>,
    },
    /// A browser is to be told of calls, or not any more.
    Subscriptions {
        /// What.
        change: push::Change,
        /// Hears whether there was anything to change.
        done: oneshot::Sender<Result<bool, HistoryError>>,
    },
    /// Everything that ended before that time is to go, in milliseconds since 1970.
    Expire {
        /// The time.
        before: u64,
    },
}

/// What to wait for once there is something to write.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wait {
    /// More to be written along with it, for so long, or until there is enough for a transaction.
    Company(Duration),
    /// A disk that may have recovered, for so long, however much there is.
    Recovery(Duration),
}

/// What one transaction writes: first the calls, then the changes, which may be about them.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) calls: Vec<Call>,
    pub(super) orders: Vec<Order>,
}

/// The queue between everyone and the writer.
pub(super) struct Queue {
    state: Mutex<State>,
    wake: Condvar,
    pub(super) metrics: Arc<Metrics>,
}

#[derive(Default)]
struct State {
    calls: VecDeque<Call>,
    orders: Vec<Order>,
    /// The writer has taken some and is not back.
    writing: bool,
    /// The file did not take the last of what was to be written.
    failing: bool,
    closed: bool,
}

impl State {
    fn is_empty(&self) -> bool {
        self.calls.is_empty() && self.orders.is_empty()
    }

    /// Whether somebody waits for it to be written.
    fn is_urgent(&self) -> bool {
        self.closed || !self.orders.is_empty()
    }

    /// Whether company would have to go with the next transaction.
    fn is_full(&self) -> bool {
        self.calls.len() >= BATCH
    }

    fn take(&mut self) -> Batch {
        let count = self.calls.len().min(BATCH);
        let calls: Vec<Call> = self.calls.drain(..count).collect();
        // A change may be about any call before it, so it waits until all of them are written.
        let orders = if self.calls.is_empty() { std::mem::take(&mut self.orders) } else { Vec::new() };
        Batch { calls, orders }
    }
}

impl Queue {
    pub(super) fn new(metrics: Arc<Metrics>) -> Self {
        Self { state: Mutex::default(), wake: Condvar::new(), metrics }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing below can leave a state that is half-changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a call in, in place of the oldest if there is no room.
    pub(super) fn push(&self, call: Call) {
        let mut state = self.lock();
        if state.closed {
            self.metrics.history_dropped(1);
            return;
        }
        let (was_empty, was_full) = (state.is_empty(), state.is_full());
        if state.calls.len() >= WAITING {
            state.calls.pop_front();
            self.metrics.history_dropped(1);
        }
        state.calls.push_back(call);
        self.metrics.history_waiting(state.calls.len());
        let wakes = was_empty || (state.is_full() && !was_full);
        drop(state);
        // Whoever found it empty wakes the writer, and whoever brings the last for a batch: it looks for more by itself.
        if wakes {
            self.wake.notify_one();
        }
    }

    /// Whether there are calls that are not in the file yet.
    pub(super) fn is_unsettled(&self) -> bool {
        let state = self.lock();
        state.writing || !state.calls.is_empty()
    }

    /// Notes whether the file takes what is written.
    pub(super) fn set_failing(&self, failing: bool) {
        self.lock().failing = failing;
    }

    /// Whether calls wait because the file does not take them, not only for company.
    pub(super) fn is_stuck(&self) -> bool {
        let state = self.lock();
        state.failing && (state.writing || !state.calls.is_empty())
    }

    /// Asks for something; false if too many wait.
    pub(super) fn order(&self, order: Order) -> bool {
        let mut state = self.lock();
        let most = if matches!(order, Order::Settle { .. }) { READERS } else { ORDERS };
        if state.closed || state.orders.len() >= most {
            return false;
        }
        state.orders.push(order);
        drop(state);
        self.wake.notify_one();
        true
    }

    /// Nothing more comes, and what is there should be written now.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.wake.notify_one();
    }

    /// Waits until there is something to write, and then as `wait` says, unless something is urgent. `None` once the queue
    /// is closed and empty.
    pub(super) fn next(&self, wait: Wait) -> Option<Batch> {
        let mut state = self.lock();
        state.writing = false;
        let first = self.wake.wait_while(state, |state| state.is_empty() && !state.closed);
        let state = first.unwrap_or_else(PoisonError::into_inner);
        let waited = match wait {
            Wait::Company(time) => {
                self.wake.wait_timeout_while(state, time, |state| !state.is_urgent() && !state.is_full())
            }
            Wait::Recovery(time) => self.wake.wait_timeout_while(state, time, |state| !state.is_urgent()),
        };
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if state.is_empty() {
            return None;
        }
        let batch = state.take();
        state.writing = true;
        self.metrics.history_waiting(state.calls.len());
        Some(batch)
    }

    /// Takes back calls that could not be written, for another time, and hands out the changes that wait: whoever asked
    /// for them should hear that now is not the time. Where others have taken the calls' room meanwhile, or there will be
    /// no other time, the oldest are given up.
    pub(super) fn give_back(&self, calls: Vec<Call>) -> Vec<Order> {
        let mut state = self.lock();
        let room = if state.closed { 0 } else { WAITING - state.calls.len().min(WAITING) };
        let lost = calls.len().saturating_sub(room);
        self.metrics.history_dropped(lost);
        if state.closed {
            tracing::error!(lost, "the relay stops, and these calls are in no history");
        }
        for call in calls.into_iter().skip(lost).rev() {
            state.calls.push_front(call);
        }
        self.metrics.history_waiting(state.calls.len());
        std::mem::take(&mut state.orders)
    }
}
