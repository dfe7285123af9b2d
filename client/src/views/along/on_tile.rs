//! What somebody shows on their picture: signs, and their hand with its place in the line.

use call::exchange::{ShownReaction, View};
use protocol::{DeviceId, Reaction};

use crate::along::use_along;
use crate::platform::{El, el_class};
use crate::signal::memo;
use crate::views::icon::{Icon, little_icon};
use crate::words::along_words;

/// The signs there are, in the order in which they are offered.
pub(super) const SIGNS: [Reaction; 6] =
    [Reaction::ThumbsUp, Reaction::Heart, Reaction::Laugh, Reaction::Surprise, Reaction::Clap, Reaction::Party];

/// How a sign looks, and what it is called.
pub(super) fn sign(reaction: Reaction) -> (&'static str, &'static str) {
    let words = along_words();
    match reaction {
        Reaction::ThumbsUp => ("👍", words.thumbs_up),
        Reaction::Heart => ("❤️", words.heart),
        Reaction::Laugh => ("😂", words.laughter),
        Reaction::Surprise => ("😮", words.surprise),
        Reaction::Clap => ("👏", words.applause),
        Reaction::Party => ("🎉", words.party),
    }
}

/// What the device shows, or this one.
pub(super) fn on_tile(device: Option<DeviceId>) -> El {
    let along = use_along();
    let view = along.view();
    let Some(device) = device.or_else(|| along.me()) else { return el_class("div", "on-tile") };
    let whose = device.clone();
    let hand = memo(move || view.with(|view| hand(view, &whose)));
    let shown = move || {
        let of_them = |shown: &&ShownReaction| shown.device == device;
        view.with(|view| view.reactions.iter().filter(of_them).cloned().collect())
    };
    el_class("div", "on-tile")
        .show(move || {
            let words = hand.get()?;
            Some(el_class("p", "hand").child(little_icon(Icon::Hand)).text(words))
        })
        .child(el_class("div", "shown").each(
            shown,
            |shown: &ShownReaction| shown.number,
            |shown| {
                let (glyph, name) = sign(shown.reaction);
                el_class("span", "sign").attr("role", "img").attr("aria-label", name).text(glyph)
            },
        ))
}

/// A raised hand in words; its place only where there is more than one.
fn hand(view: &View, device: &DeviceId) -> Option<&'static str> {
    let words = along_words();
    let place = view.place(device)?;
    if view.hands.len() == 1 {
        return Some(words.hand_raised);
    }
    Some(match place {
        1 => words.first_in_line,
        2 => words.second_in_line,
        3 => words.third_in_line,
        4 => words.fourth_in_line,
        _ => words.further_in_line,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn device(n: usize) -> DeviceId {
        ["device-0123456789-", &n.to_string()].concat().parse().unwrap()
    }

    #[test]
    fn a_line_of_one_has_no_places() {
        let mut view = View { hands: vec![device(4)], ..View::default() };
        assert_eq!(hand(&view, &device(4)), Some("Hand raised"));
        assert_eq!(hand(&view, &device(1)), None);
        view.hands = (0..6).map(device).collect();
        assert_eq!(hand(&view, &device(0)), Some("1st in line"));
        assert_eq!(hand(&view, &device(1)), Some("2nd in line"));
        assert_eq!(hand(&view, &device(5)), Some("In line"));
    }
}
