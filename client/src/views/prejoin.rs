//! Before a room: how one looks and sounds, and going in.

use call::{Command, Device, OwnView};
use protocol::RoomCode;

use super::bar::{camera_look, microphone_look};
use super::control::control;
use super::devices::help;
use super::icon::{Icon, icon};
use super::invite::folded_invite;
use super::parts::{button, face, quiet, text_button};
use super::text::hue_class;
use super::ui::use_ui;
use crate::platform::{El, Route, el, el_class, video};
use crate::shell::use_shell;
use crate::signal::{RwSignal, memo};
use crate::words::{aside_words, fill, words};

/// What is wished for when going in.
#[derive(Clone, Copy)]
struct Wishes {
    microphone: RwSignal<bool>,
    camera: RwSignal<bool>,
}

/// The page before a room; without a code, before a new one.
pub(crate) fn prejoin(room: Option<RoomCode>) -> El {
    let shell = use_shell();
    let wishes = Wishes { microphone: RwSignal::new(true), camera: RwSignal::new(true) };
    shell.devices().preview(wishes.microphone.read_only(), wishes.camera.read_only());
    let title = match &room {
        Some(code) => fill(words().room_named, code.as_str()),
        None => aside_words().new_room.to_owned(),
    };
    let invite = room.as_ref().map(folded_invite);
    let join = move || {
        let camera = wishes.camera.get_untracked();
        let command = match &room {
            Some(room) => Command::JoinRoom { room: room.clone(), camera },
            None => Command::CreateRoom { name: None, camera },
        };
        shell.command(command);
        if !wishes.microphone.get_untracked() {
            shell.command(Command::SetMicrophone(false));
        }
    };
    let looks =
        el_class("div", "looks").child(looks(wishes)).child(help(Device::Microphone)).child(help(Device::Camera));
    let devices = use_shell().devices();
    let problems = (devices.problem(Device::Microphone), devices.problem(Device::Camera));
    let wrong = memo(move || problems.0.get().is_some() || problems.1.get().is_some());
    let trying = move || el_class("a", "button plain").leads_to(Route::Check).text(aside_words().can_i_call);
    el_class("div", "prejoin")
        .child(looks)
        .child(ask(&title, join).children(invite).show(move || wrong.get().then(trying)))
}

fn ask(title: &str, join: impl Fn() + 'static) -> El {
    let (words, aside) = (words(), aside_words());
    let (ui, router) = (use_ui(), use_shell().router());
    let back = move || {
        ui.new_room.set(false);
        router.go(Route::Home);
    };
    let settings = button("", move || ui.settings.set(true)).child(icon(Icon::Settings)).text(words.settings);
    let row = el_class("div", "row").child(text_button("main", words.join_room, join)).child(settings);
    el_class("div", "ask")
        .child(el_class("div", "words").child(el("h1").text(aside.ready_to_join)).child(quiet(title)))
        .child(row)
        .child(button("plain", back).child(icon(Icon::Back)).text(aside.back))
}

/// The preview with its two switches.
fn looks(wishes: Wishes) -> El {
    let shell = use_shell();
    let (me, devices) = (shell.shown().me, shell.devices());
    let (own, mirrored) = (devices.own(), devices.mirrored());
    let problems = (devices.problem(Device::Microphone), devices.problem(Device::Camera));
    let state = memo(move || OwnView {
        microphone: wishes.microphone.get(),
        camera: wishes.camera.get(),
        screen: false,
        held: false,
        recording: false,
        microphone_problem: problems.0.get(),
        camera_problem: problems.1.get(),
    });
    let seen = memo(move || state.get().camera && own.with(Option::is_some));
    let hue = move || me.with(|me| ["tile ", me.as_ref().map_or("", |me| hue_class(me.id.as_str()))].concat());
    let picture = el_class("div", "picture")
        .attr("role", "group")
        .attr("aria-label", aside_words().preview)
        .hidden_when(move || !seen.get())
        .child(video(own, mirrored));
    let other = devices.clone();
    let microphone = control(
        move || microphone_look(&state.get()),
        move || press(wishes.microphone, state.get_untracked().microphone_problem.is_some(), || devices.retry()),
    );
    let camera = control(
        move || camera_look(&state.get()),
        move || press(wishes.camera, state.get_untracked().camera_problem.is_some(), || other.retry()),
    );
    el("div")
        .class_now(hue)
        .show(move || me.get().map(|me| face(&me, "")))
        .child(picture)
        .child(el_class("div", "toggles").child(microphone).child(camera))
}

/// Turns a wish over; one that could not be fulfilled is tried again.
fn press(wish: RwSignal<bool>, wrong: bool, retry: impl Fn()) {
    if wrong && wish.get_untracked() {
        retry();
    } else {
        wish.update(|on| *on = !*on);
    }
}
