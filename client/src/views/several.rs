//! Choosing several people: to ring them at once, or to ring them into the call that runs.

use std::cell::Cell;

use call::{CallView, Command};
use protocol::{Action, CallStatus, CallType, Person, PersonStatus, RoomCode, UserId};

use super::icon::{Icon, icon};
use super::invite::invite;
use super::parts::{button, face, name, quiet, small, text_button};
use super::people::doing_now;
use super::text::is_video;
use super::ui::use_ui;
use super::wishes::{Kept, group_button};
use crate::platform::wishes::keep_group;
use crate::platform::{El, effect, el, el_class};
use crate::shell::use_shell;
use crate::signal::{RwSignal, Signal, memo};
use crate::wishes::Group;
use crate::words::{aside_words, fill};

/// How many a call takes, this side included (protocol/PROTOCOL.md).
pub(crate) const PLACES: usize = 4;

thread_local! {
    /// Of whom is to be chosen when the dialog opens next: they are more than a call takes.
    static OF_MANY: Cell<Option<Group>> = const { Cell::new(None) };
}

/// What the dialog shows.
pub(crate) fn several() -> El {
    let shell = use_shell();
    let (call, people) = (shell.shown().call, shell.shown().people);
    let adding = call.with_untracked(|call| call.as_ref().is_some_and(runs));
    let chosen: RwSignal<Vec<Person>> = RwSignal::default();
    let places = memo(move || call.with(places));
    let words = &aside_words().several;
    let (kept, picked) = (Kept::ask(), RwSignal::new(None));
    let free = memo(move || {
        let free = call.with(|call| people.with(|people| free(people.as_deref().unwrap_or_default(), call)));
        picked.with(|picked| call.with(|call| listed(picked.as_ref(), free, call)))
    });
    let groups = groups(&kept, chosen, picked, places);
    if let Some(many) = OF_MANY.take() {
        pick(&many, chosen, picked, places);
    }
    let rows = el_class("ul", "people choose").each(
        move || free.get(),
        |person: &Person| person.id.clone(),
        move |person| row(person, chosen, places),
    );
    let told = el_class("p", "small quiet")
        .attr("role", "status")
        .text_now(move || picked.with(|picked| told(picked.as_ref(), chosen.with(Vec::len), places.get())));
    let room = call.with_untracked(|call| Some(call.as_ref()?.room.as_ref()?.code.clone()));
    let group = call.with_untracked(|call| call.as_ref()?.group_code.clone());
    el_class("div", "several")
        .show(move || free.with(Vec::is_empty).then(|| quiet(words.nobody_free)))
        .child(groups)
        .child(rows.hidden_when(move || free.with(Vec::is_empty)))
        .child(told.hidden_when(move || free.with(Vec::is_empty)))
        .child(answers(adding, chosen))
        .child(keep_as_group(&kept, chosen, picked))
        .children(room.map(|room| el_class("div", "field").child(small(words.or_link)).child(invite(&room))))
        .children(group.map(link))
}

/// The link of a group's call: its door is opened only when somebody wants it, and then everybody in it is shown it, with
/// the way to close the door again.
fn link(code: RoomCode) -> El {
    let (words, call) = (&aside_words().several, use_shell().shown().call);
    let open = memo(move || call.with(|call| call.as_ref().is_some_and(|call| call.unlocked)));
    // Nothing before it was ever opened: that a closed door is closed need not be said.
    let door = RwSignal::new(None);
    effect(move || {
        if open.get() || door.get_untracked().is_some() {
            door.set(Some(open.get()));
        }
    });
    let begin = || turn_door(true);
    let ask = el_class("div", "row")
        .hidden_when(move || open.get())
        .child(button("", begin).child(icon(Icon::Copy)).text(words.open_link).focused_after(open));
    let told = move || match door.get() {
        Some(true) => words.link_open,
        Some(false) => words.link_closed,
        None => "",
    };
    let told = el_class("p", "small quiet").attr("role", "status").text_now(told);
    el_class("div", "field").child(ask).child(told.hidden_when(move || door.get().is_none())).show(move || {
        open.get().then(|| {
            let end = text_button("", words.close_link, || turn_door(false));
            el_class("div", "field").child(invite(&code)).child(el_class("div", "row").child(end))
        })
    })
}

/// Opens the door, or closes it; what came of it the relay tells everybody.
fn turn_door(open: bool) {
    let action = if open { Action::Unlock } else { Action::Lock };
    use_shell().command(Command::Moderate { action, device: None });
}

fn runs(call: &CallView) -> bool {
    call.face.name() != "ended"
}

/// Who can be rung: those who are free and not in the call yet.
fn free(people: &[PersonStatus], call: &Option<CallView>) -> Vec<Person> {
    let taken = |id: &UserId| call.as_ref().filter(|call| runs(call)).is_some_and(|call| is_in(call, id));
    let can_be_rung = |status| matches!(status, CallStatus::Idle | CallStatus::Away);
    let free = people.iter().filter(|entry| can_be_rung(entry.status) && !taken(&entry.user.id));
    free.map(|entry| entry.user.clone()).collect()
}

/// Everybody of the group that was picked, whatever they do, and then who else can be rung: nobody is chosen unseen.
fn listed(picked: Option<&Group>, free: Vec<Person>, call: &Option<CallView>) -> Vec<Person> {
    let taken = |id: &UserId| call.as_ref().filter(|call| runs(call)).is_some_and(|call| is_in(call, id));
    let members = picked.iter().flat_map(|group| &group.members).filter(|one| !taken(&one.id));
    let mut listed: Vec<Person> = members.cloned().collect();
    let others = free.into_iter().filter(|one| !listed.iter().any(|member| member.id == one.id));
    let others: Vec<Person> = others.collect();
    listed.extend(others);
    listed
}

/// How many are chosen of how many: of a group that is too large some are rung, and the person says who.
fn told(picked: Option<&Group>, chosen: usize, places: usize) -> String {
    let words = &aside_words().several;
    match picked.map(|group| group.members.len()) {
        Some(all) if all > places => fill(&fill(words.too_many, &all.to_string()), &places.to_string()),
        _ if chosen >= places => words.full.to_owned(),
        _ => words.hint.to_owned(),
    }
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

/// The groups, each to be chosen with one press. Those of its members who are free come first, if it is too large.
fn groups(kept: &Kept, chosen: RwSignal<Vec<Person>>, picked: RwSignal<Option<Group>>, places: Signal<usize>) -> El {
    let known = kept.known;
    let all = move || known.with(|known| known.iter().flatten().flat_map(|all| all.groups.clone()).collect::<Vec<_>>());
    let none = memo(move || all().is_empty());
    let button = move |group: Group| {
        let of = group.clone();
        group_button(&group, move || pick(&of, chosen, picked, places))
    };
    el_class("div", "row groups").hidden_when(move || none.get()).each(all, Group::clone, button)
}

/// Chooses as many of a group as there are places.
fn pick(group: &Group, chosen: RwSignal<Vec<Person>>, picked: RwSignal<Option<Group>>, places: Signal<usize>) {
    let people = use_shell().shown().people;
    let is_free = |id: &UserId| people.with_untracked(|people| is_free(people.as_deref().unwrap_or_default(), id));
    chosen.set(first_of(&group.members, is_free, places.get_untracked()));
    picked.set(Some(group.clone()));
}

fn is_free(people: &[PersonStatus], id: &UserId) -> bool {
    people.iter().any(|entry| entry.user.id == *id && entry.status == CallStatus::Idle)
}

/// So many members, the free ones first, each part in the group's order.
fn first_of(members: &[Person], is_free: impl Fn(&UserId) -> bool, most: usize) -> Vec<Person> {
    let (mut first, others): (Vec<Person>, Vec<Person>) = members.iter().cloned().partition(|one| is_free(&one.id));
    first.extend(others);
    first.truncate(most);
    first
}

/// Keeps those who are chosen as a group, or changes the group that was picked.
fn keep_as_group(kept: &Kept, chosen: RwSignal<Vec<Person>>, picked: RwSignal<Option<Group>>) -> El {
    let words = &aside_words().wanted;
    let (known, typed, done) = (kept.known, RwSignal::new(String::new()), RwSignal::new(false));
    let hidden = move || chosen.with(Vec::is_empty) || !known.with(|known| matches!(known, Some(Some(_))));
    let kept = kept.clone();
    let keep = move || {
        let name = typed.get_untracked().trim().to_owned();
        let changed = picked.get_untracked().filter(|group| can_change(group, &name));
        let (id, place) = changed.as_ref().map_or((None, 0), |group| (group.id.clone(), group.place));
        let name = changed.map_or(name, |group| group.name);
        if !name.is_empty() {
            let group = Group { id, name, place, members: chosen.get_untracked() };
            let answered = kept.answered();
            let told = move |taken: bool| {
                done.set(taken);
                answered(taken);
            };
            kept.wait_for(keep_group(&use_shell().session(), &group, told));
        }
    };
    let field = el("input")
        .attr("aria-label", words.group_name)
        .attr("placeholder", words.group_name)
        .attr("maxlength", "64")
        .attr("autocomplete", "off")
        .on_input(move |text| {
            done.set(false);
            typed.set(text);
        });
    let label = move || {
        let group = picked.get().filter(|group| typed.with(|typed| can_change(group, typed.trim())));
        group.map_or_else(|| words.keep_group.to_owned(), |group| fill(words.change_group, &group.name))
    };
    el_class("form", "keep")
        .attr("novalidate", "")
        .hidden_when(hidden)
        .on_submit(keep)
        .child(el_class("div", "field").child(field))
        .child(el_class("button", "button").text_now(label))
        .child(
            el_class("p", "small quiet")
                .attr("role", "status")
                .text_now(move || if done.get() { words.kept } else { "" }),
        )
}

/// Under that name, those who are chosen are the group that was picked. Of one that is larger than what can be chosen here
/// nobody is taken out because they are not rung today.
fn can_change(group: &Group, name: &str) -> bool {
    group.id.is_some() && group.members.len() < PLACES && (name.is_empty() || group.name == name)
}

fn row(person: Person, chosen: RwSignal<Vec<Person>>, places: Signal<usize>) -> El {
    let id = person.id.clone();
    let ticked = memo(move || chosen.with(|chosen| chosen.iter().any(|one| one.id == id)));
    let (portrait, called) = (face(&person, ""), name(&person.name));
    // Where the relay does not show who is here, nothing is known of it.
    let known = use_shell().shown().people.with_untracked(Option::is_some);
    let doing = known.then(|| doing_now(&person.id));
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
    let label = el_class("label", "person")
        .child(portrait)
        .child(el_class("span", "who").child(called).children(doing))
        .child(tick);
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

/// Rings a group; if it is larger than a call, the person chooses first who of them is rung.
pub(crate) fn ring_group(group: &Group, kind: CallType) {
    if group.members.len() < PLACES {
        let to = group.members.clone();
        return use_shell().command(Command::CallSeveral { to, camera: is_video(kind) });
    }
    OF_MANY.set(Some(group.clone()));
    use_ui().several.set(true);
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
            group_code: None,
            unlocked: false,
            with: None,
            group: Vec::new(),
            face: Face::Active { since: Time::from_millis(0) },
            others: Vec::new(),
            invited: invited.iter().map(told).collect(),
            rules: None,
            knocks: false,
            muted_by: None,
            own: OwnView::default(),
            rings_in_call: false,
            held: None,
            weak: None,
            away: false,
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
    fn of_a_large_group_those_who_are_free_are_called() {
        let members = ["ann", "bob", "cat", "dan"].map(person);
        let free = |id: &UserId| ["bob", "dan"].contains(&id.as_str());
        let names = |most| first_of(&members, free, most).into_iter().map(|one| one.name).collect::<Vec<_>>();
        assert_eq!(names(3), ["bob", "dan", "ann"]);
        assert_eq!(names(9), ["bob", "dan", "ann", "cat"]);
    }

    #[test]
    fn of_a_group_everybody_is_listed_and_nobody_twice() {
        let team = Group::nameless(&["ann", "bob", "cat", "dan"].map(person));
        let names = |call| -> Vec<String> {
            listed(Some(&team), vec![person("eve"), person("bob")], &call).into_iter().map(|one| one.name).collect()
        };
        assert_eq!(names(None), ["ann", "bob", "cat", "dan", "eve"]);
        assert_eq!(names(group(&[("cat", InvitationStatus::Ringing)])), ["ann", "bob", "dan", "eve"]);
        assert_eq!(listed(None, vec![person("eve")], &None), [person("eve")]);
    }

    #[test]
    fn that_a_group_is_too_large_is_said_for_as_long_as_it_is_picked() {
        let team = Group::nameless(&["ann", "bob", "cat", "dan"].map(person));
        for chosen in [2, 3] {
            let told = told(Some(&team), chosen, 3);
            assert!(told.contains("These are 4, and there is room for 3"), "{told}");
        }
        let three = Group::nameless(&["ann", "bob", "cat"].map(person));
        assert_eq!(told(Some(&three), 3, 3), aside_words().several.full);
        assert_eq!(told(None, 0, 3), aside_words().several.hint);
    }

    #[test]
    fn who_is_not_rung_today_stays_in_a_large_group() {
        let kept = |members: &[&str]| Group {
            id: Some("g".to_owned()),
            name: "Team".to_owned(),
            place: 0,
            members: members.iter().copied().map(person).collect(),
        };
        assert!(can_change(&kept(&["ann", "bob", "cat"]), "") && can_change(&kept(&["ann"]), "Team"));
        assert!(!can_change(&kept(&["ann"]), "Others"));
        assert!(!can_change(&kept(&["ann", "bob", "cat", "dan"]), ""));
    }

    #[test]
    fn a_call_takes_four() {
        assert_eq!(places(&None), 3);
        let two = [("ann", InvitationStatus::Ringing), ("bob", InvitationStatus::Invited)];
        assert_eq!(places(&group(&two)), 1);
        assert_eq!(places(&group(&[("ann", InvitationStatus::Missed)])), 3);
    }
}
