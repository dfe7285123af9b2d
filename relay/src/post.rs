//! Carries what follows from a change of a call to where it belongs: sessions, directory, counters, log.

use std::sync::Arc;

use call::record::CameTo;
use protocol::{CallId, CallState, CallStatus, DeviceId, RelayMessage, UserId};

use crate::audit::Audit;
use crate::clock::Clock;
use crate::directory::Directory;
use crate::history::{Call, History};
use crate::hub::Hub;
use crate::ice::Passed;
use crate::metrics::Metrics;
use crate::push::{Push, Ring};
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
    /// Browsers without a page that are told of calls.
    pub push: Arc<Push>,
    /// What operators should know of.
    pub audit: Arc<Audit>,
    /// What the TURN server inside passes on.
    pub passed: Arc<Passed>,
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

    /// The name of somebody who is here, or can be told of calls.
    fn name(&self, user: &UserId) -> Option<String> {
        let here = self.hub.by_user(user).first().map(|session| session.person.name.clone());
        here.or_else(|| self.push.reaches(user).map(|person| person.name))
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

    fn rings(&self, ring: Ring) {
        self.push.rings(ring);
    }

    fn rang(&self, user: &UserId, call: &CallId, came_to: CameTo) {
        self.push.rang(user, call, came_to);
    }

    fn over(&self, summary: &call::record::Summary) {
        self.metrics.call_ended(summary.reason);
        let talked = summary.active.map(|active| summary.ended.since(active).as_secs());
        let people: Vec<&UserId> = summary.parts.iter().map(|part| &part.user).collect();
        let relayed_bytes = self.passed.take(&people, summary.began);
        tracing::debug!(call = %summary.call_id, reason = ?summary.reason, ?talked, ?relayed_bytes, "a call is over");
        if relayed_bytes.is_some() {
            self.metrics.call_relayed();
        }
        // Of a call between two: a group's was placed into a room, where who rang is not who is answered.
        if let (Some(from), Some(_)) = (&summary.from, &summary.to) {
            self.audit.over(from, summary.answered.is_some());
        }
        let call = Call::new(summary, self.clock.dates(), |user| self.name(user));
        self.history.note(Call { relayed_bytes, ..call });
    }

    fn serves(&self, device: &DeviceId) -> bool {
        self.hub.by_device(device).is_some()
    }
}
