//! The first page: who is here, rooms, what was.

use call::LinkView;

use super::icon::Icon;
use super::parts::{logo, round_button};
use super::people::people;
use super::recent::recent;
use super::rooms::rooms;
use super::ui::use_ui;
use crate::platform::{El, el_class};
use crate::shell::use_shell;
use crate::signal::memo;
use crate::words::{fill, words};

/// The page where somebody who is free arrives.
pub(crate) fn home() -> El {
    let me = use_shell().shown().me;
    let greeting = move || me.with(|me| me.as_ref().map(|me| fill(words().greeting, &me.name)).unwrap_or_default());
    let columns = el_class("div", "columns")
        .child(el_class("div", "column").child(people()))
        .child(el_class("div", "column").child(rooms()).child(recent()));
    el_class("div", "home")
        .child(top())
        .child(el_class("h1", "greeting").attr("dir", "auto").text_now(greeting))
        .child(columns)
}

fn top() -> El {
    let ui = use_ui();
    el_class("header", "top")
        .child(el_class("span", "brand").child(logo()).text("Alo"))
        .child(link())
        .child(round_button(Icon::Settings, words().settings, move || ui.settings.set(true)))
}

/// Whether the relay is there, small and at the side; what needs attention is a message of its own.
fn link() -> El {
    let link = use_shell().shown().link;
    let online = memo(move || link.get() == LinkView::Online);
    let dot = el_class("span", "dot").class_when("free", move || online.get()).attr("aria-hidden", "true");
    let words = words();
    el_class("span", "link")
        .child(dot)
        .text_now(move || if online.get() { words.link_online } else { words.link_connecting })
}
