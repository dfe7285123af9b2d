//! A page's session: who it is, what it is to be told, and the connection it has at the moment.
//!
//! One task owns one connection ([`serve`]); everyone else only posts to the session's outbox. A session outlives its
//! connection for a while and is taken up by the next one ([`greeting`]).

mod frames;
mod greeting;
mod outbox;
mod serve;
mod socket;
#[cfg(test)]
mod tests;
pub mod upgrade;

use std::cell::RefCell;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use call::Time;
use protocol::frame::{RequestId, Seq};
use protocol::{DeviceId, Person, RelayMessage, SessionId};

use crate::config::Connections;
use crate::limits::{Bucket, Rate};
pub use frames::CloseCode;
pub use outbox::Bounds;
use outbox::Outbox;

/// The limits of every session.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    bounds: Bounds,
    rate: Rate,
}

impl From<&Connections> for Limits {
    fn from(config: &Connections) -> Self {
        Self {
            bounds: Bounds { messages: config.queued_messages, bytes: config.queued_bytes },
            rate: Rate { per_second: config.messages_per_second, burst: config.message_burst },
        }
    }
}

/// The message that waits for company: a page does nothing with it but forget a request. A write each would be half of
/// all that the relay writes, and wake the page each time for nothing.
const ACK: &str = "ack";
/// So many of them go without any. Far fewer than may wait at all, see [`Bounds`].
const ACKS_TOGETHER: usize = 32;

/// What a thread's buffer for writing messages keeps: room for a session description.
const KEEP_DATA_BYTES: usize = 16 * 1024;

thread_local! {
    /// Messages are written here, and then once more into a frame of exactly their size, which may be kept for a while.
    static DATA: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The connections of a session, counted: a task whose number is no longer this one has been replaced.
pub type Attachment = u32;

/// A session's first connection.
const FIRST: Attachment = 1;

/// One page's session.
pub struct Session {
    /// The secret to resume it by.
    pub id: SessionId,
    /// The page's address in calls.
    pub device: DeviceId,
    /// Whose it is.
    pub person: Person,
    limits: Limits,
    state: Mutex<State>,
}

impl fmt::Debug for Session {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("device", &self.device).field("user", &self.person.id).finish_non_exhaustive()
    }
}

/// What belongs together changes together: one lock.
struct State {
    outbox: Outbox,
    /// What waits is to be sent now: it is not just a few acknowledgements, or those have waited long enough.
    urgent: bool,
    /// The task that serves the connection waits for something to send.
    waker: Option<Waker>,
    attachment: Attachment,
    /// Where the connection comes from, or the last one came from.
    from: Option<IpAddr>,
    /// Since when there is no connection.
    detached: Option<Time>,
    /// The connection is to be closed.
    close: Option<CloseCode>,
    /// The greatest id of a request so far.
    last_request: RequestId,
    messages: Bucket,
    refusals: Bucket,
}

/// What a connection's task is to do next.
#[derive(Debug, PartialEq, Eq)]
pub enum Duty {
    /// Send what was written.
    Send,
    /// Close.
    Close(CloseCode),
}

/// Whether a request may be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Yes.
    Go,
    /// It was carried out before: this is its reply, frame and all.
    Again(String),
    /// Its id has been used, and the page has confirmed that reply.
    Used,
    /// One message too many: wait so long.
    TooQuick(Duration),
    /// Far too many.
    Flood,
}

impl Session {
    /// A session with its first connection.
    #[must_use]
    pub fn new(id: SessionId, device: DeviceId, person: Person, limits: Limits, now: Time) -> Self {
        Self {
            id,
            device,
            person,
            limits,
            state: Mutex::new(State {
                outbox: Outbox::default(),
                urgent: false,
                waker: None,
                attachment: FIRST,
                from: None,
                detached: None,
                close: None,
                last_request: 0,
                messages: Bucket::full(limits.rate, now),
                refusals: Bucket::full(limits.rate, now),
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that holds this lock can leave it half-changed: see `Outbox`.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says something to the page, now or when it is back.
    pub fn post(&self, reply_to: Option<RequestId>, message: &RelayMessage) {
        DATA.with_borrow_mut(|data| {
            data.clear();
            message.add_data(data);
            self.post_data(message.kind(), reply_to, data);
            data.shrink_to(KEEP_DATA_BYTES);
        });
    }

    /// The same for a message whose `data` is written already, because it goes to many.
    pub fn post_data(&self, kind: &str, reply_to: Option<RequestId>, data: &str) {
        let mut state = self.lock();
        let fits = state.outbox.push(self.limits.bounds, kind, reply_to, data);
        if !fits && state.detached.is_none() && state.close.is_none() {
            state.close = Some(CloseCode::TryAgainLater);
        }
        state.urgent |= kind != ACK || !fits || state.outbox.waiting() >= ACKS_TOGETHER;
        let waker = if state.urgent { state.waker.take() } else { None };
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Has the connection closed.
    pub fn close(&self, code: CloseCode) {
        let mut state = self.lock();
        state.close = Some(code);
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Waits for something to do, and writes what is to be sent to `out`, up to `room` bytes or one frame more. With no
    /// room it only says when to close.
    pub fn poll_duty(
        &self,
        attachment: Attachment,
        cx: &mut Context<'_>,
        out: &mut Vec<u8>,
        room: usize,
    ) -> Poll<Duty> {
        let mut state = self.lock();
        if state.attachment != attachment {
            return Poll::Ready(Duty::Close(CloseCode::TakenUp));
        }
        if let Some(code) = state.close {
            return Poll::Ready(Duty::Close(code));
        }
        let waiting = room > 0 && state.outbox.is_waiting();
        if waiting && state.urgent {
            out.reserve(state.outbox.waiting_bytes(room));
            state.outbox.send(self.limits.bounds, |text| {
                frames::write_text(out, text);
                out.len() < room
            });
            state.urgent &= state.outbox.is_waiting();
            return Poll::Ready(Duty::Send);
        }
        if state.waker.as_ref().is_none_or(|waker| !waker.will_wake(cx.waker())) {
            state.waker = Some(cx.waker().clone());
        }
        Poll::Pending
    }

    /// Lets acknowledgements wait no longer. Only the task of the connection says so: it is awake.
    fn hurry(&self) {
        let mut state = self.lock();
        state.urgent |= state.outbox.is_waiting();
    }

    /// Whether a request may be carried out; if so it counts as carried out from now on.
    pub fn admit(&self, now: Time, request: Option<RequestId>) -> Admission {
        let mut state = self.lock();
        if !state.messages.take(self.limits.rate, now) {
            let patient = state.refusals.take(self.limits.rate, now);
            let wait = state.messages.wait(self.limits.rate);
            return if patient { Admission::TooQuick(wait) } else { Admission::Flood };
        }
        let Some(id) = request else { return Admission::Go };
        if id > state.last_request {
            state.last_request = id;
            return Admission::Go;
        }
        match state.outbox.reply_to(id) {
            Some(reply) => Admission::Again(reply.to_owned()),
            None => Admission::Used,
        }
    }

    /// The page has read as far as `last`.
    pub fn confirm(&self, last: Seq) {
        self.lock().outbox.confirm(last);
    }

    /// The page may say nothing for a while: gives back the memory that only a busy one needs.
    pub fn rest(&self) {
        self.lock().outbox.release();
    }

    /// Takes the session up on a new connection, from the frame after `last`. `None` if that cannot be done without a
    /// gap.
    pub fn resume(&self, last: Seq) -> Option<Attachment> {
        let mut state = self.lock();
        if !state.outbox.rewind(last) {
            return None;
        }
        Some(state.attach())
    }

    /// Where the connection comes from; `None` if it has no address.
    pub fn comes_from(&self, address: Option<IpAddr>) {
        self.lock().from = address;
    }

    /// What [`Self::comes_from`] was told last.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.lock().from
    }

    /// The connection is gone. False if another one has taken its place already.
    pub fn detach(&self, attachment: Attachment, now: Time) -> bool {
        let mut state = self.lock();
        if state.attachment != attachment {
            return false;
        }
        state.detached = Some(now);
        state.waker = None;
        true
    }

    /// The session is over; a connection it may still have is closed as one that another has taken the place of.
    pub fn end(&self) {
        self.lock().attach();
    }

    /// How long there has been no connection; `None` while there is one.
    #[must_use]
    pub fn detached_since(&self) -> Option<Time> {
        self.lock().detached
    }
}

#[cfg(test)]
impl Session {
    /// What waits for the page, which has it from now on.
    pub(crate) fn waiting_texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        self.lock().outbox.send(self.limits.bounds, |text| {
            texts.push(text.to_owned());
            true
        });
        texts
    }
}

impl State {
    fn attach(&mut self) -> Attachment {
        self.attachment = self.attachment.wrapping_add(1);
        self.detached = None;
        self.close = None;
        self.urgent = true;
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
        self.attachment
    }
}
