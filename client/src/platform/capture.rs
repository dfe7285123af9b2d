//! A screen, a window or a tab that is shared (screen-capture section 5).

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::{Object, Promise};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MediaStream, MediaStreamTrack};

use super::listener::Listener;
use super::peer::Shared;
use super::task::spawn;
use super::{js, window};
use crate::signal::{RwSignal, Signal};

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sharing {
    /// Nothing is shared.
    #[default]
    Off,
    /// The browser asks the person what.
    Asking,
    /// It is shared.
    On {
        /// This window is, or may well be, part of what is to be seen.
        mirror: bool,
    },
    /// The browser could not.
    Failed,
}

type Tell = Box<dyn Fn(Option<Shared>)>;

/// What is shared from here.
pub(crate) struct Capture(Rc<Inner>);

struct Inner {
    state: RwSignal<Sharing>,
    taken: RefCell<Option<Taken>>,
    /// Counts what was asked for: an answer that nobody waits for any more is stopped.
    asked: Cell<u32>,
    tell: Tell,
}

/// Tracks, running until dropped.
struct Taken {
    tracks: Vec<MediaStreamTrack>,
    _ended: Listener,
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.tracks.iter().for_each(MediaStreamTrack::stop);
    }
}

impl Capture {
    /// Nothing is shared. `tell` is told what is, and when it is over, whoever ended it.
    pub(crate) fn new(tell: impl Fn(Option<Shared>) + 'static) -> Self {
        let inner =
            Inner { state: RwSignal::default(), taken: RefCell::new(None), asked: Cell::new(0), tell: Box::new(tell) };
        Self(Rc::new(inner))
    }

    /// The browser can.
    pub(crate) fn is_possible() -> bool {
        js::field(&devices(), "getDisplayMedia").is_function()
    }

    /// How far it is.
    pub(crate) fn state(&self) -> Signal<Sharing> {
        self.0.state.read_only()
    }

    /// Asks the person what to share. To be called from a press.
    pub(crate) fn start(&self) {
        if matches!(self.0.state.get_untracked(), Sharing::Asking | Sharing::On { .. }) {
            return;
        }
        let asked = js::call(&devices(), "getDisplayMedia", &[&wishes()]).map(JsCast::dyn_into::<Promise>);
        let Some(Ok(asked)) = asked else { return self.0.state.set(Sharing::Failed) };
        self.0.asked.set(self.0.asked.get().wrapping_add(1));
        self.0.state.set(Sharing::Asking);
        let (inner, number) = (Rc::downgrade(&self.0), self.0.asked.get());
        spawn(async move {
            let answer = js::settled(asked).await;
            answered(&inner, number, answer);
        });
    }

    /// Shares nothing any more.
    pub(crate) fn stop(&self) {
        self.0.stop();
    }
}

impl Inner {
    fn stop(&self) {
        self.asked.set(self.asked.get().wrapping_add(1));
        let taken = self.taken.take();
        self.state.set(Sharing::Off);
        if taken.is_some() {
            (self.tell)(None);
        }
    }
}

fn answered(inner: &Weak<Inner>, number: u32, answer: Result<JsValue, JsValue>) {
    let refused = answer.as_ref().err().map(js::error_name);
    let stream = answer.and_then(JsCast::dyn_into::<MediaStream>).ok();
    let tracks = stream.map(|stream| stream.get_tracks().iter().filter_map(|track| track.dyn_into().ok()).collect());
    let tracks: Vec<MediaStreamTrack> = tracks.unwrap_or_default();
    let Some(inner) = inner.upgrade().filter(|inner| inner.asked.get() == number) else {
        return tracks.iter().for_each(MediaStreamTrack::stop);
    };
    // The person thought better of it.
    if refused.as_deref() == Some("NotAllowedError") {
        return inner.state.set(Sharing::Off);
    }
    let of = |kind: &str| tracks.iter().find(|track| track.kind() == kind).cloned();
    let Some(picture) = of("video") else { return inner.state.set(Sharing::Failed) };
    let sound = of("audio");
    // Letters stay sharp, whatever that costs in frames (mst-content-hint section 3).
    js::set(&picture, "contentHint", &JsValue::from_str("detail"));
    let weak = Rc::downgrade(&inner);
    let ended = Listener::new(&picture, "ended", move |_| {
        if let Some(inner) = weak.upgrade() {
            inner.stop();
        }
    });
    let mirror = shows_this_window(&picture);
    inner.taken.replace(Some(Taken { tracks, _ended: ended }));
    inner.state.set(Sharing::On { mirror });
    (inner.tell)(Some(Shared { picture, sound }));
}

fn devices() -> JsValue {
    js::field(&window().navigator(), "mediaDevices")
}

/// What is asked of getDisplayMedia: a tab or window rather than this one, with its sound. All the sound of the system only
/// where the browser can leave out its own: else the others would hear themselves.
fn wishes() -> Object {
    let number = JsValue::from_f64;
    let picture = js::object(&[
        ("width", js::object(&[("max", number(1920.0))]).into()),
        ("height", js::object(&[("max", number(1080.0))]).into()),
        ("frameRate", js::object(&[("max", number(15.0))]).into()),
    ]);
    let sound = js::object(&[
        ("echoCancellation", JsValue::FALSE),
        ("noiseSuppression", JsValue::FALSE),
        ("autoGainControl", JsValue::FALSE),
        ("restrictOwnAudio", JsValue::TRUE),
    ]);
    let supported = js::call(&devices(), "getSupportedConstraints", &[]).unwrap_or_default();
    let system = if js::field(&supported, "restrictOwnAudio").is_truthy() { "include" } else { "exclude" };
    js::object(&[
        ("video", picture.into()),
        ("audio", sound.into()),
        ("selfBrowserSurface", JsValue::from_str("exclude")),
        ("surfaceSwitching", JsValue::from_str("include")),
        ("systemAudio", JsValue::from_str(system)),
    ])
}

/// Whether the others see this window in what is shared, and in it themselves, and so on. A whole screen shows it unless
/// it is elsewhere; a window is this one if it has its size, for browsers tell no more; a tab is never this one, because it
/// is not offered.
fn shows_this_window(picture: &MediaStreamTrack) -> bool {
    let settings = js::call(picture, "getSettings", &[]).unwrap_or_default();
    let window = window();
    match js::text(&settings, "displaySurface").as_deref() {
        Some("monitor") => true,
        Some("window") => {
            let fine = window.device_pixel_ratio();
            let same = |side: &str, outer: Result<JsValue, JsValue>| {
                let outer = outer.ok().and_then(|outer| outer.as_f64()).unwrap_or_default() * fine;
                js::field(&settings, side).as_f64().is_some_and(|captured| (captured - outer).abs() <= 4.0)
            };
            same("width", window.outer_width()) && same("height", window.outer_height())
        }
        _ => false,
    }
}
