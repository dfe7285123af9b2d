//! Somebody rings.

use call::{Command, IncomingView};
use protocol::{CallId, CallType};

use super::aside::Aside;
use super::icon::{Icon, hang_up_icon, icon};
use super::later::silently;
use super::parts::{button, face, quiet};
use super::text::{is_video, names};
use crate::doors;
use crate::platform::{El, Part, dialog, el, el_class};
use crate::shell::use_shell;
use crate::signal::memo;
use crate::words::{fill, words};

/// The dialog that asks whether to answer. It opens over everything but a call, which has a place of its own for that
/// (`second_call.rs`). Escape does nothing: it is pressed too easily for something that cannot be taken back.
pub(crate) fn incoming() -> El {
    let (incoming, call) = (use_shell().shown().incoming, use_shell().shown().call);
    let free = memo(move || call.with(|call| call.as_ref().is_none_or(|call| call.face.name() == "ended")));
    let open = memo(move || free.get() && incoming.with(Option::is_some));
    let content = move || incoming.get().as_ref().map(ask);
    dialog(words().incoming_call, open, || {}, content).class("incoming")
}

/// What kind of call it is, in words.
pub(crate) fn kind(incoming: &IncomingView) -> &'static str {
    if is_video(incoming.kind) { words().calls_you_video } else { words().calls_you_voice }
}

/// Who else is in the call or rung into it.
pub(crate) fn with(incoming: &IncomingView) -> Option<El> {
    (!incoming.with.is_empty()).then(|| quiet(&fill(words().together_with, &names(&incoming.with))))
}

fn ask(incoming: &IncomingView) -> El {
    let told = incoming.clone();
    // The focus moves to the heading and not to a button, so that whoever is typing does not answer by accident.
    let heading = el("h2").attr("tabindex", "-1").attr("autofocus", "").attr("dir", "auto").focused();
    el_class("div", "ask")
        .child(face(&incoming.from, "big ringing"))
        .child(
            el_class("div", "words")
                .child(heading.text(&incoming.from.name))
                .child(quiet(kind(incoming)))
                .children(with(incoming)),
        )
        .child(answers(&incoming.call_id, incoming.kind))
        .child(silently(Part::Aside, move || doors::aside(&Aside::LookAway(told.clone()))))
}

/// The three answers; what the caller asked for comes first.
fn answers(call_id: &CallId, kind: CallType) -> El {
    let words = words();
    let video = is_video(kind);
    let class = |main| if main { "main" } else { "" };
    let accept = |camera| Command::Accept { call_id: call_id.clone(), camera, hold: false };
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

pub(crate) fn answer(class: &'static str, sign: El, label: &'static str, command: Command) -> El {
    let shell = use_shell();
    button(class, move || shell.command(command.clone())).child(sign).text(label)
}
