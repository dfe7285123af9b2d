//! How many connections there are, in all and from one address: whoever opens them without end keeps out nobody else.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Connections at a time. Each costs a few kilobytes, with or without credentials.
const ALL: usize = 2_048;
/// From one address. A household or an office has one for everybody, and a call of four takes six connections a person at
/// most.
const FROM_ONE: usize = 256;

/// The connections, counted.
#[derive(Debug, Default)]
pub(super) struct Crowd(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    from: HashMap<IpAddr, usize>,
}

/// One connection's place; it is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    crowd: Arc<Crowd>,
    from: IpAddr,
}

impl Crowd {
    /// A place for a connection from that address; `None` if it is one too many.
    pub(super) fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Seat> {
        let from = household(address);
        let mut counts = self.lock();
        let there = counts.from.get(&from).copied().unwrap_or(0);
        if counts.all >= ALL || there >= FROM_ONE {
            return None;
        }
        counts.all += 1;
        counts.from.insert(from, there + 1);
        Some(Seat { crowd: Arc::clone(self), from })
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut counts = self.crowd.lock();
        counts.all = counts.all.saturating_sub(1);
        let left = counts.from.get(&self.from).map_or(0, |there| there.saturating_sub(1));
        if left == 0 {
            counts.from.remove(&self.from);
        } else {
            counts.from.insert(self.from, left);
        }
    }
}

/// What one customer of a provider has: an IPv4 address, or 64 bits of IPv6 (RFC 6177).
pub(super) fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_keeps_out_nobody_else_and_nothing_is_left_of_it() {
        let crowd = Arc::new(Crowd::default());
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let mut seats: Vec<Seat> = (0..300).filter_map(|_| crowd.enter(ip("9.9.9.9"))).collect();
        assert_eq!(seats.len(), 256);
        assert!(crowd.enter(ip("::ffff:9.9.9.9")).is_none(), "the same address in other clothes");
        seats.extend((0..300_u16).filter_map(|n| crowd.enter(IpAddr::from([0x2606, 0x4700, 0, 1, 0, 0, 0, n]))));
        assert_eq!(seats.len(), 512, "one network of IPv6");
        assert!(crowd.enter(ip("9.9.9.8")).is_some());
        seats.extend((0..20_000_u16).filter_map(|n| crowd.enter(IpAddr::from([8, 8, (n >> 8) as u8, n as u8]))));
        assert_eq!(seats.len(), 2_048, "in all");
        drop(seats);
        let counts = crowd.lock();
        assert_eq!((counts.all, counts.from.len()), (0, 0));
    }
}
