//! Choosing a microphone, a camera and a speaker.

use call::Device;
use leptos::prelude::*;

use super::help::trouble;
use super::icon::{Icon, icon};
use crate::platform::{DeviceInfo, DeviceKind, Permission, Video};
use crate::shell::use_shell;
use crate::words::{fill, words};

/// The three choices, with a meter for the microphone and the picture of the camera. In a call they show what the call
/// uses; outside of one the devices are opened to be tried, at once where that was allowed before and else on request.
pub(crate) fn devices(in_call: bool) -> AnyView {
    let shell = use_shell();
    let devices = shell.devices();
    let (microphone, camera) = (devices.permission(Device::Microphone), devices.permission(Device::Camera));
    let allow = RwSignal::new(false);
    if !in_call {
        let wanted = move |permission: Permission| allow.get() || permission == Permission::Granted;
        devices.preview(Signal::derive(move || wanted(microphone.get())), Signal::derive(move || wanted(camera.get())));
    }
    let unknown = Memo::new(move |_| {
        let granted = |permission: ReadSignal<Permission>| permission.get() == Permission::Granted;
        !in_call && !allow.get() && !(granted(microphone) && granted(camera))
    });
    let help = move |device| {
        let devices = shell.devices();
        let retry = StoredValue::new(devices.clone());
        trouble(device, devices.problem(device).into(), move || retry.with_value(|devices| devices.retry()))
    };
    view! {
        <div class="help" hidden=move || !unknown.get()>
            <p class="small">{words().devices_unknown}</p>
            <button type="button" class="button" on:click=move |_| allow.set(true)>{words().allow_devices}</button>
        </div>
        {help(Device::Microphone)}
        {choice(DeviceKind::Microphone)}
        {meter()}
        {help(Device::Camera)}
        {choice(DeviceKind::Camera)}
        {own_picture()}
        {choice(DeviceKind::Speaker)}
    }
    .into_any()
}

/// The list of one kind. A kind of which the browser offers no choice is not shown.
fn choice(kind: DeviceKind) -> AnyView {
    let devices = use_shell().devices();
    let (list, chosen) = (devices.list(kind), devices.chosen(kind));
    let (id, label) = named(kind);
    let choose = move |event| {
        let id = event_target_value(&event);
        devices.choose(kind, (!id.is_empty()).then_some(id));
    };
    let options = move || {
        let chosen = chosen.get();
        let each = list.get().into_iter().enumerate();
        each.map(|(nth, device)| option(nth, &device, chosen.as_deref() == Some(&device.id))).collect_view()
    };
    let hidden = move || kind == DeviceKind::Speaker && list.with(Vec::is_empty);
    view! {
        <div class="field" hidden=hidden>
            <label for=id>{label}</label>
            <select id=id on:change=choose>
                <option value="">{words().device_default}</option>
                {options}
            </select>
        </div>
    }
    .into_any()
}

fn option(nth: usize, device: &DeviceInfo, chosen: bool) -> AnyView {
    let label = match device.label.as_str() {
        "" => fill(words().device_nth, &(nth + 1).to_string()),
        label => label.to_owned(),
    };
    view! {
        <option value=device.id.clone() selected=chosen>
            {label}
        </option>
    }
    .into_any()
}

/// The element's id and the label.
fn named(kind: DeviceKind) -> (&'static str, &'static str) {
    let words = words();
    match kind {
        DeviceKind::Microphone => ("microphone", words.microphone),
        DeviceKind::Camera => ("camera", words.camera),
        DeviceKind::Speaker => ("speaker", words.speaker),
    }
}

/// How loud the microphone is: shows that it hears.
fn meter() -> AnyView {
    let level = use_shell().devices().level();
    let width = move || [level.get().clamp(0.0, 1.0).to_string().as_str(), " 1"].concat();
    view! {
        <div class="field">
            <div class="level" aria-hidden="true">
                <span style:scale=width></span>
            </div>
            <p class="small quiet">{words().microphone_level}</p>
        </div>
    }
    .into_any()
}

fn own_picture() -> AnyView {
    let devices = use_shell().devices();
    let (own, mirrored) = (devices.own(), devices.mirrored());
    let off = move || own.with(Option::is_none);
    view! {
        <div class="own-picture">
            <Video stream=own mirrored=mirrored />
            <span class="small quiet" hidden=move || !off()>{icon(Icon::CameraOff)} {words().camera_is_off}</span>
        </div>
    }
    .into_any()
}
