//! What follows from a step, kept until the step is known to count.
//!
//! What is for devices at other relays goes with the step itself.

use std::sync::{Mutex, PoisonError};

use call::record::{CameTo, Summary};
use protocol::{CallId, CallState, CallStatus, DeviceId, RelayMessage, UserId};

use crate::push::Ring;
use crate::store::{Courier, Here, News, Origin};

/// A courier that carries nothing away yet.
#[derive(Default)]
pub(super) struct Journal(Mutex<Vec<Entry>>);

/// A frame for a device at another relay: of what type, and its `data`. Of no type, it has the page begin anew.
pub(super) type Frame = (DeviceId, &'static str, String);

enum Entry {
    Send(DeviceId, RelayMessage),
    Renew(DeviceId),
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

    /// What that device has been told is not all: its page is to begin anew.
    pub(super) fn renew(&self, device: &DeviceId) {
        self.note(Entry::Renew(device.clone()));
    }

    /// Takes out what is for devices that are not here.
    pub(super) fn take_far(&self, courier: &dyn Courier) -> Vec<Frame> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let far = |entry: &mut Entry| match entry {
            Entry::Send(device, _) | Entry::Renew(device) => !courier.serves(device),
            _ => false,
        };
        entries.extract_if(.., far).filter_map(Entry::frame).collect()
    }

    /// Hands it all over, in order; returns what is for devices that were here and are not any more.
    pub(super) fn hand_to(self, courier: &dyn Courier) -> Vec<Frame> {
        let gone = self.take_far(courier);
        for entry in self.0.into_inner().unwrap_or_else(PoisonError::into_inner) {
            match entry {
                Entry::Send(to, message) => courier.send(&to, message),
                Entry::Renew(device) => courier.hear(News::Renewed(device)),
                Entry::Reply(origin, message) => courier.reply(&origin, message),
                Entry::Moved(from, to) => courier.moved(from, to),
                Entry::Rings(ring) => courier.rings(ring),
                Entry::Rang(user, call, came_to) => courier.rang(&user, &call, came_to),
                Entry::Over(summary) => courier.over(&summary),
            }
        }
        gone
    }
}

impl Entry {
    fn frame(self) -> Option<Frame> {
        match self {
            Self::Send(device, message) => Some((device, message.kind(), message.data())),
            Self::Renew(device) => Some((device, "", String::new())),
            _ => None,
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

    /// It stands for one step, to which nobody else says anything.
    fn hear(&self, _: News) {}

    /// It has no sessions.
    fn sessions(&self) -> Vec<Here> {
        Vec::new()
    }

    /// It serves nobody itself.
    fn serves(&self, _: &DeviceId) -> bool {
        false
    }
}
