//! Whom a call concerns, beside its record: what the keys of users and devices are made from.

use std::collections::{BTreeMap, BTreeSet};

use call::Time;
use protocol::{CallId, CallStatus, DeviceId, UserId};
use serde::{Deserialize, Serialize};

use crate::store::state::State;

/// The places that a call gives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Places {
    /// The devices in it.
    pub(super) seats: BTreeSet<DeviceId>,
    /// The devices at its room's door.
    pub(super) doors: BTreeSet<DeviceId>,
    /// What its users do in it.
    pub(super) doing: BTreeMap<UserId, CallStatus>,
    /// When all of this was last written to the keys of users and devices, which do not last for ever.
    pub(super) written: Time,
}

impl Places {
    /// Those of a call as a state has them.
    pub(super) fn of(state: &State, call: &CallId, written: Time) -> Self {
        let seated = state.seats.iter().filter(|(_, calls)| calls.contains(call));
        let waiting = state.waiting.iter().filter(|(_, at)| *at == call);
        let doing = state.users.iter().filter_map(|(user, calls)| {
            let (_, status) = calls.iter().find(|(one, _)| one == call)?;
            Some((user.clone(), *status))
        });
        Self {
            seats: seated.map(|(device, _)| device.clone()).collect(),
            doors: waiting.map(|(device, _)| device.clone()).collect(),
            doing: doing.collect(),
            written,
        }
    }

    /// Brings a state in line with them.
    pub(super) fn add_to(&self, state: &mut State, call: &CallId) {
        for device in &self.seats {
            state.seat(device.clone(), call);
        }
        state.waiting.extend(self.doors.iter().map(|device| (device.clone(), call.clone())));
        for (user, status) in &self.doing {
            state.set_status(user, call, Some(*status));
        }
    }

    /// The opposite.
    pub(super) fn remove_from(&self, state: &mut State, call: &CallId) {
        for device in &self.seats {
            state.free(device, call);
        }
        state.waiting.retain(|device, at| at != call || !self.doors.contains(device));
        for user in self.doing.keys() {
            state.set_status(user, call, None);
        }
    }

    /// The same places, whenever they were written.
    pub(super) fn are(&self, other: &Self) -> bool {
        self.seats == other.seats && self.doors == other.doors && self.doing == other.doing
    }

    /// What each device's key says of this call: `seat` or `door`.
    pub(super) fn devices(&self) -> BTreeMap<&DeviceId, &'static str> {
        let doors = self.doors.iter().map(|device| (device, "door"));
        doors.chain(self.seats.iter().map(|device| (device, "seat"))).collect()
    }
}
