//! What people in a call exchange beside voice and picture: chat, signs, raised hands, files.
//!
//! An [`Exchange`] is one device's side of it in one call. It stands beside [`Phone`](crate::Phone), which knows nothing of
//! it: whoever owns both says who takes part ([`Input::Others`]) and hands on what the data channels say. Everything goes
//! from browser to browser, see "Between browsers" in PROTOCOL.md.
//!
//! What arrives is bounded: in size by [`protocol::PeerMessage::parse`], in number by what is kept, in time by a bucket
//! for each of the others. Nobody is named in a message, so nobody can speak for somebody else: the words of each come
//! from themselves, to those who come late and after a lost connection too. What somebody said who has left, a newcomer
//! does not get; handed on by others it would be worth no more than their word. One's own words, which nobody can give
//! back for that reason, are kept by the device ([`Output::Remember`]) for when its page is loaded anew.
//!
//! # The order of use
//! As with `Phone`: `handle`, then `poll` until it returns `None`, then one timer for `deadline`. The clock it is told
//! must begin a day or more before the call, because what others said before is placed on it.

mod bucket;
mod chat;
mod clock;
mod coming;
mod files;
mod hands;
mod input;
mod links;
mod names;
mod reactions;
mod seat;
mod shared;
mod view;

use std::collections::VecDeque;
use std::time::Duration;

use protocol::{ChatMessage, ChatReaction, DeviceId, LowerHand, PeerHello, PeerMessage, RaiseHand, Reaction};

pub use self::input::{Command, Input, News, Other, Output};
pub use self::links::{Piece, pieces};
pub use self::names::clean_name;
pub use self::view::{FileState, FileView, FileWith, ItemKey, Line, OwnHand, ShownReaction, View, What};
use crate::{PeerKey, Time};
use bucket::Bucket;
use chat::Chat;
use clock::Clock;
use coming::Coming;
use reactions::Reactions;
use seat::{Seat, Talk};
use shared::Shared;

/// Somebody's word about how long ago something was counts for no more than this.
const LONGEST_AGO: Duration = Duration::from_secs(24 * 60 * 60);
/// What was said longer ago is shown, and nobody is called to look.
const NEWS: Duration = Duration::from_secs(30);
/// So many of the others are listened to.
const MOST_OTHERS: usize = 64;
/// The sender of a file stays less than this ahead of what the receiver has put away, one block not counted.
const WINDOW: u64 = 8 * 1024 * 1024;
/// So many bytes of a file are read and given to the browser at a time.
const BLOCK: u64 = 256 * 1024;
/// The receiver says how much it has put away whenever it is so much more: a quarter of the window, so that word of it
/// is back before the sender has to wait.
const EVERY: u64 = 2 * 1024 * 1024;

/// One device's side of what is exchanged in a call.
pub struct Exchange {
    me: DeviceId,
    clock: Clock,
    seats: Vec<Seat>,
    /// Peer connections whose channels carry messages.
    open: Vec<PeerKey>,
    chat: Chat,
    hand: hands::Own,
    reactions: Reactions,
    /// How often the person here may show a sign.
    signs: Bucket,
    shared: Shared,
    coming: Coming,
    looking: bool,
    unread: u32,
    changed: bool,
    view: View,
    out: VecDeque<Output>,
}

impl Exchange {
    /// Nothing said yet, and nobody there.
    #[must_use]
    pub fn new(now: Time, me: DeviceId) -> Self {
        Self {
            me,
            clock: Clock::new(now),
            seats: Vec::new(),
            open: Vec::new(),
            chat: Chat::default(),
            hand: hands::Own::default(),
            reactions: Reactions::default(),
            signs: seat::signs(now),
            shared: Shared::default(),
            coming: Coming::default(),
            looking: false,
            unread: 0,
            changed: false,
            view: View::default(),
            out: VecDeque::new(),
        }
    }

    /// Takes in what happened.
    pub fn handle(&mut self, now: Time, input: Input) {
        match input {
            Input::Command(command) => self.command(now, command),
            Input::Remembered(said) => said.into_iter().for_each(|message| self.remembered(now, message)),
            Input::Others(others) => self.others_are(now, others),
            Input::Opened(peer) => self.opened(now, peer),
            Input::Closed(peer) => self.closed(now, peer),
            Input::Heard(peer, text) => self.heard(now, peer, &text),
            Input::Chunk { peer, stream, bytes } => self.chunk(peer, stream, bytes),
            Input::Fed { peer, stream } => self.fed(peer, stream),
            Input::Unreadable(id) => self.unreadable(id),
            Input::Kept(key, bytes) => self.kept(&key, bytes),
            Input::Finished(key) => self.finished(&key),
            Input::KeepFailed(key) => self.keep_failed(&key),
            Input::Loudness(loudness) => self.loudness(now, loudness),
            Input::Tick => {}
        }
        self.changed |= self.reactions.tick(now);
        if std::mem::take(&mut self.changed) {
            self.show();
        }
    }

    /// What to do next.
    pub fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// When it wants to be woken.
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        self.reactions.deadline()
    }

    /// What to show.
    #[must_use]
    pub const fn view(&self) -> &View {
        &self.view
    }

    fn show(&mut self) {
        let mut lines: Vec<Line> = self.chat.lines().chain(self.shared.lines()).chain(self.coming.lines()).collect();
        // Everywhere the same, also where two spoke in the same moment.
        let place = |line: &Line| (line.clock, line.key.from.clone().unwrap_or_else(|| self.me.clone()));
        lines.sort_by_cached_key(place);
        let others = self.seats.iter().map(|seat| (seat.hand, &seat.device));
        let hands = hands::in_line(others.chain([(self.hand.since(), &self.me)]));
        let view =
            View { lines, unread: self.unread, hands, own_hand: self.hand.view(), reactions: self.reactions.view() };
        if view != self.view {
            self.view = view;
            self.out.push_back(Output::Show);
        }
    }

    fn command(&mut self, now: Time, command: Command) {
        self.changed = true;
        match command {
            Command::Say { id, text } => {
                let said = self.chat.say(now, &mut self.clock, id, &text);
                if let Some(message) = said {
                    self.tell_all(&message.into());
                    self.remember(now);
                }
            }
            Command::React(reaction) => self.react(now, reaction),
            Command::RaiseHand => {
                if self.hand.raise(now) {
                    self.tell_all(&RaiseHand {}.into());
                }
            }
            Command::KeepHand(keep) => self.hand.keep(keep),
            Command::LowerHand => self.lower_hand(),
            Command::Offer { id, name, size, mime } => self.offer(now, id, &name, size, &mime),
            Command::AcceptFile { key, most } => self.accept(&key, most),
            Command::CancelFile(key) => self.cancel(&key),
            Command::Look(looking) => {
                self.looking = looking;
                if looking {
                    self.unread = 0;
                }
            }
        }
    }

    /// Everything of one's own, as it is at this moment.
    fn remember(&mut self, now: Time) {
        self.out.push_back(Output::Remember(self.chat.own_after(now, None)));
    }

    fn remembered(&mut self, now: Time, message: ChatMessage) {
        self.changed = true;
        // What the clock of the call showed then, it shows that much later now: nobody has to tell it.
        self.clock.set(now, message.clock.saturating_add(message.age_ms.into()));
        self.chat.remember(seat::before(now, message.age_ms), message);
    }

    fn react(&mut self, now: Time, reaction: Reaction) {
        if self.signs.take(now) {
            self.reactions.add(now, self.me.clone(), reaction);
            self.tell_all(&ChatReaction { reaction }.into());
        }
    }

    fn lower_hand(&mut self) {
        if self.hand.lower() {
            self.tell_all(&LowerHand {}.into());
        }
    }

    fn loudness(&mut self, now: Time, loudness: f32) {
        if self.hand.hears(now, loudness) {
            self.changed = true;
            self.lower_hand();
            self.out.push_back(Output::Tell(News::Spoken));
        }
    }

    /// Tells somebody who listens.
    fn tell(&mut self, device: &DeviceId, message: &PeerMessage) {
        let listens = |seat: &&Seat| seat.device == *device && seat.talk == Talk::Met;
        if let Some(seat) = self.seats.iter().find(listens) {
            self.out.push_back(Output::Send(seat.peer, message.write()));
        }
    }

    /// Tells all who listen. The others get it when they do.
    fn tell_all(&mut self, message: &PeerMessage) {
        let text = message.write();
        let met = self.seats.iter().filter(|seat| seat.talk == Talk::Met);
        self.out.extend(met.map(|seat| Output::Send(seat.peer, text.clone())));
    }

    fn others_are(&mut self, now: Time, others: Vec<Other>) {
        self.changed = true;
        let left = |seat: &Seat| !others.iter().any(|other| other.device == seat.device);
        let gone: Vec<DeviceId> = self.seats.iter().filter(|seat| left(seat)).map(|seat| seat.device.clone()).collect();
        for device in gone {
            self.seats.retain(|seat| seat.device != device);
            self.files_of_somebody_gone(&device);
        }
        let me = self.me.clone();
        for other in others.into_iter().filter(|other| other.device != me) {
            match self.seats.iter().position(|seat| seat.device == other.device) {
                Some(place) => self.sits_elsewhere(now, place, other),
                None if self.seats.len() < MOST_OTHERS => self.seats.push(Seat::new(now, other)),
                None => {}
            }
        }
        self.greet(now);
    }

    /// Somebody who is there may have another peer connection now.
    fn sits_elsewhere(&mut self, now: Time, place: usize, other: Other) {
        let Some(seat) = self.seats.get_mut(place) else { return };
        seat.name = other.name.into();
        if seat.peer != other.peer {
            seat.peer = other.peer;
            seat.close(now);
            let device = seat.device.clone();
            self.stop_files(&device);
        }
    }

    fn opened(&mut self, now: Time, peer: PeerKey) {
        if !self.open.contains(&peer) && self.open.len() < 2 * MOST_OTHERS {
            self.open.push(peer);
        }
        self.greet(now);
    }

    fn closed(&mut self, now: Time, peer: PeerKey) {
        self.changed = true;
        self.open.retain(|open| *open != peer);
        if let Some(seat) = self.seats.iter_mut().find(|seat| seat.peer == peer) {
            seat.close(now);
            let device = seat.device.clone();
            self.stop_files(&device);
        }
    }

    /// Says hello to everyone with an open channel who was not greeted on it yet.
    fn greet(&mut self, now: Time) {
        for place in 0..self.seats.len() {
            let Some(seat) = self.seats.get_mut(place) else { return };
            if seat.talk == Talk::Closed && self.open.contains(&seat.peer) {
                seat.open();
                self.hello(now, place, true);
            }
        }
    }

    fn hello(&mut self, now: Time, place: usize, fresh: bool) {
        let Some(seat) = self.seats.get(place) else { return };
        let hand_ms = self.hand.since().map(|since| chat::age(now, since));
        let (last, clock) = (self.chat.last_of(&seat.device), self.clock.read(now));
        let hello = PeerHello { fresh, last, hand_ms, clock };
        self.out.push_back(Output::Send(seat.peer, PeerMessage::from(hello).write()));
    }

    fn heard(&mut self, now: Time, peer: PeerKey, text: &str) {
        let Some(place) = self.seats.iter().position(|seat| seat.peer == peer) else { return };
        let Some(seat) = self.seats.get_mut(place) else { return };
        // What cannot be read costs as much as what can.
        if seat.talk == Talk::Closed || !seat.messages.take(now) {
            return;
        }
        let Ok(message) = PeerMessage::parse(text) else { return };
        let device = seat.device.clone();
        match message {
            PeerMessage::PeerHello(hello) => self.greeted(now, place, &hello),
            PeerMessage::PeerBye(_) => self.out.push_back(Output::Bye(peer)),
            PeerMessage::PeerKeyFrame(_) => self.out.push_back(Output::KeyFrame(peer)),
            PeerMessage::ChatMessage(message) => self.said(now, place, message),
            PeerMessage::ChatReaction(sign) => {
                if seat.signs.take(now) {
                    self.changed = true;
                    self.reactions.add(now, device, sign.reaction);
                }
            }
            PeerMessage::RaiseHand(RaiseHand {}) => self.hand_goes_up(place, now),
            PeerMessage::LowerHand(LowerHand {}) => {
                self.changed |= seat.hand.take().is_some();
            }
            PeerMessage::FileOffer(offer) => self.offered(now, place, offer),
            PeerMessage::FileAccept(accept) => self.accepted(&device, peer, &accept),
            PeerMessage::FileReceived(received) => self.received(&device, &received),
            PeerMessage::FileDone(done) => self.sent(&device, &done.id),
            PeerMessage::FileCancel(cancel) => self.cancelled(&device, &cancel),
        }
    }

    /// Somebody listens, perhaps only from now on.
    fn greeted(&mut self, now: Time, place: usize, hello: &PeerHello) {
        let Some(seat) = self.seats.get_mut(place) else { return };
        if !seat.may_be_told_all(hello.fresh) {
            return;
        }
        self.changed = true;
        let too_early = self.clock.set(now, hello.clock);
        self.chat.put_on(too_early);
        self.shared.put_on(too_early);
        let since = hello.hand_ms.map(|ms| seat.at(now, ms));
        match (since, seat.hand) {
            // Still up: the place in the line stays as well.
            (Some(_), Some(_)) => {}
            (None, _) => seat.hand = None,
            (Some(since), None) => self.hand_goes_up(place, since),
        }
        if hello.fresh {
            self.hello(now, place, false);
        }
        let Some(device) = self.seats.get(place).map(|seat| seat.device.clone()) else { return };
        for message in self.chat.own_after(now, hello.last.as_ref()) {
            self.tell(&device, &message.into());
        }
        self.files_again(now, place);
        if too_early > 0 && self.chat.has_own() {
            self.remember(now);
        }
    }

    fn hand_goes_up(&mut self, place: usize, since: Time) {
        let Some(seat) = self.seats.get_mut(place).filter(|seat| seat.hand.is_none()) else { return };
        seat.hand = Some(since);
        self.changed = true;
        self.out.push_back(Output::Tell(News::RaisedHand(seat.name.clone())));
    }

    fn said(&mut self, now: Time, place: usize, message: ChatMessage) {
        let Some(seat) = self.seats.get(place) else { return };
        let at = seat.at(now, message.age_ms);
        let message = ChatMessage { clock: self.clock.hear(now, message.clock), ..message };
        let Some(text) = self.chat.hear(&seat.device, &seat.name, at, message) else { return };
        let news = News::Said { name: seat.name.clone(), text };
        self.came(now, at, news);
    }

    /// Something has come that the person may want to look at.
    fn came(&mut self, now: Time, at: Time, news: News) {
        self.changed = true;
        if !self.looking {
            self.unread = self.unread.saturating_add(1);
        }
        if now.since(at) <= NEWS {
            self.out.push_back(Output::Tell(news));
        }
    }
}
