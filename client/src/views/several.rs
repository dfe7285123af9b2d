//! Choosing several people: to ring them at once, or to ring them into the call that runs.

use call::{CallView, Command};
use protocol::{CallStatus, CallType, Person, PersonStatus, UserId};

use super::icon::{Icon, icon};
use super::parts::{button, face, name, quiet, small};
use super::share::shared;
use super::text::is_video;
use super::ui::use_ui;
use crate::platform::{El, el, el_class};
use crate::shell::use_shell;
use crate::signal::{RwSignal, Signal, memo};
use crate::words::aside_words;

/// How many a call takes, this side included (protocol/PROTOCOL.md).
const PLACES: usize = 4;

/// What the dialog shows.
pub(crate) fn several() -> El {
    let shell = use_shell();
    let (call, people) = (shell.shown().call, shell.shown().people);
    let adding = call.with_untracked(|call| call.as_ref().is_some_and(runs));
    let free = memo(move || call.with(|call| people.with(|people| free(people.as_deref().unwrap_or_default(), call))));
    let chosen: RwSignal<Vec<Person>> = RwSignal::default();
    let places = memo(move || call.with(places));
    let words = &aside_words().several;
    let rows = el_class("ul", "people choose").each(
        move || free.get(),
        |person: &Person| person.id.clone(),
        move |person| row(person, chosen, places),
    );
    let full = move || chosen.with(Vec::len) >= places.get();
    let told = el_class("p", "small quiet")
        .attr("role", "status")
        .text_now(move || if full() { words.full } else { words.hint });
    let link = call.with_untracked(|call| call.as_ref()?.room.as_ref().map(|room| shell.router().link(&room.code)));
    el_class("div", "several")
        .show(move || free.with(Vec::is_empty).then(|| quiet(words.nobody_free)))
        .child(rows.hidden_when(move || free.with(Vec::is_empty)))
        .child(told.hidden_when(move || free.with(Vec::is_empty)))
        .child(answers(adding, chosen))
        .children(link.map(|link| el_class("div", "field").child(small(words.or_link)).child(shared(link))))
}

fn runs(call: &CallView) -> bool {
    call.face.name() != "ended"
}

/// Who can be rung: those who are free and not in the call yet.
fn free(people: &[PersonStatus], call: &Option<CallView>) -> Vec<Person> {
    let taken = |id: &UserId| call.as_ref().filter(|call| runs(call)).is_some_and(|call| is_in(call, id));
    let free = people.iter().filter(|entry| entry.status == CallStatus::Idle && !taken(&entry.user.id));
    free.map(|entry| entry.user.clone()).collect()
}

/// They are in the call, or are rung into it.
fn is_in(call: &CallView, id: &UserId) -> bool {
    let rung = call.invited.iter().any(|one| one.user.id == *id && one.status.is_open());
    rung || call.others.iter().any(|other| other.person.id == *id)
}

/// How many more the call takes.
pub(crate) fn places(call: &Option<CallView>) -> usize {
    let Some(call) = call.as_ref().filter(|call| runs(call)) else { return PLACES - 1 };
    let rung = call.invited.iter().filter(|one| one.status.is_open()).count();
    (PLACES - 1).saturating_sub(call.others.len() + rung)
}

fn row(person: Person, chosen: RwSignal<Vec<Person>>, places: Signal<usize>) -> El {
    let id = person.id.clone();
    let ticked = memo(move || chosen.with(|chosen| chosen.iter().any(|one| one.id == id)));
    let (portrait, called) = (face(&person, ""), name(&person.name));
    let tick = el("input")
        .attr("type", "checkbox")
        .ticked_now(move || ticked.get())
        .attr_now("disabled", move || (!ticked.get() && chosen.with(Vec::len) >= places.get()).then_some(""))
        .on_tick(move |on| {
            chosen.update(|chosen| {
                chosen.retain(|one| one.id != person.id);
                chosen.extend(on.then(|| person.clone()));
            });
        });
    let label = el_class("label", "person").child(portrait).child(el_class("span", "who").child(called)).child(tick);
    el("li").child(label)
}

/// The buttons that ring them.
fn answers(adding: bool, chosen: RwSignal<Vec<Person>>) -> El {
    let words = &aside_words().several;
    let row = el_class("div", "row");
    if adding {
        return row.child(ring("main", Icon::Phone, words.ring, chosen, |to| Command::Invite { to }));
    }
    let several = |camera| move |to| Command::CallSeveral { to, camera };
    row.child(ring("", Icon::Phone, words.voice_call, chosen, several(false))).child(ring(
        "main",
        Icon::Camera,
        words.video_call,
        chosen,
        several(true),
    ))
}

fn ring(
    class: &str,
    sign: Icon,
    label: &str,
    chosen: RwSignal<Vec<Person>>,
    command: impl Fn(Vec<Person>) -> Command + 'static,
) -> El {
    let (shell, open) = (use_shell(), use_ui().several);
    let press = move || {
        let to = chosen.get_untracked();
        if !to.is_empty() {
            open.set(false);
            shell.command(command(to));
        }
    };
    button(class, press)
        .attr_now("aria-disabled", move || chosen.with(Vec::is_empty).then_some("true"))
        .child(icon(sign))
        .text(label)
}

/// Rings the same people again.
pub(crate) fn ring_group(group: &[Person], kind: CallType) -> Command {
    Command::CallSeveral { to: group.to_vec(), camera: is_video(kind) }
}

#[cfg(test)]
mod tests {
    use call::{Direction, Face, OwnView, Time};
    use protocol::{Invitation, InvitationStatus};

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn person(id: &str) -> Person {
        Person { id: id.parse().unwrap(), name: id.to_owned(), avatar: None }
    }

    fn group(invited: &[(&str, InvitationStatus)]) -> Option<CallView> {
        let told = |(id, status): &(&str, _)| Invitation { user: person(id), status: *status };
        Some(CallView {
            call_id: "m_0123456789abcdef".parse().unwrap(),
            kind: CallType::GroupVoice,
            direction: Direction::Outgoing,
            room: None,
            with: None,
            group: Vec::new(),
            face: Face::Active { since: Time::from_millis(0) },
            others: Vec::new(),
            invited: invited.iter().map(told).collect(),
            rules: None,
            knocks: false,
            muted_by: None,
            own: OwnView::default(),
            weak: false,
        })
    }

    #[test]
    fn only_who_is_free_and_not_in_it_can_be_rung() {
        let entry = |id, status| PersonStatus { user: person(id), status };
        let here = [entry("ann", CallStatus::Idle), entry("bob", CallStatus::Idle), entry("cat", CallStatus::InCall)];
        let names = |call: &Option<CallView>| free(&here, call).into_iter().map(|one| one.name).collect::<Vec<_>>();
        assert_eq!(names(&None), ["ann", "bob"]);
        assert_eq!(names(&group(&[("ann", InvitationStatus::Ringing)])), ["bob"]);
        assert_eq!(names(&group(&[("ann", InvitationStatus::Declined)])), ["ann", "bob"], "they can be asked again");
    }

    #[test]
    fn a_call_takes_four() {
        assert_eq!(places(&None), 3);
        let two = [("ann", InvitationStatus::Ringing), ("bob", InvitationStatus::Invited)];
        assert_eq!(places(&group(&two)), 1);
        assert_eq!(places(&group(&[("ann", InvitationStatus::Missed)])), 3);
    }
}
