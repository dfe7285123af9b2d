//! The two clocks of the relay, read here and nowhere else.

use std::time::{SystemTime, UNIX_EPOCH};

use call::Time;
use tokio::time::Instant;

/// Tells the time. Time-outs and durations go by [`Clock::now`], which never jumps; only tokens, whose dates come from
/// elsewhere, go by [`Clock::unix_now`].
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Instant,
}

impl Clock {
    /// A clock that starts at zero.
    #[must_use]
    pub fn start() -> Self {
        Self { started: Instant::now() }
    }

    /// Milliseconds since the relay started, unaffected by anyone setting the machine's clock.
    #[must_use]
    pub fn now(&self) -> Time {
        Time::from_millis(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// Seconds since 1970 (RFC 7519's NumericDate), as the machine believes.
    #[must_use]
    pub fn unix_now(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }
}
