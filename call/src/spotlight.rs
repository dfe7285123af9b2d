//! Who of several is in the light: whoever speaks, without flicker.
//!
//! Told several times a second how loud everybody arrives, a [`Spotlight`] says who speaks, and who is to be shown large:
//! whoever has been the loudest for a while. Somebody always is, as long as anybody is there; when nobody speaks, it is
//! whoever spoke last. This side is not told of and so never in its own light.

use std::time::Duration;

use protocol::DeviceId;

use crate::Time;

/// Somebody has to be the loudest for so long. Shorter, and every "yes" and cough turns the light; longer, and a question
/// is over before one sees who asks.
const LOUDEST_FOR: Duration = Duration::from_secs(2);
/// The light stays where it is for so long at least: two who talk with each other do not take turns in it by the word.
const STAYS: Duration = Duration::from_secs(3);
/// A voice is taken to go on for so long after it was last heard: the gaps between words belong to it.
const GAP: Duration = Duration::from_millis(700);
/// What was heard counts half as much after so long: syllables become a voice, and voices can be compared.
const HALF: Duration = Duration::from_millis(300);
/// -40 dB of full scale: quiet speech with automatic gain; a room that is only to be heard is softer.
const SPOKEN: f64 = 0.01;

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Spotlight {
    /// In the order they were told of last.
    voices: Vec<Voice>,
    heard: Option<Time>,
    lit: Option<DeviceId>,
    /// Since when the light is where it is, unless it only came there because somebody has to be in it.
    turned: Option<Time>,
    /// Who is the loudest and not in the light, and since when.
    next: Option<(DeviceId, Time)>,
}

#[derive(Clone, Debug)]
struct Voice {
    device: DeviceId,
    loudness: f64,
    spoke: Option<Time>,
}

impl Voice {
    fn hear(&mut self, now: Time, faded: f64, loudness: f64) {
        // What is not a number is nothing.
        let loudness = if loudness > 0.0 { loudness.min(1.0) } else { 0.0 };
        self.loudness = loudness.max(self.loudness * faded);
        if loudness >= SPOKEN {
            self.spoke = Some(now);
        }
    }

    fn speaks(&self, now: Time) -> bool {
        self.spoke.is_some_and(|spoke| now.since(spoke) <= GAP)
    }
}

impl Spotlight {
    /// Takes in how loud each of the others arrives at this moment, 0 to 1 of full scale; whoever is not named is gone.
    pub fn hear(&mut self, now: Time, heard: &[(DeviceId, f64)]) {
        let passed = self.heard.map_or(Duration::ZERO, |before| now.since(before));
        let faded = 0.5_f64.powf(passed.as_secs_f64() / HALF.as_secs_f64());
        self.heard = Some(now);
        let mut before = std::mem::take(&mut self.voices);
        self.voices.extend(heard.iter().map(|(device, loudness)| {
            let known = before.iter().position(|voice| voice.device == *device).map(|place| before.swap_remove(place));
            let mut voice = known.unwrap_or_else(|| Voice { device: device.clone(), loudness: 0.0, spoke: None });
            voice.hear(now, faded, *loudness);
            voice
        }));
        self.turn(now);
    }

    /// Who is to be shown large.
    #[must_use]
    pub const fn lit(&self) -> Option<&DeviceId> {
        self.lit.as_ref()
    }

    /// Those who speak, by what was told last.
    pub fn speaking(&self) -> impl Iterator<Item = &DeviceId> {
        let now = self.heard.unwrap_or_default();
        self.voices.iter().filter(move |voice| voice.speaks(now)).map(|voice| &voice.device)
    }

    fn turn(&mut self, now: Time) {
        let is_here = |device: &DeviceId| self.voices.iter().any(|voice| voice.device == *device);
        let loudest = self.loudest(now);
        if !self.lit.as_ref().is_some_and(is_here) {
            self.lit = loudest.cloned().or_else(|| self.voices.first().map(|voice| voice.device.clone()));
            (self.turned, self.next) = (None, None);
            return;
        }
        let Some(loudest) = loudest.filter(|loudest| self.lit.as_ref() != Some(loudest)).cloned() else {
            self.next = None;
            return;
        };
        let since = self.next.as_ref().filter(|(next, _)| *next == loudest).map_or(now, |(_, since)| *since);
        // Not in a gap, which may be the end of it.
        let is_heard = self.voices.iter().any(|voice| voice.device == loudest && voice.spoke == Some(now));
        let may_turn = is_heard && self.turned.is_none_or(|turned| now.since(turned) >= STAYS);
        if may_turn && now.since(since) >= LOUDEST_FOR {
            (self.lit, self.turned, self.next) = (Some(loudest), Some(now), None);
        } else {
            self.next = Some((loudest, since));
        }
    }

    /// Of those who speak; of two as loud as each other the one who was told of first.
    fn loudest(&self, now: Time) -> Option<&DeviceId> {
        let speaking = self.voices.iter().filter(|voice| voice.speaks(now));
        let loudest = speaking.reduce(|most, voice| if voice.loudness > most.loudness { voice } else { most });
        loudest.map(|voice| &voice.device)
    }
}

#[cfg(test)]
mod tests;
