//! Parts of the program that are loaded when they are first wanted (docs/decisions/012).
//!
//! The module that starts the page knows their files; `aloPart` loads them (xtask/src/parts.rs).

use crate::signal::{RwSignal, Signal};

/// A part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A call and what is around it: the settings, the page before a room, the end of a call, help; and how good it is.
    Aside,
    /// The history of calls.
    History,
    /// All texts in Vietnamese.
    Vietnamese,
    /// What people in a call exchange beside voice and picture.
    Along,
    /// "Can I call?".
    Check,
}

/// How far a part is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Loading {
    /// Nobody has wanted it yet.
    #[default]
    Unasked,
    /// It is on its way.
    Waits,
    /// Its door can be opened.
    There,
    /// It did not come.
    Failed,
}

/// The parts of this page. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Parts {
    aside: RwSignal<Loading>,
    history: RwSignal<Loading>,
    vietnamese: RwSignal<Loading>,
    along: RwSignal<Loading>,
    check: RwSignal<Loading>,
}

impl Parts {
    /// None of them loaded.
    pub(crate) fn new() -> Self {
        Self {
            aside: RwSignal::default(),
            history: RwSignal::default(),
            vietnamese: RwSignal::default(),
            along: RwSignal::default(),
            check: RwSignal::default(),
        }
    }

    const fn of(self, part: Part) -> RwSignal<Loading> {
        match part {
            Part::Aside => self.aside,
            Part::History => self.history,
            Part::Vietnamese => self.vietnamese,
            Part::Along => self.along,
            Part::Check => self.check,
        }
    }

    /// How far a part is.
    #[must_use]
    pub const fn loading(self, part: Part) -> Signal<Loading> {
        self.of(part).read_only()
    }

    /// Its door can be opened.
    pub(crate) fn is_there(self, part: Part) -> bool {
        self.of(part).get_untracked() == Loading::There
    }

    /// Loads a part, unless it is there or on its way.
    pub fn want(self, part: Part) {
        let loading = self.of(part);
        if matches!(loading.get_untracked(), Loading::Unasked | Loading::Failed) {
            loading.set(Loading::Waits);
            load(part, loading);
        }
    }
}

/// Everything is there from the start.
#[cfg(not(feature = "parts"))]
fn load(_: Part, loading: RwSignal<Loading>) {
    loading.set(Loading::There);
}

#[cfg(feature = "parts")]
fn load(part: Part, loading: RwSignal<Loading>) {
    use super::{js, task, window};
    use wasm_bindgen::{JsCast, JsValue};

    let name = match part {
        Part::Aside => "aside",
        Part::History => "history",
        // A language's part is named by its tag: the module that starts the page begins to load it.
        Part::Vietnamese => "vi",
        Part::Along => "along",
        Part::Check => "check",
    };
    let coming = js::call(&window(), "aloPart", &[&JsValue::from_str(name)]).and_then(|coming| coming.dyn_into().ok());
    task::spawn(async move {
        let came = match coming {
            Some(coming) => js::settled(coming).await.is_ok(),
            None => false,
        };
        loading.set(if came { Loading::There } else { Loading::Failed });
    });
}
