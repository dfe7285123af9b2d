//! Calls and rooms, and who is in them: all that there is, or as much of it as a step needs.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use call::Time;
use call::record::{CallRecord, NewRoom, Summary};
use protocol::{CallId, CallState, CallStatus, DeviceId, ErrorCode, RoomCode, UserId};

use super::Refused;

/// How long a call that is over still answers. Only latecomers ask: a hang-up from both sides, an accept that crossed a
/// cancel, a page that was away.
pub(super) const KEEP_ENDED: Duration = Duration::from_secs(300);
/// How many of them. More would only matter to a relay with hundreds of calls a second, and there cost memory.
pub(super) const KEEP_ENDED_CALLS: usize = 4_096;
/// How long a room without anyone in it exists.
pub(super) const KEEP_EMPTY_ROOM: Duration = Duration::from_secs(3_600);
/// How many rooms may stand empty; the oldest goes first. Making rooms is cheap for whoever does it and must be for us.
pub(super) const KEEP_EMPTY_ROOMS: usize = 10_000;

/// Calls and rooms, and who is in them.
#[derive(Default)]
pub(super) struct State {
    pub(super) calls: HashMap<CallId, CallRecord>,
    /// The calls each device is in: one, or one beside another that it has on hold. None are not kept.
    pub(super) seats: HashMap<DeviceId, Vec<CallId>>,
    /// The call at whose room's door each device waits.
    pub(super) waiting: HashMap<DeviceId, CallId>,
    /// What each user does, in each of their calls.
    pub(super) users: HashMap<UserId, Vec<(CallId, CallStatus)>>,
    pub(super) rooms: HashMap<RoomCode, Room>,
    pub(super) deadlines: BTreeSet<(Time, CallId)>,
    /// Calls that are over, in the order in which they ended.
    pub(super) ended: VecDeque<(Time, CallId)>,
    /// Rooms that became empty, in that order; they may have been entered since.
    pub(super) empty: VecDeque<(Time, RoomCode)>,
}

/// A room, whether or not somebody is in it.
#[derive(Clone)]
pub(super) struct Room {
    pub(super) made: NewRoom,
    /// The call of those who are in it.
    pub(super) call: Option<CallId>,
    pub(super) empty_since: Time,
}

impl State {
    /// The call that rings from the one user to the other.
    pub(super) fn ringing(&self, from: &UserId, to: &UserId) -> Option<CallId> {
        self.calls_of(to).find(|record| record.rings(from, to)).map(|record| record.id().clone())
    }

    pub(super) fn ringing_for(&self, user: &UserId) -> Vec<CallId> {
        self.calls_of(user).filter(|record| record.rings_for(user)).map(|record| record.id().clone()).collect()
    }

    pub(super) fn calls_of(&self, user: &UserId) -> impl Iterator<Item = &CallRecord> {
        self.users.get(user).into_iter().flatten().filter_map(|(call, _)| self.calls.get(call))
    }

    /// A device carries one call at a time, and one more that it has on hold.
    pub(super) fn check_free(&self, device: &DeviceId, but_for: Option<&CallId>) -> Result<(), Refused> {
        let mut others = self.seats.get(device).into_iter().flatten().filter(|call| Some(*call) != but_for);
        let is_held = |call: &CallId| self.calls.get(call).is_some_and(|record| record.is_held_by(device));
        match (others.next(), others.next()) {
            (Some(first), second) if second.is_some() || !is_held(first) => {
                Err(Refused::about(ErrorCode::InCall, first.clone()))
            }
            _ => Ok(()),
        }
    }

    /// Whether a device can be rung: it is in no call, or in one that was accepted, so that another can be shown beside it.
    pub(super) fn takes_another(&self, device: &DeviceId) -> bool {
        let accepted = |state| matches!(state, CallState::Connecting | CallState::Active);
        match self.seats.get(device).map(Vec::as_slice) {
            None | Some([]) => true,
            Some([only]) => self.calls.get(only).is_some_and(|record| accepted(record.state())),
            Some(_) => false,
        }
    }

    pub(super) fn seat(&mut self, device: DeviceId, call: &CallId) {
        let seats = self.seats.entry(device).or_default();
        if !seats.contains(call) {
            seats.push(call.clone());
        }
    }

    pub(super) fn free(&mut self, device: &DeviceId, call: &CallId) {
        if let Some(seats) = self.seats.get_mut(device) {
            seats.retain(|seat| seat != call);
            if seats.is_empty() {
                self.seats.remove(device);
            }
        }
    }

    /// The calls in which a device has a seat, and the one at whose room's door it waits.
    pub(super) fn places(&self, device: &DeviceId) -> Vec<CallId> {
        self.seats.get(device).into_iter().flatten().chain(self.waiting.get(device)).cloned().collect()
    }

    pub(super) fn status(&self, user: &UserId) -> CallStatus {
        most_of(self.users.get(user).into_iter().flatten().map(|(_, status)| *status))
    }

    pub(super) fn set_status(&mut self, user: &UserId, call: &CallId, status: Option<CallStatus>) {
        let doing = self.users.entry(user.clone()).or_default();
        doing.retain(|(other, _)| other != call);
        doing.extend(status.map(|status| (call.clone(), status)));
        if doing.is_empty() {
            self.users.remove(user);
        }
    }

    /// Sets the call's place among the deadlines.
    pub(super) fn plan(&mut self, before: Option<Time>, after: Option<Time>, call: &CallId) {
        if before == after {
            return;
        }
        if let Some(before) = before {
            self.deadlines.remove(&(before, call.clone()));
        }
        if let Some(after) = after {
            self.deadlines.insert((after, call.clone()));
        }
    }

    /// The call of a room is over. A group's room is over with it.
    pub(super) fn leave_room_empty(&mut self, summary: &Summary) {
        let Some(code) = &summary.room else { return };
        if summary.private {
            self.rooms.remove(code);
        } else if let Some(room) = self.rooms.get_mut(code) {
            room.call = None;
            room.empty_since = summary.ended;
            self.empty.push_back((summary.ended, code.clone()));
        }
    }

    /// Whose that device is, if it is in the call.
    pub(super) fn user_of(&self, call: &CallId, device: &DeviceId) -> Option<UserId> {
        let mut participants = self.calls.get(call)?.participants();
        participants.find(|one| one.device == *device).map(|one| one.user.id.clone())
    }

    /// Whether a user's device can be rung by another: as for anybody, or because it dials just that other.
    pub(super) fn can_be_rung(&self, device: &DeviceId, user: &UserId, by: &UserId) -> bool {
        let mut seats = self.seats.get(device).into_iter().flatten().filter_map(|call| self.calls.get(call));
        self.takes_another(device) || seats.any(|record| record.rings(user, by))
    }

    pub(super) fn forget_ended(&mut self, now: Time) {
        while let Some((ended, call)) = self.ended.front() {
            if now.since(*ended) < KEEP_ENDED && self.ended.len() <= KEEP_ENDED_CALLS {
                break;
            }
            self.calls.remove(call);
            self.ended.pop_front();
        }
    }

    pub(super) fn forget_rooms(&mut self, now: Time) {
        while let Some((since, code)) = self.empty.front() {
            if now.since(*since) < KEEP_EMPTY_ROOM && self.empty.len() <= KEEP_EMPTY_ROOMS {
                break;
            }
            if self.rooms.get(code).is_some_and(|room| room.call.is_none() && room.empty_since == *since) {
                self.rooms.remove(code);
            }
            self.empty.pop_front();
        }
    }
}

/// What others are told of somebody who does all of this at once.
pub(super) fn most_of(doing: impl IntoIterator<Item = CallStatus>) -> CallStatus {
    doing.into_iter().fold(CallStatus::Idle, |most, one| if rank(one) > rank(most) { one } else { most })
}

/// Of two things a user does at once, others are told the one that matters more to them.
const fn rank(status: CallStatus) -> u8 {
    match status {
        CallStatus::Offline => 0,
        // What people want is no business of the store; free is what they are for it.
        CallStatus::Idle | CallStatus::Away | CallStatus::DoNotDisturb => 1,
        CallStatus::Ringing => 2,
        CallStatus::InCall => 3,
    }
}
