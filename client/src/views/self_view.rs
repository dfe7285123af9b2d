//! One's own picture in a corner: moved by hand or by key, and hidden.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::bar::own_of;
use super::corner::{Arrow, Corner};
use super::icon::Icon;
use super::parts::round_button;
use crate::platform::{Drag, Video};
use crate::shell::use_shell;
use crate::words::words;

/// One's own picture while the camera is on.
pub(crate) fn self_view() -> AnyView {
    let shell = use_shell();
    let (call, own) = (shell.shown().call, shell.devices().own());
    let there = Memo::new(move |_| own_of(&call.get()).camera && own.with(Option::is_some));
    let hidden = RwSignal::new(false);
    let corner = RwSignal::new(Corner::default());
    (move || match (there.get(), hidden.get()) {
        (true, false) => picture(corner, hidden),
        (true, true) => view! { <div class="self-back">{show_again(hidden)}</div> }.into_any(),
        (false, _) => ().into_any(),
    })
    .into_any()
}

fn picture(corner: RwSignal<Corner>, hidden: RwSignal<bool>) -> AnyView {
    let words = words();
    let devices = use_shell().devices();
    let drag = Drag::new();
    let drop = move |_| {
        if let Some(hand) = drag.drop() {
            corner.set(Corner::thrown(hand.at, hand.speed, hand.window));
        }
    };
    let moved = move || match drag.offset() {
        Some((x, y)) => ["translate(", &pixels(x), ",", &pixels(y), ")"].concat(),
        None => String::new(),
    };
    view! {
        <div
            role="group"
            aria-label=words.you
            class=move || corner.get().class()
            class:held=move || drag.offset().is_some()
            style:transform=moved
            on:pointerdown=move |event| drag.take(&event)
            on:pointermove=move |event| drag.follow(&event)
            on:pointerup=drop
            on:pointercancel=move |_| drag.cancel()
        >
            <Video stream=devices.own() mirrored=devices.mirrored() />
            {move_button(corner)}
            {round_button(Icon::Hide, words.hide_self.to_owned(), move || hidden.set(true))}
        </div>
    }
    .into_any()
}

/// For the keyboard and for whoever cannot drag: arrows move it, a press moves it on.
fn move_button(corner: RwSignal<Corner>) -> AnyView {
    let key = move |event: KeyboardEvent| {
        if let Some(arrow) = Arrow::of(&event.key()) {
            event.prevent_default();
            corner.update(|corner| *corner = corner.moved(arrow));
        }
    };
    let next = move || corner.update(|corner| *corner = corner.next());
    view! { <span on:keydown=key>{round_button(Icon::Move, words().move_self.to_owned(), next)}</span> }.into_any()
}

fn show_again(hidden: RwSignal<bool>) -> AnyView {
    round_button(Icon::Camera, words().show_self.to_owned(), move || hidden.set(false))
}

/// A length as CSS writes it, in whole pixels.
fn pixels(length: f64) -> String {
    let mut text = length.round().to_string();
    text.push_str("px");
    text
}
