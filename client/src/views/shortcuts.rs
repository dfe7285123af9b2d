//! Keys for what the controls of a call do, and the sheet that tells and changes them.

use call::{CallView, Command};

use super::bar::{heard, own_of, seen};
use super::choices::{Choices, Place};
use super::icon::Icon;
use super::parts::{button, round_button, small, text_button};
use super::screen_share::ScreenShare;
use super::stage::present;
use super::ui::use_ui;
use crate::keys::{DEEDS, Deed, KeyMap, PushToTalk, Refused};
use crate::platform::{
    El, Floating, Keys, Stroke, dialog, el, el_class, has_deed, keep_keys, kept_keys, strokes, tell_deed,
    toggle_full_screen,
};
use crate::shell::{Shell, use_shell};
use crate::signal::{RwSignal, memo};
use crate::words::{fill, group_words, words};

/// Listens to the keys for as long as the call is on the screen, and has the sheet at hand.
pub(crate) fn shortcuts(choices: Choices, share: &ScreenShare, floating: &Floating) -> El {
    let keys = RwSignal::new(KeyMap::read(&kept_keys()));
    let talk = RwSignal::new(PushToTalk::default());
    let hand = Hand { shell: use_shell(), choices, share: share.clone(), keys, talk };
    let (up, left) = (hand.clone(), hand.clone());
    let keyed = Keys {
        down: move |stroke: &Stroke| hand.down(stroke),
        up: move |stroke: &Stroke| {
            if up.deed(stroke) == Some(Deed::Talk) {
                up.let_go();
            }
        },
        left: move || left.let_go(),
    };
    strokes(floating.on(), keyed);
    sheet(keys)
}

/// Whoever presses the keys, and all that they reach.
#[derive(Clone)]
struct Hand {
    shell: Shell,
    choices: Choices,
    share: ScreenShare,
    keys: RwSignal<KeyMap>,
    talk: RwSignal<PushToTalk>,
}

impl Hand {
    fn deed(&self, stroke: &Stroke) -> Option<Deed> {
        self.keys.with_untracked(|keys| keys.deed(&stroke.key, &stroke.code))
    }

    /// Does what the key stands for. Whether it stands for anything.
    fn down(&self, stroke: &Stroke) -> bool {
        let Some(deed) = self.deed(stroke).filter(|_| stroke.free) else { return false };
        // A control that shows the focus is what the space bar presses.
        if stroke.key == " " && stroke.on_control {
            return false;
        }
        if deed == Deed::Talk {
            let mut talk = self.talk.get_untracked();
            self.set_microphone(talk.down());
            self.talk.set(talk);
        } else if !stroke.again {
            self.carry_out(deed);
        }
        true
    }

    fn let_go(&self) {
        let mut talk = self.talk.get_untracked();
        self.set_microphone(talk.up());
        self.talk.set(talk);
    }

    fn set_microphone(&self, on: Option<bool>) {
        on.into_iter().for_each(|on| self.shell.command(Command::SetMicrophone(on)));
    }

    fn carry_out(&self, deed: Deed) {
        let own = self.shell.shown().call.with_untracked(own_of);
        match deed {
            Deed::Mute => self.shell.command(Command::SetMicrophone(!heard(&own))),
            Deed::Camera => self.shell.command(Command::SetCamera(!seen(&own))),
            // Held, not pressed.
            Deed::Talk => {}
            Deed::Hand => tell_deed("hand"),
            Deed::Share => self.share.toggle(),
            Deed::Pin => {
                let call = self.shell.shown().call;
                let places = call.with_untracked(|call| call.as_ref().map(others).unwrap_or_default());
                self.choices.pinned.update(|pinned| *pinned = next(&places, pinned.as_ref()));
            }
            Deed::FullScreen => toggle_full_screen(),
            Deed::Help => use_ui().keys.set(true),
        }
    }
}

/// Everything of the others that has a place.
fn others(call: &CallView) -> Vec<Place> {
    present(call, false)
}

/// One after the other is shown large, and then all alike again.
fn next(places: &[Place], pinned: Option<&Place>) -> Option<Place> {
    let at = pinned.and_then(|pinned| places.iter().position(|place| place == pinned));
    places.get(at.map_or(0, |at| at + 1)).cloned()
}

fn sheet(keys: RwSignal<KeyMap>) -> El {
    let open = use_ui().keys;
    let close = move || open.set(false);
    dialog(group_words().keys, open.read_only(), close, move || {
        let refused = RwSignal::new(None);
        let head = el_class("div", "dialog-head").child(el("h2").text(group_words().keys)).child(round_button(
            Icon::Close,
            words().close,
            close,
        ));
        let deeds = DEEDS.into_iter().filter(|deed| *deed != Deed::Hand || has_deed("hand"));
        let rows = el("div").children(deeds.map(|deed| row(deed, keys, refused)));
        let told =
            el_class("p", "small").attr("role", "alert").text_now(move || refused.get().map(why).unwrap_or_default());
        let usual = text_button("", group_words().keys_usual, move || {
            keys.set(KeyMap::default());
            keep_keys("");
            refused.set(None);
        });
        Some(
            el_class("div", "options")
                .child(head)
                .child(rows)
                .child(told)
                .child(small(group_words().keys_hint))
                .child(usual),
        )
    })
}

/// What is done, by which key, and the button that takes another.
fn row(deed: Deed, keys: RwSignal<KeyMap>, refused: RwSignal<Option<Refused>>) -> El {
    let (waits, took) = (RwSignal::new(false), RwSignal::new(false));
    let key = memo(move || keys.with(|keys| shown(keys.key(deed))));
    let take = move |key: &str| {
        let mut changed = keys.get_untracked();
        let result = changed.bind(deed, key);
        refused.set(result.err());
        if result.is_ok() {
            keep_keys(&changed.write());
            keys.set(changed);
            waits.set(false);
        }
    };
    let change = button("", move || {
        refused.set(None);
        waits.update(|waits| *waits = !*waits);
    })
    .attr("aria-label", &fill(group_words().change_key, told(deed)))
    .text_now(move || if waits.get() { group_words().press_key } else { group_words().change })
    .on_key(move |event| {
        // Who leaves by Tab or Escape changes nothing.
        if waits.get_untracked() && !matches!(event.key().as_str(), "Tab" | "Escape" | "Shift") {
            event.prevent_default();
            take(&event.key());
            took.set(true);
        }
    })
    .on("keyup", move |event| {
        // The space bar would press the button when it is let go.
        if took.get_untracked() {
            event.prevent_default();
        }
        took.set(false);
    })
    .on("blur", move |_| waits.set(false));
    el_class("div", "switch shortcut")
        .child(el("span").text(told(deed)))
        .child(el_class("kbd", "tabular").text_now(move || key.get()))
        .child(change)
}

/// A key as it is written on keyboards.
fn shown(key: &str) -> String {
    if key == " " { group_words().key_space.to_owned() } else { key.to_uppercase() }
}

fn told(deed: Deed) -> &'static str {
    let words = group_words();
    match deed {
        Deed::Mute => words.deed_mute,
        Deed::Camera => words.deed_camera,
        Deed::Talk => words.deed_talk,
        Deed::Hand => words.deed_hand,
        Deed::Share => words.share_screen,
        Deed::Pin => words.deed_pin,
        Deed::FullScreen => words.deed_full_screen,
        Deed::Help => words.deed_help,
    }
}

fn why(refused: Refused) -> String {
    match refused {
        Refused::Taken(by) => fill(group_words().key_taken, told(by)),
        Refused::Unfit => group_words().key_unfit.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use protocol::DeviceId;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn one_after_the_other_is_large_and_then_nobody() {
        let device = |nth: usize| -> DeviceId { ["device-0123456789-", &nth.to_string()].concat().parse().unwrap() };
        let places = [Place::Person(device(1)), Place::Person(device(2)), Place::Screen(device(2))];
        let mut pinned = None;
        let mut seen = Vec::new();
        for _ in 0..4 {
            pinned = next(&places, pinned.as_ref());
            seen.push(pinned.clone());
        }
        assert_eq!(seen, [Some(places[0].clone()), Some(places[1].clone()), Some(places[2].clone()), None]);
        assert_eq!(next(&places, Some(&Place::Own)), Some(places[0].clone()));
        assert_eq!(next(&[], None), None);
    }

    #[test]
    fn keys_are_shown_as_they_are_written() {
        assert_eq!((shown("m"), shown(" "), shown("?")), ("M".to_owned(), "Space".to_owned(), "?".to_owned()));
    }
}
