//! The shell of [`Exchange`]: what people in a call exchange beside voice and picture. Behind a door, in a part of the
//! program of its own.
//!
//! It follows the call and its data channels, which the page's shell shows, and is otherwise made like that: one queue,
//! one loop, one match on outputs.

mod core;
mod memory;

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::time::Duration;

use call::exchange::{Command, Input, ItemKey, Other, View};
use call::{CallView, Face, PeerKey, Time};
use protocol::{CallId, DeviceId, ItemId, Reaction, RoomCode};
use wasm_bindgen::JsValue;

use self::core::{Core, Shown};
use crate::platform::files::{Chosen, MOST_IN_MEMORY, Place, can_stream};
use crate::platform::talk::Said;
use crate::platform::{effect, lasting, now, random, spawn};
use crate::shell::use_shell;
use crate::signal::{RwSignal, Signal, memo};

/// So far the clock of an exchange is ahead of the page's: it begins before everything that the others can have said.
const AHEAD: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// What is exchanged in the call there is. Cheap to clone; found by [`use_along`].
#[derive(Clone)]
pub(crate) struct Along(Rc<Inner>);

struct Inner {
    view: RwSignal<View>,
    said: RwSignal<String>,
    problem: RwSignal<String>,
    open: RwSignal<bool>,
    queue: RefCell<Vec<Event>>,
    core: RefCell<Option<Core>>,
}

/// What happened.
enum Event {
    /// Something the exchange decides about.
    Input(Input),
    /// The call, who takes part, or the channels are others.
    Turned,
    /// A pair of channels says something.
    Said(PeerKey, Said),
    /// Files were chosen to be offered.
    Chosen(Vec<Chosen>),
    /// A place was found for a file that is offered.
    Placed(ItemKey, Place, u64),
    /// Bytes of a file of one's own were read, or could not be.
    Read { peer: PeerKey, file: ItemId, stream: u32, bytes: Option<JsValue> },
}

/// The sending end of the queue; it keeps nothing alive.
#[derive(Clone)]
struct Sender(Weak<Inner>);

impl Sender {
    fn send(&self, event: Event) {
        if let Some(inner) = self.0.upgrade() {
            inner.queue.borrow_mut().push(event);
            inner.run();
        }
    }

    fn input(&self, input: Input) {
        self.send(Event::Input(input));
    }
}

/// The call, as far as something is exchanged in it.
#[derive(Clone, Debug, PartialEq)]
struct Company {
    call: Which,
    others: Vec<Other>,
}

/// Tells one call from the next.
#[derive(Clone, Debug, PartialEq)]
struct Which {
    call_id: CallId,
    room: Option<RoomCode>,
}

impl Which {
    /// It is the same call: a direct one may have become a room's, and a relay that was restarted calls a room's by
    /// another id.
    fn is(&self, other: &Self) -> bool {
        self.call_id == other.call_id || self.room.is_some() && self.room == other.room
    }
}

thread_local! {
    /// There is one page in a tab.
    static ALONG: RefCell<Option<Along>> = const { RefCell::new(None) };
}

/// What is exchanged in the call there is.
pub(crate) fn use_along() -> Along {
    if let Some(along) = ALONG.with_borrow(Clone::clone) {
        return along;
    }
    let along = lasting(Along::new);
    ALONG.set(Some(along.clone()));
    along
}

impl Along {
    fn new() -> Self {
        let inner = Rc::new(Inner {
            view: RwSignal::default(),
            said: RwSignal::default(),
            problem: RwSignal::default(),
            open: RwSignal::new(false),
            queue: RefCell::default(),
            core: RefCell::new(None),
        });
        let along = Self(inner);
        let shown = use_shell().shown();
        let company = memo(move || shown.call.with(|call| call.as_ref().and_then(company)));
        let sender = along.sender();
        effect(move || {
            company.with(|_| ());
            shown.channels.with(|_| ());
            sender.send(Event::Turned);
        });
        along
    }

    fn sender(&self) -> Sender {
        Sender(Rc::downgrade(&self.0))
    }

    fn command(&self, command: Command) {
        self.sender().input(Input::Command(command));
    }

    /// What there is to show.
    pub(crate) fn view(&self) -> Signal<View> {
        self.0.view.read_only()
    }

    /// The last thing worth saying, in words.
    pub(crate) fn said(&self) -> Signal<String> {
        self.0.said.read_only()
    }

    /// Why a file was not offered, in words; empty if it was.
    pub(crate) fn problem(&self) -> Signal<String> {
        self.0.problem.read_only()
    }

    /// The sheet with what was said is open.
    pub(crate) fn open(&self) -> Signal<bool> {
        self.0.open.read_only()
    }

    /// Opens or closes the sheet.
    pub(crate) fn set_open(&self, open: bool) {
        self.0.open.set(open);
        self.command(Command::Look(open));
    }

    /// Writes something.
    pub(crate) fn say(&self, text: &str) {
        if let Some(id) = random::item_id() {
            self.command(Command::Say { id, text: text.to_owned() });
        }
    }

    /// Shows a sign.
    pub(crate) fn react(&self, reaction: Reaction) {
        self.command(Command::React(reaction));
    }

    /// Raises one's own hand, or lowers it.
    pub(crate) fn raise(&self, up: bool) {
        self.command(if up { Command::RaiseHand } else { Command::LowerHand });
    }

    /// Keeps the hand up while speaking, or not.
    pub(crate) fn keep_raised(&self, keep: bool) {
        self.command(Command::KeepHand(keep));
    }

    /// How loud the person is.
    pub(crate) fn loudness(&self, loudness: f32) {
        self.sender().input(Input::Loudness(loudness));
    }

    /// Offers files to everyone.
    pub(crate) fn offer(&self, files: Vec<Chosen>) {
        self.0.problem.set(String::new());
        self.sender().send(Event::Chosen(files));
    }

    /// Wants a file: finds a place for it, and asks for it. A large one goes where the person says, if they say so.
    pub(crate) fn accept(&self, key: ItemKey, name: &str, size: u64) {
        let sender = self.sender();
        if size <= MOST_IN_MEMORY {
            return sender.send(Event::Placed(key, Place::in_memory(name), MOST_IN_MEMORY));
        }
        let name = name.to_owned();
        spawn(async move {
            if let Some(place) = Place::on_disk(&name).await {
                sender.send(Event::Placed(key, place, u64::MAX));
            }
        });
    }

    /// Does not want a file (any more), or takes one's own back.
    pub(crate) fn cancel(&self, key: ItemKey) {
        self.command(Command::CancelFile(key));
    }

    /// How long ago something was.
    pub(crate) fn ago(&self, at: Time) -> Duration {
        clock().since(at)
    }

    /// This device.
    pub(crate) fn me(&self) -> Option<DeviceId> {
        use_shell().session().device()
    }
}

/// There is room for a file of this size.
pub(crate) fn has_room(size: u64) -> bool {
    size <= MOST_IN_MEMORY || can_stream()
}

/// The clock of an exchange.
fn clock() -> Time {
    now() + AHEAD
}

fn company(call: &CallView) -> Option<Company> {
    if matches!(call.face, Face::Ended { .. }) {
        return None;
    }
    let which = Which { call_id: call.call_id.clone(), room: call.room.as_ref().map(|room| room.code.clone()) };
    let other = |other: &call::OtherView| Other {
        device: other.device.clone(),
        name: other.person.name.clone(),
        peer: other.peer,
    };
    Some(Company { call: which, others: call.others.iter().map(other).collect() })
}

impl Inner {
    /// Works off what has happened. Events caused meanwhile find the core in use and are taken by the loop that has it.
    fn run(self: &Rc<Self>) {
        let Ok(mut core) = self.core.try_borrow_mut() else { return };
        while let Some(event) = self.next() {
            if let Event::Turned = event {
                self.turn(&mut core);
            } else if let Some(core) = core.as_mut() {
                core.take(event);
            }
        }
        core.iter_mut().for_each(Core::rest);
    }

    fn next(&self) -> Option<Event> {
        let mut queue = self.queue.borrow_mut();
        if queue.is_empty() { None } else { Some(queue.remove(0)) }
    }

    /// Follows the call: with another one everything begins anew.
    fn turn(self: &Rc<Self>, core: &mut Option<Core>) {
        let shell = use_shell();
        let shown = shell.shown();
        let company = shown.call.with_untracked(|call| call.as_ref().and_then(company));
        let is_same = |core: &Core| company.as_ref().is_some_and(|company| company.call.is(core.call()));
        if !core.as_ref().is_some_and(is_same) {
            // Another call: this one is on hold, or over as well, and then its words make room for the next.
            if let (Some(core), None) = (core.take(), &company) {
                memory::forget(&core.call().call_id);
            }
            self.open.set(false);
            self.said.set(String::new());
            self.view.set(View::default());
        }
        let (Some(company), Some(me)) = (company, shell.session().device()) else { return };
        let core = core.get_or_insert_with(|| {
            let sender = Sender(Rc::downgrade(self));
            let shown = Shown { view: self.view, said: self.said, problem: self.problem };
            Core::new(company.call.clone(), me, sender, shown)
        });
        shown.channels.with_untracked(|channels| core.join(company, channels));
    }
}
