//! The question before something is deleted.

use crate::platform::{El, dialog, el, el_class};
use crate::signal::RwSignal;
use crate::views::parts::{quiet, text_button};
use crate::words::history_words;

/// A dialog that asks while `open` says so, and does it when the answer is yes.
pub(super) fn ask(
    question: &'static str,
    hint: &'static str,
    open: RwSignal<bool>,
    yes: impl Fn() + Clone + 'static,
) -> El {
    let content = move || {
        let words = history_words();
        let yes = yes.clone();
        let confirm = move || {
            open.set(false);
            yes();
        };
        let row = el_class("div", "row")
            .child(text_button("main", words.keep, move || open.set(false)))
            .child(text_button("", words.delete, confirm));
        Some(el_class("div", "question").child(el("h2").text(question)).child(quiet(hint)).child(row))
    };
    dialog(question, open.read_only(), move || open.set(false), content)
}
