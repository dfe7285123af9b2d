//! This tab's address inside calls, kept across a reload.
//!
//! A tab that is duplicated takes a copy of what it keeps along, and two tabs under one address would take the call from
//! each other for ever. So a tab holds a lock on its address as long as it lives (Web Locks section 2); a copy does not get
//! it and becomes a device of its own.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, global};
use protocol::DeviceId;
use wasm_bindgen::{JsCast, JsValue};

use super::storage::{self, Keep};
use super::{js, window};

const DEVICE: &str = "alo-device";
/// A reloaded page may be here before the browser has put the old one away; a copy has to wait this long in vain.
const PATIENCE_MILLIS: f64 = 500.0;

/// This tab's hold on its address.
#[derive(Clone, Default)]
pub(crate) struct Seat(Rc<RefCell<Option<DeviceId>>>);

impl Seat {
    /// The address from before a reload, unless another tab lives under it.
    pub(crate) async fn load(&self) -> Option<DeviceId> {
        let device: DeviceId = storage::load(Keep::ThisTab, DEVICE)?.parse().ok()?;
        if self.holds(&device) {
            return Some(device);
        }
        if !is_free(&device).await {
            return None;
        }
        self.take(&device);
        Some(device)
    }

    /// Keeps the address for a reload.
    pub(crate) fn remember(&self, device: &DeviceId) {
        storage::store(Keep::ThisTab, DEVICE, device.as_str());
        if !self.holds(device) {
            self.take(device);
        }
    }

    /// The address.
    pub(crate) fn device(&self) -> Option<DeviceId> {
        self.0.borrow().clone()
    }

    fn take(&self, device: &DeviceId) {
        self.0.replace(Some(device.clone()));
        hold(device);
    }

    fn holds(&self, device: &DeviceId) -> bool {
        self.0.borrow().as_ref() == Some(device)
    }
}

/// Waits a moment for the lock of an address and lets it go at once. Free it is also where a browser knows no locks.
async fn is_free(device: &DeviceId) -> bool {
    let patience = JsValue::from_f64(PATIENCE_MILLIS);
    let signal = js::call(&js::field(&global(), "AbortSignal"), "timeout", &[&patience]).unwrap_or_default();
    let options = js::object(&[("signal", signal)]);
    // A function that does nothing with the lock: with its answer the lock is free again.
    let glance = js::field(&global(), "Boolean");
    match request(&[&name(device), &options, &glance]) {
        Some(asked) => js::settled(asked.unchecked_into()).await.is_ok(),
        None => true,
    }
}

/// Holds the lock of an address until the tab closes: for as long as the promise of its function has not settled, and a
/// race that nobody runs never does (ECMAScript section 27.2.4.5).
fn hold(device: &DeviceId) {
    let promise = js::field(&global(), "Promise");
    let never = js::call(&js::field(&promise, "race"), "bind", &[&promise, &Array::new()]).unwrap_or_default();
    if let Some(held) = request(&[&name(device), &never]) {
        js::ignore(held.unchecked_into());
    }
}

/// Calls `navigator.locks.request`, which gives a promise.
fn request(arguments: &[&JsValue]) -> Option<JsValue> {
    js::call(&js::field(&window().navigator(), "locks"), "request", arguments)
}

fn name(device: &DeviceId) -> JsValue {
    JsValue::from_str(&[DEVICE, "-", device.as_str()].concat())
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    async fn a_copy_of_a_tab_does_not_get_its_address() {
        storage::remove(Keep::ThisTab, DEVICE);
        let tab = Seat::default();
        assert_eq!(tab.load().await, None);
        let device: DeviceId = "d_of_the_first_tab".parse().unwrap();
        tab.remember(&device);
        assert_eq!(tab.load().await, Some(device.clone()));

        let copy = Seat::default();
        assert_eq!(copy.load().await, None, "the copy finds it kept, and taken");

        let free: DeviceId = "d_of_a_closed_tab_".parse().unwrap();
        storage::store(Keep::ThisTab, DEVICE, free.as_str());
        assert_eq!(copy.load().await, Some(free.clone()), "nobody lives under it any more");
        assert_eq!(copy.load().await, Some(free));
        storage::remove(Keep::ThisTab, DEVICE);
    }
}
