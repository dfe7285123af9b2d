//! One call, as a script that two people play: who says what after having heard what.
//!
//! Offer, answer, ten candidates from each side and a goodbye are what a server forwards: 23 messages where each
//! candidate is one. Where a server knows more of calls (it rings, it is told that media flows, it acknowledges), those
//! steps are played as well and their cost counts. Where a page sends candidates several at a time, so does the script.
//! A call lasts for a moment, so that its goodbye is a message that travels alone, as it is after a talk.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Candidates that each side sends.
pub(crate) const CANDIDATES: u8 = 10;
/// How many candidates go into each message.
pub(crate) type Batches = &'static [u8];
/// Each in a message of its own.
pub(crate) const SINGLY: Batches = &[1; CANDIDATES as usize];
/// As Alo's page sends them: the first at once, what is found with it (this machine's own) together, and later what
/// servers say of it together.
pub(crate) const TOGETHER: Batches = &[1, 5, 4];
/// How long the two talk: far longer than a message takes, and not so long that the calls at once limit a server.
pub(crate) const TALK: Duration = Duration::from_millis(20);
/// No server here takes this long for a call: something was lost.
const STALLED_AFTER: Duration = Duration::from_secs(10);

/// Who says or hears something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The one who rings.
    Caller,
    /// The one who is rung.
    Callee,
}

impl Side {
    fn other(self) -> Self {
        match self {
            Self::Caller => Self::Callee,
            Self::Callee => Self::Caller,
        }
    }
}

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The offer, with the ring.
    Offer,
    /// The callee's device rings: only where the server knows that.
    Ringing,
    /// The answer, with the acceptance.
    Answer,
    /// ICE candidates, counted from 0.
    Candidates {
        /// The first of them.
        first: u8,
        /// How many.
        count: u8,
    },
    /// Media flows: only where the server wants to know.
    Connected,
    /// How well the other is heard: only where the server wants to know, and in long calls.
    Report,
    /// The call is over.
    Bye,
}

/// What one side says.
pub(crate) type Line = (Side, Step);

/// How far a pair's call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// No call.
    Idle,
    /// The offer is on its way.
    Offered,
    /// The answer is on its way.
    Answered,
    /// Candidates are on their way.
    Trickling,
    /// Everything has arrived, and they talk.
    Talking,
    /// The goodbye is on its way.
    Leaving,
    /// In a call, and staying.
    Held,
}

/// What a server knows of calls besides forwarding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Server {
    /// Nothing.
    Forwards,
    /// It rings, acknowledges every request, perhaps later, and is told when media flows.
    KnowsCalls,
}

/// Two people and their call.
pub(crate) struct Pair {
    server: Server,
    batches: Batches,
    stage: Stage,
    /// Stay in the call instead of saying goodbye.
    hold: bool,
    since: Instant,
    caller: Half,
    callee: Half,
}

#[derive(Default)]
struct Half {
    /// Candidates heard.
    candidates: u8,
    /// Acknowledgements that have not come.
    owed: u32,
    /// When what the other side has not heard yet was said, oldest first.
    under_way: VecDeque<Instant>,
}

impl Pair {
    /// Two people without a call.
    pub(crate) fn new(server: Server, batches: Batches, hold: bool, now: Instant) -> Self {
        let (caller, callee) = (Half::default(), Half::default());
        Self { server, batches, stage: Stage::Idle, hold, since: now, caller, callee }
    }

    /// Begins a call.
    pub(crate) fn start(&mut self, now: Instant) -> Vec<Line> {
        self.stage = Stage::Offered;
        self.since = now;
        self.caller.candidates = 0;
        self.callee.candidates = 0;
        vec![(Side::Caller, Step::Offer)]
    }

    /// Notes that a line was said just now.
    pub(crate) fn said(&mut self, (side, step): Line, now: Instant) {
        let acknowledges = self.server == Server::KnowsCalls;
        let half = self.half(side);
        if step != Step::Connected {
            half.under_way.push_back(now);
        }
        if acknowledges {
            half.owed += 1;
        }
    }

    /// Notes that a side got an acknowledgement.
    pub(crate) fn acknowledged(&mut self, side: Side) {
        let half = self.half(side);
        half.owed = half.owed.saturating_sub(1);
    }

    /// Whether a side waits for acknowledgements.
    pub(crate) fn is_owed(&self, side: Side) -> bool {
        let half = if side == Side::Caller { &self.caller } else { &self.callee };
        half.owed > 0
    }

    /// Notes what a side heard; gives what is said next, and how long the words had been under way.
    pub(crate) fn heard(&mut self, side: Side, step: Step, now: Instant) -> (Vec<Line>, Option<Duration>) {
        // A server may tell the one who hung up that the call is over: nobody said it to them.
        if (side, step) == (Side::Caller, Step::Bye) {
            return (Vec::new(), None);
        }
        let said = self.half(side.other()).under_way.pop_front();
        let lines = match (side, step) {
            (Side::Callee, Step::Offer) => self.answer(),
            (Side::Caller, Step::Answer) => self.trickle(),
            (_, Step::Candidates { count, .. }) => self.candidates(side, count, now),
            (Side::Callee, Step::Bye) => {
                self.stage = Stage::Idle;
                Vec::new()
            }
            _ => Vec::new(),
        };
        (lines, said.map(|said| now.saturating_duration_since(said)))
    }

    /// Free for a call.
    pub(crate) fn is_free(&self) -> bool {
        self.stage == Stage::Idle
    }

    /// In a call that [`Pair::leave`] is to end.
    pub(crate) fn is_talking(&self) -> bool {
        self.stage == Stage::Talking
    }

    /// For how long they have talked, if they do.
    pub(crate) fn talks_for(&self, now: Instant) -> Option<Duration> {
        self.is_talking().then(|| now.saturating_duration_since(self.since))
    }

    /// Everything has arrived.
    pub(crate) fn talk(&mut self, now: Instant) {
        self.stage = Stage::Talking;
        self.since = now;
    }

    /// In a call that stays.
    pub(crate) fn is_held(&self) -> bool {
        self.stage == Stage::Held
    }

    /// Where it stands still, if it does.
    pub(crate) fn stalled(&self, now: Instant) -> Option<Stage> {
        let moving = !self.is_free() && !self.is_held() && !self.is_talking();
        (moving && now.saturating_duration_since(self.since) > STALLED_AFTER).then_some(self.stage)
    }

    fn answer(&mut self) -> Vec<Line> {
        self.stage = Stage::Answered;
        let candidates = self.all_candidates(Side::Callee);
        let ringing = (self.server == Server::KnowsCalls).then_some((Side::Callee, Step::Ringing));
        ringing.into_iter().chain([(Side::Callee, Step::Answer)]).chain(candidates).collect()
    }

    fn trickle(&mut self) -> Vec<Line> {
        self.stage = Stage::Trickling;
        self.all_candidates(Side::Caller).collect()
    }

    fn all_candidates(&self, side: Side) -> impl Iterator<Item = Line> + use<> {
        self.batches.iter().scan(0, move |next, &count| {
            let first = std::mem::replace(next, *next + count);
            Some((side, Step::Candidates { first, count }))
        })
    }

    fn candidates(&mut self, side: Side, count: u8, now: Instant) -> Vec<Line> {
        self.half(side).candidates += count;
        let complete = self.caller.candidates == CANDIDATES && self.callee.candidates == CANDIDATES;
        if !complete {
            return Vec::new();
        }
        if self.hold {
            self.stage = Stage::Held;
        } else {
            self.talk(now);
        }
        match self.server {
            Server::Forwards => Vec::new(),
            Server::KnowsCalls => vec![(Side::Caller, Step::Connected), (Side::Callee, Step::Connected)],
        }
    }

    /// The caller says goodbye.
    pub(crate) fn leave(&mut self, now: Instant) -> Line {
        self.stage = Stage::Leaving;
        self.since = now;
        (Side::Caller, Step::Bye)
    }

    fn half(&mut self, side: Side) -> &mut Half {
        match side {
            Side::Caller => &mut self.caller,
            Side::Callee => &mut self.callee,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays a call over a server that forwards in order and, if it knows calls, acknowledges.
    fn play(server: Server, batches: Batches, hold: bool) -> (Pair, usize) {
        let now = Instant::now();
        let mut pair = Pair::new(server, batches, hold, now);
        let mut lines = VecDeque::from(pair.start(now));
        let mut forwarded = 0;
        while let Some((side, step)) = lines.pop_front() {
            pair.said((side, step), now);
            if step != Step::Connected {
                let (more, delay) = pair.heard(side.other(), step, now);
                assert_eq!(delay, Some(Duration::ZERO));
                lines.extend(more);
                forwarded += 1;
            }
            if pair.is_talking() && lines.is_empty() {
                lines.push_back(pair.leave(now));
            }
            if server == Server::KnowsCalls {
                pair.acknowledged(side);
            }
        }
        assert!(!pair.is_owed(Side::Caller) && !pair.is_owed(Side::Callee));
        (pair, forwarded)
    }

    #[test]
    fn a_call_is_23_forwarded_messages() {
        let (pair, forwarded) = play(Server::Forwards, SINGLY, false);
        assert_eq!(forwarded, 23);
        assert!(pair.is_free());
    }

    #[test]
    fn candidates_together_are_the_same_candidates_in_fewer_messages() {
        for batches in [SINGLY, TOGETHER] {
            assert_eq!(batches.iter().sum::<u8>(), CANDIDATES);
        }
        let (pair, forwarded) = play(Server::KnowsCalls, TOGETHER, false);
        assert_eq!(forwarded, 24 - 20 + 6);
        assert!(pair.is_free());
    }

    #[test]
    fn a_server_that_knows_calls_also_forwards_the_ringing() {
        let (pair, forwarded) = play(Server::KnowsCalls, SINGLY, false);
        assert_eq!(forwarded, 24);
        assert!(pair.is_free());
    }

    #[test]
    fn a_held_call_says_no_goodbye() {
        let (pair, forwarded) = play(Server::KnowsCalls, SINGLY, true);
        assert_eq!(forwarded, 23);
        assert!(pair.is_held());
    }

    #[test]
    fn a_pair_that_is_owed_acknowledgements_is_free_all_the_same() {
        let now = Instant::now();
        let mut pair = Pair::new(Server::KnowsCalls, SINGLY, false, now);
        pair.start(now);
        let bye = pair.leave(now);
        pair.said(bye, now);
        pair.heard(Side::Callee, Step::Bye, now);
        assert!(pair.is_free() && pair.is_owed(Side::Caller));
        pair.acknowledged(Side::Caller);
        assert!(!pair.is_owed(Side::Caller));
    }

    #[test]
    fn a_lost_message_is_noticed() {
        let now = Instant::now();
        let mut pair = Pair::new(Server::Forwards, SINGLY, false, now);
        pair.start(now);
        assert_eq!(pair.stalled(now + STALLED_AFTER), None);
        assert_eq!(pair.stalled(now + STALLED_AFTER + Duration::from_millis(1)), Some(Stage::Offered));
    }
}
