//! What people say again and again: that they are alive, and in a call how well they hear the other.

use std::time::{Duration, Instant};

use super::script::{Pair, Side, Step};
use super::{Load, LoadError};

/// How often each person shows that they are alive; pages do every 5 s.
const PING_EVERY: Duration = Duration::from_secs(5);
/// How often each participant reports; pages do every 10 s (PROTOCOL.md, "How good it is").
const REPORT_EVERY: Duration = Duration::from_secs(10);

/// Everybody's turn once in a while, spread evenly over it.
pub(super) struct Round {
    every: Duration,
    next: usize,
    since: Instant,
}

impl Round {
    pub(super) const fn of_pings(now: Instant) -> Self {
        Self { every: PING_EVERY, next: 0, since: now }
    }

    pub(super) const fn of_reports(now: Instant) -> Self {
        Self { every: REPORT_EVERY, next: 0, since: now }
    }

    /// Whose turn it is by now, of so many.
    fn due(&mut self, people: usize, now: Instant) -> impl Iterator<Item = usize> + use<> {
        let people = people.max(1);
        let each = self.every / u32::try_from(people).unwrap_or(u32::MAX);
        let count = now.saturating_duration_since(self.since).as_nanos() / each.as_nanos().max(1);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.since += each * count;
        let first = self.next;
        self.next = (first + count as usize) % people;
        (0..count as usize).map(move |n| (first + n) % people)
    }
}

impl Load {
    /// Says what is due.
    pub(super) fn say_what_is_due(&mut self) -> Result<(), LoadError> {
        let now = Instant::now();
        for at in self.pings.due(self.people.len(), now) {
            self.ping(at)?;
        }
        for at in self.reports.due(self.people.len(), now) {
            let (pair, side) = (at / 2, if at.is_multiple_of(2) { Side::Caller } else { Side::Callee });
            if self.pairs.get(pair).is_some_and(|call| has_time_for_a_report(call, now, self.talk)) {
                self.say(pair, vec![(side, Step::Report)])?;
            }
        }
        Ok(())
    }
}

/// A report that meets the goodbye goes nowhere, and one at the very start comes before there is anything to say.
fn has_time_for_a_report(call: &Pair, now: Instant, talk: Duration) -> bool {
    const CLEAR_OF: Duration = Duration::from_secs(2);
    call.talks_for(now).is_some_and(|talks| talks > CLEAR_OF && talks + CLEAR_OF < talk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_a_turn_in_each_round() {
        let start = Instant::now();
        let mut round = Round::of_pings(start);
        assert_eq!(round.due(5, start).count(), 0);
        let turns: Vec<_> =
            (1..=10).flat_map(|n| round.due(5, start + n * PING_EVERY / 10).collect::<Vec<_>>()).collect();
        assert_eq!(turns, [0, 1, 2, 3, 4]);
        assert_eq!(round.due(5, start + 3 * PING_EVERY).count(), 10, "who came late is not forgotten");
    }

    #[test]
    fn reports_keep_clear_of_a_calls_two_ends() {
        let start = Instant::now();
        let talk = Duration::from_secs(50);
        let mut call = Pair::new(super::super::script::Server::KnowsCalls, &[], false, start);
        let may = |call: &Pair, second| has_time_for_a_report(call, start + Duration::from_secs(second), talk);
        assert!(!may(&call, 10), "there is no call");
        call.talk(start);
        assert_eq!([1, 10, 40, 49].map(|second| may(&call, second)), [false, true, true, false]);
    }
}
