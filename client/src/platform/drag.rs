//! Moving something with the hand: a finger, a pen or a mouse.

use leptos::ev::PointerEvent;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::window;
use crate::signal::RwSignal;

/// A hand may shake this much and still only press.
const SHAKES: f64 = 5.0;
/// How much of the speed comes from the latest movement.
const LATEST: f64 = 0.6;

/// Follows one hand at a time. To be given the pointer events of the thing that is moved.
#[derive(Clone, Copy)]
pub struct Drag(RwSignal<Option<Hand>>);

#[derive(Clone, Copy)]
struct Hand {
    from: (f64, f64),
    at: (f64, f64),
    /// Pixels a millisecond.
    speed: (f64, f64),
    when: f64,
    moves: bool,
}

/// Where the hand let go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropped {
    /// In CSS pixels from the window's top left.
    pub at: (f64, f64),
    /// In CSS pixels a millisecond.
    pub speed: (f64, f64),
    /// The window's width and height in CSS pixels.
    pub window: (f64, f64),
}

impl Drag {
    /// Nothing is held.
    #[must_use]
    pub fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// How far the thing was moved from where it rests; `None` while it rests.
    #[must_use]
    pub fn offset(&self) -> Option<(f64, f64)> {
        let hand = self.0.get().filter(|hand| hand.moves)?;
        Some((hand.at.0 - hand.from.0, hand.at.1 - hand.from.1))
    }

    /// For `pointerdown`.
    pub fn take(&self, event: &PointerEvent) {
        if event.is_primary() && event.button() == 0 {
            let at = place(event);
            self.0.set(Some(Hand { from: at, at, speed: (0.0, 0.0), when: event.time_stamp(), moves: false }));
        }
    }

    /// For `pointermove`. From the first real movement on, all that the pointer does belongs to the thing, even outside
    /// of it; a press without movement still reaches the buttons on it.
    pub fn follow(&self, event: &PointerEvent) {
        let Some(mut hand) = self.0.get_untracked() else { return };
        let (at, when) = (place(event), event.time_stamp());
        let passed = (when - hand.when).max(1.0);
        let mix = |speed: f64, moved: f64| speed * (1.0 - LATEST) + moved / passed * LATEST;
        hand.speed = (mix(hand.speed.0, at.0 - hand.at.0), mix(hand.speed.1, at.1 - hand.at.1));
        (hand.at, hand.when) = (at, when);
        if !hand.moves && (at.0 - hand.from.0).hypot(at.1 - hand.from.1) > SHAKES {
            hand.moves = true;
            if let Some(thing) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) {
                // Refused only for a pointer that is gone meanwhile: then `pointercancel` follows.
                let _ = thing.set_pointer_capture(event.pointer_id());
            }
        }
        self.0.set(Some(hand));
    }

    /// For `pointerup`: where it was dropped, if it was moved at all.
    pub fn drop(&self) -> Option<Dropped> {
        let hand = self.0.get_untracked()?;
        self.0.set(None);
        let side = |length: Result<wasm_bindgen::JsValue, _>| length.ok().and_then(|length| length.as_f64());
        let window = (side(window().inner_width())?, side(window().inner_height())?);
        hand.moves.then_some(Dropped { at: hand.at, speed: hand.speed, window })
    }

    /// For `pointercancel`: it goes back to where it rested.
    pub fn cancel(&self) {
        self.0.set(None);
    }
}

impl Default for Drag {
    fn default() -> Self {
        Self::new()
    }
}

fn place(event: &PointerEvent) -> (f64, f64) {
    (f64::from(event.client_x()), f64::from(event.client_y()))
}
