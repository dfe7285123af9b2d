//! The connection to the relay: one WebSocket to `/ws` at the page's own origin.

use call::{Input, LinkEvent};
use wasm_bindgen::JsCast;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use super::listener::Listener;
use super::queue::Sender;
use super::window;

/// There was no close frame (RFC 6455 section 7.4.1).
const ABNORMAL: u16 = 1006;

/// Open, or being opened, until dropped. After that nothing of it is heard any more.
pub(crate) struct Socket {
    socket: WebSocket,
    _listeners: [Listener; 3],
}

impl Socket {
    /// Begins to connect; what becomes of it is sent to `events`. `None`, and `Closed`, when the browser refuses to try.
    pub(crate) fn open(events: &Sender) -> Option<Self> {
        let Ok(socket) = WebSocket::new(&address()) else {
            events.send(Input::Link(LinkEvent::Closed(ABNORMAL)));
            return None;
        };
        let listen = |kind, event: fn(web_sys::Event) -> Option<LinkEvent>| {
            let events = events.clone();
            Listener::new(&socket, kind, move |happened| {
                if let Some(event) = event(happened) {
                    events.send(Input::Link(event));
                }
            })
        };
        // `error` says nothing that the `close` after it does not.
        let listeners = [
            listen("open", |_| Some(LinkEvent::Opened)),
            listen("message", |event| event.dyn_ref::<MessageEvent>()?.data().as_string().map(LinkEvent::Frame)),
            listen("close", |event| Some(LinkEvent::Closed(event.dyn_ref().map_or(ABNORMAL, CloseEvent::code)))),
        ];
        Some(Self { socket, _listeners: listeners })
    }

    /// Sends a text frame. On a socket that is closing it goes nowhere; the phone sends it again after `Closed`.
    pub(crate) fn send(&self, text: &str) {
        let _ = self.socket.send_with_str(text);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // 1000, normal closure. What was sent before still goes out.
        let _ = self.socket.close();
    }
}

/// Where the relay's socket is.
pub(super) fn address() -> String {
    let location = window().location();
    let scheme = if location.protocol().is_ok_and(|protocol| protocol == "http:") { "ws://" } else { "wss://" };
    [scheme, location.host().unwrap_or_default().as_str(), "/ws"].concat()
}
