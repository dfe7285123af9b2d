//! How often something may happen.

use std::time::Duration;

use crate::Time;

/// A token bucket: so much at once, and one more each time a while has passed.
pub(super) struct Bucket {
    most: u32,
    every: Duration,
    left: u32,
    /// Since when the next one fills up.
    since: Time,
}

impl Bucket {
    /// A full one.
    pub(super) const fn new(now: Time, most: u32, every: Duration) -> Self {
        Self { most, every, left: most, since: now }
    }

    /// Takes one, if there is one.
    pub(super) fn take(&mut self, now: Time) -> bool {
        let passed = now.since(self.since).as_millis();
        let every = self.every.as_millis().max(1);
        let new = u32::try_from(passed / every).unwrap_or(u32::MAX);
        self.left = self.left.saturating_add(new).min(self.most);
        // What has begun to fill goes on filling; a full one has nothing begun.
        self.since = if self.left == self.most { now } else { self.since + self.every.saturating_mul(new) };
        let there = self.left > 0;
        self.left = self.left.saturating_sub(1);
        there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_much_at_once_and_then_one_by_one() {
        let at = Time::from_millis;
        let mut bucket = Bucket::new(at(0), 3, Duration::from_millis(100));
        assert_eq!((0..5).filter(|_| bucket.take(at(0))).count(), 3);
        assert!(!bucket.take(at(99)));
        assert!(bucket.take(at(100)));
        assert!(!bucket.take(at(150)));
        assert!(bucket.take(at(200)));
        assert_eq!((0..9).filter(|_| bucket.take(at(100_000))).count(), 3);
        assert!(!bucket.take(at(5)), "a clock that goes back fills nothing");
        assert!(bucket.take(at(u64::MAX)));
    }
}
