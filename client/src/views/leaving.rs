//! Going back from a call: the gesture is made easily, so it asks before the call is left.

use call::Command;

use super::parts::{quiet, text_button};
use super::room_people::has_people;
use crate::platform::{El, ask_before_leaving, dialog, effect, el, el_class, stay};
use crate::shell::use_shell;
use crate::signal::{RwSignal, memo};
use crate::words::call_words;

/// The question, asked while a call runs.
pub(crate) fn leaving() -> El {
    let shell = use_shell();
    let call = shell.shown().call;
    let runs = memo(move || call.with(has_people));
    let open = RwSignal::new(false);
    effect(move || {
        if runs.get() {
            ask_before_leaving(move || open.set(true), move || !call.with_untracked(has_people));
        } else {
            open.set(false);
        }
    });
    let remain = move || {
        open.set(false);
        stay();
    };
    dialog(call_words().leave_question, open.read_only(), remain, move || {
        let (words, shell) = (call_words(), shell.clone());
        let row = el_class("div", "row").child(text_button("main", words.stay, remain)).child(text_button(
            "end",
            words.hang_up,
            move || shell.command(Command::HangUp),
        ));
        let (question, hint) = (el("h2").text(words.leave_question), quiet(words.leave_hint));
        Some(el_class("div", "several").child(question).child(hint).child(row))
    })
}
