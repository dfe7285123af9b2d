//! The rings to choose between and the device to ring on, in the part that is loaded as soon as somebody rings: what is
//! loaded first has one ring, for whoever has chosen nothing.

use std::cell::RefCell;

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AudioContext, AudioContextState};

use super::notes::{self, A5, B5, C5, D5, D6, E5, G4, G5, Score, note};
use super::sound::{RING as SETTING, Ringer, Ringing};
use super::storage::{self, Keep};
use super::task::spawn;
use super::{audio, js, window};

/// A ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tune {
    /// A phrase and its answer: the ring of whoever has chosen nothing.
    #[default]
    Bells,
    /// Three notes that rise, slowly.
    Dawn,
    /// Short and high, as of water.
    Drops,
    /// Short and low, as of bamboo.
    Bamboo,
}

impl Tune {
    /// All of them, in the order in which they are offered.
    pub(crate) const ALL: [Self; 4] = [Self::Bells, Self::Dawn, Self::Drops, Self::Bamboo];

    /// Under which name it is kept.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Bells => "bells",
            Self::Dawn => "dawn",
            Self::Drops => "drops",
            Self::Bamboo => "bamboo",
        }
    }

    const fn score(self) -> Score {
        match self {
            Self::Bells => notes::RING,
            Self::Dawn => DAWN,
            Self::Drops => DROPS,
            Self::Bamboo => BAMBOO,
        }
    }
}

const DAWN: Score = Score {
    length: 4.0,
    notes: &[
        note(0.0, C5, 0.40, 0.20),
        note(0.45, E5, 0.40, 0.20),
        note(0.90, G5, 0.55, 0.22),
        note(1.80, E5, 0.40, 0.14),
        note(2.25, G5, 0.50, 0.14),
    ],
};

const DROPS: Score = Score {
    length: 2.6,
    notes: &[
        note(0.0, D6, 0.06, 0.22),
        note(0.14, B5, 0.06, 0.20),
        note(0.28, A5, 0.06, 0.18),
        note(0.62, D6, 0.06, 0.22),
        note(0.76, A5, 0.09, 0.18),
        note(1.30, B5, 0.06, 0.20),
        note(1.44, D6, 0.10, 0.22),
    ],
};

const BAMBOO: Score = Score {
    length: 2.8,
    notes: &[
        note(0.0, G4, 0.05, 0.30),
        note(0.20, D5, 0.05, 0.28),
        note(0.40, G4, 0.05, 0.28),
        note(0.60, E5, 0.08, 0.28),
        note(1.20, D5, 0.05, 0.28),
        note(1.40, G4, 0.05, 0.28),
        note(1.60, D5, 0.08, 0.28),
    ],
};

/// As it was chosen.
pub(crate) fn ringer(_: &()) -> Ringer {
    let (tune, device) = kept();
    Ringer { score: tune.score(), context: device.and_then(|device| context_on(&device)) }
}

/// What was chosen: the ring, and the id of the device unless it is the system's default.
pub(crate) fn kept() -> (Tune, Option<String>) {
    let kept = storage::load(Keep::Always, SETTING).unwrap_or_default();
    let (name, device) = crate::find::split(&kept, " ").unwrap_or((&kept, ""));
    let tune = Tune::ALL.into_iter().find(|tune| tune.name() == name).unwrap_or_default();
    (tune, (!device.is_empty()).then(|| device.to_owned()))
}

/// Rings like this from now on, and on later visits.
pub(crate) fn keep(tune: Tune, device: Option<&str>) {
    let usual = tune == Tune::default() && device.is_none();
    let setting = if usual { String::new() } else { [tune.name(), " ", device.unwrap_or_default()].concat() };
    storage::store(Keep::Always, SETTING, &setting);
}

thread_local! {
    /// What plays on a chosen device, once something has.
    static CONTEXT: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
    /// What is being tried.
    static TRIED: RefCell<Option<Ringing>> = const { RefCell::new(None) };
}

/// Plays a ring once, to be tried; one that is being tried ends.
pub(crate) fn try_ring(tune: Tune) {
    let context = kept().1.and_then(|device| context_on(&device));
    TRIED.replace(Ringing::start(&Ringer { score: tune.score(), context }, false));
}

/// Ends what is being tried.
pub(crate) fn stop_trying() {
    TRIED.take();
}

/// Whether this browser can ring on another device than the system's default (Web Audio section 1.2.3: Chromium can).
pub(crate) fn can_choose_device() -> bool {
    js::field(&js::field(&js::field(&window(), "AudioContext"), "prototype"), "setSinkId").is_function()
}

/// What plays there. A device that is gone is the default instead, until it is back.
fn context_on(device: &str) -> Option<AudioContext> {
    if !audio::touched() {
        return None;
    }
    let kept = CONTEXT.with_borrow_mut(|kept| {
        if kept.is_none() {
            *kept = AudioContext::new().ok();
        }
        kept.clone()
    });
    let context = kept?;
    if context.state() != AudioContextState::Running
        && let Ok(resumed) = context.resume()
    {
        js::ignore(resumed);
    }
    let (there, device) = (context.clone(), JsValue::from_str(device));
    spawn(async move {
        let set = |device: &JsValue| js::call(&there, "setSinkId", &[device])?.dyn_into::<Promise>().ok();
        if let Some(set_there) = set(&device)
            && js::settled(set_there).await.is_err()
            && let Some(set_default) = set(&JsValue::from_str(""))
        {
            js::ignore(set_default);
        }
    });
    Some(context)
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn what_is_chosen_is_kept_and_the_usual_leaves_nothing() {
        assert_eq!(kept(), (Tune::Bells, None));
        keep(Tune::Bamboo, Some("a device"));
        assert_eq!(kept(), (Tune::Bamboo, Some("a device".to_owned())));
        keep(Tune::Dawn, None);
        assert_eq!(kept(), (Tune::Dawn, None));
        keep(Tune::Bells, None);
        assert_eq!(storage::load(Keep::Always, SETTING), None);
        storage::store(Keep::Always, SETTING, "unheard of");
        assert_eq!(kept().0, Tune::Bells);
        keep(Tune::Bells, None);
    }

    #[wasm_bindgen_test]
    fn every_ring_is_soft_and_ends_in_silence() {
        for tune in Tune::ALL {
            let samples = notes::render(tune.score());
            let loudest = samples.iter().fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
            assert!((0.05..0.6).contains(&loudest), "{tune:?} is as loud as {loudest}");
            assert!(samples[samples.len() - 100..].iter().all(|sample| sample.abs() < 0.02), "{tune:?} is cut off");
        }
    }
}
