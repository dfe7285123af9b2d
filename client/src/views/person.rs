//! What can be done with one of the people: whether and how they may ring here, which groups they are in, and the way to
//! the last call with them.

use protocol::Person;

use super::icon::{Icon, icon};
use super::parts::{face, small};
use super::ui::{use_ui, whom};
use super::wishes::{Kept, is_kept, muting, not_taken};
use crate::platform::calls::{Query, page};
use crate::platform::wishes::keep_group;
use crate::platform::{El, Route, at_the_end, effect, el, el_class};
use crate::shell::use_shell;
use crate::signal::{RwSignal, memo};
use crate::wishes::Group;
use crate::words::{aside_words, fill};

/// The menu, inside of its dialog.
pub(crate) fn person() -> El {
    whom().map_or_else(|| el("div"), |person| menu(&person))
}

fn menu(person: &Person) -> El {
    let kept = Kept::ask();
    let known = kept.known;
    let state = memo(move || is_kept(&known));
    let (told, who) = (kept.clone(), person.clone());
    effect(move || {
        if state.get() == Some(true) {
            told.know(&who);
        }
    });
    let who = person.clone();
    let title = el_class("div", "person whom")
        .child(face(person, ""))
        .child(el_class("h3", "cut").attr("dir", "auto").text(&person.name));
    el_class("div", "several").child(title).child(last_call(person)).show(move || match state.get()? {
        true => Some(wants(&who, &kept)),
        false => Some(small(aside_words().wanted.unavailable)),
    })
}

fn wants(person: &Person, kept: &Kept) -> El {
    let words = &aside_words().wanted;
    let ringing = el_class("div", "field").child(muting(person, kept)).child(small(words.people_hint));
    el_class("div", "settings").child(ringing).child(groups(person, kept)).child(not_taken(kept))
}

/// The groups there are, with a tick at those that the person is in.
fn groups(person: &Person, kept: &Kept) -> El {
    let words = &aside_words().wanted;
    let known = kept.known;
    let all = move || known.with(|known| known.iter().flatten().flat_map(|all| all.groups.clone()).collect::<Vec<_>>());
    let none = memo(move || all().is_empty());
    let (who, kept) = (person.clone(), kept.clone());
    let rows = el_class("ul", "ticks").each(all, Group::clone, move |group| el("li").child(member(&who, group, &kept)));
    el_class("div", "field")
        .child(el("h3").text(words.groups))
        .child(rows.hidden_when(move || none.get()))
        .show(move || none.get().then(|| small(words.groups_hint)))
}

fn member(person: &Person, group: Group, kept: &Kept) -> El {
    let is_in = group.members.iter().any(|member| member.id == person.id);
    // A group of nobody is none: that one is deleted, in the settings.
    let alone = is_in && group.members.len() == 1;
    let called = group.name.clone();
    let (person, kept) = (person.clone(), kept.clone());
    let change = move |on: bool| {
        let mut changed = group.clone();
        changed.members.retain(|member| member.id != person.id);
        changed.members.extend(on.then(|| person.clone()));
        kept.wait_for(keep_group(&use_shell().session(), &changed, kept.answered()));
    };
    let tick = el("input")
        .attr("type", "checkbox")
        .attr_now("disabled", move || alone.then_some(""))
        .ticked_now(move || is_in)
        .on_tick(change);
    el_class("label", "tick small").child(tick).child(el("bdi").text(&called))
}

/// The way to the page of the last call with them, if there was one.
fn last_call(person: &Person) -> El {
    let last = RwSignal::new(None);
    let (id, called) = (person.id.clone(), person.name.clone());
    let query = Query { text: id.as_str().to_owned(), ..Query::default() };
    let read = page(&use_shell().session(), &query, move |read| {
        let with = |call: &crate::past::PastCall| call.parts.iter().any(|part| part.person.id == id);
        last.set(read.ok().and_then(|page| page.calls.into_iter().find(with)).map(|call| call.id));
    });
    // Whoever closes the menu does not want to know any more.
    at_the_end(move || drop(read));
    let open = use_ui().person;
    el_class("div", "row").hidden_when(move || last.with(Option::is_none)).show(move || {
        let to = Route::PastCall(last.get()?);
        let link = el_class("a", "button").leads_to(to).on_click(move || open.set(false));
        Some(link.child(icon(Icon::Past)).text(&fill(aside_words().wanted.last_call, &called)))
    })
}
