//! Somebody rings.

use call::{Command, IncomingView};
use protocol::{CallId, CallType};

use super::icon::{Icon, hang_up_icon, icon};
use super::parts::{button, face, quiet, small};
use super::text::{is_video, names};
use crate::platform::{El, Notice, dialog, effect, el, el_class, unseen};
use crate::shell::use_shell;
use crate::signal::memo;
use crate::words::{fill, words};

/// The dialog that asks whether to answer. It opens over everything. Escape does nothing: it is pressed too easily for
/// something that cannot be taken back.
pub(crate) fn incoming() -> El {
    let incoming = use_shell().shown().incoming;
    let open = memo(move || incoming.with(Option::is_some));
    tell_who_looks_away();
    let content = move || incoming.get().as_ref().map(ask);
    dialog(words().incoming_call, open, || {}, content).class("incoming")
}

/// Whoever does not look at the page when it begins to ring is told outside of it, as they wish.
fn tell_who_looks_away() {
    let (incoming, worker) = (use_shell().shown().incoming, use_shell().worker());
    effect(move || worker.tell(incoming.with(|incoming| incoming.as_ref().filter(|_| unseen()).map(notice))));
}

fn notice(incoming: &IncomingView) -> Notice {
    let words = words();
    Notice {
        call_id: incoming.call_id.clone(),
        title: fill(words.rings_title, &incoming.from.name),
        body: kind(incoming),
        accept: words.accept,
        decline: words.decline,
        silent: incoming.silent,
    }
}

fn kind(incoming: &IncomingView) -> &'static str {
    if is_video(incoming.kind) { words().calls_you_video } else { words().calls_you_voice }
}

fn ask(incoming: &IncomingView) -> El {
    let words = words();
    let call = use_shell().shown().call;
    let free = move || call.with(|call| call.as_ref().is_none_or(|call| call.face.name() == "ended"));
    let with = (!incoming.with.is_empty()).then(|| quiet(&fill(words.together_with, &names(&incoming.with))));
    // The focus moves to the heading and not to a button, so that whoever is typing does not answer by accident.
    let heading = el("h2").attr("tabindex", "-1").attr("autofocus", "").attr("dir", "auto").focused();
    el_class("div", "ask")
        .child(face(&incoming.from, "big ringing"))
        .child(
            el_class("div", "words")
                .child(heading.text(&incoming.from.name))
                .child(quiet(kind(incoming)))
                .children(with),
        )
        .child(small(words.accepting_ends_call).hidden_when(free))
        .child(answers(&incoming.call_id, incoming.kind))
}

/// The three answers; what the caller asked for comes first.
fn answers(call_id: &CallId, kind: CallType) -> El {
    let words = words();
    let video = is_video(kind);
    let class = |main| if main { "main" } else { "" };
    let accept = |camera| Command::Accept { call_id: call_id.clone(), camera };
    let mut accepts = [
        answer(class(!video), icon(Icon::Phone), words.accept, accept(false)),
        answer(class(video), icon(Icon::Camera), words.accept_with_video, accept(true)),
    ];
    if video {
        accepts.reverse();
    }
    let decline = Command::Decline { call_id: call_id.clone() };
    el_class("div", "answers").children(accepts).child(answer("end", hang_up_icon(), words.decline, decline))
}

fn answer(class: &'static str, sign: El, label: &'static str, command: Command) -> El {
    let shell = use_shell();
    button(class, move || shell.command(command.clone())).child(sign).text(label)
}
