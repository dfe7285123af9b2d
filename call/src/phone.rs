//! One person's side of all their calls: the machines of this crate joined.

use std::collections::VecDeque;

use crate::{Input, Output, Time, View};

/// The client-side brain. See the crate's documentation for the order of use.
pub struct Phone {
    outputs: VecDeque<Output>,
    view: View,
}

impl Phone {
    /// A phone that nobody has signed in to yet. `seed` only spreads reconnections in time; draw it at random.
    #[must_use]
    pub fn new(_now: Time, _seed: u64) -> Self {
        Self { outputs: VecDeque::new(), view: View::default() }
    }

    /// Takes in what happened at `now`. Poll for [`Output`]s afterwards.
    pub fn handle(&mut self, _now: Time, input: Input) {
        drop(input);
    }

    /// What to do next, in order; `None` when everything is said.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`Phone::handle`] with [`Input::Tick`] at the latest.
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        None
    }

    /// What to show.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.view
    }
}
