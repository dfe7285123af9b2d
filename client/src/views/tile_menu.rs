//! What can be done with one of the places in a call: shown large, hidden, played louder.

use call::OtherView;

use super::choices::{Choices, Place};
use super::figures::figures;
use super::holding::hold_button;
use super::icon::Icon;
use super::parts::{button, dots_button, round_button, text_button};
use crate::platform::{El, dialog, el, el_class};
use crate::shell::use_shell;
use crate::signal::memo;
use crate::volumes::LOUDEST;
use crate::words::{call_words, fill, group_words, words};

/// The button on a tile that opens its menu.
pub(crate) fn more_button(place: Place, called: &str, choices: Choices) -> El {
    dots_button("round more", &fill(words().more_about, called), move || choices.menu.set(Some(place.clone())))
}

/// The menu of whichever place it is open for.
pub(crate) fn tile_menu(choices: Choices) -> El {
    let open = memo(move || choices.menu.with(Option::is_some));
    let close = move || choices.menu.set(None);
    dialog(group_words().options, open, close, move || {
        let place = choices.menu.get_untracked()?;
        let other = place.device().and_then(|device| {
            let call = use_shell().shown().call;
            call.with_untracked(|call| call.as_ref()?.others.iter().find(|other| other.device == *device).cloned())
        });
        let name = name_of(&place, other.as_ref());
        let head = el_class("div", "dialog-head")
            .child(el_class("h2", "cut").attr("dir", "auto").text(&name))
            .child(round_button(Icon::Close, words().close, close));
        let figures = other.as_ref().filter(|_| matches!(place, Place::Person(_))).map(figures);
        let hold = matches!(place, Place::Person(_)).then(|| hold_button(close));
        let loud = other.filter(|_| matches!(place, Place::Person(_))).map(|other| volume(&other, choices));
        let hide = (place == Place::Own).then(|| {
            text_button("", call_words().hide_self, move || {
                choices.self_hidden.set(true);
                close();
            })
        });
        Some(
            el("div")
                .child(head)
                .child(
                    el_class("div", "options").children(loud).child(pin(place, choices)).children(hide).children(hold),
                )
                .children(figures),
        )
    })
}

/// What a place is called.
pub(crate) fn name_of(place: &Place, other: Option<&OtherView>) -> String {
    let name = other.map(|other| other.person.name.as_str()).unwrap_or_default();
    match place {
        Place::Own => call_words().you.to_owned(),
        Place::Person(_) => name.to_owned(),
        Place::Screen(_) => fill(group_words().screen_of, name),
    }
}

fn pin(place: Place, choices: Choices) -> El {
    let of = place.clone();
    let pinned = memo(move || choices.pinned.with(|pinned| pinned.as_ref() == Some(&of)));
    let label = move || if pinned.get() { group_words().unpin } else { group_words().pin };
    button("", move || {
        choices.pin(&place);
        choices.menu.set(None);
    })
    .text_now(label)
}

fn volume(other: &OtherView, choices: Choices) -> El {
    let person = other.person.id.clone();
    let of = person.clone();
    let percent = memo(move || choices.volumes.with(|volumes| volumes.of(&of)));
    let said = move || fill(group_words().percent, &percent.get().to_string());
    let slider = el("input")
        .attr("type", "range")
        .attr("min", "0")
        .attr("max", &LOUDEST.to_string())
        .attr("step", "5")
        .attr("aria-label", &fill(group_words().volume_of, &other.person.name))
        .attr_now("aria-valuetext", move || Some(said()))
        .value(&percent.get_untracked().to_string())
        .on_input(move |text| text.parse().into_iter().for_each(|percent| choices.set_volume(&person, percent)));
    let named = el_class("span", "row")
        .child(el("span").text(group_words().volume))
        .child(el_class("span", "tabular quiet").text_now(said));
    el_class("label", "volume").child(named).child(slider)
}
