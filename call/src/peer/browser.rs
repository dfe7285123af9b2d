//! What the browser says to a peer's commands, and what follows from it.

use std::time::Duration;

use protocol::{Answer, CallId, DeviceId, Offer, Opaque};

use super::{
    COURTESY, HALF_PICTURES, MORE_CANDIDATES, Negotiation, Op, Peer, PeerNews, Picture, RECOVERY, RESTART_AGAIN,
    SERVERS, SOON,
};
use crate::hands::Hands;
use crate::{ConnectionState, PeerCommand, Time, sdp};

impl Peer {
    pub(super) fn made_offer(&mut self, now: Time, hands: &mut Hands, offer: String) -> Option<PeerNews> {
        if !self.finish(Op::MakeOffer) || self.negotiation != Negotiation::Offering {
            return None;
        }
        self.negotiation = Negotiation::Offered;
        self.offered_at = now;
        let Some((call_id, to)) = self.send_to() else { return Some(PeerNews::Description(offer)) };
        hands.request(Offer { call_id, to, sdp: Opaque::new(&offer) });
        self.own_offer = Some(offer);
        None
    }

    pub(super) fn repeat_offer(&mut self, now: Time, hands: &mut Hands) {
        if let (Some((call_id, to)), Some(offer)) = (self.send_to(), &self.own_offer) {
            self.offered_at = now;
            hands.request(Offer { call_id, to, sdp: Opaque::new(offer) });
        }
    }

    pub(super) fn made_answer(&mut self, now: Time, hands: &mut Hands, answer: String) -> Option<PeerNews> {
        if !self.finish(Op::ApplyOffer) || self.negotiation != Negotiation::Answering {
            return None;
        }
        if let Some(newer) = self.next_offer.take() {
            // The far side has given up the offer that this would answer.
            self.apply_offer(hands, newer);
            return None;
        }
        self.settle(now);
        let Some((call_id, to)) = self.send_to() else { return Some(PeerNews::Description(answer)) };
        hands.request(Answer { call_id, to, sdp: Opaque::new(&answer) });
        None
    }

    pub(super) fn op_failed(&mut self, now: Time, hands: &mut Hands) -> Option<PeerNews> {
        if self.ops.pop_front()? == Op::GivenUp {
            return None;
        }
        if let Some(newer) = self.next_offer.take() {
            self.apply_offer(hands, newer);
            return None;
        }
        if !self.settled {
            return Some(PeerNews::Broken);
        }
        self.settle(now);
        None
    }

    /// Takes the oldest open op off if it is the one that was answered. False for an answer that is of no use.
    pub(super) fn finish(&mut self, op: Op) -> bool {
        match self.ops.front() {
            Some(oldest) if *oldest == op => self.ops.pop_front().is_some(),
            Some(Op::GivenUp) if op == Op::MakeOffer => {
                self.ops.pop_front();
                false
            }
            _ => false,
        }
    }

    pub(super) fn settle(&mut self, now: Time) {
        self.negotiation = Negotiation::Stable;
        self.settled = true;
        self.seeking = !self.is_connected();
        if self.is_lost() {
            self.restart_in(now, RESTART_AGAIN);
        }
    }

    pub(super) fn connection_is(&mut self, now: Time, hands: &mut Hands, state: ConnectionState) -> Option<PeerNews> {
        if self.connection == state {
            return None;
        }
        self.connection = state;
        match state {
            ConnectionState::Connected => {
                self.restart_at = None;
                self.suspected = false;
                self.seeking = false;
                if std::mem::replace(&mut self.was_connected, true) {
                    self.ask_for_key_frame(now, hands);
                }
                self.trickle.forget();
                if self.picture == Picture::Half(None) {
                    self.picture = Picture::Half(Some(now + HALF_PICTURES));
                }
            }
            ConnectionState::Disconnected => self.restart_in(now, RECOVERY),
            ConnectionState::Failed if self.seeking => self.restart_in(now, MORE_CANDIDATES),
            ConnectionState::Failed => self.restart_in(now, Duration::ZERO),
            ConnectionState::New | ConnectionState::Connecting | ConnectionState::Closed => {}
        }
        Some(PeerNews::Connection(state))
    }

    pub(super) fn restart_in(&mut self, now: Time, wait: Duration) {
        if self.settled && self.far().is_some() {
            let at = now + wait + if self.polite { COURTESY } else { Duration::ZERO };
            self.restart_at = Some(self.restart_at.map_or(at, |earlier| earlier.min(at)));
        }
    }

    /// Looks for another path. False if there is no need, or it has to wait.
    pub(super) fn restart(&mut self, now: Time, hands: &mut Hands) -> bool {
        self.restart_at = None;
        // Without the relay the offer would wait and grow stale; `relay_back` restarts.
        if (self.is_connected() && !self.suspected) || !hands.link.is_online() {
            return false;
        }
        match self.negotiation {
            Negotiation::Stable if !hands.has_servers(now) => self.restart_at = Some(now + SERVERS),
            Negotiation::Stable => {
                self.offer(hands, true);
                self.restart_in(now, RESTART_AGAIN);
                return true;
            }
            // The offer will be answered when the far side is there.
            Negotiation::Offered => {}
            Negotiation::Offering | Negotiation::Answering | Negotiation::Settling => {
                self.restart_at = Some(now + SOON)
            }
        }
        false
    }

    pub(super) fn apply_offer(&mut self, hands: &mut Hands, offer: String) {
        self.negotiation = Negotiation::Answering;
        self.own_offer = None;
        self.restart_at = None;
        self.ops.push_back(Op::ApplyOffer);
        self.describe(&offer);
        self.last_offer = Some(offer.clone());
        hands.peer(self.key, PeerCommand::ApplyOffer { sdp: offer });
        self.release(hands);
    }

    pub(super) fn describe(&mut self, sdp: &str) {
        self.far_session = sdp::session(sdp).map(str::to_owned);
        self.inbound.described(sdp::ufrags(sdp).map(str::to_owned).collect());
    }

    pub(super) fn release(&mut self, hands: &mut Hands) {
        let ready = self.inbound.release();
        if !ready.is_empty() {
            hands.peer(self.key, PeerCommand::AddCandidates(ready));
        }
    }

    /// A description of another peer connection than the one at the far end of this.
    pub(crate) fn is_of_another(&self, description: &str) -> bool {
        self.far_session.as_deref().zip(sdp::session(description)).is_some_and(|(known, new)| known != new)
    }

    /// Whose descriptions it has got.
    pub(crate) fn far_session(&self) -> Option<&str> {
        self.far_session.as_deref()
    }

    /// Another peer connection to the same participant. What came early for it may be here.
    pub(crate) fn beside(&self, hands: &mut Hands) -> Self {
        let mut fresh = Self::new(hands);
        fresh.polite = self.polite;
        fresh.inbound = self.inbound.clone();
        fresh.inbound.restart();
        fresh.trickle.set_address(self.trickle.address().cloned());
        fresh.hold(hands, self.holds);
        fresh
    }

    /// The far page was loaded anew before there was a connection: begins anew as well.
    pub(super) fn renew(&mut self, hands: &mut Hands) {
        self.close(hands);
        *self = self.beside(hands);
    }

    fn send_to(&self) -> Option<(CallId, DeviceId)> {
        let address = self.trickle.address()?;
        Some((address.call_id.clone(), address.to.clone()?))
    }
}
