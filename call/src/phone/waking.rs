//! A machine that slept, or a page that was frozen by its system.
//!
//! Nobody says so: the clock has gone on, and what was due long ago is only done now. Only during a call is that taken for
//! sleep, because browsers slow the timers of a page that is not looked at down to one a minute, but not in a call.

use std::time::Duration;

use super::Phone;
use crate::leg::RECONNECT;
use crate::{Time, link};

/// So late something has to be to have been sleep. Sooner, a machine that is busy for a moment counts.
const LATE: Duration = Duration::from_secs(3);

impl Phone {
    /// Looks whether what is due is so late that this side must have slept, and finds the call again. `now` is the first
    /// moment after that.
    pub(super) fn wake(&mut self, now: Time) {
        let Some(due) = self.deadline().filter(|due| self.current.is_some() && now.since(*due) >= LATE) else { return };
        let slept = now.since(due);
        if slept >= RECONNECT {
            // The others have given this side up, or are about to: what they hear of it should not be somebody who does
            // not know that they are heard again.
            self.end_away(due);
            self.end_away(due);
        }
        // What was missed waits at the relay, offers of those who have looked for this side among it.
        let Self { hands, .. } = self;
        match slept >= link::SILENCE {
            true => hands.link.renew(now, &mut hands.outputs),
            false => hands.link.network_changed(now, &mut hands.outputs),
        }
    }
}
