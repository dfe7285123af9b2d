//! One's own picture in a corner: moved by hand or by key, and hidden.

use super::along::Along;
use super::bar::own_of;
use super::beside::beside;
use super::corner::{Arrow, Corner};
use super::icon::Icon;
use super::parts::round_button;
use crate::platform::{Drag, El, el, el_class, video};
use crate::shell::use_shell;
use crate::signal::{RwSignal, memo};
use crate::words::call_words;

/// One's own picture while the camera is on.
pub(crate) fn self_view(hidden: RwSignal<bool>) -> El {
    let shell = use_shell();
    let (call, own) = (shell.shown().call, shell.devices().own());
    let there = memo(move || call.with(own_of).camera && own.with(Option::is_some));
    let corner = RwSignal::new(Corner::default());
    el_class("div", "self-place").show(move || match (there.get(), hidden.get()) {
        (true, false) => Some(picture(corner, hidden)),
        (true, true) => Some(show_button(hidden)),
        (false, _) => None,
    })
}

/// One's own place among the others, while it is hidden.
pub(crate) fn hidden_self(hidden: RwSignal<bool>) -> El {
    el_class("div", "self-place").child(show_button(hidden))
}

fn show_button(hidden: RwSignal<bool>) -> El {
    round_button(Icon::Camera, call_words().show_self, move || hidden.set(false))
}

fn picture(corner: RwSignal<Corner>, hidden: RwSignal<bool>) -> El {
    let words = call_words();
    let devices = use_shell().devices();
    let drag = Drag::new();
    let moved = move || drag.offset().map(translation).unwrap_or_default();
    el("div")
        .attr("role", "group")
        .attr("aria-label", words.you)
        .class_now(move || corner.get().class())
        .class_when("held", move || {
            // The corner sets all classes, so this one has to follow it.
            let _ = corner.get();
            drag.offset().is_some()
        })
        .style_now("transform", moved)
        .on_pointer("pointerdown", move |event| drag.take(event))
        .on_pointer("pointermove", move |event| drag.follow(event))
        .on_pointer("pointercancel", move |_| drag.cancel())
        .on_pointer("pointerup", move |_| {
            if let Some(hand) = drag.drop() {
                corner.set(Corner::thrown(hand.at, hand.speed, hand.window));
            }
        })
        .child(video(devices.own(), devices.mirrored()))
        .child(beside(Along::OnTile(None)))
        .child(move_button(corner))
        .child(round_button(Icon::Hide, words.hide_self, move || hidden.set(true)))
}

/// For the keyboard and for whoever cannot drag: arrows move it, a press moves it on.
fn move_button(corner: RwSignal<Corner>) -> El {
    let next = move || corner.update(|corner| *corner = corner.next());
    round_button(Icon::Move, call_words().move_self, next).on_key(move |event| {
        if let Some(arrow) = Arrow::of(&event.key()) {
            event.prevent_default();
            corner.update(|corner| *corner = corner.moved(arrow));
        }
    })
}

/// As CSS writes it, in whole pixels.
fn translation((x, y): (f64, f64)) -> String {
    // Distances on a screen are far smaller than this.
    #[allow(clippy::cast_possible_truncation)]
    let (x, y) = ((x as i32).to_string(), (y as i32).to_string());
    ["translate(", &x, "px,", &y, "px)"].concat()
}
