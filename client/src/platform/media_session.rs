//! The media keys of headsets and keyboards, and the browser's own controls (mediasession section 4).

use js_sys::Function;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::effect::keep;
use super::{js, window};

type React = Closure<dyn FnMut()>;

/// What the system's controls do, until dropped.
struct Actions(Vec<(&'static str, React)>);

impl Drop for Actions {
    fn drop(&mut self) {
        for (name, _) in &self.0 {
            set(name, &JsValue::NULL);
        }
    }
}

/// A key by its name (Media Session section 5.3), and what it does.
pub(crate) type MediaKey = (&'static str, Box<dyn FnMut()>);

/// Does these when the system asks for them, for as long as the component lives that asks. A browser that does not know one
/// of them has no control for it.
pub(crate) fn on_media_keys(actions: Vec<MediaKey>) {
    let actions = actions.into_iter().map(|(name, react)| {
        let react: React = Closure::wrap(react);
        set(name, react.as_ref());
        (name, react)
    });
    keep(Actions(actions.collect()));
}

/// Shows the system whether the microphone and the camera are in use.
pub(crate) fn show_devices_in_use(microphone: bool, camera: bool) {
    let session = session();
    js::call(&session, "setMicrophoneActive", &[&microphone.into()]);
    js::call(&session, "setCameraActive", &[&camera.into()]);
}

fn session() -> JsValue {
    js::field(&window().navigator(), "mediaSession")
}

fn set(name: &str, react: &JsValue) {
    // An action that the browser does not know is a TypeError, which `call` takes for no answer.
    debug_assert!(react.is_null() || react.is_instance_of::<Function>());
    js::call(&session(), "setActionHandler", &[&JsValue::from_str(name), react]);
}
