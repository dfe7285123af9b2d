//! This side's own candidates on their way out (RFC 8838).

use std::time::Duration;

use protocol::{CallId, Candidate, DeviceId, IceCandidates, limits};

use crate::Time;
use crate::hands::Hands;

/// How long candidates are gathered into one message. The first of a burst never waits: it is often the one that
/// connects. Longer saves messages and costs the others their time.
const GATHER: Duration = Duration::from_millis(10);

/// Where a peer's signals go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) call_id: CallId,
    /// `None`: everyone who is being rung.
    pub(crate) to: Option<DeviceId>,
}

/// Keeps candidates back until they may leave, then sends them in small batches.
#[derive(Default)]
pub(super) struct Trickle {
    /// `None`: nothing may leave yet.
    address: Option<Address>,
    waiting: Vec<Candidate>,
    /// What has left, until it has served: a relay that lost the call is told again.
    sent: Vec<Candidate>,
    /// Until then what is found waits.
    gathering: Option<Time>,
}

impl Trickle {
    pub(super) fn address(&self) -> Option<&Address> {
        self.address.as_ref()
    }

    /// From now on candidates may leave, to there.
    pub(super) fn open(&mut self, now: Time, hands: &mut Hands, address: Address) {
        self.address = Some(address);
        self.send(now, hands);
    }

    /// Goes on from another peer connection's.
    pub(super) fn set_address(&mut self, address: Option<Address>) {
        self.address = address;
    }

    /// A candidate was found. More than the relay takes are dropped.
    pub(super) fn found(&mut self, now: Time, hands: &mut Hands, candidate: Candidate) {
        if self.waiting.len() + self.sent.len() < limits::CANDIDATES {
            self.waiting.push(candidate);
        }
        if self.gathering.is_none() {
            self.send(now, hands);
        }
    }

    pub(super) fn deadline(&self) -> Option<Time> {
        self.gathering
    }

    pub(super) fn tick(&mut self, now: Time, hands: &mut Hands) {
        if self.gathering.is_some_and(|until| until <= now) {
            self.gathering = None;
            self.send(now, hands);
        }
    }

    /// Those that have left belong to a generation that is over, or have done their work.
    pub(super) fn forget(&mut self) {
        self.sent.clear();
    }

    /// Sends everything once more, to a relay that has forgotten.
    pub(super) fn repeat(&mut self, now: Time, hands: &mut Hands) {
        let mut all = std::mem::take(&mut self.sent);
        all.append(&mut self.waiting);
        self.waiting = all;
        self.send(now, hands);
    }

    fn send(&mut self, now: Time, hands: &mut Hands) {
        let Some(Address { call_id, to }) = self.address.clone() else { return };
        if self.waiting.is_empty() {
            return;
        }
        let candidates = std::mem::take(&mut self.waiting);
        self.sent.extend(candidates.iter().cloned());
        self.gathering = Some(now + GATHER);
        hands.request(IceCandidates { call_id, to, candidates });
    }
}
