//! What was asked of the relay and not answered yet.

use std::collections::VecDeque;

use protocol::frame::{RequestId, Seq};
use protocol::{CallId, ClientMessage, frame};

use crate::Output;

/// A whole call is about 25 requests, most of them answered within a round trip.
const MOST: usize = 256;

struct Pending {
    id: RequestId,
    message: ClientMessage,
    sent: bool,
}

/// Unanswered requests, oldest first: kept so that they can be sent again on the next connection.
///
/// At most [`MOST`]. A relay that leaves so many unanswered is as good as gone, so room is made at the cost of what
/// hurts least: the oldest candidates, else the oldest request. The guards of the machines end what waited for it.
#[derive(Default)]
pub(super) struct Outbox {
    pending: Vec<Pending>,
    last_id: RequestId,
}

impl Outbox {
    /// Takes a request in, and sends it if the relay is there: then `heard` is what it has said so far.
    pub(super) fn push(&mut self, message: ClientMessage, heard: Option<Seq>, outputs: &mut VecDeque<Output>) {
        if self.pending.len() >= MOST {
            let candidates = |p: &Pending| matches!(p.message, ClientMessage::IceCandidates(_));
            let oldest = self.pending.iter().position(candidates).unwrap_or(0);
            drop(self.pending.remove(oldest));
        }
        self.last_id = self.last_id.saturating_add(1);
        let mut request = Pending { id: self.last_id, message, sent: false };
        if let Some(heard) = heard {
            request.send(heard, outputs);
        }
        self.pending.push(request);
    }

    /// The request with that id, which has now been answered.
    pub(super) fn answered(&mut self, id: RequestId) -> Option<ClientMessage> {
        let place = self.pending.iter().position(|p| p.id == id)?;
        Some(self.pending.remove(place).message)
    }

    /// Sends everything, again or for the first time, in its order.
    pub(super) fn send_all(&mut self, heard: Seq, outputs: &mut VecDeque<Output>) {
        for request in &mut self.pending {
            request.send(heard, outputs);
        }
    }

    /// A new session: ids count from 1 again. What the machines say anew by themselves after a session was lost is
    /// dropped, so that it is not said twice.
    pub(super) fn begin_afresh(&mut self) {
        self.pending.retain(|p| !said_anew(&p.message));
        self.last_id = 0;
        for request in &mut self.pending {
            self.last_id += 1;
            request.id = self.last_id;
        }
    }

    /// Drops what was never sent about a call. True if the request by which this side begins, accepts or enters it was
    /// among it: then the relay knows of no part of this device in the call.
    pub(super) fn unsay(&mut self, call_id: &CallId) -> bool {
        let mut first = false;
        self.pending.retain(|p| {
            let drop = !p.sent && concerns(&p.message) == Some(call_id);
            first |= drop && matches!(p.message, ClientMessage::Initiate(_) | ClientMessage::Accept(_));
            !drop
        });
        first
    }

    /// Drops a request to enter or make a room that was never sent. True if there was one.
    pub(super) fn unsay_room(&mut self) -> bool {
        let before = self.pending.len();
        let entering = |m: &ClientMessage| matches!(m, ClientMessage::Join(_) | ClientMessage::CreateRoom(_));
        self.pending.retain(|p| p.sent || !entering(&p.message));
        self.pending.len() < before
    }
}

impl Pending {
    /// Says with it how far the relay has been heard, so that the relay need not keep what it said.
    fn send(&mut self, heard: Seq, outputs: &mut VecDeque<Output>) {
        self.sent = true;
        let heard = (heard > 0).then_some(heard);
        let text = frame::write_request(self.message.kind(), Some(self.id), heard, &self.message.data());
        outputs.push_back(Output::Transmit(text));
    }
}

fn said_anew(message: &ClientMessage) -> bool {
    matches!(
        message,
        ClientMessage::RefreshIce(_)
            | ClientMessage::Initiate(_)
            | ClientMessage::Ringing(_)
            | ClientMessage::Accept(_)
            | ClientMessage::Join(_)
            | ClientMessage::IceCandidates(_)
            | ClientMessage::Offer(_)
            | ClientMessage::Answer(_)
            | ClientMessage::UpdateMedia(_)
            | ClientMessage::WantMedia(_)
            | ClientMessage::ReportQuality(_)
    )
}

/// The call a request is about.
fn concerns(message: &ClientMessage) -> Option<&CallId> {
    match message {
        ClientMessage::Initiate(m) => Some(&m.call_id),
        ClientMessage::Ringing(m) => Some(&m.call_id),
        ClientMessage::Accept(m) => Some(&m.call_id),
        ClientMessage::Decline(m) => Some(&m.call_id),
        ClientMessage::Hangup(m) => Some(&m.call_id),
        ClientMessage::Connected(m) => Some(&m.call_id),
        ClientMessage::Moderate(m) => Some(&m.call_id),
        ClientMessage::Invite(m) => Some(&m.call_id),
        ClientMessage::Leave(m) => Some(&m.call_id),
        ClientMessage::Offer(m) => Some(&m.call_id),
        ClientMessage::Answer(m) => Some(&m.call_id),
        ClientMessage::IceCandidates(m) => Some(&m.call_id),
        ClientMessage::UpdateMedia(m) => Some(&m.call_id),
        ClientMessage::WantMedia(m) => Some(&m.call_id),
        ClientMessage::ReportQuality(m) => Some(&m.call_id),
        ClientMessage::Hello(_)
        | ClientMessage::Resume(_)
        | ClientMessage::Ping(_)
        | ClientMessage::RefreshIce(_)
        | ClientMessage::CreateRoom(_)
        | ClientMessage::Join(_) => None,
    }
}
