//! Rings and tones, made here of a few soft notes each.

use std::cell::RefCell;
use std::rc::Rc;

use call::{Ring, Tone};
use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::{AudioBufferSourceNode, AudioContext, AudioScheduledSourceNode, GainNode};

use super::notes::{self, Score};
use super::storage::{self, Keep};
use super::{Part, Parts, audio, js};
use crate::doors;
use crate::signal::{RwSignal, Signal};

/// Which ring was chosen, and after a space the device to ring on; nothing where it is the usual one.
pub(super) const RING: &str = "alo-ring";
const SETTING: &str = "alo-sounds";
const OFF: &str = "off";

/// So long a sound takes to fade when it is cut off, in seconds: cutting at once would click.
const FADE: f64 = 0.06;

/// Milliseconds on and off; a ring of a minute has room in it.
const VIBRATION: [u32; 4] = [300, 200, 300, 1200];
const VIBRATIONS: usize = 30;

/// The page's own sounds: rings and tones. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Sounds {
    on: RwSignal<bool>,
    parts: Parts,
    state: Rc<RefCell<State>>,
}

#[derive(Default)]
struct State {
    ring: Ring,
    ringing: Option<Ringing>,
}

impl Sounds {
    pub(crate) fn new(parts: Parts) -> Self {
        let on = RwSignal::new(storage::load(Keep::Always, SETTING).as_deref() != Some(OFF));
        Self { on, parts, state: Rc::default() }
    }

    /// The person wants to hear them.
    pub(crate) fn on(&self) -> Signal<bool> {
        self.on.read_only()
    }

    /// Turns them on or off, now and for later visits. Vibration stays.
    pub(crate) fn set_on(&self, on: bool) {
        storage::store(Keep::Always, SETTING, if on { "" } else { OFF });
        self.on.set(on);
        let mut state = self.state.borrow_mut();
        state.ringing = if on { self.sound(state.ring) } else { None };
    }

    /// Sounds like this until told otherwise.
    pub(crate) fn ring(&self, ring: Ring) {
        let mut state = self.state.borrow_mut();
        if state.ring == ring {
            return;
        }
        if ring == Ring::Incoming || state.ring == Ring::Incoming {
            vibrate(ring == Ring::Incoming);
        }
        state.ring = ring;
        state.ringing = if self.on.get_untracked() { self.sound(ring) } else { None };
    }

    /// Begins to ring. What was chosen is in a part, which is there soon after the page for whoever has chosen something.
    fn sound(&self, ring: Ring) -> Option<Ringing> {
        let ringer = match ring {
            Ring::Silent => return None,
            Ring::Incoming if self.parts.is_there(Part::Aside) => doors::ringer(&()),
            Ring::Incoming => notes::RING.into(),
            Ring::Ringback => notes::RINGBACK.into(),
        };
        Ringing::start(&ringer, true)
    }

    /// A ring was chosen, or a device to ring on.
    pub(crate) fn is_chosen() -> bool {
        storage::load(Keep::Always, RING).is_some()
    }

    /// Plays a tone once.
    pub(crate) fn tone(&self, tone: Tone) {
        if self.on.get_untracked() {
            // Letting go of it does not stop it: it plays to its end, and the browser frees it then.
            drop(Playing::start(&notes::tone(tone).into(), false));
        }
    }
}

fn vibrate(on: bool) {
    if !audio::touched() {
        return;
    }
    let pattern: Array = if on {
        std::iter::repeat_n(VIBRATION, VIBRATIONS).flatten().map(JsValue::from).collect()
    } else {
        Array::of1(&JsValue::from(0))
    };
    js::call(&super::window().navigator(), "vibrate", &[&pattern]);
}

/// What to sound like, and where.
pub(crate) struct Ringer {
    /// The notes.
    pub(super) score: Score,
    /// What plays on a chosen device; `None` for the page's own.
    pub(super) context: Option<AudioContext>,
}

impl From<Score> for Ringer {
    fn from(score: Score) -> Self {
        Self { score, context: None }
    }
}

/// A sound under way.
struct Playing {
    context: AudioContext,
    source: AudioBufferSourceNode,
    gain: GainNode,
}

impl Playing {
    fn start(ringer: &Ringer, again_and_again: bool) -> Option<Self> {
        let context = ringer.context.clone().or_else(audio::context)?;
        let samples = notes::render(ringer.score);
        let length = u32::try_from(samples.len()).ok()?;
        let buffer = context.create_buffer(1, length, notes::RATE).ok()?;
        buffer.copy_to_channel(&samples, 0).ok()?;
        let source = context.create_buffer_source().ok()?;
        let gain = context.create_gain().ok()?;
        source.set_buffer(Some(&buffer));
        source.set_loop(again_and_again);
        source.connect_with_audio_node(&gain).ok()?;
        gain.connect_with_audio_node(&context.destination()).ok()?;
        source.start().ok()?;
        Some(Self { context, source, gain })
    }
}

/// A ring, which fades when dropped.
pub(super) struct Ringing(Playing);

impl Ringing {
    pub(super) fn start(ringer: &Ringer, again_and_again: bool) -> Option<Self> {
        Playing::start(ringer, again_and_again).map(Self)
    }
}

impl Drop for Ringing {
    fn drop(&mut self) {
        let Playing { context, source, gain } = &self.0;
        let now = context.current_time();
        let volume = gain.gain();
        let _ = volume.set_value_at_time(1.0, now);
        let _ = volume.linear_ramp_to_value_at_time(0.0, now + FADE);
        let scheduled: &AudioScheduledSourceNode = source;
        let _ = scheduled.stop_with_when(now + FADE);
    }
}
