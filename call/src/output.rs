//! What a [`crate::Phone`] wants done.

use protocol::{Candidate, DeviceId, IceServer};

use crate::Device;

/// One peer connection of this page, for as long as the page lives: never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerKey(pub u32);

/// What to do. The shell does each at once, in order, and answers nothing but later [`crate::Input`]s.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Open a socket to the relay; what was open before is dropped without another word.
    Connect,
    /// Send a text frame. Only ever between `Opened` and `Closed`.
    Transmit(String),
    /// Close the socket.
    Disconnect,
    /// Do something to a peer connection.
    Peer(PeerKey, PeerCommand),
    /// Have the microphone and camera like this from now on. The shell compares with what it has. One that could not be
    /// opened is not tried again until it was unwanted: trying again is said as two of these, without it and with it.
    Media(WantedMedia),
    /// Sound like this from now on, until another is asked for.
    Ring(Ring),
    /// Play this once.
    Tone(Tone),
    /// Keep this tab's device id across a reload.
    Remember(DeviceId),
    /// The token is not accepted (any more): renew it or ask for a name, then [`crate::Command::SignIn`] again.
    TokenRefused {
        /// It was good once: renewing may help.
        expired: bool,
    },
    /// The view has changed.
    Show,
}

/// What to do to a peer connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerCommand {
    /// Make one, max-bundle. It sends whatever microphone and camera there are and will be, one audio and one video
    /// section from the start, so that turning a camera on later needs no new negotiation.
    Create {
        /// STUN and TURN servers.
        ice_servers: Vec<IceServer>,
        /// The relay wants media to go through TURN servers alone: `iceTransportPolicy` is `relay`.
        relay_only: bool,
    },
    /// `setConfiguration` with these STUN and TURN servers: they are used from the next gathering on (webrtc section
    /// 4.4.1.6).
    UseServers(Vec<IceServer>),
    /// `createOffer`, `setLocalDescription`; answers with [`crate::PeerEvent::Description`].
    MakeOffer {
        /// With new ICE credentials (RFC 8445 section 9).
        ice_restart: bool,
    },
    /// `setRemoteDescription` (rolling back an offer of our own if there is one), `createAnswer`,
    /// `setLocalDescription`; answers with [`crate::PeerEvent::Description`].
    ApplyOffer {
        /// The far side's offer.
        sdp: String,
    },
    /// `setRemoteDescription`; answers with [`crate::PeerEvent::AnswerApplied`].
    ApplyAnswer {
        /// The far side's answer.
        sdp: String,
    },
    /// `addIceCandidate` for each; failures are logged and otherwise ignored.
    AddCandidates(Vec<Candidate>),
    /// Send the camera's picture in its full size from now on; until then half its width and height is sent.
    SendFullPicture,
    /// Send nothing and play nothing from now on, with the tracks and sections there are: `replaceTrack` needs no
    /// negotiation (webrtc section 5.2), so the call goes on at once when this is taken back.
    Hold(bool),
    /// `getStats`, taken in by the connection's [`crate::quality::Line`]; answers with [`crate::PeerEvent::Quality`].
    ReadStats {
        /// The other side sends something.
        expected: bool,
    },
    /// Say [`protocol::BYE`] on the talk channel, if that is open: the call is left, and what follows is `Close`.
    SayBye,
    /// Say [`protocol::KEY_FRAME`] on the talk channel, if that is open: packets of a picture come, and no picture.
    AskForKeyFrame,
    /// Send every picture there is as a key frame, once.
    SendKeyFrame,
    /// Close it and forget it.
    Close,
}

/// What the microphone should be doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Microphone {
    /// Not open: the browser shows no recording sign.
    #[default]
    Closed,
    /// Open, and silent for the others.
    Muted,
    /// Open and heard.
    Open,
}

/// How the microphone and camera should be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WantedMedia {
    /// For sound.
    pub microphone: Microphone,
    /// The camera is on.
    pub camera: bool,
    /// The browser may ask the person for permission. False while a call rings: then only devices with a permission
    /// granted earlier are opened.
    pub may_ask: bool,
}

impl WantedMedia {
    /// The same with one device closed.
    #[must_use]
    pub const fn without(self, device: Device) -> Self {
        match device {
            Device::Microphone => Self { microphone: Microphone::Closed, ..self },
            Device::Camera => Self { camera: false, ..self },
        }
    }
}

/// The lasting sounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ring {
    /// Quiet.
    #[default]
    Silent,
    /// Somebody rings here: sound, vibration, tab title.
    Incoming,
    /// The far side rings.
    Ringback,
}

/// The short sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// The call begins.
    Connected,
    /// The call is over.
    Ended,
    /// The callee is busy.
    Busy,
    /// Somebody entered the room.
    Joined,
    /// Somebody left the room.
    Left,
    /// The connection is lost.
    Lost,
    /// Somebody rings during a call.
    Waiting,
    /// Somebody knocks at the room's door.
    Knock,
}
