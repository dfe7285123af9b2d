//! The people in a call, laid out.

use std::cell::RefCell;

use call::{CallView, Face, OtherView};
use protocol::DeviceId;

use super::asked::asked;
use super::choices::{Choices, Place};
use super::layout::{Rect, Seats};
use super::light::{in_light, light_button};
use super::share::share_button;
use super::strip::Strip;
use super::text::clock;
use super::tile::{other_tile, own_tile, screen_tile};
use crate::platform::{El, el, el_class, measured};
use crate::shell::use_shell;
use crate::signal::{RwSignal, Signal, memo};
use crate::words::{fill, words};

/// The others and what they share, and oneself among them as soon as there are two.
pub(crate) fn stage(choices: Choices) -> El {
    let call = use_shell().shown().call;
    let size = RwSignal::new((0.0, 0.0));
    let present = memo(move || {
        let own = !choices.self_hidden.get();
        call.with(|call| call.as_ref().map(|call| present(call, own)).unwrap_or_default())
    });
    let kept = RefCell::new(Seats::default());
    let seats = memo(move || {
        let size = size.get();
        let mut seats = kept.borrow_mut();
        present.with(|present| seats.seat(present, size));
        seats.clone()
    });
    let lit = in_light(choices);
    let large = memo(move || present.with(|present| large(present, choices.pinned.get(), lit.get())));
    let strip = RefCell::new(Strip::default());
    let places = memo(move || {
        let mut strip = strip.borrow_mut();
        seats.with(|seats| seats.places(size.get(), large.get().as_ref(), &mut strip))
    });
    let group = memo(move || present.with(|present| present.len() > 1));
    let people = el("div").class_now(move || if group.get() { "stage many" } else { "stage solo" }).each(
        move || seats.with(Seats::seated),
        Place::clone,
        move |place| placed(&place, places, choices),
    );
    el_class("div", "scene").child(heading(choices)).child(measured(people, size)).child(asked())
}

/// More is to be seen of the others than one picture.
pub(crate) fn is_several(call: &CallView) -> bool {
    call.others.len() > 1 || screens(call).next().is_some()
}

/// Those whose shared screen is to be seen.
fn screens(call: &CallView) -> impl Iterator<Item = &OtherView> {
    call.others.iter().filter(|other| other.media.screen && !call.is_on_hold())
}

/// Everything that has a place, in the order it came: this side was here first.
pub(crate) fn present(call: &CallView, own: bool) -> Vec<Place> {
    let own = (own && is_several(call)).then_some(Place::Own);
    let people = call.others.iter().map(|other| Place::Person(other.device.clone()));
    let screens = screens(call).map(|other| Place::Screen(other.device.clone()));
    own.into_iter().chain(people).chain(screens).collect()
}

/// What is shown large: what is pinned, else what somebody shares, else who is in the light. With nothing else there is
/// nothing to be larger than.
fn large(present: &[Place], pinned: Option<Place>, lit: Option<DeviceId>) -> Option<Place> {
    if present.len() < 2 {
        return None;
    }
    let shared = || present.iter().rfind(|place| matches!(place, Place::Screen(_))).cloned();
    let is_there = |place: &Place| present.contains(place);
    pinned.filter(is_there).or_else(shared).or_else(|| lit.map(Place::Person).filter(is_there))
}

/// A tile at its place.
fn placed(place: &Place, places: Signal<Vec<(Place, Rect)>>, choices: Choices) -> El {
    let of = place.clone();
    let rect = memo(move || {
        let rect = |places: &Vec<(Place, Rect)>| places.iter().find(|(who, _)| *who == of).map(|(_, rect)| *rect);
        // Not measured yet: the style sheet knows what to do.
        places.with(rect).filter(|rect| rect.width > 0.0)
    });
    let side = move |of: fn(Rect) -> f64| rect.get().map(|rect| pixels(of(rect))).unwrap_or_default();
    let pin = place.clone();
    tile_at(place, choices)
        .on("dblclick", move |_| choices.pin(&pin))
        .style_now("left", move || side(|rect| rect.left))
        .style_now("top", move || side(|rect| rect.top))
        .style_now("width", move || side(|rect| rect.width))
        .style_now("height", move || side(|rect| rect.height))
}

fn tile_at(place: &Place, choices: Choices) -> El {
    let shown = use_shell().shown();
    let other = |device: &DeviceId| {
        shown.call.with_untracked(|call| call.as_ref()?.others.iter().find(|other| other.device == *device).cloned())
    };
    let tile = match place {
        Place::Own => shown.me.get_untracked().map(|me| own_tile(&me, choices)),
        Place::Person(device) => other(device).map(|other| other_tile(&other, choices)),
        Place::Screen(device) => other(device).map(|other| screen_tile(&other, choices)),
    };
    tile.unwrap_or_else(|| el_class("div", "tile"))
}

/// As CSS writes it, in whole pixels.
fn pixels(length: f64) -> String {
    // Lengths on a screen are far smaller than this.
    #[allow(clippy::cast_possible_truncation)]
    [(length.round() as i32).to_string().as_str(), "px"].concat()
}

/// With whom, since when, and in a room its link.
fn heading(choices: Choices) -> El {
    let shell = use_shell();
    let (call, seconds) = (shell.shown().call, shell.seconds());
    let title = move || call.with(|call| call.as_ref().map(title).unwrap_or_default());
    let running = move || {
        let since = call.with(|call| call.as_ref().and_then(since));
        since.map(|since| clock(seconds.get().since(since))).unwrap_or_default()
    };
    let room = memo(move || call.with(|call| Some(call.as_ref()?.room.as_ref()?.code.clone())));
    el_class("header", "heading")
        .child(el_class("h1", "cut").attr("dir", "auto").text_now(title))
        .child(el_class("span", "tabular").attr("role", "timer").text_now(running))
        .child(light_button(choices))
        .show(move || room.get().map(|code| share_button(shell.router().link(&code))))
}

/// Whom the call is with: the one other, or the room.
pub(crate) fn title(call: &CallView) -> String {
    match (call.others.as_slice(), &call.room) {
        ([other], _) => other.person.name.clone(),
        (_, Some(room)) => room.name.clone().unwrap_or_else(|| fill(words().room_named, room.code.as_str())),
        (others, None) => others.iter().map(|other| other.person.name.as_str()).collect::<Vec<_>>().join(", "),
    }
}

const fn since(call: &CallView) -> Option<call::Time> {
    match call.face {
        Face::Active { since } | Face::Reconnecting { since, .. } => Some(since),
        Face::Initiating | Face::Ringing | Face::Connecting | Face::Ended { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn device(nth: usize) -> DeviceId {
        ["device-0123456789-", &nth.to_string()].concat().parse().unwrap()
    }

    #[test]
    fn what_is_shared_is_large_until_something_is_pinned() {
        let (person, screen) = (Place::Person(device(1)), Place::Screen(device(1)));
        let all = [Place::Own, person.clone(), screen.clone()];
        assert_eq!(large(&all, None, None), Some(screen.clone()));
        assert_eq!(large(&all, Some(person.clone()), None), Some(person.clone()));
        assert_eq!(large(&all, Some(Place::Person(device(2))), None), Some(screen), "who is gone is not pinned");
        assert_eq!(large(&[Place::Own, person.clone()], None, None), None);
        assert_eq!(large(std::slice::from_ref(&person), Some(person.clone()), None), None);
    }

    #[test]
    fn who_is_in_the_light_is_large_unless_something_else_is() {
        let (ann, bob, screen) = (Place::Person(device(1)), Place::Person(device(2)), Place::Screen(device(1)));
        let both = [Place::Own, ann.clone(), bob.clone()];
        let lit = || Some(device(2));
        assert_eq!(large(&both, None, lit()), Some(bob.clone()));
        assert_eq!(large(&both, Some(ann.clone()), lit()), Some(ann.clone()));
        assert_eq!(large(&[ann.clone(), bob, screen.clone()], None, lit()), Some(screen));
        assert_eq!(large(&[Place::Own, ann], None, lit()), None, "who has just left");
    }

    #[test]
    fn sizes_are_written_as_css_does() {
        assert_eq!(pixels(12.6), "13px");
        assert_eq!(pixels(0.0), "0px");
    }
}
