//! The dialog with the settings. Its frame is there from the start, what it shows is loaded when it opens.

use super::aside::Aside;
use super::icon::Icon;
use super::later::later;
use super::parts::round_button;
use super::ui::use_ui;
use crate::doors::aside;
use crate::platform::{El, Part, dialog, el, el_class};
use crate::words::words;

/// The dialog, before and during a call.
pub(crate) fn window() -> El {
    let open = use_ui().settings;
    let words = words();
    dialog(
        words.settings,
        open.read_only(),
        move || open.set(false),
        move || {
            let close = round_button(Icon::Close, words.close, move || open.set(false));
            let head = el_class("div", "dialog-head").child(el("h2").text(words.settings)).child(close);
            Some(el("div").child(head).child(later(Part::Aside, || aside(&Aside::Settings))))
        },
    )
}
