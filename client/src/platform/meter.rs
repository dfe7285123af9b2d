//! How loud the microphone is.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::{AnalyserNode, MediaStream, MediaStreamAudioSourceNode};

use super::audio;
use super::clock::Interval;
use super::effect::{effect, keep};
use super::media::Engine;
use crate::signal::{RwSignal, Signal};

/// Every so many milliseconds: quick enough for a gauge that moves with the voice.
const EVERY: i32 = 80;
/// Samples looked at each time, about 20 ms of them.
const SAMPLES: usize = 1024;

/// Listens to one track until dropped.
struct Ear {
    source: MediaStreamAudioSourceNode,
    analyser: AnalyserNode,
}

impl Ear {
    fn new(engine: &Engine) -> Option<Self> {
        let track = engine.microphone()?;
        let context = audio::context()?;
        let stream = MediaStream::new().ok()?;
        stream.add_track(&track);
        let source = context.create_media_stream_source(&stream).ok()?;
        let analyser = context.create_analyser().ok()?;
        analyser.set_fft_size(u32::try_from(SAMPLES).ok()?);
        source.connect_with_audio_node(&analyser).ok()?;
        Some(Self { source, analyser })
    }

    /// Root mean square, scaled so that a raised voice near the microphone fills the gauge.
    fn loudness(&self) -> f32 {
        let mut samples = [0.0_f32; SAMPLES];
        self.analyser.get_float_time_domain_data(&mut samples);
        let power: f32 = samples.iter().map(|sample| sample * sample).sum::<f32>() / 1024.0;
        (power.sqrt() * 4.0).min(1.0)
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        let _ = self.source.disconnect();
    }
}

/// See [`super::Devices::level`].
pub(super) fn level(engine: Rc<Engine>, changes: RwSignal<u32>) -> Signal<f32> {
    let level = RwSignal::new(0.0);
    let heard = Rc::new(RefCell::new(None::<Ear>));
    let (ear, microphone) = (heard.clone(), engine.clone());
    // Another microphone, another ear.
    effect(move || {
        let _ = changes.get();
        ear.replace(Ear::new(&microphone));
    });
    let measure = move || {
        let mut ear = heard.borrow_mut();
        // Before the first touch of the page there is none, so it is tried again.
        if ear.is_none() {
            *ear = Ear::new(&engine);
        }
        let loudness = ear.as_ref().map_or(0.0, Ear::loudness);
        // Nothing to redraw when nothing moves.
        if (loudness - level.get_untracked()).abs() > 0.01 {
            level.set(loudness);
        }
    };
    keep(Interval::new(EVERY, Box::new(measure)));
    level.read_only()
}
