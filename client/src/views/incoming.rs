//! Somebody rings.

use call::{Command, IncomingView};
use leptos::prelude::*;
use protocol::{CallId, CallType};

use super::icon::{Icon, hang_up_icon, icon};
use super::modal::modal;
use super::parts::face;
use super::text::is_video;
use crate::platform::focus_when_shown;
use crate::shell::use_shell;
use crate::words::words;

/// The dialog that asks whether to answer. It opens over everything. Escape does nothing: it is pressed too easily for
/// something that cannot be taken back.
pub(crate) fn incoming() -> AnyView {
    let incoming = use_shell().shown().incoming;
    let open = Signal::derive(move || incoming.with(Option::is_some));
    modal(words().incoming_call, "incoming", open, || {}, move || incoming.get_untracked().map(ask).into_any())
}

fn ask(incoming: IncomingView) -> AnyView {
    let words = words();
    let busy = use_shell().shown().call;
    let busy = Memo::new(move |_| busy.with(|call| call.as_ref().is_some_and(|call| call.face.name() != "ended")));
    // The focus moves to the heading and not to a button, so that whoever is typing does not answer by accident.
    let heading = NodeRef::new();
    focus_when_shown(heading);
    let video = is_video(incoming.kind);
    view! {
        <div class="ask">
            {face(&incoming.from, "big ringing")}
            <div class="words">
                <h2 node_ref=heading tabindex="-1" dir="auto">{incoming.from.name.clone()}</h2>
                <p class="quiet">{if video { words.calls_you_video } else { words.calls_you_voice }}</p>
            </div>
            <p class="small quiet" hidden=move || !busy.get()>{words.accepting_ends_call}</p>
            {answers(&incoming.call_id, incoming.kind)}
        </div>
    }
    .into_any()
}

/// The three answers; what the caller asked for comes first.
fn answers(call_id: &CallId, kind: CallType) -> AnyView {
    let words = words();
    let video = is_video(kind);
    let accept = |camera| Command::Accept { call_id: call_id.clone(), camera };
    let mut accepts = [
        answer(if video { "button" } else { "button main" }, icon(Icon::Phone), words.accept, accept(false)),
        answer(if video { "button main" } else { "button" }, icon(Icon::Camera), words.accept_with_video, accept(true)),
    ];
    if video {
        accepts.reverse();
    }
    let decline = Command::Decline { call_id: call_id.clone() };
    view! {
        <div class="answers">
            {accepts.into_iter().collect_view()} {answer("button end", hang_up_icon(), words.decline, decline)}
        </div>
    }
    .into_any()
}

fn answer(class: &'static str, sign: AnyView, label: &'static str, command: Command) -> AnyView {
    let shell = use_shell();
    view! {
        <button type="button" class=class on:click=move |_| shell.command(command.clone())>
            {sign}
            {label}
        </button>
    }
    .into_any()
}
