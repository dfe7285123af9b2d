//! What several views are made of.

use leptos::prelude::*;
use protocol::Person;

use super::icon::{Icon, icon};
use super::text::{hue_class, initials};

/// The mark: an o that rings.
pub(crate) fn logo() -> AnyView {
    view! { <img class="logo" src="/icon.svg" alt="" width="72" height="72" /> }.into_any()
}

/// A person's face: their picture, or their initials on their own colour. Decoration: the name always stands beside it.
/// `size` is a further class: `big`, `mid`, `ringing` or nothing.
pub(crate) fn face(person: &Person, size: &'static str) -> AnyView {
    let class = ["face ", hue_class(person.id.as_str()), " ", size].concat();
    let picture = person.avatar.clone().map(|src| view! { <img src=src alt="" referrerpolicy="no-referrer" /> });
    view! {
        <span class=class aria-hidden="true">
            {initials(&person.name)}
            {picture}
        </span>
    }
    .into_any()
}

/// A name that keeps to itself: in its own direction, on one line.
pub(crate) fn name(name: &str) -> AnyView {
    view! { <bdi class="name cut" title=name.to_owned()>{name.to_owned()}</bdi> }.into_any()
}

/// A round button with a sign alone; `label` is its name.
pub(crate) fn round_button(sign: Icon, label: String, press: impl Fn() + 'static) -> AnyView {
    view! {
        <button type="button" class="button round" aria-label=label.clone() title=label on:click=move |_| press()>
            {icon(sign)}
        </button>
    }
    .into_any()
}

/// A sign that something is being waited for.
pub(crate) fn waiting() -> AnyView {
    view! { <span class="wait" aria-hidden="true"></span> }.into_any()
}
