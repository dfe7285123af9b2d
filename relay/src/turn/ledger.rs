//! What relayed addresses that are no more have passed on, until the call they were for is over and asks.

use std::collections::VecDeque;
use std::time::Duration;

use call::Time;
use protocol::UserId;

/// A page takes relayed addresses before it rings: with them it has the candidates for its offer.
const EARLY: Duration = Duration::from_secs(10);
/// So many are kept; one more makes the oldest forgotten, whose call has lasted the longest.
const MOST: usize = 4_096;

/// The addresses that passed something on.
#[derive(Debug, Default)]
pub(super) struct Ledger(VecDeque<Entry>);

#[derive(Debug)]
struct Entry {
    user: UserId,
    since: Time,
    bytes: u64,
}

/// Whether an address that a user got then may have been for a call of these people that began then.
pub(super) fn is_of(user: &UserId, since: Time, users: &[&UserId], began: Time) -> bool {
    since + EARLY >= began && users.contains(&user)
}

impl Ledger {
    /// An address is no more.
    pub(super) fn note(&mut self, user: &UserId, since: Time, bytes: u64) {
        if bytes == 0 {
            return;
        }
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(Entry { user: user.clone(), since, bytes });
    }

    /// Forgets what was for that call, and says how much it was.
    pub(super) fn take(&mut self, users: &[&UserId], began: Time) -> u64 {
        let mut taken = 0_u64;
        self.0.retain(|entry| {
            let is_theirs = is_of(&entry.user, entry.since, users, began);
            if is_theirs {
                taken = taken.saturating_add(entry.bytes);
            }
            !is_theirs
        });
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> UserId {
        name.parse().unwrap()
    }

    #[test]
    fn each_byte_is_of_one_call_and_of_its_people_alone() {
        let (ann, bob, eve) = (user("guest:ann"), user("guest:bob"), user("guest:eve"));
        let at = Time::from_millis;
        let mut ledger = Ledger::default();
        ledger.note(&ann, at(1_000), 5);
        ledger.note(&ann, at(95_000), 30);
        ledger.note(&bob, at(101_000), 200);
        ledger.note(&eve, at(101_000), 1_000);
        assert_eq!(ledger.take(&[&ann, &bob], at(100_000)), 230, "nothing of a call before");
        assert_eq!(ledger.take(&[&ann, &bob], at(100_000)), 0);
        assert_eq!(ledger.take(&[&ann], at(0)), 5);
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let mut ledger = Ledger::default();
        let ann = user("guest:ann");
        (0..10_000).for_each(|_| ledger.note(&ann, Time::from_millis(0), 1));
        ledger.note(&ann, Time::from_millis(0), 0);
        assert_eq!(ledger.take(&[&ann], Time::from_millis(0)), 4_096);
    }
}
