//! What is shown when the page itself breaks.

use leptos::prelude::document;
use wasm_bindgen::JsValue;

/// The element of index.html that says so, calmly; hidden until then.
const NOTE: &str = "broken";

/// On a panic: the words for whoever looks into the console, and the note for everyone. Nothing else of the page works
/// after that.
pub(crate) fn tell_about_panics() {
    std::panic::set_hook(Box::new(|panic| {
        web_sys::console::error_1(&JsValue::from_str(&panic.to_string()));
        if let Some(note) = document().get_element_by_id(NOTE) {
            let _ = note.remove_attribute("hidden");
        }
    }));
}
