//! What is sent, and over which ways.

use serde::{Deserialize, Serialize};

use crate::Opaque;

/// What a participant sends at the moment. Absent on the wire means off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MediaState {
    /// The microphone is open and not muted.
    pub microphone: bool,
    /// The camera is on.
    pub camera: bool,
    /// A screen or window is shared.
    pub screen: bool,
    /// The call is on hold here: nothing is sent, and nothing is played.
    #[serde(skip_serializing_if = "crate::is_false")]
    pub held: bool,
    /// The person records the call, on this device.
    #[serde(skip_serializing_if = "crate::is_false")]
    pub recording: bool,
}

/// How large a participant's pictures are shown, in pixels of a frame: width times height (`max-fs`, RFC 8851 section 5).
/// 0 while a picture is not to be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MaxFs {
    /// The camera's picture.
    pub camera: u32,
    /// The shared screen or window.
    pub screen: u32,
}

/// One ICE candidate, with the fields of the W3C's `RTCIceCandidateInit` (webrtc section 4.8.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The `candidate:` attribute of RFC 8839 section 5.1; empty at the end of a generation's candidates.
    pub candidate: Opaque,
    /// The media section's `a=mid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdp_mid: Option<Opaque>,
    /// The media section's position, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdp_m_line_index: Option<u16>,
    /// The `a=ice-ufrag` of the generation it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username_fragment: Option<Opaque>,
}

/// A STUN or TURN server, with the fields of the W3C's `RTCIceServer` (webrtc section 4.2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServer {
    /// `stun:`, `turn:` or `turns:` addresses (RFC 7064, RFC 7065).
    pub urls: Vec<String>,
    /// The user name, for TURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The password, for TURN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}
