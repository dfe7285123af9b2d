//! A call that is over: why, how long it lasted, and where to go from here.

use call::{CallView, Command, Face};
use protocol::EndReason;

use super::along::Along;
use super::beside::beside;
use super::icon::{Icon, icon};
use super::parts::{button, face, group_face, quiet, text_button};
use super::several::ring_group;
use super::text::{is_video, length, names};
use super::ui::use_ui;
use crate::platform::{El, Route, el, el_class};
use crate::shell::{Shell, use_shell};
use crate::wishes::Group;
use crate::words::{aside_words, end_heading, end_sentence, fill, words};

/// The page of the call that has just ended.
pub(crate) fn ended() -> El {
    let call = use_shell().shown().call;
    el_class("div", "scene").show(move || call.get().and_then(|call| page(&call)))
}

fn page(call: &CallView) -> Option<El> {
    let Face::Ended { reason, lasted } = call.face else { return None };
    let (heading, sentence) = match call.away {
        true => (aside_words().outcomes.away, aside_words().ended.away),
        false => (end_heading(reason, call.direction), end_sentence(reason, call.direction)),
    };
    let name = call.with.as_ref().map_or_else(|| names(&call.group), |person| person.name.clone());
    let sentence = if call.group.is_empty() || call.with.is_some() { sentence } else { of_several(reason, sentence) };
    let lasted = (reason == EndReason::Completed).then(|| quiet(&fill(aside_words().lasted, &length(lasted))));
    let said = el_class("div", "words")
        .child(el("h1").attr("tabindex", "-1").text(heading).focused())
        .child(quiet(&fill(sentence, &name)).attr("dir", "auto"))
        .children(lasted);
    let page = el_class("div", "middle")
        .child(call.with.as_ref().map_or_else(|| group_face("mid"), |person| face(person, "mid")))
        .child(said)
        .child(el_class("div", "row").child(again(call)).child(done()))
        .child(beside(Along::Recorded));
    Some(page)
}

/// What is said of a group's call in other words than of one with somebody.
fn of_several(reason: EndReason, sentence: &'static str) -> &'static str {
    let words = &aside_words().several;
    match reason {
        EndReason::Completed => words.talked,
        EndReason::Declined | EndReason::Busy | EndReason::Missed => words.nobody_came,
        _ => sentence,
    }
}

/// Rings the same person again, or goes back into the room.
fn again(call: &CallView) -> El {
    let (shell, ui, aside) = (use_shell(), use_ui(), aside_words());
    let (with, room, kind, group) = (call.with.clone(), call.room.clone(), call.kind, call.group.clone());
    let (sign, label) = match &with {
        None if group.is_empty() => (Icon::People, words().join_room),
        _ if is_video(kind) => (Icon::Camera, aside.call_again),
        _ => (Icon::Phone, aside.call_again),
    };
    let press = move || match (&with, &room) {
        _ if !group.is_empty() => ring_group(&Group::nameless(&group), kind),
        (Some(person), _) => shell.call(person.clone(), kind),
        (None, Some(room)) => leave(&shell, Route::Room(room.code.clone())),
        (None, None) => {
            ui.new_room.set(true);
            leave(&shell, Route::Home);
        }
    };
    button("main", press).child(icon(sign)).text(label)
}

fn done() -> El {
    let shell = use_shell();
    text_button("", aside_words().done, move || leave(&shell, Route::Home))
}

fn leave(shell: &Shell, to: Route) {
    shell.router().go(to);
    shell.command(Command::Dismiss);
}
