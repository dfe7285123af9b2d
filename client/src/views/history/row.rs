//! A call in the list.

use call::Direction;
use protocol::{CallType, Person, UserId};

use super::tell;
use crate::past::PastCall;
use crate::platform::{El, Route, calendar, el, el_class};
use crate::shell::use_shell;
use crate::views::icon::{Icon, icon, little_icon};
use crate::views::parts::{face, group_face, name, round_button};
use crate::views::several::ring_group;
use crate::views::text::is_video;
use crate::wishes::Group;
use crate::words::{aside_words, fill, history_words};

/// The row: who, what it was and when, and the ways to call back. The row itself leads to the call's page.
pub(super) fn row(call: &PastCall, me: &UserId) -> El {
    let who = tell::who(call, me);
    let missed = call.is_missed(me);
    let outcome = if missed { history_words().missed.to_owned() } else { tell::outcome(call, me) };
    let told = [calendar::time(call.placed_at).as_str(), " · ", &outcome].concat();
    let told = if call.recorded { [told.as_str(), " · ", history_words().recorded].concat() } else { told };
    let told = match tell::company(call, me) {
        names if names.is_empty() => told,
        names => [told.as_str(), " · ", &names].concat(),
    };
    let doing = el_class("span", "doing")
        .class_when("missed", move || missed)
        .child(little_icon(direction(call.direction(me))))
        .child(el_class("span", "said").text(&[tell::what(call, me), ", "].concat()))
        .child(el_class("span", "cut").text(&told));
    let to = Route::PastCall(call.id.clone());
    let about = el_class("a", "who").child(name(&who)).child(doing).leads_to(to);
    el_class("li", "person")
        .child(call.with(me).map_or_else(|| group_face(""), |person| face(person, "")))
        .child(about)
        .children(back(call, me, &who))
}

/// The sign of a direction.
const fn direction(direction: Direction) -> Icon {
    match direction {
        Direction::Outgoing => Icon::Outgoing,
        Direction::Incoming => Icon::Incoming,
        Direction::Room => Icon::People,
    }
}

/// The buttons that call back, or lead into the room again.
pub(super) fn back(call: &PastCall, me: &UserId, who: &str) -> Vec<El> {
    if let Some(person) = call.with(me) {
        return vec![again(person, CallType::Voice), again(person, CallType::Video)];
    }
    let group = call.group(me);
    if !group.is_empty() {
        let kind = call.kind;
        let sign = if is_video(kind) { Icon::Camera } else { Icon::Phone };
        let label = fill(aside_words().call_person_again, who);
        return vec![round_button(sign, &label, move || ring_group(&Group::nameless(&group), kind))];
    }
    let Some(room) = call.room.clone() else { return Vec::new() };
    let router = use_shell().router();
    let label = fill(history_words().join_again, who);
    vec![round_button(Icon::People, &label, move || router.go(Route::Room(room.clone())))]
}

fn again(person: &Person, kind: CallType) -> El {
    let (shell, to) = (use_shell(), person.clone());
    let sign = if is_video(kind) { Icon::Camera } else { Icon::Phone };
    round_button(sign, &tell::call_back(person, kind), move || shell.call(to.clone(), kind))
}

/// A sign and words in one line.
pub(super) fn fact(label: &str, value: &str) -> El {
    el("div").child(el("dt").text(label)).child(el("dd").attr("dir", "auto").text(value))
}

/// What went wrong, in the place of what should be there.
pub(super) fn wrong(text: &str) -> El {
    el_class("div", "nobody").attr("role", "alert").child(icon(Icon::Attention)).child(el("p").text(text))
}
