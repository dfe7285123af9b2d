//! Dialogs and the focus.

use leptos::ev::KeyboardEvent;
use leptos::html::{self, ElementType};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

use super::js;

/// What can take the focus inside a dialog.
const STOPS: &str = "button:not(:disabled),input:not(:disabled),select:not(:disabled),a[href]";

/// Keeps a dialog open, modally, exactly while `open` says so. The browser moves the focus in and gives it back.
pub fn hold_open(dialog: NodeRef<html::Dialog>, open: Signal<bool>) {
    Effect::new(move || {
        let wanted = open.get();
        if let Some(dialog) = dialog.get() {
            match (wanted, dialog.open()) {
                // Refused only for a dialog that is open or not in the page.
                (true, false) => drop(dialog.show_modal()),
                (false, true) => dialog.close(),
                (true, true) | (false, false) => {}
            }
        }
    });
}

/// Opens a dialog again that the browser has closed by itself (a second Escape does that whatever the page says).
pub fn open_again(dialog: NodeRef<html::Dialog>) {
    if let Some(dialog) = dialog.get_untracked().filter(|dialog| !dialog.open()) {
        drop(dialog.show_modal());
    }
}

/// For the `keydown` of a dialog: lets Tab go from its last stop to its first and back, not out into the browser.
pub fn keep_tab_inside(dialog: NodeRef<html::Dialog>, event: &KeyboardEvent) {
    let Some(dialog) = dialog.get_untracked().filter(|_| event.key() == "Tab") else { return };
    let stops = stops(&dialog);
    let focused = document().active_element();
    let at = stops.iter().position(|stop| focused.as_ref() == Some(stop.as_ref()));
    let wraps_to = match (event.shift_key(), at) {
        (true, Some(0) | None) => stops.last(),
        (false, Some(at)) if at + 1 == stops.len() => stops.first(),
        _ => None,
    };
    if let Some(stop) = wraps_to {
        event.prevent_default();
        let _ = stop.focus();
    }
}

fn stops(dialog: &Element) -> Vec<HtmlElement> {
    let found = js::call(dialog, "querySelectorAll", &[&JsValue::from_str(STOPS)]).unwrap_or(JsValue::UNDEFINED);
    let visible = |stop: &HtmlElement| js::call(stop, "checkVisibility", &[]).is_none_or(|visible| visible.is_truthy());
    js_sys::Array::from(&found).iter().filter_map(|stop| stop.dyn_into().ok()).filter(visible).collect()
}

/// Moves the focus to an element as soon as it is there.
pub fn focus_when_shown<E>(node: NodeRef<E>)
where
    E: ElementType,
    E::Output: JsCast + Clone + 'static,
{
    Effect::new(move || {
        if let Some(element) = node.get().and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            let _ = element.focus();
        }
    });
}
