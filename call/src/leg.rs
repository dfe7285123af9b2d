//! A direct call, from one side.
//!
//! ```text
//!  dial                                  accepted            media flows
//!  ────▶ Initiating ──────▶ Ringing ─────────────▶ Connecting ──────▶ Active ◀──▶ Reconnecting
//!  ────▶ Incoming ─────────────────────────────────▲
//!  rung                     the person accepts
//! ```
//! From every state a call can end; who owns the leg is told the reason and [closes](Leg::close) it.

mod recovery;
mod view;

pub(crate) use recovery::RECONNECT;

use std::time::Duration;

use protocol::{
    Accept, Accepted, CallId, CallSnapshot, CallType, Candidate, Connected, Decline, DeclineReason, DeviceId,
    EndReason, Hangup, HangupReason, Incoming, Initiate, MaxFs, MediaState, Opaque, Participant, Person, Ringing,
};

use crate::glare::Glare;
use crate::hands::Hands;
use crate::own::OwnMedia;
use crate::paths::Paths;
use crate::peer::{Address, PeerNews};
use crate::quality::Reading;
use crate::{Direction, PeerEvent, PeerKey, Time, Tone};

/// A relay ends a ring after 60 s, or as long as it was told to; this is for when it is not there to do so.
const RING: Duration = Duration::from_secs(65);
/// Nothing rings longer than this, whatever a relay says.
const LONGEST_RING: Duration = Duration::from_secs(600);
/// How much later than the relay this side ends a ring by itself.
const GRACE: Duration = Duration::from_secs(5);
/// How long the relay may take to say that the far side has left, which has said so itself.
const BYE: Duration = Duration::from_millis(500);
/// How long media may take to flow after the acceptance.
const CONNECT: Duration = Duration::from_secs(30);

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
    pub(crate) paths: Paths,
    pub(crate) glare: Glare,
    /// The other device: the caller's from the start, the callee's from the acceptance on.
    far: Option<Participant>,
    /// How large they show this side's pictures.
    wanted: Option<MaxFs>,
    stage: Stage,
    began: Time,
    /// When this side ends the call by itself.
    guard: Option<Time>,
    /// The ring's offer or the acceptance's answer, until media flows: to be sent, or sent again to a relay that forgot.
    sdp: Option<String>,
    /// `call:initiate` or `call:accept` is said.
    said: bool,
    /// Rings without a sound.
    pub(crate) silent: bool,
    /// It rings, here or there, on a device that is in another call.
    in_call: bool,
    /// The far side has said that it leaves.
    bye: bool,
    /// The relay does not know this call any more.
    forgotten: bool,
    /// When the relay lost the ring, and when to ring again after it did not find the callee.
    lost_ring: Option<Time>,
    ring_again: Option<Time>,
}

/// What is left of a call of two when it goes on as a group's.
pub(crate) struct Continued {
    /// With whom.
    pub(crate) participant: Participant,
    /// By which connection.
    pub(crate) paths: Paths,
    /// Since when media flows.
    pub(crate) since: Time,
    /// Since when it does not any more.
    pub(crate) lost: Option<Time>,
    /// The largest picture they want of this side.
    pub(crate) wanted: Option<MaxFs>,
}

impl Leg {
    /// Rings somebody: the offer is made at once, and the ring leaves with it.
    pub(crate) fn dial(now: Time, hands: &mut Hands, call_id: CallId, with: Person, kind: CallType) -> Self {
        let mut paths = Paths::new(hands);
        paths.offer(hands);
        Self::new((call_id, kind), with, paths, Stage::Initiating, (now, RING))
    }

    /// Is rung by somebody: everything is prepared, and nothing leaves but that it rings, perhaps beside another call.
    pub(crate) fn rung(now: Time, hands: &mut Hands, incoming: Incoming, in_call: bool) -> Self {
        let Incoming { call_id, from, kind, offer, candidates, rings_for_ms, silent } = incoming;
        hands.request(Ringing { call_id: call_id.clone(), in_call });
        let mut paths = Paths::new(hands);
        paths.prepare(hands, &offer.text(), candidates);
        let guard = (now, ring_guard(rings_for_ms));
        let mut leg = Self::new((call_id, kind), from.user.clone(), paths, Stage::Incoming, guard);
        leg.far = Some(from);
        leg.silent = silent;
        leg.in_call = in_call;
        leg
    }

    /// Takes its seat again in a call that ran before this page was loaded.
    pub(crate) fn reseat(now: Time, hands: &mut Hands, call: &CallSnapshot, far: Participant) -> Self {
        let mut paths = Paths::new(hands);
        paths.open(now, hands, Address { call_id: call.call_id.clone(), to: Some(far.device.clone()) });
        paths.allow(hands);
        paths.offer(hands);
        let call_and_kind = (call.call_id.clone(), call.kind);
        let mut leg = Self::new(call_and_kind, far.user.clone(), paths, Stage::Connecting, (now, CONNECT));
        leg.far = Some(far);
        leg.said = true;
        leg
    }

    fn new(
        (call_id, kind): (CallId, CallType),
        with: Person,
        paths: Paths,
        stage: Stage,
        guard: (Time, Duration),
    ) -> Self {
        Self {
            call_id,
            kind,
            direction: if stage == Stage::Initiating { Direction::Outgoing } else { Direction::Incoming },
            with,
            paths,
            glare: Glare::default(),
            far: None,
            wanted: None,
            stage,
            began: guard.0,
            guard: Some(guard.0 + guard.1),
            sdp: None,
            said: false,
            silent: false,
            in_call: false,
            bye: false,
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

    /// The far side rings.
    pub(crate) fn ringing(&mut self, in_call: bool) {
        if self.is_dialling() {
            self.stage = Stage::Ringing;
            self.in_call = in_call;
        }
    }

    /// It rings here, and not beside another call any more.
    pub(crate) fn rings_alone(&mut self, hands: &mut Hands) {
        if std::mem::take(&mut self.in_call) {
            hands.request(Ringing { call_id: self.call_id.clone(), in_call: false });
        }
    }

    /// Media has flowed, and flows or is to flow again.
    pub(crate) fn runs(&self) -> bool {
        matches!(self.stage, Stage::Active { .. } | Stage::Reconnecting { .. })
    }

    /// Has the connection send and play nothing while this side or the far one has the call on hold.
    pub(crate) fn settle_hold(&mut self, hands: &mut Hands, held: bool) {
        let holds = held || self.far.as_ref().is_some_and(|far| far.media.held);
        self.paths.hold(hands, holds);
    }

    /// The callee accepted.
    pub(crate) fn accepted(&mut self, now: Time, hands: &mut Hands, accepted: Accepted) {
        if !self.is_dialling() || !self.paths.awaits_answer() {
            return;
        }
        self.paths.answered(now, hands, accepted.answer.text());
        self.connect_to(now, hands, accepted.by);
    }

    fn connect_to(&mut self, now: Time, hands: &mut Hands, far: Participant) {
        let to = Some(far.device.clone());
        self.with = far.user.clone();
        self.far = Some(far);
        self.stage = Stage::Connecting;
        self.guard = Some(now + CONNECT);
        self.paths.allow(hands);
        self.paths.open(now, hands, Address { call_id: self.call_id.clone(), to });
    }

    /// The relay took `call:initiate` or `call:accept`: in the latter case this device is the one in the call.
    pub(crate) fn taken(&mut self, hands: &mut Hands) {
        match self.direction {
            Direction::Outgoing => self.glare.taken(),
            Direction::Incoming => self.paths.allow(hands),
            Direction::Room => {}
        }
    }

    /// The relay refused the ring because the other side rings. Gives back their call if it is here; else it must come
    /// soon.
    pub(crate) fn refused(&mut self, now: Time) -> Option<Box<Incoming>> {
        let theirs = self.glare.refused();
        if theirs.is_none() {
            self.guard = self.guard.map(|guard| guard.min(now + GRACE));
        }
        theirs
    }

    /// What the peer connection said. Gives the reason if that ends the call.
    pub(crate) fn event(
        &mut self,
        now: Time,
        hands: &mut Hands,
        own: &mut OwnMedia,
        key: PeerKey,
        event: PeerEvent,
    ) -> Option<EndReason> {
        match self.paths.event(now, hands, key, event)? {
            PeerNews::Description(sdp) => self.described(now, hands, own, sdp),
            PeerNews::Connection(_) => self.connection_changed(now, hands),
            PeerNews::Bye => return self.far_left(now, hands),
            PeerNews::Broken => {
                if self.stage != Stage::Incoming {
                    self.farewell(hands, HangupReason::Failed);
                }
                return Some(EndReason::Failed);
            }
        }
        None
    }

    /// The far side says on the connection itself that it leaves. The relay says so too, if it is there.
    fn far_left(&mut self, now: Time, hands: &mut Hands) -> Option<EndReason> {
        if !self.is_joined() {
            return None;
        }
        if hands.link.is_online() {
            self.bye = true;
            self.guard = Some(now + BYE);
            return None;
        }
        self.farewell(hands, HangupReason::Completed);
        Some(EndReason::Completed)
    }

    /// What arrives by a connection, once a second: for how long nothing did.
    /// True if that changed something.
    pub(crate) fn heard(&mut self, now: Time, hands: &mut Hands, reading: Reading) -> bool {
        let changed = self.paths.heard(now, hands, reading);
        self.connection_changed(now, hands);
        changed
    }

    fn described(&mut self, now: Time, hands: &mut Hands, own: &mut OwnMedia, sdp: String) {
        self.sdp = Some(sdp);
        match self.stage {
            Stage::Initiating => {
                self.say_initiate(hands, own.promise());
                self.paths.open(now, hands, Address { call_id: self.call_id.clone(), to: None });
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
        self.paths.open(now, hands, Address { call_id, to });
    }

    /// An offer for a call that runs.
    pub(crate) fn offered(&mut self, now: Time, hands: &mut Hands, from: &DeviceId, offer: String) {
        if self.is_joined() && self.is_far(from) {
            self.paths.offered(now, hands, offer);
            self.connection_changed(now, hands);
        }
    }

    /// The answer to an offer for a call that runs.
    pub(crate) fn answered(&mut self, now: Time, hands: &mut Hands, from: &DeviceId, answer: String) {
        if self.is_joined() && self.is_far(from) {
            self.paths.answered(now, hands, answer);
        }
    }

    /// Candidates of the far side; those that are too early are kept.
    pub(crate) fn candidates(&mut self, hands: &mut Hands, from: &DeviceId, candidates: Vec<Candidate>) {
        if self.far.is_none() || self.is_far(from) {
            self.paths.candidates(hands, candidates);
        }
    }

    /// The far side sends something else now.
    pub(crate) fn media_updated(&mut self, device: &DeviceId, media: MediaState) {
        if let Some(far) = self.far.as_mut().filter(|far| far.device == *device) {
            far.media = media;
        }
    }

    /// The far side shows this side's pictures this large now.
    pub(crate) fn media_wanted(&mut self, from: &DeviceId, max_fs: MaxFs) {
        if self.is_far(from) {
            self.wanted = Some(max_fs);
        }
    }

    fn is_far(&self, device: &DeviceId) -> bool {
        self.far.as_ref().is_some_and(|far| far.device == *device)
    }

    fn connection_changed(&mut self, now: Time, hands: &mut Hands) {
        match (self.stage, self.paths.is_connected()) {
            (Stage::Connecting, true) => {
                self.stage = Stage::Active { since: now };
                self.guard = None;
                self.sdp = None;
                hands.request(Connected { call_id: self.call_id.clone() });
                hands.tone(Tone::Connected);
            }
            _ if self.bye => {}
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

    pub(crate) fn deadline(&self) -> Option<Time> {
        [self.guard, self.ring_again, self.paths.deadline()].into_iter().flatten().min()
    }

    /// Does what is due. Gives the reason if that ends the call.
    pub(crate) fn tick(&mut self, now: Time, hands: &mut Hands, own: &OwnMedia) -> Option<EndReason> {
        self.paths.tick(now, hands);
        if self.ring_again.take_if(|at| *at <= now).is_some() {
            self.ring_anew(now, hands, own.told());
        }
        self.guard.filter(|guard| *guard <= now)?;
        let (reason, told) = match self.stage {
            Stage::Incoming => return Some(EndReason::Missed),
            Stage::Initiating | Stage::Ringing if self.is_relay_s_to_end(now, hands) => {
                self.guard = Some(now + GRACE);
                return None;
            }
            Stage::Initiating | Stage::Ringing => (EndReason::Missed, HangupReason::Completed),
            Stage::Connecting => (EndReason::Timeout, HangupReason::Timeout),
            _ if self.bye => (EndReason::Completed, HangupReason::Completed),
            Stage::Active { .. } | Stage::Reconnecting { .. } => (EndReason::Failed, HangupReason::Failed),
        };
        self.farewell(hands, told);
        Some(reason)
    }

    /// The relay has the ring and will end it: it may have been told to let it ring for longer.
    fn is_relay_s_to_end(&self, now: Time, hands: &Hands) -> bool {
        let rings = self.said && !self.glare.is_refused() && self.lost_ring.is_none();
        rings && hands.link.is_online() && now.since(self.began) < LONGEST_RING
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

    /// What a group's call that this one has become goes on with.
    pub(crate) fn into_continued(self) -> Option<Continued> {
        let (since, lost) = match self.stage {
            Stage::Active { since } => (since, None),
            Stage::Reconnecting { since, lost } => (since, Some(lost)),
            Stage::Initiating | Stage::Ringing | Stage::Incoming | Stage::Connecting => (self.began, None),
        };
        Some(Continued { participant: self.far?, paths: self.paths, since, lost, wanted: self.wanted })
    }

    /// Leaves nothing over.
    pub(crate) fn close(&mut self, hands: &mut Hands) {
        self.paths.close(hands);
    }
}

/// How long a ring lasts here that the relay says lasts so long.
pub(crate) fn ring_guard(rings_for_ms: u32) -> Duration {
    (Duration::from_millis(u64::from(rings_for_ms)) + GRACE).min(LONGEST_RING)
}
