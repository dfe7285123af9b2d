//! What a page says.

use serde::{Deserialize, Serialize};

use crate::frame::{Seq, messages};
use crate::{
    CallId, Candidate, DeviceId, ErrorCode, MaxFs, MediaState, Opaque, Received, RoomCode, SessionId, UserId, limits,
};

messages! {
    /// What a page says. `hello` or `resume` comes first; all but those two and `ping` carry an `id` and get one reply.
    ClientMessage {
        /// Begins a session.
        "hello" => Hello,
        /// Takes a session up again after its connection was lost.
        "resume" => Resume,
        /// Shows that the page is alive and says how far it has read.
        "ping" => Ping,
        /// Asks for STUN and TURN servers with credentials that are good from now on.
        "ice:refresh" => RefreshIce,
        /// Rings somebody.
        "call:initiate" => Initiate,
        /// Tells the caller that this device rings.
        "call:ringing" => Ringing,
        /// Accepts a ringing call.
        "call:accept" => Accept,
        /// Declines a ringing call on all of the user's devices.
        "call:decline" => Decline,
        /// Ends a direct call, or takes a ring back.
        "call:hangup" => Hangup,
        /// Tells the relay that media flows.
        "call:connected" => Connected,
        /// Makes a room and its code.
        "room:create" => CreateRoom,
        /// Enters a room.
        "call:join" => Join,
        /// The host of a room does something to somebody in it, at its door, or to the room.
        "call:moderate" => Moderate,
        /// Rings others into the call this device is in.
        "call:invite" => Invite,
        /// Leaves a room; for the others the call goes on.
        "call:leave" => Leave,
        /// A session description of type `offer` for one participant.
        "call:offer" => Offer,
        /// A session description of type `answer` for one participant.
        "call:answer" => Answer,
        /// ICE candidates for one participant, or for everyone who is being rung.
        "call:ice_candidate" => IceCandidates,
        /// Says what this participant sends from now on.
        "call:update_media" => UpdateMedia,
        /// Says how large one of the others is shown here.
        "call:want_media" => WantMedia,
        /// Says how this participant receives the others.
        "call:report_quality" => ReportQuality,
    }
}

/// Begins a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The protocol version of the page ([`crate::VERSION`]).
    pub protocol: u32,
    /// The signed token that says who this is.
    pub token: String,
    /// The device id of this tab before it was reloaded, to keep its place in a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
}

/// Takes a session up again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// The protocol version of the page.
    pub protocol: u32,
    /// The signed token: the session must be this user's.
    pub token: String,
    /// The session of the last `welcome`.
    pub session: SessionId,
    /// The last frame that arrived; what came after it is sent again.
    pub last_seq: Seq,
}

/// Shows that the page is alive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ping {
    /// The last frame that arrived; the relay forgets what came before it.
    #[serde(default)]
    pub last_seq: Seq,
}

/// Asks for STUN and TURN servers with fresh credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshIce {}

/// What a call carries from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallType {
    /// Two people, sound; either may turn a camera on later.
    Voice,
    /// Two people, sound and picture.
    Video,
    /// More than two, or a room, that began with sound.
    GroupVoice,
    /// The same with sound and picture.
    GroupVideo,
}

/// Rings somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Initiate {
    /// Drawn by the caller; the same one again is the same call.
    pub call_id: CallId,
    /// Who to ring: all of their devices do.
    pub to: UserId,
    /// [`CallType::Voice`] or [`CallType::Video`].
    pub kind: CallType,
    /// The caller's session description. It holds no candidates yet: those follow as they are found.
    pub offer: Opaque,
    /// What the caller will send.
    #[serde(default)]
    pub media: MediaState,
}

/// This device rings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ringing {
    /// Which call.
    pub call_id: CallId,
    /// This device is in another call and only shows that somebody rings.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub in_call: bool,
}

/// Accepts a ringing call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accept {
    /// Which call.
    pub call_id: CallId,
    /// The session description that answers the call's offer.
    pub answer: Opaque,
    /// What this participant will send.
    #[serde(default)]
    pub media: MediaState,
}

/// Why a ringing call is declined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    /// The person said no.
    #[default]
    Declined,
    /// The person is in another call.
    Busy,
}

/// Declines a ringing call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decline {
    /// Which call.
    pub call_id: CallId,
    /// Why.
    #[serde(default)]
    pub reason: DeclineReason,
}

/// Why a page ends a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HangupReason {
    /// The person hung up.
    #[default]
    Completed,
    /// No media flowed in time.
    Timeout,
    /// The call cannot go on (no usable media, a description that cannot be applied).
    Failed,
}

/// Ends a direct call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hangup {
    /// Which call.
    pub call_id: CallId,
    /// Why.
    #[serde(default)]
    pub reason: HangupReason,
}

/// Media flows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connected {
    /// In which call.
    pub call_id: CallId,
}

/// Makes a room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateRoom {
    /// What the room is called, if it has a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Only whoever is rung into it may enter, and it ends with the call.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub private: bool,
    /// Whoever comes waits until the host lets them in.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub waiting_room: bool,
}

/// What a host can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Ask a participant's page to mute its person.
    Mute,
    /// Put a person out of the room, with all of their devices.
    Remove,
    /// Let nobody else in.
    Lock,
    /// Let others in again.
    Unlock,
    /// Have whoever comes wait to be let in.
    Wait,
    /// Let whoever comes in at once, and all who wait.
    DoNotWait,
    /// Let somebody in who waits.
    Admit,
    /// Send somebody away who waits.
    TurnAway,
    /// End the call for all.
    End,
}

/// The host of a room does something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moderate {
    /// The room's call.
    pub call_id: CallId,
    /// What.
    pub action: Action,
    /// To whom, where it is done to somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
}

/// Rings others into a room's call, or into a direct one that becomes a group's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    /// The call this device is in.
    pub call_id: CallId,
    /// Whom to ring: all of their devices do.
    pub to: Vec<UserId>,
}

/// Enters a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    /// The room's code.
    pub room: RoomCode,
    /// What this participant will send.
    #[serde(default)]
    pub media: MediaState,
}

/// Leaves a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave {
    /// The room's call.
    pub call_id: CallId,
}

/// A session description of type `offer` (RFC 9429 section 5.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// In which call.
    pub call_id: CallId,
    /// For whom.
    pub to: DeviceId,
    /// The description.
    pub sdp: Opaque,
}

/// A session description of type `answer` (RFC 9429 section 5.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// In which call.
    pub call_id: CallId,
    /// For whom.
    pub to: DeviceId,
    /// The description.
    pub sdp: Opaque,
}

/// Trickled ICE candidates (RFC 8838), several at once where they are found within milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceCandidates {
    /// In which call.
    pub call_id: CallId,
    /// For whom. Absent: for everyone whom the sender is ringing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<DeviceId>,
    /// At least one.
    pub candidates: Vec<Candidate>,
}

/// Says what this participant sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateMedia {
    /// In which call.
    pub call_id: CallId,
    /// All of it, not the difference.
    pub media: MediaState,
}

/// Says how large one of the others is shown here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantMedia {
    /// In which call.
    pub call_id: CallId,
    /// Whose pictures they are.
    pub to: DeviceId,
    /// More than this is not seen.
    pub max_fs: MaxFs,
}

/// Says how this participant receives the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportQuality {
    /// In which call.
    pub call_id: CallId,
    /// At least one of the others.
    pub received: Vec<Received>,
}

impl ClientMessage {
    /// Checks the sizes that the types do not.
    pub(crate) fn check(&self) -> Result<(), ErrorCode> {
        let fits = match self {
            Self::Hello(m) => m.token.len() <= limits::TOKEN_BYTES,
            Self::Resume(m) => m.token.len() <= limits::TOKEN_BYTES,
            Self::Initiate(m) => m.offer.wire_bytes() <= limits::DESCRIPTION_BYTES,
            Self::Accept(m) => m.answer.wire_bytes() <= limits::DESCRIPTION_BYTES,
            Self::Offer(m) => m.sdp.wire_bytes() <= limits::DESCRIPTION_BYTES,
            Self::Answer(m) => m.sdp.wire_bytes() <= limits::DESCRIPTION_BYTES,
            Self::IceCandidates(m) => {
                m.candidates.len() <= limits::CANDIDATES && m.candidates.iter().all(fits_candidate)
            }
            Self::ReportQuality(m) => m.received.len() <= limits::RECEIVED,
            Self::Invite(m) => m.to.len() <= limits::INVITED,
            // In bytes here; the relay counts characters once it has normalised the name.
            Self::CreateRoom(m) => m.name.as_ref().is_none_or(|name| name.len() <= 4 * limits::NAME_CHARS),
            Self::Ping(_)
            | Self::RefreshIce(_)
            | Self::Ringing(_)
            | Self::Decline(_)
            | Self::Hangup(_)
            | Self::Connected(_)
            | Self::Join(_)
            | Self::Leave(_)
            | Self::Moderate(_)
            | Self::UpdateMedia(_)
            | Self::WantMedia(_) => true,
        };
        if !fits {
            return Err(ErrorCode::TooBig);
        }
        match self {
            Self::IceCandidates(m) if m.candidates.is_empty() => Err(ErrorCode::BadMessage),
            Self::Invite(m) if m.to.is_empty() => Err(ErrorCode::BadMessage),
            Self::ReportQuality(m) if m.received.is_empty() => Err(ErrorCode::BadMessage),
            Self::ReportQuality(m) if !m.received.iter().all(|one| one.figures.is_in_range()) => {
                Err(ErrorCode::BadMessage)
            }
            Self::Initiate(m) if !matches!(m.kind, CallType::Voice | CallType::Video) => Err(ErrorCode::BadMessage),
            _ => Ok(()),
        }
    }
}

fn fits_candidate(candidate: &Candidate) -> bool {
    let short = |text: &Option<Opaque>| text.as_ref().is_none_or(|text| text.wire_bytes() <= limits::CANDIDATE_BYTES);
    candidate.candidate.wire_bytes() <= limits::CANDIDATE_BYTES
        && short(&candidate.sdp_mid)
        && short(&candidate.username_fragment)
}
