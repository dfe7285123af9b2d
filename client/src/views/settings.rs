//! The settings: devices, sounds, name.

use super::devices::devices;
use super::parts::{small, text_button};
use super::ui::use_ui;
use crate::platform::{El, el, el_class};
use crate::shell::use_shell;
use crate::signal::RwSignal;
use crate::words::{aside_words, words};

/// What the dialog with the settings shows, before and during a call.
pub(crate) fn settings() -> El {
    let open = use_ui().settings;
    let in_call =
        use_shell().shown().call.with_untracked(|call| call.as_ref().is_some_and(|call| call.face.name() != "ended"));
    let identity = (!in_call).then(|| identity(open));
    devices(in_call).child(sounds()).children(identity).child(small(aside_words().theme_hint))
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
