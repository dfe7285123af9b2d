//! Choosing a microphone, a camera and a speaker.

use call::Device;

use super::help::trouble;
use super::icon::{Icon, icon};
use super::parts::{small, text_button};
use crate::platform::{DeviceInfo, DeviceKind, El, Permission, el, el_class, video};
use crate::shell::use_shell;
use crate::signal::{RwSignal, Signal, memo};
use crate::words::{aside_words, fill};

/// The three choices, with a meter for the microphone and the picture of the camera. In a call they show what the call
/// uses; outside of one the devices are opened to be tried, at once where that was allowed before and else on request.
pub(crate) fn devices(in_call: bool) -> El {
    let devices = use_shell().devices();
    let (microphone, camera) = (devices.permission(Device::Microphone), devices.permission(Device::Camera));
    let allow = RwSignal::new(false);
    let wanted = move |permission: Signal<Permission>| allow.get() || permission.get() == Permission::Granted;
    if !in_call {
        devices.preview(memo(move || wanted(microphone)), memo(move || wanted(camera)));
    }
    let known = move || in_call || (wanted(microphone) && wanted(camera));
    let ask = el_class("div", "help")
        .hidden_when(known)
        .child(el_class("p", "small").text(aside_words().devices_unknown))
        .child(text_button("", aside_words().allow_devices, move || allow.set(true)));
    el_class("div", "settings")
        .child(ask)
        .child(help(Device::Microphone))
        .child(choice(DeviceKind::Microphone))
        .child(meter())
        .child(help(Device::Camera))
        .child(choice(DeviceKind::Camera))
        .child(own_picture())
        .child(choice(DeviceKind::Speaker))
}

/// What is the matter with a device that is being tried.
pub(crate) fn help(device: Device) -> El {
    let devices = use_shell().devices();
    let problem = devices.problem(device);
    trouble(device, move || problem.get(), move || devices.retry())
}

/// The list of one kind. A kind of which the browser offers no choice is not shown.
fn choice(kind: DeviceKind) -> El {
    let devices = use_shell().devices();
    let (list, chosen) = (devices.list(kind), devices.chosen(kind));
    choose_device(named(kind), list, chosen, move |id| devices.choose(kind, id))
        .hidden_when(move || kind == DeviceKind::Speaker && list.with(Vec::is_empty))
}

/// A list of devices, the system's default first, with an id of the element and a label.
pub(super) fn choose_device(
    (id, label): (&'static str, &str),
    list: Signal<Vec<DeviceInfo>>,
    chosen: Signal<Option<String>>,
    choose: impl Fn(Option<String>) + 'static,
) -> El {
    let options = move || list.get().into_iter().enumerate().collect();
    let select = el("select")
        .attr("id", id)
        .child(el("option").attr("value", "").text(aside_words().device_default))
        .each(options, Clone::clone, move |(nth, device)| option(nth, &device, chosen))
        .on_choice(move |id| choose((!id.is_empty()).then_some(id)));
    el_class("div", "field").child(el("label").attr("for", id).text(label)).child(select)
}

fn option(nth: usize, device: &DeviceInfo, chosen: Signal<Option<String>>) -> El {
    let label = match device.label.as_str() {
        "" => fill(aside_words().device_nth, &(nth + 1).to_string()),
        label => label.to_owned(),
    };
    let id = device.id.clone();
    let chosen = memo(move || chosen.with(|chosen| chosen.as_ref() == Some(&id)));
    el("option").attr("value", &device.id).attr_now("selected", move || chosen.get().then_some("")).text(&label)
}

/// The element's id and the label.
fn named(kind: DeviceKind) -> (&'static str, &'static str) {
    let aside = aside_words();
    match kind {
        DeviceKind::Microphone => ("microphone", aside.microphone),
        DeviceKind::Camera => ("camera", aside.camera),
        DeviceKind::Speaker => ("speaker", aside.speaker),
    }
}

/// How loud the microphone is: shows that it hears.
fn meter() -> El {
    let level = use_shell().devices().level();
    let width = move || [per_cent(level.get()).as_str(), "% 1"].concat();
    let bar = el_class("div", "level").attr("aria-hidden", "true").child(el("span").style_now("scale", width));
    el_class("div", "field").child(bar).child(small(aside_words().microphone_level))
}

/// A share of one as whole per cent.
fn per_cent(share: f32) -> String {
    // A float of this size converts exactly enough.
    #[allow(clippy::cast_possible_truncation)]
    let per_cent = (share.clamp(0.0, 1.0) * 100.0) as i32;
    per_cent.to_string()
}

fn own_picture() -> El {
    let devices = use_shell().devices();
    let own = devices.own();
    let off = el_class("span", "small quiet")
        .hidden_when(move || own.with(Option::is_some))
        .child(icon(Icon::CameraOff))
        .text(aside_words().camera_is_off);
    el_class("div", "own-picture").child(video(own, devices.mirrored())).child(off)
}
