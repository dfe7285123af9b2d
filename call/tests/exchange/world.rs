//! Devices, the channels between them, and shells that keep the bytes of files.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use call::exchange::{Command, Exchange, FileState, Input, ItemKey, News, Other, Output, What};
use call::{PeerKey, Time};
use protocol::{ChatMessage, DeviceId, ItemId, chunk};

const DAY: u64 = 24 * 60 * 60 * 1000;

/// How many bytes of files a shell holds that were handed to its disk and are not there yet.
type Disk = VecDeque<(ItemKey, usize)>;

pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) device: DeviceId,
    pub(crate) exchange: Exchange,
    pub(crate) news: Vec<News>,
    /// Connections at whose other end somebody has said that they leave.
    pub(crate) byes: Vec<PeerKey>,
    /// Who asked for a key frame.
    pub(crate) blind: Vec<PeerKey>,
    /// What the device keeps of what is written on it, and since when.
    pub(crate) remembered: (Vec<ChatMessage>, Time),
    /// Own files.
    pub(crate) files: BTreeMap<ItemId, Vec<u8>>,
    /// What has come of others' files.
    pub(crate) places: BTreeMap<ItemKey, Vec<u8>>,
    pub(crate) saved: BTreeMap<ItemKey, Vec<u8>>,
    pub(crate) discarded: Vec<ItemKey>,
    /// The disk takes nothing until it is told to.
    pub(crate) slow_disk: bool,
    disk: Disk,
    /// Bytes that were taken in and not put away, at the most.
    pub(crate) most_waiting: usize,
}

#[derive(Clone)]
enum Message {
    Talk(String),
    Chunk(Vec<u8>),
    /// The browser has room again.
    Fed(u32),
}

/// What one device says to another, in order; `Fed` is for the sender itself.
#[derive(Default)]
struct Channel {
    talk: VecDeque<Message>,
    files: VecDeque<Message>,
}

pub(crate) struct World {
    pub(crate) now: Time,
    pub(crate) people: Vec<Person>,
    channels: BTreeMap<(usize, usize), Channel>,
    /// How many peer connections two devices have had.
    generation: BTreeMap<(usize, usize), u32>,
    present: Vec<bool>,
    count: u32,
    /// Messages on the talk channels so far, by their type.
    pub(crate) told: BTreeMap<String, usize>,
}

pub(crate) fn device(n: usize) -> DeviceId {
    format!("device-0123456789-{n}").parse().unwrap()
}

impl World {
    /// Everyone there, and no two joined yet.
    pub(crate) fn new(names: &[&'static str]) -> Self {
        let now = Time::from_millis(2 * DAY);
        let person = |(n, name): (usize, &&'static str)| Person::new(now, n, name);
        let mut world = Self {
            now,
            people: names.iter().enumerate().map(person).collect(),
            channels: BTreeMap::new(),
            generation: BTreeMap::new(),
            present: vec![true; names.len()],
            count: 0,
            told: BTreeMap::new(),
        };
        world.tell_who_is_there();
        world
    }

    /// All of them joined with each other.
    pub(crate) fn joined(names: &[&'static str]) -> Self {
        let mut world = Self::new(names);
        for one in 0..names.len() {
            for other in one + 1..names.len() {
                world.joins(one, other);
            }
        }
        world.runs();
        world
    }

    pub(crate) fn id(&mut self) -> ItemId {
        self.count += 1;
        format!("item-0123456789-{}", self.count).parse().unwrap()
    }

    fn key(&self, of: usize, to: usize) -> PeerKey {
        let generation = self.generation.get(&(of.min(to), of.max(to))).copied().unwrap_or_default();
        PeerKey(u32::try_from(to).unwrap() + 100 * generation)
    }

    fn who_has(&self, of: usize, key: PeerKey) -> Option<usize> {
        (0..self.people.len()).find(|to| *to != of && self.key(of, *to) == key)
    }

    fn tell_who_is_there(&mut self) {
        for of in 0..self.people.len() {
            let there = |to: &usize| *to != of && self.present[*to] && self.present[of];
            let other = |to: usize| Other {
                device: self.people[to].device.clone(),
                name: self.people[to].name.to_owned(),
                peer: self.key(of, to),
            };
            let others = (0..self.people.len()).filter(there).map(other).collect();
            self.handle(of, Input::Others(others));
        }
    }

    pub(crate) fn leaves(&mut self, who: usize) {
        self.present[who] = false;
        for other in 0..self.people.len() {
            self.parts(who, other);
        }
        self.tell_who_is_there();
        self.runs();
    }

    /// The page is loaded anew: another machine with nothing in it but what the device has kept, on new connections.
    pub(crate) fn reloads(&mut self, who: usize) {
        let (mut kept, since) = self.people[who].remembered.clone();
        let older = u32::try_from(self.now.since(since).as_millis()).unwrap();
        kept.iter_mut().for_each(|message| message.age_ms += older);
        self.forgets(who, kept);
    }

    /// The same with a device that has kept this, by its word.
    pub(crate) fn forgets(&mut self, who: usize, kept: Vec<ChatMessage>) {
        let others: Vec<usize> = (0..self.people.len()).filter(|other| *other != who && self.present[*other]).collect();
        others.iter().for_each(|other| self.parts(who, *other));
        self.people[who] = Person::new(self.now, who, self.people[who].name);
        self.people[who].remembered = (kept.clone(), self.now);
        self.handle(who, Input::Remembered(kept));
        others.iter().for_each(|other| self.renews(who, *other));
        self.tell_who_is_there();
        self.runs();
    }

    /// The channels between two open. What is under way comes when the world runs.
    pub(crate) fn joins(&mut self, one: usize, other: usize) {
        for (of, to) in [(one, other), (other, one)] {
            self.channels.insert((of, to), Channel::default());
        }
        for (of, to) in [(one, other), (other, one)] {
            self.handle(of, Input::Opened(self.key(of, to)));
        }
    }

    /// They close, and what is under way is lost.
    pub(crate) fn parts(&mut self, one: usize, other: usize) {
        for (of, to) in [(one, other), (other, one)] {
            if self.channels.remove(&(of, to)).is_some() {
                self.handle(of, Input::Closed(self.key(of, to)));
            }
        }
    }

    /// Two have another peer connection now, whose channels open.
    pub(crate) fn renews(&mut self, one: usize, other: usize) {
        *self.generation.entry((one.min(other), one.max(other))).or_default() += 1;
        for (of, to) in [(one, other), (other, one)] {
            self.channels.remove(&(of, to));
        }
        self.tell_who_is_there();
        self.joins(one, other);
    }

    pub(crate) fn passes(&mut self, millis: u64) {
        self.now = self.now + Duration::from_millis(millis);
        for who in 0..self.people.len() {
            if self.people[who].exchange.deadline().is_some_and(|deadline| deadline <= self.now) {
                self.handle(who, Input::Tick);
            }
        }
    }

    pub(crate) fn does(&mut self, who: usize, command: Command) {
        self.handle(who, Input::Command(command));
    }

    pub(crate) fn says(&mut self, who: usize, text: &str) {
        let id = self.id();
        self.does(who, Command::Say { id, text: text.to_owned() });
        self.runs();
    }

    pub(crate) fn handle(&mut self, who: usize, input: Input) {
        let now = self.now;
        self.people[who].exchange.handle(now, input);
        self.drain(who, &[]);
    }

    fn drain(&mut self, who: usize, chunk: &[u8]) {
        while let Some(output) = self.people[who].exchange.poll() {
            match output {
                Output::Send(key, text) => self.send(who, key, text),
                Output::Feed { peer, file, stream, from, to } => self.feed(who, peer, &file, stream, from, to),
                Output::Keep(key) => self.people[who].keep(key, chunk),
                Output::Finish(key) => {
                    let whole = self.people[who].places.remove(&key).unwrap();
                    self.people[who].saved.insert(key.clone(), whole);
                    self.people[who].exchange.handle(self.now, Input::Finished(key));
                }
                Output::Discard(key) => {
                    self.people[who].places.remove(&key);
                    self.people[who].discarded.push(key);
                }
                Output::Release(id) => drop(self.people[who].files.remove(&id)),
                Output::Remember(said) => self.people[who].remembered = (said, self.now),
                Output::Bye(peer) => self.people[who].byes.push(peer),
                Output::KeyFrame(peer) => self.people[who].blind.push(peer),
                Output::Tell(news) => self.people[who].news.push(news),
                Output::Show => {}
            }
        }
    }

    fn send(&mut self, who: usize, key: PeerKey, text: String) {
        assert!(text.len() <= protocol::limits::FRAME_BYTES);
        let kind = text.split('"').nth(3).unwrap().to_owned();
        *self.told.entry(kind).or_default() += 1;
        let Some(to) = self.who_has(who, key) else { return };
        if let Some(channel) = self.channels.get_mut(&(who, to)) {
            channel.talk.push_back(Message::Talk(text));
        }
    }

    fn feed(&mut self, who: usize, key: PeerKey, file: &ItemId, stream: u32, from: u64, to: u64) {
        let Some(other) = self.who_has(who, key) else { return };
        let span = usize::try_from(from).unwrap()..usize::try_from(to).unwrap();
        let bytes = self.people[who].files[file][span].to_vec();
        let Some(channel) = self.channels.get_mut(&(who, other)) else { return };
        for part in bytes.chunks(chunk::BYTES) {
            channel.files.push_back(Message::Chunk([&chunk::head(stream), part].concat()));
        }
        channel.files.push_back(Message::Fed(stream));
    }

    /// One message of each channel arrives. Whether there was one.
    pub(crate) fn steps(&mut self) -> bool {
        let mut any = false;
        let pairs: Vec<(usize, usize)> = self.channels.keys().copied().collect();
        for (of, to) in pairs {
            for files in [false, true] {
                let Some(channel) = self.channels.get_mut(&(of, to)) else { continue };
                let waiting = if files { &mut channel.files } else { &mut channel.talk };
                if let Some(message) = waiting.pop_front() {
                    any = true;
                    self.arrives(of, to, message);
                }
            }
        }
        for who in 0..self.people.len() {
            any |= !self.people[who].slow_disk && self.disk_works(who);
        }
        any
    }

    /// Some messages arrive, and more are under way.
    pub(crate) fn begins(&mut self) {
        for _ in 0..20 {
            self.steps();
        }
    }

    fn arrives(&mut self, of: usize, to: usize, message: Message) {
        match message {
            Message::Talk(text) => self.handle(to, Input::Heard(self.key(to, of), text)),
            Message::Fed(stream) => self.handle(of, Input::Fed { peer: self.key(of, to), stream }),
            Message::Chunk(bytes) => {
                let (stream, peer) = (chunk::stream(&bytes).unwrap(), self.key(to, of));
                let bytes = &bytes[chunk::HEAD..];
                let now = self.now;
                self.people[to].exchange.handle(now, Input::Chunk { peer, stream, bytes: bytes.len() });
                self.drain(to, bytes);
            }
        }
    }

    /// The disk puts the next piece away. Whether there was one.
    pub(crate) fn disk_works(&mut self, who: usize) -> bool {
        let Some((key, bytes)) = self.people[who].disk.pop_front() else { return false };
        self.handle(who, Input::Kept(key, bytes));
        true
    }

    /// Everything under way arrives.
    pub(crate) fn runs(&mut self) {
        for _ in 0..1_000_000 {
            if !self.steps() {
                return;
            }
        }
        panic!("they never come to an end");
    }

    // What people see.

    pub(crate) fn texts(&self, who: usize) -> Vec<String> {
        let text = |line: &call::exchange::Line| match &line.what {
            What::Text(text) => Some(text.to_string()),
            What::File(_) => None,
        };
        self.people[who].exchange.view().lines.iter().filter_map(text).collect()
    }

    /// The files somebody sees: their key, and how far each is with whom.
    pub(crate) fn files(&self, who: usize) -> Vec<(ItemKey, Vec<FileState>)> {
        let file = |line: &call::exchange::Line| match &line.what {
            What::File(file) => Some((line.key.clone(), file.with.iter().map(|with| with.state).collect())),
            What::Text(_) => None,
        };
        self.people[who].exchange.view().lines.iter().filter_map(file).collect()
    }

    pub(crate) fn offers(&mut self, who: usize, name: &str, bytes: Vec<u8>) -> ItemId {
        let (id, size) = (self.id(), u64::try_from(bytes.len()).unwrap());
        self.people[who].files.insert(id.clone(), bytes);
        self.does(who, Command::Offer { id: id.clone(), name: name.to_owned(), size, mime: String::new() });
        id
    }

    pub(crate) fn accepts(&mut self, who: usize, from: usize, id: &ItemId) -> ItemKey {
        let key = ItemKey { from: Some(device(from)), id: id.clone() };
        self.people[who].places.insert(key.clone(), Vec::new());
        self.does(who, Command::AcceptFile { key: key.clone(), most: u64::MAX });
        key
    }
}

impl Person {
    fn new(now: Time, n: usize, name: &'static str) -> Self {
        Self {
            name,
            device: device(n),
            exchange: Exchange::new(now, device(n)),
            news: Vec::new(),
            byes: Vec::new(),
            blind: Vec::new(),
            remembered: (Vec::new(), now),
            files: BTreeMap::new(),
            places: BTreeMap::new(),
            saved: BTreeMap::new(),
            discarded: Vec::new(),
            slow_disk: false,
            disk: Disk::new(),
            most_waiting: 0,
        }
    }

    fn keep(&mut self, key: ItemKey, chunk: &[u8]) {
        assert!(!chunk.is_empty(), "a chunk is kept while it is in hand");
        self.places.get_mut(&key).unwrap().extend_from_slice(chunk);
        self.disk.push_back((key, chunk.len()));
        self.most_waiting = self.most_waiting.max(self.disk.iter().map(|(_, bytes)| bytes).sum());
    }
}
