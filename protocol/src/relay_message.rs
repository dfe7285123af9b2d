//! What the relay says.

use serde::{Deserialize, Serialize};

use crate::frame::messages;
use crate::{
    CallId, CallStatus, CallType, Candidate, DeviceId, ErrorCode, IceServer, MaxFs, MediaState, Opaque, Participant,
    Person, PersonStatus, Received, RoomCode, SessionId, UserId,
};

messages! {
    /// What the relay says.
    RelayMessage {
        /// The session has begun, or goes on.
        "welcome" => Welcome,
        /// The request was carried out.
        "ack" => Ack,
        /// The answer to `ping`.
        "pong" => Pong,
        /// The answer to `ice:refresh`.
        "ice:servers" => IceServers,
        /// The request was refused, or a frame was not understood.
        "call:error" => CallError,
        /// Somebody rings.
        "call:incoming" => Incoming,
        /// A device of the callee rings.
        "call:ringing" => FarRinging,
        /// The callee accepted on one device.
        "call:accepted" => Accepted,
        /// Somebody who was rung declined.
        "call:declined" => Declined,
        /// The call is over.
        "call:ended" => Ended,
        /// Another device of this user took the call.
        "call:answered_elsewhere" => AnsweredElsewhere,
        /// The room is made.
        "room:created" => RoomCreated,
        /// The room is entered.
        "call:joined" => Joined,
        /// The door of a room: whether this device waits there, may come in or may not.
        "call:door" => FarDoor,
        /// Who is the host of the room has changed, or how its door stands, or who knocks.
        "call:room_updated" => RoomUpdated,
        /// The host asks this device to mute its person.
        "call:mute_requested" => MuteRequested,
        /// Somebody rings this user into a call of several.
        "call:invited" => Invited,
        /// Who was rung into the call, and what came of it.
        "call:invitations" => Invitations,
        /// Somebody entered the room.
        "call:participant_joined" => ParticipantJoined,
        /// Somebody left the room.
        "call:participant_left" => ParticipantLeft,
        /// A description of type `offer`.
        "call:offer" => FarOffer,
        /// A description of type `answer`.
        "call:answer" => FarAnswer,
        /// ICE candidates.
        "call:ice_candidate" => FarIceCandidates,
        /// What a participant sends has changed.
        "call:media_updated" => MediaUpdated,
        /// How large a participant shows this device's pictures.
        "call:media_wanted" => MediaWanted,
        /// How a participant receives the others.
        "call:quality_update" => QualityUpdate,
        /// What somebody is doing has changed.
        "user:call_status_changed" => CallStatusChanged,
    }
}

/// The session has begun, or goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The protocol version of the relay.
    pub protocol: u32,
    /// For `resume`.
    pub session: SessionId,
    /// True after a `resume` that lost nothing: the frames missed follow, and `people` and `calls` are empty.
    pub resumed: bool,
    /// The address of this device inside calls.
    pub device: DeviceId,
    /// Who the token says this is.
    pub user: Person,
    /// STUN and TURN servers for the peer connections.
    #[serde(default)]
    pub ice_servers: Vec<IceServer>,
    /// How many seconds the credentials in them are good for; `None` when none expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ice_expires_in_s: Option<u32>,
    /// Media is to go through TURN servers alone.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub relay_only: bool,
    /// Who is here, without this user; empty where the directory is off.
    #[serde(default)]
    pub people: Vec<PersonStatus>,
    /// Whether this relay shows who is here.
    #[serde(default)]
    pub directory: bool,
    /// The calls in which this device has a place.
    #[serde(default)]
    pub calls: Vec<CallSnapshot>,
    /// How often to `ping`, in milliseconds.
    pub ping_interval_ms: u32,
}

/// A call as it stands, for a device that missed how it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallSnapshot {
    /// Which call.
    pub call_id: CallId,
    /// Of what type.
    pub kind: CallType,
    /// The room, if it is a room's call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomCode>,
    /// It is a group's call and not an open room's.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub private: bool,
    /// Who is the host of an open room, and how its door stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<RoomRules>,
    /// How far it has come.
    pub state: CallState,
    /// Everyone in it, this device included.
    pub participants: Vec<Participant>,
}

/// How far a call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// Placed, and no device rings yet.
    Initiating,
    /// At least one device rings.
    Ringing,
    /// Accepted; the browsers are finding each other.
    Connecting,
    /// Media flows.
    Active,
    /// Over, for a reason that people chose or expect.
    Ended,
    /// Over because it could not go on.
    Failed,
}

/// The request was carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {}

/// The answer to `ping`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pong {}

/// STUN and TURN servers, with credentials that are good from now on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServers {
    /// The servers, best first.
    #[serde(default)]
    pub ice_servers: Vec<IceServer>,
    /// How many seconds the credentials in them are good for; `None` when none expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_s: Option<u32>,
}

/// The request was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallError {
    /// The stable name of the refusal.
    pub code: ErrorCode,
    /// The same in words for a person, in English.
    pub message: String,
    /// The call it concerns; with [`ErrorCode::Glare`], the call that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_id: Option<CallId>,
    /// With [`ErrorCode::RateLimited`]: how many milliseconds to wait. A page leaves that to the person, so it does not
    /// even carry it.
    #[cfg(not(target_family = "wasm"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u32>,
}

impl CallError {
    /// A refusal with the code's own words.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self {
            code,
            message: code.words().to_owned(),
            call_id: None,
            #[cfg(not(target_family = "wasm"))]
            retry_after_ms: None,
        }
    }

    /// The same for somebody who has to wait.
    #[cfg(not(target_family = "wasm"))]
    #[must_use]
    pub fn after(self, wait: std::time::Duration) -> Self {
        // Up, so that nobody comes back a moment too early.
        let millis = u32::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(u32::MAX);
        Self { retry_after_ms: Some(millis), ..self }
    }

    /// The same, about one call.
    #[must_use]
    pub fn about(code: ErrorCode, call_id: CallId) -> Self {
        Self { call_id: Some(call_id), ..Self::new(code) }
    }
}

/// Somebody rings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incoming {
    /// Which call.
    pub call_id: CallId,
    /// The caller's device, and what it will send.
    pub from: Participant,
    /// Of what type.
    pub kind: CallType,
    /// The caller's description, to be answered in `call:accept`.
    pub offer: Opaque,
    /// The caller's candidates so far; more may follow in `call:ice_candidate`. They stay unused until the person
    /// accepts, so that nothing leaves this device before.
    #[serde(default)]
    pub candidates: Vec<Candidate>,
    /// How much longer it rings, in milliseconds.
    pub rings_for_ms: u32,
    /// It is to be shown without a sound.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub silent: bool,
}

/// A device of the callee rings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FarRinging {
    /// Which call.
    pub call_id: CallId,
    /// As far as is known it rings only on devices that are in another call.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub in_call: bool,
}

/// The callee accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Which call.
    pub call_id: CallId,
    /// Who, on which device.
    pub by: Participant,
    /// The description that answers the caller's offer.
    pub answer: Opaque,
}

/// Somebody who was rung declined. A direct call then ends: `call:ended` follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declined {
    /// Which call.
    pub call_id: CallId,
    /// Who.
    pub user: UserId,
    /// Why.
    pub reason: crate::DeclineReason,
}

/// Why a call is over, as the receiver of the message should understand it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Somebody hung up after the call had been accepted.
    Completed,
    /// The caller took the ring back.
    Cancelled,
    /// The callee said no.
    Declined,
    /// The callee is in another call.
    Busy,
    /// It rang out.
    Missed,
    /// Accepted, but no media flowed in time.
    Timeout,
    /// It could not go on.
    Failed,
    /// Another device of this user took it.
    AnsweredElsewhere,
    /// Another device of this user declined it.
    DeclinedElsewhere,
    /// The host put this person out of the room.
    Removed,
}

/// The call is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Which call.
    pub call_id: CallId,
    /// Why.
    pub reason: EndReason,
    /// By whose doing, where it was a person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
}

/// Another device of this user took the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredElsewhere {
    /// Which call.
    pub call_id: CallId,
}

/// The room is made. It exists until it has been empty for an hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomCreated {
    /// Its code, for the link `/r/CODE`.
    pub room: RoomCode,
}

/// The room is entered. The newcomer sends an offer to each of the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// The room's call.
    pub call_id: CallId,
    /// The room.
    pub room: RoomCode,
    /// What the room is called, if it has a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// It is a group's call: the code is of no use to others.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub private: bool,
    /// Who is the host of an open room, and how its door stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<RoomRules>,
    /// Who was there before.
    pub participants: Vec<Participant>,
}

/// Who is the host of a room, and how its door stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomRules {
    /// Who may `call:moderate`.
    pub host: UserId,
    /// Nobody else is let in.
    #[serde(default)]
    pub locked: bool,
    /// Whoever comes waits to be let in.
    #[serde(default)]
    pub waiting_room: bool,
    /// Who waits, for the host alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub knocking: Vec<Participant>,
}

/// What of a room has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomUpdated {
    /// The room's call.
    pub call_id: CallId,
    /// All of it, not the difference.
    pub rules: RoomRules,
}

/// How the door of a room is for somebody who wants to enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DoorState {
    /// The host was told and has not decided.
    Waiting,
    /// They may enter: `call:join` once more.
    Open,
    /// They may not.
    Closed,
}

/// The door of a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FarDoor {
    /// The room's call, for `call:leave` by somebody who does not want to wait any more.
    pub call_id: CallId,
    /// The room.
    pub room: RoomCode,
    /// How it is.
    pub state: DoorState,
}

/// The host asks this device to mute its person, who may unmute themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MuteRequested {
    /// The room's call.
    pub call_id: CallId,
    /// Who asks.
    pub by: Person,
}

/// Somebody rings this user into a call of several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// Which call.
    pub call_id: CallId,
    /// Its room: to enter it is to accept.
    pub room: RoomCode,
    /// Who rings.
    pub from: Person,
    /// [`CallType::GroupVoice`] or [`CallType::GroupVideo`].
    pub kind: CallType,
    /// Everybody else who is in it or is rung.
    #[serde(default)]
    pub with: Vec<Person>,
    /// How much longer it rings, in milliseconds.
    pub rings_for_ms: u32,
    /// It is to be shown without a sound.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub silent: bool,
}

/// What came of ringing somebody into a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationStatus {
    /// Their devices were told.
    Invited,
    /// One of their devices rings.
    Ringing,
    /// They accepted.
    Joined,
    /// They said no.
    Declined,
    /// All of their devices are in a call.
    Busy,
    /// Nobody answered.
    Missed,
    /// They do not want to be disturbed.
    DoNotDisturb,
    /// They are not here; their name is not known.
    NotHere,
}

impl InvitationStatus {
    /// Nothing has come of it yet.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Invited | Self::Ringing)
    }
}

/// Somebody who was rung into a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Who.
    pub user: Person,
    /// What came of it.
    pub status: InvitationStatus,
}

/// Who was rung into the call, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitations {
    /// Which call.
    pub call_id: CallId,
    /// All of them, not the difference.
    pub people: Vec<Invitation>,
    /// Of a group's call: whoever has its code comes in as well.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub unlocked: bool,
}

/// Somebody entered the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantJoined {
    /// The room's call.
    pub call_id: CallId,
    /// Who: they will send an offer.
    pub participant: Participant,
}

/// Somebody left the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantLeft {
    /// The room's call.
    pub call_id: CallId,
    /// Whose device.
    pub device: DeviceId,
}

/// A description of type `offer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FarOffer {
    /// In which call.
    pub call_id: CallId,
    /// From whom.
    pub from: DeviceId,
    /// The description.
    pub sdp: Opaque,
}

/// A description of type `answer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FarAnswer {
    /// In which call.
    pub call_id: CallId,
    /// From whom.
    pub from: DeviceId,
    /// The description.
    pub sdp: Opaque,
}

/// ICE candidates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FarIceCandidates {
    /// In which call.
    pub call_id: CallId,
    /// From whom.
    pub from: DeviceId,
    /// At least one.
    pub candidates: Vec<Candidate>,
}

/// What a participant sends has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaUpdated {
    /// In which call.
    pub call_id: CallId,
    /// Whose device.
    pub device: DeviceId,
    /// All of it, not the difference.
    pub media: MediaState,
}

/// How large a participant shows this device's pictures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaWanted {
    /// In which call.
    pub call_id: CallId,
    /// Whose device shows them.
    pub from: DeviceId,
    /// More than this is not seen there.
    pub max_fs: MaxFs,
}

/// How a participant receives the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualityUpdate {
    /// In which call.
    pub call_id: CallId,
    /// Whose device says so.
    pub device: DeviceId,
    /// How it receives each of the others.
    pub received: Vec<Received>,
}

/// What somebody is doing has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallStatusChanged {
    /// Who.
    pub user: Person,
    /// What they are doing now.
    pub status: CallStatus,
}
