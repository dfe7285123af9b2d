//! Microphones, cameras and speakers, for the views: what there is, what is chosen, and what it hears and sees.

use std::rc::Rc;

use call::{Device, MediaProblem};
use leptos::prelude::*;
use web_sys::MediaStreamTrack;

use super::effect::{at_the_end, effect};
use super::media::Engine;
use super::queue::Sender;
use super::{Senses, Stream, meter};
use crate::signal::{RwSignal, Signal, memo};

/// The kinds of device a person can choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceKind {
    /// What hears them.
    Microphone,
    /// What sees them.
    Camera,
    /// What they hear others with. Browsers that cannot choose (Safari) list none.
    Speaker,
}

/// A device as the browser lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// Stable for this site on this browser.
    pub id: String,
    /// As the system calls it.
    pub label: String,
}

/// Whether the browser lets the page use a microphone or camera (permissions section 5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Permission {
    /// The browser does not tell.
    #[default]
    Unknown,
    /// The person will be asked.
    Prompt,
    /// It may be used at once.
    Granted,
    /// It may not be used until the person changes the site's settings.
    Denied,
}

/// One value per kind of device.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PerKind<T> {
    pub(crate) microphone: T,
    pub(crate) camera: T,
    pub(crate) speaker: T,
}

impl<T: Copy> PerKind<T> {
    pub(crate) fn of(&self, kind: DeviceKind) -> T {
        match kind {
            DeviceKind::Microphone => self.microphone,
            DeviceKind::Camera => self.camera,
            DeviceKind::Speaker => self.speaker,
        }
    }
}

/// One value for the microphone and one for the camera.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PerDevice<T> {
    pub(crate) microphone: T,
    pub(crate) camera: T,
}

impl<T: Copy> PerDevice<T> {
    pub(crate) fn of(&self, device: Device) -> T {
        match device {
            Device::Microphone => self.microphone,
            Device::Camera => self.camera,
        }
    }
}

/// What the views can see of the devices.
#[derive(Clone, Copy)]
pub(crate) struct Shown {
    pub(crate) own: RwSignal<Option<Stream>>,
    pub(crate) lists: PerKind<RwSignal<Vec<DeviceInfo>>>,
    pub(crate) chosen: PerKind<RwSignal<Option<String>>>,
    pub(crate) permissions: PerDevice<RwSignal<Permission>>,
    pub(crate) problems: PerDevice<RwSignal<Option<MediaProblem>>>,
    pub(crate) denied_by_system: RwSignal<bool>,
    /// The back camera of a phone is on.
    pub(crate) back: RwSignal<bool>,
    /// Counts up when the microphone is opened or exchanged, so that a meter follows.
    pub(crate) microphone_changes: RwSignal<u32>,
}

impl Shown {
    pub(crate) fn new() -> Self {
        Self {
            own: RwSignal::new(None),
            lists: PerKind {
                microphone: RwSignal::new(Vec::new()),
                camera: RwSignal::new(Vec::new()),
                speaker: RwSignal::new(Vec::new()),
            },
            chosen: PerKind {
                microphone: RwSignal::new(None),
                camera: RwSignal::new(None),
                speaker: RwSignal::new(None),
            },
            permissions: PerDevice {
                microphone: RwSignal::new(Permission::Unknown),
                camera: RwSignal::new(Permission::Unknown),
            },
            problems: PerDevice { microphone: RwSignal::new(None), camera: RwSignal::new(None) },
            denied_by_system: RwSignal::new(false),
            back: RwSignal::new(false),
            microphone_changes: RwSignal::new(0),
        }
    }
}

/// The microphones, cameras and speakers. Cheap to clone.
#[derive(Clone)]
pub struct Devices(Rc<Engine>);

impl Devices {
    /// The handle for the views, and what does the work.
    pub(crate) fn new(events: &Sender) -> (Self, Rc<Engine>) {
        let engine = Engine::new(events.clone(), Shown::new());
        (Self(engine.clone()), engine)
    }

    /// One's own picture, while the camera is on: for the self view and for previews.
    #[must_use]
    pub fn own(&self) -> Signal<Option<Stream>> {
        self.0.shown.own.read_only()
    }

    /// One's own picture should be shown as in a mirror; not so the back camera's.
    #[must_use]
    pub fn mirrored(&self) -> Signal<bool> {
        let back = self.0.shown.back;
        memo(move || !back.get())
    }

    /// The devices of a kind, without the system's default, which [`Self::choose`] calls `None`. Empty until the browser
    /// may tell: names are given only to pages with permission. Follows what is plugged in and out.
    #[must_use]
    pub fn list(&self, kind: DeviceKind) -> Signal<Vec<DeviceInfo>> {
        self.0.shown.lists.of(kind).read_only()
    }

    /// The id of the chosen device; `None` is the system's default. It may be one that is not plugged in now.
    #[must_use]
    pub fn chosen(&self, kind: DeviceKind) -> Signal<Option<String>> {
        self.0.shown.chosen.of(kind).read_only()
    }

    /// Chooses a device, now and for later visits. If it is in use, it is exchanged without a gap.
    pub fn choose(&self, kind: DeviceKind, id: Option<String>) {
        self.0.choose(kind, id);
    }

    /// There is a front and a back camera to switch between: a phone or tablet with more than one.
    #[must_use]
    pub fn can_flip(&self) -> Signal<bool> {
        let cameras = self.0.shown.lists.camera;
        let handheld = window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches());
        memo(move || handheld && cameras.with(|list| list.len() > 1))
    }

    /// Switches between the front and the back camera.
    pub fn flip_camera(&self) {
        self.0.flip();
    }

    /// Whether the browser lets the page use it.
    #[must_use]
    pub fn permission(&self, device: Device) -> Signal<Permission> {
        self.0.shown.permissions.of(device).read_only()
    }

    /// Why a device is not open although a preview or a call wants it.
    #[must_use]
    pub fn problem(&self, device: Device) -> Signal<Option<MediaProblem>> {
        self.0.shown.problems.of(device).read_only()
    }

    /// The last refusal came from the operating system, not from the browser's own settings.
    #[must_use]
    pub fn denied_by_system(&self) -> Signal<bool> {
        self.0.shown.denied_by_system.read_only()
    }

    /// Opens the microphone and camera outside of a call, to see and hear oneself, for as long as the component lives
    /// that asks. A call that begins meanwhile takes them over without opening them again.
    pub fn preview(&self, microphone: Signal<bool>, camera: Signal<bool>) {
        let engine = self.0.clone();
        let last = engine.clone();
        effect(move || engine.preview(microphone.get(), camera.get()));
        at_the_end(move || last.preview(false, false));
    }

    /// Tries again what failed, for a "try again" button.
    pub fn retry(&self) {
        self.0.retry();
    }

    /// The open microphone.
    pub(crate) fn microphone_track(&self) -> Option<MediaStreamTrack> {
        self.0.microphone()
    }

    /// The open camera.
    pub(crate) fn camera_track(&self) -> Option<MediaStreamTrack> {
        self.0.camera()
    }

    /// Listens and looks for the watchers over a call.
    pub(crate) fn senses(&self) -> Senses {
        Senses::new(self.0.clone())
    }

    /// Takes smaller pictures, fewer of them, until the camera is opened anew: this machine does not keep up.
    pub(crate) fn spare(&self) {
        self.0.spare();
    }

    /// How loud the microphone is, 0 to 1, some ten times a second, for as long as the component lives that asks. It
    /// stays 0 while the microphone is closed.
    #[must_use]
    pub fn level(&self) -> Signal<f32> {
        meter::level(self.0.clone(), self.0.shown.microphone_changes)
    }
}
