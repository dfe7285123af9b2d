//! How many calls somebody has missed and not looked at yet: the relay's history counts, this browser knows what was seen.

use wasm_bindgen::JsValue;

use super::session::Session;
use super::storage::{self, Keep};
use super::task::spawn;
use super::{js, window};
use crate::signal::{RwSignal, Signal};

/// When the last call ended that was looked at, in milliseconds since 1970 on the relay's clock.
const SEEN: &str = "alo-calls-seen";
/// More than nine are only "many".
const PATH: &str = "/api/calls?missed=true&limit=10";

/// The count. Cheap to clone.
#[derive(Clone)]
pub struct Missed {
    count: RwSignal<usize>,
    session: Session,
}

impl Missed {
    pub(crate) fn new(session: Session) -> Self {
        Self { count: RwSignal::default(), session }
    }

    /// So many, and 10 for more than nine.
    #[must_use]
    pub fn count(&self) -> Signal<usize> {
        self.count.read_only()
    }

    /// Counts again. Without an answer, what was known stays.
    pub fn look(&self) {
        let this = self.clone();
        spawn(async move {
            let Ok(answer) = this.session.read(PATH).await else { return };
            let calls = js_sys::Array::from(&js::field(&answer, "calls"));
            let seen = seen();
            let ended = |call: &JsValue| js::field(call, "ended_at").as_f64().map_or(0, |ended| ended as u64);
            this.show(calls.iter().filter(|call| ended(call) > seen).count());
        });
    }

    /// The calls up to this moment have been looked at.
    pub fn seen(&self, until: u64) {
        if until > seen() {
            storage::store(Keep::Always, SEEN, &until.to_string());
        }
        self.show(0);
    }

    /// On the page, and on the program's sign where the page is one (Badging API section 4).
    fn show(&self, count: usize) {
        self.count.set(count);
        let count = JsValue::from_f64(count as f64);
        js::ask(&window().navigator(), "setAppBadge", &[&count]);
    }
}

fn seen() -> u64 {
    storage::load(Keep::Always, SEEN).and_then(|seen| seen.parse().ok()).unwrap_or(0)
}
