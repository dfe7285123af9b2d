//! The accounts of many, as many as there is room for.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use call::Time;

use super::meter::{Meter, Rule};

/// Accounts in one table: 100 to 300 bytes each.
const ROOM: usize = 16_384;

/// How often a full table is looked through for accounts to forget: it takes a fraction of a millisecond.
const BETWEEN_SWEEPS: Duration = Duration::from_secs(1);

/// One account for each key, all under one rule; or no limit at all.
///
/// **When it is full**, accounts of those who need not wait are forgotten, which gives them all that the rule allows
/// again. If everyone in it has to wait, whoever comes new is not counted: a limit protects people from a nuisance and
/// must not become one, and those who made it full go on waiting.
#[derive(Debug)]
pub struct Table<K> {
    rule: Option<Rule>,
    room: usize,
    accounts: Mutex<Accounts<K>>,
}

#[derive(Debug)]
struct Accounts<K> {
    meters: HashMap<K, Meter>,
    /// When the next sweep of a full table may be.
    next_sweep: Time,
}

impl<K: Eq + Hash> Table<K> {
    /// An empty one. `None` for no limit.
    #[must_use]
    pub fn new(rule: Option<Rule>) -> Self {
        let accounts = Accounts { meters: HashMap::new(), next_sweep: Time::default() };
        Self { rule: rule.filter(|rule| rule.burst > 0), room: ROOM, accounts: Mutex::new(accounts) }
    }

    /// Counts so many for that key.
    ///
    /// # Errors
    /// How long to wait; nothing is counted then.
    pub fn take(&self, key: K, count: u32, now: Time) -> Result<(), Duration> {
        let Some(rule) = self.rule else { return Ok(()) };
        let mut accounts = self.lock();
        if let Some(meter) = accounts.meters.get_mut(&key) {
            return meter.take(rule, count, now);
        }
        if accounts.meters.len() >= self.room && now >= accounts.next_sweep {
            accounts.next_sweep = now + BETWEEN_SWEEPS;
            accounts.meters.retain(|_, meter| meter.wait(now).is_some());
        }
        if accounts.meters.len() >= self.room {
            return Ok(());
        }
        accounts.meters.entry(key).or_insert(Meter::full(rule, now)).take(rule, count, now)
    }

    /// What is left of that key's wait. Counts nothing.
    pub fn wait(&self, key: &K, now: Time) -> Option<Duration> {
        self.rule.and_then(|_| self.lock().meters.get(key)?.wait(now))
    }

    /// Forgets the accounts that are as good as new.
    pub fn forget_quiet(&self, now: Time) {
        let Some(rule) = self.rule else { return };
        let mut accounts = self.lock();
        accounts.meters.retain(|_, meter| !meter.is_as_new(rule, now));
        accounts.meters.shrink_to_fit();
    }

    fn lock(&self) -> MutexGuard<'_, Accounts<K>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl<K: Eq + Hash> Table<K> {
    pub(super) fn len(&self) -> usize {
        self.lock().meters.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule {
        burst: 2,
        every: Duration::from_secs(10),
        wait: Duration::from_secs(10),
        longest: Duration::from_secs(60),
    };

    fn at(seconds: u64) -> Time {
        Time::from_millis(seconds * 1_000)
    }

    fn small() -> Table<u32> {
        Table { room: 3, ..Table::new(Some(RULE)) }
    }

    #[test]
    fn everyone_has_an_account_of_their_own() {
        let table = small();
        assert_eq!(table.take(1, 2, at(0)), Ok(()));
        assert_eq!(table.take(1, 1, at(0)), Err(Duration::from_secs(10)));
        assert_eq!(table.wait(&1, at(4)), Some(Duration::from_secs(6)));
        assert_eq!((table.take(2, 2, at(0)), table.wait(&2, at(0)), table.wait(&3, at(0))), (Ok(()), None, None));
    }

    #[test]
    fn the_quiet_are_forgotten() {
        let table = small();
        for key in 0..3 {
            assert_eq!(table.take(key, 1 + key % 2, at(0)), Ok(()));
        }
        table.forget_quiet(at(10));
        assert_eq!(table.len(), 1, "one of them took two");
        table.forget_quiet(at(20));
        assert_eq!(table.len(), 0);
    }

    #[test]
    fn a_full_table_makes_room_for_the_next() {
        let table = small();
        for key in 0..3 {
            assert_eq!(table.take(key, 2, at(0)), Ok(()));
        }
        assert!(table.take(0, 1, at(0)).is_err());
        assert_eq!(table.take(7, 1, at(5)), Ok(()));
        assert_eq!(table.len(), 2, "who waits stays, and the new one is counted");
        assert!(table.take(0, 1, at(5)).is_err());
    }

    #[test]
    fn full_of_those_who_wait_it_counts_nobody_else_and_grows_no_more() {
        let table = small();
        for key in 0..3 {
            assert!(table.take(key, 2, at(0)).is_ok() && table.take(key, 1, at(0)).is_err());
        }
        for key in 3..100 {
            assert_eq!(table.take(key, 2, at(1)), Ok(()));
        }
        assert_eq!(table.len(), 3);
        assert!((0..3).all(|key| table.take(key, 1, at(1)).is_err()), "and they wait as before");
    }

    #[test]
    fn no_limit_is_no_limit() {
        for rule in [None, Some(Rule { burst: 0, ..RULE })] {
            let table = Table::new(rule);
            assert!((0..1_000).all(|_| table.take(1, 1, at(0)).is_ok()));
            assert_eq!((table.len(), table.wait(&1, at(0))), (0, None));
        }
    }
}
