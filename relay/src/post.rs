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
use crate::session::{CloseCode, Session};
use crate::store::{Courier, Here, News, Origin};

/// The courier of a relay: who is here hears of it, and what other relays say is passed on.
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

    fn carry(&self, to: &DeviceId, kind: &str, data: &str) {
        if let Some(session) = self.hub.by_device(to) {
            session.post_data(kind, None, data);
        }
    }

    /// Ends a session, without a word about the calls it is in.
    fn end(&self, device: &DeviceId, end: impl FnOnce(&Session)) {
        if let Some(session) = self.hub.take(device) {
            self.metrics.session_ended();
            end(&session);
        }
    }

    /// The name of somebody who is here or at another relay, or can be told of calls.
    fn name(&self, user: &UserId) -> Option<String> {
        let here = self.hub.by_user(user).first().map(|session| session.person.name.clone());
        let known = || self.push.reaches(user).map(|person| person.name);
        here.or_else(|| self.directory.name(user)).or_else(known)
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

    fn hear(&self, news: News) {
        match news {
            News::Frame(to, kind, data) => self.carry(&to, &kind, &data),
            // The page is told to come again; it finds no session and says `hello`.
            News::Renewed(device) => self.end(&device, |session| session.close(CloseCode::GoingAway)),
            News::Moved(device) => self.end(&device, Session::end),
            News::Here(person, status) => self.directory.show(person, status),
            News::Gone(user) => self.directory.is_gone(&user, &self.hub),
            News::All(people) => self.directory.show_all(people, &self.hub),
        }
    }

    fn sessions(&self) -> Vec<Here> {
        self.hub.sessions(self.clock.now())
    }
}
