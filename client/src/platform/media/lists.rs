//! The devices that are plugged in.

use wasm_bindgen::JsCast;
use web_sys::{MediaDeviceInfo, MediaDeviceKind};

use super::constraints::media_devices;
use crate::platform::devices::{DeviceInfo, DeviceKind, PerKind};
use crate::platform::js;
use crate::signal::RwSignal;

/// Reads the lists anew and shows those that changed.
pub(super) async fn refresh(lists: PerKind<RwSignal<Vec<DeviceInfo>>>) {
    let Some(Ok(promise)) = media_devices().map(|devices| devices.enumerate_devices()) else { return };
    let Ok(found) = js::settled(promise).await else { return };
    let found: Vec<MediaDeviceInfo> =
        js_sys::Array::from(&found).iter().filter_map(|info| info.dyn_into().ok()).collect();
    for kind in [DeviceKind::Microphone, DeviceKind::Camera, DeviceKind::Speaker] {
        let list: Vec<DeviceInfo> = found.iter().filter(|info| is(kind, info)).filter_map(named).collect();
        let shown = lists.of(kind);
        if shown.with_untracked(|shown| *shown != list) {
            shown.set(list);
        }
    }
}

fn is(kind: DeviceKind, info: &MediaDeviceInfo) -> bool {
    let wanted = match kind {
        DeviceKind::Microphone => MediaDeviceKind::Audioinput,
        DeviceKind::Camera => MediaDeviceKind::Videoinput,
        DeviceKind::Speaker => MediaDeviceKind::Audiooutput,
    };
    info.kind() == wanted
}

/// A device with an id and a name. Chromium lists the system's choices a second time under names of their own.
fn named(info: &MediaDeviceInfo) -> Option<DeviceInfo> {
    let (id, label) = (info.device_id(), info.label());
    let real = !matches!(id.as_str(), "" | "default" | "communications");
    real.then_some(DeviceInfo { id, label })
}
