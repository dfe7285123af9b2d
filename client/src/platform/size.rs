//! How large an element is.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};

use super::El;
use super::effect::keep;
use crate::signal::RwSignal;

/// Tells when an element changes its size, until dropped.
struct Watch {
    observer: ResizeObserver,
    _react: Closure<dyn FnMut()>,
}

impl Watch {
    fn new(element: &Element, react: impl FnMut() + 'static) -> Option<Self> {
        let react = Closure::<dyn FnMut()>::new(react);
        let observer = ResizeObserver::new(react.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _react: react })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Keeps `size` at the width and height of the element, in CSS pixels, for as long as the component lives that asks.
pub(crate) fn measured(element: El, size: RwSignal<(f64, f64)>) -> El {
    let node = element.element().clone();
    keep(Watch::new(element.element(), move || {
        let place = node.get_bounding_client_rect();
        let now = (place.width(), place.height());
        if size.try_get_untracked().is_some_and(|before| before != now) {
            size.set(now);
        }
    }));
    element
}
