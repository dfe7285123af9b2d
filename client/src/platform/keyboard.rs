//! Keys, wherever on the page they are pressed.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use super::effect::keep;
use super::listener::Listener;
use super::storage::{self, Keep};
use super::{js, window};

/// Where changed keys are kept.
const KEY: &str = "alo-keys";
/// What is typed into, and dialogs, which have keys of their own.
const TYPING: &str = "input:not([type=range]),textarea,select,[contenteditable],dialog";
/// What the space bar presses.
const PRESSED: &str = "button,a,input,summary,[role=button]";

/// A key that went down or up.
pub(crate) struct Stroke {
    /// What is written on it (`KeyboardEvent.key`).
    pub(crate) key: String,
    /// Where it is (`KeyboardEvent.code`).
    pub(crate) code: String,
    /// It is still down and repeats itself.
    pub(crate) again: bool,
    /// It means the page: nothing is typed into, no dialog is open, no modifier is held.
    pub(crate) free: bool,
    /// A control has the focus, and shows it, that the space bar would press.
    pub(crate) on_control: bool,
}

impl Stroke {
    fn of(event: &KeyboardEvent) -> Self {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let within = |what: &str| target.as_ref().is_some_and(|target| matches!(target.closest(what), Ok(Some(_))));
        let dialog = || matches!(document().query_selector("dialog[open]"), Ok(Some(_)));
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        let shown = || target.as_ref().is_some_and(|target| target.matches(":focus-visible").unwrap_or(false));
        Self {
            key: event.key(),
            code: js::text(event, "code").unwrap_or_default(),
            again: event.repeat(),
            free: !modified && !js::field(event, "isComposing").is_truthy() && !within(TYPING) && !dialog(),
            on_control: within(PRESSED) && shown(),
        }
    }
}

/// Tells of every key that goes down, and takes it from the browser where `down` says so; of every key that goes up; and
/// when the window is left with keys held. For as long as the component lives that asks.
pub(crate) fn strokes(
    mut down: impl FnMut(&Stroke) -> bool + 'static,
    mut up: impl FnMut(&Stroke) + 'static,
    mut left: impl FnMut() + 'static,
) {
    let of = |event: &web_sys::Event| event.dyn_ref::<KeyboardEvent>().map(Stroke::of);
    keep([
        Listener::first(&document(), "keydown", move |event| {
            if of(&event).is_some_and(|stroke| down(&stroke)) {
                event.prevent_default();
            }
        }),
        Listener::first(&document(), "keyup", move |event| of(&event).iter().for_each(&mut up)),
        Listener::new(&window(), "blur", move |_| left()),
    ]);
}

/// The keys as they were kept.
pub(crate) fn kept_keys() -> String {
    storage::load(Keep::Always, KEY).unwrap_or_default()
}

/// Keeps the keys.
pub(crate) fn keep_keys(text: &str) {
    storage::store(Keep::Always, KEY, text);
}

/// The page fills the whole screen, or no longer. To be called from a key or press.
pub(crate) fn toggle_full_screen() {
    let page = document();
    let done = if js::field(&page, "fullscreenElement").is_null() {
        page.document_element().and_then(|root| js::call(&root, "requestFullscreen", &[]))
    } else {
        js::call(&page, "exitFullscreen", &[])
    };
    // Refused where a frame may not: then the window stays as it is.
    if let Some(Ok(done)) = done.map(JsCast::dyn_into) {
        js::ignore(done);
    }
}

/// Tells whoever does what a key stands for, if they are there: another part of the page, whose element says so with
/// `data-deed` and listens to `deed`.
pub(crate) fn tell_deed(deed: &str) {
    let found = document().query_selector(&["[data-deed=", deed, "]"].concat());
    if let (Ok(Some(element)), Ok(event)) = (found, web_sys::Event::new("deed")) {
        // Fails only for an event that is on its way already.
        let _ = element.dispatch_event(&event);
    }
}

/// Whether somebody does.
pub(crate) fn has_deed(deed: &str) -> bool {
    matches!(document().query_selector(&["[data-deed=", deed, "]"].concat()), Ok(Some(_)))
}
