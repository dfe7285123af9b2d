//! The first page: who is here, rooms, what was.

use call::LinkView;
use leptos::prelude::*;

use super::icon::{Icon, icon};
use super::parts::logo;
use super::people::people;
use super::recent::recent;
use super::rooms::rooms;
use super::ui::use_ui;
use crate::shell::use_shell;
use crate::words::{fill, words};

/// The page where somebody who is free arrives.
pub(crate) fn home() -> AnyView {
    let me = use_shell().shown().me;
    let greeting = Memo::new(move |_| {
        let name = me.with(|me| me.as_ref().map(|me| me.name.clone()));
        name.map(|name| fill(words().greeting, &name)).unwrap_or_default()
    });
    view! {
        <div class="home">
            {top()}
            <h1 class="greeting" dir="auto">{greeting}</h1>
            <div class="columns">
                <div class="column">{people()}</div>
                <div class="column">{rooms()} {recent()}</div>
            </div>
        </div>
    }
    .into_any()
}

fn top() -> AnyView {
    let words = words();
    let ui = use_ui();
    view! {
        <header class="top">
            <span class="brand">{logo()} "Alo"</span>
            {link()}
            <button
                type="button"
                class="button round"
                aria-label=words.settings
                title=words.settings
                on:click=move |_| ui.settings.set(true)
            >
                {icon(Icon::Settings)}
            </button>
        </header>
    }
    .into_any()
}

/// Whether the relay is there, small and at the side; what needs attention is a message of its own.
fn link() -> AnyView {
    let link = use_shell().shown().link;
    let online = Memo::new(move |_| link.get() == LinkView::Online);
    view! {
        <span class="link">
            <span class="dot" class:free=online aria-hidden="true"></span>
            {move || if online.get() { words().link_online } else { words().link_connecting }}
        </span>
    }
    .into_any()
}
