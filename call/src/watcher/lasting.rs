//! Something that is so only when it has been so for a while, and not any more only when it has not been for another.

use std::time::Duration;

use crate::Time;

/// See the module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lasting {
    is: bool,
    /// Since when it has been otherwise without a break.
    otherwise: Option<Time>,
}

impl Lasting {
    /// Whether it is so.
    pub(super) const fn is(self) -> bool {
        self.is
    }

    /// Takes in whether it holds at this moment; `patience` is how long until it is so, and until it is not any more.
    pub(super) fn observe(&mut self, now: Time, holds: bool, (on, off): (Duration, Duration)) {
        if holds == self.is {
            self.otherwise = None;
            return;
        }
        let since = *self.otherwise.get_or_insert(now);
        if now.since(since) >= if holds { on } else { off } {
            *self = Self { is: holds, otherwise: None };
        }
    }
}
