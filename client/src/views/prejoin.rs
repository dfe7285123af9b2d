//! Before a room: how one looks and sounds, and going in.

use call::{Command, Device, OwnView};
use leptos::prelude::*;
use protocol::{Person, RoomCode};

use super::bar::{camera_look, microphone_look};
use super::control::control;
use super::help::trouble;
use super::icon::{Icon, icon};
use super::parts::face;
use super::text::hue_class;
use super::ui::use_ui;
use crate::platform::{Devices, Route, Video};
use crate::shell::use_shell;
use crate::words::{fill, words};

/// The page before a room; without a code, before a new one.
pub(crate) fn prejoin(room: Option<RoomCode>) -> AnyView {
    let shell = use_shell();
    let (microphone, camera) = (RwSignal::new(true), RwSignal::new(true));
    let devices = shell.devices();
    devices.preview(microphone, camera);
    let title =
        room.as_ref().map_or_else(|| words().new_room.to_owned(), |code| fill(words().room_named, code.as_str()));
    let join = move || {
        let camera = camera.get_untracked();
        shell.command(match &room {
            Some(room) => Command::JoinRoom { room: room.clone(), camera },
            None => Command::CreateRoom { name: None, camera },
        });
        if !microphone.get_untracked() {
            shell.command(Command::SetMicrophone(false));
        }
    };
    view! {
        <div class="prejoin">
            <div class="looks">{looks(&devices, microphone, camera)} {help(&devices)}</div>
            {ask(title, join)}
        </div>
    }
    .into_any()
}

fn ask(title: String, join: impl Fn() + 'static) -> AnyView {
    let words = words();
    let (ui, router) = (use_ui(), use_shell().router());
    let back = move |_| {
        ui.new_room.set(false);
        router.go(Route::Home);
    };
    view! {
        <div class="ask">
            <div class="words">
                <h1>{words.ready_to_join}</h1>
                <p class="quiet">{title}</p>
            </div>
            <div class="row">
                <button type="button" class="button main" on:click=move |_| join()>
                    {words.join_room}
                </button>
                <button type="button" class="button" on:click=move |_| ui.settings.set(true)>
                    {icon(Icon::Settings)}
                    {words.settings}
                </button>
            </div>
            <button type="button" class="button plain" on:click=back>
                {icon(Icon::Back)}
                {words.back}
            </button>
        </div>
    }
    .into_any()
}

/// The preview with its two switches.
fn looks(devices: &Devices, microphone: RwSignal<bool>, camera: RwSignal<bool>) -> AnyView {
    let me = use_shell().shown().me;
    let (own, mirrored) = (devices.own(), devices.mirrored());
    let problems = (devices.problem(Device::Microphone), devices.problem(Device::Camera));
    let state = Memo::new(move |_| OwnView {
        microphone: microphone.get(),
        camera: camera.get(),
        microphone_problem: problems.0.get(),
        camera_problem: problems.1.get(),
    });
    let seen = Memo::new(move |_| state.get().camera && own.with(Option::is_some));
    let hue = move || me.with(|me| me.as_ref().map(|me: &Person| ["tile ", hue_class(me.id.as_str())].concat()));
    let retry = StoredValue::new(devices.clone());
    let press = move |switch: RwSignal<bool>, wrong: bool| {
        if wrong {
            switch.set(true);
            retry.with_value(Devices::retry);
        } else {
            switch.update(|on| *on = !*on);
        }
    };
    view! {
        <div class=hue>
            {move || me.with(|me| me.as_ref().map(|me| face(me, "")))}
            <div class="picture" role="group" aria-label=words().preview hidden=move || !seen.get()>
                <Video stream=own mirrored=mirrored />
            </div>
            <div class="toggles">
                {control(
                    move || microphone_look(&state.get()),
                    move || press(microphone, state.get_untracked().microphone_problem.is_some()),
                )}
                {control(
                    move || camera_look(&state.get()),
                    move || press(camera, state.get_untracked().camera_problem.is_some()),
                )}
            </div>
        </div>
    }
    .into_any()
}

fn help(devices: &Devices) -> AnyView {
    let retry = StoredValue::new(devices.clone());
    let of = |device| trouble(device, devices.problem(device).into(), move || retry.with_value(Devices::retry));
    [of(Device::Microphone), of(Device::Camera)].collect_view().into_any()
}
