//! A world of phones: people with browsers, a relay, a network between them, and a clock that only moves when told.
//!
//! While it runs it checks what must hold at any moment: nothing of a callee leaves before they accept, frames are sent
//! on open sockets only, and a peer connection is used between its making and its end.

mod browser;
mod relay;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use call::record::Loss;
use call::{
    CallView, Command, ConnectionState, Face, Input, LinkEvent, Output, PeerCommand, PeerEvent, PeerKey, Phone, Ring,
    Time, Tone, View,
};
use protocol::frame::ClientFrame;
use protocol::{CallId, CallType, ClientMessage, DeviceId, EndReason, Incoming, Person, RelayMessage, RoomCode};

use browser::{Browser, Later};
pub(crate) use browser::{Permission, candidate};
use relay::{Out, Relay, Socket};

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
    /// Calls the person accepted, or dialled into.
    consented: BTreeSet<CallId>,
    /// The calls that rang here, by the session of their offer.
    rung: BTreeMap<String, CallId>,
    /// Which call that rang here each peer connection was made for.
    prepared: BTreeMap<PeerKey, CallId>,
    remembered: Vec<DeviceId>,
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
    /// Pairs of pages whose browsers cannot reach each other.
    cut: BTreeSet<(usize, usize)>,
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
            relay: Relay::default(),
            relay_down: false,
            agenda: BTreeMap::new(),
            count: 0,
            dice: Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            delay: 20,
            twice: false,
            sockets: 0,
            open: BTreeSet::new(),
            cut: BTreeSet::new(),
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

    pub(crate) fn person(&self, page: usize) -> Person {
        let name = self.pages[page].user.clone();
        Person { id: name.parse().unwrap(), name, avatar: None }
    }

    pub(crate) fn new_call_id(&mut self) -> CallId {
        self.calls += 1;
        format!("c_{:08}{:08}", self.dice.up_to(99_999_999), self.calls).parse().unwrap()
    }

    // What people do.

    pub(crate) fn does(&mut self, page: usize, command: Command) {
        match &command {
            Command::Accept { call_id, .. } => drop(self.pages[page].consented.insert(call_id.clone())),
            // Whoever dials somebody has said yes to talking to them.
            Command::Call { to, .. } => {
                let rung = self.view(page).incoming.as_ref().filter(|incoming| incoming.from.id == to.id);
                let rung = rung.map(|incoming| incoming.call_id.clone());
                self.pages[page].consented.extend(rung);
            }
            _ => {}
        }
        self.handle(page, Input::Command(command));
    }

    pub(crate) fn dials(&mut self, page: usize, whom: usize, kind: CallType) -> CallId {
        let (call_id, to) = (self.new_call_id(), self.person(whom));
        self.does(page, Command::Call { call_id: call_id.clone(), to, kind });
        call_id
    }

    pub(crate) fn accepts(&mut self, page: usize) {
        let call_id = self.view(page).incoming.as_ref().expect("nobody rings").call_id.clone();
        self.does(page, Command::Accept { call_id, camera: false });
    }

    pub(crate) fn declines(&mut self, page: usize) {
        let call_id = self.view(page).incoming.as_ref().expect("nobody rings").call_id.clone();
        self.does(page, Command::Decline { call_id });
    }

    pub(crate) fn hangs_up(&mut self, page: usize) {
        self.does(page, Command::HangUp);
    }

    pub(crate) fn joins(&mut self, page: usize, room: &RoomCode) {
        self.does(page, Command::JoinRoom { room: room.clone(), camera: false });
    }

    /// Two people in a call that runs.
    pub(crate) fn in_call(seed: u64, names: &[&str]) -> (Self, CallId) {
        let mut world = Self::new(seed, names);
        let call = world.dials(0, 1, CallType::Voice);
        world.run(500);
        world.accepts(1);
        world.run(2_000);
        world.assert_active(&[0, 1], &call);
        (world, call)
    }

    // What happens to them.

    /// The page is loaded anew: what it remembers is its device.
    pub(crate) fn reloads(&mut self, page: usize) {
        let old = &self.pages[page];
        let mut new = Page::new(self.now, &old.user, 7);
        new.remembered.clone_from(&old.remembered);
        new.refused.clone_from(&old.refused);
        let gone = old.socket;
        self.pages[page] = new;
        if let Some(socket) = gone {
            self.later(5, Happening::ClosesAtRelay(socket, Loss::Closed));
        }
        self.forget_paths(page);
        self.sign_in(page);
    }

    /// The socket breaks; the page hears of it at once.
    pub(crate) fn cuts(&mut self, page: usize) {
        if let Some(socket) = self.pages[page].socket {
            self.later(0, Happening::ClosesAtPage(page, socket, 1006));
            self.later(0, Happening::ClosesAtRelay(socket, Loss::Closed));
        }
    }

    /// No frame gets through any more, and nobody notices at once.
    pub(crate) fn unplugs(&mut self, page: usize) {
        self.pages[page].unplugged = true;
        if let Some(socket) = self.pages[page].socket {
            self.later(15_000, Happening::ClosesAtRelay(socket, Loss::Silent));
        }
        for other in 0..self.pages.len() {
            self.separates(page, other);
        }
    }

    pub(crate) fn plugs_in(&mut self, page: usize) {
        self.pages[page].unplugged = false;
        for other in 0..self.pages.len() {
            self.reunites(page, other);
        }
        self.handle(page, Input::Link(LinkEvent::NetworkChanged));
    }

    /// The browsers of two pages do not reach each other.
    pub(crate) fn separates(&mut self, one: usize, other: usize) {
        self.cut.insert((one.min(other), one.max(other)));
        self.look_at_paths();
    }

    pub(crate) fn reunites(&mut self, one: usize, other: usize) {
        self.cut.remove(&(one.min(other), one.max(other)));
        self.look_at_paths();
    }

    /// The relay dies, and forgets everything.
    pub(crate) fn relay_dies(&mut self) {
        self.relay.forget();
        self.relay_down = true;
        self.open.clear();
        for page in 0..self.pages.len() {
            if let Some(socket) = self.pages[page].socket {
                self.later(0, Happening::ClosesAtPage(page, socket, 1006));
            }
        }
    }

    /// Anything at all reaches a phone.
    pub(crate) fn handle(&mut self, page: usize, input: Input) {
        self.note(page, "", &input);
        self.pages[page].phone.handle(self.now, input);
        while let Some(output) = self.pages[page].phone.poll() {
            self.carry_out(page, output);
        }
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
            let phones = self.pages.iter().filter_map(|page| page.phone.deadline()).min();
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
            if self.pages[page].phone.deadline().is_some_and(|deadline| deadline <= self.now) {
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
                if self.pages[page].socket == Some(socket) && !self.pages[page].unplugged {
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

    fn notes_ring(&mut self, page: usize, text: &str) {
        let frame = protocol::frame::RelayFrame::read(text).expect("the relay says only what can be read");
        if let RelayMessage::Incoming(Incoming { call_id, from, offer, .. }) = frame.message {
            self.pages[page].rung.insert(session(&offer.text()), call_id.clone());
            let call = self.view(page).call.as_ref();
            let dialling = |call: &&CallView| matches!(call.face, Face::Initiating | Face::Ringing);
            if call.filter(dialling).and_then(|call| call.with.as_ref()).is_some_and(|with| with.id == from.user.id) {
                self.pages[page].consented.insert(call_id);
            }
        }
    }

    fn drain_relay(&mut self) {
        for out in std::mem::take(&mut self.relay.out) {
            match out {
                Out::Frame(socket, text) => {
                    let times = if self.twice && text.contains("\"seq\":") { 2 } else { 1 };
                    for _ in 0..times {
                        let at = self.in_order(socket, false);
                        if let Some(page) = self.pages.iter().position(|page| page.socket == Some(socket)) {
                            self.at(at, Happening::AtPage(page, socket, text.clone()));
                        }
                    }
                }
                Out::Close(socket, code) => {
                    self.open.remove(&socket);
                    let at = self.in_order(socket, false);
                    if let Some(page) = self.pages.iter().position(|page| page.socket == Some(socket)) {
                        self.at(at, Happening::ClosesAtPage(page, socket, code));
                    }
                }
            }
        }
    }

    /// When a frame sent now arrives: after some time, and after those before it.
    fn in_order(&mut self, socket: Socket, up: bool) -> Time {
        let at = self.now + Duration::from_millis(1 + self.dice.up_to(self.delay));
        let last = if up { &mut self.last_up } else { &mut self.last_down }.entry(socket).or_default();
        *last = at.max(*last);
        *last
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

    fn drop_socket(&mut self, page: usize) {
        self.pages[page].open = false;
        if let Some(socket) = self.pages[page].socket.take().filter(|_| !self.pages[page].unplugged) {
            // What was sent before still arrives.
            let at = self.in_order(socket, true);
            self.at(at, Happening::ClosesAtRelay(socket, Loss::Closed));
        }
    }

    fn transmit(&mut self, page: usize, text: String) {
        assert!(self.pages[page].open, "sent without an open socket: {text}");
        let socket = self.pages[page].socket.expect("it is open");
        let message = ClientFrame::read(&text).expect("a phone says only what can be read").message;
        self.check_consent(page, &message);
        self.pages[page].did.push(message.kind().into());
        self.pages[page].said.push(message);
        if !self.pages[page].unplugged {
            let at = self.in_order(socket, true);
            self.at(at, Happening::AtRelay(socket, text));
        }
    }

    /// Nothing of a callee leaves before they accept.
    fn check_consent(&self, page: usize, message: &ClientMessage) {
        let call = match message {
            ClientMessage::Accept(m) => &m.call_id,
            ClientMessage::Offer(m) => &m.call_id,
            ClientMessage::Answer(m) => &m.call_id,
            ClientMessage::IceCandidates(m) => &m.call_id,
            _ => return,
        };
        let page = &self.pages[page];
        let allowed = !page.rung.values().any(|rung| rung == call) || page.consented.contains(call);
        assert!(allowed, "{} left before the call was accepted", message.kind());
    }

    fn peer_command(&mut self, page: usize, key: PeerKey, command: PeerCommand) {
        self.pages[page].did.push(short(&command));
        match &command {
            PeerCommand::ApplyOffer { sdp } => {
                if let Some(call) = self.pages[page].rung.get(&session(sdp)).cloned() {
                    self.pages[page].prepared.insert(key, call);
                }
                let early = self.prepares(page, key) && sdp.contains("candidate");
                assert!(!early, "a candidate reached the browser before the call was accepted");
            }
            PeerCommand::AddCandidates(_) => {
                assert!(!self.prepares(page, key), "candidates were used before the call was accepted");
            }
            PeerCommand::Close => self.forget_path(page, key),
            PeerCommand::Create { ice_servers } => assert!(!ice_servers.is_empty()),
            _ => {}
        }
        let closes = command == PeerCommand::Close;
        if let Some((at, later)) = self.pages[page].browser.command(self.now, key, command) {
            self.at(at, Happening::Browser(page, later));
        }
        if closes {
            self.look_at_paths();
        }
    }

    /// That connection belongs to a call that was rung here and not accepted.
    fn prepares(&self, page: usize, key: PeerKey) -> bool {
        self.pages[page].prepared.get(&key).is_some_and(|call| !self.pages[page].consented.contains(call))
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
        }
    }
}

/// Media paths between browsers.
impl World {
    /// Works out anew who reaches whom.
    fn look_at_paths(&mut self) {
        let mut reached = BTreeSet::new();
        let all: Vec<(usize, PeerKey)> = self
            .pages
            .iter()
            .enumerate()
            .flat_map(|(page, p)| p.browser.connections.keys().map(move |key| (page, *key)))
            .collect();
        for &one in &all {
            for &other in &all {
                if one.0 < other.0 && self.fit(one, other) {
                    reached.extend([one, other]);
                }
            }
        }
        for (page, key) in all {
            let state = self.paths.get(&(page, key)).map(|(state, _)| *state);
            match (state, reached.contains(&(page, key))) {
                (None | Some(ConnectionState::New | ConnectionState::Disconnected | ConnectionState::Failed), true) => {
                    self.path_becomes(page, key, ConnectionState::Connected, 30);
                }
                (Some(ConnectionState::Connected), false) => {
                    self.path_becomes(page, key, ConnectionState::Disconnected, 5_000);
                }
                _ => {}
            }
        }
    }

    fn fit(&self, one: (usize, PeerKey), other: (usize, PeerKey)) -> bool {
        let (a, b) = (&self.pages[one.0].browser.connections[&one.1], &self.pages[other.0].browser.connections[&other.1]);
        let Some(((a_local, a_remote), (b_local, b_remote))) = a.pair().zip(b.pair()) else { return false };
        let matching = a_local == b_remote && b_local == a_remote;
        let known = a.remote_candidates + b.remote_candidates > 0;
        matching && known && !self.cut.contains(&(one.0, other.0))
    }

    fn path_becomes(&mut self, page: usize, key: PeerKey, state: ConnectionState, after: u64) {
        let version = self.paths.get(&(page, key)).map_or(0, |(_, version)| version + 1);
        self.paths.insert((page, key), (state, version));
        self.later(after, Happening::Path(page, key, state, version));
    }

    fn forget_path(&mut self, page: usize, key: PeerKey) {
        self.paths.remove(&(page, key));
        // What was on its way to the connection is on its way to nowhere.
        let gone = |h: &Happening| match h {
            Happening::Browser(p, Later::Say(k, _) | Later::Do(k, _)) => *p == page && *k == key,
            _ => false,
        };
        self.agenda.retain(|_, happening| !gone(happening));
    }

    fn forget_paths(&mut self, page: usize) {
        self.paths.retain(|(p, _), _| *p != page);
        self.agenda.retain(|_, h| !matches!(h, Happening::Browser(p, _) | Happening::Path(p, ..) if *p == page));
        self.look_at_paths();
    }
}

/// What people see.
impl World {
    pub(crate) fn view(&self, page: usize) -> &View {
        self.pages[page].phone.view()
    }

    pub(crate) fn call(&self, page: usize) -> &CallView {
        self.view(page).call.as_ref().unwrap_or_else(|| panic!("{} sees no call\n{}", self.pages[page].user, self.story()))
    }

    pub(crate) fn state(&self, page: usize) -> &'static str {
        match (&self.view(page).call, &self.view(page).incoming) {
            (Some(call), _) => call.face.name(),
            (None, Some(_)) => "rung",
            (None, None) => "idle",
        }
    }

    pub(crate) fn reason(&self, page: usize) -> EndReason {
        match self.call(page).face {
            Face::Ended { reason, .. } => reason,
            face => panic!("{} is not in an ended call but sees {face:?}\n{}", self.pages[page].user, self.story()),
        }
    }

    pub(crate) fn assert_active(&self, pages: &[usize], call: &CallId) {
        for &page in pages {
            assert_eq!(self.state(page), "active", "{}\n{}", self.pages[page].user, self.story());
            assert_eq!(self.call(page).call_id, *call);
            assert!(self.call(page).others.iter().all(|other| other.connected), "{}", self.story());
        }
    }

    /// Nobody is in a call, nothing is left over anywhere, and no browser was asked for the impossible.
    pub(crate) fn assert_quiet(&mut self) {
        self.assert_no_refusals();
        for page in 0..self.pages.len() {
            let p = &self.pages[page];
            let name = &p.user;
            let state = self.state(page);
            assert!(state == "idle" || state == "ended", "{name} is {state}\n{}", self.story());
            assert!(p.phone.view().incoming.is_none(), "{name} is still rung\n{}", self.story());
            assert!(p.browser.connections.is_empty(), "{name} left a connection open\n{}", self.story());
            assert_eq!(p.ring, Ring::Silent, "{name}");
        }
        self.run(20_000);
        let before: Vec<usize> = self.pages.iter().map(|p| p.did.len()).collect();
        self.run(100_000);
        for (page, before) in self.pages.iter().zip(before) {
            let other: Vec<_> = page.did[before..].iter().filter(|did| *did != "ping").collect();
            assert!(other.is_empty(), "{} goes on doing {other:?}\n{}", page.user, self.story());
            assert!(page.browser.devices_closed(), "{} is still recorded\n{}", page.user, self.story());
        }
        for call in self.relay.calls.values() {
            assert!(call.ended().is_some(), "the relay still knows {}\n{}", call.id(), self.story());
        }
        assert!(self.relay.ends.values().all(|times| *times == 1));
    }

    pub(crate) fn assert_no_refusals(&self) {
        for page in &self.pages {
            assert!(page.browser.refusals.is_empty(), "{}: {:#?}\n{}", page.user, page.browser.refusals, self.story());
        }
    }

    /// How each tab remembers a call.
    pub(crate) fn remembered(&self, page: usize) -> Vec<EndReason> {
        self.view(page).recent.iter().map(|call| call.reason).collect()
    }

    pub(crate) fn said(&self, page: usize, kind: &str) -> usize {
        self.pages[page].said.iter().filter(|message| message.kind() == kind).count()
    }

    /// The last of what happened.
    pub(crate) fn story(&self) -> String {
        Vec::from(self.log.clone()).join("\n")
    }

    fn note(&mut self, page: usize, arrow: &str, what: &impl std::fmt::Debug) {
        let text = format!("{} {}: {arrow}{}", self.now.as_millis(), self.pages[page].user, short(what));
        if text.contains("ping") || text.contains("pong") || text.ends_with("Tick") {
            return;
        }
        if self.log.len() == 150 {
            self.log.pop_front();
        }
        self.log.push_back(text);
    }
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
            consented: BTreeSet::new(),
            rung: BTreeMap::new(),
            prepared: BTreeMap::new(),
            remembered: Vec::new(),
        }
    }
}

/// Which peer connection wrote a description.
fn session(sdp: &str) -> String {
    let origin = sdp.lines().find_map(|line| line.strip_prefix("o=")).unwrap_or_default();
    origin.split(' ').take(2).collect::<Vec<_>>().join(" ")
}

/// The first words of what was said or done.
fn short(what: &impl std::fmt::Debug) -> String {
    let mut text = format!("{what:?}");
    text.truncate(150);
    text
}
