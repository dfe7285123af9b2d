//! How many guests one address may bring in a minute.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock as _;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// A bucket for each address; or none at all where the limit is switched off.
#[derive(Debug)]
pub struct SignIns(Option<DefaultKeyedRateLimiter<IpAddr>>);

impl SignIns {
    /// As many a minute from one address, and as many at once. `None` or 0 for no limit.
    #[must_use]
    pub fn new(per_minute: Option<u32>) -> Self {
        let quota = per_minute.and_then(NonZeroU32::new).map(Quota::per_minute);
        Self(quota.map(RateLimiter::keyed))
    }

    /// Counts one sign-in; how long to wait if it is one too many.
    #[must_use]
    pub fn wait(&self, address: IpAddr) -> Option<Duration> {
        let limiter = self.0.as_ref()?;
        let refused = limiter.check_key(&network(address)).err()?;
        Some(refused.wait_time_from(limiter.clock().now()))
    }

    /// Forgets the addresses that have been quiet, so that what is remembered is what came in the last minute.
    pub fn forget_quiet(&self) {
        if let Some(limiter) = &self.0 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

/// What counts as one address: whoever has one IPv6 address has the other 2^64 of its network too.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_too_often_waits_and_others_do_not() {
        let sign_ins = SignIns::new(Some(3));
        let [ann, bob]: [IpAddr; 2] = ["192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap()];
        for _ in 0..3 {
            assert_eq!(sign_ins.wait(ann), None);
        }
        let wait = sign_ins.wait(ann).unwrap();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(20), "{wait:?}");
        assert_eq!(sign_ins.wait(bob), None);
    }

    #[test]
    fn no_limit_is_no_limit() {
        let sign_ins = [SignIns::new(None), SignIns::new(Some(0))];
        assert!(sign_ins.iter().all(|s| (0..1000).all(|_| s.wait("::1".parse().unwrap()).is_none())));
    }

    #[test]
    fn addresses_that_can_sign_in_as_often_as_ever_are_forgotten() {
        let sign_ins = SignIns::new(Some(60_000));
        assert_eq!(sign_ins.wait("192.0.2.1".parse().unwrap()), None);
        std::thread::sleep(Duration::from_millis(5));
        sign_ins.forget_quiet();
        assert_eq!(sign_ins.0.unwrap().len(), 0);
    }

    #[test]
    fn an_ipv6_network_is_one_address_and_a_mapped_address_is_ipv4() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
