//! What is written.

use std::sync::Arc;

use protocol::{ChatMessage, DeviceId, ItemId, limits};

use super::clock::Clock;
use super::view::{ItemKey, Line, What};
use crate::Time;

/// So many messages are kept.
const MOST: usize = 500;
/// So many bytes of them.
const MOST_BYTES: usize = 256 * 1024;

/// Everything written that is kept, in the order in which it was said.
#[derive(Default)]
pub(super) struct Chat {
    said: Vec<Said>,
    bytes: usize,
}

struct Said {
    id: ItemId,
    from: Option<DeviceId>,
    name: Arc<str>,
    at: Time,
    clock: u64,
    text: Arc<str>,
}

impl Chat {
    /// The person here writes something. Gives it as it is told to the others; nothing if it is blank or too long.
    pub(super) fn say(&mut self, now: Time, clock: &mut Clock, id: ItemId, text: &str) -> Option<ChatMessage> {
        let text = text.trim();
        if text.is_empty() || text.chars().nth(limits::CHAT_CHARS).is_some() || self.has(None, &id) {
            return None;
        }
        let clock = clock.next(now);
        self.add(Said { id: id.clone(), from: None, name: Arc::default(), at: now, clock, text: text.into() });
        Some(ChatMessage { id, text: text.to_owned(), age_ms: 0, clock })
    }

    /// The person here has written this before, at that time.
    pub(super) fn remember(&mut self, at: Time, message: ChatMessage) {
        if !self.has(None, &message.id) {
            let ChatMessage { id, text, clock, .. } = message;
            self.add(Said { id, from: None, name: Arc::default(), at, clock, text: text.into() });
        }
    }

    /// Somebody has written something, at that time by their word, and later than everything of theirs that is known.
    pub(super) fn hear(
        &mut self,
        from: &DeviceId,
        name: &Arc<str>,
        at: Time,
        message: ChatMessage,
    ) -> Option<Arc<str>> {
        let text = message.text.trim();
        if text.is_empty() || self.has(Some(from), &message.id) {
            return None;
        }
        let text: Arc<str> = text.into();
        let known = self.of(Some(from)).last().map(|known| (known.at, known.clock)).unwrap_or_default();
        let (at, clock) = (at.max(known.0), message.clock.max(known.1));
        self.add(Said { id: message.id, from: Some(from.clone()), name: name.clone(), at, clock, text: text.clone() });
        Some(text)
    }

    /// Dates everything so much later.
    pub(super) fn put_on(&mut self, millis: u64) {
        for said in &mut self.said {
            said.clock = said.clock.saturating_add(millis);
        }
    }

    /// Something is the person's here.
    pub(super) fn has_own(&self) -> bool {
        self.of(None).next().is_some()
    }

    /// By author: somebody else's id on one's own message would keep theirs away otherwise.
    fn has(&self, author: Option<&DeviceId>, id: &ItemId) -> bool {
        self.of(author).any(|said| said.id == *id)
    }

    fn of<'a>(&'a self, author: Option<&'a DeviceId>) -> impl Iterator<Item = &'a Said> {
        self.said.iter().filter(move |said| said.from.as_ref() == author)
    }

    fn add(&mut self, said: Said) {
        self.bytes += said.text.len();
        let place = self.said.partition_point(|earlier| earlier.clock <= said.clock);
        self.said.insert(place, said);
        while self.said.len() > MOST || self.bytes > MOST_BYTES {
            self.forget_one();
        }
    }

    /// Forgets the oldest message of whoever has most to say, so that nobody can talk the words of others away.
    fn forget_one(&mut self) {
        let share = |author: &Option<DeviceId>| {
            // A message weighs its part of both limits.
            let weigh = |said: &Said| said.text.len() + MOST_BYTES / MOST;
            self.of(author.as_ref()).map(weigh).sum::<usize>()
        };
        let mut authors: Vec<&Option<DeviceId>> = self.said.iter().map(|said| &said.from).collect();
        authors.sort();
        authors.dedup();
        let loudest = authors.into_iter().max_by_key(|author| share(author)).cloned();
        let oldest = loudest.and_then(|loudest| self.said.iter().position(|said| said.from == loudest));
        let gone = self.said.remove(oldest.unwrap_or_default());
        self.bytes = self.bytes.saturating_sub(gone.text.len());
    }

    /// The last that is known of what somebody has said.
    pub(super) fn last_of(&self, author: &DeviceId) -> Option<ItemId> {
        self.of(Some(author)).last().map(|said| said.id.clone())
    }

    /// What the person here has said after `last`, or all of it.
    pub(super) fn own_after(&self, now: Time, last: Option<&ItemId>) -> Vec<ChatMessage> {
        let own: Vec<&Said> = self.of(None).collect();
        let known = own.iter().position(|said| Some(&said.id) == last).map_or(0, |place| place + 1);
        let message = |said: &&Said| ChatMessage {
            id: said.id.clone(),
            text: said.text.to_string(),
            age_ms: age(now, said.at),
            clock: said.clock,
        };
        own.iter().skip(known).map(message).collect()
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = Line> {
        self.said.iter().map(|said| Line {
            key: ItemKey { from: said.from.clone(), id: said.id.clone() },
            name: said.name.clone(),
            at: said.at,
            clock: said.clock,
            what: What::Text(said.text.clone()),
        })
    }
}

/// How long ago something was, as it is told.
pub(super) fn age(now: Time, at: Time) -> u32 {
    u32::try_from(now.since(at).as_millis()).unwrap_or(u32::MAX)
}
