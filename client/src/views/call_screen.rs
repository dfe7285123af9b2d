//! A call: the people, one's own picture, what is the matter, and the controls that step aside when nothing moves.

use call::{CallView, Command, Device, Face, Time};
use leptos::prelude::*;

use super::bar::bar;
use super::help::trouble;
use super::icon::{Icon, icon};
use super::self_view::self_view;
use super::stage::stage;
use super::ui::use_ui;
use super::waits::{alone, waits};
use crate::shell::{Shell, use_shell};
use crate::words::words;

/// How long nothing has to move until only the people are left, in milliseconds.
const STILL_AFTER_MS: u64 = 4000;

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
pub(crate) fn call_screen() -> AnyView {
    let call = use_shell().shown().call;
    let scene = Memo::new(move |_| call.with(|call| call.as_ref().map_or(Scene::Waits, scene)));
    let pictured = Memo::new(move |_| call.with(|call| call.as_ref().is_some_and(pictured)));
    let alone_or_two = Memo::new(move |_| call.with(|call| call.as_ref().is_none_or(|call| call.others.len() < 2)));
    let hands = Hands::new(pictured.into());
    view! {
        <div
            class="call"
            class:over-picture=move || pictured.get() && alone_or_two.get()
            class:still=hands.still
            on:pointermove=move |_| hands.moved()
            on:pointerdown=move |_| hands.pressed()
            on:keydown=move |_| hands.typed()
            on:click:capture=move |event| {
                if hands.only_woke() {
                    event.stop_propagation();
                }
            }
        >
            {move || match scene.get() {
                Scene::Waits => waits(),
                Scene::Alone(code) => alone(&code),
                Scene::People => stage(),
            }}
            {move || alone_or_two.get().then(self_view)}
            {troubles()}
            <div on:focusin=move |_| hands.focused(true) on:focusout=move |_| hands.focused(false)>
                {bar()}
            </div>
        </div>
    }
    .into_any()
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
    call.others.iter().any(|other| other.media.camera)
}

/// What is the matter, above the controls.
fn troubles() -> AnyView {
    let shell = use_shell();
    let (call, unheard) = (shell.shown().call, shell.unheard());
    let problem = move |device: Device| {
        Signal::derive(move || {
            let own = super::bar::own_of(&call.get());
            match device {
                Device::Microphone => own.microphone_problem,
                Device::Camera => own.camera_problem,
            }
        })
    };
    let hear = shell.clone();
    let again = StoredValue::new(shell);
    let help = move |device: Device| {
        let command = match device {
            Device::Microphone => Command::SetMicrophone(true),
            Device::Camera => Command::SetCamera(true),
        };
        let retry = StoredValue::new(command);
        trouble(device, problem(device), move || again.with_value(|shell| shell.command(retry.get_value())))
    };
    view! {
        <div class="troubles">
            {help(Device::Microphone)} {help(Device::Camera)}
            <button type="button" class="button main" hidden=move || !unheard.get() on:click=move |_| hear.hear()>
                {icon(Icon::Speaker)}
                {words().click_to_hear}
            </button>
        </div>
    }
    .into_any()
}

/// Whether anybody moves anything: the controls leave when nothing does, and return at the first touch.
#[derive(Clone, Copy)]
struct Hands {
    still: Memo<bool>,
    last: RwSignal<Time>,
    /// The focus is on a control because of the keyboard (or a tool that acts like one). A control that was only
    /// clicked keeps the focus too, but nobody looks for it there.
    held: RwSignal<bool>,
    by_pointer: StoredValue<bool>,
    woke: StoredValue<bool>,
    shell: StoredValue<Shell>,
}

impl Hands {
    fn new(pictured: Signal<bool>) -> Self {
        let shell = use_shell();
        let (now, last, held) = (shell.seconds(), RwSignal::new(shell.now()), RwSignal::new(false));
        let settings = use_ui().settings;
        let still = Memo::new(move |_| {
            let waited = now.get().since(last.get()).as_millis();
            pictured.get() && !held.get() && !settings.get() && waited >= u128::from(STILL_AFTER_MS)
        });
        let (by_pointer, woke) = (StoredValue::new(false), StoredValue::new(false));
        Self { still, last, held, by_pointer, woke, shell: StoredValue::new(shell) }
    }

    fn moved(&self) {
        self.last.set(self.shell.with_value(Shell::now));
    }

    fn pressed(&self) {
        self.woke.set_value(self.still.get_untracked());
        self.by_pointer.set_value(true);
        self.moved();
    }

    fn typed(&self) {
        self.by_pointer.set_value(false);
        self.woke.set_value(false);
        self.moved();
    }

    fn focused(&self, on: bool) {
        // A control that goes away with the call loses the focus when all of this is gone already.
        if self.held.is_disposed() {
            return;
        }
        self.held.set(on && !self.by_pointer.get_value());
        self.moved();
    }

    /// The press only brought the controls back: what lay under the finger was not to be seen, so it is not meant.
    fn only_woke(&self) -> bool {
        let woke = self.woke.get_value();
        self.woke.set_value(false);
        woke
    }
}
