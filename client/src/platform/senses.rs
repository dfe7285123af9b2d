//! What the watchers over a call look at: how loud the microphone is, also while it is muted, and what the camera sees.
//!
//! Nothing of it leaves the page: a muted microphone is listened to on a track of its own (mediacapture-streams section
//! 4.3.3), and the one that is sent stays silent. The browser shows that the microphone is open all the while, because it
//! is: that is what makes unmuting instant.

use std::rc::Rc;

use call::watcher::{Heard, Seen};
use js_sys::Uint8ClampedArray;
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    AnalyserNode, AudioContext, AudioContextState, HtmlVideoElement, MediaStream, MediaStreamAudioSourceNode,
    MediaStreamTrack,
};

use super::clock::Interval;
use super::effect::keep;
use super::media::Engine;
use super::{audio, js};

/// Samples looked at each time, about 20 ms of them.
const SAMPLES: usize = 1024;
/// The camera's picture is made so small before it is looked at.
const WIDTH: i32 = 16;
const HEIGHT: i32 = 9;

/// Does it every so many milliseconds, for as long as the component lives that asks.
pub(crate) fn every(millis: i32, act: impl FnMut() + 'static) {
    keep(Interval::new(millis, Box::new(act)));
}

/// Listens and looks until dropped.
pub(crate) struct Senses {
    engine: Rc<Engine>,
    ear: Option<Ear>,
    eye: Option<Eye>,
}

impl Senses {
    /// Of the devices that are open, as they are exchanged.
    pub(super) const fn new(engine: Rc<Engine>) -> Self {
        Self { engine, ear: None, eye: None }
    }

    /// What the microphone hears now.
    pub(crate) fn hear(&mut self, muted: bool) -> Option<Heard> {
        let open = self.engine.microphone()?;
        if self.ear.as_ref().is_none_or(|ear| ear.of != open) {
            self.ear = Ear::new(&open);
        }
        let loudness = self.ear.as_ref()?.loudness()?;
        Some(Heard { loudness, muted, stopped: open.muted() })
    }

    /// Neither is needed at the moment.
    pub(crate) fn rest(&mut self) {
        *self = Self::new(self.engine.clone());
    }

    /// What the camera sees now.
    pub(crate) fn see(&mut self) -> Option<Seen> {
        let own = self.engine.shown.own.get_untracked()?;
        if self.eye.as_ref().is_none_or(|eye| eye.of != *own.media()) {
            self.eye = Eye::new(own.media());
        }
        self.eye.as_ref()?.look()
    }
}

/// Listens to a copy of a track.
struct Ear {
    /// The same object: its own `clone` would be the browser's, which makes another track.
    of: MediaStreamTrack,
    copy: MediaStreamTrack,
    context: AudioContext,
    source: MediaStreamAudioSourceNode,
    analyser: AnalyserNode,
}

impl Ear {
    fn new(of: &MediaStreamTrack) -> Option<Self> {
        let context = audio::context()?;
        let stream = MediaStream::new().ok()?;
        let analyser = context.create_analyser().ok()?;
        analyser.set_fft_size(u32::try_from(SAMPLES).ok()?);
        let copy: MediaStreamTrack = js::call(of, "clone", &[])?.dyn_into().ok()?;
        copy.set_enabled(true);
        stream.add_track(&copy);
        let Ok(source) = context.create_media_stream_source(&stream) else {
            copy.stop();
            return None;
        };
        let _ = source.connect_with_audio_node(&analyser);
        Some(Self { of: Clone::clone(of), copy, context, source, analyser })
    }

    /// Root mean square. Nothing while the browser does not let the page's sound run.
    fn loudness(&self) -> Option<f64> {
        if self.context.state() != AudioContextState::Running {
            return None;
        }
        let mut samples = [0.0_f32; SAMPLES];
        self.analyser.get_float_time_domain_data(&mut samples);
        let power: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / 1024.0;
        Some(power.sqrt())
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        let _ = self.source.disconnect();
        self.copy.stop();
    }
}

/// Looks at a stream's picture, without showing it.
struct Eye {
    of: MediaStream,
    video: HtmlVideoElement,
    canvas: JsValue,
}

impl Eye {
    fn new(of: &MediaStream) -> Option<Self> {
        let video: HtmlVideoElement = document().create_element("video").ok()?.dyn_into().ok()?;
        video.set_muted(true);
        js::set(&video, "playsInline", &JsValue::TRUE);
        video.set_src_object(Some(of));
        if let Ok(playing) = video.play() {
            js::ignore(playing);
        }
        let element = document().create_element("canvas").ok()?;
        js::set(&element, "width", &WIDTH.into());
        js::set(&element, "height", &HEIGHT.into());
        // Read again and again: the browser keeps it where reading is cheap (HTML section 4.12.5.1).
        let often = js::object(&[("willReadFrequently", JsValue::TRUE)]);
        let canvas = js::call(&element, "getContext", &[&JsValue::from_str("2d"), &often])?;
        Some(Self { of: Clone::clone(of), video, canvas })
    }

    fn look(&self) -> Option<Seen> {
        // There is a picture (HTMLMediaElement.HAVE_CURRENT_DATA).
        if self.video.ready_state() < 2 {
            return None;
        }
        let [zero, width, height] = [0, WIDTH, HEIGHT].map(JsValue::from);
        js::call(&self.canvas, "drawImage", &[&self.video, &zero, &zero, &width, &height])?;
        let image = js::call(&self.canvas, "getImageData", &[&zero, &zero, &width, &height])?;
        let pixels = js::field(&image, "data").dyn_into::<Uint8ClampedArray>().ok()?.to_vec();
        let (brightness, contrast) = light(&pixels);
        Some(Seen { brightness, contrast, frames: self.frames() })
    }

    /// How many pictures came; not a number where the browser does not tell.
    fn frames(&self) -> f64 {
        let quality = js::call(&self.video, "getVideoPlaybackQuality", &[]).unwrap_or_default();
        js::field(&quality, "totalVideoFrames").as_f64().unwrap_or(f64::NAN)
    }
}

impl Drop for Eye {
    fn drop(&mut self) {
        self.video.set_src_object(None);
    }
}

/// The mean of the luma (ITU-R BT.601) of RGBA pixels and its standard deviation, 0 to 1.
fn light(pixels: &[u8]) -> (f64, f64) {
    let luma: Vec<f64> = pixels
        .chunks_exact(4)
        .filter_map(|pixel| match pixel {
            [r, g, b, _] => Some((0.299 * f64::from(*r) + 0.587 * f64::from(*g) + 0.114 * f64::from(*b)) / 255.0),
            _ => None,
        })
        .collect();
    // A few hundred pixels: exact as a float.
    let count = luma.len().max(1) as f64;
    let mean = luma.iter().sum::<f64>() / count;
    let variance = luma.iter().map(|luma| (luma - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn light_is_a_mean_and_a_difference() {
        let near = |(mean, deviation): (f64, f64), (m, d): (f64, f64)| {
            assert!((mean - m).abs() < 1e-9 && (deviation - d).abs() < 1e-9, "{mean} {deviation}");
        };
        near(light(&[255; 16]), (1.0, 0.0));
        near(light(&[0, 0, 0, 255, 255, 255, 255, 255]), (0.5, 0.5));
        near(light(&[]), (0.0, 0.0));
        near(light(&[255, 0, 0, 255]), (0.299, 0.0));
    }
}
