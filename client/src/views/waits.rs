//! The call before anybody else is in it: whom it reaches, what is being waited for; and a room with nobody in it yet.

use call::{CallView, Face};
use leptos::prelude::*;
use protocol::RoomCode;

use super::icon::{Icon, icon};
use super::parts::{face, waiting};
use super::share::shared;
use super::text::hue_class;
use crate::shell::use_shell;
use crate::words::{fill, words};

/// Whom the call reaches, and how far that has come.
pub(crate) fn waits() -> AnyView {
    let call = use_shell().shown().call;
    let with = Memo::new(move |_| call.with(|call| call.as_ref().and_then(|call| call.with.clone())));
    let told = Memo::new(move |_| call.with(|call| call.as_ref().map(told).unwrap_or_default()));
    let rings = Memo::new(move |_| call.with(|call| call.as_ref().is_some_and(|call| call.face == Face::Ringing)));
    (move || match with.get() {
        Some(person) => {
            let hue = ["waits ", hue_class(person.id.as_str())].concat();
            let portrait = move || face(&person, if rings.get() { "big ringing" } else { "big" });
            let name = with.get().map(|person| person.name);
            view! {
                <div class=hue>
                    {portrait}
                    <div class="words">
                        <h1 dir="auto">{name}</h1>
                        <p class="quiet">{told}</p>
                    </div>
                </div>
            }
            .into_any()
        }
        None => view! { <div class="waits">{waiting()} <h1>{told}</h1></div> }.into_any(),
    })
    .into_any()
}

/// What is being waited for.
fn told(call: &CallView) -> String {
    let words = words();
    match (call.face, &call.with) {
        (Face::Initiating, Some(person)) => fill(words.reaching, &person.name),
        (Face::Initiating, None) => words.entering_room.to_owned(),
        (Face::Ringing, _) => words.rings_there.to_owned(),
        _ => words.connecting.to_owned(),
    }
}

/// A room with nobody else in it: its link, to fetch somebody.
pub(crate) fn alone(code: &RoomCode) -> AnyView {
    let words = words();
    view! {
        <div class="waits">
            <span class="face big hue-1" aria-hidden="true">{icon(Icon::People)}</span>
            <div class="words">
                <h1>{words.alone_in_room}</h1>
                <p class="quiet">{words.alone_hint}</p>
            </div>
            {shared(use_shell().router().link(code))}
        </div>
    }
    .into_any()
}
