//! Key frames: asked for when packets of a picture arrive and no picture comes of them, and sent when the far side asks.
//!
//! After a gap a receiver lacks what the next frames refer to. Browsers wait for it to be sent again before they ask for a
//! whole picture (a PLI, RFC 4585 section 6.3.1), which takes seconds where much was lost. What is asked goes over the
//! connection itself: the packets that have just arrived came by it, while the relay may need longer to be found again.

use std::time::Duration;

use super::Peer;
use crate::hands::Hands;
use crate::{PeerCommand, Time};

/// One key frame in so long, whoever asks how often: each is as large as a dozen others.
const PAUSE: Duration = Duration::from_secs(1);
/// The pause doubles with each key frame that brought no picture, up to eight times: where so little gets through, another
/// large frame is the last thing that helps.
const MOST_DOUBLINGS: u32 = 3;

/// What was asked for and sent lately.
#[derive(Default)]
pub(super) struct KeyFrames {
    asked: Option<Time>,
    in_vain: u32,
    sent: Option<Time>,
}

impl KeyFrames {
    fn may_ask(&mut self, now: Time) -> bool {
        let pause = PAUSE.saturating_mul(1 << self.in_vain.min(MOST_DOUBLINGS));
        if self.asked.is_some_and(|asked| now.since(asked) < pause) {
            return false;
        }
        self.in_vain = if self.asked.is_some() { self.in_vain.saturating_add(1) } else { 0 };
        self.asked = Some(now);
        true
    }

    /// A picture came: what is asked for next is asked for the first time, a pause after the last all the same.
    fn moves(&mut self, now: Time) {
        self.in_vain = 0;
        self.asked.take_if(|asked| now.since(*asked) >= PAUSE);
    }

    fn may_send(&mut self, now: Time) -> bool {
        let may = self.sent.is_none_or(|sent| now.since(sent) >= PAUSE);
        if may {
            self.sent = Some(now);
        }
        may
    }
}

impl Peer {
    /// Packets of the far side's picture arrive: it moves, or no picture comes of them.
    pub(crate) fn picture(&mut self, now: Time, hands: &mut Hands, moves: bool) {
        match moves {
            true => self.key_frames.moves(now),
            false => self.ask_for_key_frame(now, hands),
        }
    }

    pub(super) fn ask_for_key_frame(&mut self, now: Time, hands: &mut Hands) {
        if !self.holds && self.key_frames.may_ask(now) {
            hands.peer(self.key, PeerCommand::AskForKeyFrame);
        }
    }

    /// The far side sees nothing until it gets a key frame.
    pub(super) fn send_key_frame(&mut self, now: Time, hands: &mut Hands) {
        if !self.holds && self.key_frames.may_send(now) {
            hands.peer(self.key, PeerCommand::SendKeyFrame);
        }
    }
}
