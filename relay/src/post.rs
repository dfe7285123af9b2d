//! Carries what follows from a change of a call to where it belongs: sessions, directory, counters, log.

use std::sync::Arc;

use protocol::{CallState, CallStatus, DeviceId, RelayMessage, UserId};

use crate::clock::Clock;
use crate::directory::Directory;
use crate::history::{Call, History};
use crate::hub::Hub;
use crate::metrics::Metrics;
use crate::store::{Courier, Origin};

/// The courier of a relay that stands alone: everyone is here.
#[derive(Debug)]
pub struct Post {
    /// Who has which device.
    pub hub: Arc<Hub>,
    /// Who is told what people do.
    pub directory: Arc<Directory>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What is kept of calls that are over.
    pub history: Arc<History>,
    /// When that was.
    pub clock: Clock,
}

impl Post {
    fn deliver(&self, to: &DeviceId, reply_to: Option<u32>, message: &RelayMessage) {
        // A device whose session is over hears nothing more; the record will notice its absence by itself.
        if let Some(session) = self.hub.by_device(to) {
            session.post(reply_to, message);
        }
    }

    /// The name of somebody who is here.
    fn name(&self, user: &UserId) -> Option<String> {
        self.hub.by_user(user).first().map(|session| session.person.name.clone())
    }
}

impl Courier for Post {
    fn send(&self, to: &DeviceId, message: RelayMessage) {
        self.deliver(to, None, &message);
    }

    fn reply(&self, origin: &Origin, message: RelayMessage) {
        self.deliver(&origin.device, origin.request, &message);
    }

    fn status(&self, user: &UserId, status: CallStatus) {
        self.directory.change(user, status);
    }

    fn moved(&self, from: Option<CallState>, to: CallState) {
        self.metrics.call_moved(from, to);
    }

    fn over(&self, summary: &call::record::Summary) {
        self.metrics.call_ended(summary.reason);
        let talked = summary.active.map(|active| summary.ended.since(active).as_secs());
        tracing::debug!(call = %summary.call_id, reason = ?summary.reason, ?talked, "a call is over");
        self.history.note(Call::new(summary, self.clock.dates(), |user| self.name(user)));
    }
}
