//! A direct call, from one side.
//!
//! ```text
//!  dial                                  accepted            media flows
//!  ────▶ Initiating ──────▶ Ringing ─────────────▶ Connecting ──────▶ Active ◀──▶ Reconnecting
//!  ────▶ Incoming ─────────────────────────────────▲
//!  rung                     the person accepts
//! ```
//! From every state a call can end; who owns the leg is told the reason and [closes](Leg::close) it.

use std::time::Duration;

use protocol::{
    Accept, Accepted, CallId, CallSnapshot, CallState, CallType, Candidate, Connected, Decline, DeclineReason,
    DeviceId, EndReason, Hangup, HangupReason, Incoming, Initiate, MediaState, Opaque, Participant, Person, Ringing,
};

use crate::glare::Glare;
use crate::hands::Hands;
use crate::own::OwnMedia;
use crate::peer::{Address, Peer, PeerNews};
use crate::{CallView, Direction, Face, IncomingView, OtherView, PeerEvent, Time, Tone};

/// The relay ends a ring after 60 s; this is for when it cannot.
const RING: Duration = Duration::from_secs(65);
/// How much later than the relay this side ends a ring by itself.
const GRACE: Duration = Duration::from_secs(5);
/// How long media may take to flow after the acceptance.
const CONNECT: Duration = Duration::from_secs(30);
/// How long a call that ran waits for its connection. A lift, a tunnel and a change of trains fit; `failed` alone means
/// little, because a network that returns brings the call back.
const RECONNECT: Duration = Duration::from_secs(120);
/// The same when the relay does not know the call any more: nothing could repair it.
const RECONNECT_FORGOTTEN: Duration = Duration::from_secs(5);

/// A relay that was restarted may meet the callee only after the caller: for so long it is rung again...
const REGATHER: Duration = Duration::from_secs(10);
/// ...this often.
const RING_AGAIN: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Initiating,
    Ringing,
    Incoming,
    Connecting,
    Active { since: Time },
    Reconnecting { since: Time, lost: Time },
}

/// One side of a direct call.
pub(crate) struct Leg {
    pub(crate) call_id: CallId,
    pub(crate) kind: CallType,
    pub(crate) direction: Direction,
    pub(crate) with: Person,
    pub(crate) peer: Peer,
    pub(crate) glare: Glare,
    /// The other device: the caller's from the start, the callee's from the acceptance on.
    far: Option<Participant>,
    stage: Stage,
    /// When this side ends the call by itself.
    guard: Option<Time>,
    /// The ring's offer or the acceptance's answer, until media flows: to be sent, or sent again to a relay that forgot.
    sdp: Option<String>,
    /// `call:initiate` or `call:accept` is said.
    said: bool,
    /// The relay does not know this call any more.
    forgotten: bool,
    /// When the relay lost the ring, and when to ring again after it did not find the callee.
    lost_ring: Option<Time>,
    ring_again: Option<Time>,
}

impl Leg {
    /// Rings somebody: the offer is made at once, and the ring leaves with it.
    pub(crate) fn dial(now: Time, hands: &mut Hands, call_id: CallId, with: Person, kind: CallType) -> Self {
        let mut peer = Peer::new(hands);
        peer.offer(hands, false);
        Self {
            call_id,
            kind,
            direction: Direction::Outgoing,
            with,
            peer,
            glare: Glare::default(),
            far: None,
            stage: Stage::Initiating,
            guard: Some(now + RING),
            sdp: None,
            said: false,
            forgotten: false,
            lost_ring: None,
            ring_again: None,
        }
    }

    /// Is rung by somebody: everything is prepared, and nothing leaves but that it rings.
    pub(crate) fn rung(now: Time, hands: &mut Hands, incoming: Incoming) -> Self {
        let call_id = incoming.call_id;
        hands.request(Ringing { call_id: call_id.clone() });
        let mut peer = Peer::new(hands);
        peer.prepare(hands, &incoming.offer.text(), incoming.candidates);
        Self {
            call_id,
            kind: incoming.kind,
            direction: Direction::Incoming,
            with: incoming.from.user.clone(),
            peer,
            glare: Glare::default(),
            far: Some(incoming.from),
            stage: Stage::Incoming,
            guard: Some(now + ring_guard(incoming.rings_for_ms)),
            sdp: None,
            said: false,
            forgotten: false,
            lost_ring: None,
            ring_again: None,
        }
    }

    /// Takes its seat again in a call that ran before this page was loaded.
    pub(crate) fn reseat(now: Time, hands: &mut Hands, call: &CallSnapshot, far: Participant) -> Self {
        let mut peer = Peer::new(hands);
        peer.open(now, hands, Address { call_id: call.call_id.clone(), to: Some(far.device.clone()) });
        peer.offer(hands, false);
        Self {
            call_id: call.call_id.clone(),
            kind: call.kind,
            direction: Direction::Incoming,
            with: far.user.clone(),
            peer,
            glare: Glare::default(),
            far: Some(far),
            stage: Stage::Connecting,
            guard: Some(now + CONNECT),
            sdp: None,
            said: true,
            forgotten: false,
            lost_ring: None,
            ring_again: None,
        }
    }

    /// Placed, and not accepted yet.
    pub(crate) fn is_dialling(&self) -> bool {
        matches!(self.stage, Stage::Initiating | Stage::Ringing)
    }

    /// The far side rings.
    pub(crate) fn rings_there(&self) -> bool {
        self.stage == Stage::Ringing
    }

    /// The relay was told that this side is in the call, so that it can be told what is sent.
    pub(crate) fn is_known(&self) -> bool {
        self.said
    }

    /// Both are in the call.
    fn is_joined(&self) -> bool {
        self.said && !self.is_dialling()
    }

    /// The person accepts. With an answer prepared it leaves at once.
    pub(crate) fn accept(&mut self, now: Time, hands: &mut Hands, own: &mut OwnMedia) {
        self.stage = Stage::Connecting;
        self.guard = Some(now + CONNECT);
        self.say_accept(now, hands, own);
    }

    /// The call was rung once more: the relay came back, or the message came twice.
    pub(crate) fn rung_again(&mut self, now: Time, hands: &mut Hands, own: &OwnMedia, rings_for_ms: u32) {
        if self.stage == Stage::Incoming {
            self.guard = Some(now + ring_guard(rings_for_ms));
            hands.request(Ringing { call_id: self.call_id.clone() });
        } else if self.lost_ring.is_some() {
            self.accept_anew(hands, own);
            self.peer.repeat_candidates(now, hands);
        }
    }

    /// The far side rings.
    pub(crate) fn ringing(&mut self) {
        if self.stage == Stage::Initiating {
            self.stage = Stage::Ringing;
        }
    }

    /// The callee accepted.
    pub(crate) fn accepted(&mut self, now: Time, hands: &mut Hands, accepted: Accepted) {
        if !self.is_dialling() || !self.peer.awaits_answer() {
            return;
        }
        self.peer.answered(hands, accepted.answer.text());
        self.connect_to(now, hands, accepted.by);
    }

    fn connect_to(&mut self, now: Time, hands: &mut Hands, far: Participant) {
        let to = Some(far.device.clone());
        self.with = far.user.clone();
        self.far = Some(far);
        self.stage = Stage::Connecting;
        self.guard = Some(now + CONNECT);
        self.peer.open(now, hands, Address { call_id: self.call_id.clone(), to });
    }

    /// What the peer connection said. Gives the reason if that ends the call.
    pub(crate) fn event(
        &mut self,
        now: Time,
        hands: &mut Hands,
        own: &mut OwnMedia,
        event: PeerEvent,
    ) -> Option<EndReason> {
        match self.peer.event(now, hands, event)? {
            PeerNews::Description(sdp) => self.described(now, hands, own, sdp),
            PeerNews::Connection(_) => self.connection_changed(now, hands),
            PeerNews::Broken => {
                if self.stage != Stage::Incoming {
                    self.farewell(hands, HangupReason::Failed);
                }
                return Some(EndReason::Failed);
            }
        }
        None
    }

    fn described(&mut self, now: Time, hands: &mut Hands, own: &mut OwnMedia, sdp: String) {
        self.sdp = Some(sdp);
        match self.stage {
            Stage::Initiating => {
                self.say_initiate(hands, own.promise());
                self.peer.open(now, hands, Address { call_id: self.call_id.clone(), to: None });
            }
            Stage::Connecting => self.say_accept(now, hands, own),
            Stage::Incoming | Stage::Ringing | Stage::Active { .. } | Stage::Reconnecting { .. } => {}
        }
    }

    fn say_initiate(&mut self, hands: &mut Hands, media: MediaState) {
        let Some(offer) = self.sdp.as_deref().map(Opaque::new) else { return };
        self.said = true;
        let (call_id, to) = (self.call_id.clone(), self.with.id.clone());
        hands.request(Initiate { call_id, to, kind: self.kind, offer, media });
    }

    fn say_accept(&mut self, now: Time, hands: &mut Hands, own: &mut OwnMedia) {
        let (Some(answer), Some(far)) = (self.sdp.as_deref().map(Opaque::new), &self.far) else { return };
        let (call_id, to) = (self.call_id.clone(), Some(far.device.clone()));
        self.said = true;
        hands.request(Accept { call_id: call_id.clone(), answer, media: own.promise() });
        self.peer.open(now, hands, Address { call_id, to });
    }

    /// An offer for a call that runs.
    pub(crate) fn offered(&mut self, now: Time, hands: &mut Hands, from: &DeviceId, offer: String) {
        if self.is_joined() && self.is_far(from) {
            self.peer.offered(now, hands, offer);
            self.connection_changed(now, hands);
        }
    }

    /// The answer to an offer for a call that runs.
    pub(crate) fn answered(&mut self, hands: &mut Hands, from: &DeviceId, answer: String) {
        if self.is_joined() && self.is_far(from) {
            self.peer.answered(hands, answer);
        }
    }

    /// Candidates of the far side; those that are too early are kept.
    pub(crate) fn candidates(&mut self, hands: &mut Hands, from: &DeviceId, candidates: Vec<Candidate>) {
        if self.far.is_none() || self.is_far(from) {
            self.peer.candidates(hands, candidates);
        }
    }

    /// The far side sends something else now.
    pub(crate) fn media_updated(&mut self, device: &DeviceId, media: MediaState) {
        if let Some(far) = self.far.as_mut().filter(|far| far.device == *device) {
            far.media = media;
        }
    }

    fn is_far(&self, device: &DeviceId) -> bool {
        self.far.as_ref().is_some_and(|far| far.device == *device)
    }

    fn connection_changed(&mut self, now: Time, hands: &mut Hands) {
        match (self.stage, self.peer.is_connected()) {
            (Stage::Connecting, true) => {
                self.stage = Stage::Active { since: now };
                self.guard = None;
                self.sdp = None;
                hands.request(Connected { call_id: self.call_id.clone() });
                hands.tone(Tone::Connected);
            }
            (Stage::Reconnecting { since, .. }, true) => {
                self.stage = Stage::Active { since };
                self.guard = None;
            }
            (Stage::Active { since }, false) => {
                self.stage = Stage::Reconnecting { since, lost: now };
                self.guard = Some(now + self.patience());
                hands.tone(Tone::Lost);
            }
            _ => {}
        }
    }

    fn patience(&self) -> Duration {
        if self.forgotten { RECONNECT_FORGOTTEN } else { RECONNECT }
    }

    /// The relay says that it does not know this call: it goes on for as long as media flows.
    pub(crate) fn forget(&mut self, now: Time) {
        self.forgotten = true;
        if let Stage::Reconnecting { .. } = self.stage {
            let soon = now + RECONNECT_FORGOTTEN;
            self.guard = Some(self.guard.map_or(soon, |guard| guard.min(soon)));
        }
    }

    /// The relay is back, and nothing was lost.
    pub(crate) fn resumed(&mut self, now: Time, hands: &mut Hands) {
        self.peer.relay_back(now, hands, false);
    }

    /// The relay is back and has forgotten the session; `call` is what it still knows of this call.
    pub(crate) fn resync(&mut self, now: Time, hands: &mut Hands, own: &OwnMedia, call: Option<&CallSnapshot>) {
        match self.stage {
            Stage::Initiating | Stage::Ringing => match call.and_then(|call| accepted_by(call, hands.link.device())) {
                // The acceptance was missed, and its answer with it: an offer of its own gets another.
                Some(far) => {
                    self.connect_to(now, hands, far);
                    self.peer.offer(hands, false);
                }
                None => {
                    self.lost_ring = Some(now);
                    self.ring_anew(now, hands, own.told());
                }
            },
            // If it still rings, it will be rung again; else it must not ring on.
            Stage::Incoming => self.guard = self.guard.map(|guard| guard.min(now + GRACE)),
            Stage::Connecting | Stage::Active { .. } | Stage::Reconnecting { .. } => {
                self.lost_ring = Some(now);
                self.accept_anew(hands, own);
                self.peer.relay_back(now, hands, true);
                self.forgotten = call.is_none();
                if self.forgotten {
                    self.forget(now);
                }
            }
        }
    }

    /// Places the call once more with a relay that has forgotten it.
    fn ring_anew(&mut self, now: Time, hands: &mut Hands, media: MediaState) {
        if self.said {
            self.say_initiate(hands, media);
            self.peer.repeat_candidates(now, hands);
        }
    }

    /// Accepts once more with a relay that has forgotten it, until media flows.
    fn accept_anew(&mut self, hands: &mut Hands, own: &OwnMedia) {
        if let (true, Direction::Incoming, Some(sdp)) = (self.said, self.direction, self.sdp.as_deref()) {
            let call_id = self.call_id.clone();
            hands.request(Accept { call_id, answer: Opaque::new(sdp), media: own.told() });
        }
    }

    /// The relay does not find the callee, or the call. True if that may be because it was restarted and the other side
    /// is not back yet.
    pub(crate) fn try_again_later(&mut self, now: Time) -> bool {
        let soon = self.lost_ring.is_some_and(|lost| now.since(lost) < REGATHER);
        if soon && self.is_dialling() {
            self.ring_again = Some(now + RING_AGAIN);
        }
        soon
    }

    pub(crate) fn deadline(&self) -> Option<Time> {
        [self.guard, self.ring_again, self.peer.deadline()].into_iter().flatten().min()
    }

    /// Does what is due. Gives the reason if that ends the call.
    pub(crate) fn tick(&mut self, now: Time, hands: &mut Hands, own: &OwnMedia) -> Option<EndReason> {
        self.peer.tick(now, hands);
        if self.ring_again.take_if(|at| *at <= now).is_some() {
            self.ring_anew(now, hands, own.told());
        }
        self.guard.filter(|guard| *guard <= now)?;
        let (reason, told) = match self.stage {
            Stage::Incoming => return Some(EndReason::Missed),
            Stage::Initiating | Stage::Ringing => (EndReason::Missed, HangupReason::Completed),
            Stage::Connecting => (EndReason::Timeout, HangupReason::Timeout),
            Stage::Active { .. } | Stage::Reconnecting { .. } => (EndReason::Failed, HangupReason::Failed),
        };
        self.farewell(hands, told);
        Some(reason)
    }

    /// The reason when the person hangs up now.
    pub(crate) fn reason_to_hang_up(&self) -> EndReason {
        if self.is_dialling() { EndReason::Cancelled } else { EndReason::Completed }
    }

    /// Tells the relay that this side ends the call, if the relay knows of it at all.
    pub(crate) fn farewell(&mut self, hands: &mut Hands, reason: HangupReason) {
        let call_id = self.call_id.clone();
        let known = !hands.link.unsay(&call_id) && self.said && !self.glare.is_refused();
        match self.direction {
            _ if known => hands.request(Hangup { call_id, reason }),
            Direction::Incoming => hands.request(Decline { call_id, reason: DeclineReason::Declined }),
            Direction::Outgoing | Direction::Room => {}
        }
    }

    /// Leaves nothing over.
    pub(crate) fn close(&mut self, hands: &mut Hands) {
        self.peer.close(hands);
    }

    /// How long media flowed.
    pub(crate) fn lasted(&self, now: Time) -> Duration {
        match self.stage {
            Stage::Active { since } => now.since(since),
            Stage::Reconnecting { since, lost } => lost.since(since),
            Stage::Initiating | Stage::Ringing | Stage::Incoming | Stage::Connecting => Duration::ZERO,
        }
    }

    fn face(&self) -> Face {
        match self.stage {
            Stage::Initiating => Face::Initiating,
            Stage::Ringing | Stage::Incoming => Face::Ringing,
            Stage::Connecting => Face::Connecting,
            Stage::Active { since } => Face::Active { since },
            Stage::Reconnecting { since, lost } => Face::Reconnecting { since, lost },
        }
    }

    pub(crate) fn view(&self, own: &OwnMedia) -> CallView {
        let other = |far: &Participant| OtherView {
            device: far.device.clone(),
            person: far.user.clone(),
            peer: self.peer.key(),
            media: far.media,
            connected: self.peer.is_connected(),
        };
        CallView {
            call_id: self.call_id.clone(),
            kind: self.kind,
            direction: self.direction,
            room: None,
            with: Some(self.with.clone()),
            face: self.face(),
            others: self.far.iter().filter(|_| self.stage != Stage::Incoming).map(other).collect(),
            own: own.view(),
        }
    }

    pub(crate) fn incoming_view(&self) -> IncomingView {
        IncomingView {
            call_id: self.call_id.clone(),
            from: self.with.clone(),
            kind: self.kind,
            prepared: self.sdp.is_some(),
        }
    }
}

fn ring_guard(rings_for_ms: u32) -> Duration {
    (Duration::from_millis(u64::from(rings_for_ms)) + GRACE).min(RING)
}

/// Who accepted a call that this device placed, by the relay's snapshot.
fn accepted_by(call: &CallSnapshot, own: Option<&DeviceId>) -> Option<Participant> {
    let accepted = matches!(call.state, CallState::Connecting | CallState::Active);
    call.participants.iter().find(|p| accepted && own != Some(&p.device)).cloned()
}
