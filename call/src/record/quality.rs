//! How participants receive each other: passed on to the others, and summed up for the history.

use std::time::Duration;

use protocol::{DeviceId, ErrorCode, Figures, QualityUpdate, Received};

use super::{CallRecord, NOTHING, Outcome, Seat, Stage};
use crate::Time;
use crate::quality::{Course, Overall, Tally};

/// A report that comes sooner after the last one of the same participant goes nowhere. Pages report every 10 seconds; half of that leaves
/// room for timers and networks that bunch them up, and none for one page to outweigh the others in the medians.
const BETWEEN_REPORTS: Duration = Duration::from_secs(5);

/// What was reported of a call, in memory that does not grow with time.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Reported {
    tally: Tally,
    course: Course,
}

impl Reported {
    fn new(now: Time) -> Self {
        Self { tally: Tally::default(), course: Course::new(now) }
    }

    fn add(&mut self, now: Time, figures: &Figures) {
        self.tally.add(figures);
        self.course.add(now, figures);
    }

    /// What it all came to.
    pub(super) fn sum_up(self) -> (Overall, Course) {
        (self.tally.overall(), self.course)
    }
}

impl CallRecord {
    /// Passes a report on to exactly the other participants, and counts it. What it says of somebody who is not in the
    /// call, of the sender, or of the same participant once more is left out: somebody may just have left.
    pub(super) fn quality(&mut self, now: Time, device: &DeviceId, mut received: Vec<Received>) -> Outcome {
        match &self.stage {
            Stage::Talking(_) | Stage::Room(_) => {}
            // It crossed the end of the call.
            Stage::Over(over) if over.concerns(device) => return NOTHING,
            Stage::Ringing(_) | Stage::Over(_) => return self.refuse(device, ErrorCode::WrongState),
        }
        let Some(seat) = self.seat_mut(device) else {
            return self.refuse(device, ErrorCode::WrongState);
        };
        if seat.reported.is_some_and(|last| now.since(last) < BETWEEN_REPORTS) {
            return NOTHING;
        }
        seat.reported = Some(now);
        let mut others: Vec<&DeviceId> = self.seats.iter().map(Seat::device).filter(|&other| other != device).collect();
        let mut unsaid = others.clone();
        received.retain(|one| {
            let place = unsaid.iter().position(|&other| *other == one.from);
            place.map(|place| unsaid.swap_remove(place)).is_some()
        });
        if received.is_empty() {
            others.clear();
        }
        let update = QualityUpdate { call_id: self.id.clone(), device: device.clone(), received };
        let effects = others.into_iter().map(|other| Self::send(other, update.clone())).collect();
        for one in &update.received {
            self.quality.get_or_insert_with(|| Box::new(Reported::new(now))).add(now, &one.figures);
        }
        Ok(effects)
    }
}
