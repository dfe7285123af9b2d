//! The notes of the page's sounds, and how they become samples: soft bells, each a sine and its octave dying away.

use call::Tone;
use js_sys::Math;

/// Samples a second. Nothing in a soft bell lies above half of this.
pub(super) const RATE: f32 = 16_000.0;

/// Seconds from silence to full loudness: short enough to sound struck, long enough not to click.
const ATTACK: f32 = 0.008;

/// One struck note.
#[derive(Clone, Copy, Debug)]
pub(super) struct Note {
    /// Seconds after the beginning.
    at: f32,
    hertz: f32,
    /// Seconds until half of it is left.
    half_life: f32,
    /// 0 to 1.
    loud: f32,
}

/// A note: seconds after the beginning, pitch, seconds until half of it is left, loudness from 0 to 1.
pub(super) const fn note(at: f32, hertz: f32, half_life: f32, loud: f32) -> Note {
    Note { at, hertz, half_life, loud }
}

/// A sound: its length in seconds, and its notes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Score {
    pub(super) length: f32,
    pub(super) notes: &'static [Note],
}

pub(super) const G4: f32 = 392.0;
const B4: f32 = 493.88;
pub(super) const C5: f32 = 523.25;
pub(super) const D5: f32 = 587.33;
pub(super) const E5: f32 = 659.26;
pub(super) const G5: f32 = 783.99;
pub(super) const A5: f32 = 880.0;
pub(super) const B5: f32 = 987.77;
pub(super) const D6: f32 = 1174.66;

/// Somebody calls: a phrase and its answer, and a rest to listen for.
pub(super) const RING: Score = Score {
    length: 3.2,
    notes: &[
        note(0.0, G5, 0.16, 0.20),
        note(0.18, B5, 0.16, 0.20),
        note(0.36, D6, 0.22, 0.22),
        note(0.72, B5, 0.20, 0.16),
        note(1.10, E5, 0.16, 0.20),
        note(1.28, G5, 0.16, 0.20),
        note(1.46, B5, 0.24, 0.22),
        note(1.82, A5, 0.26, 0.16),
    ],
};

/// It rings at the far side: low and slow, to wait with.
pub(super) const RINGBACK: Score = Score {
    length: 4.0,
    notes: &[
        note(0.0, G4, 0.40, 0.10),
        note(0.02, B4, 0.40, 0.07),
        note(0.5, G4, 0.45, 0.08),
        note(0.52, D5, 0.45, 0.06),
    ],
};

/// The score of a tone.
pub(super) const fn tone(tone: Tone) -> Score {
    match tone {
        Tone::Connected => {
            const { Score { length: 0.9, notes: &[note(0.0, C5, 0.10, 0.14), note(0.12, G5, 0.16, 0.14)] } }
        }
        Tone::Ended => const { Score { length: 0.9, notes: &[note(0.0, G5, 0.10, 0.12), note(0.14, C5, 0.18, 0.12)] } },
        Tone::Busy => {
            const {
                Score {
                    length: 1.6,
                    notes: &[note(0.0, G4, 0.12, 0.14), note(0.45, G4, 0.12, 0.14), note(0.9, G4, 0.12, 0.14)],
                }
            }
        }
        Tone::Joined => {
            const { Score { length: 0.6, notes: &[note(0.0, E5, 0.07, 0.10), note(0.09, A5, 0.11, 0.10)] } }
        }
        Tone::Left => const { Score { length: 0.6, notes: &[note(0.0, A5, 0.07, 0.08), note(0.09, E5, 0.11, 0.08)] } },
        Tone::Lost => {
            const {
                Score {
                    length: 1.3,
                    notes: &[note(0.0, E5, 0.12, 0.12), note(0.18, C5, 0.12, 0.12), note(0.36, G4, 0.24, 0.14)],
                }
            }
        }
        Tone::Waiting => {
            const { Score { length: 0.8, notes: &[note(0.0, B5, 0.06, 0.12), note(0.22, B5, 0.10, 0.12)] } }
        }
        // Short and low, as of knuckles on wood.
        Tone::Knock => {
            const {
                Score {
                    length: 0.6,
                    notes: &[note(0.0, G4, 0.03, 0.22), note(0.16, G4, 0.03, 0.22), note(0.32, G4, 0.04, 0.18)],
                }
            }
        }
    }
}

/// Samples between -1 and 1.
pub(super) fn render(score: Score) -> Vec<f32> {
    let mut samples = vec![0.0; at(score.length)];
    for note in score.notes {
        add(&mut samples, *note, note.hertz, note.loud);
        // The octave, softer and gone sooner, makes it a bell.
        let octave = Note { half_life: note.half_life * 0.5, ..*note };
        add(&mut samples, octave, note.hertz * 2.0, note.loud * 0.3);
    }
    samples
}

/// The place of a moment. Scores are seconds long, so it always fits.
const fn at(seconds: f32) -> usize {
    (seconds * RATE) as usize
}

/// Adds a sine that dies away, by the recurrence sin(n+1) = 2 cos(step) sin(n) - sin(n-1): no sine per sample.
fn add(samples: &mut [f32], note: Note, hertz: f32, loud: f32) {
    let step = f64::from(std::f32::consts::TAU * hertz / RATE);
    // The browser's own sine: Rust would bring one along.
    let turn = (2.0 * Math::cos(step)) as f32;
    let (mut before, mut now) = (-Math::sin(step) as f32, 0.0_f32);
    // exp(-x) is as good as 1 - x for an x this small.
    let decay = 1.0 - std::f32::consts::LN_2 / (note.half_life * RATE);
    let (mut rise, rise_step, mut left) = (0.0_f32, 1.0 / (ATTACK * RATE), loud);
    for sample in samples.iter_mut().skip(at(note.at)) {
        *sample += now * left * rise;
        (before, now) = (now, turn * now - before);
        left *= decay;
        rise = (rise + rise_step).min(1.0);
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn all() -> Vec<Score> {
        let tones = [
            Tone::Connected,
            Tone::Ended,
            Tone::Busy,
            Tone::Joined,
            Tone::Left,
            Tone::Lost,
            Tone::Waiting,
            Tone::Knock,
        ];
        tones.into_iter().map(tone).chain([RING, RINGBACK]).collect()
    }

    #[test]
    fn no_sound_is_harsh() {
        for score in all() {
            let samples = render(score);
            let loudest = samples.iter().fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
            assert!((0.05..0.6).contains(&loudest), "{score:?} is as loud as {loudest}");
        }
    }

    #[test]
    fn sounds_begin_and_end_in_silence_so_that_nothing_clicks() {
        for score in all() {
            let samples = render(score);
            assert_eq!(samples.first(), Some(&0.0));
            let tail = &samples[samples.len() - 100..];
            assert!(tail.iter().all(|sample| sample.abs() < 0.02), "{score:?} is cut off");
        }
    }

    #[test]
    fn a_note_has_its_pitch() {
        let mut samples = vec![0.0; 16_000];
        add(&mut samples, note(0.0, 440.0, 10.0, 1.0), 440.0, 1.0);
        let rising = samples.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
        assert!((439..=441).contains(&rising), "{rising} periods in a second");
    }
}
