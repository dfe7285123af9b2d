//! What is shown when the page itself breaks.

use leptos::prelude::document;
use web_sys::Event;

use super::effect::keep;
use super::listener::Listener;
use super::{js, window};

/// The element of index.html that says so, calmly; hidden until then.
const NOTE: &str = "broken";

/// When the program has stopped: shows the note. Nothing else of the page works after that. It lasts for as long as the
/// component lives that asks.
///
/// A panic ends in a trap, and the browser tells of that as of any error nobody caught (HTML section 8.1.4.6). The words
/// of the panic are there while developing; the page that is served has none, they would be a tenth of it.
pub(crate) fn tell_about_panics() {
    #[cfg(debug_assertions)]
    std::panic::set_hook(Box::new(|panic| web_sys::console::error_1(&panic.to_string().into())));
    keep(["error", "unhandledrejection"].map(|kind| Listener::new(&window(), kind, |event| show_if_stopped(&event))));
}

/// `event` is an `ErrorEvent` or a `PromiseRejectionEvent`.
fn show_if_stopped(event: &Event) {
    let stopped = |field| js::error_name(&js::field(event, field)) == "RuntimeError";
    if (stopped("error") || stopped("reason"))
        && let Some(note) = document().get_element_by_id(NOTE)
    {
        let _ = note.remove_attribute("hidden");
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen::JsValue;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    /// An event that tells of an error with this name.
    fn told(field: &str, name: &str) -> Event {
        let event = Event::new("error").unwrap();
        js::set(&event, field, &js::object(&[("name", JsValue::from_str(name))]));
        event
    }

    #[wasm_bindgen_test]
    fn the_note_is_shown_for_a_stopped_program_and_for_nothing_else() {
        for field in ["error", "reason"] {
            let note = document().create_element("div").unwrap();
            note.set_id(NOTE);
            note.set_attribute("hidden", "").unwrap();
            document().body().unwrap().append_child(&note).unwrap();
            show_if_stopped(&told(field, "TypeError"));
            show_if_stopped(&Event::new("error").unwrap());
            assert!(note.has_attribute("hidden"));
            show_if_stopped(&told(field, "RuntimeError"));
            assert!(!note.has_attribute("hidden"));
            note.remove();
        }
    }
}
