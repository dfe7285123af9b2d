//! Listening and talking on data channels.

use js_sys::Uint8Array;
use protocol::chunk;
use wasm_bindgen::JsValue;

use super::channel::Channels;
use super::js;
use super::listener::Listener;

/// With less than this waiting in the browser there is room for more, in bytes: enough to keep a fast path busy until
/// the next block is read.
const ROOM: u32 = 256 * 1024;

/// What a pair of channels says.
#[derive(Debug)]
pub(crate) enum Said {
    /// Both are open.
    Opened,
    /// One of them is closed.
    Closed,
    /// A message came.
    Text(String),
    /// A message with bytes came: an `ArrayBuffer`.
    Chunk(JsValue),
    /// There is room for more bytes.
    Room,
}

/// What an event of a channel says.
type Reading = Box<dyn Fn(&JsValue) -> Option<Said>>;

/// Listens to a pair of channels until dropped.
pub(crate) struct Talk {
    channels: Channels,
    _listeners: Vec<Listener>,
}

impl Talk {
    /// Hands on what the channels say from now on; whether they are open already, [`Self::is_open`] says.
    pub(crate) fn new(channels: Channels, hear: impl Fn(Said) + Clone + 'static) -> Self {
        js::set(&channels.files, "binaryType", &JsValue::from_str("arraybuffer"));
        js::set(&channels.files, "bufferedAmountLowThreshold", &JsValue::from(ROOM));
        let mut listeners = Vec::new();
        let mut on = |target: &JsValue, kind, said: Reading| {
            let hear = hear.clone();
            let react = move |event: web_sys::Event| said(&event).into_iter().for_each(&hear);
            listeners.extend(Listener::maybe(target, kind, react));
        };
        for channel in [&channels.talk, &channels.files] {
            let both = channels.clone();
            on(channel, "open", Box::new(move |_| both.are_open().then_some(Said::Opened)));
            on(channel, "close", Box::new(|_| Some(Said::Closed)));
        }
        on(&channels.talk, "message", Box::new(|event| js::text(event, "data").map(Said::Text)));
        on(&channels.files, "message", Box::new(|event| Some(Said::Chunk(js::field(event, "data")))));
        on(&channels.files, "bufferedamountlow", Box::new(|_| Some(Said::Room)));
        Self { channels, _listeners: listeners }
    }

    /// Both carry messages.
    pub(crate) fn is_open(&self) -> bool {
        self.channels.are_open()
    }

    /// Sends a text. One that a channel does not take any more is lost with the channel.
    pub(crate) fn send(&self, text: &str) {
        self.channels.say(text);
    }

    /// Sends the bytes of an `ArrayBuffer` in chunks with this head. Whether there is room for more.
    pub(crate) fn feed(&self, stream: u32, bytes: &JsValue) -> bool {
        let bytes = Uint8Array::new(bytes);
        let (head, step) = (Uint8Array::from(chunk::head(stream).as_slice()), chunk::BYTES as u32);
        let mut at = 0;
        while at < bytes.length() {
            let part = bytes.subarray(at, (at + step).min(bytes.length()));
            let message = Uint8Array::new_with_length(head.length() + part.length());
            message.set(&head, 0);
            message.set(&part, head.length());
            js::call(&self.channels.files, "send", &[&message]);
            at += step;
        }
        js::field(&self.channels.files, "bufferedAmount").as_f64().is_some_and(|waiting| waiting <= f64::from(ROOM))
    }
}

impl Channels {
    fn are_open(&self) -> bool {
        [&self.talk, &self.files].iter().all(|channel| js::text(channel, "readyState").as_deref() == Some("open"))
    }
}

/// The stream that a chunk belongs to, and how many bytes of a file it holds; nothing if it is none.
pub(crate) fn read_head(chunk: &JsValue) -> Option<(u32, usize)> {
    let length = js::field(chunk, "byteLength").as_f64()? as usize;
    let bytes = length.checked_sub(chunk::HEAD)?;
    let head = Uint8Array::new_with_byte_offset_and_length(chunk, 0, chunk::HEAD as u32).to_vec();
    Some((chunk::stream(&head)?, bytes))
}
