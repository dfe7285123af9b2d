//! A call that is over: why, how long it lasted, and where to go from here.

use call::{CallView, Command, Face};
use leptos::prelude::*;
use protocol::EndReason;

use super::icon::{Icon, icon};
use super::parts::face;
use super::text::{is_video, length};
use super::ui::use_ui;
use crate::platform::{Route, focus_when_shown};
use crate::shell::{Shell, use_shell};
use crate::words::{Said, end_reason, fill, words};

/// The page of the call that has just ended.
pub(crate) fn ended() -> AnyView {
    let call = use_shell().shown().call;
    (move || call.get().and_then(|call| page(&call))).into_any()
}

fn page(call: &CallView) -> Option<AnyView> {
    let Face::Ended { reason, lasted } = call.face else { return None };
    let Said { heading, sentence } = end_reason(reason, call.direction);
    let name = call.with.as_ref().map_or("", |person| person.name.as_str());
    let lasted = (reason == EndReason::Completed).then(|| fill(words().lasted, &length(lasted)));
    let node = NodeRef::new();
    focus_when_shown(node);
    let portrait = call.with.as_ref().map_or_else(
        || view! { <span class="face mid hue-1" aria-hidden="true">{icon(Icon::People)}</span> }.into_any(),
        |person| face(person, "mid"),
    );
    let page = view! {
        <div class="middle">
            {portrait}
            <div class="words">
                <h1 node_ref=node tabindex="-1">{*heading}</h1>
                <p class="quiet" dir="auto">{fill(sentence, name)}</p>
                {lasted.map(|lasted| view! { <p class="quiet">{lasted}</p> })}
            </div>
            <div class="row">{again(call)} {done()}</div>
        </div>
    };
    Some(page.into_any())
}

/// Rings the same person again, or goes back into the room.
fn again(call: &CallView) -> AnyView {
    let shell = use_shell();
    let ui = use_ui();
    let words = words();
    let (with, room, kind) = (call.with.clone(), call.room.clone(), call.kind);
    let (sign, label) = match &with {
        Some(_) if is_video(kind) => (Icon::Camera, words.call_again),
        Some(_) => (Icon::Phone, words.call_again),
        None => (Icon::People, words.join_room),
    };
    let press = move |_| match (&with, &room) {
        (Some(person), _) => shell.call(person.clone(), kind),
        (None, Some(room)) => {
            leave(&shell, Route::Room(room.code.clone()));
        }
        (None, None) => {
            ui.new_room.set(true);
            leave(&shell, Route::Home);
        }
    };
    view! {
        <button type="button" class="button main" on:click=press>
            {icon(sign)}
            {label}
        </button>
    }
    .into_any()
}

fn done() -> AnyView {
    let shell = use_shell();
    view! {
        <button type="button" class="button" on:click=move |_| leave(&shell, Route::Home)>
            {words().done}
        </button>
    }
    .into_any()
}

fn leave(shell: &Shell, to: Route) {
    shell.router().go(to);
    shell.command(Command::Dismiss);
}
