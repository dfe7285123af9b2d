//! How often people and addresses may do what costs others something, and who waits how long.
//!
//! Each limit is a [`Rule`] with a [`Table`] of accounts; decision 037 says why these. How much one connection may send
//! is counted with its session ([`crate::limits`]), what TURN carries with the allocations.

mod address;
mod meter;
mod table;

use std::net::IpAddr;
use std::time::Duration;

use call::Time;
use protocol::{ErrorCode, UserId};

pub(crate) use self::address::network;
pub use self::meter::{Meter, Rule};
pub use self::table::Table;
use crate::config::Config;
use crate::store::Refused;

/// Ringing people, whoever they are: whoever rings one a second all the time is no person.
const RINGS: Rule = rule(60, 1_000, 10, 600);
/// Entering rooms. A page that finds its connection again does not enter anew; somebody at a door enters twice.
const JOINS: Rule = rule(30, 2_000, 5, 300);
/// Making rooms, each of which is kept for a while.
const ROOMS: Rule = rule(20, 6_000, 10, 600);
/// Codes of rooms that are not there, by one person: people mistype a few.
const WRONG_CODES: Rule = rule(10, 6_000, 10, 900);
/// The same from one address, where whoever signs in anew is another guest.
const WRONG_CODES_FROM_ONE: Rule = rule(60, 2_000, 10, 900);
/// Tokens from one address that are none: a client that is wrong about its token may try for a while.
const BAD_TOKENS: Rule = rule(30, 2_000, 2, 300);
/// Requests under `/api` from one address: a page sends one or two when it is opened and one for each thing somebody does,
/// and a whole office may have one address.
const REQUESTS: Rule = Rule { burst: 300, every: Duration::from_millis(33), ..rule(0, 0, 1, 60) };

/// Ringing one person from one address, where whoever signs in anew is another guest.
const RINGS_FROM_ONE: Rule = rule(30, 3_000, 10, 600);

/// Ringing one person: the first wait, and the longest.
const ONE_PERSON: [Duration; 2] = [Duration::from_secs(10), Duration::from_secs(600)];
/// Guests of one address: the first wait, and the longest, after which as many as ever may come.
const GUESTS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(60)];

const fn rule(burst: u32, every_ms: u64, wait_s: u64, longest_s: u64) -> Rule {
    Rule {
        burst,
        every: Duration::from_millis(every_ms),
        wait: Duration::from_secs(wait_s),
        longest: Duration::from_secs(longest_s),
    }
}

/// Everything that is counted.
#[derive(Debug)]
pub struct Allowances {
    /// Who rings whom.
    rings_of_one: Table<(UserId, UserId)>,
    rings_from_one: Table<(IpAddr, UserId)>,
    rings: Table<UserId>,
    joins: Table<UserId>,
    wrong_codes: Table<UserId>,
    wrong_codes_from_one: Table<IpAddr>,
    rooms: Table<UserId>,
    guests: Table<IpAddr>,
    bad_tokens: Table<IpAddr>,
    requests: Table<IpAddr>,
}

/// Go on, or wait so long.
pub type Allowed = Result<(), Duration>;

impl Allowances {
    /// As `config` wants it.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let per_minute = |count: Option<u32>, [wait, longest]: [Duration; 2]| {
            count.filter(|&count| count > 0).map(|count| Rule::per_minute(count, wait, longest))
        };
        let rings_of_one = per_minute(config.calls.rings_per_minute, ONE_PERSON);
        let guests = per_minute(config.sign_in.guests_per_minute, GUESTS);
        Self {
            rings: Table::new(rings_of_one.map(|_| RINGS)),
            joins: Table::new(Some(JOINS)),
            wrong_codes: Table::new(Some(WRONG_CODES)),
            rooms: Table::new(Some(ROOMS)),
            // Where people of many addresses come by one, as from behind a proxy, none of these means anything.
            rings_from_one: Table::new(rings_of_one.and(guests).map(|_| RINGS_FROM_ONE)),
            wrong_codes_from_one: Table::new(guests.map(|_| WRONG_CODES_FROM_ONE)),
            bad_tokens: Table::new(guests.map(|_| BAD_TOKENS)),
            guests: Table::new(guests),
            rings_of_one: Table::new(rings_of_one),
            requests: Table::new(Some(REQUESTS)),
        }
    }

    /// `from` rings these people, from that address.
    ///
    /// # Errors
    /// How long to wait. Those before the one who was rung too often count as rung.
    pub fn ring(&self, from: &UserId, address: Option<IpAddr>, to: &[UserId], now: Time) -> Allowed {
        let count = u32::try_from(to.len()).unwrap_or(u32::MAX);
        self.rings.take(from.clone(), count, now)?;
        to.iter().try_for_each(|to| {
            self.rings_of_one.take((from.clone(), to.clone()), 1, now)?;
            address.map_or(Ok(()), |address| self.rings_from_one.take((network(address), to.clone()), 1, now))
        })
    }

    /// Somebody enters a room, or tries to. After too many wrong codes the right one is not looked at either: whoever guesses
    /// learns nothing meanwhile.
    ///
    /// # Errors
    /// How long to wait.
    pub fn join(&self, user: &UserId, address: Option<IpAddr>, now: Time) -> Allowed {
        let guessed = address.and_then(|address| self.wrong_codes_from_one.wait(&network(address), now));
        self.wrong_codes.wait(user, now).or(guessed).map_or(Ok(()), Err)?;
        self.joins.take(user.clone(), 1, now)
    }

    /// There was no such room.
    ///
    /// # Errors
    /// How long to wait with the next.
    pub fn wrong_code(&self, user: &UserId, address: Option<IpAddr>, now: Time) -> Allowed {
        self.wrong_codes.take(user.clone(), 1, now)?;
        address.map_or(Ok(()), |address| self.wrong_codes_from_one.take(network(address), 1, now))
    }

    /// Somebody makes a room.
    ///
    /// # Errors
    /// How long to wait.
    pub fn make_room(&self, user: &UserId, now: Time) -> Allowed {
        self.rooms.take(user.clone(), 1, now)
    }

    /// A guest signs in, or stays signed in.
    ///
    /// # Errors
    /// How long to wait.
    pub fn guest(&self, address: IpAddr, now: Time) -> Allowed {
        self.guests.take(network(address), 1, now)
    }

    /// A token was none. Whoever brings a good one is never asked to wait: others may share the address.
    ///
    /// # Errors
    /// How long to wait with the next.
    pub fn bad_token(&self, address: IpAddr, now: Time) -> Allowed {
        self.bad_tokens.take(network(address), 1, now)
    }

    /// A request under `/api`.
    ///
    /// # Errors
    /// How long to wait.
    pub fn request(&self, address: IpAddr, now: Time) -> Allowed {
        self.requests.take(network(address), 1, now)
    }

    /// Forgets who has been quiet, so that what is remembered is what happened lately.
    pub fn forget_quiet(&self, now: Time) {
        self.rings_of_one.forget_quiet(now);
        self.rings_from_one.forget_quiet(now);
        for table in [&self.rings, &self.joins, &self.wrong_codes, &self.rooms] {
            table.forget_quiet(now);
        }
        for table in [&self.guests, &self.wrong_codes_from_one, &self.bad_tokens, &self.requests] {
            table.forget_quiet(now);
        }
    }
}

/// The refusal that says how long to wait.
pub(crate) fn too_often(wait: Duration) -> Refused {
    Refused { retry_after: Some(wait), ..Refused::new(ErrorCode::RateLimited) }
}

/// The same for an HTTP header, in whole seconds (RFC 9110 section 10.2.3), never too early.
pub(crate) fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use super::*;

    fn user(name: &str) -> UserId {
        name.parse().unwrap()
    }

    fn allowances(change: impl FnOnce(&mut Config)) -> Allowances {
        let mut config = Config::default();
        change(&mut config);
        Allowances::new(&config)
    }

    #[test]
    fn one_person_is_rung_so_often_and_others_can_be_rung_meanwhile() {
        let (all, now) = (allowances(|_| {}), Time::from_millis(5));
        let [ann, bob, cat] = ["ann", "bob", "cat"].map(user);
        for _ in 0..10 {
            assert_eq!(all.ring(&ann, None, from_ref(&bob), now), Ok(()));
        }
        assert_eq!(all.ring(&ann, None, from_ref(&bob), now), Err(Duration::from_secs(10)));
        assert_eq!(all.ring(&ann, None, from_ref(&cat), now), Ok(()));
        assert_eq!(all.ring(&cat, None, &[bob], now), Ok(()), "somebody else");
    }

    #[test]
    fn who_signs_in_anew_each_time_rings_one_person_only_so_often() {
        let (all, now) = (allowances(|_| {}), Time::from_millis(5));
        let (bob, address) = (user("bob"), |last| Some(IpAddr::from([192, 0, 2, last])));
        let ring = |n: usize, last| all.ring(&user(&format!("u{n}")), address(last), from_ref(&bob), now);
        assert_eq!((0..1_000).take_while(|&n| ring(n, 1).is_ok()).count(), 30);
        assert_eq!(ring(2_000, 2), Ok(()), "from elsewhere");
    }

    #[test]
    fn nobody_rings_everybody() {
        let (all, now) = (allowances(|_| {}), Time::from_millis(5));
        let ann = user("ann");
        let rung = (0..1_000).take_while(|n| all.ring(&ann, None, &[user(&format!("u{n}"))], now).is_ok()).count();
        assert_eq!(rung, 60);
        let many: Vec<UserId> = (0..32).map(|n| user(&format!("v{n}"))).collect();
        let bob = user("bob");
        assert!(
            all.ring(&bob, None, &many, now).is_ok() && all.ring(&bob, None, &many, now).is_err(),
            "a group counts by people"
        );
    }

    #[test]
    fn what_is_switched_off_counts_nothing() {
        let all = allowances(|config| {
            config.calls.rings_per_minute = None;
            config.sign_in.guests_per_minute = None;
        });
        let (now, address) = (Time::from_millis(5), [192, 0, 2, 1].into());
        let [ann, bob] = ["ann", "bob"].map(user);
        for _ in 0..1_000 {
            assert_eq!(all.ring(&ann, None, from_ref(&bob), now), Ok(()));
            assert_eq!((all.guest(address, now), all.bad_token(address, now)), (Ok(()), Ok(())));
        }
    }

    #[test]
    fn an_address_has_its_limits_and_all_is_forgotten_in_time() {
        let (all, now) = (allowances(|_| {}), Time::from_millis(5));
        let address = |last| IpAddr::from([192, 0, 2, last]);
        type Verb = fn(&Allowances, IpAddr, Time) -> Allowed;
        let verbs: [(Verb, usize); 3] =
            [(Allowances::guest, 60), (Allowances::bad_token, 30), (Allowances::request, 300)];
        for (verb, burst) in verbs {
            assert_eq!((0..1_000).take_while(|_| verb(&all, address(1), now).is_ok()).count(), burst);
            assert_eq!(verb(&all, address(2), now), Ok(()));
        }
        let ann = user("ann");
        assert_eq!((0..1_000).take_while(|_| all.join(&ann, None, now).is_ok()).count(), 30);
        assert_eq!((0..1_000).take_while(|_| all.make_room(&ann, now).is_ok()).count(), 20);
        all.forget_quiet(now + Duration::from_secs(3_600));
        assert_eq!([&all.guests, &all.bad_tokens, &all.requests].map(Table::len), [0; 3]);
        assert_eq!([&all.rings, &all.joins, &all.rooms].map(Table::len), [0; 3]);
    }

    #[test]
    fn codes_are_guessed_only_so_often_by_a_person_and_from_an_address() {
        let (all, now) = (allowances(|_| {}), Time::from_millis(5));
        let (ann, here) = (user("ann"), Some(IpAddr::from([192, 0, 2, 1])));
        let guess = |user: &UserId| all.join(user, here, now).and_then(|()| all.wrong_code(user, here, now));
        assert_eq!((0..100).take_while(|_| guess(&ann).is_ok()).count(), 10);
        assert!(all.join(&ann, None, now).is_err(), "wherever she is");
        let guessed = (0..100).take_while(|n| guess(&user(&format!("u{n}"))).is_ok()).count();
        assert_eq!(guessed, 50, "as another guest each time");
        assert!(all.join(&user("bob"), here, now).is_err());
        assert_eq!(all.join(&user("bob"), Some([192, 0, 2, 2].into()), now), Ok(()), "others enter");
        let later = now + Duration::from_secs(10);
        assert_eq!(all.join(&ann, here, later), Ok(()), "and she does too, in a while");
    }

    #[test]
    fn seconds_never_end_too_early() {
        let of = |millis| seconds(Duration::from_millis(millis));
        assert_eq!([of(1), of(1_000), of(1_001)], [1, 1, 2]);
    }
}
