//! A relay with one call and no IO: it keeps the record, hands out what is sent, and checks after every event what must
//! hold at any time.

#![allow(dead_code, reason = "shared by two test programs, and neither uses all of it")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use call::Time;
use call::record::{CallRecord, CameTo, Effect, Event, NewCall, NewRoom, PARTS, Rejected, Summary, Terms};
use protocol::{
    Action, CallId, CallState, CallStatus, CallType, Candidate, DeviceId, ErrorCode, Figures, InvitationStatus,
    MediaState, Opaque, Participant, Person, Received, RelayMessage, RoomCode, UserId,
};

pub(crate) const CALL: &str = "c_0123456789abcdef";

pub(crate) fn device(name: &str) -> DeviceId {
    format!("device_{name:_<12}").parse().unwrap()
}

/// The user a device belongs to: its name without the number, so that `bob1` and `bob2` are Bob's.
pub(crate) fn user(name: &str) -> UserId {
    name.trim_end_matches(|c: char| c.is_ascii_digit()).parse().unwrap()
}

pub(crate) fn participant(name: &str) -> Participant {
    let id = user(name);
    Participant {
        device: device(name),
        user: Person { name: id.to_string(), id, avatar: None },
        media: MediaState { microphone: true, ..MediaState::default() },
    }
}

pub(crate) fn candidate(text: &str) -> Candidate {
    Candidate { candidate: Opaque::new(text), sdp_mid: None, sdp_m_line_index: None, username_fragment: None }
}

/// That so many of a thousand packets of that device were lost.
pub(crate) fn received(from: &str, loss: u16) -> Received {
    Received { from: device(from), figures: Figures { loss_permille: Some(loss), ..Figures::default() } }
}

fn anns_call() -> NewCall {
    NewCall {
        call_id: CALL.parse().unwrap(),
        kind: CallType::Video,
        from: participant("ann"),
        to: user("bob"),
        offer: Opaque::new("offer"),
        silent: false,
        awaited: false,
    }
}

/// One call, and everything that came of it.
pub(crate) struct World {
    pub(crate) now: Time,
    pub(crate) record: CallRecord,
    /// What each device was sent and has not yet read.
    pub(crate) inbox: BTreeMap<DeviceId, Vec<RelayMessage>>,
    pub(crate) replies: Vec<RelayMessage>,
    pub(crate) seated: BTreeSet<DeviceId>,
    /// Those who wait at the room's door.
    pub(crate) waiting: BTreeSet<DeviceId>,
    pub(crate) doing: BTreeMap<UserId, CallStatus>,
    /// For whom it rings, and what came of it for whom it did.
    pub(crate) ringing: BTreeSet<UserId>,
    pub(crate) came_to: BTreeMap<UserId, CameTo>,
    pub(crate) summary: Option<Summary>,
    pub(crate) accepted: BTreeSet<DeviceId>,
    /// Everyone who ever was in it.
    were_in: BTreeSet<UserId>,
    /// Those who were rung into it and are here, by what was told last.
    were_rung: BTreeSet<UserId>,
}

impl World {
    /// Ann rings Bob, who has these devices free.
    pub(crate) fn ring(devices: &[&str]) -> Self {
        Self::place(anns_call(), devices)
    }

    /// Ann rings Bob, who is at no device and will be told of it.
    pub(crate) fn await_bob() -> Self {
        Self::place(NewCall { awaited: true, ..anns_call() }, &[])
    }

    fn place(call: NewCall, devices: &[&str]) -> Self {
        let devices = devices.iter().map(|name| device(name)).collect();
        let (record, effects) = CallRecord::ring(Time::from_millis(1_000), Terms::default(), call, devices);
        Self::start(record, effects)
    }

    /// Somebody is the first in a room.
    pub(crate) fn room(first: &str) -> Self {
        Self::in_room(first, false)
    }

    /// Somebody is in a room of their own, for ringing others into it.
    pub(crate) fn group(first: &str) -> Self {
        Self::in_room(first, true)
    }

    /// Somebody is in a room of their own, at whose door others wait.
    pub(crate) fn waiting_room(first: &str) -> Self {
        let mut world = Self::room(first);
        let wait = Event::Moderate { by: device(first), action: Action::Wait, device: None };
        world.does(wait).unwrap();
        world.all_read();
        world
    }

    fn in_room(first: &str, private: bool) -> Self {
        let code: RoomCode = "abcd-efgh-jkmn".parse().unwrap();
        let id: CallId = CALL.parse().unwrap();
        let room = NewRoom { code, name: Some("Stand-up".to_owned()), host: user(first), private, waiting_room: false };
        let (record, effects) =
            CallRecord::open_room(Time::from_millis(1_000), Terms::default(), id, room, participant(first));
        Self::start(record, effects)
    }

    fn start(record: CallRecord, effects: Vec<Effect>) -> Self {
        let mut world = Self {
            now: Time::from_millis(1_000),
            record,
            inbox: BTreeMap::new(),
            replies: Vec::new(),
            seated: BTreeSet::new(),
            waiting: BTreeSet::new(),
            doing: BTreeMap::new(),
            ringing: BTreeSet::new(),
            came_to: BTreeMap::new(),
            summary: None,
            accepted: BTreeSet::new(),
            were_in: BTreeSet::new(),
            were_rung: BTreeSet::new(),
        };
        world.carry_out(effects);
        world.check();
        world
    }

    /// Applies an event; a refused one must leave everything as it was.
    pub(crate) fn does(&mut self, event: Event) -> Result<(), ErrorCode> {
        let before = self.record.state();
        let mut in_place = self.record.clone();
        let changed = in_place.change(self.now, event.clone());
        let (next, effects) = match self.record.apply(self.now, event) {
            Ok(result) => result,
            Err(Rejected(code)) => {
                assert_eq!(changed, Err(Rejected(code)));
                assert_eq!(format!("{in_place:?}"), format!("{:?}", self.record), "a refusal changes nothing");
                return Err(code);
            }
        };
        assert_eq!(
            (format!("{in_place:?}"), changed.as_ref()),
            (format!("{next:?}"), Ok(&effects)),
            "one and the same"
        );
        assert!(next.state() >= before, "a call never goes back: {before:?} to {:?}", next.state());
        self.record = next;
        self.carry_out(effects);
        self.check();
        Ok(())
    }

    pub(crate) fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(deadline) = self.record.deadline().filter(|&deadline| deadline <= until) {
            self.now = self.now.max(deadline);
            self.does(Event::Tick).unwrap();
            assert!(
                self.record.deadline().is_none_or(|next| next > deadline),
                "a deadline that has been dealt with is gone"
            );
        }
        self.now = until;
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            assert!(self.summary.is_none(), "the summary is the last effect, but then came {effect:?}");
            match effect {
                Effect::Send { to, message } => {
                    if let RelayMessage::Accepted(accepted) = &message {
                        self.accepted.insert(accepted.by.device.clone());
                    }
                    if let RelayMessage::Invitations(told) = &message {
                        let here = told.people.iter().filter(|one| one.status != InvitationStatus::NotHere);
                        self.were_rung = here.map(|one| one.user.id.clone()).collect();
                    }
                    self.inbox.entry(to).or_default().push(message);
                }
                Effect::Reply(message) => self.replies.push(message),
                Effect::Seated { device } => assert!(self.seated.insert(device), "seated twice"),
                Effect::Freed { device } => drop(self.seated.remove(&device)),
                Effect::Waits { device, waits: true } => assert!(self.waiting.insert(device), "waits twice"),
                Effect::Waits { device, waits: false } => assert!(self.waiting.remove(&device), "waited never"),
                Effect::Doing { user, status: Some(status) } => drop(self.doing.insert(user, status)),
                Effect::Doing { user, status: None } => drop(self.doing.remove(&user)),
                Effect::Rings { user, .. } => assert!(self.ringing.insert(user), "rings twice"),
                Effect::Rang { user, came_to } => {
                    assert!(self.ringing.remove(&user), "it did not ring for {user}");
                    self.came_to.insert(user, came_to);
                }
                Effect::Over(summary) => {
                    assert!(self.ringing.is_empty(), "it still rings for {:?}", self.ringing);
                    self.summary = Some(*summary);
                }
            }
        }
    }

    /// A summary names everyone who was in the call or was rung, once, and when that was.
    fn check_parts(&self, summary: &Summary) {
        let mut expected: BTreeSet<&UserId> = self.were_in.iter().chain(&self.were_rung).collect();
        expected.extend(summary.from.iter().chain(&summary.to));
        let told: Vec<&UserId> = summary.parts.iter().map(|part| &part.user).collect();
        assert_eq!((told.len(), told.into_iter().collect()), (expected.len(), expected), "{summary:?}");
        for part in &summary.parts {
            let (joined, left) = (part.joined, part.left);
            assert_eq!(joined.is_some(), left.is_some(), "{part:?}");
            assert!(joined.is_none() || part.name.is_some(), "{part:?}");
            assert!(joined <= left && left.is_none_or(|left| left <= summary.ended), "{part:?}");
        }
    }

    fn check(&mut self) {
        self.were_in.extend(self.record.participants().map(|one| one.user.id.clone()));
        if let Some(summary) = self.summary.as_ref().filter(|summary| summary.parts.len() < PARTS) {
            self.check_parts(summary);
        }
        assert!(self.accepted.len() <= 1, "two devices were accepted: {:?}", self.accepted);
        let over = matches!(self.record.state(), CallState::Ended | CallState::Failed);
        assert_eq!(over, self.record.ended().is_some());
        assert_eq!(over, self.summary.is_some(), "a call that is over says so, and only then");
        let in_it: BTreeSet<DeviceId> = self.record.participants().map(|one| one.device.clone()).collect();
        assert_eq!(in_it, self.seated, "who is in the call and who was said to be");
        if over {
            assert!(self.doing.is_empty() && self.waiting.is_empty(), "left over: {:?}", (&self.doing, &self.waiting));
            assert_eq!(self.record.deadline(), None, "left over: a deadline");
        } else {
            let users: BTreeSet<UserId> = self.record.participants().map(|one| one.user.id.clone()).collect();
            assert!(users.iter().all(|user| self.doing.contains_key(user)));
        }
    }

    /// What that device was sent since the last time it looked.
    pub(crate) fn read(&mut self, name: &str) -> Vec<RelayMessage> {
        self.inbox.remove(&device(name)).unwrap_or_default()
    }

    /// The same, as the names of the messages.
    pub(crate) fn kinds(&mut self, name: &str) -> Vec<&'static str> {
        self.read(name).iter().map(RelayMessage::kind).collect()
    }

    /// Everyone has read everything.
    pub(crate) fn all_read(&mut self) {
        self.inbox.clear();
        self.replies.clear();
    }

    pub(crate) fn accept(&mut self, name: &str) -> Result<(), ErrorCode> {
        self.does(Event::Accept { by: participant(name), answer: Opaque::new("answer") })
    }

    pub(crate) fn connected(&mut self, name: &str) -> Result<(), ErrorCode> {
        self.does(Event::Connected { device: device(name) })
    }

    pub(crate) fn candidates(&mut self, from: &str, to: Option<&str>, count: usize) -> Result<(), ErrorCode> {
        let candidates = (0..count).map(|_| candidate(from)).collect();
        self.does(Event::Candidates { from: device(from), to: to.map(device), candidates })
    }

    pub(crate) fn offer(&mut self, from: &str, to: &str) -> Result<(), ErrorCode> {
        self.does(Event::Offer { from: device(from), to: device(to), sdp: Opaque::new(from) })
    }

    pub(crate) fn answer(&mut self, from: &str, to: &str) -> Result<(), ErrorCode> {
        self.does(Event::Answer { from: device(from), to: device(to), sdp: Opaque::new(from) })
    }
}
