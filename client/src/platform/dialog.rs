//! Dialogs over whatever is open.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlDialogElement, HtmlElement};

use super::{El, effect, el, js};
use crate::signal::Signal;

/// What can take the focus inside a dialog.
const STOPS: &str = "button:not(:disabled),input:not(:disabled),select:not(:disabled),a[href]";

/// A modal dialog that is open exactly while `open` says so; its content is made when it opens. The browser makes the
/// rest of the page inert, moves the focus in, and gives it back in the end; Tab stays inside. `escape` is what the
/// Escape key does.
pub fn dialog(
    label: &str,
    open: Signal<bool>,
    mut escape: impl FnMut() + 'static,
    mut content: impl FnMut() -> Option<El> + 'static,
) -> El {
    let dialog = el("dialog").attr("aria-label", label);
    let element: HtmlDialogElement = dialog.element().clone().unchecked_into();
    follow(&element, open);
    let (again, inside) = (element.clone(), element);
    dialog
        .on("cancel", move |event| {
            event.prevent_default();
            escape();
        })
        // A second Escape closes it whatever the page says.
        .on("close", move |_| {
            if open.try_get_untracked() == Some(true) && !again.open() {
                let _ = again.show_modal();
            }
        })
        .on_key(move |event| {
            if event.key() == "Tab" && wrap(&inside, event.shift_key()) {
                event.prevent_default();
            }
        })
        .show(move || if open.get() { content() } else { None })
}

fn follow(dialog: &HtmlDialogElement, open: Signal<bool>) {
    let dialog = dialog.clone();
    effect(move || match (open.get(), dialog.open()) {
        // Refused only for a dialog that is open or not in the page.
        (true, false) => drop(dialog.show_modal()),
        (false, true) => dialog.close(),
        (true, true) | (false, false) => {}
    });
}

/// Lets Tab go from the last stop to the first and back, not out into the browser. Whether it did.
fn wrap(dialog: &Element, back: bool) -> bool {
    let stops = stops(dialog);
    let focused = document().active_element();
    let at = stops.iter().position(|stop| focused.as_ref() == Some(stop.as_ref()));
    let wraps_to = match (back, at) {
        (true, Some(0) | None) => stops.last(),
        (false, Some(at)) if at + 1 == stops.len() => stops.first(),
        _ => None,
    };
    wraps_to.is_some_and(|stop| stop.focus().is_ok())
}

fn stops(dialog: &Element) -> Vec<HtmlElement> {
    let found = js::call(dialog, "querySelectorAll", &[&JsValue::from_str(STOPS)]).unwrap_or(JsValue::UNDEFINED);
    let visible = |stop: &HtmlElement| js::call(stop, "checkVisibility", &[]).is_none_or(|visible| visible.is_truthy());
    js_sys::Array::from(&found).iter().filter_map(|stop| stop.dyn_into().ok()).filter(visible).collect()
}
