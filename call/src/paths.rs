//! The way to one of the others: a peer connection, and at times a fresh one made beside it.
//!
//! A path that is dead is sought again in two ways at once. The peer connection restarts ICE, and a fresh one is made
//! beside it, which takes over as soon as it is connected: browsers go on for seconds with candidate pairs that are dead
//! before they look at others, and a fresh connection has none. Whichever comes first carries the call, and nothing is
//! closed before there is something better. A page that was loaded anew comes back in the same way: its offer is of
//! another connection, which is answered beside the one there was.
//!
//! ```text
//!  the path is lost ──▶ ICE restart ───────▶ connected ──────────────┐
//!        │                                                           ▼
//!        └──▶ fresh connection beside it ──▶ connected ──▶ it is the one, the other is closed
//!                                   └──────▶ failed, or never ──▶ closed, and made again with the next restart
//! ```
//! Once begun a fresh connection is not given up because the other one came back: the far side might just be taking it.

use std::time::Duration;

use protocol::Candidate;

use crate::hands::Hands;
use crate::peer::{Address, Peer, PeerNews};
use crate::quality::Reading;
use crate::{ConnectionState, PeerEvent, PeerKey, Time};

/// How long a fresh connection may take from the moment that both sides know of it. Less than a restart waits for the
/// next, so that each begins a fresh one.
const PATIENCE: Duration = Duration::from_millis(7_500);

/// The way to one of the others.
pub(crate) struct Paths {
    peer: Peer,
    fresh: Option<Fresh>,
    /// Whose descriptions the last connection that was closed had: one that comes late begins nothing.
    retired: Option<String>,
    /// Nothing arrives, whatever the browser thinks of the connection.
    silent: bool,
}

struct Fresh {
    peer: Peer,
    /// From when both sides know of it.
    give_up: Option<Time>,
}

impl Paths {
    /// One peer connection, that waits for an offer or is told to [make one](Self::offer).
    pub(crate) fn new(hands: &mut Hands) -> Self {
        Self { peer: Peer::new(hands), fresh: None, retired: None, silent: false }
    }

    /// The peer connection that carries the call, or is to.
    pub(crate) const fn key(&self) -> PeerKey {
        self.peer.key()
    }

    /// Whether a peer connection belongs to it.
    pub(crate) fn has(&self, key: PeerKey) -> bool {
        self.peer.key() == key || self.fresh.as_ref().is_some_and(|fresh| fresh.peer.key() == key)
    }

    /// Media flows, as far as is known.
    pub(crate) fn is_connected(&self) -> bool {
        self.peer.is_connected() && !self.silent
    }

    /// The browser may be asked what arrives.
    pub(crate) fn is_readable(&self) -> bool {
        self.peer.is_connected()
    }

    /// An offer of this side waits for its answer.
    pub(crate) fn awaits_answer(&self) -> bool {
        self.peer.awaits_answer()
    }

    /// Lets everything out to a participant.
    pub(crate) fn open(&mut self, now: Time, hands: &mut Hands, address: Address) {
        if let Some(fresh) = &mut self.fresh {
            fresh.peer.open(now, hands, address.clone());
        }
        self.peer.open(now, hands, address);
    }

    /// Lets the far side's candidates in.
    pub(crate) fn allow(&mut self, hands: &mut Hands) {
        self.peer.allow(hands);
    }

    /// Makes the first offer, or one more where the last is certainly lost.
    pub(crate) fn offer(&mut self, hands: &mut Hands) {
        self.peer.offer(hands, false);
    }

    /// Applies the ring's offer while nothing may leave yet.
    pub(crate) fn prepare(&mut self, hands: &mut Hands, offer: &str, candidates: Vec<Candidate>) {
        self.peer.prepare(hands, offer, candidates);
    }

    /// The far side's offer. One of another peer connection than the one there is is answered beside it.
    pub(crate) fn offered(&mut self, now: Time, hands: &mut Hands, offer: String) {
        if !self.peer.was_connected() || !self.peer.is_of_another(&offer) {
            return self.peer.offered(now, hands, offer);
        }
        if crate::sdp::session(&offer) == self.retired.as_deref() && self.retired.is_some() {
            return;
        }
        // Two fresh ones that cross: the polite side lets its own go. The browser could take its offer back, but not the
        // sections that were made for it, and would ask for them to be negotiated for ever.
        let serves = self.fresh.as_ref().is_some_and(|fresh| match fresh.peer.far_session() {
            Some(_) => !fresh.peer.is_of_another(&offer),
            None => !fresh.peer.is_polite(),
        });
        if !serves {
            self.begin(hands);
        }
        if let Some(fresh) = &mut self.fresh {
            fresh.peer.offered(now, hands, offer);
            if !fresh.peer.awaits_answer() {
                fresh.give_up = Some(now + PATIENCE);
            }
        }
    }

    /// The far side's answer.
    pub(crate) fn answered(&mut self, now: Time, hands: &mut Hands, answer: String) {
        match &mut self.fresh {
            Some(fresh) if fresh.peer.awaits_answer() && self.peer.is_of_another(&answer) => {
                fresh.give_up = Some(now + PATIENCE);
                fresh.peer.answered(hands, answer);
            }
            _ => self.peer.answered(hands, answer),
        }
    }

    /// The far side's candidates: each connection takes those of its own description.
    pub(crate) fn candidates(&mut self, hands: &mut Hands, candidates: Vec<Candidate>) {
        if let Some(fresh) = &mut self.fresh {
            fresh.peer.candidates(hands, candidates.clone());
        }
        self.peer.candidates(hands, candidates);
    }

    /// What a peer connection said.
    pub(crate) fn event(&mut self, now: Time, hands: &mut Hands, key: PeerKey, event: PeerEvent) -> Option<PeerNews> {
        if self.peer.key() == key {
            let news = self.peer.event(now, hands, event);
            // What was silent on the path before says nothing of this one.
            if let Some(PeerNews::Connection(_)) = news {
                self.silent = false;
            }
            return news;
        }
        let fresh = self.fresh.as_mut().filter(|fresh| fresh.peer.key() == key)?;
        match fresh.peer.event(now, hands, event)? {
            PeerNews::Connection(ConnectionState::Connected) => Some(self.take_over(hands)),
            PeerNews::Connection(ConnectionState::Failed) | PeerNews::Broken => {
                self.give_up(hands);
                None
            }
            PeerNews::Bye => Some(PeerNews::Bye),
            PeerNews::Connection(_) | PeerNews::Description(_) => None,
        }
    }

    /// What arrives, once a second while the browser thinks that it is connected. True if that changed something.
    pub(crate) fn heard(&mut self, now: Time, hands: &mut Hands, reading: Reading) -> bool {
        let Reading { silent, picture_moves, .. } = reading;
        picture_moves.into_iter().for_each(|moves| self.peer.picture(now, hands, moves));
        match silent && self.peer.is_connected() {
            true => self.peer.suspect(now),
            false => self.peer.trust(),
        }
        std::mem::replace(&mut self.silent, silent) != silent
    }

    /// Has all of it send and play nothing, or takes that back.
    pub(crate) fn hold(&mut self, hands: &mut Hands, on: bool) {
        self.peer.hold(hands, on);
        if let Some(fresh) = &mut self.fresh {
            fresh.peer.hold(hands, on);
        }
    }

    /// The network may be another.
    pub(crate) fn network_changed(&mut self, now: Time) {
        self.peer.network_changed(now);
    }

    /// The relay is there again. With `forgotten`, it has lost what was under way.
    pub(crate) fn relay_back(&mut self, now: Time, hands: &mut Hands, forgotten: bool) {
        self.peer.relay_back(now, hands, forgotten);
        if let Some(fresh) = &mut self.fresh {
            fresh.peer.relay_back(now, hands, forgotten);
        }
    }

    /// Sends its candidates once more.
    pub(crate) fn repeat_candidates(&mut self, now: Time, hands: &mut Hands) {
        self.peer.repeat_candidates(now, hands);
    }

    pub(crate) fn deadline(&self) -> Option<Time> {
        let fresh = self.fresh.as_ref();
        let give_up = fresh.and_then(|fresh| fresh.give_up);
        [self.peer.deadline(), fresh.and_then(|fresh| fresh.peer.deadline()), give_up].into_iter().flatten().min()
    }

    /// Does what is due.
    pub(crate) fn tick(&mut self, now: Time, hands: &mut Hands) {
        let restarts = self.peer.tick(now, hands);
        if let Some(fresh) = &mut self.fresh {
            fresh.peer.tick(now, hands);
        }
        if self.fresh.as_ref().is_some_and(|fresh| fresh.give_up.is_some_and(|at| at <= now)) {
            self.give_up(hands);
        }
        if restarts && self.fresh.is_none() {
            self.begin(hands);
            if let Some(fresh) = &mut self.fresh {
                fresh.peer.offer(hands, false);
            }
        }
    }

    /// Tells the far side that this one leaves the call, past the relay.
    pub(crate) fn say_bye(&self, hands: &mut Hands) {
        self.peer.say_bye(hands);
    }

    /// Closes what there is.
    pub(crate) fn close(&mut self, hands: &mut Hands) {
        self.give_up(hands);
        self.peer.close(hands);
    }

    /// Makes a connection beside the one there is, in place of another that was.
    fn begin(&mut self, hands: &mut Hands) {
        self.give_up(hands);
        self.fresh = Some(Fresh { peer: self.peer.beside(hands), give_up: None });
    }

    fn give_up(&mut self, hands: &mut Hands) {
        if let Some(mut fresh) = self.fresh.take() {
            fresh.peer.close(hands);
        }
    }

    fn take_over(&mut self, hands: &mut Hands) -> PeerNews {
        if let Some(fresh) = self.fresh.take() {
            self.retired = self.peer.far_session().map(str::to_owned);
            self.peer.close(hands);
            self.peer = fresh.peer;
            self.silent = false;
        }
        PeerNews::Connection(ConnectionState::Connected)
    }
}
