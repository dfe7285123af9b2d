//! The way from the browser's callbacks to the shell.
//!
//! A callback builds an [`Event`] and sends it; whoever owns the [`Queue`] drains it. Sending wakes the owner at once,
//! and the owner empties the queue before it returns, so the queue is empty whenever no callback runs: only what the
//! owner itself causes while draining ever waits in it. That is why it needs no limit of its own.

use std::cell::{OnceCell, RefCell};
use std::rc::{Rc, Weak};

use call::budget::Encodings;
use call::{Device, Input, PeerCommand, PeerKey};
use web_sys::MediaStreamTrack;

use super::peer;

/// What the browser or a person did, and what it means for connections.
#[derive(Debug)]
pub(crate) enum Event {
    /// Something the phone decides about.
    Input(Input),
    /// Something the phone asks of a connection.
    Peer(PeerKey, PeerCommand),
    /// What makes connections is there, or did not come.
    CanConnect(bool),
    /// The microphone's or camera's track is another one now, or none.
    LocalTrack(Device, Option<MediaStreamTrack>),
    /// This screen is shared now, or none.
    Share(Option<peer::Shared>),
    /// A far side's track is there.
    RemoteTrack {
        /// The connection.
        peer: PeerKey,
        /// It belongs to a shared screen.
        screen: bool,
        /// Sound or picture.
        track: MediaStreamTrack,
    },
    /// So much is sent over a connection from now on.
    Encode(PeerKey, Encodings),
    /// Another speaker was chosen; `None` is the system's default.
    Speaker(Option<String>),
    /// The person clicked to hear what the browser held back.
    Unblock,
}

impl From<Input> for Event {
    fn from(input: Input) -> Self {
        Self::Input(input)
    }
}

type Wake = Box<dyn Fn()>;

#[derive(Default)]
struct Shared {
    waiting: RefCell<Vec<Event>>,
    wake: OnceCell<Wake>,
}

/// The receiving end.
#[derive(Default)]
pub(crate) struct Queue(Rc<Shared>);

impl Queue {
    /// An empty queue.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Calls `wake` after each event from now on; to be told once.
    pub(crate) fn on_event(&self, wake: impl Fn() + 'static) {
        let _ = self.0.wake.set(Box::new(wake));
    }

    /// A sender that keeps nothing alive.
    pub(crate) fn sender(&self) -> Sender {
        Sender(Rc::downgrade(&self.0))
    }

    /// The next event.
    pub(crate) fn pop(&self) -> Option<Event> {
        let mut waiting = self.0.waiting.borrow_mut();
        if waiting.is_empty() { None } else { Some(waiting.remove(0)) }
    }
}

/// The sending end.
#[derive(Clone)]
pub(crate) struct Sender(Weak<Shared>);

impl Sender {
    /// Hands an event on; when the owner of the queue is gone, nobody wants to know any more.
    pub(crate) fn send(&self, event: impl Into<Event>) {
        if let Some(shared) = self.0.upgrade() {
            shared.waiting.borrow_mut().push(event.into());
            if let Some(wake) = shared.wake.get() {
                wake();
            }
        }
    }
}
