//! Descriptions, candidates and media states on their way from one participant to another.

use std::sync::Arc;

use protocol::{
    Candidate, DeviceId, ErrorCode, FarAnswer, FarIceCandidates, FarOffer, MaxFs, MediaState, MediaUpdated,
    MediaWanted, Opaque, RelayMessage, limits,
};

use super::{CallRecord, Effect, NOTHING, Outcome, Seat, Stage, reject};

/// So many offers of one to another may wait for answers: a restart's, and that of a fresh connection beside it.
const MOST_OFFERS: u8 = 2;

/// What has gone from one participant to another.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Path {
    from: DeviceId,
    to: DeviceId,
    /// How many offers wait for their answers.
    offers: u8,
    /// Candidates since the last description: the generation's.
    candidates: usize,
}

impl Path {
    fn leads(&self, from: &DeviceId, to: &DeviceId) -> bool {
        self.from == *from && self.to == *to
    }

    pub(super) fn touches(&self, device: &DeviceId) -> bool {
        self.from == *device || self.to == *device
    }
}

impl CallRecord {
    pub(super) fn offer(&mut self, from: DeviceId, to: DeviceId, sdp: Opaque) -> Outcome {
        if let Err(code) = self.may_pass(&from, &to) {
            return self.refuse(&from, code);
        }
        let path = self.take_path(&from, &to);
        let offers = MOST_OFFERS.min(path.offers + 1);
        self.paths.push(Path { offers, candidates: 0, ..path });
        self.pass(to, |call_id| FarOffer { call_id, from, sdp })
    }

    /// Passes an answer on if an offer asked for it. An answer nobody asked for would break the other side's
    /// negotiation, and only there.
    pub(super) fn answer(&mut self, from: DeviceId, to: DeviceId, sdp: Opaque) -> Outcome {
        if let Err(code) = self.may_pass(&from, &to) {
            return self.refuse(&from, code);
        }
        if !self.paths.iter().any(|path| path.offers > 0 && path.leads(&to, &from)) {
            return reject(ErrorCode::WrongState);
        }
        let asked = self.take_path(&to, &from);
        self.paths.push(Path { offers: asked.offers.saturating_sub(1), ..asked });
        let path = self.take_path(&from, &to);
        self.paths.push(Path { candidates: 0, ..path });
        self.pass(to, |call_id| FarAnswer { call_id, from, sdp })
    }

    pub(super) fn candidates(&mut self, from: DeviceId, to: Option<DeviceId>, candidates: Vec<Candidate>) -> Outcome {
        if matches!(self.stage, Stage::Ringing(_)) {
            return self.early_candidates(from, to.as_ref(), candidates);
        }
        // A caller goes on without `to` until it has heard of the acceptance.
        let Some(to) = to.or_else(|| self.other_side(&from)) else {
            return self.refuse(&from, ErrorCode::NoParticipant);
        };
        if let Err(code) = self.may_pass(&from, &to) {
            return self.refuse(&from, code);
        }
        let path = self.take_path(&from, &to);
        let so_far = path.candidates + candidates.len();
        if so_far > limits::CANDIDATES {
            self.paths.push(path);
            return reject(ErrorCode::TooBig);
        }
        self.paths.push(Path { candidates: so_far, ..path });
        self.pass(to, |call_id| FarIceCandidates { call_id, from, candidates })
    }

    /// The caller's candidates go to every device that rings, and are kept for those that will. The callee's go
    /// nowhere: they would tell the caller where the callee is before the callee has answered.
    fn early_candidates(&mut self, from: DeviceId, to: Option<&DeviceId>, candidates: Vec<Candidate>) -> Outcome {
        let is_caller = self.seat(&from).is_some();
        let Stage::Ringing(ring) = &mut self.stage else { return NOTHING };
        if !is_caller {
            return self.refuse(&from, ErrorCode::WrongState);
        }
        if to.is_some() {
            return reject(ErrorCode::NoParticipant);
        }
        if ring.candidates.len() + candidates.len() > limits::CANDIDATES {
            return reject(ErrorCode::TooBig);
        }
        Arc::make_mut(&mut ring.candidates).extend(candidates.iter().cloned());
        let message = FarIceCandidates { call_id: self.id.clone(), from, candidates };
        Ok(ring.rung.iter().map(|device| Self::send(device, message.clone())).collect())
    }

    pub(super) fn media(&mut self, device: &DeviceId, media: MediaState) -> Outcome {
        let Some(seat) = self.seat_mut(device) else {
            return self.refuse(device, ErrorCode::WrongState);
        };
        if seat.participant.media == media {
            return NOTHING;
        }
        Arc::make_mut(&mut seat.participant).media = media;
        let ringing: &[DeviceId] = match &self.stage {
            Stage::Ringing(ring) => &ring.rung,
            Stage::Talking(_) | Stage::Room(_) | Stage::Over(_) => &[],
        };
        let others = self.seats.iter().map(Seat::device).chain(ringing).filter(|&other| other != device);
        let message = MediaUpdated { call_id: self.id.clone(), device: device.clone(), media };
        Ok(others.map(|other| Self::send(other, message.clone())).collect())
    }

    pub(super) fn wanted(&self, from: DeviceId, to: DeviceId, max_fs: MaxFs) -> Outcome {
        if let Err(code) = self.may_pass(&from, &to) {
            return self.refuse(&from, code);
        }
        self.pass(to, |call_id| MediaWanted { call_id, from, max_fs })
    }

    fn may_pass(&self, from: &DeviceId, to: &DeviceId) -> Result<(), ErrorCode> {
        match &self.stage {
            Stage::Ringing(_) | Stage::Over(_) => return Err(ErrorCode::WrongState),
            Stage::Talking(_) | Stage::Room(_) => {}
        }
        if self.seat(from).is_none() {
            return Err(ErrorCode::AnsweredElsewhere);
        }
        if from == to || self.seat(to).is_none() {
            return Err(ErrorCode::NoParticipant);
        }
        Ok(())
    }

    fn pass<M: Into<RelayMessage>>(&self, to: DeviceId, message: impl FnOnce(protocol::CallId) -> M) -> Outcome {
        Ok(vec![Effect::Send { to, message: message(self.id.clone()).into() }])
    }

    fn other_side(&self, device: &DeviceId) -> Option<DeviceId> {
        if !matches!(self.stage, Stage::Talking(_)) {
            return None;
        }
        self.seats.iter().map(Seat::device).find(|&other| other != device).cloned()
    }

    /// Takes the path out, to be changed and put back; a new one if nothing has gone that way yet.
    fn take_path(&mut self, from: &DeviceId, to: &DeviceId) -> Path {
        match self.paths.iter().position(|path| path.leads(from, to)) {
            Some(place) => self.paths.swap_remove(place),
            None => Path { from: from.clone(), to: to.clone(), offers: 0, candidates: 0 },
        }
    }
}
