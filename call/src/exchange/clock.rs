//! What puts lines into one order everywhere.

use crate::Time;

/// Nobody's word moves the clock on by more than this: a year.
const MOST: u64 = 365 * 24 * 60 * 60 * 1000;

/// A hybrid logical clock (Kulkarni and others, "Logical Physical Clocks", 2014), in milliseconds since the first page of
/// the call began to listen. It goes with the time, and is never behind what it has heard of: what answers something
/// stands after it on every screen, and what nobody answers stands where the time puts it, give or take the time that a
/// message takes.
#[derive(Default)]
pub(super) struct Clock {
    /// When it showed nothing.
    began: Time,
    /// How far it was put on since.
    ahead: u64,
    /// The latest that was given or heard.
    last: u64,
    /// Somebody has told what theirs shows.
    set: bool,
}

impl Clock {
    pub(super) fn new(now: Time) -> Self {
        Self { began: now, ..Self::default() }
    }

    /// What it shows.
    pub(super) fn read(&self, now: Time) -> u64 {
        let gone = u64::try_from(now.since(self.began).as_millis()).unwrap_or(u64::MAX);
        gone.saturating_add(self.ahead)
    }

    /// For something said now: later than everything so far.
    pub(super) fn next(&mut self, now: Time) -> u64 {
        self.last = self.read(now).max(self.last.saturating_add(1));
        self.last
    }

    /// Takes in what somebody's clock showed, as far as that is believed.
    pub(super) fn hear(&mut self, now: Time, theirs: u64) -> u64 {
        let mine = self.read(now);
        let theirs = theirs.min(mine.saturating_add(MOST));
        self.ahead = self.ahead.saturating_add(theirs.saturating_sub(mine));
        self.last = self.last.max(theirs);
        theirs
    }

    /// Takes in what somebody's clock shows now. By how much everything said here so far was dated too early, because
    /// nobody had told yet since when the call lasts.
    pub(super) fn set(&mut self, now: Time, theirs: u64) -> u64 {
        let mine = self.read(now);
        let theirs = self.hear(now, theirs);
        if std::mem::replace(&mut self.set, true) { 0 } else { theirs.saturating_sub(mine) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Time {
        Time::from_millis(1_000_000 + millis)
    }

    #[test]
    fn it_goes_with_the_time_and_never_gives_the_same_twice() {
        let mut clock = Clock::new(at(0));
        assert_eq!(clock.read(at(0)), 0);
        assert_eq!([clock.next(at(5)), clock.next(at(5)), clock.next(at(5)), clock.next(at(9))], [5, 6, 7, 9]);
    }

    #[test]
    fn what_answers_something_is_later() {
        let mut clock = Clock::new(at(0));
        clock.hear(at(10), 500);
        assert_eq!([clock.next(at(10)), clock.next(at(20))], [501, 510]);
        // What is past already changes nothing.
        clock.hear(at(20), 3);
        assert_eq!(clock.next(at(30)), 520);
    }

    #[test]
    fn it_is_set_once_and_then_only_ever_put_on() {
        let mut clock = Clock::new(at(0));
        assert_eq!(clock.next(at(100)), 100);
        assert_eq!(clock.set(at(200), 60_200), 60_000, "what was said at 100 was said at 60,100");
        assert_eq!(clock.set(at(200), 90_000), 0);
        assert_eq!(clock.read(at(201)), 90_001);
        assert_eq!(clock.set(at(300), 7), 0);
        assert_eq!(clock.read(at(300)), 90_100);
    }

    #[test]
    fn nobody_puts_it_on_without_end() {
        let mut clock = Clock::new(at(0));
        for _ in 0..1_000 {
            clock.hear(at(0), u64::MAX);
        }
        assert_eq!(clock.read(at(0)), 1_000 * MOST);
        assert!(clock.next(at(0)) > 1_000 * MOST);
    }
}
