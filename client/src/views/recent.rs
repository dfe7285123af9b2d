//! The calls of this tab.

use call::{Direction, RecentCall};

use super::icon::{Icon, little_icon};
use super::parts::{face, group_face, name, round_button};
use super::people::more_about;
use super::several::ring_group;
use super::text::{is_video, length, names};
use crate::platform::{El, Route, el, el_class};
use crate::shell::use_shell;
use crate::wishes::Group;
use crate::words::{aside_words, fill, recent_outcome, words};

/// How many are shown: more than that is a history, which this list is not.
const SHOWN: usize = 8;

/// The recent calls, or nothing while there are none.
pub(crate) fn recent() -> El {
    let recent = use_shell().shown().recent;
    let each = move || recent.with(|calls| calls.iter().take(SHOWN).cloned().collect());
    el("section")
        .hidden_when(move || recent.with(Vec::is_empty))
        .child(el("h2").text(aside_words().recent))
        .child(el_class("ul", "recent").each(each, |call: &RecentCall| call.call_id.clone(), |call| row(&call)))
}

fn row(call: &RecentCall) -> El {
    let who = who(call);
    let told = [outcome(call).as_str(), " · ", &use_shell().time_of_day(call.at)].concat();
    let doing = el_class("span", "doing")
        .child(little_icon(direction(call.direction)))
        .child(el_class("span", "cut").text(&told));
    el_class("li", "person")
        .child(call.with.as_ref().map_or_else(|| group_face(""), |person| face(person, "")))
        .child(about(call).child(name(&who)).child(doing))
        .child(again(call, &who))
        .children(call.with.as_ref().map(more_about))
}

/// Leads to the call's page. A room that was never entered has no call, so no page.
fn about(call: &RecentCall) -> El {
    if call.with.is_none() && call.group.is_empty() && call.lasted.is_zero() {
        return el_class("span", "who");
    }
    el_class("a", "who").leads_to(Route::PastCall(call.call_id.clone()))
}

/// Whom the call was with.
fn who(call: &RecentCall) -> String {
    match (&call.with, &call.room) {
        (Some(person), _) => person.name.clone(),
        (None, Some(room)) => room.name.clone().unwrap_or_else(|| fill(words().room_named, room.code.as_str())),
        (None, None) if !call.group.is_empty() => names(&call.group),
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
fn again(call: &RecentCall, who: &str) -> El {
    let shell = use_shell();
    let (with, group, room, kind) = (call.with.clone(), call.group.clone(), call.room.clone(), call.kind);
    let sign = if is_video(kind) { Icon::Camera } else { Icon::Phone };
    round_button(sign, &fill(aside_words().call_person_again, who), move || match (&with, &room) {
        (Some(person), _) => shell.call(person.clone(), kind),
        (None, Some(room)) => shell.router().go(Route::Room(room.code.clone())),
        (None, None) => ring_group(&Group::nameless(&group), kind),
    })
}
