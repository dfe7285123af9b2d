//! Making a room, and going into one by its code or link.

use super::icon::{Icon, icon};
use super::parts::{button, small};
use super::ui::use_ui;
use crate::platform::{El, Route, el, el_class, room_in};
use crate::shell::use_shell;
use crate::signal::RwSignal;
use crate::words::words;

/// The card about rooms.
pub(crate) fn rooms() -> El {
    let words = words();
    let ui = use_ui();
    let create = button("main", move || ui.new_room.set(true)).child(icon(Icon::Plus)).text(words.create_room);
    let card = el_class("div", "card rooms")
        .child(small(words.rooms_hint))
        .child(create)
        .child(el_class("p", "or").text(words.or))
        .child(by_code());
    el("section").child(el("h2").text(words.rooms)).child(card)
}

fn by_code() -> El {
    let words = words();
    let router = use_shell().router();
    let (typed, wrong) = (RwSignal::new(String::new()), RwSignal::new(false));
    let join = move || match typed.with_untracked(|text| room_in(text)) {
        Some(code) => router.go(Route::Room(code)),
        None => wrong.set(true),
    };
    let problem = el_class("p", "wrong small")
        .attr("id", "room-code-wrong")
        .attr("role", "status")
        .text_now(move || if wrong.get() { words.room_code_wrong } else { "" });
    el_class("form", "code")
        .attr("novalidate", "")
        .on_submit(join)
        .child(code_field(typed, wrong))
        .child(el_class("button", "button").text(words.join_room))
        .child(problem)
}

fn code_field(typed: RwSignal<String>, wrong: RwSignal<bool>) -> El {
    let words = words();
    let input = el("input")
        .attr("id", "room-code")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "none")
        .attr("spellcheck", "false")
        .attr("enterkeyhint", "go")
        .attr("placeholder", words.room_code_hint)
        .attr("aria-describedby", "room-code-wrong")
        .attr_now("aria-invalid", move || wrong.get().then_some("true"))
        .on_input(move |text| {
            wrong.set(false);
            typed.set(text);
        });
    el_class("div", "field").child(el("label").attr("for", "room-code").text(words.room_code)).child(input)
}
