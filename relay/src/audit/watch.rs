//! What stands out in what people do. Told the time, and keeps what happened within an hour.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use call::Time;
use protocol::{RoomCode, UserId};
use serde::{Deserialize, Serialize};

/// So long each look at a person lasts; within it the same thing is found once.
const WINDOW: Duration = Duration::from_secs(3_600);
/// People rung in that time who are many. Somebody on duty rings a dozen, a group of 32 at once is rung by its room.
const RUNG: usize = 20;
/// Rooms entered that are many.
const ENTERED: usize = 20;
/// Calls one after the other that nobody answered.
const UNANSWERED: u32 = 15;
/// People watched at a time, at half a kilobyte each. When all of them did something within the hour, whoever comes new is
/// not watched: what this many people do at once stands out in the figures.
const PEOPLE: usize = 8_192;

/// What stood out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Somebody rang many people, one by one.
    RangMany,
    /// Nobody answered somebody, many times in a row.
    Unanswered,
    /// Somebody entered many rooms.
    EnteredMany,
    /// Somebody tried so many codes of rooms that are not there that they have to wait.
    GuessedCodes,
}

/// Something that stood out, and how often it had happened by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub what: What,
    /// People, calls, rooms or waits.
    pub count: u32,
}

/// What people did lately.
#[derive(Debug, Default)]
pub struct Watch {
    people: HashMap<UserId, Habits>,
}

#[derive(Debug)]
struct Habits {
    since: Time,
    /// Whom, by a number each: who it was is of no interest here.
    rung: Vec<u64>,
    entered: Vec<u64>,
    unanswered: u32,
    found: Vec<What>,
}

impl Habits {
    const fn new(since: Time) -> Self {
        Self { since, rung: Vec::new(), entered: Vec::new(), unanswered: 0, found: Vec::new() }
    }

    /// Once.
    fn find(&mut self, what: What, count: u32, is_so: bool) -> Option<Finding> {
        if !is_so || self.found.contains(&what) {
            return None;
        }
        self.found.push(what);
        Some(Finding { what, count })
    }
}

impl Watch {
    /// Somebody rings somebody.
    pub fn rang(&mut self, now: Time, from: &UserId, to: &UserId) -> Option<Finding> {
        let habits = self.habits(now, from)?;
        let count = add(&mut habits.rung, to, RUNG);
        habits.find(What::RangMany, count, habits.rung.len() >= RUNG)
    }

    /// A call that somebody placed is over, and was answered or not.
    pub fn over(&mut self, now: Time, from: &UserId, answered: bool) -> Option<Finding> {
        let habits = self.habits(now, from)?;
        habits.unanswered = if answered { 0 } else { habits.unanswered.saturating_add(1) };
        habits.find(What::Unanswered, habits.unanswered, habits.unanswered >= UNANSWERED)
    }

    /// Somebody enters a room.
    pub fn entered(&mut self, now: Time, user: &UserId, room: &RoomCode) -> Option<Finding> {
        let habits = self.habits(now, user)?;
        let count = add(&mut habits.entered, room, ENTERED);
        habits.find(What::EnteredMany, count, habits.entered.len() >= ENTERED)
    }

    /// Somebody has to wait because of the codes they tried.
    pub fn guessed(&mut self, now: Time, user: &UserId) -> Option<Finding> {
        self.habits(now, user)?.find(What::GuessedCodes, 1, true)
    }

    /// Somebody's habits of this hour; `None` if they are not watched.
    fn habits(&mut self, now: Time, user: &UserId) -> Option<&mut Habits> {
        let is_over = |habits: &Habits| now.since(habits.since) >= WINDOW;
        if !self.people.contains_key(user) {
            if self.people.len() >= PEOPLE {
                self.people.retain(|_, habits| !is_over(habits));
            }
            if self.people.len() >= PEOPLE {
                return None;
            }
        }
        let habits = self.people.entry(user.clone()).or_insert(Habits::new(now));
        if is_over(habits) {
            // Calls in a row go on from one hour into the next.
            *habits = Habits { unanswered: habits.unanswered, ..Habits::new(now) };
        }
        Some(habits)
    }
}

/// Remembers one more, unless it is known or there are enough; how many there are.
fn add(known: &mut Vec<u64>, one: &impl Hash, enough: usize) -> u32 {
    let mut hasher = DefaultHasher::new();
    one.hash(&mut hasher);
    let number = hasher.finish();
    if known.len() < enough && !known.contains(&number) {
        known.push(number);
    }
    u32::try_from(known.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(n: usize) -> UserId {
        format!("u{n}").parse().unwrap()
    }

    fn at(seconds: u64) -> Time {
        Time::from_millis(seconds * 1_000)
    }

    /// What is found while the `n`th of a hundred things happens.
    fn found(mut happens: impl FnMut(usize) -> Option<Finding>) -> Vec<(usize, What, u32)> {
        (1..=100).filter_map(|n| happens(n).map(|finding| (n, finding.what, finding.count))).collect()
    }

    #[test]
    fn ringing_many_people_is_found_once_and_ringing_one_again_is_not() {
        let mut watch = Watch::default();
        assert_eq!(found(|_| watch.rang(at(1), &user(0), &user(1))), []);
        assert_eq!(found(|n| watch.rang(at(2), &user(0), &user(n))), [(20, What::RangMany, 20)]);
        assert_eq!(found(|n| watch.rang(at(3_602), &user(0), &user(n))), [(20, What::RangMany, 20)], "an hour later");
    }

    #[test]
    fn a_few_each_hour_are_nothing() {
        let mut watch = Watch::default();
        assert_eq!(found(|n| watch.rang(at(n as u64 * 200), &user(0), &user(n))), []);
    }

    #[test]
    fn calls_that_nobody_answers_are_found_and_one_answer_is_enough() {
        let mut watch = Watch::default();
        assert_eq!(found(|n| watch.over(at(1), &user(0), n % 15 == 0)), []);
        let mut watch = Watch::default();
        assert_eq!(found(|n| watch.over(at(n as u64), &user(0), false)), [(15, What::Unanswered, 15)]);
    }

    #[test]
    fn entering_many_rooms_and_guessing_are_found() {
        let mut watch = Watch::default();
        let room = |n: usize| RoomCode::from_random(&[u8::try_from(n).unwrap(); 12]).unwrap();
        assert_eq!(found(|_| watch.entered(at(1), &user(0), &room(3))), []);
        let other = found(|n| watch.entered(at(1), &user(1), &room(n % 23)));
        assert_eq!(other, [(20, What::EnteredMany, 20)]);
        assert_eq!(found(|_| watch.guessed(at(1), &user(0))), [(1, What::GuessedCodes, 1)]);
    }

    #[test]
    fn so_many_are_watched_and_after_an_hour_others() {
        let mut watch = Watch::default();
        for n in 0..PEOPLE + 100 {
            assert_eq!(watch.rang(at(1), &user(n), &user(0)), None);
        }
        assert_eq!(watch.people.len(), PEOPLE);
        assert_eq!(watch.guessed(at(2), &user(PEOPLE)), None, "not watched");
        assert!(watch.guessed(at(3_601), &user(PEOPLE)).is_some());
        assert_eq!(watch.people.len(), 1);
    }
}
