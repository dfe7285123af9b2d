//! What there is to see of a direct call.

use std::time::Duration;

use protocol::Participant;

use super::{Leg, Stage};
use crate::own::OwnMedia;
use crate::{CallView, Face, IncomingView, OtherView, Time};

impl Leg {
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
            peer: self.paths.key(),
            media: far.media,
            wanted: self.wanted,
            connected: self.paths.is_connected(),
            readable: self.paths.is_readable(),
            weak: false,
            receives: None,
        };
        CallView {
            call_id: self.call_id.clone(),
            kind: self.kind,
            direction: self.direction,
            room: None,
            group_code: None,
            unlocked: false,
            with: Some(self.with.clone()),
            group: Vec::new(),
            face: self.face(),
            others: self.far.iter().filter(|_| self.stage != Stage::Incoming).map(other).collect(),
            invited: Vec::new(),
            rules: None,
            knocks: false,
            muted_by: None,
            own: own.view(),
            rings_in_call: self.in_call && self.rings_there(),
            held: None,
            weak: None,
            away: false,
        }
    }

    pub(crate) fn incoming_view(&self) -> IncomingView {
        IncomingView {
            call_id: self.call_id.clone(),
            from: self.with.clone(),
            with: Vec::new(),
            silent: self.silent,
            kind: self.kind,
        }
    }
}
