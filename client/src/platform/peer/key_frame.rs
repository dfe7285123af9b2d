//! Key frames on demand.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::RtcRtpSender;

use crate::platform::js;

/// Has the sender make its next frame a key frame, and changes nothing else: `encodingOptions` of `setParameters`
/// (webrtc-extensions, `RTCSetParameterOptions`). Chromium does so within a frame. A browser without this reads the
/// parameters that it has already, and sends a key frame when the far browser asks it for one (RFC 4585 section 6.3.1).
pub(super) fn send(sender: &RtcRtpSender) {
    let parameters = sender.get_parameters();
    let encodings = Array::from(&js::field(&parameters, "encodings"));
    // Before the first negotiation Firefox has none; setting the parameters would be refused.
    if encodings.length() == 0 {
        return;
    }
    let wanted: Array = encodings.iter().map(|_| js::object(&[("keyFrame", JsValue::TRUE)])).collect();
    let options = js::object(&[("encodingOptions", wanted.into())]);
    js::ask(sender, "setParameters", &[parameters.unchecked_ref(), &options]);
}
