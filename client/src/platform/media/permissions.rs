//! What the browser would say if it were asked for the microphone or camera.

use call::Device;
use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{PermissionState, PermissionStatus};

use crate::platform::devices::Permission;
use crate::platform::listener::Listener;
use crate::platform::{js, window};
use crate::signal::RwSignal;

/// Follows one permission until dropped.
pub(super) struct Watch {
    status: PermissionStatus,
    _change: Listener,
}

impl Watch {
    /// Asks for the state of a permission and calls `changed` whenever it is another one. `None` where the browser does
    /// not tell: some know no permission of this name.
    pub(super) async fn new(device: Device, changed: impl FnMut() + 'static) -> Option<Self> {
        let name = match device {
            Device::Microphone => "microphone",
            Device::Camera => "camera",
        };
        let permissions = js::field(&window().navigator(), "permissions");
        let question = js::object(&[("name", JsValue::from_str(name))]);
        let promise = js::call(&permissions, "query", &[&question])?.dyn_into::<Promise>().ok()?;
        let status = js::settled(promise).await.ok()?.dyn_into::<PermissionStatus>().ok()?;
        let mut changed = changed;
        let change = Listener::new(&status, "change", move |_| changed());
        Some(Self { status, _change: change })
    }

    /// The state now.
    pub(super) fn state(&self) -> Permission {
        match self.status.state() {
            PermissionState::Granted => Permission::Granted,
            PermissionState::Denied => Permission::Denied,
            PermissionState::Prompt => Permission::Prompt,
            _ => Permission::Unknown,
        }
    }
}

/// Shows `permission` if it is another one than before.
pub(super) fn show(signal: RwSignal<Permission>, permission: Permission) {
    if signal.get_untracked() != permission {
        signal.set(permission);
    }
}
