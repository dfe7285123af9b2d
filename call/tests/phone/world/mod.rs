//! A world of phones: people with browsers, a relay, a network between them, and a clock that only moves when told.
//!
//! While it runs it checks what must hold at any moment: nothing of a callee leaves before they accept, frames are sent
//! on open sockets only, and a peer connection is used between its making and its end.

mod browser;
mod checks;
mod consent;
mod network;
mod paths;
mod people;
mod relay;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use call::record::Loss;
use call::{Command, ConnectionState, Input, LinkEvent, Output, PeerEvent, PeerKey, Phone, Ring, Time, Tone};
use protocol::{CallId, ClientMessage, DeviceId};

use browser::{Browser, Later};
pub(crate) use browser::{Permission, candidate};
use relay::{Relay, Socket};

/// A number from a seed, for delays.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn up_to(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % (most + 1)
    }
}

/// A page: a phone, its browser and its socket.
pub(crate) struct Page {
    user: String,
    pub(crate) phone: Phone,
    pub(crate) browser: Browser,
    socket: Option<Socket>,
    open: bool,
    device: Option<DeviceId>,
    pub(crate) ring: Ring,
    pub(crate) tones: Vec<Tone>,
    /// What it said to the relay, by name.
    pub(crate) said: Vec<ClientMessage>,
    /// What was done, shortly: for questions of order.
    pub(crate) did: Vec<String>,
    pub(crate) refused: Vec<bool>,
    /// No frame gets through, and nobody is told.
    pub(crate) unplugged: bool,
    /// What has happened to it since it fell asleep.
    asleep: Option<Vec<Happening>>,
    /// Calls the person accepted, or dialled into.
    consented: BTreeSet<CallId>,
    /// The calls that rang here, by the session of their offer.
    rung: BTreeMap<String, CallId>,
    /// Which call that rang here each peer connection was made for.
    prepared: BTreeMap<PeerKey, CallId>,
    remembered: Vec<DeviceId>,
    /// When a key frame was last asked for, or sent.
    key_frames: BTreeMap<(PeerKey, bool), Time>,
}

#[derive(Debug)]
enum Happening {
    AtRelay(Socket, String),
    AtPage(usize, Socket, String),
    Opens(usize, Socket),
    ClosesAtPage(usize, Socket, u16),
    ClosesAtRelay(Socket, Loss),
    Browser(usize, Later),
    Path(usize, PeerKey, ConnectionState, u32),
}

impl Happening {
    /// The page that it happens to.
    const fn page(&self) -> Option<usize> {
        match self {
            Self::AtRelay(..) | Self::ClosesAtRelay(..) => None,
            Self::AtPage(page, ..)
            | Self::Opens(page, ..)
            | Self::ClosesAtPage(page, ..)
            | Self::Browser(page, _)
            | Self::Path(page, ..) => Some(*page),
        }
    }
}

pub(crate) struct World {
    pub(crate) now: Time,
    pub(crate) pages: Vec<Page>,
    pub(crate) relay: Relay,
    pub(crate) relay_down: bool,
    agenda: BTreeMap<(Time, u64), Happening>,
    count: u64,
    pub(crate) dice: Dice,
    /// Frames take up to so long, each way.
    pub(crate) delay: u64,
    /// The relay says what has a `seq` twice.
    pub(crate) twice: bool,
    sockets: Socket,
    /// Those that are open at the relay's end.
    open: BTreeSet<Socket>,
    /// Those on which something was lost, so that nothing after it arrives either: a stream has no gaps.
    stalled: BTreeSet<Socket>,
    /// Pairs of pages whose browsers cannot reach each other.
    cut: BTreeSet<(usize, usize)>,
    /// Connections whose paths are dead for good, whatever is restarted.
    dead: BTreeSet<(usize, PeerKey)>,
    /// Connections that were told how they are, with the count of changes.
    paths: BTreeMap<(usize, PeerKey), (ConnectionState, u32)>,
    /// Kept in order: a socket's last arrival time each way.
    last_up: BTreeMap<Socket, Time>,
    last_down: BTreeMap<Socket, Time>,
    calls: u32,
    /// Shown in a failure.
    log: VecDeque<String>,
}

impl World {
    /// Everybody is signed in; a name ending in a digit is one of several devices of one person.
    pub(crate) fn new(seed: u64, names: &[&str]) -> Self {
        let mut world = Self::asleep(seed, names);
        for page in 0..names.len() {
            world.sign_in(page);
        }
        world.run(2_000);
        world
    }

    /// Nobody is signed in yet.
    pub(crate) fn asleep(seed: u64, names: &[&str]) -> Self {
        let mut world = Self {
            now: Time::from_millis(1_000_000),
            pages: Vec::new(),
            relay: Relay::new(),
            relay_down: false,
            agenda: BTreeMap::new(),
            count: 0,
            dice: Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            delay: 20,
            twice: false,
            sockets: 0,
            open: BTreeSet::new(),
            stalled: BTreeSet::new(),
            cut: BTreeSet::new(),
            dead: BTreeSet::new(),
            paths: BTreeMap::new(),
            last_up: BTreeMap::new(),
            last_down: BTreeMap::new(),
            calls: 0,
            log: VecDeque::new(),
        };
        for name in names {
            let page = Page::new(world.now, name, world.dice.up_to(u64::MAX - 1));
            world.pages.push(page);
        }
        world
    }

    pub(crate) fn sign_in(&mut self, page: usize) {
        let token = self.pages[page].user.clone();
        let device = self.pages[page].remembered.last().cloned();
        self.does(page, Command::SignIn { token, device });
    }

    /// Anything at all reaches a phone.
    pub(crate) fn handle(&mut self, page: usize, input: Input) {
        self.note(page, "", &input);
        self.pages[page].phone.handle(self.now, input);
        while let Some(output) = self.pages[page].phone.poll() {
            self.carry_out(page, output);
        }
        self.check_hold(page);
        let deadline = self.pages[page].phone.deadline();
        assert!(deadline.is_none_or(|d| d > self.now || self.is_due_again(page)), "a deadline that is never met");
    }

    /// A deadline that has passed must be met by one more tick.
    fn is_due_again(&mut self, page: usize) -> bool {
        self.pages[page].phone.handle(self.now, Input::Tick);
        while let Some(output) = self.pages[page].phone.poll() {
            self.carry_out(page, output);
        }
        self.pages[page].phone.deadline().is_none_or(|d| d > self.now)
    }

    /// Lets time pass.
    pub(crate) fn run(&mut self, millis: u64) {
        let until = self.now + Duration::from_millis(millis);
        loop {
            let happening = self.agenda.first_key_value().map(|((at, _), _)| *at);
            let awake = self.pages.iter().filter(|page| page.asleep.is_none());
            let phones = awake.filter_map(|page| page.phone.deadline()).min();
            let next = [happening, phones, self.relay.deadline()].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= until) else { break };
            self.now = self.now.max(next);
            if happening == Some(next) {
                let (_, happening) = self.agenda.pop_first().expect("it was there");
                self.happens(happening);
            } else {
                self.tick();
            }
        }
        self.now = until;
    }

    fn tick(&mut self) {
        for page in 0..self.pages.len() {
            let asleep = self.pages[page].asleep.is_some();
            if !asleep && self.pages[page].phone.deadline().is_some_and(|deadline| deadline <= self.now) {
                self.handle(page, Input::Tick);
            }
        }
        self.relay.tick(self.now);
        self.drain_relay();
    }

    fn later(&mut self, millis: u64, happening: Happening) {
        self.at(self.now + Duration::from_millis(millis), happening);
    }

    fn at(&mut self, at: Time, happening: Happening) {
        self.count += 1;
        self.agenda.insert((at, self.count), happening);
    }

    fn happens(&mut self, happening: Happening) {
        if let Some(missed) = happening.page().and_then(|page| self.pages[page].asleep.as_mut()) {
            return missed.push(happening);
        }
        match happening {
            Happening::AtRelay(socket, text) => {
                if self.open.contains(&socket) {
                    self.relay.frame(self.now, socket, &text);
                    self.drain_relay();
                }
            }
            Happening::ClosesAtRelay(socket, how) => {
                self.open.remove(&socket);
                self.relay.closed(self.now, socket, how);
                self.drain_relay();
            }
            Happening::AtPage(page, socket, text) => {
                if self.pages[page].socket == Some(socket) && self.gets_through(page, socket) {
                    self.notes_ring(page, &text);
                    self.handle(page, Input::Link(LinkEvent::Frame(text)));
                }
            }
            Happening::Opens(page, socket) => {
                let reachable = !self.relay_down && !self.pages[page].unplugged;
                let current = self.pages[page].socket == Some(socket);
                if current && reachable {
                    self.pages[page].open = true;
                    self.open.insert(socket);
                    self.handle(page, Input::Link(LinkEvent::Opened));
                } else if current && self.relay_down {
                    self.happens(Happening::ClosesAtPage(page, socket, 1006));
                }
            }
            Happening::ClosesAtPage(page, socket, code) => {
                if self.pages[page].socket == Some(socket) {
                    self.pages[page].socket = None;
                    self.pages[page].open = false;
                    self.handle(page, Input::Link(LinkEvent::Closed(code)));
                }
            }
            Happening::Browser(page, later) => self.in_browser(page, later),
            Happening::Path(page, key, state, version) => {
                if self.paths.get(&(page, key)) == Some(&(state, version)) {
                    if let Some(connection) = self.pages[page].browser.connections.get_mut(&key) {
                        connection.state = state;
                        self.handle(page, Input::Peer(key, PeerEvent::Connection(state)));
                    }
                    if state == ConnectionState::Disconnected {
                        self.path_becomes(page, key, ConnectionState::Failed, 10_000);
                    }
                }
            }
        }
    }

    fn carry_out(&mut self, page: usize, output: Output) {
        self.note(page, "  -> ", &output);
        match output {
            Output::Connect => {
                self.sockets += 1;
                self.drop_socket(page);
                self.pages[page].socket = Some(self.sockets);
                let after = 1 + self.dice.up_to(self.delay);
                self.later(after, Happening::Opens(page, self.sockets));
            }
            Output::Disconnect => self.drop_socket(page),
            Output::Transmit(text) => self.transmit(page, text),
            Output::Peer(key, command) => self.peer_command(page, key, command),
            Output::Media(wanted) => {
                self.pages[page].did.push("media".into());
                for (at, later) in self.pages[page].browser.want(self.now, wanted) {
                    self.at(at, Happening::Browser(page, later));
                }
            }
            Output::Ring(ring) => self.pages[page].ring = ring,
            Output::Tone(tone) => self.pages[page].tones.push(tone),
            Output::Remember(device) => {
                self.pages[page].device = Some(device.clone());
                self.pages[page].remembered.push(device);
            }
            Output::TokenRefused { expired } => self.pages[page].refused.push(expired),
            Output::Show => {}
        }
    }

    fn in_browser(&mut self, page: usize, later: Later) {
        match later {
            Later::Do(key, command) => {
                for (at, later) in self.pages[page].browser.carry_out(self.now, key, command) {
                    self.at(at, Happening::Browser(page, later));
                }
                self.look_at_paths();
            }
            Later::Say(key, event) => {
                if self.pages[page].browser.connections.contains_key(&key) {
                    self.handle(page, Input::Peer(key, event));
                }
            }
            Later::Media(event) => self.handle(page, Input::Media(event)),
            Later::Picture(key) => {
                if let Some(connection) = self.pages[page].browser.connections.get_mut(&key) {
                    connection.stands &= !connection.flows;
                }
            }
        }
    }
}

/// The first words of what was said or done.
fn short(what: &impl std::fmt::Debug) -> String {
    /// Stops the formatting when it is full: most of it would be thrown away.
    struct Start(String);
    impl std::fmt::Write for Start {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0.push_str(text);
            if self.0.len() > 150 { Err(std::fmt::Error) } else { Ok(()) }
        }
    }
    let mut start = Start(String::new());
    let _ = std::fmt::write(&mut start, format_args!("{what:?}"));
    start.0.truncate(150);
    start.0
}

impl Page {
    fn new(now: Time, name: &str, seed: u64) -> Self {
        let user = name.trim_end_matches(|c: char| c.is_ascii_digit());
        Self {
            user: user.to_owned(),
            phone: Phone::new(now, seed),
            browser: Browser::new(&format!("{name}x{seed}")),
            socket: None,
            open: false,
            device: None,
            ring: Ring::Silent,
            tones: Vec::new(),
            said: Vec::new(),
            did: Vec::new(),
            refused: Vec::new(),
            unplugged: false,
            asleep: None,
            consented: BTreeSet::new(),
            rung: BTreeMap::new(),
            prepared: BTreeMap::new(),
            remembered: Vec::new(),
            key_frames: BTreeMap::new(),
        }
    }
}
