//! Lost connections and everything else that time brings.

use protocol::{DeviceId, EndReason};

use super::ringing_in::Guest;
use super::{CallRecord, Effect, Loss, NOTHING, Outcome, Seat, Stage, Terms};
use crate::Time;

impl CallRecord {
    /// When to apply [`super::Event::Tick`] at the latest; `None` when there is nothing to wait for.
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        let own = match &self.stage {
            Stage::Ringing(ring) => Some(ring.until),
            Stage::Talking(talk) if self.active.is_none() => Some(talk.since + self.terms.connect),
            Stage::Room(room) => room.guests.iter().filter_map(Guest::deadline).chain(room.door.deadline()).min(),
            Stage::Talking(_) | Stage::Over(_) => None,
        };
        self.seats.iter().filter_map(|seat| seat.away_until).chain(own).min()
    }

    /// A second report of the same absence does not prolong it.
    pub(super) fn lost(&mut self, now: Time, device: &DeviceId, how: Loss) -> Outcome {
        let patience = match (&self.stage, how) {
            (Stage::Ringing(_), _) => Terms::CALLER_AWAY,
            (Stage::Room(room), _) if self.seats.len() == 1 && room.guests.iter().any(Guest::is_rung) => {
                Terms::CALLER_AWAY
            }
            (_, Loss::Closed) => Terms::AWAY,
            (_, Loss::Silent) => Terms::AWAY_SILENT,
        };
        if let Some(seat) = self.seat_mut(device) {
            seat.away_until.get_or_insert(now + patience);
        } else {
            self.knocker_away(now, device, true);
        }
        NOTHING
    }

    /// Somebody who was loaded anew learns who is rung; for anyone else it is nothing new and does no harm.
    pub(super) fn back(&mut self, now: Time, device: &DeviceId) -> Outcome {
        if let Some(seat) = self.seat_mut(device) {
            seat.away_until = None;
            return Ok(self.invitations().map(|told| Self::send(device, told)).into_iter().collect());
        }
        self.knocker_away(now, device, false);
        NOTHING
    }

    pub(super) fn tick(&mut self, now: Time) -> Outcome {
        match &self.stage {
            Stage::Ringing(ring) => {
                let caller_gone = self.seats.iter().find(|seat| is_due(seat, now)).map(|seat| seat.user().clone());
                if caller_gone.is_some() {
                    return Ok(self.end(now, EndReason::Cancelled, caller_gone, None));
                }
                if ring.until <= now { Ok(self.end(now, EndReason::Missed, None, None)) } else { NOTHING }
            }
            Stage::Talking(talk) => {
                if self.seats.iter().any(|seat| is_due(seat, now)) {
                    return Ok(self.end(now, EndReason::Failed, None, None));
                }
                let late = self.active.is_none() && talk.since + self.terms.connect <= now;
                if late { Ok(self.end(now, EndReason::Timeout, None, None)) } else { NOTHING }
            }
            Stage::Room(_) => Ok(self.look_after_room(now)),
            Stage::Over(_) => NOTHING,
        }
    }

    fn look_after_room(&mut self, now: Time) -> Vec<Effect> {
        let mut effects = self.leave_the_lost_behind(now);
        self.forget_lost_knocks(now, &mut effects);
        self.end_late_rings(now, &mut effects);
        effects
    }

    fn leave_the_lost_behind(&mut self, now: Time) -> Vec<Effect> {
        let due = self.seats.iter().filter(|seat| is_due(seat, now));
        let gone: Vec<DeviceId> = due.map(|seat| seat.device().clone()).collect();
        let mut effects = Vec::new();
        for device in gone {
            // With the one before, the call may be over: whoever was in it has been told.
            if self.seat(&device).is_none() {
                continue;
            }
            // Should they come back after all, this tells them that the room goes on without them.
            effects.push(self.send_ended(&device, EndReason::Failed, None));
            effects.append(&mut self.give_up_seat(now, &device, EndReason::Failed));
        }
        effects
    }
}

fn is_due(seat: &Seat, now: Time) -> bool {
    seat.away_until.is_some_and(|until| until <= now)
}
