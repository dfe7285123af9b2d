//! What follows how far the page is scrolled.

use super::effect::{effect, keep};
use super::listener::Listener;
use super::{El, js, window};
use crate::signal::Signal;

/// So far below the window's end something counts as near it, in CSS pixels.
const AHEAD: f64 = 600.0;

/// Calls `reach` when `el`, which ends a list, comes near the end of the window: by scrolling, or because the list does not
/// fill the window yet. `list` is what the list shows.
pub(crate) fn near_end<T: 'static>(el: El, list: Signal<T>, reach: impl Fn() + Clone + 'static) -> El {
    let element = el.element().clone();
    let look = move || {
        let hidden = js::field(&element, "hidden").is_truthy();
        let height = js::field(&window(), "innerHeight").as_f64().unwrap_or(0.0);
        let place = js::call(&element, "getBoundingClientRect", &[]);
        let top = place.and_then(|place| js::field(&place, "top").as_f64());
        if !hidden && element.is_connected() && top.is_some_and(|top| top < height + AHEAD) {
            reach();
        }
    };
    let scrolled = look.clone();
    keep(Listener::new(&window(), "scroll", move |_| scrolled()));
    effect(move || {
        list.with(|_| ());
        look();
    });
    el
}
