//! The system's own sheet for handing a link to another program (Web Share section 2).

use wasm_bindgen::JsValue;

use super::{js, window};

/// Whether this browser has one: phones do, and only secure pages may use it.
pub(crate) fn can_share() -> bool {
    js::field(&window().navigator(), "share").is_function()
}

/// Opens it, from a click. That a person closes it again is no failure.
pub(crate) fn share(title: &str, link: &str) {
    let what = js::object(&[("title", JsValue::from_str(title)), ("url", JsValue::from_str(link))]);
    js::ask(&window().navigator(), "share", &[&what]);
}
