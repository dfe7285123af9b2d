//! What can happen to a [`crate::Phone`].

use protocol::{Action, CallId, CallType, Candidate, DeviceId, MaxFs, Person, RoomCode};

use crate::PeerKey;
use crate::quality::Reading;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A person asked for something.
    Command(Command),
    /// The connection to the relay said something.
    Link(LinkEvent),
    /// A peer connection said something. Events of a peer that was closed meanwhile are ignored.
    Peer(PeerKey, PeerEvent),
    /// The microphone or camera said something.
    Media(MediaEvent),
    /// A screen is shared from now on, or none any more: its tracks are with the peer connections.
    Screen(bool),
    /// The person wants to record the call, on this device, or not any more. It may begin once [`crate::OwnView`] says so: the
    /// others are told by then.
    Record(bool),
    /// One of the others is shown this large from now on. They are told, and send no more than that.
    WantMedia {
        /// Whose pictures they are.
        to: DeviceId,
        /// How large.
        max_fs: MaxFs,
    },
    /// The deadline has passed.
    Tick,
}

/// What a person asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Connect to the relay as whoever the token names. A later one replaces the token (it was renewed).
    SignIn {
        /// The signed token.
        token: String,
        /// This tab's device id from before a reload.
        device: Option<DeviceId>,
    },
    /// Close the connection and forget the token.
    SignOut,
    /// Ring somebody.
    Call {
        /// Drawn at random by the caller of this.
        call_id: CallId,
        /// Who.
        to: Person,
        /// [`CallType::Voice`] or [`CallType::Video`].
        kind: CallType,
    },
    /// Ring several people at once, into one call.
    CallSeveral {
        /// Who.
        to: Vec<Person>,
        /// With the camera on.
        camera: bool,
    },
    /// Ring others into the call that runs.
    Invite {
        /// Who.
        to: Vec<Person>,
    },
    /// As the host of the room: do something to somebody, or to the room.
    Moderate {
        /// What.
        action: Action,
        /// To whom, where it is done to somebody.
        device: Option<DeviceId>,
    },
    /// Accept the ringing call. In a call already, that one is left first, or put on hold.
    Accept {
        /// Which.
        call_id: CallId,
        /// With the camera on.
        camera: bool,
        /// Put the call there is on hold, if it can be held.
        hold: bool,
    },
    /// Put the call on hold, or go on with it.
    Hold(bool),
    /// Put the call on hold and go on with the one that was.
    Swap,
    /// Whether a call is shown to somebody who is in one; else the caller hears that they are busy.
    SetCallWaiting(bool),
    /// Decline the ringing call.
    Decline {
        /// Which.
        call_id: CallId,
    },
    /// Leave the call, or take the ring back.
    HangUp,
    /// Make a room and enter it.
    CreateRoom {
        /// What it is called.
        name: Option<String>,
        /// With the camera on.
        camera: bool,
    },
    /// Enter a room.
    JoinRoom {
        /// Its code.
        room: RoomCode,
        /// With the camera on.
        camera: bool,
    },
    /// Mute or unmute.
    SetMicrophone(bool),
    /// Turn the camera on or off. In a voice call, on makes it a video call for the others.
    SetCamera(bool),
    /// Put the ended call's page away.
    Dismiss,
}

/// What the connection to the relay says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkEvent {
    /// The socket asked for by [`crate::Output::Connect`] is open.
    Opened,
    /// A text frame arrived.
    Frame(String),
    /// The socket closed or could not be opened, with the close code of RFC 6455 section 7.4 (1006 when there was none).
    Closed(u16),
    /// Something suggests that the network is back or another: the browser's `online` event, a change of connection,
    /// the page becoming visible.
    NetworkChanged,
}

/// Which kind of description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DescriptionKind {
    /// RFC 9429 section 5.2.
    Offer,
    /// RFC 9429 section 5.3.
    Answer,
}

/// What a peer connection says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerEvent {
    /// [`crate::PeerCommand::MakeOffer`] or [`crate::PeerCommand::ApplyOffer`] is done: the description to send.
    Description {
        /// What it is.
        kind: DescriptionKind,
        /// The text.
        sdp: String,
    },
    /// [`crate::PeerCommand::ApplyAnswer`] is done.
    AnswerApplied,
    /// A command that deals with descriptions was refused by the browser; the words are for the log.
    DescriptionFailed(String),
    /// A local candidate was found.
    Candidate(Candidate),
    /// `negotiationneeded` fired.
    NegotiationNeeded,
    /// The `connectionState` changed.
    Connection(ConnectionState),
    /// The other side has said, on the connection itself, that it leaves the call ([`protocol::PeerBye`]).
    Bye,
    /// The other side asks for a key frame ([`protocol::PeerKeyFrame`]): what comes there is no picture.
    KeyFrameWanted,
    /// [`crate::PeerCommand::ReadStats`] is done: what it came to, if the browser said.
    Quality(Option<Reading>),
}

/// The W3C's `RTCPeerConnectionState` (webrtc section 4.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// Nothing has begun.
    New,
    /// Paths are tried, or DTLS is under way.
    Connecting,
    /// Media can flow.
    Connected,
    /// Checks have begun to fail; it may come back by itself.
    Disconnected,
    /// No path is left: an ICE restart is needed.
    Failed,
    /// Closed by us.
    Closed,
}

/// The two devices a person speaks and shows themself with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Device {
    /// For sound.
    Microphone,
    /// For the picture.
    Camera,
}

/// Why a device could not be opened, after the `DOMException` names of getUserMedia (mediacapture-streams section 10.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaProblem {
    /// `NotAllowedError`: the person or a policy said no.
    Denied,
    /// `NotFoundError`: there is none.
    Missing,
    /// `NotReadableError`: another program holds it, or the hardware failed.
    InUse,
    /// The page is not a secure context, so the browser offers no devices at all.
    Insecure,
    /// It was there and is gone: unplugged, or its permission was taken back.
    Lost,
    /// Anything else.
    Unknown,
}

/// What the microphone and camera say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaEvent {
    /// It is open and its track is attached to every peer connection there is and will be.
    Opened(Device),
    /// It is closed, as asked by [`crate::Output::Media`].
    Closed(Device),
    /// It could not be opened, or went away.
    Problem(Device, MediaProblem),
}
