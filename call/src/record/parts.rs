//! Who had part in a call: what a history is made of.

use protocol::{DeviceId, EndReason, InvitationStatus, Person, UserId};

use super::ringing_in::Guest;
use super::{CallRecord, Seat, Stage};
use crate::Time;

/// How many people's parts in one call are remembered. A room that is open for days may see any number come and go; who
/// comes later is in the room all the same, and only has no part in what is kept of it.
pub const PARTS: usize = 200;

/// One person's part in a call, all of their devices taken together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Part {
    /// Who.
    pub user: UserId,
    /// What they are called; `None` for who was rung in a direct call and did not accept: its record knows only the id.
    pub name: Option<String>,
    /// What it came to for them.
    pub status: PartStatus,
    /// When they first took their place, the caller's being theirs from the ring on; `None` for somebody who never did.
    pub joined: Option<Time>,
    /// When they last gave it up, at the end of the call at the latest.
    pub left: Option<Time>,
}

/// What a call came to for one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum PartStatus {
    /// They rang.
    Placed,
    /// They were rung and accepted.
    Accepted,
    /// They entered the room.
    Joined,
    /// They were rung and said no.
    Declined,
    /// They were rung and are, or say that they are, in another call.
    Busy,
    /// They were rung and did not answer before it was over, whoever ended it.
    Missed,
}

impl CallRecord {
    /// Everyone's part, in a call that ends now: those who left before, those who are in it, whoever still is rung.
    pub(super) fn parts(&mut self, now: Time, reason: EndReason) -> Vec<Part> {
        let mut parts = std::mem::take(&mut self.gone);
        for (place, seat) in self.seats.iter().enumerate() {
            remember(&mut parts, self.part(place, seat, now));
        }
        match &self.stage {
            Stage::Ringing(ring) => {
                let status = unanswered(reason);
                parts.push(Part { user: ring.to.clone(), name: None, status, joined: None, left: None });
            }
            Stage::Room(room) => {
                // Whoever rang comes first, though they may not have left first.
                parts.sort_by_key(|part| part.status != PartStatus::Placed);
                room.guests.iter().filter_map(missing).for_each(|part| remember(&mut parts, part));
            }
            Stage::Talking(_) | Stage::Over(_) => {}
        }
        parts
    }

    /// Keeps the part of somebody who leaves a call that goes on without them.
    pub(super) fn keep_part(&mut self, now: Time, device: &DeviceId) {
        let found = self.seats.iter().enumerate().find(|(_, seat)| seat.device() == device);
        if let Some(part) = found.map(|(place, seat)| self.part(place, seat, now)) {
            remember(&mut self.gone, part);
        }
    }

    /// The part of whoever sits at that place, should they leave now.
    fn part(&self, place: usize, seat: &Seat, now: Time) -> Part {
        let Person { id, name, .. } = &seat.participant.user;
        let status = match &self.stage {
            Stage::Room(room) if room.private && room.host == *id => PartStatus::Placed,
            Stage::Room(room) if room.private => PartStatus::Accepted,
            Stage::Room(_) => PartStatus::Joined,
            // The caller has the first place.
            Stage::Ringing(_) | Stage::Talking(_) | Stage::Over(_) if place == 0 => PartStatus::Placed,
            Stage::Ringing(_) | Stage::Talking(_) | Stage::Over(_) => PartStatus::Accepted,
        };
        let (joined, left) = (Some(seat.joined), Some(now));
        Part { user: id.clone(), name: Some(name.clone()), status, joined, left }
    }
}

/// Adds a part, or makes it one with what is known of the same person: a second device, or a second visit.
fn remember(parts: &mut Vec<Part>, part: Part) {
    if let Some(known) = parts.iter_mut().find(|known| known.user == part.user) {
        // Whoever was in it was in it, even if they were rung once more and did not come.
        if part.joined.is_some() {
            known.joined = known.joined.min(part.joined);
            known.left = known.left.max(part.left);
        }
    } else if parts.len() < PARTS {
        parts.push(part);
    }
}

/// The part of somebody who was rung into a call and did not come; nothing for who was not here or did come.
fn missing(guest: &Guest) -> Option<Part> {
    let status = match guest.status {
        InvitationStatus::Declined => PartStatus::Declined,
        InvitationStatus::Busy => PartStatus::Busy,
        InvitationStatus::Invited | InvitationStatus::Ringing | InvitationStatus::Missed => PartStatus::Missed,
        InvitationStatus::Joined | InvitationStatus::NotHere | InvitationStatus::DoNotDisturb => return None,
    };
    let Person { id, name, .. } = &guest.person;
    Some(Part { user: id.clone(), name: Some(name.clone()), status, joined: None, left: None })
}

/// What a call that ends while it rings came to for whoever was rung.
const fn unanswered(reason: EndReason) -> PartStatus {
    match reason {
        EndReason::Declined | EndReason::DeclinedElsewhere => PartStatus::Declined,
        EndReason::Busy => PartStatus::Busy,
        EndReason::Completed
        | EndReason::Cancelled
        | EndReason::Missed
        | EndReason::Timeout
        | EndReason::Failed
        | EndReason::Removed
        | EndReason::AnsweredElsewhere => PartStatus::Missed,
    }
}
