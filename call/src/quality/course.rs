//! How good a call was from beginning to end, for a graph: few points however long it lasts.

use std::time::Duration;

use protocol::Figures;

use crate::Time;

/// The width of a point at first: pages report so often.
const EVERY: Duration = Duration::from_secs(10);

/// The worst of everything that was reported, in equal stretches of time. At most [`Course::POINTS`] are kept: where there
/// would be more, neighbours become one and stand for twice the time. So what is bad for a moment is still seen in a graph
/// of hours, and a call takes 3 KB at most.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Course {
    from: Time,
    every: Duration,
    points: Vec<Point>,
}

/// The worst of one stretch of time. What nobody reported is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Point {
    /// The least [`Figures::mos_x100`].
    pub mos_x100: Option<u16>,
    /// The longest [`Figures::round_trip_ms`].
    pub round_trip_ms: Option<u16>,
    /// The most [`Figures::loss_permille`].
    pub loss_permille: Option<u16>,
}

impl Course {
    /// The most points that there can be: half an hour by ten seconds, and more than a phone's screen shows apart.
    pub const POINTS: usize = 180;

    /// Nothing yet; the first point begins at that time.
    #[must_use]
    pub const fn new(from: Time) -> Self {
        Self { from, every: EVERY, points: Vec::new() }
    }

    /// Takes in what is known of that moment, which is not before the first point.
    pub fn add(&mut self, now: Time, figures: &Figures) {
        let point = Point {
            mos_x100: figures.mos_x100,
            round_trip_ms: figures.round_trip_ms,
            loss_permille: figures.loss_permille,
        };
        let place = self.make_room(now);
        if place >= self.points.len() {
            self.points.resize(place + 1, Point::default());
        }
        if let Some(there) = self.points.get_mut(place) {
            *there = there.and(point);
        }
    }

    /// When the first point begins.
    #[must_use]
    pub const fn from(&self) -> Time {
        self.from
    }

    /// How long a point lasts.
    #[must_use]
    pub const fn every(&self) -> Duration {
        self.every
    }

    /// All of them, in order and without gaps.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Which point a moment belongs to, once there are few enough of them.
    fn make_room(&mut self, now: Time) -> usize {
        loop {
            let place = self.now_at(now);
            if place < Self::POINTS {
                return place;
            }
            self.every = self.every.saturating_mul(2);
            let merged = |pair: &[Point]| pair.iter().copied().fold(Point::default(), Point::and);
            self.points = self.points.chunks(2).map(merged).collect();
        }
    }

    fn now_at(&self, now: Time) -> usize {
        let place = now.since(self.from).as_millis() / self.every.as_millis().max(1);
        usize::try_from(place).unwrap_or(usize::MAX)
    }
}

impl Point {
    /// The worst of two.
    fn and(self, other: Self) -> Self {
        let most = |one: Option<u16>, other: Option<u16>| one.max(other);
        Self {
            // Nothing is less than any figure, so the least is to be found among those that there are.
            mos_x100: self.mos_x100.into_iter().chain(other.mos_x100).min(),
            round_trip_ms: most(self.round_trip_ms, other.round_trip_ms),
            loss_permille: most(self.loss_permille, other.loss_permille),
        }
    }
}
