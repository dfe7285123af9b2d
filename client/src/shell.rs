//! The shell: joins the pure [`Phone`] to the browser.
//!
//! Whatever happens comes in as an event, is given to the phone, and what the phone wants done is done at once; only what is
//! asked of connections waits until the part is there that makes them. There is one loop ([`Inner::run`]) and one match
//! ([`Core::perform`]); neither decides anything.

mod connections;
mod shown;

use std::cell::RefCell;
use std::rc::Rc;

use call::budget::Encodings;
use call::{Command, Input, LinkEvent, Output, PeerCommand, PeerEvent, PeerKey, Phone, Time};
use protocol::{CallType, DeviceId, IceServer, MaxFs, Person};

pub(crate) use self::connections::{Connections, Setup, connections};
pub use self::shown::Shown;
use crate::doors;
use crate::platform::clock::{self, Timer};
use crate::platform::devices::DeviceKind;
use crate::platform::media::Engine;
use crate::platform::page::Page;
use crate::platform::peer::Shared;
use crate::platform::queue::{Event, Queue, Sender};
use crate::platform::recorder::Voice;
use crate::platform::socket::Socket;
use crate::platform::{
    Devices, Install, Languages, Loud, Loudness, Missed, Parts, Router, Session, Sounds, Stream, Worker, random,
};
use crate::signal::{Signal, memo};

/// What may be asked of connections before they can be made: a call asks a dozen things of each.
const WAITING: usize = 128;

/// What the views talk to. Cheap to clone; found by [`use_shell`].
#[derive(Clone)]
pub struct Shell(Rc<Inner>);

thread_local! {
    /// There is one page in a tab. Not a context of Leptos': that is a table of any type, for one entry.
    static SHELL: RefCell<Option<Shell>> = const { RefCell::new(None) };
}

/// The shell of this page.
///
/// # Panics
/// Before [`Shell::provide`].
#[must_use]
pub fn use_shell() -> Shell {
    SHELL.with_borrow(|shell| {
        #[expect(clippy::expect_used, reason = "a view without a shell is a mistake in the page's code")]
        shell.clone().expect("there is a shell before there are views")
    })
}

impl Shell {
    /// Everything in place, and nothing begun.
    #[must_use]
    pub fn new() -> Self {
        let queue = Queue::new();
        let events = queue.sender();
        let (devices, engine) = Devices::new(&events);
        let session = Session::new(events.clone());
        let parts = Parts::new();
        let (router, sounds, shown) = (Router::new(), Sounds::new(parts), Shown::new());
        let (seen, worker) = (session.clone(), Worker::new(&events));
        let fresh = worker.clone();
        let ring = events.clone();
        let core = Core {
            phone: Phone::new(clock::now(), random::seed()),
            timer: Timer::new(move || ring.send(Input::Tick)),
            socket: None,
            connections: None,
            waiting: Vec::new(),
            devices: devices.clone(),
            engine,
            sounds: sounds.clone(),
            page: Page::new(&events, move || {
                seen.renew_if_old();
                fresh.look_for_update();
            }),
            session: session.clone(),
            shown,
            changed: false,
            events,
        };
        let (missed, install) = (Missed::new(session.clone()), Install::new());
        let languages = Languages::new(parts);
        let inner = Rc::new(Inner {
            devices,
            session,
            router,
            sounds,
            parts,
            languages,
            missed,
            worker,
            install,
            shown,
            queue,
            core: RefCell::new(core),
        });
        let weak = Rc::downgrade(&inner);
        inner.queue.on_event(move || weak.upgrade().into_iter().for_each(|inner| inner.run()));
        Self(inner)
    }

    /// Has the views find it by [`use_shell`].
    pub fn provide(&self) {
        SHELL.set(Some(self.clone()));
    }

    /// Signs in, with what is known of the person, and connects.
    pub fn start(&self) {
        self.0.session.open();
    }

    /// Does what a person asks for.
    pub fn command(&self, command: Command) {
        self.0.queue.sender().send(Input::Command(command));
    }

    /// Rings somebody: [`CallType::Voice`] or [`CallType::Video`].
    pub fn call(&self, to: Person, kind: CallType) {
        // Only a browser without randomness has no id to give, and that one has no calls either.
        if let Some(call_id) = random::call_id() {
            self.command(Command::Call { call_id, to, kind });
        }
    }

    /// What there is to show.
    #[must_use]
    pub fn shown(&self) -> Shown {
        self.0.shown
    }

    /// Signing in and out.
    #[must_use]
    pub fn session(&self) -> Session {
        self.0.session.clone()
    }

    /// Microphones, cameras and speakers.
    #[must_use]
    pub fn devices(&self) -> Devices {
        self.0.devices.clone()
    }

    /// Which page is shown.
    #[must_use]
    pub fn router(&self) -> Router {
        self.0.router.clone()
    }

    /// What is loaded when it is first wanted.
    #[must_use]
    pub fn parts(&self) -> Parts {
        self.0.parts
    }

    /// The language of the page.
    #[must_use]
    pub fn languages(&self) -> Languages {
        self.0.languages
    }

    /// Missed calls that have not been looked at.
    #[must_use]
    pub fn missed(&self) -> Missed {
        self.0.missed.clone()
    }

    /// The service worker, and what it is told of.
    #[must_use]
    pub fn worker(&self) -> Worker {
        self.0.worker.clone()
    }

    /// Putting the page among the machine's programs.
    #[must_use]
    pub fn install(&self) -> Install {
        self.0.install.clone()
    }

    /// The STUN and TURN servers that the relay named.
    pub(crate) fn ice_servers(&self) -> Vec<IceServer> {
        self.0.core.try_borrow().map(|core| core.phone.ice_servers().to_vec()).unwrap_or_default()
    }

    /// Whether the relay wants media to go through TURN servers alone.
    pub(crate) fn relay_only(&self) -> bool {
        self.0.core.try_borrow().is_ok_and(|core| core.phone.relay_only())
    }

    /// Looks at how somebody is received; nothing when they are not there (any more).
    pub fn quality<R>(&self, peer: PeerKey, look: impl FnOnce(&call::quality::Line) -> R) -> Option<R> {
        let core = self.0.core.try_borrow().ok()?;
        let (mut look, mut seen) = (Some(look), None);
        core.connections.as_ref()?.look(peer, &mut |line| seen = look.take().map(|look| look(line)));
        seen
    }

    /// Somebody's picture, once it is there.
    #[must_use]
    pub fn stream(&self, peer: PeerKey) -> Signal<Option<Stream>> {
        let streams = self.0.shown.streams;
        memo(move || streams.with(|streams| streams.find(peer).cloned()))
    }

    /// Somebody's voice, once it is there, to be made louder or softer.
    pub(crate) fn loudness(&self, peer: PeerKey) -> Option<Loudness> {
        self.0.core.try_borrow().ok()?.connections.as_ref()?.loudness(peer)
    }

    /// Somebody's voice as it comes, once it is there, or without a peer this side's as it is sent, to be recorded.
    pub(crate) fn voice(&self, peer: Option<PeerKey>) -> Option<Voice> {
        self.0.core.try_borrow().ok()?.connections.as_ref()?.voice(peer)
    }

    /// Somebody has said something on the connection itself.
    pub(crate) fn told(&self, peer: PeerKey, what: PeerEvent) {
        self.0.queue.sender().send(Input::Peer(peer, what));
    }

    /// The person does not want to wait for the next attempt to find what is lost.
    pub(crate) fn try_now(&self) {
        self.0.queue.sender().send(Input::Link(LinkEvent::NetworkChanged));
    }

    /// The person wants to record the call, or not any more.
    pub(crate) fn record(&self, on: bool) {
        self.0.queue.sender().send(Input::Record(on));
    }

    /// How loud somebody's voice arrives.
    pub(crate) fn loud(&self, peer: PeerKey) -> Option<Loud> {
        self.0.core.try_borrow().ok()?.connections.as_ref()?.loud(peer)
    }

    /// The part that makes connections is there, or did not come.
    pub(crate) fn can_connect(&self, can: bool) {
        self.0.queue.sender().send(Event::CanConnect(can));
    }

    /// Shares a screen with everybody in the call from now on, or none.
    pub(crate) fn share(&self, shared: Option<Shared>) {
        self.0.queue.sender().send(Event::Share(shared));
    }

    /// Sends so much over a connection from now on.
    pub(crate) fn encode(&self, peer: PeerKey, encodings: Encodings) {
        self.0.queue.sender().send(Event::Encode(peer, encodings));
    }

    /// One of the others is shown this large from now on.
    pub(crate) fn want_media(&self, to: DeviceId, max_fs: MaxFs) {
        self.0.queue.sender().send(Input::WantMedia { to, max_fs });
    }

    /// The screen that somebody shares, once it is there.
    pub(crate) fn screen(&self, peer: PeerKey) -> Signal<Option<Stream>> {
        let screens = self.0.shown.screens;
        memo(move || screens.with(|screens| screens.find(peer).cloned()))
    }

    /// The browser plays no voices until the person clicks: show "click to hear", and call [`Self::hear`] from the click.
    #[must_use]
    pub fn unheard(&self) -> Signal<bool> {
        self.0.shown.unheard.read_only()
    }

    /// Plays the voices that the browser held back.
    pub fn hear(&self) {
        self.0.queue.sender().send(Event::Unblock);
    }

    /// Rings and tones are wanted.
    #[must_use]
    pub fn sounds(&self) -> Signal<bool> {
        self.0.sounds.on()
    }

    /// Turns rings and tones on or off, now and for later visits.
    pub fn set_sounds(&self, on: bool) {
        self.0.sounds.set_on(on);
    }

    /// Now, on the clock of [`call::View`].
    #[must_use]
    pub fn now(&self) -> Time {
        clock::now()
    }

    /// Now, again every second for as long as the component lives that asks.
    #[must_use]
    pub fn seconds(&self) -> Signal<Time> {
        clock::ticking(1000)
    }

    /// A moment of this clock as people write the time of day here.
    #[must_use]
    pub fn time_of_day(&self, at: Time) -> String {
        clock::time_of_day(at)
    }
}

impl Default for Shell {
    fn default() -> Self {
        Self::new()
    }
}

struct Inner {
    devices: Devices,
    session: Session,
    router: Router,
    sounds: Sounds,
    parts: Parts,
    languages: Languages,
    missed: Missed,
    worker: Worker,
    install: Install,
    shown: Shown,
    queue: Queue,
    core: RefCell<Core>,
}

impl Inner {
    /// Works off what has happened. Events caused meanwhile find the core in use and are taken by the loop that has it.
    fn run(&self) {
        let Ok(mut core) = self.core.try_borrow_mut() else { return };
        while let Some(event) = self.queue.pop() {
            core.take(event);
        }
        core.rest();
    }
}

/// The phone and what it uses.
struct Core {
    phone: Phone,
    timer: Timer,
    socket: Option<Socket>,
    connections: Option<Box<dyn Connections>>,
    /// What is asked of connections until there are any, in order. Nobody asks more than a few things before that; if they
    /// did, the later would be lost, and a call that misses something ends by its own time limits.
    waiting: Vec<Event>,
    devices: Devices,
    engine: Rc<Engine>,
    sounds: Sounds,
    page: Page,
    session: Session,
    shown: Shown,
    changed: bool,
    events: Sender,
}

impl Core {
    fn take(&mut self, event: Event) {
        match event {
            Event::Input(input) => self.tell(input),
            Event::CanConnect(can) => self.connect(can),
            Event::Share(shared) => {
                let shares = shared.is_some();
                self.ask(Event::Share(shared));
                self.tell(Input::Screen(shares));
            }
            other => self.ask(other),
        }
    }

    fn tell(&mut self, input: Input) {
        if input == Input::Tick {
            self.timer.rung();
        }
        self.phone.handle(clock::now(), input);
        while let Some(output) = self.phone.poll() {
            self.perform(output);
        }
    }

    /// Everything is done for now: shows it, and waits for the deadline.
    fn rest(&mut self) {
        self.timer.set(self.phone.deadline());
        if std::mem::take(&mut self.changed) {
            let view = self.phone.view();
            self.shown.show(view);
            self.page.keep_awake(view.call.as_ref().is_some_and(shown::runs));
        }
    }

    fn perform(&mut self, output: Output) {
        match output {
            Output::Connect => {
                self.socket = None;
                self.socket = Socket::open(&self.events);
            }
            Output::Transmit(text) => self.socket.iter().for_each(|socket| socket.send(&text)),
            Output::Disconnect => self.socket = None,
            Output::Peer(key, command) => self.ask(Event::Peer(key, command)),
            Output::Media(wanted) => self.engine.want(wanted),
            Output::Ring(ring) => self.sounds.ring(ring),
            Output::Tone(tone) => self.sounds.tone(tone),
            Output::Remember(device) => self.session.remember(&device),
            Output::TokenRefused { expired } => self.session.refused(expired),
            Output::Show => self.changed = true,
        }
    }

    /// Asks something of the connections, or remembers to.
    fn ask(&mut self, event: Event) {
        match &mut self.connections {
            Some(connections) => connections.take(event),
            None if self.waiting.len() < WAITING => self.waiting.push(event),
            None => {}
        }
    }

    /// Connections can be made from now on, and what waits is done; or they cannot, and whoever wanted one hears of it.
    fn connect(&mut self, can: bool) {
        let waiting = std::mem::take(&mut self.waiting);
        if can {
            let speaker = self.devices.chosen(DeviceKind::Speaker).get_untracked();
            let setup = Setup { events: self.events.clone(), shown: self.shown, speaker };
            let connections = self.connections.get_or_insert_with(|| doors::connections(&setup));
            waiting.into_iter().for_each(|event| connections.take(event));
            return;
        }
        for event in waiting {
            if let Event::Peer(key, PeerCommand::Create { .. }) = event {
                self.tell(Input::Peer(key, PeerEvent::DescriptionFailed("a part of the page did not come".to_owned())));
            }
        }
    }
}
