//! The dialogs that are opened from several places. A frame is there from the start, what it shows is loaded when it opens.

use super::aside::Aside;
use super::icon::Icon;
use super::later::later;
use super::parts::round_button;
use super::ui::use_ui;
use crate::doors::aside;
use crate::platform::{El, Part, dialog, el, el_class};
use crate::signal::RwSignal;
use crate::words::words;

/// All of them.
pub(crate) fn windows() -> El {
    let ui = use_ui();
    el("div")
        .child(framed(words().settings, ui.settings, || aside(&Aside::Settings)))
        .child(framed(words().whom_to_ring, ui.several, || aside(&Aside::Several)))
        .child(framed(words().more, ui.person, || aside(&Aside::Person)))
}

fn framed(title: &'static str, open: RwSignal<bool>, content: fn() -> El) -> El {
    dialog(
        title,
        open.read_only(),
        move || open.set(false),
        move || {
            let close = round_button(Icon::Close, words().close, move || open.set(false));
            let head = el_class("div", "dialog-head").child(el("h2").text(title)).child(close);
            Some(el("div").child(head).child(later(Part::Aside, content)))
        },
    )
}
