//! Whether and by whom somebody wants to be rung: in the settings, as the relay keeps it.

use std::cell::RefCell;
use std::rc::Rc;

use protocol::{CallType, Person, UserId};

use super::icon::{Icon, icon};
use super::parts::{button, face, group_face, name, round_button, small};
use super::several::ring_group;
use super::text::names;
use super::ui::use_ui;
use crate::platform::wishes::{Told, delete_group, read, tell_wanted, tell_wish};
use crate::platform::{El, el, el_class};
use crate::shell::use_shell;
use crate::signal::{RwSignal, memo};
use crate::wishes::{Group, Wanted, Wish, Wishes};
use crate::words::{aside_words, fill};

/// What is known of the wishes: nothing yet, that the relay keeps none, or all of them.
pub(crate) type Known = RwSignal<Option<Option<Wishes>>>;

/// The wishes, and what is on its way to the relay for as long as they are shown.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) known: Known,
    /// The relay did not take the last change.
    failed: RwSignal<bool>,
    on_its_way: Rc<RefCell<Vec<Told>>>,
}

/// So many requests are waited for at once; the answer to an older one is not needed any more.
const ON_ITS_WAY: usize = 8;

impl Kept {
    /// Asks the relay.
    pub(crate) fn ask() -> Self {
        let kept = Self { known: RwSignal::default(), failed: RwSignal::new(false), on_its_way: Rc::default() };
        kept.look();
        kept
    }

    fn look(&self) {
        let known = self.known;
        self.wait_for(read(&use_shell().session(), move |wishes| known.set(Some(wishes))));
    }

    /// Waits for an answer.
    pub(crate) fn wait_for(&self, told: Told) {
        let mut waiting = self.on_its_way.borrow_mut();
        if waiting.len() >= ON_ITS_WAY {
            waiting.remove(0);
        }
        waiting.push(told);
    }

    /// What to do with an answer: if the relay took it all is as it is shown, else as the relay says.
    pub(crate) fn answered(&self) -> impl FnOnce(bool) + 'static {
        let (failed, known, session) = (self.failed, self.known, use_shell().session());
        let again = self.on_its_way.clone();
        move |taken| {
            failed.set(!taken);
            let told = read(&session, move |wishes| known.set(Some(wishes)));
            if let Ok(mut waiting) = again.try_borrow_mut() {
                waiting.push(told);
            }
        }
    }

    /// Has a place for what is wanted of somebody.
    pub(crate) fn know(&self, person: &Person) {
        self.change(|all| {
            if !has(all, &person.id) {
                all.want(Wanted { person: person.clone(), blocked: false, muted: false });
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Wishes)) {
        self.known.update(|known| {
            if let Some(Some(wishes)) = known {
                change(wishes);
            }
        });
    }
}

/// The part of the settings.
pub(crate) fn wishes() -> El {
    let kept = Kept::ask();
    let known = kept.known;
    let state = memo(move || is_kept(&known));
    el_class("section", "wishes").show(move || match state.get() {
        None => None,
        Some(false) => Some(small(aside_words().wanted.unavailable)),
        Some(true) => Some(all(&kept)),
    })
}

/// Whether the relay keeps wishes; nothing before it has answered.
pub(crate) fn is_kept(known: &Known) -> Option<bool> {
    known.with(|known| known.as_ref().map(Option::is_some))
}

fn all(kept: &Kept) -> El {
    el_class("div", "settings").child(status(kept)).child(people(kept)).child(groups(kept)).child(not_taken(kept))
}

/// That the relay did not take the last change, if it did not.
pub(crate) fn not_taken(kept: &Kept) -> El {
    let failed = kept.failed;
    el_class("p", "small")
        .attr("role", "alert")
        .text_now(move || if failed.get() { aside_words().wanted.not_taken } else { "" })
}

fn status(kept: &Kept) -> El {
    let words = &aside_words().wanted;
    let known = kept.known;
    let wish = memo(move || known.with(|known| known.as_ref().and_then(|known| known.as_ref().map(|all| all.wish))));
    let option = |one: Wish, text: &'static str| {
        el("option")
            .attr("value", one.name())
            .attr_now("selected", move || (wish.get() == Some(one)).then_some(""))
            .text(text)
    };
    let kept = kept.clone();
    let choose = move |name: String| {
        let wish = Wish::of(&name);
        kept.change(|all| all.wish = wish);
        kept.wait_for(tell_wish(&use_shell().session(), wish, kept.answered()));
    };
    let select = el("select")
        .attr("id", "status")
        .child(option(Wish::Free, words.free))
        .child(option(Wish::Away, words.away))
        .child(option(Wish::DoNotDisturb, words.undisturbed))
        .on_choice(choose);
    let hint = move || if wish.get() == Some(Wish::DoNotDisturb) { words.undisturbed_hint } else { "" };
    el_class("div", "field")
        .child(el("label").attr("for", "status").text(words.status))
        .child(select)
        .child(el_class("p", "small quiet").text_now(hint))
}

fn people(kept: &Kept) -> El {
    let words = &aside_words().wanted;
    let known = kept.known;
    let others =
        move || known.with(|known| known.iter().flatten().flat_map(|all| all.others.clone()).collect::<Vec<Wanted>>());
    let none = memo(move || others().is_empty());
    let for_rows = kept.clone();
    let key = |wanted: &Wanted| wanted.person.id.clone();
    let rows = el_class("ul", "people choose").each(others, key, move |wanted| row(&wanted.person, &for_rows));
    el_class("div", "field")
        .child(el("h3").text(words.people))
        .child(small(words.people_hint))
        .child(rows.hidden_when(move || none.get()))
        .child(choose_somebody(kept))
}

fn row(person: &Person, kept: &Kept) -> El {
    let (portrait, called) = (face(person, ""), name(&person.name));
    let who = el_class("span", "who").child(called);
    el_class("li", "person wanted").child(portrait).child(who).child(muting(person, kept))
}

/// Whether somebody may ring, and be heard ringing.
pub(crate) fn muting(person: &Person, kept: &Kept) -> El {
    let words = &aside_words().wanted;
    let block = toggle(person, kept, (words.block, words.block_named), |wanted| &mut wanted.blocked);
    let mute = toggle(person, kept, (words.silence, words.silence_named), |wanted| &mut wanted.muted);
    el_class("span", "pair").child(block).child(mute)
}

fn toggle(
    person: &Person,
    kept: &Kept,
    (text, named): (&'static str, &'static str),
    which: fn(&mut Wanted) -> &mut bool,
) -> El {
    let known = kept.known;
    let wanted_of = {
        let id = person.id.clone();
        move || {
            known.with(|known| {
                let all = known.iter().flatten().flat_map(|all| &all.others);
                all.into_iter().find(|wanted| wanted.person.id == id).cloned()
            })
        }
    };
    let now = wanted_of.clone();
    let on = memo(move || wanted_of().is_some_and(|mut wanted| *which(&mut wanted)));
    let kept = kept.clone();
    let tick = el("input")
        .attr("type", "checkbox")
        .attr("aria-label", &fill(named, &person.name))
        .ticked_now(move || on.get())
        .on_tick(move |on| {
            if let Some(mut wanted) = now() {
                *which(&mut wanted) = on;
                kept.change(|all| all.want(wanted.clone()));
                kept.wait_for(tell_wanted(&use_shell().session(), &wanted, kept.answered()));
            }
        });
    el_class("label", "tick small").child(tick).text(text)
}

/// Those who are here and of whom nothing is wanted yet.
fn choose_somebody(kept: &Kept) -> El {
    let words = &aside_words().wanted;
    let (here, known) = (use_shell().shown().people, kept.known);
    let others = move || {
        let wanted = |id: &UserId| known.with(|known| known.iter().flatten().any(|all| has(all, id)));
        let here = here.get().unwrap_or_default();
        here.into_iter().map(|entry| entry.user).filter(|person| !wanted(&person.id)).collect::<Vec<Person>>()
    };
    let none = memo(move || others().is_empty());
    let kept = kept.clone();
    let choose = move |id: String| {
        if let Some(person) = others().into_iter().find(|person| person.id.as_str() == id) {
            kept.change(|all| all.want(Wanted { person, blocked: false, muted: false }));
        }
    };
    let option = |person: Person| el("option").attr("value", person.id.as_str()).text(&person.name);
    el("select")
        .attr("aria-label", words.choose)
        .hidden_when(move || none.get())
        .child(el("option").attr("value", "").text(words.choose))
        .each(others, |person: &Person| person.id.clone(), option)
        .on_choice(choose)
}

fn has(all: &Wishes, id: &UserId) -> bool {
    all.others.iter().any(|wanted| wanted.person.id == *id)
}

fn groups(kept: &Kept) -> El {
    let words = &aside_words().wanted;
    let known = kept.known;
    let all = move || known.with(|known| known.iter().flatten().flat_map(|all| all.groups.clone()).collect::<Vec<_>>());
    let none = memo(move || all().is_empty());
    let kept = kept.clone();
    let rows = el_class("ul", "people choose").each(all, Group::clone, move |group| group_row(&group, &kept));
    el_class("div", "field")
        .child(el("h3").text(words.groups))
        .child(rows.hidden_when(move || none.get()))
        .show(move || none.get().then(|| small(words.groups_hint)))
}

fn group_row(group: &Group, kept: &Kept) -> El {
    let words = &aside_words().wanted;
    let who = el_class("span", "who")
        .child(name(&group.name))
        .child(el_class("span", "doing").child(el_class("span", "cut").text(&names(&group.members))));
    let (open, all) = (use_ui().settings, group.clone());
    let call = round_button(Icon::Phone, &fill(words.call_group, &group.name), move || {
        open.set(false);
        ring_group(&all, CallType::GroupVoice);
    });
    let (id, kept) = (group.id.clone(), kept.clone());
    let delete = round_button(Icon::Close, &fill(words.delete_group, &group.name), move || {
        if let Some(id) = &id {
            kept.wait_for(delete_group(&use_shell().session(), id, kept.answered()));
        }
    });
    el_class("li", "person").child(group_face("")).child(who).child(call).child(delete)
}

/// A button that stands for a group.
pub(crate) fn group_button(group: &Group, press: impl FnMut() + 'static) -> El {
    button("", press).child(icon(Icon::People)).text(&group.name)
}
