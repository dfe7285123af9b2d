//! The calls of this tab.

use call::{Direction, RecentCall};
use leptos::prelude::*;

use super::icon::{Icon, icon, little_icon};
use super::parts::{face, name};
use super::text::{is_video, length};
use crate::platform::Route;
use crate::shell::use_shell;
use crate::words::{fill, recent_outcome, words};

/// How many are shown: more than that is a history, which this list is not.
const SHOWN: usize = 8;

/// The recent calls, or nothing while there are none.
pub(crate) fn recent() -> AnyView {
    let recent = use_shell().shown().recent;
    let some = Memo::new(move |_| recent.with(|calls| !calls.is_empty()));
    let each = move || recent.with(|calls| calls.iter().take(SHOWN).cloned().collect::<Vec<_>>());
    view! {
        <section hidden=move || !some.get()>
            <h2>{words().recent}</h2>
            <ul class="recent">
                <For each=each key=|call| call.call_id.clone() children=row />
            </ul>
        </section>
    }
    .into_any()
}

fn row(call: RecentCall) -> AnyView {
    let told = [outcome(&call), use_shell().time_of_day(call.at)].join(" · ");
    view! {
        <li class="person">
            {call.with.as_ref().map_or_else(room_face, |person| face(person, ""))}
            <span class="who">
                {name(&who(&call))}
                <span class="doing">
                    {little_icon(direction(call.direction))}
                    <span class="cut">{told}</span>
                </span>
            </span>
            {again(&call)}
        </li>
    }
    .into_any()
}

fn room_face() -> AnyView {
    view! { <span class="face hue-1" aria-hidden="true">{icon(Icon::People)}</span> }.into_any()
}

/// Whom the call was with.
fn who(call: &RecentCall) -> String {
    match (&call.with, &call.room) {
        (Some(person), _) => person.name.clone(),
        (None, Some(room)) => room.name.clone().unwrap_or_else(|| fill(words().room_named, room.code.as_str())),
        (None, None) => words().room.to_owned(),
    }
}

/// How it went: how long it lasted, else why nothing came of it.
fn outcome(call: &RecentCall) -> String {
    recent_outcome(call.reason, call.direction).map_or_else(|| length(call.lasted), str::to_owned)
}

const fn direction(direction: Direction) -> Icon {
    match direction {
        Direction::Outgoing => Icon::Outgoing,
        Direction::Incoming => Icon::Incoming,
        Direction::Room => Icon::People,
    }
}

/// Rings the person again, or leads back to the room.
fn again(call: &RecentCall) -> AnyView {
    let shell = use_shell();
    let label = fill(words().call_person_again, &who(call));
    let (with, room, kind) = (call.with.clone(), call.room.clone(), call.kind);
    let press = move |_| match (&with, &room) {
        (Some(person), _) => shell.call(person.clone(), kind),
        (None, Some(room)) => shell.router().go(Route::Room(room.code.clone())),
        (None, None) => {}
    };
    view! {
        <button type="button" class="button round" aria-label=label.clone() title=label on:click=press>
            {icon(if is_video(kind) { Icon::Camera } else { Icon::Phone })}
        </button>
    }
    .into_any()
}
