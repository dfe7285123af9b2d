//! The controls in the bar: the sheet, and signs and one's own hand.

use protocol::Reaction;

use super::on_tile::{SIGNS, sign};
use crate::along::use_along;
use crate::platform::{El, el, el_class};
use crate::shell::use_shell;
use crate::signal::{RwSignal, Signal, memo};
use crate::views::icon::{Icon, icon};
use crate::views::parts::button;
use crate::words::{along_words, fill};

/// The controls.
pub(super) fn controls() -> El {
    let more = RwSignal::new(false);
    el_class("div", "along-controls").child(chat()).child(react(more))
}

/// Opens and closes the sheet, and says how much is new.
fn chat() -> El {
    let along = use_along();
    let (open, view) = (along.open(), along.view());
    let unread = memo(move || view.with(|view| view.unread));
    let label = move || {
        let words = along_words();
        match (open.get(), unread.get()) {
            (true, _) => words.close_chat.to_owned(),
            (false, 0) => words.open_chat.to_owned(),
            (false, new) => fill(words.open_chat_new, &new.to_string()),
        }
    };
    let badge = move || (unread.get() > 0).then(|| el_class("span", "badge tabular").text_now(move || count(unread)));
    el_class("button", "control")
        .attr("type", "button")
        .attr_now("aria-label", move || Some(label()))
        .attr_now("aria-expanded", move || Some(if open.get() { "true" } else { "false" }))
        .child(icon(Icon::Chat))
        .child(el_class("span", "word").text(along_words().chat))
        .show(badge)
        .on_click(move || along.set_open(!open.get_untracked()))
        .focused_after(open)
}

/// More than two digits nobody reads.
fn count(unread: Signal<u32>) -> String {
    match unread.get() {
        few @ 0..=99 => few.to_string(),
        _ => "99+".to_owned(),
    }
}

/// Signs and the hand, behind one control.
fn react(more: RwSignal<bool>) -> El {
    let along = use_along();
    let view = along.view();
    let raised = memo(move || view.with(|view| view.own_hand.is_some()));
    let words = along_words();
    let opener = el_class("button", "control")
        .attr("type", "button")
        .attr("aria-label", words.react_hint)
        .attr_now("aria-expanded", move || Some(if more.get() { "true" } else { "false" }))
        .class_when("on", move || raised.get())
        .show(move || Some(icon(if raised.get() { Icon::Hand } else { Icon::Smile })))
        .child(el_class("span", "word").text(words.react))
        .on_click(move || more.set(!more.get_untracked()))
        .focused_after(more.read_only());
    el_class("div", "react")
        .attr("data-deed", "hand")
        .on("deed", move |_| along.raise(!raised.get_untracked()))
        .child(opener)
        .show(move || more.get().then(|| choices(more, raised)))
        .show(move || raised.get().then(ear))
        .on_key(move |event| {
            if event.key() == "Escape" {
                more.set(false);
            }
        })
        .on_press_outside(move || {
            if more.get_untracked() {
                more.set(false);
            }
        })
}

fn choices(more: RwSignal<bool>, raised: Signal<bool>) -> El {
    let words = along_words();
    let signs = SIGNS.into_iter().enumerate().map(|(n, reaction)| sign_button(reaction, n == 0, more));
    let along = use_along();
    let hand = button("", move || {
        along.raise(!raised.get_untracked());
        more.set(false);
    });
    let hand = hand
        .attr_now("aria-pressed", move || Some(if raised.get() { "true" } else { "false" }))
        .child(icon(Icon::Hand))
        .child(el("span").text_now(move || if raised.get() { words.lower_hand } else { words.raise_hand }));
    el_class("div", "choices-of-signs")
        .attr("role", "group")
        .attr("aria-label", words.react_hint)
        .child(el_class("div", "signs").children(signs))
        .child(hand)
        .show(move || raised.get().then(keep_raised))
}

fn sign_button(reaction: Reaction, first: bool, more: RwSignal<bool>) -> El {
    let along = use_along();
    let (glyph, name) = sign(reaction);
    let press = move || {
        along.react(reaction);
        more.set(false);
    };
    let button = button("round", press).attr("aria-label", name).attr("title", name).text(glyph);
    if first { button.focused() } else { button }
}

fn keep_raised() -> El {
    let along = use_along();
    let view = along.view();
    let keep = memo(move || view.with(|view| view.own_hand.is_some_and(|hand| hand.keep)));
    let tick = el("input")
        .attr("type", "checkbox")
        .attr("role", "switch")
        .ticked_now(move || keep.get())
        .on_tick(move |keep| along.keep_raised(keep));
    el_class("label", "switch").child(el("span").text(along_words().keep_raised)).child(tick)
}

/// Listens to the person while their hand is up.
fn ear() -> El {
    let along = use_along();
    let level = use_shell().devices().level();
    el("span").attr("hidden", "").keep(move || along.loudness(level.get()))
}
