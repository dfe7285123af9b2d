//! The settings: devices, sounds, name.

use leptos::prelude::*;

use super::devices::devices;
use super::icon::Icon;
use super::modal::modal;
use super::parts::round_button;
use super::ui::{Ui, use_ui};
use crate::shell::use_shell;
use crate::words::words;

/// The dialog with the settings, before and during a call.
pub(crate) fn settings() -> AnyView {
    let Ui { settings: open, .. } = use_ui();
    modal(words().settings, "", open.into(), move || open.set(false), move || content(open))
}

fn content(open: RwSignal<bool>) -> AnyView {
    let words = words();
    let in_call =
        use_shell().shown().call.with_untracked(|call| call.as_ref().is_some_and(|call| call.face.name() != "ended"));
    view! {
        <div class="dialog-head">
            <h2>{words.settings}</h2>
            {round_button(Icon::Close, words.close.to_owned(), move || open.set(false))}
        </div>
        <div class="settings">
            {devices(in_call)} {sounds()} {(!in_call).then(|| identity(open))}
            <p class="small quiet">{words.theme_hint}</p>
        </div>
    }
    .into_any()
}

fn sounds() -> AnyView {
    let words = words();
    let shell = use_shell();
    let on = shell.sounds();
    view! {
        <label class="switch">
            <span>
                {words.sounds}
                <span class="small quiet block">{words.sounds_hint}</span>
            </span>
            <input
                type="checkbox"
                role="switch"
                prop:checked=on
                on:change=move |event| shell.set_sounds(event_target_checked(&event))
            />
        </label>
    }
    .into_any()
}

/// Who this is; another name is another sign-in.
fn identity(open: RwSignal<bool>) -> AnyView {
    let words = words();
    let shell = use_shell();
    let (me, session) = (shell.shown().me, shell.session());
    let name = move || me.with(|me| me.as_ref().map(|me| me.name.clone()));
    let change = move |_| {
        open.set(false);
        session.sign_out();
    };
    view! {
        <div class="switch">
            <span class="cut">
                {words.your_name} <bdi class="small quiet block cut">{name}</bdi>
            </span>
            <button type="button" class="button" on:click=change>
                {words.change}
            </button>
        </div>
    }
    .into_any()
}
