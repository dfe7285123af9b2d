//! What a leg does when the relay was away, or was restarted and has forgotten the call.

use std::time::Duration;

use protocol::{Accept, CallSnapshot, CallState, DeviceId, MediaState, Opaque, Participant, Ringing};

use super::{GRACE, Leg, Stage, ring_guard};
use crate::hands::Hands;
use crate::own::OwnMedia;
use crate::{Direction, Time};

/// How long a call that ran waits for its connection. A lift, a tunnel and a change of trains fit; `failed` alone means
/// little, because a network that returns brings the call back.
pub(crate) const RECONNECT: Duration = Duration::from_secs(120);
/// The same when the relay does not know the call any more: nothing could repair it.
const RECONNECT_FORGOTTEN: Duration = Duration::from_secs(5);
/// A relay that was restarted may meet one side only after the other: for so long the call is tried again...
const REGATHER: Duration = Duration::from_secs(10);
/// ...this often.
const RING_AGAIN: Duration = Duration::from_secs(1);

impl Leg {
    /// The call was rung once more: the relay came back, or the message came twice.
    pub(crate) fn rung_again(&mut self, now: Time, hands: &mut Hands, own: &OwnMedia, rings_for_ms: u32) {
        if self.stage == Stage::Incoming {
            self.guard = Some(now + ring_guard(rings_for_ms));
            hands.request(Ringing { call_id: self.call_id.clone(), in_call: self.in_call });
        } else if self.lost_ring.is_some() {
            self.say_again(now, hands, own);
        }
    }

    /// Says `call:initiate` or `call:accept` once more, because the relay did not take it.
    pub(crate) fn say_again(&mut self, now: Time, hands: &mut Hands, own: &OwnMedia) {
        if self.is_dialling() {
            self.ring_anew(now, hands, own.told());
        } else {
            self.accept_anew(hands, own);
            self.paths.repeat_candidates(now, hands);
        }
    }

    pub(super) fn patience(&self) -> Duration {
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
        self.paths.relay_back(now, hands, false);
    }

    /// The relay is back and has forgotten the session; `call` is what it still knows of this call.
    pub(crate) fn resync(&mut self, now: Time, hands: &mut Hands, own: &OwnMedia, call: Option<&CallSnapshot>) {
        match self.stage {
            Stage::Initiating | Stage::Ringing => match call.and_then(|call| accepted_by(call, hands.link.device())) {
                // The acceptance was missed, and its answer with it: an offer of its own gets another.
                Some(far) => {
                    self.connect_to(now, hands, far);
                    self.paths.offer(hands);
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
                self.paths.relay_back(now, hands, true);
                self.forgotten = call.is_none();
                if self.forgotten {
                    self.forget(now);
                }
            }
        }
    }

    /// Places the call once more with a relay that has forgotten it.
    pub(super) fn ring_anew(&mut self, now: Time, hands: &mut Hands, media: MediaState) {
        if self.said {
            self.say_initiate(hands, media);
            self.paths.repeat_candidates(now, hands);
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
    pub(crate) fn try_again_later(&mut self, now: Time, hands: &mut Hands) -> bool {
        let soon = self.lost_ring.is_some_and(|lost| now.since(lost) < REGATHER);
        if soon && self.is_dialling() {
            self.ring_again = Some(now + RING_AGAIN);
        } else if soon {
            // Nobody knows any more which device was first. The caller may have heard of this one before the relay went.
            self.paths.allow(hands);
        }
        soon
    }
}

/// Who accepted a call that this device placed, by the relay's snapshot.
fn accepted_by(call: &CallSnapshot, own: Option<&DeviceId>) -> Option<Participant> {
    let accepted = matches!(call.state, CallState::Connecting | CallState::Active);
    call.participants.iter().find(|p| accepted && own != Some(&p.device)).cloned()
}
