//! The far side's candidates on their way in.

use std::mem;

use protocol::{Candidate, limits};

/// Keeps candidates until the description they belong to is there and they may be used.
///
/// At most 64 wait; the oldest go first, because they belong to a generation that never came.
#[derive(Clone, Default)]
pub(super) struct Inbound {
    waiting: Vec<Candidate>,
    /// The `a=ice-ufrag`s of the remote description, once there is one. It may name none, and any candidate fits.
    generation: Option<Vec<String>>,
    /// The person has accepted, or there is nothing to accept.
    allowed: bool,
}

impl Inbound {
    pub(super) fn keep(&mut self, candidates: impl IntoIterator<Item = Candidate>) {
        for candidate in candidates {
            if self.waiting.len() >= limits::CANDIDATES {
                drop(self.waiting.remove(0));
            }
            self.waiting.push(candidate);
        }
    }

    pub(super) fn allow(&mut self) {
        self.allowed = true;
    }

    /// The browser was told to apply a remote description of this generation.
    pub(super) fn described(&mut self, ufrags: Vec<String>) {
        self.generation = Some(ufrags);
    }

    /// The peer connection is a new one.
    pub(super) fn restart(&mut self) {
        self.generation = None;
    }

    /// Takes what the browser can use now.
    pub(super) fn release(&mut self) -> Vec<Candidate> {
        let (true, Some(generation)) = (self.allowed, &self.generation) else { return Vec::new() };
        let fits = |candidate: &Candidate| match &candidate.username_fragment {
            Some(ufrag) if !generation.is_empty() => generation.contains(&ufrag.text()),
            _ => true,
        };
        let (ready, kept) = mem::take(&mut self.waiting).into_iter().partition(fits);
        self.waiting = kept;
        ready
    }
}
