//! Ringing somebody, and what they do about it.

use call::record::{Event, NewCall};
use protocol::{Accept, CallId, Connected, Decline, ErrorCode, Hangup, Initiate, Ringing, UserId};

use super::Request;
use crate::allowance;
use crate::people::Manner;
use crate::store::Refused;

impl Request<'_> {
    pub(super) async fn initiate(&self, message: Initiate) -> Result<(), Refused> {
        let now = self.app.clock.now();
        // First of all, so that ringing somebody who is not here, or blocks the sender, counts like any other.
        let called = std::slice::from_ref(&message.to);
        self.may_ring(called, &message.call_id)?;
        self.app.audit.rang(&self.session.person.id, called);
        // Asked in any case, so that whoever is blocked waits as long as for somebody who is not here.
        let devices = self.app.reached(&message.to).await.devices;
        let manner = self.app.history.people().manner(&message.to, &self.session.person.id);
        let awaited = devices.is_empty() && self.app.push.reaches(&message.to).is_some();
        if (devices.is_empty() && !awaited) || manner == Manner::Never {
            return Err(Refused::about(ErrorCode::NotFound, message.call_id));
        }
        if manner == Manner::NotNow {
            return Err(Refused::about(ErrorCode::DoNotDisturb, message.call_id));
        }
        let call = NewCall {
            call_id: message.call_id,
            kind: message.kind,
            from: self.sender(message.media),
            to: message.to,
            offer: message.offer,
            silent: manner == Manner::Silently,
            awaited,
        };
        self.app.store.ring(now, self.origin(), call, devices).await
    }

    /// Whether the sender may ring these people now.
    pub(super) fn may_ring(&self, called: &[UserId], call: &CallId) -> Result<(), Refused> {
        let (from, address) = (&self.session.person.id, self.session.address());
        let allowed = self.app.allowances.ring(from, address, called, self.app.clock.now());
        allowed.map_err(|wait| Refused { call_id: Some(call.clone()), ..allowance::too_often(wait) })
    }

    pub(super) async fn ringing(&self, message: Ringing) -> Result<(), Refused> {
        let device = self.session.device.clone();
        self.tell(message.call_id, Event::Ringing { device, in_call: message.in_call }).await
    }

    pub(super) async fn accept(&self, message: Accept) -> Result<(), Refused> {
        let by = self.sender(message.media);
        self.tell(message.call_id, Event::Accept { by, answer: message.answer }).await
    }

    pub(super) async fn decline(&self, message: Decline) -> Result<(), Refused> {
        let device = self.session.device.clone();
        self.tell(message.call_id, Event::Decline { device, reason: message.reason }).await
    }

    pub(super) async fn hang_up(&self, message: Hangup) -> Result<(), Refused> {
        let device = self.session.device.clone();
        self.tell(message.call_id, Event::HangUp { device, reason: message.reason }).await
    }

    pub(super) async fn connected(&self, message: Connected) -> Result<(), Refused> {
        self.tell(message.call_id, Event::Connected { device: self.session.device.clone() }).await
    }
}
