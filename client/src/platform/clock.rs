//! The page's clock and its timer.

use std::time::Duration;

use call::Time;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::effect::keep;
use super::{calendar, window};
use crate::signal::{RwSignal, Signal};

/// Now: milliseconds since the page was opened, on a clock that never goes back (hr-time section 4).
#[must_use]
pub fn now() -> Time {
    let millis = window().performance().map_or(0.0, |performance| performance.now());
    // A float of this size converts exactly enough; negative and NaN become 0.
    Time::from_millis(millis as u64)
}

/// Milliseconds since the beginning of 1970 by the clock of this machine, which people set: for what outlives the page.
pub(crate) fn time_since_1970() -> u64 {
    // A float of this size converts exactly enough.
    js_sys::Date::now() as u64
}

/// The time of day at a moment of this clock, as people here write it (`14:05`, `2:05 PM`).
pub(crate) fn time_of_day(at: Time) -> String {
    let ago = now().since(at).as_millis() as f64;
    calendar::time(js_sys::Date::now() - ago)
}

/// The time of day so long ago, as people here write it.
pub(crate) fn time_of_day_before(ago: Duration) -> String {
    calendar::time(js_sys::Date::now() - ago.as_secs_f64() * 1000.0)
}

/// One timer that is set again and again.
pub(crate) struct Timer {
    ring: Closure<dyn FnMut()>,
    set: Option<(Time, i32)>,
}

impl Timer {
    /// A timer, not set, that calls `ring`.
    pub(crate) fn new(ring: impl FnMut() + 'static) -> Self {
        Self { ring: Closure::new(ring), set: None }
    }

    /// Rings once at `deadline`, soon if that has passed; what was set before is forgotten.
    pub(crate) fn set(&mut self, deadline: Option<Time>) {
        if self.set.map(|(set, _)| set) == deadline {
            return;
        }
        self.clear();
        let Some(deadline) = deadline else { return };
        // Beyond its 31 bits setTimeout would ring at once; a needless tick after a month does no harm.
        let wait = i32::try_from(deadline.since(now()).as_millis()).unwrap_or(i32::MAX);
        let callback = self.ring.as_ref().unchecked_ref();
        if let Ok(id) = window().set_timeout_with_callback_and_timeout_and_arguments_0(callback, wait) {
            self.set = Some((deadline, id));
        }
    }

    /// To be told when it has rung, so that the same deadline can be set again.
    pub(crate) fn rung(&mut self) {
        self.set = None;
    }

    fn clear(&mut self) {
        if let Some((_, id)) = self.set.take() {
            window().clear_timeout_with_handle(id);
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Something done again and again until this is dropped.
pub(crate) struct Interval {
    id: i32,
    _ring: Closure<dyn FnMut()>,
}

impl Interval {
    /// Calls `ring` every `millis` milliseconds.
    pub(crate) fn new(millis: i32, ring: Box<dyn FnMut()>) -> Option<Self> {
        let ring = Closure::wrap(ring);
        let callback = AsRef::<JsValue>::as_ref(&ring).unchecked_ref();
        let id = window().set_interval_with_callback_and_timeout_and_arguments_0(callback, millis).ok()?;
        Some(Self { id, _ring: ring })
    }
}

impl Drop for Interval {
    fn drop(&mut self) {
        window().clear_interval_with_handle(self.id);
    }
}

/// The time, again every `millis` milliseconds for as long as the component lives that asks.
#[must_use]
pub fn ticking(millis: i32) -> Signal<Time> {
    let time = RwSignal::new(now());
    keep(Interval::new(millis, Box::new(move || time.set(now()))));
    time.read_only()
}
