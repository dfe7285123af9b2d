//! The relay's truth about one call.
//!
//! A [`CallRecord`] is a value: an [`Event`] makes another of it and says in [`Effect`]s what follows, or it is
//! [`Rejected`] and nothing has happened. Whoever keeps records loads one with its version, applies the event, and
//! writes the result if nobody was quicker; the same code serves one relay and several.
//!
//! ```text
//!                       ┌── decline, hang-up, ring time-out, caller away ──┐
//!  ring ──▶ Initiating ──▶ Ringing ──▶ Connecting ──▶ Active ──▶ Ended or Failed
//!   └── every device in a call: Ended (busy)   └─ no media in time, away ─┘
//!  open_room ──▶ Connecting ──▶ Active ──▶ Ended (the last one left; of a group, the last but one)
//! ```
//! Others can be rung into a room's call; a direct call into which others are rung becomes a group's, whose room is private.
//!
//! Three promises hold for any order of events, and property tests check them: nothing of the callee's devices is
//! passed on before one of them was accepted; at most one of them ever is; a call ends once, and then holds nothing.

mod absence;
mod direct;
mod event;
mod forward;
mod host;
mod parts;
mod quality;
mod ringing_in;
mod room;

use std::sync::Arc;

use protocol::{
    CallId, CallSnapshot, CallState, CallType, DeviceId, EndReason, Ended, ErrorCode, Participant, RelayMessage, UserId,
};

use crate::Time;
pub use event::{CameTo, Effect, Event, Loss, NewCall, Rejected, Summary, Terms};
use forward::Path;
pub use parts::{PARTS, Part, PartStatus};
pub use ringing_in::Called;
pub use room::NewRoom;

/// One call.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CallRecord {
    id: CallId,
    kind: CallType,
    terms: Terms,
    began: Time,
    active: Option<Time>,
    seats: Vec<Seat>,
    /// The parts of those who left a room before the call is over.
    gone: Vec<Part>,
    paths: Vec<Path>,
    /// What was reported of its quality, once something was.
    quality: Option<Box<quality::Reported>>,
    /// Somebody said that they record it.
    recorded: bool,
    stage: Stage,
}

/// A participant's place in a call.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Seat {
    participant: Arc<Participant>,
    joined: Time,
    connected: bool,
    /// When they last reported how they receive the others.
    reported: Option<Time>,
    /// Their connection is lost, and at this time so is the seat.
    away_until: Option<Time>,
}

impl Seat {
    fn new(participant: Participant, joined: Time) -> Self {
        Self { participant: Arc::new(participant), joined, connected: false, reported: None, away_until: None }
    }

    fn device(&self) -> &DeviceId {
        &self.participant.device
    }

    fn user(&self) -> &UserId {
        &self.participant.user.id
    }
}

/// How far it has come, and what is only known while it is there.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Stage {
    Ringing(direct::Ring),
    Talking(direct::Talk),
    Room(room::Room),
    Over(Over),
}

/// What is still known of a call that is over, so that whoever comes late gets a fitting answer.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Over {
    reason: EndReason,
    at: Time,
    /// The devices that were in it at the end: in a direct call the caller's and, if it came to that, the accepted one.
    seats: Vec<DeviceId>,
    /// The devices that rang.
    rung: Vec<DeviceId>,
}

impl Over {
    fn concerns(&self, device: &DeviceId) -> bool {
        self.seats.contains(device) || self.rung.contains(device)
    }
}

type Outcome = Result<Vec<Effect>, Rejected>;

/// Nothing changes, and that is fine: what was asked for is so already.
const NOTHING: Outcome = Ok(Vec::new());

const fn reject(code: ErrorCode) -> Outcome {
    Err(Rejected(code))
}

impl CallRecord {
    /// Makes the record that results from an event, and says what follows.
    ///
    /// The same event twice changes nothing the second time and is no error.
    ///
    /// # Errors
    /// [`Rejected`] with the code for whoever sent it.
    pub fn apply(&self, now: Time, event: Event) -> Result<(Self, Vec<Effect>), Rejected> {
        let mut next = self.clone();
        let effects = next.change(now, event)?;
        Ok((next, effects))
    }

    /// The same in place, for whoever holds the only copy: a rejected event leaves the record as it was.
    ///
    /// # Errors
    /// As with [`CallRecord::apply`].
    pub fn change(&mut self, now: Time, event: Event) -> Result<Vec<Effect>, Rejected> {
        // Looked at before each event, the one that ends it included: whoever says it does so by an earlier one.
        let records = self.participants().any(|participant| participant.media.recording);
        self.recorded |= records;
        match event {
            Event::Appeared { user, device, forgot } => self.appeared(now, &user, device, forgot),
            Event::Ringing { device, in_call } => self.ringing(&device, in_call),
            Event::Accept { by, answer } => self.accept(now, by, answer),
            Event::Decline { device, reason } => self.decline(now, &device, reason),
            Event::Refuse { user } => self.refused_by(now, &user),
            Event::HangUp { device, reason } => self.hang_up(now, &device, reason),
            Event::Connected { device } => self.connected(now, &device),
            Event::Join { by } => self.join(now, by),
            Event::Invite { by, called, code } => self.invite(now, &by, called, code),
            Event::Moderate { by, action, device } => self.moderate(now, &by, action, device.as_ref()),
            Event::Leave { device } => self.leave(now, &device),
            Event::Offer { from, to, sdp } => self.offer(from, to, sdp),
            Event::Answer { from, to, sdp } => self.answer(from, to, sdp),
            Event::Candidates { from, to, candidates } => self.candidates(from, to, candidates),
            Event::Media { device, media } => self.media(&device, media),
            Event::Wanted { from, to, max_fs } => self.wanted(from, to, max_fs),
            Event::Quality { device, received } => self.quality(now, &device, received),
            Event::Lost { device, how } => self.lost(now, &device, how),
            Event::Back { device } => self.back(now, &device),
            Event::Tick => self.tick(now),
        }
    }

    /// Which call this is.
    #[must_use]
    pub const fn id(&self) -> &CallId {
        &self.id
    }

    /// How far it has come.
    #[must_use]
    pub const fn state(&self) -> CallState {
        match &self.stage {
            Stage::Ringing(direct::Ring { heard: Some(_), .. }) => CallState::Ringing,
            Stage::Ringing(_) => CallState::Initiating,
            Stage::Talking(_) | Stage::Room(_) if self.active.is_some() => CallState::Active,
            Stage::Talking(_) | Stage::Room(_) => CallState::Connecting,
            Stage::Over(Over { reason: EndReason::Failed | EndReason::Timeout, .. }) => CallState::Failed,
            Stage::Over(_) => CallState::Ended,
        }
    }

    /// When it was over; `None` while it is not.
    #[must_use]
    pub const fn ended(&self) -> Option<Time> {
        match &self.stage {
            Stage::Over(over) => Some(over.at),
            Stage::Ringing(_) | Stage::Talking(_) | Stage::Room(_) => None,
        }
    }

    /// Why it was over; `None` while it is not.
    #[must_use]
    pub const fn reason(&self) -> Option<EndReason> {
        match &self.stage {
            Stage::Over(over) => Some(over.reason),
            Stage::Ringing(_) | Stage::Talking(_) | Stage::Room(_) => None,
        }
    }

    /// Whether that device has said that media flows.
    #[must_use]
    pub fn is_connected(&self, device: &DeviceId) -> bool {
        self.seat(device).is_some_and(|seat| seat.connected)
    }

    /// Whether that device has this call on hold, so that it may be in another one too.
    #[must_use]
    pub fn is_held_by(&self, device: &DeviceId) -> bool {
        self.seat(device).is_some_and(|seat| seat.participant.media.held)
    }

    /// Everyone in it, the caller of a direct call first.
    pub fn participants(&self) -> impl Iterator<Item = &Participant> {
        self.seats.iter().map(|seat| &*seat.participant)
    }

    /// The call as it stands, for one of its participants; `None` for anyone else and once it is over.
    #[must_use]
    pub fn snapshot(&self, device: &DeviceId) -> Option<CallSnapshot> {
        self.seat(device)?;
        Some(CallSnapshot {
            call_id: self.id.clone(),
            kind: self.kind,
            room: self.room_code().cloned(),
            private: self.is_private(),
            rules: self.rules_for(device),
            state: self.state(),
            participants: self.participants().cloned().collect(),
        })
    }

    fn seat(&self, device: &DeviceId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.device() == device)
    }

    fn seat_mut(&mut self, device: &DeviceId) -> Option<&mut Seat> {
        self.seats.iter_mut().find(|seat| seat.device() == device)
    }

    /// Whether this device has to do with the call; anyone else is told that there is no such call.
    fn concerns(&self, device: &DeviceId) -> bool {
        let beside = match &self.stage {
            Stage::Ringing(ring) => &ring.rung,
            Stage::Talking(talk) => &talk.rung,
            Stage::Over(over) => return over.concerns(device),
            Stage::Room(room) => {
                return self.seat(device).is_some()
                    || room.door.is_knocking(device)
                    || room.guests.iter().any(|guest| guest.rung.contains(device));
            }
        };
        beside.contains(device) || self.seat(device).is_some()
    }

    /// The refusal for a device that asks for something this call cannot give: strangers learn nothing of it.
    fn refuse(&self, device: &DeviceId, code: ErrorCode) -> Outcome {
        reject(if self.concerns(device) { code } else { ErrorCode::NoCall })
    }

    fn send(to: &DeviceId, message: impl Into<RelayMessage>) -> Effect {
        Effect::Send { to: to.clone(), message: message.into() }
    }

    fn send_ended(&self, to: &DeviceId, reason: EndReason, by: Option<&UserId>) -> Effect {
        Self::send(to, Ended { call_id: self.id.clone(), reason, by: by.cloned() })
    }

    /// Lets go of everything and leaves what a latecomer needs. The messages are the caller's business.
    fn close(&mut self, now: Time, reason: EndReason, by: Option<UserId>, effects: &mut Vec<Effect>) {
        let mut users: Vec<UserId> = Vec::new();
        for seat in &self.seats {
            effects.push(Effect::Freed { device: seat.device().clone() });
            users.push(seat.user().clone());
        }
        effects.extend(self.rung_users().into_iter().map(|user| Effect::Rang { user, came_to: came_to(reason) }));
        let (from, to) = self.ends();
        users.extend(to.clone());
        users.extend(self.rung_users());
        users.sort();
        users.dedup();
        effects.extend(users.into_iter().map(|user| Effect::Doing { user, status: None }));
        let (quality, course) = self.quality.take().map(|reported| reported.sum_up()).unzip();
        effects.push(Effect::Over(Box::new(Summary {
            call_id: self.id.clone(),
            kind: self.kind,
            room: self.room_code().cloned(),
            room_name: self.room_name().map(str::to_owned),
            private: self.is_private(),
            from,
            to,
            parts: self.parts(now, reason),
            reason,
            by,
            quality,
            course,
            recorded: self.recorded,
            began: self.began,
            answered: self.answered(),
            active: self.active,
            ended: now,
        })));
        let seats = self.seats.drain(..).map(|seat| seat.device().clone()).collect();
        let rung = match &mut self.stage {
            Stage::Ringing(direct::Ring { rung, .. }) | Stage::Talking(direct::Talk { rung, .. }) => {
                std::mem::take(rung)
            }
            Stage::Room(room) => room.guests.drain(..).flat_map(|guest| guest.rung).collect(),
            Stage::Over(_) => Vec::new(),
        };
        self.paths = Vec::new();
        self.stage = Stage::Over(Over { reason, at: now, seats, rung });
    }
}

/// What a call that ends while it rings came to for whoever was rung.
const fn came_to(reason: EndReason) -> CameTo {
    match reason {
        EndReason::Declined | EndReason::DeclinedElsewhere | EndReason::Busy => CameTo::Declined,
        EndReason::AnsweredElsewhere => CameTo::Answered,
        EndReason::Completed
        | EndReason::Cancelled
        | EndReason::Missed
        | EndReason::Timeout
        | EndReason::Failed
        | EndReason::Removed => CameTo::Missed,
    }
}
