//! Calls that are over, as the relay's history tells of them, seen by one of those who were in them.

use std::time::Duration;

use call::Direction;
pub(crate) use call::record::PartStatus as Status;
use protocol::{CallId, CallType, EndReason, Figures, Person, RoomCode, UserId};

/// A call that is over. Moments are in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PastCall {
    /// Which call it was.
    pub(crate) id: CallId,
    /// What it carried from its start.
    pub(crate) kind: CallType,
    /// Its room, if it was one's.
    pub(crate) room: Option<RoomCode>,
    /// What that room was called.
    pub(crate) room_name: Option<String>,
    /// When it was placed.
    pub(crate) placed_at: f64,
    /// When it was over.
    pub(crate) ended_at: f64,
    /// How long media could flow.
    pub(crate) lasted: Duration,
    /// Why it was over, as the caller saw it.
    pub(crate) reason: EndReason,
    /// Whose doing that was, where it was a person's.
    pub(crate) ended_by: Option<UserId>,
    /// Somebody recorded some of it.
    pub(crate) recorded: bool,
    /// Everyone with part in it, the caller first.
    pub(crate) parts: Vec<Part>,
    /// How good it was, by the median of what was reported; nothing of calls too short to say.
    pub(crate) quality: Option<Figures>,
    /// How good it was from beginning to end, where that is known; not in a list.
    pub(crate) course: Option<Course>,
}

/// The worst of what was reported in equal stretches of time; nothing in place of what nobody reported.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Course {
    /// When the first stretch begins.
    pub(crate) from: f64,
    /// How long each of them lasts, in milliseconds.
    pub(crate) every: f64,
    /// The mean opinion score of the sound, 1 to 4.5.
    pub(crate) opinion: Vec<Option<f64>>,
    /// From here to there and back.
    pub(crate) round_trip_ms: Vec<Option<f64>>,
    /// How much of the sound was lost.
    pub(crate) loss_percent: Vec<Option<f64>>,
}

impl Course {
    /// When a stretch begins.
    pub(crate) fn at(&self, place: usize) -> f64 {
        self.from + self.every * place as f64
    }

    /// When the last stretch ends.
    pub(crate) fn end(&self) -> f64 {
        self.at(self.opinion.len())
    }
}

/// Somebody's part in a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    /// Who. The name is their id where the relay does not know it any more.
    pub(crate) person: Person,
    /// What it came to for them.
    pub(crate) status: Status,
    /// From when to when they were in it, if they were.
    pub(crate) joined_at: Option<f64>,
    /// See `joined_at`.
    pub(crate) left_at: Option<f64>,
}

impl PastCall {
    /// What it came to for `me`.
    fn status(&self, me: &UserId) -> Option<Status> {
        self.parts.iter().find(|part| part.person.id == *me).map(|part| part.status)
    }

    /// Everyone but `me`.
    pub(crate) fn others(&self, me: &UserId) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(move |part| part.person.id != *me)
    }

    /// The other one of a call of two; a room and a group have none.
    pub(crate) fn with(&self, me: &UserId) -> Option<&Person> {
        let direct = matches!(self.kind, CallType::Voice | CallType::Video);
        self.others(me).next().map(|part| &part.person).filter(|_| direct)
    }

    /// The others of a group's call, for calling them again.
    pub(crate) fn group(&self, me: &UserId) -> Vec<Person> {
        let group = self.room.is_none() && self.with(me).is_none();
        self.others(me).filter(|_| group).map(|part| part.person.clone()).collect()
    }

    /// Who rang whom.
    pub(crate) fn direction(&self, me: &UserId) -> Direction {
        match self.status(me) {
            _ if self.room.is_some() => Direction::Room,
            Some(Status::Placed) => Direction::Outgoing,
            _ => Direction::Incoming,
        }
    }

    /// It rang for `me`, and nobody answered.
    pub(crate) fn is_missed(&self, me: &UserId) -> bool {
        matches!(self.status(me), Some(Status::Missed | Status::Busy))
    }

    /// Why it was over, as `me` should understand it.
    pub(crate) fn ending(&self, me: &UserId) -> EndReason {
        match self.status(me) {
            Some(Status::Missed | Status::Busy) => EndReason::Missed,
            Some(Status::Declined) => EndReason::Declined,
            _ => self.reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn person(id: &str) -> Person {
        Person { id: id.parse().unwrap(), name: id.to_owned(), avatar: None }
    }

    /// Ann rings Bob.
    fn call(reason: EndReason, bob: Status) -> PastCall {
        let part = |id, status| Part { person: person(id), status, joined_at: None, left_at: None };
        PastCall {
            id: "c_5fb2c1ad90e84c77".parse().unwrap(),
            kind: CallType::Voice,
            room: None,
            room_name: None,
            placed_at: 0.0,
            ended_at: 1000.0,
            lasted: Duration::ZERO,
            reason,
            ended_by: None,
            recorded: false,
            parts: vec![part("ann", Status::Placed), part("bob", bob)],
            quality: None,
            course: None,
        }
    }

    #[test]
    fn each_sees_a_call_from_their_own_side() {
        let (ann, bob) = (person("ann").id, person("bob").id);
        for (call, to_ann, to_bob) in [
            (call(EndReason::Completed, Status::Accepted), EndReason::Completed, EndReason::Completed),
            (call(EndReason::Declined, Status::Declined), EndReason::Declined, EndReason::Declined),
            (call(EndReason::Busy, Status::Busy), EndReason::Busy, EndReason::Missed),
            (call(EndReason::Cancelled, Status::Missed), EndReason::Cancelled, EndReason::Missed),
        ] {
            assert_eq!((call.ending(&ann), call.ending(&bob)), (to_ann, to_bob));
            assert_eq!(call.is_missed(&bob), to_bob == EndReason::Missed);
            assert!(!call.is_missed(&ann));
            assert_eq!((call.direction(&ann), call.direction(&bob)), (Direction::Outgoing, Direction::Incoming));
            assert_eq!(call.with(&ann), Some(&person("bob")));
        }
    }

    #[test]
    fn a_room_is_with_nobody_in_particular() {
        let mut call = call(EndReason::Completed, Status::Joined);
        call.room = Some("abcd-efgh-jkmn".parse().unwrap());
        call.kind = CallType::GroupVoice;
        assert_eq!(call.direction(&person("bob").id), Direction::Room);
        assert_eq!(call.with(&person("bob").id), None);
        assert_eq!(call.others(&person("bob").id).count(), 1);
        assert_eq!(call.group(&person("bob").id), []);
    }

    #[test]
    fn a_group_can_be_called_again() {
        let mut call = call(EndReason::Completed, Status::Accepted);
        call.kind = CallType::GroupVideo;
        assert_eq!(call.with(&person("ann").id), None);
        assert_eq!(call.group(&person("ann").id), [person("bob")]);
        assert_eq!(call.direction(&person("ann").id), Direction::Outgoing);
    }
}
