//! The shell: joins the pure [`Phone`] to the browser.
//!
//! Whatever happens comes in as an event, is given to the phone, and what the phone wants done is done at once. There is
//! one loop ([`Inner::run`]) and one match ([`Core::perform`]); neither decides anything.

mod shown;

use std::cell::RefCell;
use std::rc::Rc;

use call::budget::Encodings;
use call::{Command, Device, Input, Output, PeerCommand, PeerKey, Phone, Time};
use protocol::{CallType, DeviceId, IceServer, MaxFs, Person};
use web_sys::MediaStreamTrack;

pub use self::shown::Shown;
use crate::platform::clock::{self, Timer};
use crate::platform::devices::DeviceKind;
use crate::platform::keyed::Keyed;
use crate::platform::media::Engine;
use crate::platform::page::Page;
use crate::platform::peer::{Ends, Peer, Shared};
use crate::platform::queue::{Event, Queue, Sender};
use crate::platform::socket::Socket;
use crate::platform::speaker::Speaker;
use crate::platform::{
    Devices, Install, Languages, Loudness, Missed, Parts, Router, Session, Sounds, Stream, Worker, random,
};
use crate::signal::{Signal, memo};

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
        let (router, sounds, shown) = (Router::new(), Sounds::new(), Shown::new());
        let speaker = Speaker::new(devices.chosen(DeviceKind::Speaker).get_untracked(), shown.unheard);
        let (seen, parts, worker) = (session.clone(), Parts::new(), Worker::new(&events));
        let fresh = worker.clone();
        let ring = events.clone();
        let core = Core {
            phone: Phone::new(clock::now(), random::seed()),
            timer: Timer::new(move || ring.send(Input::Tick)),
            socket: None,
            peers: Keyed::new(),
            tracks: (None, None),
            shared: None,
            speaker,
            engine,
            sounds: sounds.clone(),
            page: Page::new(&events, move || {
                seen.renew_if_old();
                fresh.look_for_update();
            }),
            session: session.clone(),
            shown,
            changed: false,
            parts,
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

    /// Looks at how somebody is received; nothing when they are not there (any more).
    pub fn quality<R>(&self, peer: PeerKey, look: impl FnOnce(&call::quality::Line) -> R) -> Option<R> {
        let core = self.0.core.try_borrow().ok()?;
        core.peers.find(peer).map(|peer| peer.look(look))
    }

    /// Somebody's picture, once it is there.
    #[must_use]
    pub fn stream(&self, peer: PeerKey) -> Signal<Option<Stream>> {
        let streams = self.0.shown.streams;
        memo(move || streams.with(|streams| streams.find(peer).cloned()))
    }

    /// Somebody's voice, once it is there, to be made louder or softer.
    pub(crate) fn loudness(&self, peer: PeerKey) -> Option<Loudness> {
        self.0.core.try_borrow().ok()?.speaker.voice(peer).map(Loudness::of)
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
    peers: Keyed<Peer>,
    /// What is sent: the microphone, the camera.
    tracks: (Option<MediaStreamTrack>, Option<MediaStreamTrack>),
    shared: Option<Shared>,
    speaker: Speaker,
    engine: Rc<Engine>,
    sounds: Sounds,
    page: Page,
    session: Session,
    shown: Shown,
    changed: bool,
    parts: Parts,
    events: Sender,
}

impl Core {
    fn take(&mut self, event: Event) {
        match event {
            Event::Input(input) => self.tell(input),
            Event::LocalTrack(device, track) => self.send_track(device, track),
            Event::RemoteTrack { peer, screen, track } => self.receive_track(peer, screen, &track),
            Event::Share(shared) => self.share(shared),
            Event::Encode(peer, encodings) => self.peers.find(peer).into_iter().for_each(|peer| peer.encode(encodings)),
            Event::Speaker(device) => self.speaker.choose(device),
            Event::Unblock => self.speaker.unblock(),
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
            Output::Peer(key, command) => self.perform_on_peer(key, command),
            Output::Media(wanted) => self.engine.want(wanted),
            Output::Ring(ring) => self.sounds.ring(ring),
            Output::Tone(tone) => self.sounds.tone(tone),
            Output::Remember(device) => self.session.remember(&device),
            Output::TokenRefused { expired } => self.session.refused(expired),
            Output::Show => self.changed = true,
        }
    }

    fn perform_on_peer(&mut self, key: PeerKey, command: PeerCommand) {
        match command {
            PeerCommand::Create { ice_servers } => {
                let (microphone, camera) = self.tracks.clone();
                let ends = Ends::new(microphone, camera, self.shared.as_ref());
                if let Some(peer) = Peer::new(key, &ice_servers, ends, self.parts, &self.events) {
                    self.shown.channels.update(|channels| channels.insert(key, peer.channels()));
                    self.peers.insert(key, peer);
                }
            }
            PeerCommand::Close => {
                self.peers.remove(key);
                self.speaker.stop(key);
                self.shown.forget_streams(key);
                self.shown.channels.update(|channels| drop(channels.remove(key)));
            }
            PeerCommand::Hold(on) => self.peers.find(key).into_iter().for_each(|peer| peer.hold(on)),
            other => self.peers.find_mut(key).into_iter().for_each(|peer| peer.command(other.clone())),
        }
    }

    fn send_track(&mut self, device: Device, track: Option<MediaStreamTrack>) {
        self.peers.all().for_each(|peer| peer.send(device, track.as_ref()));
        match device {
            Device::Microphone => self.tracks.0 = track,
            Device::Camera => self.tracks.1 = track,
        }
    }

    fn share(&mut self, shared: Option<Shared>) {
        self.peers.all().for_each(|peer| peer.share(shared.as_ref()));
        self.shared = shared;
        self.tell(Input::Screen(self.shared.is_some()));
    }

    fn receive_track(&mut self, peer: PeerKey, screen: bool, track: &MediaStreamTrack) {
        match track.kind().as_str() {
            "audio" => self.speaker.play(peer, screen, track),
            _ => self.shown.show_stream(peer, screen, Stream::of(track)),
        }
    }
}
