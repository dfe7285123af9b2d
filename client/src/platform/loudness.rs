//! Somebody's voice, made louder or softer here.
//!
//! An element plays at most what it is given. What is to be louder goes through a gain of Web Audio and from there into an
//! element of its own, so that the chosen speaker is used; the first element stays, muted, because a remote stream that no
//! element plays does not flow in Chromium. Its echo cancellation hears everything that the browser plays.

use web_sys::{GainNode, HtmlAudioElement, MediaStreamAudioSourceNode};

use super::storage::{self, Keep};
use super::{audio, speaker};

/// Where it is kept who is how loud.
const KEY: &str = "alo-volumes";

/// The volumes as they were kept.
pub(crate) fn kept_volumes() -> String {
    storage::load(Keep::Always, KEY).unwrap_or_default()
}

/// Keeps the volumes.
pub(crate) fn keep_volumes(text: &str) {
    storage::store(Keep::Always, KEY, text);
}

/// One voice, as it was played before when this is dropped.
pub(crate) struct Loudness {
    element: HtmlAudioElement,
    louder: Option<Louder>,
}

impl Loudness {
    /// The voice that this element plays.
    pub(crate) fn of(element: HtmlAudioElement) -> Self {
        Self { element, louder: None }
    }

    /// Plays it so loud, in percent, through this speaker where it is louder than usual.
    pub(crate) fn set(&mut self, percent: u16, device: Option<&str>) {
        let part = f64::from(percent) / 100.0;
        if percent > 100 && self.louder.is_none() {
            self.louder = Louder::new(&self.element);
        } else if percent <= 100 {
            self.louder = None;
        }
        // Without Web Audio it is as loud as elements are.
        self.element.set_volume(part.min(1.0));
        self.element.set_muted(self.louder.is_some());
        if let Some(louder) = &self.louder {
            // Ears do not tell one 32-bit float from the next.
            louder.gain.gain().set_value(part as f32);
            speaker::set_device(&louder.player, device);
        }
    }
}

impl Drop for Loudness {
    fn drop(&mut self) {
        self.louder = None;
        self.element.set_volume(1.0);
        self.element.set_muted(false);
    }
}

struct Louder {
    source: MediaStreamAudioSourceNode,
    gain: GainNode,
    player: HtmlAudioElement,
}

impl Louder {
    fn new(element: &HtmlAudioElement) -> Option<Self> {
        let context = audio::context()?;
        let source = context.create_media_stream_source(&element.src_object()?).ok()?;
        let gain = context.create_gain().ok()?;
        let out = context.create_media_stream_destination().ok()?;
        source.connect_with_audio_node(&gain).ok()?;
        gain.connect_with_audio_node(&out).ok()?;
        let player = HtmlAudioElement::new().ok()?;
        player.set_src_object(Some(&out.stream()));
        super::js::ignore(player.play().ok()?);
        Some(Self { source, gain, player })
    }
}

impl Drop for Louder {
    fn drop(&mut self) {
        // Fails only for what is not connected.
        let _ = self.source.disconnect();
        let _ = self.gain.disconnect();
        self.player.set_src_object(None);
    }
}
