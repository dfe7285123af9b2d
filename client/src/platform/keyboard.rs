//! Keys, wherever on the page they are pressed.

use std::rc::Rc;

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event};

use super::effect::{effect, keep};
use super::floating::floating_page;
use super::js;
use super::listener::Listener;
use super::storage::{self, Keep};
use crate::signal::Signal;

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
    /// Read by name and not by type: an event of the small window is of another realm, so it is an instance of nothing
    /// here. One without a key is not of a key at all; browsers send such when they fill in a form.
    fn of(event: &Event) -> Option<Self> {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let within = |what: &str| target.as_ref().is_some_and(|target| matches!(target.closest(what), Ok(Some(_))));
        let is = |field: &str| js::field(event, field).is_truthy();
        let modified = ["ctrlKey", "metaKey", "altKey"].into_iter().any(is);
        let shown = || target.as_ref().is_some_and(|target| target.matches(":focus-visible").unwrap_or(false));
        Some(Self {
            key: js::text(event, "key")?,
            code: js::text(event, "code").unwrap_or_default(),
            again: is("repeat"),
            free: !modified && !is("isComposing") && !within(TYPING) && find("dialog[open]").is_none(),
            on_control: within(PRESSED) && shown(),
        })
    }
}

/// What is done with keys.
pub(crate) struct Keys<Down, Up, Left> {
    /// One went down. Whether it is taken from the browser.
    pub(crate) down: Down,
    /// One went up.
    pub(crate) up: Up,
    /// The window is left, perhaps with keys held.
    pub(crate) left: Left,
}

/// Has it done with every key, in the page and, while `floats` says that there is one, in the small window. For as long as
/// the component lives that asks.
pub(crate) fn strokes(
    floats: Signal<bool>,
    keys: Keys<impl Fn(&Stroke) -> bool + 'static, impl Fn(&Stroke) + 'static, impl Fn() + 'static>,
) {
    let keys: Boxed = Keys { down: Box::new(keys.down), up: Box::new(keys.up), left: Box::new(keys.left) };
    let keys = Rc::new(keys);
    keep(listen(&document(), &keys));
    let mut there = None;
    effect(move || {
        // Closed with a key held, it says nothing more of it.
        if there.take().is_some() {
            (keys.left)();
        }
        there = floats.get().then(floating_page).flatten().map(|page| listen(&page, &keys));
    });
}

type Boxed = Keys<Box<dyn Fn(&Stroke) -> bool>, Box<dyn Fn(&Stroke)>, Box<dyn Fn()>>;

fn listen(page: &Document, keys: &Rc<Boxed>) -> [Option<Listener>; 3] {
    let (down, up, left) = (keys.clone(), keys.clone(), keys.clone());
    [
        Some(Listener::first(page, "keydown", move |event| {
            if Stroke::of(&event).is_some_and(|stroke| (down.down)(&stroke)) {
                event.prevent_default();
            }
        })),
        Some(Listener::first(page, "keyup", move |event| Stroke::of(&event).iter().for_each(&up.up))),
        page.default_view().map(|window| Listener::new(&window, "blur", move |_| (left.left)())),
    ]
}

/// Something of the page, which may be in the small window at the moment.
fn find(what: &str) -> Option<Element> {
    let pages = [Some(document()), floating_page()];
    pages.into_iter().flatten().find_map(|page| page.query_selector(what).ok().flatten())
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
    if let (Some(element), Ok(event)) = (doing(deed), Event::new("deed")) {
        // Fails only for an event that is on its way already.
        let _ = element.dispatch_event(&event);
    }
}

/// Whether somebody does.
pub(crate) fn has_deed(deed: &str) -> bool {
    doing(deed).is_some()
}

fn doing(deed: &str) -> Option<Element> {
    find(&["[data-deed=", deed, "]"].concat())
}
