//! How often somebody may do something: so many at once, so many in the long run, and who goes on all the same waits
//! longer each time.

use std::time::Duration;

use call::Time;

/// What a [`Meter`] allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// As many at once.
    pub burst: u32,
    /// One more after each of these.
    pub every: Duration,
    /// What the first who goes too far has to wait, at least until one more is allowed. Twice as long the next time.
    pub wait: Duration,
    /// Nobody waits longer, unless until one more is allowed.
    pub longest: Duration,
}

impl Rule {
    /// As many a minute, and as many at once.
    #[must_use]
    pub const fn per_minute(count: u32, wait: Duration, longest: Duration) -> Self {
        let every = Duration::from_millis(60_000 / if count == 0 { 1 } else { count } as u64);
        Self { burst: count, every, wait, longest }
    }

    fn cost(self, count: u32) -> u64 {
        millis(self.every).max(1).saturating_mul(u64::from(count.min(self.burst)))
    }

    fn capacity(self) -> u64 {
        self.cost(self.burst)
    }
}

/// One person's account with a [`Rule`], told the time.
///
/// While a wait lasts, whoever asks is told what is left of it, and it gets no longer by that. What is allowed grows
/// meanwhile. The waits are as short as at first again after it has grown to all that it can.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    /// Milliseconds in which what is still allowed has grown.
    credit: u64,
    at: Time,
    /// The end of the wait, which may be over.
    until: Time,
    /// Waits since it was as good as new.
    waits: u32,
}

impl Meter {
    /// Everything that the rule allows.
    #[must_use]
    pub fn full(rule: Rule, now: Time) -> Self {
        Self { credit: rule.capacity(), at: now, until: Time::default(), waits: 0 }
    }

    /// Counts so many; more than a burst of them count as one burst.
    ///
    /// # Errors
    /// How long to wait; nothing is counted then.
    pub fn take(&mut self, rule: Rule, count: u32, now: Time) -> Result<(), Duration> {
        self.grow(rule, now);
        if let Some(left) = self.wait(now) {
            return Err(left);
        }
        let cost = rule.cost(count);
        if let Some(left) = self.credit.checked_sub(cost) {
            self.credit = left;
            return Ok(());
        }
        let doubled = rule.wait.saturating_mul(1 << self.waits.min(20)).min(rule.longest);
        let wait = doubled.max(Duration::from_millis(cost - self.credit));
        self.waits = self.waits.saturating_add(1);
        self.until = now + wait;
        Err(wait)
    }

    /// What is left of a wait.
    #[must_use]
    pub fn wait(&self, now: Time) -> Option<Duration> {
        Some(self.until.since(now)).filter(|left| !left.is_zero())
    }

    /// Whether it can be forgotten, because a new one would say the same.
    pub fn is_as_new(&mut self, rule: Rule, now: Time) -> bool {
        self.grow(rule, now);
        self.waits == 0 && self.credit == rule.capacity()
    }

    fn grow(&mut self, rule: Rule, now: Time) {
        self.credit = self.credit.saturating_add(millis(now.since(self.at))).min(rule.capacity());
        self.at = self.at.max(now);
        if self.credit == rule.capacity() && self.wait(now).is_none() {
            self.waits = 0;
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule {
        burst: 4,
        every: Duration::from_secs(10),
        wait: Duration::from_secs(15),
        longest: Duration::from_secs(100),
    };

    fn at(seconds: u64) -> Time {
        Time::from_millis(seconds * 1_000)
    }

    /// Takes one by one until it is refused: how many, and how long to wait.
    fn exhaust(meter: &mut Meter, now: u64) -> (usize, u64) {
        let taken = (0..1_000).take_while(|_| meter.take(RULE, 1, at(now)).is_ok()).count();
        (taken, meter.take(RULE, 1, at(now)).unwrap_err().as_secs())
    }

    #[test]
    fn a_burst_then_waits_that_grow_to_their_bound() {
        let mut meter = Meter::full(RULE, at(0));
        let (mut now, mut story) = (0, Vec::new());
        for _ in 0..6 {
            let (taken, wait) = exhaust(&mut meter, now);
            story.push((taken, wait));
            now += wait;
        }
        assert_eq!(story, [(4, 15), (1, 30), (3, 60), (4, 15), (1, 30), (3, 60)], "60 s are enough for a fresh start");
    }

    #[test]
    fn where_growing_takes_long_the_wait_reaches_its_bound_and_no_more() {
        let rule = Rule { every: Duration::from_secs(60), burst: 100, ..RULE };
        let mut meter = Meter::full(rule, at(0));
        assert_eq!(meter.take(rule, 100, at(0)), Ok(()));
        let (mut now, mut waits) = (0, Vec::new());
        for _ in 0..6 {
            while meter.take(rule, 1, at(now)).is_ok() {}
            let wait = meter.wait(at(now)).unwrap().as_secs();
            waits.push(wait);
            now += wait;
        }
        assert_eq!(waits, [60, 60, 60, 100, 100, 100]);
    }

    #[test]
    fn who_asks_while_waiting_is_told_the_rest_and_loses_nothing() {
        let mut meter = Meter::full(RULE, at(0));
        exhaust(&mut meter, 0);
        for now in 1..15 {
            assert_eq!(meter.take(RULE, 1, at(now)), Err(Duration::from_secs(15 - now)));
        }
        assert_eq!(meter.take(RULE, 1, at(15)), Ok(()));
    }

    #[test]
    fn several_at_once_are_all_counted_or_none() {
        let mut meter = Meter::full(RULE, at(0));
        assert_eq!(meter.take(RULE, 3, at(0)), Ok(()));
        assert_eq!(meter.take(RULE, 2, at(0)), Err(Duration::from_secs(15)));
        assert_eq!(meter.take(RULE, 2, at(15)), Ok(()), "the one that was left, and one that grew");
        assert_eq!(Meter::full(RULE, at(0)).take(RULE, u32::MAX, at(0)), Ok(()), "a burst is a burst");
    }

    #[test]
    fn it_is_as_new_when_it_has_grown_to_its_end() {
        let mut meter = Meter::full(RULE, at(0));
        assert!(meter.is_as_new(RULE, at(0)));
        exhaust(&mut meter, 0);
        assert!(!meter.is_as_new(RULE, at(39)));
        assert!(meter.is_as_new(RULE, at(40)));
        assert_eq!(exhaust(&mut meter, 40), (4, 15));
    }

    #[test]
    fn time_that_stands_or_leaps_breaks_nothing() {
        let mut meter = Meter::full(RULE, at(100));
        assert_eq!(meter.take(RULE, 4, at(0)), Ok(()));
        assert!(meter.take(RULE, 1, at(0)).is_err());
        assert_eq!(meter.take(RULE, 4, Time::from_millis(u64::MAX)), Ok(()));
        let all = Rule { burst: u32::MAX, every: Duration::MAX, wait: Duration::MAX, longest: Duration::MAX };
        let mut meter = Meter::full(all, at(0));
        assert_eq!(meter.take(all, u32::MAX, at(0)), Ok(()));
        assert!(meter.take(all, 1, at(0)).is_err());
    }
}
