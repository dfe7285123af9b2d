//! What is open at the moment and concerns nobody but this page.

use std::cell::Cell;

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
    /// It is shown what can be done with them.
    pub(crate) person: RwSignal<Option<Person>>,
    /// A new room is about to be made: microphone and camera are being looked at.
    pub(crate) new_room: RwSignal<bool>,
}

impl Ui {
    /// Everything closed, for the views below.
    pub(crate) fn provide() -> Self {
        let closed = || RwSignal::new(false);
        let ui = Self {
            settings: closed(),
            keys: closed(),
            several: closed(),
            person: RwSignal::default(),
            new_room: closed(),
        };
        UI.set(Some(ui));
        ui
    }
}

thread_local! {
    /// There is one page in a tab.
    static UI: Cell<Option<Ui>> = const { Cell::new(None) };
}

/// The page's own signals.
pub(crate) fn use_ui() -> Ui {
    // A view outside of the page has its own, which open nothing.
    UI.get().unwrap_or_else(Ui::provide)
}
