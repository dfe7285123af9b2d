//! Dictionaries of the WebRTC API, built from the wire's types.

use js_sys::Array;
use protocol::{Candidate, IceServer, Opaque};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{RtcConfiguration, RtcIceCandidateInit};

use crate::platform::js;

/// Everything on one transport (RFC 8843), and RTCP with it (RFC 8858): one path to find, one to lose.
/// With `relay_only` nothing is tried, or told to the other side, but addresses of TURN servers (webrtc section 4.2.4).
pub(crate) fn configuration(servers: &[IceServer], relay_only: bool) -> RtcConfiguration {
    let policy = if relay_only { "relay" } else { "all" };
    js::object(&[
        ("bundlePolicy", JsValue::from_str("max-bundle")),
        ("rtcpMuxPolicy", JsValue::from_str("require")),
        ("iceServers", self::servers(servers).into()),
        ("iceTransportPolicy", JsValue::from_str(policy)),
    ])
    .unchecked_into()
}

/// `iceServers`.
pub(super) fn servers(servers: &[IceServer]) -> Array {
    servers.iter().map(server).collect()
}

fn server(server: &IceServer) -> JsValue {
    let urls: Array = server.urls.iter().map(|url| JsValue::from_str(url)).collect();
    let init = js::object(&[("urls", urls.into())]);
    if let (Some(username), Some(credential)) = (&server.username, &server.credential) {
        js::set(&init, "username", &JsValue::from_str(username));
        js::set(&init, "credential", &JsValue::from_str(credential));
    }
    init.into()
}

/// A candidate for `addIceCandidate`.
pub(super) fn candidate(candidate: &Candidate) -> RtcIceCandidateInit {
    let text = |opaque: &Option<Opaque>| opaque.as_ref().map_or(JsValue::NULL, |text| JsValue::from_str(&text.text()));
    js::object(&[
        ("candidate", JsValue::from_str(&candidate.candidate.text())),
        ("sdpMid", text(&candidate.sdp_mid)),
        ("sdpMLineIndex", candidate.sdp_m_line_index.map_or(JsValue::NULL, JsValue::from)),
        ("usernameFragment", text(&candidate.username_fragment)),
    ])
    .unchecked_into()
}
