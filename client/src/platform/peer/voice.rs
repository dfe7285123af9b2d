//! How loud somebody's voice arrives, as the browser tells it of the sound it plays.

use js_sys::Array;
use web_sys::RtcPeerConnection;

use crate::platform::js;

/// How loud a voice was when some of it was played last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Loud {
    /// Of full scale, 0 to 1 (`audioLevel`, webrtc section 5.3.1).
    pub(crate) level: f64,
    /// When that was; the same as before, and nothing has come since.
    pub(crate) at: f64,
}

/// Of the voice: it comes in the first section, and the sound of a screen behind it.
pub(super) fn loud(connection: &RtcPeerConnection) -> Option<Loud> {
    let receivers = Array::from(&js::call(connection, "getReceivers", &[])?);
    let voice = receivers.iter().find(|one| js::text(&js::field(one, "track"), "kind").as_deref() == Some("audio"))?;
    let source = Array::from(&js::call(&voice, "getSynchronizationSources", &[])?).get(0);
    Some(Loud { level: js::field(&source, "audioLevel").as_f64()?, at: js::field(&source, "timestamp").as_f64()? })
}
