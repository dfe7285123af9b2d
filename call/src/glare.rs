//! Two people ring each other in the same moment: which of the two calls goes on.
//!
//! A relay that sees both refuses the second with `glare` and rings its sender with the first, in whichever order the two
//! messages arrive. Relays that cannot see each other let both ring; then the call with the smaller id goes on. Both
//! sides must come to the same answer, so a page that dials and is rung by the same person asks:
//! - Was its own call refused? Theirs goes on.
//! - Was its own call taken? Then the relays are apart, and the smaller id goes on.
//! - Not answered yet? If theirs is smaller it goes on either way. Else wait for the answer.

use protocol::{CallId, Incoming};

/// How the relay took this side's own ring.
#[derive(Default)]
enum Own {
    #[default]
    Unanswered,
    Taken,
    Refused,
}

/// The other call of a possible glare, beside a call that this side has placed.
#[derive(Default)]
pub(crate) struct Glare {
    own: Own,
    rival: Option<Box<Incoming>>,
}

impl Glare {
    /// The dialled person rings. Gives the call back if it is the one that goes on.
    pub(crate) fn rung(&mut self, own_id: &CallId, incoming: Box<Incoming>) -> Option<Box<Incoming>> {
        let theirs_is_smaller = incoming.call_id < *own_id;
        match self.own {
            Own::Refused => Some(incoming),
            _ if theirs_is_smaller => Some(incoming),
            Own::Taken => None,
            Own::Unanswered => {
                self.rival = Some(incoming);
                None
            }
        }
    }

    /// The relay took this side's ring: it goes on, unless a smaller one comes.
    pub(crate) fn taken(&mut self) {
        self.own = Own::Taken;
        self.rival = None;
    }

    /// The relay refused this side's ring in favour of theirs. Gives theirs back if it is here already.
    pub(crate) fn refused(&mut self) -> Option<Box<Incoming>> {
        self.own = Own::Refused;
        self.rival.take()
    }

    /// This side's ring was refused, so it needs no hanging up.
    pub(crate) fn is_refused(&self) -> bool {
        matches!(self.own, Own::Refused)
    }

    /// The other call, while it is undecided.
    pub(crate) fn rival(&mut self) -> Option<&mut Incoming> {
        self.rival.as_deref_mut()
    }

    /// A call is over: if it was the other one, it is not waited for.
    pub(crate) fn rival_over(&mut self, call_id: &CallId) {
        self.rival.take_if(|rival| rival.call_id == *call_id);
    }
}
