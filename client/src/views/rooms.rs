//! Making a room, and going into one by its code or link.

use leptos::prelude::*;

use super::icon::{Icon, icon};
use super::ui::use_ui;
use crate::platform::{Route, room_in};
use crate::shell::use_shell;
use crate::words::words;

/// The card about rooms.
pub(crate) fn rooms() -> AnyView {
    let words = words();
    let ui = use_ui();
    view! {
        <section>
            <h2>{words.rooms}</h2>
            <div class="card rooms">
            <p class="small quiet">{words.rooms_hint}</p>
            <button type="button" class="button main" on:click=move |_| ui.new_room.set(true)>
                {icon(Icon::Plus)}
                {words.create_room}
            </button>
            <p class="or">{words.or}</p>
            {by_code()}
            </div>
        </section>
    }
    .into_any()
}

fn by_code() -> AnyView {
    let words = words();
    let router = use_shell().router();
    let (typed, wrong) = (RwSignal::new(String::new()), RwSignal::new(false));
    let join = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match typed.with_untracked(|text| room_in(text)) {
            Some(code) => router.go(Route::Room(code)),
            None => wrong.set(true),
        }
    };
    view! {
        <form class="code" on:submit=join novalidate>
            <div class="field">
                <label for="room-code">{words.room_code}</label>
                <input
                    id="room-code"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    enterkeyhint="go"
                    placeholder=words.room_code_hint
                    aria-invalid=move || wrong.get().then_some("true")
                    aria-describedby="room-code-wrong"
                    on:input=move |event| {
                        wrong.set(false);
                        typed.set(event_target_value(&event));
                    }
                />
            </div>
            <button class="button">{words.join_room}</button>
            <p class="wrong small" id="room-code-wrong" role="status" hidden=move || !wrong.get()>
                {words.room_code_wrong}
            </p>
        </form>
    }
    .into_any()
}
