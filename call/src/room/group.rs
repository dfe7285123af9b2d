//! A group's call: a private room into which people are rung.

use protocol::{CallType, InvitationStatus, Invitations, Person, RoomCode, limits};

use super::{Member, Room, Stage};
use crate::leg::{Continued, Leg};
use crate::{Direction, Time};

/// What a group's call has and an open room has not.
pub(super) struct Group {
    pub(super) direction: Direction,
    /// Whom to ring as soon as this side is in.
    pub(super) to_call: Vec<Person>,
    /// Everybody else, as far as their names are known.
    pub(super) people: Vec<Person>,
    /// Somebody accepted; before, it rings.
    pub(super) answered: bool,
}

impl Room {
    /// Rings those people as soon as this side is in: it is a group's call.
    pub(crate) fn call_when_in(&mut self, people: Vec<Person>) {
        let to_call = people.clone();
        self.group = Some(Box::new(Group { direction: Direction::Outgoing, to_call, people, answered: false }));
    }

    /// Is entered because it rang here.
    pub(crate) fn answers(&mut self, kind: CallType, people: Vec<Person>) {
        self.kind = kind;
        let direction = Direction::Incoming;
        self.group = Some(Box::new(Group { direction, to_call: Vec::new(), people, answered: true }));
    }

    /// It is a group's, as it turns out: this side came by its link.
    pub(super) fn becomes_group(&mut self) {
        let direction = Direction::Incoming;
        let group = || Box::new(Group { direction, to_call: Vec::new(), people: Vec::new(), answered: true });
        self.group.get_or_insert_with(group);
    }

    /// Somebody is in it: they belong to those who are called when it is called again.
    pub(super) fn knows(&mut self, person: &Person) {
        let Some(group) = &mut self.group else { return };
        if group.people.len() < limits::INVITED && !group.people.iter().any(|known| known.id == person.id) {
            group.people.push(person.clone());
        }
    }

    /// The code of a group's call, with which others come in once it is unlocked.
    pub(crate) fn group_code(&self) -> Option<RoomCode> {
        self.code.clone().filter(|_| self.group.is_some() && self.is_joined())
    }

    /// Goes on with what a direct call had.
    pub(crate) fn widened(now: Time, leg: Leg) -> Self {
        let (call_id, direction) = (leg.call_id.clone(), leg.direction);
        let camera = leg.kind == CallType::Video;
        let people = vec![leg.with.clone()];
        let mut room = Self::new(now, call_id, camera, Stage::In { since: now });
        room.group = Some(Box::new(Group { direction, to_call: Vec::new(), people, answered: true }));
        if let Some(Continued { participant, paths, since, lost, wanted }) = leg.into_continued() {
            room.stage = Stage::In { since };
            room.members.push(Member { participant, paths, met: true, lost, wanted });
        }
        room
    }

    /// Who was rung, and what came of it, and whether others come in as well. A name that the relay does not know may be
    /// known here.
    pub(crate) fn invitations(&mut self, Invitations { mut people, unlocked, .. }: Invitations) {
        self.unlocked = unlocked;
        people.truncate(limits::INVITED);
        let Some(group) = &mut self.group else { return self.invited = people };
        for one in &mut people {
            match group.people.iter().find(|known| known.id == one.user.id) {
                Some(known) if one.user.name.is_empty() => one.user = known.clone(),
                Some(_) => {}
                None => group.people.push(one.user.clone()),
            }
        }
        group.people.truncate(limits::INVITED);
        self.invited = people;
    }

    /// A group's call that nobody has accepted yet.
    pub(crate) fn is_calling(&self) -> bool {
        self.group.as_ref().is_some_and(|group| !group.answered)
    }

    /// A group's call into which this side was let, or wanted to be, because it rang here.
    pub(crate) fn is_answering(&self) -> bool {
        !self.is_joined() && self.group.as_ref().is_some_and(|group| group.direction == Direction::Incoming)
    }

    /// Somebody's device rings, and nobody has accepted.
    pub(crate) fn rings_there(&self) -> bool {
        self.is_calling() && self.invited.iter().any(|one| one.status == InvitationStatus::Ringing)
    }

    pub(crate) fn direction(&self) -> Direction {
        self.group.as_ref().map_or(Direction::Room, |group| group.direction)
    }

    pub(crate) fn people(&self) -> Vec<Person> {
        self.group.as_ref().map(|group| group.people.clone()).unwrap_or_default()
    }
}
