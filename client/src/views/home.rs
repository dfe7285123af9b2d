//! The first page: who is here, rooms, what was.

use std::cell::RefCell;
use std::time::Duration;

use call::LinkView;

use super::aside::Aside;
use super::icon::{Icon, icon};
use super::later::later;
use super::parts::{button, logo, round_button};
use super::people::people;
use super::rooms::rooms;
use super::ui::use_ui;
use crate::doors;
use crate::platform::clock::Timer;
use crate::platform::{El, Missed, Part, Route, effect, el_class, now};
use crate::shell::use_shell;
use crate::signal::{Signal, memo};
use crate::words::{fill, words};

/// More than that is said as that and more.
const MANY: usize = 9;
/// So soon a call that has ended is in the history (protocol/PROTOCOL.md).
const WRITTEN_AFTER: Duration = Duration::from_millis(1200);

/// The page where somebody who is free arrives.
pub(crate) fn home() -> El {
    let me = use_shell().shown().me;
    // Until the relay has said who this is, or while it cannot.
    let known = use_shell().session().last_name();
    let greeting =
        move || fill(words().greeting, &me.with(|me| me.as_ref().map_or_else(|| known.clone(), |me| me.name.clone())));
    let calls = use_shell().shown().recent;
    let any = memo(move || calls.with(|calls| !calls.is_empty()));
    let columns = el_class("div", "columns")
        .child(el_class("div", "column").child(people()))
        .child(el_class("div", "column").child(rooms()).show(recent(any)));
    el_class("div", "home")
        .child(top())
        .child(el_class("h1", "greeting").attr("dir", "auto").text_now(greeting))
        .child(columns)
}

/// The calls of this tab, once there are any.
fn recent(any: Signal<bool>) -> impl FnMut() -> Option<El> {
    move || any.get().then(|| later(Part::Aside, || doors::aside(&Aside::Recent)))
}

fn top() -> El {
    let ui = use_ui();
    el_class("header", "top")
        .child(el_class("span", "brand").child(logo()).text("Alo"))
        .child(link())
        .child(install())
        .child(calls())
        .child(round_button(Icon::Settings, words().settings, move || ui.settings.set(true)))
}

/// There only where the browser would do it.
fn install() -> El {
    let (install, words) = (use_shell().install(), words());
    let offered = install.offered();
    round_button(Icon::Install, words.install, move || install.ask()).hidden_when(move || !offered.get())
}

/// The way to the history, with how many calls were missed and not looked at.
fn calls() -> El {
    let (shell, words) = (use_shell(), words());
    let (missed, router) = (shell.missed(), shell.router());
    let count = missed.count();
    let told = move || match count.get() {
        0 => words.calls.to_owned(),
        _ => fill(words.calls_missed, &many(count.get())),
    };
    look_again(missed);
    button("round", move || router.go(Route::Calls))
        .attr("title", words.calls)
        .attr_now("aria-label", move || Some(told()))
        .child(icon(Icon::Past))
        .show(move || (count.get() > 0).then(|| el_class("span", "badge").text(&many(count.get()))))
}

fn many(count: usize) -> String {
    if count > MANY { [&MANY.to_string(), "+"].concat() } else { count.to_string() }
}

/// Counts a moment after a call has ended, because the relay writes it down a moment after that; and after arriving.
fn look_again(missed: Missed) {
    let (recent, incoming) = (use_shell().shown().recent, use_shell().shown().incoming);
    let timer = RefCell::new(Timer::new(move || missed.look()));
    effect(move || {
        recent.with(Vec::len);
        if incoming.with(Option::is_none) {
            timer.borrow_mut().set(Some(now() + WRITTEN_AFTER));
        }
    });
}

/// Whether the relay is there, small and at the side; what needs attention is a message of its own.
fn link() -> El {
    let link = use_shell().shown().link;
    let online = memo(move || link.get() == LinkView::Online);
    let dot = el_class("span", "dot").class_when("free", move || online.get()).attr("aria-hidden", "true");
    let words = words();
    el_class("span", "link")
        .child(dot)
        .text_now(move || if online.get() { words.link_online } else { words.link_connecting })
}
