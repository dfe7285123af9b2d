//! What a person does to an element, in the terms of the views.
//!
//! A method with a type parameter only boxes what it is given: the rest is there once.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, HtmlElement};

use super::{El, Kept};
use crate::platform::js;
use crate::platform::listener::Listener;
use crate::platform::{Route, effect};
use crate::shell::use_shell;
use crate::signal::Signal;

impl El {
    /// Listens to events of one kind.
    pub fn on(mut self, kind: &'static str, react: impl FnMut(Event) + 'static) -> Self {
        self.listen(kind, Box::new(react));
        self
    }

    /// Listens to events of one kind before anything inside hears of them, and keeps them away while `react` says so.
    pub fn on_first(mut self, kind: &'static str, mut react: impl FnMut() -> bool + 'static) -> Self {
        let listener = Listener::first(self.element(), kind, move |event| {
            if react() {
                event.stop_propagation();
            }
        });
        self.0.kept.push(Kept::Listener { _own: listener });
        self
    }

    /// It was pressed, by whatever hand, key or tool.
    pub fn on_click(self, react: impl FnMut() + 'static) -> Self {
        self.clicked(Box::new(react))
    }

    fn clicked(self, mut react: Box<dyn FnMut()>) -> Self {
        self.on("click", move |_| react())
    }

    /// A link to another page of this program: pressed with nothing held, it opens here without loading anything.
    pub fn leads_to(self, route: Route) -> Self {
        let path = route.path();
        self.attr("href", &path).on("click", move |event| {
            let held =
                ["ctrlKey", "metaKey", "shiftKey", "altKey"].iter().any(|key| js::field(&event, key).is_truthy());
            if !held {
                event.prevent_default();
                use_shell().router().go(route.clone());
            }
        })
    }

    /// A key went down while the focus was in it.
    pub fn on_key(self, react: impl FnMut(&KeyboardEvent) + 'static) -> Self {
        self.typed(Box::new(react))
    }

    fn typed(self, mut react: Box<dyn FnMut(&KeyboardEvent)>) -> Self {
        self.on("keydown", move |event| react(event.unchecked_ref()))
    }

    /// A pointer did something: `pointerdown` and its relatives.
    pub fn on_pointer(self, kind: &'static str, react: impl FnMut(&PointerEvent) + 'static) -> Self {
        self.pointed(kind, Box::new(react))
    }

    fn pointed(self, kind: &'static str, mut react: Box<dyn FnMut(&PointerEvent)>) -> Self {
        self.on(kind, move |event| react(event.unchecked_ref()))
    }

    /// The text in the field, after each change to it.
    pub fn on_input(self, react: impl FnMut(String) + 'static) -> Self {
        self.changed("input", Box::new(react))
    }

    /// The value that was chosen.
    pub fn on_choice(self, react: impl FnMut(String) + 'static) -> Self {
        self.changed("change", Box::new(react))
    }

    fn changed(self, kind: &'static str, mut react: Box<dyn FnMut(String)>) -> Self {
        let field = JsValue::from(self.element());
        self.on(kind, move |_| react(js::text(&field, "value").unwrap_or_default()))
    }

    /// The box was ticked or not.
    pub fn on_tick(self, mut react: impl FnMut(bool) + 'static) -> Self {
        let field = JsValue::from(self.element());
        self.on("change", move |_| react(js::field(&field, "checked").is_truthy()))
    }

    /// The form was sent, which the page then does by itself.
    pub fn on_submit(self, react: impl FnMut() + 'static) -> Self {
        self.submitted(Box::new(react))
    }

    fn submitted(self, mut react: Box<dyn FnMut()>) -> Self {
        self.on("submit", move |event| {
            event.prevent_default();
            react();
        })
    }

    /// The value in the field, to begin with.
    pub fn value(self, value: &str) -> Self {
        js::set(self.element(), "value", &JsValue::from_str(value));
        self
    }

    /// The field holds what `text` says, also while somebody types into it.
    pub fn value_now(self, text: impl Fn() -> String + 'static) -> Self {
        let field = JsValue::from(self.element());
        self.keep(move || js::set(&field, "value", &JsValue::from_str(&text())))
    }

    /// Takes the focus when what it opens is closed again.
    pub fn focused_after(self, open: Signal<bool>) -> Self {
        let element = self.element().clone();
        let mut was_open = false;
        effect(move || {
            if std::mem::replace(&mut was_open, open.get()) && !open.get_untracked() {
                js::call(&element, "focus", &[]);
            }
        });
        self
    }

    /// Something outside of it was pressed.
    pub fn on_press_outside(self, mut react: impl FnMut() + 'static) -> Self {
        let element = self.element().clone();
        let mut outside = self;
        let listener = Listener::new(&document(), "pointerdown", move |event| {
            let target = js::field(&event, "target");
            if js::call(&element, "contains", &[&target]).is_some_and(|inside| inside.is_falsy()) {
                react();
            }
        });
        outside.0.kept.push(Kept::Listener { _own: listener });
        outside
    }

    /// The box is ticked while `on` says so.
    pub fn ticked_now(self, on: impl Fn() -> bool + 'static) -> Self {
        let field = JsValue::from(self.element());
        self.keep(move || js::set(&field, "checked", &JsValue::from_bool(on())))
    }

    /// Takes the focus as soon as it is in the page.
    pub fn focused(self) -> Self {
        let element = self.element().clone();
        // An effect runs when everything that is being made now is in its place.
        effect(move || {
            if let Some(element) = element.dyn_ref::<HtmlElement>() {
                let _ = element.focus();
            }
        });
        self
    }
}
