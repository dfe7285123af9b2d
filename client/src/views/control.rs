//! The buttons of a call.

use leptos::prelude::*;

use super::icon::{Icon, hang_up_icon, icon};

/// What a control shows, which changes with what it controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// The sign.
    pub(crate) sign: Icon,
    /// Its name: what pressing it does.
    pub(crate) label: &'static str,
    /// The same in a word or two, which the name contains.
    pub(crate) word: &'static str,
    /// What it controls is off.
    pub(crate) off: bool,
    /// Something is the matter with what it controls.
    pub(crate) wrong: bool,
}

/// A button that turns something on and off.
pub(crate) fn control(look: impl Fn() -> Look + Send + Sync + 'static, press: impl Fn() + 'static) -> AnyView {
    let look = Memo::new(move |_| look());
    view! {
        <button
            type="button"
            class="control"
            class:off=move || look.get().off
            class:wrong=move || look.get().wrong
            aria-label=move || look.get().label
            on:click=move |_| press()
        >
            {move || icon(look.get().sign)}
            <span class="word">{move || look.get().word}</span>
        </button>
    }
    .into_any()
}

/// The button that ends the call, apart from the others.
pub(crate) fn hang_up(label: &'static str, press: impl Fn() + 'static) -> AnyView {
    view! {
        <button type="button" class="control end" aria-label=label on:click=move |_| press()>
            {hang_up_icon()}
            <span class="word">{label}</span>
        </button>
    }
    .into_any()
}
