//! The settings: devices, language, sounds, name.

use call::Command;
use call::watcher::Advice;

use super::browser::Browser;
use super::devices::devices;
use super::language::language;
use super::parts::{small, text_button};
use super::ringtone::ringtone;
use super::second_call::CALL_WAITING;
use super::ui::use_ui;
use super::ways::hide_address;
use super::wishes::wishes;
use crate::platform::{El, Install, Notifying, Route, el, el_class, is_switched_on, switch, user_agent};
use crate::shell::use_shell;
use crate::signal::RwSignal;
use crate::words::{aside_words, call_words, group_words, hint_heading, words};

/// What the dialog with the settings shows, before and during a call.
pub(crate) fn settings() -> El {
    let open = use_ui().settings;
    let in_call =
        use_shell().shown().call.with_untracked(|call| call.as_ref().is_some_and(|call| call.face.name() != "ended"));
    let identity = (!in_call).then(|| identity(open));
    let keys = in_call.then(|| {
        text_button("", group_words().keys, move || {
            open.set(false);
            use_ui().keys.set(true);
        })
    });
    devices(in_call)
        .child(language())
        .child(sounds())
        .child(ringtone())
        .child(notifications())
        .child(call_waiting())
        .child(hide_address())
        .child(wishes())
        .children(keys)
        .child(hints())
        .children(identity)
        .children((!in_call).then(|| trying(open)))
        .child(install())
        .child(small(aside_words().theme_hint))
}

fn sounds() -> El {
    let aside = aside_words();
    let shell = use_shell();
    let on = shell.sounds();
    let named = el("span").text(aside.sounds).child(el_class("span", "small quiet block").text(aside.sounds_hint));
    let switch = el("input")
        .attr("type", "checkbox")
        .attr("role", "switch")
        .ticked_now(move || on.get())
        .on_tick(move |on| shell.set_sounds(on));
    el_class("label", "switch").child(named).child(switch)
}

/// Whether somebody is told of calls who does not look at the page; where the browser can do that at all.
fn notifications() -> El {
    let aside = aside_words();
    let worker = use_shell().worker();
    let notifying = worker.notifying();
    let hint = move || if notifying.get() == Notifying::Blocked { aside.notify_blocked } else { aside.notify_hint };
    let named = el("span").text(aside.notify).child(el_class("span", "small quiet block").text_now(hint));
    let switch = el("input")
        .attr("type", "checkbox")
        .attr("role", "switch")
        .ticked_now(move || notifying.get() == Notifying::On)
        .on_tick(move |on| worker.set_notifying(on));
    el_class("label", "switch").hidden_when(move || notifying.get() == Notifying::Impossible).child(named).child(switch)
}

/// Whether a second call is shown during one.
fn call_waiting() -> El {
    let texts = &call_words().waiting;
    let hint = el_class("span", "small quiet block").text(texts.call_waiting_hint);
    let switched = el("input")
        .attr("type", "checkbox")
        .attr("role", "switch")
        .ticked_now(move || is_switched_on(CALL_WAITING))
        .on_tick(move |on| {
            switch(CALL_WAITING, on);
            use_shell().command(Command::SetCallWaiting(on));
        });
    el_class("label", "switch").child(el("span").text(texts.call_waiting).child(hint)).child(switched)
}

/// What is said during a call of what a person cannot notice themselves, each to be switched off.
fn hints() -> El {
    let words = &call_words().hints;
    let one = |advice: Advice| {
        let tick = el("input")
            .attr("type", "checkbox")
            .attr("role", "switch")
            .ticked_now(move || is_switched_on(advice.name()))
            .on_tick(move |on| switch(advice.name(), on));
        el_class("label", "switch").child(el("span").text(hint_heading(advice))).child(tick)
    };
    el_class("details", "more")
        .child(el("summary").text(words.heading))
        .child(small(words.about))
        .children(Advice::ALL.map(one))
}

/// The way to the page where everything a call needs is tried.
fn trying(open: RwSignal<bool>) -> El {
    let link = el_class("a", "button").leads_to(Route::Check).on_click(move || open.set(false));
    el_class("div", "switch").child(link.text(aside_words().can_i_call))
}

/// How the page becomes a program of its own; nothing where it is one.
fn install() -> El {
    let (words, install) = (&aside_words().install, use_shell().install());
    let offered = install.offered();
    let how = match Browser::of(&user_agent()) {
        Browser::Chromium => words.chromium,
        Browser::Firefox => words.firefox,
        Browser::Safari => words.safari,
        Browser::Android => words.android,
        Browser::Ios => words.ios,
        Browser::Other => words.other,
    };
    let named = el("span").text(words.heading).child(el_class("span", "small quiet block").text(how));
    let press = text_button("", words.heading, move || install.ask()).hidden_when(move || !offered.get());
    el_class("div", "switch").hidden_when(Install::installed).child(named).child(press)
}

/// Who this is; another name is another sign-in.
fn identity(open: RwSignal<bool>) -> El {
    let shell = use_shell();
    let (me, session) = (shell.shown().me, shell.session());
    let name = move || me.with(|me| me.as_ref().map(|me| me.name.clone()).unwrap_or_default());
    let change = move || {
        open.set(false);
        session.sign_out();
    };
    let named =
        el_class("span", "cut").text(words().your_name).child(el_class("bdi", "small quiet block cut").text_now(name));
    el_class("div", "switch").child(named).child(text_button("", aside_words().change, change))
}
