//! A link to send to others.

use leptos::prelude::*;

use super::icon::{Icon, icon, little_icon};
use crate::platform::{Copied, copy};
use crate::words::words;

/// The link, and a button that copies it and says so.
pub(crate) fn shared(link: String) -> AnyView {
    let copied = RwSignal::new(None);
    let shown = link.clone();
    view! {
        <div class="shared">
            <span class="address cut">{shown.trim_start_matches("https://").trim_start_matches("http://").to_owned()}</span>
            <button type="button" class="button" on:click=move |_| copy(&link, copied)>
                {move || match copied.get() {
                    Some(Copied::Yes) => little_icon(Icon::Check),
                    _ => little_icon(Icon::Copy),
                }}
                {words().copy_link}
            </button>
        </div>
        {said(copied)}
    }
    .into_any()
}

/// The same as a round button alone.
pub(crate) fn share_button(link: String) -> AnyView {
    let copied = RwSignal::new(None);
    view! {
        <button
            type="button"
            class="button round"
            aria-label=words().copy_link
            title=words().copy_link
            on:click=move |_| copy(&link, copied)
        >
            {move || match copied.get() {
                Some(Copied::Yes) => icon(Icon::Check),
                _ => icon(Icon::Copy),
            }}
        </button>
        {said(copied)}
    }
    .into_any()
}

/// How it went: heard in any case, seen when the link has to be copied by hand.
fn said(copied: RwSignal<Option<Copied>>) -> AnyView {
    let text = move || match copied.get() {
        Some(Copied::Yes) => words().link_copied,
        Some(Copied::No) => words().link_not_copied,
        None => "",
    };
    view! {
        <p role="status" class="small" class:said=move || copied.get() != Some(Copied::No)>
            {text}
        </p>
    }
    .into_any()
}
