//! What others say, played for as long as they are there, whatever the views do.

use call::PeerKey;
use wasm_bindgen::JsValue;
use web_sys::{HtmlAudioElement, MediaStream, MediaStreamTrack};

use super::js;
use super::keyed::Keyed;
use super::task::spawn;
use crate::signal::RwSignal;

/// The far sides' voices.
pub(crate) struct Speaker {
    voices: Keyed<Voice>,
    /// The sounds of what they share.
    screens: Keyed<Voice>,
    device: Option<String>,
    blocked: RwSignal<bool>,
}

/// Heard until dropped.
struct Voice(HtmlAudioElement);

impl Drop for Voice {
    fn drop(&mut self) {
        self.0.set_src_object(None);
    }
}

impl Speaker {
    /// Nobody speaks. `blocked` is set while the browser plays nothing until the person has clicked.
    pub(crate) fn new(device: Option<String>, blocked: RwSignal<bool>) -> Self {
        Self { voices: Keyed::new(), screens: Keyed::new(), device, blocked }
    }

    /// Plays somebody's voice, or the sound of the screen that they share.
    pub(crate) fn play(&mut self, peer: PeerKey, screen: bool, track: &MediaStreamTrack) {
        let (Ok(element), Ok(stream)) = (HtmlAudioElement::new(), MediaStream::new()) else { return };
        stream.add_track(track);
        element.set_src_object(Some(&stream));
        set_device(&element, self.device.as_deref());
        start(&element, self.blocked);
        let sounds = if screen { &mut self.screens } else { &mut self.voices };
        sounds.insert(peer, Voice(element));
    }

    /// What plays somebody's voice.
    pub(crate) fn voice(&self, peer: PeerKey) -> Option<HtmlAudioElement> {
        Some(self.voices.find(peer)?.0.clone())
    }

    /// They are gone.
    pub(crate) fn stop(&mut self, peer: PeerKey) {
        self.voices.remove(peer);
        self.screens.remove(peer);
        if self.voices.all().next().is_none() {
            self.blocked.set(false);
        }
    }

    /// Plays through another device from now on; `None` is the system's default.
    pub(crate) fn choose(&mut self, device: Option<String>) {
        self.device = device;
        for voice in self.voices.all().chain(self.screens.all()) {
            set_device(&voice.0, self.device.as_deref());
        }
    }

    /// Plays what the browser held back. To be called from a click.
    pub(crate) fn unblock(&self) {
        self.blocked.set(false);
        self.voices.all().chain(self.screens.all()).for_each(|voice| start(&voice.0, self.blocked));
    }
}

fn start(element: &HtmlAudioElement, blocked: RwSignal<bool>) {
    let Ok(playing) = element.play() else { return };
    spawn(async move {
        // An `AbortError` means only that the voice ended before it began.
        if let Err(error) = js::settled(playing).await
            && js::error_name(&error) == "NotAllowedError"
        {
            blocked.set(true);
        }
    });
}

/// A device that is not there (any more) is refused; the default is used then.
pub(super) fn set_device(element: &HtmlAudioElement, device: Option<&str>) {
    let id = JsValue::from_str(device.unwrap_or_default());
    js::ask(element, "setSinkId", &[&id]);
}
