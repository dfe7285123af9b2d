//! What follows from a step, kept until the step is known to count.

use std::sync::{Mutex, PoisonError};

use call::record::{CameTo, Summary};
use protocol::{CallId, CallState, CallStatus, DeviceId, RelayMessage, UserId};

use crate::push::Ring;
use crate::store::{Courier, Origin};

/// A courier that carries nothing away yet.
#[derive(Default)]
pub(super) struct Journal(Mutex<Vec<Entry>>);

enum Entry {
    Send(DeviceId, RelayMessage),
    Reply(Origin, RelayMessage),
    Moved(Option<CallState>, CallState),
    Rings(Ring),
    Rang(UserId, CallId, CameTo),
    Over(Box<Summary>),
}

impl Journal {
    fn note(&self, entry: Entry) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    }

    /// Hands it all over, in order.
    pub(super) fn hand_to(self, courier: &dyn Courier) {
        for entry in self.0.into_inner().unwrap_or_else(PoisonError::into_inner) {
            match entry {
                Entry::Send(to, message) => courier.send(&to, message),
                Entry::Reply(origin, message) => courier.reply(&origin, message),
                Entry::Moved(from, to) => courier.moved(from, to),
                Entry::Rings(ring) => courier.rings(ring),
                Entry::Rang(user, call, came_to) => courier.rang(&user, &call, came_to),
                Entry::Over(summary) => courier.over(&summary),
            }
        }
    }
}

impl Courier for Journal {
    fn send(&self, to: &DeviceId, message: RelayMessage) {
        self.note(Entry::Send(to.clone(), message));
    }

    fn reply(&self, origin: &Origin, message: RelayMessage) {
        self.note(Entry::Reply(origin.clone(), message));
    }

    /// What a user does in calls that the step had not to look at is known to Redis alone, which says it when it writes.
    fn status(&self, _: &UserId, _: CallStatus) {}

    fn moved(&self, from: Option<CallState>, to: CallState) {
        self.note(Entry::Moved(from, to));
    }

    fn rings(&self, ring: Ring) {
        self.note(Entry::Rings(ring));
    }

    fn rang(&self, user: &UserId, call: &CallId, came_to: CameTo) {
        self.note(Entry::Rang(user.clone(), call.clone(), came_to));
    }

    fn over(&self, summary: &Summary) {
        self.note(Entry::Over(Box::new(summary.clone())));
    }

    /// It serves nobody itself.
    fn serves(&self, _: &DeviceId) -> bool {
        false
    }
}
