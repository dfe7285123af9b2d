//! The call before anybody else is in it: whom it reaches, what is being waited for; and a room with nobody in it yet.

use call::{CallView, Face};
use protocol::RoomCode;

use super::asked::asked;
use super::invite::invite;
use super::parts::{face, group_face, quiet, waiting};
use super::text::{hue_class, names};
use crate::platform::{El, el, el_class};
use crate::shell::use_shell;
use crate::signal::memo;
use crate::words::{aside_words, call_words, fill};

/// Whom the call reaches, and how far that has come.
pub(crate) fn waits() -> El {
    let call = use_shell().shown().call;
    let told = move || call.with(|call| call.as_ref().map(told).unwrap_or_default());
    let rings = memo(move || call.with(|call| call.as_ref().is_some_and(|call| call.face == Face::Ringing)));
    let knocks = memo(move || call.with(|call| call.as_ref().is_some_and(|call| call.knocks)));
    if call.with_untracked(|call| call.as_ref().is_some_and(|call| !call.group.is_empty())) {
        return el_class("div", "waits").child(group_face("big")).child(el("h1").text_now(told)).child(asked());
    }
    let Some(person) = call.with_untracked(|call| call.as_ref()?.with.clone()) else {
        let hint = move || if knocks.get() { aside_words().hosting.at_the_door_hint } else { "" };
        return el_class("div", "waits")
            .child(waiting())
            .child(el("h1").text_now(told))
            .child(el_class("p", "quiet").text_now(hint));
    };
    let said = el_class("div", "words")
        .child(el("h1").attr("dir", "auto").text(&person.name))
        .child(el_class("p", "quiet").text_now(told));
    el_class("div", &["waits ", hue_class(person.id.as_str())].concat())
        .show(move || Some(face(&person, if rings.get() { "big ringing" } else { "big" })))
        .child(said)
}

/// What is being waited for.
fn told(call: &CallView) -> String {
    let words = call_words();
    match (call.face, &call.with) {
        (Face::Initiating, Some(person)) => fill(words.reaching, &person.name),
        _ if call.knocks => aside_words().hosting.at_the_door.to_owned(),
        (Face::Initiating, None) if !call.group.is_empty() => fill(words.reaching, &names(&call.group)),
        (Face::Initiating, None) => words.entering_room.to_owned(),
        (Face::Ringing, _) if call.rings_in_call => words.waiting.rings_in_call.to_owned(),
        (Face::Ringing, _) => words.rings_there.to_owned(),
        _ => words.connecting.to_owned(),
    }
}

/// A room with nobody else in it: its link, to fetch somebody.
pub(crate) fn alone(code: &RoomCode) -> El {
    let words = call_words();
    let said = el_class("div", "words").child(el("h1").text(words.alone_in_room)).child(quiet(words.alone_hint));
    el_class("div", "waits").child(group_face("big")).child(said).child(invite(code))
}
