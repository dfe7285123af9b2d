//! What is asked of getUserMedia (mediacapture-streams section 10.3), and what its refusals mean.

use call::MediaProblem;
use js_sys::{Object, Promise};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MediaDevices, MediaStreamTrack};

use crate::find::has;
use crate::platform::{js, window};

/// What to open.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    /// The microphone, by its id or the default.
    pub(super) microphone: Option<Choice>,
    /// The camera, by its id or the default.
    pub(super) camera: Option<Choice>,
    /// Take any picture: the camera has none of the size wanted.
    pub(super) any_size: bool,
}

/// Which of several.
#[derive(Clone, Debug)]
pub(super) enum Choice {
    /// What the system prefers.
    Default,
    /// This one and no other. As a mere wish Chromium may pass an id over for the default, so it is a condition, and
    /// whoever asks tries again without it when the device is not there.
    Id(String),
    /// A phone's front camera.
    Front,
    /// A phone's back camera.
    Back,
}

impl Request {
    /// Asks the browser. `None` where it offers no devices: the page is not a secure context.
    pub(super) fn send(&self) -> Option<Result<Promise, JsValue>> {
        let devices = media_devices()?;
        let mut wanted = Vec::with_capacity(2);
        if let Some(choice) = &self.microphone {
            wanted.push(("audio", JsValue::from(audio(choice))));
        }
        if let Some(choice) = &self.camera {
            wanted.push(("video", JsValue::from(video(choice, self.any_size))));
        }
        Some(devices.get_user_media_with_constraints(js::object(&wanted).unchecked_ref()))
    }
}

/// `navigator.mediaDevices`, which only secure contexts have.
pub(super) fn media_devices() -> Option<MediaDevices> {
    js::field(&window().navigator(), "mediaDevices").dyn_into().ok()
}

fn audio(choice: &Choice) -> Object {
    let constraints = js::object(&[
        ("echoCancellation", JsValue::TRUE),
        ("noiseSuppression", JsValue::TRUE),
        ("autoGainControl", JsValue::TRUE),
    ]);
    choose(&constraints, choice);
    constraints
}

fn video(choice: &Choice, any_size: bool) -> Object {
    let at_best = |ideal: i32, min: i32| {
        let range = js::object(&[("ideal", ideal.into())]);
        if !any_size {
            js::set(&range, "min", &min.into());
        }
        JsValue::from(range)
    };
    let constraints = js::object(&[
        ("width", at_best(1280, 640)),
        ("height", at_best(720, 360)),
        ("frameRate", js::object(&[("ideal", 30.into())]).into()),
    ]);
    choose(&constraints, choice);
    constraints
}

/// Asks an open camera for what a machine that is too slow can still encode (mediacapture-streams section 11.1).
pub(super) fn spare(track: &MediaStreamTrack) {
    let ideally = |ideal: i32| JsValue::from(js::object(&[("ideal", ideal.into())]));
    let at_most = js::object(&[("max", 15.into())]);
    let wanted = js::object(&[("width", ideally(640)), ("height", ideally(360)), ("frameRate", at_most.into())]);
    js::ask(track, "applyConstraints", &[&wanted]);
}

/// A bare value is an ideal one, never a condition; `exact` is one (mediacapture-streams section 11.2).
fn choose(constraints: &JsValue, choice: &Choice) {
    match choice {
        Choice::Default => {}
        Choice::Id(id) => {
            let exactly = js::object(&[("exact", JsValue::from_str(id))]);
            js::set(constraints, "deviceId", &exactly);
        }
        Choice::Front => js::set(constraints, "facingMode", &JsValue::from_str("user")),
        Choice::Back => js::set(constraints, "facingMode", &JsValue::from_str("environment")),
    }
}

/// A refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// In the phone's words.
    pub(super) problem: MediaProblem,
    /// The operating system said no, not the browser.
    pub(super) by_system: bool,
    /// Nothing has the size wanted; something else may do.
    pub(super) size: bool,
}

impl Refusal {
    /// What a rejection of getUserMedia means.
    pub(super) fn of(error: &JsValue) -> Self {
        let name = js::error_name(error);
        let problem = match name.as_str() {
            "NotAllowedError" | "SecurityError" => MediaProblem::Denied,
            "NotFoundError" | "OverconstrainedError" => MediaProblem::Missing,
            "NotReadableError" | "AbortError" => MediaProblem::InUse,
            "TypeError" => MediaProblem::Insecure,
            _ => MediaProblem::Unknown,
        };
        // Chromium says "Permission denied by system"; Firefox "The request is not allowed … by the platform".
        let words = js::error_words(error);
        let by_system = problem == MediaProblem::Denied && (has(&words, "system") || has(&words, "platform"));
        Self { problem, by_system, size: name == "OverconstrainedError" }
    }
}
