//! What the counters of two moments say about the time between them.

use std::time::Duration;

use protocol::Figures;

use super::emodel::{Coding, Conditions, mos, rating, within};
use super::{Level, Limitation, Stats};
use crate::Time;

/// Counters beyond this are not exact any more (2^53); no call gets there.
const MOST: f64 = 9_007_199_254_740_992.0;
/// What Opus needs to gather and to look ahead before a packet of 20 ms can leave, in milliseconds (RFC 6716 section 2).
const CODEC_DELAY: f64 = 26.5;
/// How many times the jitter a receiver holds sound back. Jitter is a mean deviation (RFC 3550 section 6.4.1), and most
/// packets are within twice that.
const HELD_BACK: f64 = 2.0;

/// What one second of receiving a participant came to, or however long it was between two readings.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// When it ended.
    pub at: Time,
    /// From here to there and back, in milliseconds.
    pub round_trip_ms: Option<f64>,
    /// The sound's jitter, in milliseconds.
    pub jitter_ms: Option<f64>,
    /// The share of the sound's packets that was lost, 0 to 1.
    pub loss: Option<f64>,
    /// The share of the sound that had to be made up and was to be heard, 0 to 1.
    pub concealed: Option<f64>,
    /// The share of the time in which the picture stood still, 0 to 1.
    pub frozen: Option<f64>,
    /// How often the picture began to stand still.
    pub freezes: Option<f64>,
    /// Frames decoded, a second.
    pub frame_rate: Option<f64>,
    /// The picture's width and height, in pixels.
    pub frame_size: Option<(f64, f64)>,
    /// Bits of sound and pictures that arrived, a second.
    pub received: Option<f64>,
    /// Bits of sound and pictures that were sent, a second.
    pub sent: Option<f64>,
    /// The share of this side's sound that the other side lost, 0 to 1.
    pub uplink_loss: Option<f64>,
    /// Why this side's picture is not better.
    pub limitation: Limitation,
    /// How many packets of sound and pictures arrived.
    pub packets: Option<f64>,
    /// The rating R of the sound by the E-model, 0 to 100; `None` when there was none.
    pub rating: Option<f64>,
}

impl Sample {
    /// The time from one reading to the next. Counters that went back began afresh, with a new connection or a restart,
    /// and say nothing about this time.
    pub(super) fn between((then, before): (Time, &Stats), (now, after): (Time, &Stats)) -> Self {
        let passed = now.since(then).as_secs_f64();
        let a_second = |grown: Option<f64>| grown.filter(|_| passed > 0.0).map(|grown| grown / passed);
        let bytes_received = sum(
            grown(before.audio.bytes_received, after.audio.bytes_received),
            grown(before.video.bytes_received, after.video.bytes_received),
        );
        let packets = grown(before.audio.packets_received, after.audio.packets_received);
        let picture = (&before.picture, &after.picture);
        let frozen = grown(picture.0.total_freezes_duration, picture.1.total_freezes_duration);
        let frames = a_second(grown(picture.0.frames_decoded, picture.1.frames_decoded));
        let mut sample = Self {
            at: now,
            round_trip_ms: sane(after.round_trip_time).map(|seconds| seconds * 1_000.0),
            jitter_ms: sane(after.audio.jitter).map(|seconds| seconds * 1_000.0),
            loss: lost(before, after),
            concealed: concealed(before, after),
            frozen: a_second(frozen).map(|share| within(share, 0.0, 1.0)),
            freezes: grown(picture.0.freeze_count, picture.1.freeze_count),
            frame_rate: sane(after.picture.frames_per_second).or(frames),
            frame_size: sane(after.picture.frame_width).zip(sane(after.picture.frame_height)),
            received: a_second(bytes_received).map(|bytes| bytes * 8.0),
            sent: a_second(grown(before.sent.bytes_sent, after.sent.bytes_sent)).map(|bytes| bytes * 8.0),
            uplink_loss: sane(after.sent.fraction_lost).map(|share| within(share, 0.0, 1.0)),
            limitation: after.sent.limitation,
            packets: sum(packets, grown(before.video.packets_received, after.video.packets_received)),
            rating: None,
        };
        let heard = packets.is_some_and(|packets| packets > 0.0);
        sample.rating = heard.then(|| rating(&sample.conditions(after, burst_ratio(before, after))));
        sample
    }

    /// What the sound went through. Loss is what had to be made up, because packets that come too late are lost as well
    /// and those that forward error correction brings back are not; where a browser does not say, it is the lost packets.
    fn conditions(&self, stats: &Stats, burst_ratio: f64) -> Conditions {
        let one_way = self.round_trip_ms.unwrap_or_default() / 2.0;
        Conditions {
            coding: Coding::of(stats.audio.codec.as_deref().unwrap_or_default()),
            delay_ms: one_way + HELD_BACK * self.jitter_ms.unwrap_or_default() + CODEC_DELAY,
            loss: self.concealed.or(self.loss).unwrap_or_default(),
            burst_ratio,
        }
    }

    /// The mean opinion score of the sound, 1 to 4.5 on the narrowband scale.
    #[must_use]
    pub fn mos(&self) -> Option<f64> {
        self.rating.map(mos)
    }

    /// What it comes to for whoever listens and looks. With `expected`, something should have arrived.
    #[must_use]
    pub fn level(&self, expected: bool) -> Level {
        if expected && self.packets == Some(0.0) {
            return Level::Lost;
        }
        let sound = self.rating.map_or(Level::Good, Level::of_rating);
        sound.max(self.frozen.map_or(Level::Good, Level::of_frozen))
    }

    /// The same for what this side sends, as far as the other side says.
    #[must_use]
    pub fn uplink_level(&self) -> Level {
        let Some(loss) = self.uplink_loss else { return Level::Good };
        Level::of_rating(rating(&Conditions { coding: Coding::OPUS, delay_ms: 0.0, loss, burst_ratio: 1.0 }))
    }

    /// The figures that others are told.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let permille = |share: f64| whole(share * 1_000.0);
        Figures {
            mos_x100: self.mos().map(|mos| whole(mos * 100.0)),
            round_trip_ms: self.round_trip_ms.map(whole),
            jitter_ms: self.jitter_ms.map(whole),
            loss_permille: self.loss.map(permille),
            frozen_permille: self.frozen.map(permille),
        }
    }

    /// Whether it ended within that time before `now`.
    pub(super) fn is_within(&self, now: Time, time: Duration) -> bool {
        now.since(self.at) < time
    }
}

/// The number, if it is one that a counter or a gauge can have.
fn sane(number: Option<f64>) -> Option<f64> {
    number.filter(|number| (0.0..=MOST).contains(number))
}

/// How much a counter grew. `None` if it went back.
fn grown(before: Option<f64>, after: Option<f64>) -> Option<f64> {
    let grown = sane(after)? - sane(before)?;
    (grown >= 0.0).then_some(grown)
}

/// The sum of what is known; `None` if nothing is.
fn sum(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    (one.is_some() || other.is_some()).then(|| one.unwrap_or_default() + other.unwrap_or_default())
}

fn share(part: f64, all: f64) -> Option<f64> {
    (all > 0.0).then(|| within(part / all, 0.0, 1.0))
}

/// Packets of sound that were lost. A counter that went back alone found packets that had been given up: none lost.
fn lost_packets(before: &Stats, after: &Stats) -> Option<f64> {
    sane(after.audio.packets_lost).and(Some(grown(before.audio.packets_lost, after.audio.packets_lost).unwrap_or(0.0)))
}

fn lost(before: &Stats, after: &Stats) -> Option<f64> {
    let received = grown(before.audio.packets_received, after.audio.packets_received)?;
    let lost = lost_packets(before, after)?;
    share(lost, lost + received)
}

fn concealed(before: &Stats, after: &Stats) -> Option<f64> {
    let (before, after) = (&before.sound, &after.sound);
    let concealed = grown(before.concealed_samples, after.concealed_samples)?;
    let silent = grown(before.silent_concealed_samples, after.silent_concealed_samples).unwrap_or_default();
    share(concealed - silent, grown(before.total_samples, after.total_samples)?)
}

/// `BurstR` of G.107 section 7.5: how many packets are lost in a row, divided by how many it would be at random, which is
/// `1 / (1 − loss)`. How often a row begins is taken from how often sound began to be made up.
fn burst_ratio(before: &Stats, after: &Stats) -> f64 {
    let rows = grown(before.sound.concealment_events, after.sound.concealment_events).filter(|rows| *rows > 0.0);
    let (Some(rows), Some(packets), Some(loss)) = (rows, lost_packets(before, after), lost(before, after)) else {
        return 1.0;
    };
    packets / rows * (1.0 - loss)
}

/// The nearest whole number that fits.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is made to fit before")]
fn whole(number: f64) -> u16 {
    within(number.round(), 0.0, f64::from(u16::MAX)) as u16
}
