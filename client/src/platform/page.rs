//! The tab: seen or hidden, online or not, awake, and what it is called.
//!
//! Nothing is said when the tab closes. The browser closes the socket with 1001 by itself, and hanging up would end the
//! call of somebody who only reloads: the relay keeps their place for a while instead.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use call::{Input, LinkEvent};
use js_sys::Promise;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::VisibilityState;

use super::effect::{effect, keep};
use super::js;
use super::listener::Listener;
use super::queue::Sender;
use super::task::spawn;
use crate::signal::{RwSignal, Signal};

/// Follows the tab until dropped.
pub(crate) struct Page {
    awake: Rc<Awake>,
    _listeners: Vec<Listener>,
}

impl Page {
    /// Tells `events` whenever the network may be back or another, and calls `seen` when the tab comes to the front.
    pub(crate) fn new(events: &Sender, seen: impl Fn() + 'static) -> Self {
        let awake = Rc::new(Awake::default());
        let window = window();
        let changed = |events: &Sender| events.send(Input::Link(LinkEvent::NetworkChanged));
        let mut listeners = Vec::with_capacity(4);
        let sender = events.clone();
        listeners.push(Listener::new(&window, "online", move |_| changed(&sender)));
        let sender = events.clone();
        // Back from the browser's page cache: what was open is closed.
        listeners.push(Listener::new(&window, "pageshow", move |event| {
            if js::field(&event, "persisted").is_truthy() {
                changed(&sender);
            }
        }));
        let sender = events.clone();
        let connection = js::field(&window.navigator(), "connection");
        listeners.extend(Listener::maybe(&connection, "change", move |_| changed(&sender)));
        let (sender, lock) = (events.clone(), Rc::downgrade(&awake));
        listeners.push(Listener::new(&document(), "visibilitychange", move |_| {
            if document().visibility_state() == VisibilityState::Visible {
                changed(&sender);
                Awake::ask(&lock);
                seen();
            }
        }));
        Self { awake, _listeners: listeners }
    }

    /// Keeps the screen on, or lets it sleep.
    pub(crate) fn keep_awake(&self, on: bool) {
        *self.awake.wanted.borrow_mut() = on;
        if on {
            Awake::ask(&Rc::downgrade(&self.awake));
        } else {
            self.awake.release();
        }
    }
}

/// The screen's wake lock (screen-wake-lock section 5). The browser takes it away whenever the tab is hidden.
#[derive(Default)]
struct Awake {
    wanted: RefCell<bool>,
    sentinel: RefCell<Option<JsValue>>,
}

impl Awake {
    fn ask(this: &Weak<Self>) {
        let Some(awake) = this.upgrade().filter(|awake| *awake.wanted.borrow()) else { return };
        awake.release();
        let lock = js::field(&window().navigator(), "wakeLock");
        let asked = js::call(&lock, "request", &[&JsValue::from_str("screen")]).map(JsCast::dyn_into::<Promise>);
        let Some(Ok(asked)) = asked else { return };
        let this = this.clone();
        spawn(async move {
            // Refused when the battery is low or the tab hidden: the screen sleeps as it always does.
            let Ok(sentinel) = js::settled(asked).await else { return };
            let Some(awake) = this.upgrade() else { return };
            awake.sentinel.replace(Some(sentinel));
            if !*awake.wanted.borrow() {
                awake.release();
            }
        });
    }

    fn release(&self) {
        if let Some(sentinel) = self.sentinel.take() {
            js::ask(&sentinel, "release", &[]);
        }
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        self.release();
    }
}

/// Whether the tab is to be seen, for as long as the component lives that asks.
#[must_use]
pub fn visible() -> Signal<bool> {
    let is_visible = || document().visibility_state() == VisibilityState::Visible;
    let visible = RwSignal::new(is_visible());
    keep(Listener::new(&document(), "visibilitychange", move |_| visible.set(is_visible())));
    visible.read_only()
}

/// Calls the tab by this name for as long as the component lives that asks.
pub fn tab_title(title: Signal<String>) {
    effect(move || document().set_title(&title.get()));
}
