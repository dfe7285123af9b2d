//! The negotiation with one other participant: "perfect negotiation" (webrtc section 10.7) as a machine.
//!
//! The browser is told one thing at a time and answers in the same order; [`Op`]s remember what is still to be answered.
//!
//! ```text
//!            MakeOffer             offer sent               answer came
//!   Stable ─────────────▶ Offering ───────────▶ Offered ───────────────────▶ Settling
//!     ▲ ▲                     │ an offer came,    │ and this side is polite    │ AnswerApplied
//!     │ │    answer sent      ▼                   ▼                            │
//!     │ └──────────────── Answering ◀─────────────┘                            │
//!     └────────────────────────────────────────────────────────────────────────┘
//! ```
//! Nothing leaves before the peer is [opened](Peer::open), and no candidate of the far side is used before that is
//! [allowed](Peer::allow). A callee opens it when the person accepts, and allows it when the relay confirms that no other
//! device was quicker: two browsers that both send to the caller's would spoil its handshake with either (a DTLS server
//! goes on with whoever's ClientHello it has, RFC 9147 section 5).

mod browser;
mod inbound;
mod key_frame;
#[cfg(test)]
mod tests;
mod trickle;

use std::collections::VecDeque;
use std::time::Duration;

use protocol::{Candidate, DeviceId};

use crate::hands::Hands;
use crate::{ConnectionState, DescriptionKind, PeerCommand, PeerEvent, PeerKey, Time, sdp};
use inbound::Inbound;
use key_frame::KeyFrames;
pub(crate) use trickle::Address;
use trickle::Trickle;

/// How long the polite side leaves a restart to the other.
const COURTESY: Duration = Duration::from_secs(3);
/// The same where packets have stopped: that is long enough already.
const SHORT_COURTESY: Duration = Duration::from_secs(1);
/// How long a lost path may come back by itself before a restart: checks fail for some seconds before it is noticed.
const RECOVERY: Duration = Duration::from_secs(2);
/// How long a path may fail to be found before candidates are given up on: where the first of them are of no use, a browser
/// says that it failed, and goes on when more have come.
const MORE_CANDIDATES: Duration = Duration::from_secs(1);
/// When a restart that did not help is tried again. Shorter would cut off slow checks through TURN.
const RESTART_AGAIN: Duration = Duration::from_secs(8);
/// Until then two offers that cross are a collision, which the polite side ends. If ours is older, it may have been lost
/// with what the far side's relay forgot, or it is only late: it is said once more, and whoever has it already passes over
/// the second. To take theirs instead would be wrong where ours is only late, because the polite side takes ours.
const COLLISION: Duration = Duration::from_secs(2);
/// For how long half a picture is sent at first. Browsers begin at about 300 kb/s and need a moment to find out what the
/// path carries: a full first picture comes late, and what follows is thrown away or blurred for seconds.
const HALF_PICTURES: Duration = Duration::from_secs(1);
/// A restart that has to wait for a negotiation under way looks again after this.
const SOON: Duration = Duration::from_millis(500);
/// The same for one that waits for fresh servers, which take a round trip.
const SERVERS: Duration = Duration::from_millis(50);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Negotiation {
    Stable,
    Offering,
    Offered,
    Answering,
    Settling,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Op {
    MakeOffer,
    /// An offer that is given up before it is made.
    GivenUp,
    ApplyOffer,
    ApplyAnswer,
}

/// What a peer cannot deal with alone.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PeerNews {
    /// A description that travels inside another message: the ring's offer, the acceptance's answer.
    Description(String),
    /// The first negotiation failed: this connection will never come about.
    Broken,
    /// The state of the connection.
    Connection(ConnectionState),
    /// The far side leaves the call.
    Bye,
}

/// The negotiation with one participant over one peer connection (a new one if the far page is loaded anew).
pub(crate) struct Peer {
    key: PeerKey,
    polite: bool,
    negotiation: Negotiation,
    ops: VecDeque<Op>,
    /// The newest offer that came while another was being answered.
    next_offer: Option<String>,
    last_offer: Option<String>,
    far_session: Option<String>,
    inbound: Inbound,
    trickle: Trickle,
    connection: ConnectionState,
    /// It has been connected, perhaps long ago.
    was_connected: bool,
    /// A negotiation has been completed.
    settled: bool,
    /// The offer that waits for its answer, and when it was sent last.
    own_offer: Option<String>,
    offered_at: Time,
    restart_at: Option<Time>,
    picture: Picture,
    key_frames: KeyFrames,
    /// Nothing of it is sent or played.
    holds: bool,
    /// Nothing arrives on it, whatever its state.
    suspected: bool,
    /// No path was found since descriptions were exchanged.
    seeking: bool,
}

/// How large the picture is that is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Picture {
    /// Nothing is sent yet, or what is sent is to stay small until then.
    Half(Option<Time>),
    Full,
}

impl Peer {
    /// A peer that waits for an offer, or is told to [make one](Self::offer).
    pub(crate) fn new(hands: &mut Hands) -> Self {
        Self {
            key: hands.create_peer(),
            polite: false,
            negotiation: Negotiation::Stable,
            ops: VecDeque::new(),
            next_offer: None,
            last_offer: None,
            far_session: None,
            inbound: Inbound::default(),
            trickle: Trickle::default(),
            connection: ConnectionState::New,
            was_connected: false,
            settled: false,
            own_offer: None,
            offered_at: Time::default(),
            restart_at: None,
            picture: Picture::Half(None),
            key_frames: KeyFrames::default(),
            holds: false,
            suspected: false,
            seeking: true,
        }
    }

    pub(crate) const fn key(&self) -> PeerKey {
        self.key
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.connection == ConnectionState::Connected
    }

    /// Gives way when two offers cross.
    pub(crate) const fn is_polite(&self) -> bool {
        self.polite
    }

    pub(crate) const fn was_connected(&self) -> bool {
        self.was_connected
    }

    /// An offer of this side waits for its answer.
    pub(crate) fn awaits_answer(&self) -> bool {
        self.negotiation == Negotiation::Offered
    }

    /// Lets everything out to a participant.
    pub(crate) fn open(&mut self, now: Time, hands: &mut Hands, address: Address) {
        if let Some(far) = &address.to {
            self.polite = hands.polite_to(far);
        }
        self.trickle.open(now, hands, address);
    }

    /// Lets the far side's candidates in: from now on the browser may send to them.
    pub(crate) fn allow(&mut self, hands: &mut Hands) {
        self.inbound.allow();
        self.release(hands);
    }

    /// Makes an offer.
    pub(crate) fn offer(&mut self, hands: &mut Hands, ice_restart: bool) {
        self.negotiation = Negotiation::Offering;
        self.ops.push_back(Op::MakeOffer);
        if ice_restart {
            self.trickle.forget();
        }
        hands.peer(self.key, PeerCommand::MakeOffer { ice_restart });
    }

    /// Applies the ring's offer while nothing may leave yet. Candidates are kept for later, those inside it too.
    pub(crate) fn prepare(&mut self, hands: &mut Hands, offer: &str, candidates: Vec<Candidate>) {
        let (bare, inside) = sdp::without_candidates(offer);
        self.inbound.keep(inside);
        self.inbound.keep(candidates);
        self.apply_offer(hands, bare);
    }

    /// The far side's offer.
    ///
    /// Never are two offers of one side under way, so every answer has its offer: a new one is made only when the last
    /// is answered, given up in favour of the far side's, or certainly lost because a relay forgot it. One that waits
    /// for a page that is away stays good until it is back.
    pub(crate) fn offered(&mut self, now: Time, hands: &mut Hands, offer: String) {
        if self.last_offer.as_ref() == Some(&offer) || self.next_offer.as_ref() == Some(&offer) {
            return;
        }
        if self.is_of_another(&offer) {
            self.renew(hands);
        }
        match self.negotiation {
            Negotiation::Stable | Negotiation::Settling => self.apply_offer(hands, offer),
            Negotiation::Answering => self.next_offer = Some(offer),
            Negotiation::Offering | Negotiation::Offered if self.polite => {
                for op in self.ops.iter_mut().filter(|op| **op == Op::MakeOffer) {
                    *op = Op::GivenUp;
                }
                self.apply_offer(hands, offer);
            }
            Negotiation::Offered if self.is_offer_old(now) => self.repeat_offer(now, hands),
            // The far side is polite and will answer ours.
            Negotiation::Offering | Negotiation::Offered => {}
        }
    }

    /// The far side's answer.
    pub(crate) fn answered(&mut self, hands: &mut Hands, answer: String) {
        if self.negotiation != Negotiation::Offered {
            return;
        }
        self.negotiation = Negotiation::Settling;
        self.own_offer = None;
        self.ops.push_back(Op::ApplyAnswer);
        self.describe(&answer);
        hands.peer(self.key, PeerCommand::ApplyAnswer { sdp: answer });
        self.release(hands);
    }

    /// The far side's candidates.
    pub(crate) fn candidates(&mut self, hands: &mut Hands, candidates: Vec<Candidate>) {
        self.inbound.keep(candidates);
        self.release(hands);
    }

    /// What the peer connection said.
    pub(crate) fn event(&mut self, now: Time, hands: &mut Hands, event: PeerEvent) -> Option<PeerNews> {
        match event {
            PeerEvent::Description { kind: DescriptionKind::Offer, sdp } => self.made_offer(now, hands, sdp),
            PeerEvent::Description { kind: DescriptionKind::Answer, sdp } => self.made_answer(now, hands, sdp),
            PeerEvent::AnswerApplied => {
                if self.finish(Op::ApplyAnswer) && self.negotiation == Negotiation::Settling {
                    self.settle(now);
                }
                None
            }
            PeerEvent::DescriptionFailed(_) => self.op_failed(now, hands),
            PeerEvent::Candidate(candidate) => {
                self.trickle.found(now, hands, candidate);
                None
            }
            PeerEvent::NegotiationNeeded => {
                // Before the first negotiation the offer is on its way anyhow, and during one the browser asks again.
                if self.settled && self.negotiation == Negotiation::Stable && self.far().is_some() {
                    self.offer(hands, false);
                }
                None
            }
            PeerEvent::Connection(state) => self.connection_is(now, hands, state),
            PeerEvent::Bye => Some(PeerNews::Bye),
            PeerEvent::KeyFrameWanted => {
                self.send_key_frame(now, hands);
                None
            }
            // Not for the negotiation: whoever watches the quality has taken it before.
            PeerEvent::Quality(_) => None,
        }
    }

    /// The network may be another: a path that is lost is not waited for any longer.
    pub(crate) fn network_changed(&mut self, now: Time) {
        if self.is_lost() || self.suspected {
            self.restart_in(now, Duration::ZERO);
        }
    }

    /// The relay is there again. With `forgotten`, it has lost what was under way.
    pub(crate) fn relay_back(&mut self, now: Time, hands: &mut Hands, forgotten: bool) {
        if forgotten && self.far().is_some() {
            self.trickle.repeat(now, hands);
            if self.negotiation == Negotiation::Offered {
                self.offer(hands, self.settled && !self.is_connected());
            }
        }
        self.network_changed(now);
    }

    /// Sends its candidates once more.
    pub(crate) fn repeat_candidates(&mut self, now: Time, hands: &mut Hands) {
        self.trickle.repeat(now, hands);
    }

    pub(crate) fn deadline(&self) -> Option<Time> {
        let full_picture_at = match self.picture {
            Picture::Half(until) => until,
            Picture::Full => None,
        };
        self.trickle.deadline().into_iter().chain(self.restart_at).chain(full_picture_at).min()
    }

    /// Nothing arrives: looks for another path, whatever the browser thinks of this one.
    pub(crate) fn suspect(&mut self, now: Time) {
        if !std::mem::replace(&mut self.suspected, true) {
            let courtesy = if self.polite { SHORT_COURTESY } else { Duration::ZERO };
            self.restart_at = Some(now + courtesy);
        }
    }

    /// Something arrives.
    pub(crate) fn trust(&mut self) {
        self.suspected = false;
    }

    /// Sends and plays nothing from now on, or again.
    pub(crate) fn hold(&mut self, hands: &mut Hands, on: bool) {
        if std::mem::replace(&mut self.holds, on) != on {
            hands.peer(self.key, PeerCommand::Hold(on));
        }
    }

    /// Does what is due. True if that was to look for another path.
    pub(crate) fn tick(&mut self, now: Time, hands: &mut Hands) -> bool {
        self.trickle.tick(now, hands);
        let restarts = self.restart_at.is_some_and(|at| at <= now) && self.restart(now, hands);
        if matches!(self.picture, Picture::Half(Some(until)) if until <= now) {
            self.picture = Picture::Full;
            hands.peer(self.key, PeerCommand::SendFullPicture);
        }
        restarts
    }

    /// Tells the far side that this one leaves the call.
    pub(crate) fn say_bye(&self, hands: &mut Hands) {
        if self.was_connected {
            hands.peer(self.key, PeerCommand::SayBye);
        }
    }

    /// Closes the peer connection.
    pub(crate) fn close(&mut self, hands: &mut Hands) {
        hands.peer(self.key, PeerCommand::Close);
    }

    fn far(&self) -> Option<&DeviceId> {
        self.trickle.address()?.to.as_ref()
    }

    fn is_offer_old(&self, now: Time) -> bool {
        now.since(self.offered_at) > COLLISION
    }

    fn is_lost(&self) -> bool {
        matches!(self.connection, ConnectionState::Disconnected | ConnectionState::Failed)
    }
}
