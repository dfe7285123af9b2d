//! A call: the people, one's own picture, what is the matter, and the controls that step aside when nothing moves.

use std::time::Duration;

use call::{CallView, Command, Device, Face, MediaProblem, OwnView, Time};

use super::along::Along;
use super::announce::call_announcer;
use super::bar::{bar, own_of};
use super::beside::beside;
use super::choices::Choices;
use super::help::trouble;
use super::hints::hints;
use super::holding::{held_call, on_hold};
use super::leaving::leaving;
use super::lost::lost;
use super::media_keys::media_keys;
use super::recorded::recorded;
use super::room_people::{knocking, muted, people_window};
use super::screen_share::ScreenShare;
use super::second_call::second_call;
use super::self_view::{hidden_self, self_view};
use super::shortcuts::shortcuts;
use super::stage::{is_several, stage};
use super::tile_menu::tile_menu;
use super::ui::use_ui;
use super::waits::{alone, waits};
use crate::bandwidth::share_out;
use crate::platform::{El, Floating, el, el_class, now};
use crate::shell::use_shell;
use crate::signal::{RwSignal, Signal, memo};
use crate::words::group_words;

/// How long nothing has to move until only the people are left.
const STILL_AFTER: Duration = Duration::from_secs(4);
/// A control that takes the focus this soon after a press took it because of that.
const PRESS: Duration = Duration::from_millis(700);

/// Which of its faces the screen shows.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Scene {
    /// Nobody else is there yet.
    Waits,
    /// In a room, alone.
    Alone(protocol::RoomCode),
    /// With others.
    People,
}

/// The call.
pub(crate) fn call_screen() -> El {
    let call = use_shell().shown().call;
    let scene = memo(move || call.with(|call| call.as_ref().map_or(Scene::Waits, scene)));
    let pictured = memo(move || call.with(|call| call.as_ref().is_some_and(pictured)));
    let two = memo(move || call.with(|call| call.as_ref().is_none_or(|call| !is_several(call))));
    let (choices, share) = (Choices::new(), ScreenShare::of_this_page());
    let (people, menu) = (RwSignal::new(false), RwSignal::new(false));
    let hands = Hands::new(pictured, menu);
    share_out();
    let floating = Floating::new(group_words().float_elsewhere);
    media_keys(&floating);
    let controls = el("div")
        .on("focusin", move |_| hands.focused(true))
        .on("focusout", move |_| hands.focused(false))
        .child(bar(people, menu, &share, &floating));
    el_class("div", "call")
        .class_when("over-picture", move || pictured.get() && two.get())
        .class_when("still", move || hands.still.get())
        .on_pointer("pointermove", move |_| hands.moved())
        .on_pointer("pointerdown", move |_| hands.pressed())
        .on_key(move |_| hands.typed())
        .on_first("click", move || hands.only_woke())
        .show(move || {
            Some(match scene.get() {
                Scene::Waits => waits(),
                Scene::Alone(code) => alone(&code),
                Scene::People => stage(choices),
            })
        })
        .show(move || match (two.get(), choices.self_hidden.get()) {
            (true, _) => Some(self_view(choices.self_hidden)),
            (false, true) => Some(hidden_self(choices.self_hidden)),
            (false, false) => None,
        })
        .child(lost())
        .child(on_hold())
        .child(held_call())
        .child(second_call())
        .child(tile_menu(choices))
        .child(knocking())
        .child(share.notice())
        .child(el_class("div", "marks").child(recorded()).child(beside(Along::OfRecording)))
        .child(shortcuts(choices, &share, &floating))
        .child(troubles())
        .child(controls)
        .child(people_window(people))
        .child(leaving())
        .child(call_announcer())
}

fn scene(call: &CallView) -> Scene {
    match (&call.room, call.face) {
        _ if !call.others.is_empty() => Scene::People,
        (Some(room), Face::Active { .. } | Face::Reconnecting { .. }) => Scene::Alone(room.code.clone()),
        _ => Scene::Waits,
    }
}

/// Somebody's picture is to be seen, so there is something that the controls are in front of.
fn pictured(call: &CallView) -> bool {
    !call.is_on_hold() && call.others.iter().any(|other| other.media.camera)
}

/// What is the matter, above the controls.
fn troubles() -> El {
    let microphone = help(Device::Microphone, Command::SetMicrophone(true), |own| own.microphone_problem);
    let camera = help(Device::Camera, Command::SetCamera(true), |own| own.camera_problem);
    el_class("div", "troubles").child(muted()).child(microphone).child(camera).child(hints())
}

fn help(device: Device, retry: Command, problem: fn(&OwnView) -> Option<MediaProblem>) -> El {
    let shell = use_shell();
    let call = shell.shown().call;
    trouble(device, move || problem(&call.with(own_of)), move || shell.command(retry.clone()))
}

/// Whether anybody moves anything: the controls leave when nothing does, and return at the first touch.
#[derive(Clone, Copy)]
struct Hands {
    still: Signal<bool>,
    last: RwSignal<Time>,
    /// The focus is on a control because of the keyboard (or a tool that acts like one). A control that was only
    /// clicked keeps the focus too, but nobody looks for it there.
    held: RwSignal<bool>,
    press: RwSignal<Time>,
    woke: RwSignal<bool>,
}

impl Hands {
    /// `menu` is open where one of the controls has more to choose from.
    fn new(pictured: Signal<bool>, menu: RwSignal<bool>) -> Self {
        let shell = use_shell();
        let (seconds, last, held) = (shell.seconds(), RwSignal::new(now()), RwSignal::new(false));
        let settings = use_ui().settings;
        let still = memo(move || {
            let waited = seconds.get().since(last.get());
            pictured.get() && !held.get() && !settings.get() && !menu.get() && waited >= STILL_AFTER
        });
        let (press, woke) = (RwSignal::default(), RwSignal::default());
        Self { still, last, held, press, woke }
    }

    fn moved(&self) {
        self.last.set(now());
    }

    fn pressed(&self) {
        self.woke.set(self.still.get_untracked());
        self.moved();
        self.press.set(self.last.get_untracked());
    }

    fn typed(&self) {
        self.woke.set(false);
        self.moved();
    }

    fn focused(&self, on: bool) {
        self.moved();
        self.held.set(on && self.last.get_untracked().since(self.press.get_untracked()) > PRESS);
    }

    /// The press only brought the controls back: what lay under the finger was not to be seen, so it is not meant.
    fn only_woke(&self) -> bool {
        let woke = self.woke.get_untracked();
        self.woke.set(false);
        woke
    }
}
