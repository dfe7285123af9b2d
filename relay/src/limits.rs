//! How much one session may send.

use std::time::Duration;

use call::Time;

/// A token bucket that is told the time: so many at once, and so many a second in the long run.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    /// Thousandths of a message that may still be sent, so that a fraction of a second counts too.
    left: u64,
    at: Time,
}

/// What a [`Bucket`] holds and how fast it fills.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Messages a second.
    pub per_second: u32,
    /// Messages at once.
    pub burst: u32,
}

impl Bucket {
    /// A full one.
    #[must_use]
    pub const fn full(rate: Rate, now: Time) -> Self {
        Self { left: rate.burst as u64 * 1_000, at: now }
    }

    /// Takes one message out; false if there is none left.
    pub fn take(&mut self, rate: Rate, now: Time) -> bool {
        let passed = u64::try_from(now.since(self.at).as_millis()).unwrap_or(u64::MAX);
        let filled = self.left.saturating_add(passed.saturating_mul(u64::from(rate.per_second)));
        self.left = filled.min(u64::from(rate.burst) * 1_000);
        self.at = now;
        let enough = self.left >= 1_000;
        self.left -= if enough { 1_000 } else { 0 };
        enough
    }

    /// How long until there is one to take, as it stood when one was last asked for.
    #[must_use]
    pub fn wait(&self, rate: Rate) -> Duration {
        let missing = 1_000_u64.saturating_sub(self.left);
        Duration::from_millis(missing.div_ceil(u64::from(rate.per_second.max(1))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { per_second: 30, burst: 120 };

    fn taken(bucket: &mut Bucket, now: u64) -> usize {
        (0..1_000).take_while(|_| bucket.take(RATE, Time::from_millis(now))).count()
    }

    #[test]
    fn a_burst_then_the_rate() {
        let mut bucket = Bucket::full(RATE, Time::from_millis(5));
        assert_eq!(taken(&mut bucket, 5), 120);
        assert_eq!(taken(&mut bucket, 1_005), 30);
        assert_eq!(taken(&mut bucket, 1_005 + 34), 1);
        assert_eq!(taken(&mut bucket, 1_005 + 34), 0);
        let wait = u64::try_from(bucket.wait(RATE).as_millis()).unwrap();
        assert_eq!((taken(&mut bucket, 1_039 + wait - 1), taken(&mut bucket, 1_039 + wait)), (0, 1));
    }

    #[test]
    fn a_long_pause_fills_it_and_no_more() {
        let mut bucket = Bucket::full(RATE, Time::from_millis(0));
        assert_eq!(taken(&mut bucket, 0), 120);
        assert_eq!(taken(&mut bucket, u64::MAX), 120);
    }

    #[test]
    fn asking_often_does_not_lose_fractions() {
        let mut bucket = Bucket::full(RATE, Time::from_millis(0));
        assert_eq!(taken(&mut bucket, 0), 120);
        let sent: usize = (1..=1_000).map(|now| taken(&mut bucket, now)).sum();
        assert_eq!(sent, 30);
    }
}
