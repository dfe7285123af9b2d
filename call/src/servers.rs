//! The STUN and TURN servers that the relay has named, and how long their credentials are good for.
//!
//! Credentials of TURN servers expire (draft-uberti-behave-turn-rest section 2.2). What is allocated goes on, but nothing new
//! is given for old ones, so fresh ones are asked for well before that, and before another path is looked for: that is
//! when they are needed, and the relay may be away the next time.

use std::time::Duration;

use protocol::IceServer;

use crate::Time;

/// Fresh ones are asked for when so much of their time is over, in thousandths: so many milliseconds of each second.
const RENEW_AT: u64 = 800;
/// No sooner than this, whatever a relay says, and no sooner than this after a refusal.
const PAUSE: Duration = Duration::from_secs(30);
/// For looking for a path, those that are younger are as good as fresh.
const FRESH: Duration = Duration::from_secs(60);
/// How long looking for a path waits for fresh ones. The old ones are good most of the time, and a relay that is away does
/// not answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// What is known of them.
#[derive(Default)]
pub(crate) struct Servers {
    list: Vec<IceServer>,
    /// When they came.
    came: Time,
    /// When to ask for others; never where nothing expires.
    renew: Option<Time>,
    /// Others are asked for, since then.
    asked: Option<Time>,
}

impl Servers {
    /// As for `iceServers`, best first.
    pub(crate) fn list(&self) -> &[IceServer] {
        &self.list
    }

    /// The relay names these, with credentials that are good for so many seconds.
    pub(crate) fn named(&mut self, now: Time, list: Vec<IceServer>, good_for_s: Option<u32>) {
        let after = |seconds| Duration::from_millis(u64::from(seconds) * RENEW_AT).max(PAUSE);
        let renew = good_for_s.map(|seconds: u32| now + after(seconds));
        *self = Self { list, came: now, renew, asked: None };
    }

    /// The relay does not want to name any.
    pub(crate) fn refused(&mut self, now: Time) {
        self.asked = None;
        self.renew = self.renew.map(|renew| renew.max(now + PAUSE));
    }

    pub(crate) fn deadline(&self) -> Option<Time> {
        self.renew.filter(|_| self.asked.is_none())
    }

    /// True if others are to be asked for now.
    pub(crate) fn tick(&mut self, now: Time) -> bool {
        let due = self.deadline().is_some_and(|renew| renew <= now);
        if due {
            self.asked = Some(now);
        }
        due
    }

    /// Another path is to be looked for.
    pub(crate) fn look(&mut self, now: Time) -> Look {
        if self.renew.is_none() || now.since(self.came) <= FRESH {
            return Look::Now;
        }
        match self.asked {
            None => {
                self.asked = Some(now);
                Look::Ask
            }
            Some(asked) if now.since(asked) < PATIENCE => Look::Wait,
            Some(_) => Look::Now,
        }
    }
}

/// What to do about the servers before another path is looked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Nothing: those there are are the best there are.
    Now,
    /// Ask for others, and wait for them.
    Ask,
    /// Wait for those that are asked for.
    Wait,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Time {
        Time::from_millis(seconds * 1_000)
    }

    fn good_for(seconds: u32) -> Servers {
        let mut servers = Servers::default();
        servers.named(at(0), Vec::new(), Some(seconds));
        servers
    }

    #[test]
    fn they_are_renewed_once_when_a_fifth_of_their_time_is_left() {
        let mut servers = good_for(1_000);
        assert_eq!(servers.deadline(), Some(at(800)));
        assert!(!servers.tick(at(799)));
        assert!(servers.tick(at(800)));
        assert!(!servers.tick(at(801)), "they are asked for");
        assert_eq!(servers.deadline(), None);
        servers.named(at(802), Vec::new(), Some(1_000));
        assert_eq!(servers.deadline(), Some(at(1_602)));
    }

    #[test]
    fn a_relay_that_names_short_times_or_refuses_is_not_asked_without_end() {
        for seconds in [0, 1, 37] {
            assert_eq!(good_for(seconds).deadline(), Some(at(30)));
        }
        assert_eq!(good_for(u32::MAX).deadline(), Some(at(u64::from(u32::MAX) * 8 / 10)));
        let mut servers = good_for(1_000);
        assert!(servers.tick(at(900)));
        servers.refused(at(901));
        assert_eq!(servers.deadline(), Some(at(931)));
    }

    #[test]
    fn whoever_looks_for_a_path_waits_half_a_second_for_others_than_old_ones() {
        let mut servers = good_for(1_000);
        assert_eq!(servers.look(at(60)), Look::Now, "they are fresh");
        assert_eq!(servers.look(at(61)), Look::Ask);
        assert_eq!(servers.look(at(61) + Duration::from_millis(499)), Look::Wait);
        assert_eq!(servers.look(at(61) + Duration::from_millis(500)), Look::Now, "it is tried with what there is");
        servers.named(at(62), Vec::new(), Some(1_000));
        assert_eq!(servers.look(at(63)), Look::Now);
        let mut lasting = Servers::default();
        lasting.named(at(0), Vec::new(), None);
        assert_eq!(lasting.look(at(9_999)), Look::Now, "nothing expires");
    }
}
