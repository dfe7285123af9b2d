//! Recording a call on this device: one file for each person, with what they say for as long as they are in it.
//!
//! The phone says whether it goes on ([`call::OwnView::recording`]), so that whatever the others are told is what happens:
//! a recording begins when it says so, and ends when it does not any more, for whatever reason. Behind a door, in the part
//! of what people exchange; it comes to its end after the call, which is why it lasts as long as the page.

mod names;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use call::{CallView, Face, PeerKey};
use protocol::DeviceId;

use self::names::Names;
use crate::platform::clock::Interval;
use crate::platform::files::MOST_IN_MEMORY;
use crate::platform::recorder::{Recorder, Taped};
use crate::platform::tape::{Asked, Folder, Tape};
use crate::platform::{AskBeforeClosing, ask_before_closing, calendar, effect, js, lasting, spawn};
use crate::shell::use_shell;
use crate::signal::{RwSignal, Signal, memo};

/// How often it is looked who is there with which voice, in milliseconds: so much of a voice may be missing where it
/// changes.
const LOOK: i32 = 100;

/// How far a recording is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stage {
    /// There is none.
    #[default]
    Off,
    /// The person is asked where to put it.
    Asking,
    /// It goes on.
    On,
    /// It is over, and its last pieces are being saved.
    Saving,
    /// So many files are saved.
    Saved(usize),
    /// It did not begin, or not all of it was saved.
    Failed(Trouble),
}

/// What can be the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The browser cannot record.
    Impossible,
    /// The others could not be told.
    Untold,
    /// The disk does not take it.
    Disk,
    /// The memory that it may have is full; what there is is saved.
    Full,
}

/// The recording of this page's call. Cheap to clone; found by [`use_recording`].
#[derive(Clone)]
pub(crate) struct Recording(Rc<Inner>);

#[derive(Default)]
struct Inner {
    stage: RwSignal<Stage>,
    takes: RefCell<Vec<Take>>,
    run: RefCell<Option<Run>>,
    /// Counts takes.
    last: Cell<u32>,
}

/// What there is from the beginning of a recording until its last file is saved.
struct Run {
    folder: Option<Folder>,
    names: Names,
    /// Bytes kept in memory.
    kept: f64,
    saved: usize,
    trouble: Option<Trouble>,
    _look: Option<Interval>,
    _asks: AskBeforeClosing,
}

/// One person's file.
struct Take {
    id: u32,
    who: Who,
    over: bool,
    recorder: Recorder,
    tape: Tape,
}

/// Somebody in the call: a device of one of the others, or this side.
type Who = Option<DeviceId>;

thread_local! {
    /// There is one page in a tab.
    static RECORDING: RefCell<Option<Recording>> = const { RefCell::new(None) };
}

/// The recording of this page's call.
pub(crate) fn use_recording() -> Recording {
    if let Some(recording) = RECORDING.with_borrow(Clone::clone) {
        return recording;
    }
    let recording = lasting(Recording::new);
    RECORDING.set(Some(recording.clone()));
    recording
}

impl Recording {
    fn new() -> Self {
        let recording = Self(Rc::default());
        let call = use_shell().shown().call;
        let goes_on = memo(move || call.with(|call| call.as_ref().is_some_and(goes_on)));
        let inner = Rc::downgrade(&recording.0);
        effect(move || {
            if !goes_on.get() {
                upgraded(&inner, |inner| inner.finish());
            }
        });
        let which = memo(move || call.with(|call| call.as_ref().map(|call| call.call_id.clone())));
        let inner = Rc::downgrade(&recording.0);
        effect(move || {
            if which.with(Option::is_some) {
                upgraded(&inner, |inner| inner.forget());
            }
        });
        recording
    }

    /// How far it is.
    pub(crate) fn stage(&self) -> Signal<Stage> {
        self.0.stage.read_only()
    }

    /// Asks where to put it, and begins. To be called from a press.
    pub(crate) fn start(&self) {
        if matches!(self.0.stage.get_untracked(), Stage::Asking | Stage::On | Stage::Saving) {
            return;
        }
        if Recorder::ending().is_none() {
            return self.0.stage.set(Stage::Failed(Trouble::Impossible));
        }
        self.0.stage.set(Stage::Asking);
        let (inner, asked) = (Rc::downgrade(&self.0), Folder::ask());
        spawn(async move {
            let folder = match asked.await {
                Asked::Chosen(folder) => Some(folder),
                Asked::Impossible => None,
                Asked::Cancelled => return upgraded(&inner, |inner| inner.stage.set(Stage::Off)),
            };
            upgraded(&inner, |inner| inner.begin(folder));
        });
    }

    /// Ends it.
    pub(crate) fn stop(&self) {
        use_shell().record(false);
    }

    /// The person has read what came of it.
    pub(crate) fn put_away(&self) {
        self.0.forget();
    }
}

fn goes_on(call: &CallView) -> bool {
    call.own.recording && !matches!(call.face, Face::Ended { .. })
}

impl Inner {
    fn begin(self: &Rc<Self>, folder: Option<Folder>) {
        let shell = use_shell();
        shell.record(true);
        let told = shell.shown().call.with_untracked(|call| {
            call.as_ref().filter(|call| !matches!(call.face, Face::Ended { .. })).map(|call| call.own.recording)
        });
        match told {
            Some(true) => {}
            Some(false) => return self.stage.set(Stage::Failed(Trouble::Untold)),
            // The call was over before a folder was chosen.
            None => return self.stage.set(Stage::Off),
        }
        let inner = Rc::downgrade(self);
        let look = Interval::new(LOOK, Box::new(move || upgraded(&inner, Inner::look)));
        self.run.replace(Some(Run {
            folder,
            names: Names::new(Recorder::ending().unwrap_or_default()),
            kept: 0.0,
            saved: 0,
            trouble: None,
            _look: look,
            _asks: ask_before_closing(),
        }));
        self.stage.set(Stage::On);
        self.look();
    }

    /// Follows who is there, and with which voice.
    fn look(self: &Rc<Self>) {
        if self.stage.get_untracked() != Stage::On {
            return;
        }
        let shell = use_shell();
        let people = people();
        let is_there = |who: &Who| people.iter().any(|(there, ..)| there == who);
        self.takes.borrow_mut().iter_mut().filter(|take| !is_there(&take.who)).for_each(Take::end);
        for (who, name, peer) in people {
            let known = self.takes.borrow().iter().any(|take| take.who == who && !take.over);
            if !known && !self.add(&who, &name) {
                continue;
            }
            let voice = shell.voice(peer);
            let mut takes = self.takes.borrow_mut();
            let take = takes.iter_mut().find(|take| take.who == who && !take.over);
            take.into_iter().for_each(|take| take.recorder.listen(voice.as_ref()));
        }
    }

    /// Begins somebody's file.
    fn add(self: &Rc<Self>, who: &Who, name: &str) -> bool {
        let id = self.last.get().wrapping_add(1);
        self.last.set(id);
        let weak = Rc::downgrade(self);
        let taped = move |taped| upgraded(&weak, |inner| inner.taped(id, taped));
        let Some(recorder) = Recorder::new(taped) else {
            self.fail(Trouble::Impossible);
            return false;
        };
        let weak = Rc::downgrade(self);
        let Some(tape) = self.run.borrow_mut().as_mut().map(|run| {
            let file = run.names.of(name, &calendar::stamp());
            Tape::new(run.folder.clone(), file, move |saved| upgraded(&weak, |inner| inner.closed(id, saved)))
        }) else {
            return false;
        };
        self.takes.borrow_mut().push(Take { id, who: who.clone(), over: false, recorder, tape });
        true
    }

    fn taped(&self, id: u32, taped: Taped) {
        let takes = self.takes.borrow();
        let Some(take) = takes.iter().find(|take| take.id == id) else { return };
        match taped {
            Taped::End => take.tape.end(),
            Taped::Piece(piece) => {
                let bytes = js::field(&piece, "size").as_f64().unwrap_or_default();
                take.tape.put(piece);
                drop(takes);
                self.count(bytes);
            }
        }
    }

    /// What has no folder is in memory, all of it together up to a limit.
    fn count(&self, bytes: f64) {
        let full = self.run.borrow_mut().as_mut().is_some_and(|run| {
            run.kept += if run.folder.is_some() { 0.0 } else { bytes };
            run.kept > MOST_IN_MEMORY as f64
        });
        if full {
            self.fail(Trouble::Full);
        }
    }

    /// A file is saved, or will not be.
    fn closed(&self, id: u32, saved: bool) {
        let gone = {
            let mut takes = self.takes.borrow_mut();
            takes.iter().position(|take| take.id == id).map(|place| takes.swap_remove(place))
        };
        drop(gone);
        if saved {
            self.run.borrow_mut().iter_mut().for_each(|run| run.saved += 1);
        } else {
            self.fail(Trouble::Disk);
        }
        self.rest();
    }

    /// Something is the matter: it ends for all, and the others are told.
    fn fail(&self, trouble: Trouble) {
        self.run.borrow_mut().iter_mut().for_each(|run| run.trouble = Some(run.trouble.unwrap_or(trouble)));
        use_shell().record(false);
        // What began and failed in one step nobody has seen begin.
        self.finish();
    }

    /// It is over: each recorder gives its last piece.
    fn finish(&self) {
        if self.stage.get_untracked() == Stage::On {
            self.stage.set(Stage::Saving);
            self.takes.borrow_mut().iter_mut().for_each(Take::end);
            self.rest();
        }
    }

    /// What came of the last recording is not said any more, in another call nor when it was read.
    fn forget(&self) {
        if matches!(self.stage.get_untracked(), Stage::Saved(_) | Stage::Failed(_)) {
            self.stage.set(Stage::Off);
        }
    }

    /// Says what came of it once the last file is closed.
    fn rest(&self) {
        if self.stage.get_untracked() != Stage::Saving || !self.takes.borrow().is_empty() {
            return;
        }
        let Some(run) = self.run.take() else { return };
        self.stage.set(run.trouble.map_or(Stage::Saved(run.saved), Stage::Failed));
    }
}

fn upgraded(inner: &Weak<Inner>, act: impl FnOnce(&Rc<Inner>)) {
    if let Some(inner) = inner.upgrade() {
        act(&inner);
    }
}

impl Take {
    fn end(&mut self) {
        self.over = true;
        self.recorder.stop();
    }
}

/// Who is in the call, with the connection of each of the others.
fn people() -> Vec<(Who, String, Option<PeerKey>)> {
    let shown = use_shell().shown();
    let me = shown.me.with_untracked(|me| me.as_ref().map(|me| me.name.clone()).unwrap_or_default());
    let others = shown.call.with_untracked(|call| {
        let others = call.iter().flat_map(|call| &call.others);
        others
            .map(|other| (Some(other.device.clone()), other.person.name.clone(), Some(other.peer)))
            .collect::<Vec<_>>()
    });
    [(None, me, None)].into_iter().chain(others).collect()
}
