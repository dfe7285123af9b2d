//! What is open at the moment and concerns nobody but this page.

use std::cell::{Cell, RefCell};

use protocol::Person;

use crate::signal::RwSignal;

/// Signals shared by views that are not inside each other.
#[derive(Clone, Copy)]
pub(crate) struct Ui {
    /// The settings are open.
    pub(crate) settings: RwSignal<bool>,
    /// The sheet with the keys is open.
    pub(crate) keys: RwSignal<bool>,
    /// It is being chosen whom to ring.
    pub(crate) several: RwSignal<bool>,
    /// It is shown what can be done with somebody: with whom [`whom`] says.
    pub(crate) person: RwSignal<bool>,
    /// A new room is about to be made: microphone and camera are being looked at.
    pub(crate) new_room: RwSignal<bool>,
}

impl Ui {
    /// Everything closed, for the views below.
    pub(crate) fn provide() -> Self {
        let closed = || RwSignal::new(false);
        let ui = Self { settings: closed(), keys: closed(), several: closed(), person: closed(), new_room: closed() };
        UI.set(Some(ui));
        ui
    }
}

thread_local! {
    /// There is one page in a tab.
    static UI: Cell<Option<Ui>> = const { Cell::new(None) };
    static WHOM: RefCell<Option<Person>> = const { RefCell::new(None) };
}

/// Shows what can be done with somebody.
pub(crate) fn show_person(person: &Person) {
    WHOM.set(Some(person.clone()));
    use_ui().person.set(true);
}

/// With whom something can be done; `None` before that was asked for.
pub(crate) fn whom() -> Option<Person> {
    WHOM.with_borrow(Clone::clone)
}

/// The page's own signals.
pub(crate) fn use_ui() -> Ui {
    // A view outside of the page has its own, which open nothing.
    UI.get().unwrap_or_else(Ui::provide)
}
