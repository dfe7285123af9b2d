//! The calls that are shown, and how far reading them is.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use crate::past::PastCall;
use crate::platform::calls::{self, Asked, Page, Query, Trouble};
use crate::platform::clock::Timer;
use crate::platform::{Missed, Session, now};
use crate::shell::use_shell;
use crate::signal::{RwSignal, Signal};

/// So long nobody types before what they typed is looked for.
const TYPED: Duration = Duration::from_millis(250);

/// Which calls are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Which {
    /// All of them.
    #[default]
    All,
    /// Those that rang here and that nobody answered.
    Missed,
    /// Voice calls of two.
    Voice,
    /// Video calls of two.
    Video,
}

/// How far reading is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Reading {
    /// Nothing of what is wanted is there yet.
    #[default]
    First,
    /// More is on its way.
    More,
    /// What was asked for is there.
    Done,
    /// It did not come.
    Failed(Trouble),
}

/// The calls that are shown. Cheap to clone.
#[derive(Clone)]
pub(super) struct Load(Rc<Inner>);

struct Inner {
    session: Session,
    missed: Missed,
    calls: RwSignal<Vec<PastCall>>,
    reading: RwSignal<Reading>,
    which: RwSignal<Which>,
    text: RwSignal<String>,
    /// What leads to the calls before those that are shown, if there are any.
    next: RwSignal<Option<String>>,
    /// The newest are missing.
    behind: RwSignal<bool>,
    asked: RefCell<Option<Asked>>,
    typed: RefCell<Option<Timer>>,
}

impl Load {
    /// Begins to read.
    pub(super) fn new() -> Self {
        let shell = use_shell();
        let this = Self(Rc::new(Inner {
            session: shell.session(),
            missed: shell.missed(),
            calls: RwSignal::default(),
            reading: RwSignal::default(),
            which: RwSignal::default(),
            text: RwSignal::default(),
            next: RwSignal::default(),
            behind: RwSignal::new(false),
            asked: RefCell::default(),
            typed: RefCell::default(),
        }));
        let weak = Rc::downgrade(&this.0);
        let typed = Timer::new(move || weak.upgrade().into_iter().for_each(|inner| Self(inner).begin()));
        this.0.typed.replace(Some(typed));
        this.begin();
        this
    }

    /// The calls, the last first.
    pub(super) fn calls(&self) -> Signal<Vec<PastCall>> {
        self.0.calls.read_only()
    }

    /// How far reading is.
    pub(super) fn reading(&self) -> Signal<Reading> {
        self.0.reading.read_only()
    }

    /// Which calls are shown.
    pub(super) fn which(&self) -> Signal<Which> {
        self.0.which.read_only()
    }

    /// There are earlier calls than those that are shown.
    pub(super) fn has_more(&self) -> bool {
        self.0.next.with(Option::is_some)
    }

    /// The newest calls are missing, because the relay cannot write them at the moment.
    pub(super) fn behind(&self) -> Signal<bool> {
        self.0.behind.read_only()
    }

    /// Everything is shown that there is, not only what was chosen.
    pub(super) fn is_everything(&self) -> bool {
        self.0.which.get() == Which::All && self.0.text.with(|text| text.trim().is_empty())
    }

    /// Shows only these.
    pub(super) fn choose(&self, which: Which) {
        self.0.which.set(which);
        self.begin();
    }

    /// Shows only calls with this in a name, as soon as nobody types any more.
    pub(super) fn search(&self, text: String) {
        self.0.text.set(text);
        if let Some(timer) = self.0.typed.borrow_mut().as_mut() {
            timer.set(Some(now() + TYPED));
        }
    }

    /// Reads from the start.
    pub(super) fn begin(&self) {
        self.0.reading.set(Reading::First);
        self.read(None);
    }

    /// Reads what comes before, unless that is on its way.
    pub(super) fn more(&self) {
        let next = self.0.next.get_untracked();
        if next.is_some() && self.0.reading.get_untracked() == Reading::Done {
            self.0.reading.set(Reading::More);
            self.read(next);
        }
    }

    /// Nothing is left.
    pub(super) fn emptied(&self) {
        self.0.calls.set(Vec::new());
        self.0.next.set(None);
    }

    fn read(&self, before: Option<String>) {
        let which = self.0.which.get_untracked();
        let kind = match which {
            Which::Voice => Some("voice"),
            Which::Video => Some("video"),
            Which::All | Which::Missed => None,
        };
        let first = before.is_none();
        let query = Query { kind, missed: which == Which::Missed, text: self.0.text.get_untracked(), before };
        let weak = Rc::downgrade(&self.0);
        // What was asked before is not wanted any more, and dropped with this.
        let asked = calls::page(&self.0.session, &query, move |page| {
            if let Some(inner) = weak.upgrade() {
                inner.take(first, page);
            }
        });
        self.0.asked.replace(Some(asked));
    }
}

impl Inner {
    fn take(&self, first: bool, page: Result<Page, Trouble>) {
        match page {
            Ok(page) => {
                if first && let Some(last) = page.calls.first() {
                    self.missed.seen(last.ended_at as u64);
                }
                self.next.set(page.next);
                self.behind.set(page.behind);
                self.calls.update(|calls| {
                    if first {
                        calls.clear();
                    }
                    calls.extend(page.calls);
                });
                self.reading.set(Reading::Done);
            }
            Err(trouble) => self.reading.set(Reading::Failed(trouble)),
        }
    }
}
