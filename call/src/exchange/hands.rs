//! Raised hands.

use std::time::Duration;

use protocol::DeviceId;

use super::view::OwnHand;
use crate::Time;

/// As loud as a voice: above the noise of a room, below a quiet speaker's words.
const VOICE: f32 = 0.06;
/// Between words one is not silent yet.
const BREATH: Duration = Duration::from_millis(1200);
/// Who speaks for so long has their turn.
const TURN: Duration = Duration::from_secs(4);

/// The hand of the person here.
#[derive(Default)]
pub(super) struct Own {
    up: Option<Up>,
}

struct Up {
    since: Time,
    keep: bool,
    speech: Option<Speech>,
}

/// Words without a longer pause.
#[derive(Clone, Copy)]
struct Speech {
    since: Time,
    last: Time,
}

impl Own {
    /// Whether it was down.
    pub(super) fn raise(&mut self, now: Time) -> bool {
        let was_down = self.up.is_none();
        self.up.get_or_insert(Up { since: now, keep: false, speech: None });
        was_down
    }

    /// Whether it was up.
    pub(super) fn lower(&mut self) -> bool {
        self.up.take().is_some()
    }

    pub(super) fn keep(&mut self, keep: bool) {
        if let Some(up) = &mut self.up {
            *up = Up { since: up.since, keep, speech: None };
        }
    }

    /// The person is so loud. True when they have spoken for a while, so that their hand is not needed any more.
    pub(super) fn hears(&mut self, now: Time, loudness: f32) -> bool {
        let Some(up) = self.up.as_mut().filter(|up| !up.keep) else { return false };
        up.speech = up.speech.filter(|speech| now.since(speech.last) <= BREATH);
        if loudness >= VOICE {
            let since = up.speech.map_or(now, |speech| speech.since);
            up.speech = Some(Speech { since, last: now });
        }
        up.speech.is_some_and(|speech| speech.last.since(speech.since) >= TURN)
    }

    pub(super) fn since(&self) -> Option<Time> {
        self.up.as_ref().map(|up| up.since)
    }

    pub(super) fn view(&self) -> Option<OwnHand> {
        self.up.as_ref().map(|up| OwnHand { keep: up.keep })
    }
}

/// Those whose hands are up, in the order in which they were raised.
pub(super) fn in_line<'a>(hands: impl Iterator<Item = (Option<Time>, &'a DeviceId)>) -> Vec<DeviceId> {
    let mut raised: Vec<(Time, &DeviceId)> = hands.filter_map(|(since, device)| Some((since?, device))).collect();
    raised.sort();
    raised.into_iter().map(|(_, device)| device.clone()).collect()
}
