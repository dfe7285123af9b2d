//! Not leaving the page by accident: the back button and the back gesture ask first, and so does closing the tab.
//!
//! An entry of its own in the tab's history stands before the one that leads away (HTML section 7.4.4, shared history push),
//! so going back once changes nothing but the entry. Whoever stays goes forward to it again. Closing and reloading are asked
//! about by the browser, in its own words (HTML section 7.4.2.4, `beforeunload`).

use leptos::prelude::window;
use wasm_bindgen::JsValue;

use super::effect::{at_the_end, keep};
use super::js;
use super::listener::Listener;

/// What tells the entry from others.
const MARK: &str = "stay";

/// For as long as the component or the effect lives that asks, going back calls `back` instead. In the end the entry is taken
/// away again, if it is `over` with what nobody was to leave: otherwise somebody holds it anew at once.
pub(crate) fn ask_before_leaving(back: impl Fn() + 'static, over: impl Fn() -> bool + 'static) {
    // After a reload the tab stands on it already.
    if !is_here()
        && let Ok(history) = window().history()
    {
        // Refused only to pages that do it hundreds of times: then going back goes back.
        let _ = history.push_state(&JsValue::from_str(MARK), "");
    }
    keep(Listener::new(&window(), "popstate", move |_| {
        // Otherwise that was going forward to it.
        if !is_here() {
            back();
        }
    }));
    keep(ask_before_closing());
    at_the_end(move || {
        if over() && is_here() {
            step(-1);
        }
    });
}

/// Has the browser ask before the tab is closed or loaded anew, until this is dropped.
pub(crate) struct AskBeforeClosing(#[expect(dead_code, reason = "kept for its end")] Listener);

/// See [`AskBeforeClosing`].
pub(crate) fn ask_before_closing() -> AskBeforeClosing {
    AskBeforeClosing(Listener::new(&window(), "beforeunload", |event| {
        event.prevent_default();
        // What browsers looked at before they looked at the line above.
        js::set(&event, "returnValue", &JsValue::TRUE);
    }))
}

/// Whoever went back stays after all.
pub(crate) fn stay() {
    step(1);
}

fn is_here() -> bool {
    let state = window().history().and_then(|history| history.state());
    state.is_ok_and(|state| state.as_string().as_deref() == Some(MARK))
}

fn step(by: i32) {
    if let Ok(history) = window().history() {
        // Refused only while the page is on its way out.
        let _ = history.go_with_delta(by);
    }
}
