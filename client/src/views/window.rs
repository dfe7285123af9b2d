//! The dialogs that are opened from several places. A frame is there from the start, what it shows is loaded when it opens.

use super::aside::Aside;
use super::icon::Icon;
use super::later::later;
use super::parts::round_button;
use super::ui::use_ui;
use crate::doors::aside;
use crate::platform::{El, Part, dialog, el, el_class};
use crate::signal::{RwSignal, memo};
use crate::words::words;

/// The dialog with the settings, before and during a call.
pub(crate) fn window() -> El {
    framed(words().settings, use_ui().settings, || aside(&Aside::Settings))
}

/// The dialog in which it is chosen whom to ring.
pub(crate) fn several_window() -> El {
    framed(words().whom_to_ring, use_ui().several, || aside(&Aside::Several))
}

/// The dialog with what can be done with somebody.
pub(crate) fn person_window() -> El {
    let who = use_ui().person;
    let open = memo(move || who.with(Option::is_some));
    let close = move || who.set(None);
    dialog(words().more, open, close, move || {
        let person = who.get_untracked()?;
        let title = el_class("h2", "cut").attr("dir", "auto").text(&person.name);
        Some(frame(title, close, move || aside(&Aside::Person(person.clone()))))
    })
}

fn framed(title: &'static str, open: RwSignal<bool>, content: fn() -> El) -> El {
    let close = move || open.set(false);
    dialog(title, open.read_only(), close, move || Some(frame(el("h2").text(title), close, content)))
}

fn frame(title: El, close: impl Fn() + 'static, content: impl Fn() -> El + 'static) -> El {
    let head = el_class("div", "dialog-head").child(title).child(round_button(Icon::Close, words().close, close));
    el("div").child(head).child(later(Part::Aside, content))
}
