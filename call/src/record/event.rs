//! What happens to a call, and what follows from it.

use std::time::Duration;

use protocol::{
    Action, CallId, CallStatus, CallType, Candidate, DeclineReason, DeviceId, EndReason, ErrorCode, HangupReason,
    MaxFs, MediaState, Opaque, Participant, Person, Received, RelayMessage, RoomCode, UserId,
};

use super::{Called, Part};
use crate::Time;
use crate::quality::{Course, Overall};

/// How long things may take, and how many people a room takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Terms {
    /// How long a call rings before it counts as missed.
    pub ring: Duration,
    /// How long an accepted call may take until both sides say that media flows.
    pub connect: Duration,
    /// How many devices a room takes.
    pub room_size: usize,
}

impl Terms {
    /// How long a call goes on ringing when its caller's connection is lost. Longer, and people answer a call that
    /// nobody makes any more; shorter, and a reload of the caller's page takes the ring back.
    pub const CALLER_AWAY: Duration = Duration::from_secs(5);
    /// How long a participant whose connection was closed keeps their seat: a page that crashed or is reloaded.
    pub const AWAY: Duration = Duration::from_secs(60);
    /// The same for one whose connection fell silent: a network that is gone, a laptop asleep. Together with the
    /// 15 seconds of silence it took to notice, two minutes from then on when it fell asleep, which may be as long after
    /// its last word as there is between two pings.
    pub const AWAY_SILENT: Duration = Duration::from_secs(110);
}

impl Default for Terms {
    fn default() -> Self {
        Self { ring: Duration::from_secs(60), connect: Duration::from_secs(30), room_size: 4 }
    }
}

/// A direct call as its caller places it.
#[derive(Clone, Debug)]
pub struct NewCall {
    /// Drawn by the caller.
    pub call_id: CallId,
    /// [`CallType::Voice`] or [`CallType::Video`].
    pub kind: CallType,
    /// The caller.
    pub from: Participant,
    /// Whom to ring.
    pub to: UserId,
    /// The caller's description.
    pub offer: Opaque,
    /// It shows without a sound: the callee wants it so of this caller.
    pub silent: bool,
    /// The callee is at no device, and can be told of it all the same: it rings until one is there.
    pub awaited: bool,
}

/// How a device's connection was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// It was closed: a page left, reloaded or crashed.
    Closed,
    /// Nothing came over it any more.
    Silent,
}

/// What happens to a call.
#[derive(Clone, Debug)]
pub enum Event {
    /// A free device of somebody who is rung is there.
    Appeared {
        /// Whose.
        user: UserId,
        /// Which.
        device: DeviceId,
        /// It has lost what it was sent before, if anything was, and needs it again.
        forgot: bool,
    },
    /// A device says that it rings.
    Ringing {
        /// Which.
        device: DeviceId,
        /// It is in another call.
        in_call: bool,
    },
    /// A device accepts.
    Accept {
        /// Who, on which.
        by: Participant,
        /// The description that answers the offer.
        answer: Opaque,
    },
    /// A device declines for all of its user's, or says that it is busy itself.
    Decline {
        /// Which.
        device: DeviceId,
        /// Why.
        reason: DeclineReason,
    },
    /// Somebody declines for all of their devices without being at one of them: on a notification.
    Refuse {
        /// Who.
        user: UserId,
    },
    /// A side ends the call, or the caller takes the ring back.
    HangUp {
        /// Whose device.
        device: DeviceId,
        /// Why.
        reason: HangupReason,
    },
    /// A side says that media flows.
    Connected {
        /// Whose device.
        device: DeviceId,
    },
    /// Somebody enters the room.
    Join {
        /// Who, on which device.
        by: Participant,
    },
    /// Somebody in the call rings others into it.
    Invite {
        /// Whose device.
        by: DeviceId,
        /// Whom to ring.
        called: Vec<Called>,
        /// The code for the room that a direct call becomes.
        code: RoomCode,
    },
    /// The host of a room does something.
    Moderate {
        /// Whose device.
        by: DeviceId,
        /// What.
        action: Action,
        /// To whom, where it is done to somebody.
        device: Option<DeviceId>,
    },
    /// Somebody leaves the room, or does not want to wait at its door any more.
    Leave {
        /// Whose device.
        device: DeviceId,
    },
    /// A description of type `offer` for a participant.
    Offer {
        /// From whom.
        from: DeviceId,
        /// For whom.
        to: DeviceId,
        /// The description.
        sdp: Opaque,
    },
    /// A description of type `answer` for a participant.
    Answer {
        /// From whom.
        from: DeviceId,
        /// For whom.
        to: DeviceId,
        /// The description.
        sdp: Opaque,
    },
    /// Candidates for a participant, or for everyone who is rung.
    Candidates {
        /// From whom.
        from: DeviceId,
        /// For whom. Absent: for those who are rung, or whoever of them accepted.
        to: Option<DeviceId>,
        /// At least one.
        candidates: Vec<Candidate>,
    },
    /// What a participant sends has changed.
    Media {
        /// Whose device.
        device: DeviceId,
        /// All of it.
        media: MediaState,
    },
    /// A participant says how large it shows another's pictures.
    Wanted {
        /// Whose device shows them.
        from: DeviceId,
        /// Whose pictures they are.
        to: DeviceId,
        /// How large.
        max_fs: MaxFs,
    },
    /// A participant says how it receives the others.
    Quality {
        /// Whose device.
        device: DeviceId,
        /// How it receives each of them.
        received: Vec<Received>,
    },
    /// A device's connection is lost.
    Lost {
        /// Which.
        device: DeviceId,
        /// How.
        how: Loss,
    },
    /// A device's connection is back.
    Back {
        /// Which.
        device: DeviceId,
    },
    /// Time has passed.
    Tick,
}

/// What follows from an event, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send a message to a device.
    Send {
        /// Which.
        to: DeviceId,
        /// What.
        message: RelayMessage,
    },
    /// Answer the request that this event came from with more than `ack`.
    Reply(RelayMessage),
    /// The device is in this call from now on, and so in no other.
    Seated {
        /// Which.
        device: DeviceId,
    },
    /// The device is in no call any more.
    Freed {
        /// Which.
        device: DeviceId,
    },
    /// The device waits at the door of this call's room, or does not any more.
    Waits {
        /// Which.
        device: DeviceId,
        /// It does.
        waits: bool,
    },
    /// What the user does in this call from now on; `None`: nothing any more.
    Doing {
        /// Who.
        user: UserId,
        /// What.
        status: Option<CallStatus>,
    },
    /// It rings for somebody from now on, on whatever device they are told of it.
    Rings {
        /// For whom.
        user: UserId,
        /// Who rings.
        from: Person,
        /// Of what kind the call is.
        kind: CallType,
        /// It is to be shown without a sound.
        silent: bool,
        /// When the ring counts as missed.
        until: Time,
    },
    /// It does not ring for them any more.
    Rang {
        /// For whom.
        user: UserId,
        /// What came of it.
        came_to: CameTo,
    },
    /// The call is over: its last effect.
    Over(Box<Summary>),
}

/// What came of a ring, for whoever was rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameTo {
    /// They accepted.
    Answered,
    /// They said no, or that they are in another call.
    Declined,
    /// They did neither before it was over, whoever ended it.
    Missed,
}

/// The event makes no sense for this call, or does not come from somebody in it. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejected(pub ErrorCode);

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.words())
    }
}

impl std::error::Error for Rejected {}

/// What remains of a call that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Which call.
    pub call_id: CallId,
    /// Of what type.
    pub kind: CallType,
    /// The room, if it was a room's call.
    pub room: Option<RoomCode>,
    /// What that room is called, if its maker gave it a name.
    pub room_name: Option<String>,
    /// It was a group's call, and the room's code is of no use any more.
    pub private: bool,
    /// Who rang; `None` for an open room.
    pub from: Option<UserId>,
    /// Who was rung in a direct call.
    pub to: Option<UserId>,
    /// Everyone who had part in it: the caller first, a room's people as they left it.
    pub parts: Vec<Part>,
    /// Why it is over, as the caller sees it.
    pub reason: EndReason,
    /// Whose doing that was, where it was a person's.
    pub by: Option<UserId>,
    /// How good it was; `None` if nobody reported anything.
    pub quality: Option<Overall>,
    /// How that went from beginning to end; there when `quality` is.
    pub course: Option<Course>,
    /// Somebody recorded some of it, by what their page said.
    pub recorded: bool,
    /// When it was placed.
    pub began: Time,
    /// When it was accepted, first; `None` for an open room, and for a call that nobody accepted.
    pub answered: Option<Time>,
    /// When media first flowed on both sides.
    pub active: Option<Time>,
    /// When it was over.
    pub ended: Time,
}
