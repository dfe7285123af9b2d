//! What figures come to for people, said only when it lasts.

use std::time::Duration;

use crate::Time;

/// How long it must be worse before it is said to be. Shorter, and every stutter is talked about; longer, and people have
/// asked "can you hear me?" by then.
const WORSE: Duration = Duration::from_secs(3);
/// How long it must be better. Longer than the other, so that a connection on the border does not come and go.
const BETTER: Duration = Duration::from_secs(6);

/// How well a participant is received; the greater the worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing to complain about: a rating of 80 and more, "users satisfied" (G.107 table B.1).
    #[default]
    Good,
    /// Audible losses or a stumbling picture: a rating of 60 and more.
    Fair,
    /// Hard to follow: "nearly all users dissatisfied", or a picture that stands still half of the time.
    Poor,
    /// Nothing arrives although something is sent.
    Lost,
}

impl Level {
    /// Bad enough to be talked about.
    #[must_use]
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Poor | Self::Lost)
    }

    /// The level of a rating of the E-model.
    #[must_use]
    pub fn of_rating(rating: f64) -> Self {
        match rating {
            r if r >= 80.0 => Self::Good,
            r if r >= 60.0 => Self::Fair,
            _ => Self::Poor,
        }
    }

    /// The level of a mean opinion score in hundredths: the same borders, as the E-model converts them (G.107 annex B).
    #[must_use]
    pub const fn of_mos(mos_x100: u16) -> Self {
        match mos_x100 {
            402.. => Self::Good,
            310.. => Self::Fair,
            _ => Self::Poor,
        }
    }

    /// The level of a picture that stands still for this share of the time. The borders are ours: one second in five is
    /// noticed, and one in two is no moving picture any more.
    #[must_use]
    pub fn of_frozen(share: f64) -> Self {
        match share {
            s if s >= 0.5 => Self::Poor,
            s if s >= 0.2 => Self::Fair,
            _ => Self::Good,
        }
    }
}

/// A level with hysteresis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steady {
    level: Level,
    /// Since when it has been on one side of `level` without a break, and the nearest to `level` that it was.
    other: Option<(Time, Level)>,
}

impl Steady {
    /// The level that lasts.
    #[must_use]
    pub const fn level(self) -> Level {
        self.level
    }

    /// Takes in the level of this moment.
    pub fn observe(&mut self, now: Time, level: Level) {
        if level == self.level {
            self.other = None;
            return;
        }
        let worse = level > self.level;
        let same_side = self.other.filter(|(_, before)| (*before > self.level) == worse);
        let (since, nearest) = same_side.unwrap_or((now, level));
        let nearest = if worse { nearest.min(level) } else { nearest.max(level) };
        if now.since(since) >= if worse { WORSE } else { BETTER } {
            *self = Self { level: nearest, other: None };
        } else {
            self.other = Some((since, nearest));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::mos;
    use super::Level::{Fair, Good, Lost, Poor};
    use super::*;

    /// What is said at the end of each second.
    fn said(levels: &[Level]) -> Vec<Level> {
        let mut steady = Steady::default();
        let seconds = (0_u64..).map(|second| Time::from_millis(second * 1_000));
        let said = levels.iter().zip(seconds).map(|(level, now)| {
            steady.observe(now, *level);
            steady.level()
        });
        said.collect()
    }

    #[test]
    fn a_stutter_is_not_talked_about() {
        assert_eq!(said(&[Good, Poor, Poor, Good, Lost, Poor, Good]), [Good; 7]);
    }

    #[test]
    fn what_lasts_is_said_as_kindly_as_it_was() {
        assert_eq!(said(&[Good, Lost, Fair, Poor, Poor]), [Good, Good, Good, Good, Fair]);
        assert_eq!(said(&[Poor, Poor, Poor, Poor]).last(), Some(&Poor));
    }

    #[test]
    fn it_takes_longer_to_recover() {
        let mut levels = vec![Poor; 4];
        levels.extend([Good; 7]);
        let said = said(&levels);
        assert_eq!(said[9], Poor);
        assert_eq!(said[10], Good);
    }

    #[test]
    fn on_the_border_it_does_not_come_and_go() {
        let levels: Vec<Level> = [Poor; 4].into_iter().chain([Good, Poor].repeat(30)).collect();
        assert_eq!(said(&levels)[4..], [Poor; 60]);
    }

    #[test]
    fn ratings_have_levels() {
        assert_eq!([93.0, 70.0, 59.9, f64::NAN].map(Level::of_rating), [Good, Fair, Poor, Poor]);
        assert_eq!([450, 402, 401, 310, 309, 100].map(Level::of_mos), [Good, Good, Fair, Fair, Poor, Poor]);
        for rating in [0.0, 59.0, 61.0, 79.0, 81.0, 93.0] {
            // Never more than 450.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let hundredths = (mos(rating) * 100.0).round() as u16;
            assert_eq!(Level::of_mos(hundredths), Level::of_rating(rating), "{rating}");
        }
        assert_eq!([0.0, 0.3, 1.0, f64::NAN].map(Level::of_frozen), [Good, Fair, Poor, Good]);
    }
}
