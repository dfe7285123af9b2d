//! An event listener that ends with its owner.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventTarget};

/// Listens for as long as it lives.
pub(crate) struct Listener {
    target: EventTarget,
    kind: &'static str,
    capture: bool,
    react: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Listens to `kind` events of `target`. `react` should only note what happened and hand it on.
    pub(crate) fn new(target: &EventTarget, kind: &'static str, react: impl FnMut(Event) + 'static) -> Self {
        Self::boxed(target, kind, false, Box::new(react))
    }

    /// The same, before anything inside of `target` hears of it (DOM section 2.10, the capturing phase).
    pub(crate) fn first(target: &EventTarget, kind: &'static str, react: impl FnMut(Event) + 'static) -> Self {
        Self::boxed(target, kind, true, Box::new(react))
    }

    /// The part that does not depend on the type of `react`, so that it is compiled once.
    fn boxed(target: &EventTarget, kind: &'static str, capture: bool, react: Box<dyn FnMut(Event)>) -> Self {
        let react = Closure::wrap(react);
        // Only a detached or foreign object refuses a listener; every target here is the page's own.
        let _ = target.add_event_listener_with_callback_and_bool(kind, react.as_ref().unchecked_ref(), capture);
        Self { target: target.clone(), kind, capture, react }
    }

    /// Listens where the browser has the thing at all.
    pub(crate) fn maybe(target: &JsValue, kind: &'static str, react: impl FnMut(Event) + 'static) -> Option<Self> {
        target.dyn_ref::<EventTarget>().map(|target| Self::new(target, kind, react))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback_and_bool(
            self.kind,
            self.react.as_ref().unchecked_ref(),
            self.capture,
        );
    }
}
