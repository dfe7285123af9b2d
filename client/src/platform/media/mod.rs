//! The microphone and camera: opened, exchanged and closed as the phone and the page's previews want them.
//!
//! Each has a [`slot::Slot`] that decides; the [`Engine`] does what the slots decide and tells the shell.

mod constraints;
mod lists;
mod permissions;
mod slot;
#[cfg(test)]
mod tests;
mod track;

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use call::{Device, Input, MediaProblem, Microphone, WantedMedia};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MediaStream, MediaStreamTrack};

use self::constraints::{Choice, Refusal, Request};
use self::permissions::Watch;
use self::slot::{Attempt, Slot, Wish};
use self::track::Track;
use super::devices::{DeviceKind, PerKind, Permission, Shown};
use super::listener::Listener;
use super::queue::{Event, Sender};
use super::storage::{self, Keep};
use super::task::spawn;
use super::{Stream, js};

const BOTH: [Device; 2] = [Device::Microphone, Device::Camera];

/// Where the chosen devices are kept.
const KEYS: PerKind<&str> = PerKind { microphone: "alo-microphone", camera: "alo-camera", speaker: "alo-speaker" };

/// Owns the open microphone and camera.
pub(crate) struct Engine {
    me: Weak<Engine>,
    events: Sender,
    /// What the views see of it.
    pub(crate) shown: Shown,
    state: RefCell<State>,
}

struct State {
    microphone: Slot<Track>,
    camera: Slot<Track>,
    wanted: WantedMedia,
    /// Previewed: the microphone, the camera.
    preview: (bool, bool),
    permissions: [Option<Watch>; 2],
    _plugged: Option<Listener>,
}

impl State {
    fn slot(&mut self, device: Device) -> &mut Slot<Track> {
        match device {
            Device::Microphone => &mut self.microphone,
            Device::Camera => &mut self.camera,
        }
    }

    fn wish(&self, device: Device) -> Wish {
        let (call, preview) = match device {
            Device::Microphone => (self.wanted.microphone != Microphone::Closed, self.preview.0),
            Device::Camera => (self.wanted.camera, self.preview.1),
        };
        Wish { call, preview, may_ask: preview || (call && self.wanted.may_ask) }
    }
}

/// Attempts under way in one request.
#[derive(Clone, Copy)]
struct Asked {
    microphone: Option<Attempt>,
    camera: Option<Attempt>,
    any_size: bool,
    /// Not only the chosen device: it is not there.
    any_device: bool,
}

impl Asked {
    const fn of(self, device: Device) -> Option<Attempt> {
        match device {
            Device::Microphone => self.microphone,
            Device::Camera => self.camera,
        }
    }

    /// This request without the other device.
    const fn only(self, device: Device) -> Self {
        match device {
            Device::Microphone => Self { camera: None, ..self },
            Device::Camera => Self { microphone: None, ..self },
        }
    }
}

impl Engine {
    /// Nothing is open. Permissions and the devices there are become known a moment later.
    pub(crate) fn new(events: Sender, shown: Shown) -> Rc<Self> {
        for kind in [DeviceKind::Microphone, DeviceKind::Camera, DeviceKind::Speaker] {
            shown.chosen.of(kind).set(storage::load(Keep::Always, KEYS.of(kind)));
        }
        let engine = Rc::new_cyclic(|me: &Weak<Self>| {
            let plugged = constraints::media_devices().map(|devices| {
                let me = me.clone();
                Listener::new(&devices, "devicechange", move |_| recover(&me))
            });
            let state = State {
                microphone: Slot::new(Device::Microphone),
                camera: Slot::new(Device::Camera),
                wanted: WantedMedia::default(),
                preview: (false, false),
                permissions: [None, None],
                _plugged: plugged,
            };
            Self { me: me.clone(), events, shown, state: RefCell::new(state) }
        });
        for device in BOTH {
            spawn(watch_permission(engine.me.clone(), device));
        }
        spawn(lists::refresh(shown.lists));
        engine
    }

    /// Has the devices like this from now on.
    pub(crate) fn want(&self, wanted: WantedMedia) {
        self.state.borrow_mut().wanted = wanted;
        self.settle();
    }

    /// Shows the devices outside of a call.
    pub(crate) fn preview(&self, microphone: bool, camera: bool) {
        self.state.borrow_mut().preview = (microphone, camera);
        self.settle();
    }

    /// Asks again for what was refused or missing.
    pub(crate) fn retry(&self) {
        for device in BOTH {
            self.state.borrow_mut().slot(device).try_again();
        }
        self.settle();
    }

    /// Uses another device, now and on later visits.
    pub(crate) fn choose(&self, kind: DeviceKind, id: Option<String>) {
        storage::store(Keep::Always, KEYS.of(kind), id.as_deref().unwrap_or_default());
        self.shown.chosen.of(kind).set(id.clone());
        match kind {
            DeviceKind::Speaker => self.events.send(Event::Speaker(id)),
            DeviceKind::Microphone => self.exchange(Device::Microphone),
            DeviceKind::Camera => {
                self.shown.back.set(false);
                self.exchange(Device::Camera);
            }
        }
    }

    /// Switches between a phone's front and back camera. Phones open only one at a time, so the open one is closed first.
    pub(crate) fn flip(&self) {
        self.shown.chosen.camera.set(None);
        self.shown.back.update(|back| *back = !*back);
        drop(self.state.borrow_mut().camera.take());
        self.exchange(Device::Camera);
    }

    /// The open microphone, for a meter.
    pub(crate) fn microphone(&self) -> Option<MediaStreamTrack> {
        self.state.borrow().microphone.open().map(|track| track.handle())
    }

    /// The open camera.
    pub(crate) fn camera(&self) -> Option<MediaStreamTrack> {
        self.state.borrow().camera.open().map(|track| track.handle())
    }

    /// Has the camera take smaller pictures, fewer of them.
    pub(crate) fn spare(&self) {
        self.camera().into_iter().for_each(|track| constraints::spare(&track));
    }

    /// Opens the chosen device beside the one in use.
    fn exchange(&self, device: Device) {
        let attempt = {
            let mut state = self.state.borrow_mut();
            if state.wish(device) == Wish::default() {
                return;
            }
            state.slot(device).begin()
        };
        let asked = Asked { microphone: Some(attempt), camera: Some(attempt), any_size: false, any_device: false };
        self.ask(asked.only(device));
    }

    /// Brings what is open in line with what is wanted.
    fn settle(&self) {
        for device in BOTH {
            let mut state = self.state.borrow_mut();
            let wish = state.wish(device);
            let closed = state.slot(device).want(wish);
            drop(state);
            if closed.is_some() {
                self.publish(device);
            }
        }
        self.mute();
        self.open_wanted();
        self.tell();
    }

    /// A muted microphone stays open and sends silence, so that unmuting is instant.
    fn mute(&self) {
        let state = self.state.borrow();
        if let Some(track) = state.microphone.open() {
            track.media().set_enabled(state.preview.0 || state.wanted.microphone != Microphone::Muted);
        }
    }

    fn open_wanted(&self) {
        let mut state = self.state.borrow_mut();
        let granted = BOTH.map(|device| self.shown.permissions.of(device).get_untracked() == Permission::Granted);
        let [microphone, camera] = granted;
        let due = Asked {
            microphone: state.microphone.should_open(microphone).then(|| state.microphone.begin()),
            camera: state.camera.should_open(camera).then(|| state.camera.begin()),
            any_size: false,
            any_device: false,
        };
        drop(state);
        match due {
            Asked { microphone: None, camera: None, .. } => {}
            // One prompt for both, where there has to be one.
            Asked { microphone: Some(_), camera: Some(_), .. } if granted == [false, false] => self.ask(due),
            _ => BOTH.into_iter().filter(|&device| due.of(device).is_some()).for_each(|one| self.ask(due.only(one))),
        }
    }

    /// The request leaves before this returns; its answer comes to [`Self::answered`].
    fn ask(&self, asked: Asked) {
        let request = Request {
            microphone: asked.microphone.map(|_| self.choice(DeviceKind::Microphone, asked.any_device)),
            camera: asked.camera.map(|_| self.choice(DeviceKind::Camera, asked.any_device)),
            any_size: asked.any_size,
        };
        let me = self.me.clone();
        let answer = request.send();
        spawn(async move {
            let answer = match answer {
                None => Err(Refusal { problem: MediaProblem::Insecure, by_system: false, size: false }),
                Some(Ok(promise)) => js::settled(promise).await.map_err(|error| Refusal::of(&error)),
                Some(Err(error)) => Err(Refusal::of(&error)),
            };
            let tracks = answer.map(tracks_of);
            match me.upgrade() {
                Some(me) => me.answered(asked, tracks),
                None => tracks.into_iter().flatten().for_each(|track| track.stop()),
            }
        });
    }

    /// The request insists on a device that the person chose.
    fn chose(&self, asked: Asked) -> bool {
        let chosen = |asked: Option<Attempt>, kind| {
            asked.is_some() && self.shown.chosen.of(kind).with_untracked(Option::is_some)
        };
        !asked.any_device
            && (chosen(asked.microphone, DeviceKind::Microphone) || chosen(asked.camera, DeviceKind::Camera))
    }

    fn choice(&self, kind: DeviceKind, any_device: bool) -> Choice {
        match self.shown.chosen.of(kind).get_untracked() {
            Some(id) if !any_device => Choice::Id(id),
            _ if kind == DeviceKind::Camera && self.shown.back.get_untracked() => Choice::Back,
            _ if kind == DeviceKind::Camera => Choice::Front,
            _ => Choice::Default,
        }
    }

    fn answered(&self, asked: Asked, answer: Result<Vec<MediaStreamTrack>, Refusal>) {
        match answer {
            Ok(tracks) => {
                tracks.into_iter().for_each(|track| self.opened(asked, track));
                spawn(lists::refresh(self.shown.lists));
            }
            // One that is missing or broken must not take the other with it.
            Err(refusal)
                if asked.microphone.is_some() && asked.camera.is_some() && refusal.problem != MediaProblem::Denied =>
            {
                BOTH.into_iter().for_each(|device| self.ask(asked.only(device)));
            }
            // The chosen device is unplugged: any other is better than none.
            Err(refusal) if refusal.problem == MediaProblem::Missing && self.chose(asked) => {
                self.ask(Asked { any_device: true, ..asked });
            }
            Err(refusal) if refusal.size && !asked.any_size => self.ask(Asked { any_size: true, ..asked }),
            Err(refusal) => self.refused(asked, refusal),
        }
        self.tell();
    }

    fn opened(&self, asked: Asked, media: MediaStreamTrack) {
        let device = if media.kind() == "audio" { Device::Microphone } else { Device::Camera };
        let me = self.me.clone();
        let track = Track::new(media, move || {
            if let Some(me) = me.upgrade() {
                me.ended(device);
            }
        });
        let Some(attempt) = asked.of(device) else { return };
        // What is handed back (the one before, or this one if it is late) is stopped only when the new one is in use.
        let stopped = self.state.borrow_mut().slot(device).opened(attempt, track);
        self.mute();
        self.publish(device);
        drop(stopped);
    }

    fn refused(&self, asked: Asked, refusal: Refusal) {
        if refusal.problem == MediaProblem::Denied {
            self.shown.denied_by_system.set(refusal.by_system);
        }
        for device in BOTH {
            if let Some(attempt) = asked.of(device) {
                self.state.borrow_mut().slot(device).failed(attempt, refusal.problem);
            }
        }
    }

    /// The open device went away by itself. What is still there may take its place.
    fn ended(&self, device: Device) {
        let lost = self.state.borrow_mut().slot(device).lost();
        if lost.is_some() {
            self.publish(device);
            self.tell();
            recover(&self.me);
        }
    }

    /// Gives the track in use, or its absence, to the peer connections and the self view.
    fn publish(&self, device: Device) {
        let track = self.state.borrow_mut().slot(device).open().map(|track| track.handle());
        match device {
            Device::Microphone => self.shown.microphone_changes.update(|count| *count = count.wrapping_add(1)),
            Device::Camera => self.shown.own.set(track.as_ref().and_then(Stream::of)),
        }
        self.events.send(Event::LocalTrack(device, track));
    }

    /// Tells the phone and the views what they do not know yet.
    fn tell(&self) {
        for device in BOTH {
            let (news, problem) = {
                let mut state = self.state.borrow_mut();
                let slot = state.slot(device);
                (slot.news(), slot.problem())
            };
            let shown = self.shown.problems.of(device);
            if shown.get_untracked() != problem {
                shown.set(problem);
            }
            if let Some(news) = news {
                self.events.send(Input::Media(news));
            }
        }
    }
}

fn tracks_of(stream: JsValue) -> Vec<MediaStreamTrack> {
    let tracks = stream.dyn_into::<MediaStream>().map(|stream| stream.get_tracks());
    tracks.map(|tracks| Array::iter(&tracks).filter_map(|track| track.dyn_into().ok()).collect()).unwrap_or_default()
}

/// Looks at what is plugged in, and tries again what was missing or lost.
fn recover(engine: &Weak<Engine>) {
    let Some(lists) = engine.upgrade().map(|engine| engine.shown.lists) else { return };
    let engine = engine.clone();
    spawn(async move {
        lists::refresh(lists).await;
        let Some(engine) = engine.upgrade() else { return };
        for device in BOTH {
            let may = matches!(
                engine.shown.permissions.of(device).get_untracked(),
                Permission::Granted | Permission::Unknown
            );
            let mut state = engine.state.borrow_mut();
            let slot = state.slot(device);
            if may && matches!(slot.problem(), Some(MediaProblem::Lost | MediaProblem::Missing | MediaProblem::InUse)) {
                slot.try_again();
            }
        }
        engine.settle();
    });
}

/// Follows a permission: one that is granted while it rings lets the device be opened at once.
async fn watch_permission(engine: Weak<Engine>, device: Device) {
    let changed = engine.clone();
    let watch = Watch::new(device, move || {
        if let Some(engine) = changed.upgrade() {
            engine.permission_changed(device);
        }
    });
    let Some(watch) = watch.await else { return };
    if let Some(engine) = engine.upgrade() {
        let [microphone, camera] = &mut engine.state.borrow_mut().permissions;
        *(if device == Device::Microphone { microphone } else { camera }) = Some(watch);
    }
    if let Some(engine) = engine.upgrade() {
        engine.permission_changed(device);
    }
}

impl Engine {
    fn permission_changed(&self, device: Device) {
        let state = {
            let state = self.state.borrow();
            let [microphone, camera] = &state.permissions;
            let watch = if device == Device::Microphone { microphone } else { camera };
            watch.as_ref().map_or(Permission::Unknown, Watch::state)
        };
        permissions::show(self.shown.permissions.of(device), state);
        if state == Permission::Granted {
            self.state.borrow_mut().slot(device).try_again();
        }
        self.settle();
    }
}
