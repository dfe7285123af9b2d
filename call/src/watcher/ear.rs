//! Tells speech from what is always to be heard.
//!
//! Between words and syllables there are gaps, so the quietest moment of the last seconds is what the room sounds like.
//! Speech is what is a good deal louder than that and loud enough to be meant.

use std::time::Duration;

use crate::Time;

/// The quietest moment is sought in the last one to two of these.
const WINDOW: Duration = Duration::from_secs(2);
/// Speech is taken to go on for so long after it was last heard: the gaps belong to it.
const GAP: Duration = Duration::from_millis(600);
/// -40 dB of full scale (root mean square): quiet speech at arm's length, with automatic gain.
const SPOKEN: f64 = 0.01;
/// 9 dB above the room.
const ABOVE: f64 = 2.8;
/// -36 dB: what is left when the browser has taken out all the noise that it can.
const NOISE: f64 = 0.016;

/// Listens; see the module.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ear {
    window: Option<Window>,
    /// The quietest of the window before.
    before: Option<f64>,
    spoke: Option<Time>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    began: Time,
    quietest: f64,
}

impl Ear {
    /// Takes in how loud it is, or that nothing can be said; then everything begins anew.
    pub(super) fn listen(&mut self, now: Time, loudness: Option<f64>) {
        let Some(loudness) = loudness.filter(|loudness| loudness.is_finite()) else {
            *self = Self::default();
            return;
        };
        let window = self.window.get_or_insert(Window { began: now, quietest: loudness });
        if now.since(window.began) >= WINDOW {
            self.before = Some(window.quietest);
            *window = Window { began: now, quietest: loudness };
        }
        window.quietest = window.quietest.min(loudness);
        let room = self.before.map_or(window.quietest, |before| before.min(window.quietest));
        if loudness >= SPOKEN && loudness > room * ABOVE {
            self.spoke = Some(now);
        }
    }

    /// Somebody speaks.
    pub(super) fn hears_speech(&self, now: Time) -> bool {
        self.spoke.is_some_and(|spoke| now.since(spoke) <= GAP)
    }

    /// It was never quiet in the last seconds.
    pub(super) fn is_in_noise(&self) -> bool {
        let quietest = self.window.map(|window| window.quietest);
        self.before.zip(quietest).is_some_and(|(before, now)| before.min(now) >= NOISE)
    }
}
