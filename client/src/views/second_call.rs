//! Somebody rings while a call goes on: a card beside the call, which hides nothing of it and takes no focus away.

use call::{Command, IncomingView};

use super::bar::{own_of, seen};
use super::icon::{Icon, hang_up_icon, icon};
use super::incoming::{answer, kind, with};
use super::look_away::tell_who_looks_away;
use super::parts::{face, small};
use super::text::{is_group, is_video};
use crate::platform::{El, el_class, is_switched_on};
use crate::shell::use_shell;
use crate::signal::memo;
use crate::words::{call_words, words};

/// The name of the switch for call waiting, where it is kept.
pub(crate) const CALL_WAITING: &str = "call-waiting";

/// The place for whoever rings meanwhile.
pub(crate) fn second_call() -> El {
    let shell = use_shell();
    shell.command(Command::SetCallWaiting(is_switched_on(CALL_WAITING)));
    let incoming = shell.shown().incoming;
    el_class("div", "second-place").show(move || incoming.get().as_ref().map(card))
}

/// What becomes of the call there is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    Held,
    Ended,
    /// It is one of several, and goes on without this side.
    Left,
}

fn card(incoming: &IncomingView) -> El {
    let (shown, texts) = (use_shell().shown(), &call_words().waiting);
    let (can, several) = (
        memo(move || shown.call.with(|call| call.as_ref().is_some_and(call::CallView::can_be_held))),
        memo(move || shown.call.with(|call| call.as_ref().is_some_and(|call| is_group(call.kind)))),
    );
    let told = incoming.clone();
    let answers = move || {
        let first = if several.get() { First::Left } else { First::Ended };
        let hold = can.get().then(|| accept(&told, First::Held));
        Some(el_class("div", "answers").children(hold).child(accept(&told, first)).child(decline(&told)))
    };
    el_class("section", "second")
        .attr("aria-label", texts.another_call)
        .child(face(&incoming.from, "mid"))
        .child(
            el_class("div", "words")
                .child(el_class("h2", "cut").attr("dir", "auto").text(&incoming.from.name))
                .child(el_class("p", "small quiet").text(kind(incoming)))
                .children(with(incoming)),
        )
        .show(answers)
        .child(small(texts.not_held).hidden_when(move || !several.get()))
        .child(tell_who_looks_away(incoming))
}

fn accept(incoming: &IncomingView, first: First) -> El {
    let (call, texts) = (use_shell().shown().call, &call_words().waiting);
    let (class, label) = match first {
        First::Held => ("main", texts.hold_and_accept),
        First::Ended => ("", texts.end_and_accept),
        First::Left => ("", texts.leave_and_accept),
    };
    // Whoever is to be seen in the one call is to be seen in the other, if that is a video call.
    let camera = is_video(incoming.kind) && seen(&call.with_untracked(own_of));
    let command = Command::Accept { call_id: incoming.call_id.clone(), camera, hold: first == First::Held };
    answer(class, icon(if camera { Icon::Camera } else { Icon::Phone }), label, command)
}

fn decline(incoming: &IncomingView) -> El {
    answer("end", hang_up_icon(), words().decline, Command::Decline { call_id: incoming.call_id.clone() })
}
