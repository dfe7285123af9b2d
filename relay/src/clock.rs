//! The two clocks of the relay, read here and nowhere else.

use std::time::{SystemTime, UNIX_EPOCH};

use call::Time;
use tokio::time::Instant;

/// Tells the time. Time-outs and durations go by [`Clock::now`], which never jumps; only dates,
/// which others read, go by the machine's calendar.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Instant,
    /// What the clock showed then.
    began: Time,
}

impl Clock {
    /// A clock that starts at what the machine believes, in milliseconds since 1970: relays that share their calls mean the
    /// same by a time.
    #[must_use]
    pub fn start() -> Self {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let began = Time::from_millis(u64::try_from(unix.as_millis()).unwrap_or(u64::MAX));
        Self { started: Instant::now(), began }
    }

    /// The time, unaffected by anyone setting the machine's clock since this one started.
    #[must_use]
    pub fn now(&self) -> Time {
        self.began + self.started.elapsed()
    }

    /// Turns times that have been into dates, in milliseconds since 1970. Each time it is asked for, it goes by what the
    /// machine believes now, so what is to fit together is dated with one.
    pub fn dates(&self) -> impl Fn(Time) -> u64 + use<> {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = self.now();
        move |time| u64::try_from(unix.saturating_sub(now.since(time)).as_millis()).unwrap_or(u64::MAX)
    }

    /// Seconds since 1970 (RFC 7519's NumericDate), as the machine believes.
    #[must_use]
    pub fn unix_now(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn dates_keep_their_distance_and_end_now() {
        // The machine's clock has been set since, by years.
        let began = Time::from_millis(1_000_000);
        let clock = Clock { started: Instant::now() - Duration::from_secs(100), began };
        let before = clock.unix_now();
        let date = clock.dates();
        let now = clock.now();
        let earlier = began + Duration::from_secs(40);
        assert!((before..=before + 5).contains(&(date(now) / 1_000)));
        assert_eq!(u128::from(date(now) - date(earlier)), now.since(earlier).as_millis());
    }
}
