//! Work that waits for promises.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use wasm_bindgen_futures::spawn_local;

type Work = Pin<Box<dyn Future<Output = ()>>>;

/// Begins work that comes to its end by itself.
pub(crate) fn spawn(work: impl Future<Output = ()> + 'static) {
    spawn_boxed(Box::pin(work));
}

/// One type for all work, so that the code that runs it is there once.
fn spawn_boxed(work: Work) {
    spawn_local(work);
}

/// Work that ends when this is dropped, wherever it has come to: it may wait for a promise that never settles.
pub(crate) struct Task(Rc<RefCell<State>>);

enum State {
    /// Under way; who is to be woken when it ends early.
    Runs(Option<Waker>),
    Dropped,
}

impl Task {
    /// Begins work.
    pub(crate) fn new(work: impl Future<Output = ()> + 'static) -> Self {
        let state = Rc::new(RefCell::new(State::Runs(None)));
        let (own, mut work) = (state.clone(), Box::pin(work) as Work);
        spawn(poll_fn(move |context| {
            let mut state = own.borrow_mut();
            match &mut *state {
                State::Dropped => return Poll::Ready(()),
                State::Runs(waker) => *waker = Some(context.waker().clone()),
            }
            drop(state);
            work.as_mut().poll(context)
        }));
        Self(state)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if let State::Runs(Some(waker)) = self.0.replace(State::Dropped) {
            waker.wake();
        }
    }
}
