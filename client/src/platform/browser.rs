//! Small things a page may ask of the browser around it.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};

use super::task::spawn;
use super::{js, window};
use crate::signal::RwSignal;

/// Whether something was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// It can be pasted now.
    Yes,
    /// The browser did not allow it, or cannot: pages without a secure context have no clipboard.
    No,
}

/// Copies a text, from a click, and notes in `copied` whether it worked.
pub fn copy(text: &str, copied: RwSignal<Option<Copied>>) {
    let clipboard = js::field(&window().navigator(), "clipboard");
    let written = js::call(&clipboard, "writeText", &[&JsValue::from_str(text)]).map(JsCast::dyn_into::<Promise>);
    let Some(Ok(written)) = written else { return copied.set(Some(Copied::No)) };
    spawn(async move {
        let outcome = if js::settled(written).await.is_ok() { Copied::Yes } else { Copied::No };
        copied.set(Some(outcome));
    });
}

/// Loads the page afresh.
pub fn reload() {
    let _ = window().location().reload();
}

/// The address of this page's server, such as `https://192.168.1.7:3443`.
#[must_use]
pub fn address() -> String {
    window().location().origin().unwrap_or_default()
}

/// What the browser calls itself (RFC 9110 section 10.1.5), for words about its own menus.
#[must_use]
pub fn user_agent() -> String {
    window().navigator().user_agent().unwrap_or_default()
}
