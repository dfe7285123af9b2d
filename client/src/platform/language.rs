//! The language of the page: what the browser asks for or the person chose, loaded if need be, and spoken.

use std::time::Duration;

use js_sys::Array;
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};

use super::clock::{Timer, now};
use super::effect::keep;
use super::storage::{self, Keep};
use super::{Loading, Part, Parts, effect, js, window};
use crate::doors;
use crate::signal::{RwSignal, Signal, memo};
use crate::words::{self, Language};

/// Under which the choice is kept; the module that starts the page reads it too (xtask/src/parts.rs).
const SETTING: &str = "alo-language";

/// So long the page waits for its first language. It is loaded beside the program, which is ten times as large.
const PATIENCE: Duration = Duration::from_secs(5);

/// The languages of this page. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Languages {
    parts: Parts,
    wanted: RwSignal<Language>,
    spoken: RwSignal<Option<Language>>,
    /// A person chose, and the views have not been made anew since.
    chosen: RwSignal<bool>,
}

impl Languages {
    /// Speaks the language that was chosen, else the first of the browser's that there is, else English.
    pub(crate) fn new(parts: Parts) -> Self {
        let kept = storage::load(Keep::Always, SETTING).and_then(|tag| Language::of(&tag));
        let wanted = kept.or_else(|| asked_for().find_map(|tag| Language::of(&tag))).unwrap_or(Language::English);
        let this =
            Self { parts, wanted: RwSignal::new(wanted), spoken: RwSignal::default(), chosen: RwSignal::new(false) };
        this.load();
        this.follow();
        effect(move || this.follow());
        if this.spoken.get_untracked().is_none() {
            let mut patience = Timer::new(move || this.speak_any());
            patience.set(Some(now() + PATIENCE));
            keep(patience);
        }
        this
    }

    /// What is spoken; nothing while the first language is on its way.
    #[must_use]
    pub fn spoken(self) -> Signal<Option<Language>> {
        self.spoken.read_only()
    }

    /// What should be spoken.
    #[must_use]
    pub fn wanted(self) -> Signal<Language> {
        self.wanted.read_only()
    }

    /// What should be spoken could not be loaded.
    #[must_use]
    pub fn failed(self) -> Signal<bool> {
        let loading = self.parts.loading(Part::Vietnamese);
        memo(move || self.wanted.get() == Language::Vietnamese && loading.get() == Loading::Failed)
    }

    /// Speaks this one from now on and on later visits; what could not be loaded is asked for again.
    pub fn choose(self, language: Language) {
        storage::store(Keep::Always, SETTING, language.tag());
        self.chosen.set(true);
        self.wanted.set(language);
        self.load();
    }

    /// Whether a person has just chosen; told once.
    pub(crate) fn was_just_chosen(self) -> bool {
        let chosen = self.chosen.get_untracked();
        self.chosen.set(false);
        chosen
    }

    fn load(self) {
        if self.wanted.get_untracked() == Language::Vietnamese {
            self.parts.want(Part::Vietnamese);
        }
    }

    /// English rather than nothing.
    fn speak_any(self) {
        if self.spoken.get_untracked().is_none() {
            self.speak(Language::English);
        }
    }

    /// A language that does not come leaves the one before.
    fn follow(self) {
        let loading = self.parts.loading(Part::Vietnamese);
        match (self.wanted.get(), loading.get()) {
            (Language::English, _) => self.speak(Language::English),
            (Language::Vietnamese, Loading::There) => self.speak(Language::Vietnamese),
            (Language::Vietnamese, Loading::Failed) => self.speak_any(),
            (Language::Vietnamese, Loading::Unasked | Loading::Waits) => {}
        }
    }

    fn speak(self, language: Language) {
        if self.spoken.get_untracked() == Some(language) {
            return;
        }
        words::speak(match language {
            Language::English => None,
            Language::Vietnamese => Some(doors::vietnamese(&())),
        });
        if let Some(page) = document().document_element() {
            // Fails only for a name that is none.
            let _ = page.set_attribute("lang", language.tag());
        }
        self.spoken.set(Some(language));
    }
}

/// The tags of the browser's languages, the dearest first (HTML section 8.9.1.5).
fn asked_for() -> impl Iterator<Item = String> {
    let list = js::field(&window().navigator(), "languages").dyn_into::<Array>().unwrap_or_default();
    list.into_iter().filter_map(|tag| tag.as_string())
}

/// How dates and times are written: as the browser's region does where it asks for the page's language, else as is usual
/// in that language. A tag, or `undefined` for a page without a language.
pub(crate) fn locale() -> JsValue {
    let page = document().document_element().and_then(|page| page.get_attribute("lang"));
    let spoken = page.as_deref().and_then(Language::of);
    asked_for().find(|tag| spoken.is_some() && Language::of(tag) == spoken).or(page).into()
}
