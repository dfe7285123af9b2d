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
    let around = Owner::current();
    let owner = Owner::new_root(None);
    let made = owner.with(make);
    // A new root takes the place of whoever asks: what they make next would last as long as the page, too.
    around.iter().for_each(Owner::set);
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

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn what_lasts_takes_nothing_of_a_view_with_it() {
        let (lasts, ended) = (Rc::new(Cell::new(true)), Rc::new(Cell::new(false)));
        let (last, end) = (lasts.clone(), ended.clone());
        let view = Owner::new();
        view.with(|| {
            lasting(|| at_the_end(move || last.set(false)));
            at_the_end(move || end.set(true));
        });
        drop(view);
        assert!(lasts.get() && ended.get());
    }
}
