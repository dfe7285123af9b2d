//! How one of the others is received, from the first reading to the last.

use std::time::Duration;

use protocol::Figures;

use super::{Level, Limitation, Route, Sample, Stats, Steady, Tally};
use crate::Time;

/// How far back the samples go that are kept.
pub const RECENT: Duration = Duration::from_secs(120);
/// How many of them at most: one a second.
const MOST_SAMPLES: usize = 120;
/// Readings that follow each other more quickly are passed over: so little time says nothing.
const TOO_SOON: Duration = Duration::from_millis(200);

/// A reading sooner than this is one of those that look for the end of a gap: no sample as long as there is none.
const SECOND: Duration = Duration::from_millis(900);

/// Readings further apart say nothing of what was between: the call was on hold, or the machine asleep.
const TOO_FAR: Duration = Duration::from_secs(3);

/// So long nothing arrives on a path that is taken for dead. Shorter, and a page counts that is frozen for two seconds, or a
/// machine that is busy for a moment.
const SILENT: Duration = Duration::from_millis(2_400);

/// Readings further apart are those of a side that stood still itself: what came meanwhile may not be counted yet.
const LATE: Duration = Duration::from_millis(1_500);

/// Between two readings in time and the one before lies no more, in milliseconds: a browser that says so talks nonsense.
const LONGEST_AGO: f64 = 3_000.0;

/// How far back a [`Reading`] goes, and how often the others are told.
pub const LATELY: Duration = Duration::from_secs(10);

/// What is known of one of the others at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// How well they are received, without flutter.
    pub level: Level,
    /// How well this side is received by them, as far as they say, without flutter.
    pub uplink: Level,
    /// Nothing has arrived for more than two seconds although something is sent.
    pub silent: bool,
    /// Nothing has arrived since the reading before, although something is sent.
    pub gap: bool,
    /// Packets of a picture have arrived since the reading before, and there is a picture of them, or none.
    pub picture_moves: Option<bool>,
    /// What the time since [`LATELY`] came to: the median of each figure.
    pub lately: Figures,
}

/// One of the others, as received here.
#[derive(Clone, Debug, Default)]
pub struct Line {
    last: Option<(Time, Stats)>,
    /// The oldest first.
    recent: Vec<Sample>,
    whole: Tally,
    /// Since when nothing arrives although something is sent.
    nothing_since: Option<Time>,
    level: Steady,
    uplink: Steady,
}

impl Line {
    /// Takes in what the browser says, once a second. `expected` says that the other side sends something.
    pub fn take(&mut self, now: Time, stats: Stats, expected: bool) -> Reading {
        if let Some((then, before)) = &self.last {
            if now.since(*then) < TOO_SOON {
                return self.reading(now);
            }
            if now.since(*then) < TOO_FAR {
                let sample = Sample::between((*then, before), (now, &stats));
                let short = now.since(*then) < SECOND;
                let gap = sample.level(expected) == Level::Lost;
                if gap && short && self.nothing_since.is_some() {
                    return Reading { gap, ..self.reading(now) };
                }
                // So little time without a frame is nothing, unless it is the first after a gap.
                let tells = !short || self.nothing_since.is_some();
                let picture_moves = picture_moves(before, &stats).filter(|moves| *moves || tells);
                let since = || self.last_packet(*then, now, &stats);
                self.nothing_since = gap.then(|| self.nothing_since.unwrap_or_else(since));
                self.keep(sample, expected);
                self.last = Some((now, stats));
                return Reading { gap, picture_moves, ..self.reading(now) };
            }
            self.nothing_since = None;
        }
        self.last = Some((now, stats));
        self.reading(now)
    }

    /// From when on it counts that nothing arrives, of a gap that is seen for the first time: from the last packet, not from
    /// the reading `then`, where the browser says when it came.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is looked at before")]
    fn last_packet(&self, then: Time, now: Time, stats: &Stats) -> Time {
        if now.since(then) > LATE {
            return now;
        }
        // One from before anything was expected says nothing.
        let heard = self.recent.last().is_some_and(|sample| sample.packets > Some(0.0));
        let ago = [stats.audio.last_packet_ms_ago, stats.video.last_packet_ms_ago].into_iter().flatten();
        match ago.reduce(f64::min).filter(|ago| heard && (0.0..LONGEST_AGO).contains(ago)) {
            Some(ago) => Time::from_millis(now.as_millis().saturating_sub(ago as u64)),
            None => then,
        }
    }

    fn reading(&self, now: Time) -> Reading {
        let silent = self.nothing_since.is_some_and(|since| now.since(since) >= SILENT);
        let (level, uplink) = self.levels();
        Reading { level, uplink, silent, gap: false, picture_moves: None, lately: self.lately(now) }
    }

    fn keep(&mut self, sample: Sample, expected: bool) {
        let now = sample.at;
        self.level.observe(now, sample.level(expected));
        self.uplink.observe(now, sample.uplink_level());
        self.whole.add(&sample.figures());
        self.recent.retain(|old| old.is_within(now, RECENT));
        if self.recent.len() >= MOST_SAMPLES {
            self.recent.remove(0);
        }
        self.recent.push(sample);
    }

    /// The last two minutes, the oldest first.
    pub fn recent(&self) -> impl ExactSizeIterator<Item = &Sample> {
        self.recent.iter()
    }

    fn lately(&self, now: Time) -> Figures {
        let mut tally = Tally::default();
        for sample in self.recent.iter().filter(|sample| sample.is_within(now, LATELY)) {
            tally.add(&sample.figures());
        }
        tally.median()
    }

    /// What all of it came to.
    #[must_use]
    pub const fn whole(&self) -> &Tally {
        &self.whole
    }

    /// This side's picture is held back because this machine is not quick enough.
    #[must_use]
    pub fn is_limited_by_cpu(&self) -> bool {
        self.recent.last().is_some_and(|sample| sample.limitation == Limitation::Cpu)
    }

    /// How well they are received, and how well this side is by them as far as they say, both without flutter.
    #[must_use]
    pub const fn levels(&self) -> (Level, Level) {
        (self.level.level(), self.uplink.level())
    }

    /// The way that media takes.
    #[must_use]
    pub fn route(&self) -> Option<Route> {
        self.last.as_ref()?.1.route
    }

    /// The codecs of sound and picture, as `mimeType`s.
    #[must_use]
    pub fn codecs(&self) -> (Option<&str>, Option<&str>) {
        let Some((_, stats)) = &self.last else { return (None, None) };
        (stats.audio.codec.as_deref(), stats.video.codec.as_deref())
    }
}

/// Whether there is a picture of the packets of one that came between two readings; `None` if none came, or the browser
/// does not say.
fn picture_moves(before: &Stats, after: &Stats) -> Option<bool> {
    let came = after.video.packets_received? > before.video.packets_received?;
    let moves = after.picture.frames_decoded? > before.picture.frames_decoded?;
    came.then_some(moves)
}
