//! All calls: by day, filtered, searched, deleted, saved.

use std::cell::RefCell;
use std::rc::Rc;

use protocol::UserId;

use super::ask::ask;
use super::load::{Load, Reading, Which};
use super::row::{row, wrong};
use super::tell;
use crate::past::PastCall;
use crate::platform::calendar::{self, Day};
use crate::platform::calls::{self, Asked, Trouble};
use crate::platform::{El, Route, el, el_class, near_end};
use crate::shell::use_shell;
use crate::signal::{RwSignal, memo};
use crate::views::icon::{Icon, icon};
use crate::views::parts::{button, round_button, text_button};
use crate::words::{history_words, words};

/// The page.
pub(super) fn list() -> El {
    let load = Load::new();
    let router = use_shell().router();
    let back = round_button(Icon::Back, history_words().back_home, move || router.go(Route::Home));
    let title = el("h1").attr("tabindex", "-1").text(history_words().calls).focused();
    el_class("div", "history")
        .child(el_class("header", "top").child(back).child(title))
        .child(choices(&load))
        .child(status(&load))
        .child(behind(&load))
        .child(days(&load))
        .child(instead(&load))
        .child(more(&load))
        .child(tools(&load))
}

/// The search and the filters.
fn choices(load: &Load) -> El {
    let words = history_words();
    let typed = load.clone();
    let search = el("input")
        .attr("type", "search")
        .attr("aria-label", words.search)
        .attr("placeholder", words.search)
        .attr("dir", "auto")
        .attr("maxlength", "128")
        .on_input(move |text| typed.search(text));
    let filters = [
        (Which::All, words.all),
        (Which::Missed, words.missed),
        (Which::Voice, words.voice),
        (Which::Video, words.video),
    ];
    let filters = filters.map(|(which, label)| filter(load, which, label));
    let group = el_class("div", "filters").attr("role", "group").attr("aria-label", words.filter).children(filters);
    el_class("search", "choices").child(el_class("div", "field").child(search)).child(group)
}

fn filter(load: &Load, which: Which, label: &str) -> El {
    let (chosen, load) = (load.which(), load.clone());
    text_button("talk", label, move || load.choose(which))
        .attr_now("aria-pressed", move || Some(if chosen.get() == which { "true" } else { "false" }))
}

/// For those who do not see the list: how much of it there is.
fn status(load: &Load) -> El {
    let (calls, reading) = (load.calls(), load.reading());
    el_class("p", "said").attr("role", "status").text_now(move || match reading.get() {
        Reading::First => history_words().loading.to_owned(),
        Reading::Done => calls.with(|calls| tell::shown(calls.len())),
        Reading::More | Reading::Failed(_) => String::new(),
    })
}

/// That the newest are missing, where they should be.
fn behind(load: &Load) -> El {
    let behind = load.behind();
    el("div").attr("role", "status").show(move || {
        let told = el("span").text(history_words().behind);
        behind.get().then(|| el_class("p", "behind").child(icon(Icon::Attention)).child(told))
    })
}

/// The calls, a section for each day.
fn days(load: &Load) -> El {
    let (calls, reading) = (load.calls(), load.reading());
    // After a reload calls may be there before it is known who this is.
    let shown = use_shell().shown().me;
    let me = memo(move || shown.with(|me| me.as_ref().map(|me| me.id.clone())));
    let each = move || if me.get().is_some() { calls.with(|calls| by_day(calls)) } else { Vec::new() };
    let section = move |(day, _): (Day, Vec<PastCall>)| {
        let own = day.clone();
        let of_day = move || calls.with(|calls| by_day(calls).into_iter().find(|(day, _)| *day == own));
        let rows = move || of_day().map(|(_, calls)| calls).unwrap_or_default();
        let row = move |call: PastCall| me.get_untracked().map_or_else(|| el("li"), |me: UserId| row(&call, &me));
        el("section").child(el("h2").text(&tell::day(day))).child(el_class("ul", "recent").each(
            rows,
            |call: &PastCall| (call.id.clone(), call.ended_at),
            row,
        ))
    };
    el_class("div", "days").class_when("old", move || reading.get() == Reading::First).each(
        each,
        |(day, _)| day.clone(),
        section,
    )
}

/// Calls that began on the same day, in the order in which they come.
fn by_day(calls: &[PastCall]) -> Vec<(Day, Vec<PastCall>)> {
    let mut days: Vec<(Day, Vec<PastCall>)> = Vec::new();
    for call in calls {
        let day = calendar::day(call.placed_at);
        match days.iter_mut().find(|(known, _)| *known == day) {
            Some((_, calls)) => calls.push(call.clone()),
            None => days.push((day, vec![call.clone()])),
        }
    }
    days
}

/// What stands in the place of calls where there are none.
fn instead(load: &Load) -> El {
    let (calls, reading, load) = (load.calls(), load.reading(), load.clone());
    let none = memo(move || calls.with(Vec::is_empty));
    el("div").show(move || match reading.get() {
        Reading::First if none.get() => Some(bones()),
        Reading::Done if none.get() => Some(nothing(load.is_everything())),
        Reading::Failed(trouble) => Some(failed(&load, trouble)),
        _ => None,
    })
}

/// The place that the calls will take.
fn bones() -> El {
    let bone = || el_class("span", "bone");
    let row = || {
        let who = el_class("span", "who").child(bone()).child(bone());
        el_class("li", "person waiting").child(el_class("span", "face")).child(who)
    };
    el_class("ul", "recent").attr("aria-hidden", "true").children([row(), row(), row()])
}

fn nothing(at_all: bool) -> El {
    let words = history_words();
    let text = if at_all { words.nothing_yet } else { words.nothing_found };
    el_class("div", "nobody").child(icon(Icon::Past)).child(el("p").text(text))
}

fn failed(load: &Load, trouble: Trouble) -> El {
    let load = load.clone();
    wrong(tell::trouble(trouble)).child(text_button("main", words().try_again, move || load.begin()))
}

/// Earlier calls come by themselves when the end of the list comes near, and by pressing this.
fn more(load: &Load) -> El {
    let (reading, press, reach) = (load.reading(), load.clone(), load.clone());
    let hidden = load.clone();
    let more = button("", move || press.more())
        .attr_now("aria-busy", move || (reading.get() == Reading::More).then_some("true"))
        .text(history_words().more);
    near_end(el_class("div", "more").hidden_when(move || !hidden.has_more()).child(more), load.calls(), move || {
        reach.more()
    })
}

/// Saving and deleting all.
fn tools(load: &Load) -> El {
    let words = history_words();
    let session = use_shell().session();
    let (open, told) = (RwSignal::new(false), RwSignal::new(""));
    let asked: Rc<RefCell<Option<Asked>>> = Rc::default();
    let (calls, emptied, kept) = (load.calls(), load.clone(), asked.clone());
    let deleting = session.clone();
    let delete = move || {
        let emptied = emptied.clone();
        let done = move |done: Result<(), Trouble>| match done {
            Ok(()) => {
                emptied.emptied();
                told.set(history_words().all_deleted);
            }
            Err(trouble) => told.set(tell::trouble(trouble)),
        };
        kept.replace(Some(calls::delete(&deleting, None, done)));
    };
    let export = move || {
        let done =
            move |done: Result<(), Trouble>| told.set(done.map_or_else(tell::trouble, |()| history_words().exported));
        asked.replace(Some(calls::export(&session, done)));
    };
    let row = el_class("div", "row")
        .hidden_when(move || calls.with(Vec::is_empty))
        .child(text_button("", words.export, export))
        .child(text_button("plain", words.delete_all, move || open.set(true)));
    el_class("footer", "tools")
        .child(row)
        .child(el_class("p", "small quiet").attr("role", "status").text_now(move || told.get()))
        .child(ask(words.delete_all_question, words.delete_all_hint, open, delete))
}
