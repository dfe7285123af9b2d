//! What each user may have: so many relayed addresses, so many bytes a second. And what all of those behind one address of
//! the internet may have: users are had for nothing where guests are let in, addresses of one's own are not.

use std::collections::HashMap;
use std::net::IpAddr;

use call::Time;
use protocol::UserId;

use super::crowd::household;

/// Relayed addresses of one user at a time. A page takes two for each connection, one over UDP and one over TCP, and a
/// call of four has three connections.
pub(super) const ADDRESSES: usize = 12;

/// Relayed addresses at a time for one address of the internet, behind which a whole office may be: a third of all that there
/// are, unless somebody said how many there are to be.
pub(super) const FROM_ONE: usize = 256;

/// Users with relayed addresses.
#[derive(Debug)]
pub(super) struct Users {
    bytes_per_second: u64,
    users: HashMap<UserId, User>,
    households: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct User {
    addresses: usize,
    /// Thousandths of a byte that may still be relayed.
    left: u64,
    at: Time,
}

impl Users {
    pub(super) fn new(bytes_per_second: u64) -> Self {
        Self { bytes_per_second, users: HashMap::new(), households: HashMap::new() }
    }

    /// One more address for a user who is at `from`; false if that is too many.
    pub(super) fn take_address(&mut self, now: Time, user: &UserId, from: IpAddr) -> bool {
        let from = household(from);
        let there = self.households.get(&from).copied().unwrap_or(0);
        if there >= FROM_ONE {
            return false;
        }
        let full = self.bytes_per_second.saturating_mul(1_000);
        let user = self.users.entry(user.clone()).or_insert(User { addresses: 0, left: full, at: now });
        let free = user.addresses < ADDRESSES;
        user.addresses += usize::from(free);
        if free {
            self.households.insert(from, there + 1);
        }
        free
    }

    /// One address less of those taken; whoever has none is forgotten.
    pub(super) fn give_address(&mut self, user: &UserId, from: IpAddr) {
        let from = household(from);
        if let Some(there) = self.households.get_mut(&from) {
            *there = there.saturating_sub(1);
            if *there == 0 {
                self.households.remove(&from);
            }
        }
        if let Some(known) = self.users.get_mut(user) {
            known.addresses = known.addresses.saturating_sub(1);
            if known.addresses == 0 {
                self.users.remove(user);
            }
        }
    }

    /// Takes so many bytes out of what the user may have relayed; false if there are not so many left. A second's worth
    /// may go at once.
    pub(super) fn take_bytes(&mut self, now: Time, user: &UserId, bytes: usize) -> bool {
        let Some(user) = self.users.get_mut(user) else { return false };
        let passed = u64::try_from(now.since(user.at).as_millis()).unwrap_or(u64::MAX);
        let filled = user.left.saturating_add(passed.saturating_mul(self.bytes_per_second));
        user.left = filled.min(self.bytes_per_second.saturating_mul(1_000));
        user.at = now;
        let wanted = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_mul(1_000);
        let enough = user.left >= wanted;
        user.left -= if enough { wanted } else { 0 };
        enough
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.users.len() + self.households.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ann() -> UserId {
        "guest:ann".parse().unwrap()
    }

    #[test]
    fn twelve_addresses_and_forgotten_with_the_last() {
        let (mut users, now) = (Users::new(1_000), Time::from_millis(0));
        assert!((0..12).all(|_| users.take_address(now, &ann(), home())));
        assert!(!users.take_address(now, &ann(), home()));
        users.give_address(&ann(), home());
        assert!(users.take_address(now, &ann(), home()) && !users.take_address(now, &ann(), home()));
        (0..12).for_each(|_| users.give_address(&ann(), home()));
        assert_eq!(users.len(), 0);
    }

    fn home() -> IpAddr {
        [9, 9, 9, 9].into()
    }

    #[test]
    fn guests_without_number_at_one_address_leave_the_rest_to_others() {
        let (mut users, now) = (Users::new(1_000), Time::from_millis(0));
        let guest = |n: usize| format!("guest:{n}").parse::<UserId>().unwrap();
        let taken = (0..1_000).filter(|n| users.take_address(now, &guest(*n), home())).count();
        assert_eq!(taken, FROM_ONE);
        assert!(users.take_address(now, &guest(0), [9, 9, 9, 8].into()), "somebody else's address");
        users.give_address(&guest(0), [9, 9, 9, 8].into());
        (0..taken).for_each(|n| users.give_address(&guest(n), home()));
        assert_eq!(users.len(), 0);
    }

    #[test]
    fn a_second_at_once_and_then_the_rate() {
        let mut users = Users::new(1_000);
        let at = Time::from_millis;
        assert!(!users.take_bytes(at(0), &ann(), 1), "nobody without an address");
        users.take_address(at(0), &ann(), home());
        assert!(users.take_bytes(at(0), &ann(), 1_000) && !users.take_bytes(at(0), &ann(), 1));
        assert!(users.take_bytes(at(100), &ann(), 100) && !users.take_bytes(at(100), &ann(), 1));
        assert!(users.take_bytes(at(60_000), &ann(), 1_000) && !users.take_bytes(at(60_000), &ann(), 1));
    }
}
