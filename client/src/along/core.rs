//! One call's exchange, and what it uses.

use call::exchange::{Command, Exchange, Input, ItemKey, News, Output, View};
use call::{PeerEvent, PeerKey};
use protocol::{DeviceId, ItemId};
use wasm_bindgen::JsValue;

use super::{AHEAD, Company, Event, Sender, Which, clock, memory};
use crate::platform::channel::Channels;
use crate::platform::clock::Timer;
use crate::platform::files::{Chosen, Outcome, Place};
use crate::platform::js;
use crate::platform::keyed::Keyed;
use crate::platform::talk::{Said, Talk, read_head};
use crate::platform::{random, spawn};
use crate::shell::use_shell;
use crate::signal::RwSignal;
use crate::words::exchange_news;

/// The exchange and what it uses.
pub(super) struct Core {
    call: Which,
    exchange: Exchange,
    timer: Timer,
    talks: Keyed<Talk>,
    /// Files that are offered here.
    files: Vec<(ItemId, Chosen)>,
    /// Places for those that come.
    places: Vec<(ItemKey, Place)>,
    /// The chunk in hand.
    chunk: JsValue,
    /// Streams that wait until the browser has room for more.
    full: Vec<(PeerKey, u32)>,
    sender: Sender,
    shown: Shown,
}

/// What the views follow.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    pub(super) view: RwSignal<View>,
    /// The last thing worth saying, in words.
    pub(super) said: RwSignal<String>,
    /// Why a file was not offered.
    pub(super) problem: RwSignal<String>,
}

impl Core {
    pub(super) fn new(call: Which, me: DeviceId, sender: Sender, shown: Shown) -> Self {
        let ring = sender.clone();
        let mut exchange = Exchange::new(clock(), me);
        exchange.handle(clock(), Input::Remembered(memory::recall(&call.call_id)));
        Self {
            call,
            exchange,
            timer: Timer::new(move || ring.input(Input::Tick)),
            talks: Keyed::new(),
            files: Vec::new(),
            places: Vec::new(),
            chunk: JsValue::UNDEFINED,
            full: Vec::new(),
            sender,
            shown,
        }
    }

    /// Which call.
    pub(super) fn call(&self) -> &Which {
        &self.call
    }

    /// Everything is done for now.
    pub(super) fn rest(&mut self) {
        let deadline = self.exchange.deadline();
        self.timer.set(deadline.map(|deadline| call::Time::default() + deadline.since(call::Time::default() + AHEAD)));
    }

    /// These take part, and these channels there are.
    pub(super) fn join(&mut self, company: Company, channels: &Keyed<Channels>) {
        if self.call.call_id != company.call.call_id {
            let written = memory::recall(&self.call.call_id);
            memory::forget(&self.call.call_id);
            memory::remember(&company.call.call_id, written);
        }
        self.call = company.call;
        let known: Vec<PeerKey> = self.talks.pairs().iter().map(|(key, _)| *key).collect();
        for key in known.into_iter().filter(|key| channels.find(*key).is_none()) {
            self.talks.remove(key);
            self.full.retain(|(peer, _)| *peer != key);
            self.tell(Input::Closed(key));
        }
        self.tell(Input::Others(company.others));
        for (key, pair) in channels.pairs() {
            if self.talks.find(*key).is_none() {
                self.listen(*key, pair.clone());
            }
        }
    }

    fn listen(&mut self, key: PeerKey, channels: Channels) {
        let sender = self.sender.clone();
        let talk = Talk::new(channels, move |said| sender.send(Event::Said(key, said)));
        let is_open = talk.is_open();
        self.talks.insert(key, talk);
        if is_open {
            self.tell(Input::Opened(key));
        }
    }

    pub(super) fn take(&mut self, event: Event) {
        match event {
            Event::Input(input) => self.tell(input),
            Event::Said(key, said) => self.hear(key, said),
            Event::Chosen(files) => files.into_iter().for_each(|file| self.offer(file)),
            Event::Placed(key, place, most) => {
                // Wanted twice: the first place is the one that is used.
                if self.places.iter().any(|(known, _)| *known == key) {
                    return place.discard();
                }
                self.places.push((key.clone(), place));
                self.tell(Input::Command(Command::AcceptFile { key, most }));
            }
            Event::Read { peer, file, stream, bytes } => self.feed(peer, file, stream, bytes),
            // The owner of this deals with it.
            Event::Turned => {}
        }
    }

    fn hear(&mut self, peer: PeerKey, said: Said) {
        match said {
            Said::Opened => self.tell(Input::Opened(peer)),
            Said::Closed => self.tell(Input::Closed(peer)),
            Said::Text(text) => self.tell(Input::Heard(peer, text)),
            Said::Chunk(chunk) => {
                if let Some((stream, bytes)) = read_head(&chunk) {
                    self.chunk = chunk;
                    self.tell(Input::Chunk { peer, stream, bytes });
                    self.chunk = JsValue::UNDEFINED;
                }
            }
            Said::Room => {
                let waiting: Vec<u32> = self.full.iter().filter(|(key, _)| *key == peer).map(|(_, s)| *s).collect();
                self.full.retain(|(key, _)| *key != peer);
                waiting.into_iter().for_each(|stream| self.tell(Input::Fed { peer, stream }));
            }
        }
    }

    fn offer(&mut self, file: Chosen) {
        let Some(id) = random::item_id() else { return };
        let (name, size, mime) = (file.name(), file.size(), file.mime());
        self.files.push((id.clone(), file));
        self.tell(Input::Command(Command::Offer { id, name, size, mime }));
    }

    fn feed(&mut self, peer: PeerKey, file: ItemId, stream: u32, bytes: Option<JsValue>) {
        let Some(bytes) = bytes else { return self.tell(Input::Unreadable(file)) };
        match self.talks.find(peer).map(|talk| talk.feed(stream, &bytes)) {
            Some(true) => self.tell(Input::Fed { peer, stream }),
            Some(false) => self.full.push((peer, stream)),
            None => {}
        }
    }

    fn tell(&mut self, input: Input) {
        if input == Input::Tick {
            self.timer.rung();
        }
        self.exchange.handle(clock(), input);
        while let Some(output) = self.exchange.poll() {
            self.perform(output);
        }
    }

    fn perform(&mut self, output: Output) {
        match output {
            Output::Send(peer, text) => self.talks.find(peer).into_iter().for_each(|talk| talk.send(&text)),
            Output::Feed { peer, file, stream, from, to } => self.read(peer, file, stream, from, to),
            Output::Keep(key) => self.keep(key),
            Output::Finish(key) => {
                let done = self.place(&key).map_or(Outcome::Failed, Place::finish);
                self.when_done(done, Input::Finished(key.clone()), Input::KeepFailed(key));
            }
            Output::Discard(key) => self.place(&key).into_iter().for_each(Place::discard),
            Output::Release(id) => self.files.retain(|(known, _)| *known != id),
            Output::Remember(written) => memory::remember(&self.call.call_id, written),
            Output::Bye(peer) => use_shell().told(peer, PeerEvent::Bye),
            Output::KeyFrame(peer) => use_shell().told(peer, PeerEvent::KeyFrameWanted),
            Output::Tell(news) => {
                let told =
                    if matches!(news, News::TooMany | News::TooBig) { self.shown.problem } else { self.shown.said };
                told.set(exchange_news(&news));
            }
            Output::Show => self.shown.view.set(self.exchange.view().clone()),
        }
    }

    fn read(&self, peer: PeerKey, file: ItemId, stream: u32, from: u64, to: u64) {
        let chosen = self.files.iter().find(|(known, _)| *known == file).map(|(_, chosen)| chosen.clone());
        let sender = self.sender.clone();
        spawn(async move {
            let bytes = match chosen {
                Some(chosen) => chosen.read(from, to).await,
                None => None,
            };
            sender.send(Event::Read { peer, file, stream, bytes });
        });
    }

    fn keep(&self, key: ItemKey) {
        let Some((_, bytes)) = read_head(&self.chunk) else { return };
        let place = self.places.iter().find(|(known, _)| *known == key);
        let kept = place.map_or(Outcome::Failed, |(_, place)| place.keep(&self.chunk));
        self.when_done(kept, Input::Kept(key.clone(), bytes), Input::KeepFailed(key));
    }

    fn place(&mut self, key: &ItemKey) -> Option<Place> {
        let at = self.places.iter().position(|(known, _)| known == key)?;
        Some(self.places.swap_remove(at).1)
    }

    /// Says how something has ended, in its turn.
    fn when_done(&self, outcome: Outcome, done: Input, failed: Input) {
        match outcome {
            Outcome::Now => self.sender.input(done),
            Outcome::Failed => self.sender.input(failed),
            Outcome::Later(promise) => {
                let sender = self.sender.clone();
                spawn(async move { sender.input(if js::settled(promise).await.is_ok() { done } else { failed }) });
            }
        }
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        // What has not come to its end will not: half a file is none.
        self.places.drain(..).for_each(|(_, place)| place.discard());
    }
}
