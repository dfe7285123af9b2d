//! What the relay has to say to one page: numbered, bounded, and kept until the page has confirmed it.
//!
//! ```text
//!   confirmed (gone) │ sent, not confirmed │ waiting to be sent │ next
//!                    └──────── the tail: sent again after a resume ─────┘
//! ```
//!
//! Waiting frames are bounded because a page that does not read must not make the relay grow; sent ones because a page
//! that does not confirm must not either. When the waiting ones are too many the connection is closed with 1013 and the
//! page may resume; what still comes meanwhile is kept up to the same bound again, and beyond that the tail is given up:
//! the page will then find `no_session` and begin afresh.

use std::collections::VecDeque;

use protocol::frame::{self, RequestId, Seq};

/// The header of a frame that fits 64 KiB (RFC 6455 section 5.2).
const HEADER_BYTES: usize = 4;

/// How much may wait.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Frames.
    pub messages: usize,
    /// Bytes of text.
    pub bytes: usize,
}

#[derive(Debug)]
struct Frame {
    reply_to: Option<RequestId>,
    text: String,
}

/// Frames and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Amount {
    messages: usize,
    bytes: usize,
}

impl Amount {
    fn add(&mut self, frame: &Frame) {
        self.messages += 1;
        self.bytes += frame.text.len();
    }

    fn remove(&mut self, frame: &Frame) {
        self.messages = self.messages.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(frame.text.len());
    }

    const fn exceeds(self, bounds: Bounds, times: usize) -> bool {
        self.messages > bounds.messages * times || self.bytes > bounds.bytes * times
    }
}

/// The frames of one session.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// The sent ones first.
    frames: VecDeque<Frame>,
    /// How many frames the page has confirmed, or can no longer get.
    gone: Seq,
    sent: Amount,
    waiting: Amount,
}

impl Outbox {
    /// Numbers a message and puts it with those that wait. False when they have become too many.
    pub(super) fn push(&mut self, bounds: Bounds, kind: &str, reply_to: Option<RequestId>, data: &str) -> bool {
        let text = frame::write(kind, reply_to, Some(self.newest() + 1), data);
        let frame = Frame { reply_to, text };
        self.waiting.add(&frame);
        self.frames.push_back(frame);
        if self.waiting.exceeds(bounds, 2) {
            self.give_up();
        }
        !self.waiting.exceeds(bounds, 1)
    }

    /// The number of the newest frame; 0 before the first.
    fn newest(&self) -> Seq {
        self.gone + self.frames.len() as Seq
    }

    /// How many frames wait.
    #[must_use]
    pub(super) const fn waiting(&self) -> usize {
        self.waiting.messages
    }

    /// Whether anything waits.
    #[must_use]
    pub(super) const fn is_waiting(&self) -> bool {
        self.waiting() > 0
    }

    /// About how many bytes the waiting frames take on the wire, up to `most`.
    pub(super) fn waiting_bytes(&self, most: usize) -> usize {
        (self.waiting.bytes + self.waiting.messages * HEADER_BYTES).min(most)
    }

    /// Hands waiting frames to `write` as long as it takes them, and counts them as sent.
    pub(super) fn send(&mut self, bounds: Bounds, mut write: impl FnMut(&str) -> bool) {
        while let Some(frame) = self.frames.get(self.sent.messages) {
            let more = write(&frame.text);
            self.waiting.remove(frame);
            self.sent.add(frame);
            if !more {
                break;
            }
        }
        while self.sent.exceeds(bounds, 1) {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(frame) = self.frames.pop_front() {
            self.sent.remove(&frame);
            self.gone += 1;
        }
    }

    /// The page has read as far as `last`.
    pub(super) fn confirm(&mut self, last: Seq) {
        while self.gone < last && self.sent.messages > 0 {
            self.drop_oldest();
        }
    }

    /// The page has read as far as `last`, and on its new connection gets what came after. False if that is not to be
    /// had any more, or never was.
    pub(super) fn rewind(&mut self, last: Seq) -> bool {
        if last < self.gone || last > self.gone + self.sent.messages as Seq {
            return false;
        }
        self.confirm(last);
        self.waiting.messages += self.sent.messages;
        self.waiting.bytes += self.sent.bytes;
        self.sent = Amount::default();
        true
    }

    /// The reply to a request, if it is still kept.
    #[must_use]
    pub(super) fn reply_to(&self, request: RequestId) -> Option<&str> {
        let frame = self.frames.iter().rev().find(|frame| frame.reply_to == Some(request))?;
        Some(&frame.text)
    }

    fn give_up(&mut self) {
        self.gone = self.newest();
        *self = Self { gone: self.gone, ..Self::default() };
    }

    /// An outbox with nothing in it holds no memory: there are many sessions, and most say nothing most of the time.
    pub(super) fn release(&mut self) {
        if self.frames.is_empty() {
            self.frames = VecDeque::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { messages: 3, bytes: 1_000 };

    fn push(outbox: &mut Outbox, data: &str) -> bool {
        outbox.push(BOUNDS, "t", None, data)
    }

    fn sent(outbox: &mut Outbox) -> Vec<String> {
        let mut seen = Vec::new();
        outbox.send(BOUNDS, |text| {
            seen.push(text.to_owned());
            true
        });
        seen
    }

    fn frame(seq: u64) -> String {
        format!(r#"{{"type":"t","seq":{seq},"data":0}}"#)
    }

    #[test]
    fn frames_are_numbered_and_sent_once() {
        let mut outbox = Outbox::default();
        push(&mut outbox, "0");
        push(&mut outbox, "0");
        assert_eq!(sent(&mut outbox), [frame(1), frame(2)]);
        assert!(sent(&mut outbox).is_empty());
        push(&mut outbox, "0");
        assert_eq!(sent(&mut outbox), [frame(3)]);
    }

    #[test]
    fn a_resume_gets_what_was_not_confirmed() {
        let mut outbox = Outbox::default();
        for _ in 0..3 {
            push(&mut outbox, "0");
        }
        sent(&mut outbox);
        outbox.confirm(1);
        push(&mut outbox, "0");
        assert!(!outbox.rewind(0), "the first is gone");
        assert!(!outbox.rewind(4), "the fourth was never sent");
        assert!(outbox.rewind(2));
        assert_eq!(sent(&mut outbox), [frame(3), frame(4)]);
        assert!(outbox.rewind(2), "a second loss");
        assert_eq!(sent(&mut outbox), [frame(3), frame(4)]);
        outbox.confirm(99);
        outbox.release();
        assert_eq!(outbox.frames.capacity(), 0, "and holds nothing");
        assert!(outbox.rewind(4));
    }

    #[test]
    fn too_many_waiting_are_said_so_and_then_given_up() {
        let mut outbox = Outbox::default();
        assert!((0..3).all(|_| push(&mut outbox, "0")));
        assert!(!push(&mut outbox, "0"), "one too many, and still kept");
        assert!(outbox.rewind(0));
        push(&mut outbox, "0");
        push(&mut outbox, "0");
        assert_eq!(outbox.frames.len(), 6);
        push(&mut outbox, "0");
        assert_eq!(outbox.frames.len(), 0);
        assert!(!outbox.rewind(0));
        push(&mut outbox, "0");
        assert_eq!(sent(&mut outbox), [frame(8)], "the numbers go on");
    }

    #[test]
    fn bytes_count_as_well() {
        let mut outbox = Outbox::default();
        let big = "1".repeat(600);
        assert!(push(&mut outbox, &big));
        assert!(!push(&mut outbox, &big));
    }

    #[test]
    fn what_is_sent_and_never_confirmed_is_bounded() {
        let mut outbox = Outbox::default();
        for _ in 0..10 {
            push(&mut outbox, "0");
            sent(&mut outbox);
        }
        assert_eq!(outbox.frames.len(), 3);
        assert!(!outbox.rewind(6));
        assert!(outbox.rewind(7));
    }

    #[test]
    fn a_writer_that_has_enough_gets_the_rest_later() {
        let mut outbox = Outbox::default();
        for _ in 0..3 {
            push(&mut outbox, "0");
        }
        outbox.send(BOUNDS, |_| false);
        assert!(outbox.is_waiting());
        assert_eq!(sent(&mut outbox), [frame(2), frame(3)]);
        assert!(!outbox.is_waiting());
    }

    #[test]
    fn a_reply_is_found_again() {
        let mut outbox = Outbox::default();
        outbox.push(BOUNDS, "ack", Some(7), "{}");
        push(&mut outbox, "0");
        assert_eq!(outbox.reply_to(7), Some(r#"{"type":"ack","id":7,"seq":1,"data":{}}"#));
        assert_eq!(outbox.reply_to(8), None);
        outbox.send(BOUNDS, |_| true);
        outbox.confirm(1);
        assert_eq!(outbox.reply_to(7), None);
    }
}
