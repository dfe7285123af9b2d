//! Putting the page among the programs of the machine (Manifest Incubations, `BeforeInstallPromptEvent`).

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::listener::Listener;
use super::{js, window};
use crate::signal::{RwSignal, Signal};

/// Whether this browser offers to install the page. Cheap to clone.
#[derive(Clone)]
pub struct Install {
    offered: RwSignal<bool>,
    offer: Rc<RefCell<JsValue>>,
    _listeners: Rc<[Listener; 2]>,
}

impl Install {
    pub(crate) fn new() -> Self {
        let (offered, offer) = (RwSignal::new(false), Rc::new(RefCell::new(JsValue::UNDEFINED)));
        let kept = offer.clone();
        let comes = Listener::new(&window(), "beforeinstallprompt", move |event| {
            // The page has a place of its own for it.
            event.prevent_default();
            kept.replace(event.into());
            offered.set(true);
        });
        let done = Listener::new(&window(), "appinstalled", move |_| offered.set(false));
        Self { offered, offer, _listeners: Rc::new([comes, done]) }
    }

    /// The browser would install it when asked.
    #[must_use]
    pub fn offered(&self) -> Signal<bool> {
        self.offered.read_only()
    }

    /// Has the browser ask the person; to be called from a click. An offer is good for one question.
    pub fn ask(&self) {
        self.offered.set(false);
        let offer = self.offer.replace(JsValue::UNDEFINED);
        js::ask(&offer, "prompt", &[]);
    }

    /// The page is shown as a program of its own already.
    #[must_use]
    pub fn installed() -> bool {
        let standalone = JsValue::from_str("(display-mode: standalone)");
        js::call(&window(), "matchMedia", &[&standalone]).is_some_and(|query| js::field(&query, "matches").is_truthy())
    }
}
