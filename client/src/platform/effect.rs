//! What follows signals without being seen.

use leptos::prelude::*;
use send_wrapper::SendWrapper;

/// Does it once everything that is being made now is in its place, and again whenever a signal changes that it has read,
/// for as long as the component lives that asks.
pub fn effect(react: impl FnMut() + 'static) {
    boxed(Box::new(react));
}

/// One type for all effects, so that Leptos' code for them is there once.
fn boxed(react: Box<dyn FnMut()>) {
    Effect::new(react);
}

/// Makes something whose signals and effects last as long as the page.
pub(crate) fn lasting<T>(make: impl FnOnce() -> T) -> T {
    let owner = Owner::new_root(None);
    let made = owner.with(make);
    // What is made with it would end with it.
    std::mem::forget(owner);
    made
}

/// Does it when the component ends that asks.
pub(crate) fn at_the_end(last: impl FnOnce() + 'static) {
    let last = SendWrapper::new(last);
    on_cleanup(move || last.take()());
}

/// Keeps something for as long as the component lives that asks.
pub(crate) fn keep<T: 'static>(thing: T) {
    at_the_end(move || drop(thing));
}
