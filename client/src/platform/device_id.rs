//! This tab's address inside calls, kept across a reload.
//!
//! A tab that is duplicated takes a copy of what it keeps along, and two tabs under one address would take the call from
//! each other for ever. So a tab holds a lock on its address as long as it lives (Web Locks section 2); a copy does not get
//! it and becomes a device of its own.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise};
use protocol::DeviceId;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::storage::{self, Keep};
use super::task::spawn;
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
        let free = js::settled(lock(&device)).await.is_ok_and(|got| got.is_truthy());
        free.then(|| {
            self.0.replace(Some(device.clone()));
            device
        })
    }

    /// Keeps the address for a reload.
    pub(crate) fn remember(&self, device: &DeviceId) {
        storage::store(Keep::ThisTab, DEVICE, device.as_str());
        if !self.holds(device) {
            self.0.replace(Some(device.clone()));
            js::ignore(lock(device));
        }
    }

    fn holds(&self, device: &DeviceId) -> bool {
        self.0.borrow().as_ref() == Some(device)
    }
}

/// Takes the lock of an address until the tab closes. The promise says whether it was free; it is where a browser knows
/// no locks.
fn lock(device: &DeviceId) -> Promise {
    Promise::new(&mut |resolve: Function, _| {
        if request(device, &resolve).is_none() {
            say(&resolve, true);
        }
    })
}

fn request(device: &DeviceId, resolve: &Function) -> Option<()> {
    let locks = js::field(&window().navigator(), "locks");
    let signals = js::field(&js_sys::global(), "AbortSignal");
    let signal = js::call(&signals, "timeout", &[&JsValue::from_f64(PATIENCE_MILLIS)])?;
    let (got, refused) = (resolve.clone(), resolve.clone());
    let held = Closure::once_into_js(move |_lock: JsValue| -> JsValue {
        say(&got, true);
        // Held for as long as this promise has not settled.
        Promise::new(&mut |_, _| {}).into()
    });
    let name = JsValue::from_str(&[DEVICE, "-", device.as_str()].concat());
    let options = js::object(&[("signal", signal)]);
    let asked = js::call(&locks, "request", &[&name, &options, &held])?.dyn_into::<Promise>().ok()?;
    spawn(async move {
        if js::settled(asked).await.is_err() {
            say(&refused, false);
        }
    });
    Some(())
}

fn say(resolve: &Function, free: bool) {
    let _ = resolve.call1(&JsValue::UNDEFINED, &JsValue::from_bool(free));
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
