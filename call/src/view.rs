//! What there is to show: everything a person sees of the phone, and nothing else.

use std::time::Duration;

use protocol::{
    CallId, CallType, DeviceId, EndReason, ErrorCode, Figures, Invitation, MaxFs, MediaState, Person, PersonStatus,
    RoomCode, RoomRules,
};

use crate::quality::Weak;
use crate::{MediaProblem, PeerKey, Time};

/// What to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Whether the relay is there.
    pub link: LinkView,
    /// Who this is, once the relay has said so.
    pub me: Option<Person>,
    /// Who is here, by name; `None` where the relay does not show it.
    pub people: Option<Vec<PersonStatus>>,
    /// The call this device is in, or the one that has just ended and is not yet dismissed. A call that only rang here and
    /// was not declined here ends up here as well.
    pub call: Option<CallView>,
    /// Who is ringing here.
    pub incoming: Option<IncomingView>,
    /// The calls of this tab, newest first, at most 50.
    pub recent: Vec<RecentCall>,
    /// A refusal to tell the person about, until the next command.
    pub notice: Option<ErrorCode>,
}

/// Whether the relay is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LinkView {
    /// Nobody is signed in.
    #[default]
    SignedOut,
    /// The first connection is being made.
    Connecting,
    /// It is there.
    Online,
    /// It was lost, or never found in two attempts, and is being sought.
    Lost {
        /// Since when.
        since: Time,
        /// The next attempt.
        next_try: Time,
    },
    /// It will not talk to this version of the page: reload.
    Outdated,
}

/// Who began a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// This side rang.
    Outgoing,
    /// This side was rung.
    Incoming,
    /// A room.
    Room,
}

/// The face a call shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// Placed, and nothing rings yet; or the room is being entered.
    Initiating,
    /// The far side rings.
    Ringing,
    /// Accepted; the browsers are finding each other.
    Connecting,
    /// It runs.
    Active {
        /// Since when media flows. In a room: since this device entered.
        since: Time,
    },
    /// It ran, and the connection to the other side is lost for the moment.
    Reconnecting {
        /// Since when media flows.
        since: Time,
        /// When it was lost.
        lost: Time,
    },
    /// It is over.
    Ended {
        /// Why.
        reason: EndReason,
        /// How long media flowed.
        lasted: Duration,
    },
}

impl Face {
    /// The value of the main element's `data-call-state`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Initiating | Self::Ringing => "ringing",
            Self::Connecting => "connecting",
            Self::Active { .. } => "active",
            Self::Reconnecting { .. } => "reconnecting",
            Self::Ended { .. } => "ended",
        }
    }
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallView {
    /// Which. While a room is being entered, a name of this page's own: the relay names the call then.
    pub call_id: CallId,
    /// What it began as.
    pub kind: CallType,
    /// Who began it.
    pub direction: Direction,
    /// The room, if it is an open room's call.
    pub room: Option<RoomView>,
    /// The code of a group's call. It lets others in once somebody in it has unlocked it ([`protocol::Action::Unlock`]).
    pub group_code: Option<RoomCode>,
    /// Whoever has that code comes in.
    pub unlocked: bool,
    /// Whom a direct call is with, or who rang this side into a call of several.
    pub with: Option<Person>,
    /// Of a call of several that was rung: the others who were in it or rung, for calling them again.
    pub group: Vec<Person>,
    /// How it stands.
    pub face: Face,
    /// The others, in the order they came. While a direct call rings, the one who is rung is in `with` only.
    pub others: Vec<OtherView>,
    /// Who was rung into it, and what came of it.
    pub invited: Vec<Invitation>,
    /// Who is the host of an open room, how its door stands, and for the host who knocks.
    pub rules: Option<RoomRules>,
    /// This side waits at the room's door to be let in.
    pub knocks: bool,
    /// Who asked this side to be silent, while it is.
    pub muted_by: Option<Person>,
    /// This side.
    pub own: OwnView,
    /// It rings, and as far as is known only where another call goes on.
    pub rings_in_call: bool,
    /// The call that is on hold beside this one.
    pub held: Option<HeldView>,
    /// This side's connection is so weak that the person should know, and in which direction.
    pub weak: Option<Weak>,
    /// It is over because this side slept for too long, or its page was frozen.
    pub away: bool,
}

impl CallView {
    /// It is a direct call that runs: another one can be taken beside it, and it be put on hold.
    #[must_use]
    pub const fn can_be_held(&self) -> bool {
        matches!(self.kind, CallType::Voice | CallType::Video)
            && matches!(self.face, Face::Active { .. } | Face::Reconnecting { .. })
    }

    /// One of the two has put it on hold, so that nothing is to be heard or seen.
    #[must_use]
    pub fn is_on_hold(&self) -> bool {
        self.own.held || self.others.iter().any(|other| other.media.held)
    }
}

/// A call that is on hold while this device is in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldView {
    /// Which.
    pub call_id: CallId,
    /// With whom.
    pub with: Person,
    /// Since when it is on hold.
    pub since: Time,
}

/// A room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomView {
    /// Its code.
    pub code: RoomCode,
    /// What it is called.
    pub name: Option<String>,
}

/// Another participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherView {
    /// Their device.
    pub device: DeviceId,
    /// Who.
    pub person: Person,
    /// The peer connection with their streams.
    pub peer: PeerKey,
    /// What they send.
    pub media: MediaState,
    /// How large they show this side's pictures, if they have said so.
    pub wanted: Option<MaxFs>,
    /// Media flows between them and us.
    pub connected: bool,
    /// The browser is connected with them, and can be asked what arrives.
    pub readable: bool,
    /// Their connection is so weak that the person should know.
    pub weak: bool,
    /// How they receive this side, if they have said so within the last 30 seconds.
    pub receives: Option<Figures>,
}

/// This side's microphone and camera.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnView {
    /// The person wants to be heard.
    pub microphone: bool,
    /// The person wants to be seen.
    pub camera: bool,
    /// A screen is shared.
    pub screen: bool,
    /// This side has put the call on hold.
    pub held: bool,
    /// This side records the call.
    pub recording: bool,
    /// Why the microphone is not open although it is wanted.
    pub microphone_problem: Option<MediaProblem>,
    /// Why the camera is not on although it is wanted.
    pub camera_problem: Option<MediaProblem>,
}

/// Who is ringing here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingView {
    /// Which call.
    pub call_id: CallId,
    /// Who.
    pub from: Person,
    /// Who else is in the call or rung into it.
    pub with: Vec<Person>,
    /// Voice or video.
    pub kind: CallType,
    /// It is not to be heard: the person wants it so of this caller.
    pub silent: bool,
}

/// A call of this tab that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentCall {
    /// Which.
    pub call_id: CallId,
    /// Who began it.
    pub direction: Direction,
    /// With whom; in a room or group, nobody in particular.
    pub with: Option<Person>,
    /// The others of a group's call.
    pub group: Vec<Person>,
    /// Which room.
    pub room: Option<RoomView>,
    /// What it began as.
    pub kind: CallType,
    /// How it ended.
    pub reason: EndReason,
    /// When.
    pub at: Time,
    /// How long media flowed.
    pub lasted: Duration,
}
