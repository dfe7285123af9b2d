//! The data channels of a peer connection (RFC 8831).

use protocol::{FILES_CHANNEL, TALK_CHANNEL};
use wasm_bindgen::JsValue;
use web_sys::RtcPeerConnection;

use super::js;

/// Both channels of one peer connection, which end with it. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Channels {
    pub(super) talk: JsValue,
    pub(super) files: JsValue,
}

impl Channels {
    /// Sends a text to the other page. One that the channel does not take (any more) is lost with the channel.
    pub(crate) fn say(&self, text: &str) {
        js::call(&self.talk, "send", &[&JsValue::from_str(text)]);
    }

    /// Opens them, before the first description is made: so it has a place for them (RFC 9429 section 5.2.1), and they
    /// need no negotiation of their own. They carry nothing before the connection is there.
    pub(crate) fn open(connection: &RtcPeerConnection) -> Self {
        let open = |(id, label): (u16, &str)| {
            let init = js::object(&[("negotiated", JsValue::TRUE), ("id", JsValue::from(id))]);
            js::call(connection, "createDataChannel", &[&JsValue::from_str(label), &init]).unwrap_or_default()
        };
        Self { talk: open(TALK_CHANNEL), files: open(FILES_CHANNEL) }
    }
}
