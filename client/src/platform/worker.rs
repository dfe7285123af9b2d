//! The service worker (static/sw.js) and what it is for: a page that opens without the relay, and calls that are told of
//! while nobody looks at the page.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use call::{Command, Input};
use js_sys::Promise;
use leptos::prelude::document;
use protocol::CallId;
use wasm_bindgen::{JsCast, JsValue};

use super::listener::Listener;
use super::queue::Sender;
use super::storage::{self, Keep};
use super::task::spawn;
use super::{js, window};
use crate::signal::{RwSignal, Signal};

const FILE: &str = "/sw.js";
const SETTING: &str = "alo-notify";
const ON: &str = "on";

/// Whether somebody is told of calls while they do not look at the page (Notifications API section 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notifying {
    /// The browser has no such thing, or not here: it takes a secure page and a service worker.
    #[default]
    Impossible,
    /// Not wanted, or not asked yet.
    Off,
    /// As wished.
    On,
    /// The browser was told to refuse it.
    Blocked,
}

/// A call that is told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Which one; a second notice of the same call takes the place of the first.
    pub call_id: CallId,
    /// Who rings.
    pub title: String,
    /// What kind of call it is.
    pub body: &'static str,
    /// The word for accepting.
    pub accept: &'static str,
    /// The word for declining.
    pub decline: &'static str,
    /// It is not to be heard.
    pub silent: bool,
}

/// The page's side of the worker. Cheap to clone.
#[derive(Clone)]
pub struct Worker(Rc<Inner>);

struct Inner {
    notifying: RwSignal<Notifying>,
    updated: RwSignal<bool>,
    registration: RefCell<JsValue>,
    /// The notice that is wanted, shown or not yet.
    wanted: RefCell<Option<Notice>>,
    /// What the page began with was under a worker's hand.
    controlled: Cell<bool>,
    listeners: RefCell<Vec<Listener>>,
}

impl Worker {
    /// Registers the worker, where there can be one.
    pub(crate) fn new(events: &Sender) -> Self {
        let this = Self(Rc::new(Inner {
            notifying: RwSignal::default(),
            updated: RwSignal::new(false),
            registration: RefCell::new(JsValue::UNDEFINED),
            wanted: RefCell::default(),
            controlled: Cell::new(false),
            listeners: RefCell::default(),
        }));
        let container = js::field(&window().navigator(), "serviceWorker");
        if let Some(Ok(coming)) = js::call(&container, "register", &[&JsValue::from_str(FILE)]).map(JsCast::dyn_into) {
            this.0.controlled.set(js::field(&container, "controller").is_truthy());
            this.listen(&container, events.clone());
            this.register(coming);
        }
        this
    }

    /// Whether calls are told of.
    #[must_use]
    pub fn notifying(&self) -> Signal<Notifying> {
        self.0.notifying.read_only()
    }

    /// Another build of the page has taken over: a reload shows it.
    #[must_use]
    pub fn updated(&self) -> Signal<bool> {
        self.0.updated.read_only()
    }

    /// What pushes are subscribed to with; `undefined` where there is no worker.
    pub(super) fn registration(&self) -> JsValue {
        self.0.registration.borrow().clone()
    }

    /// Wants to be told of calls, or not any more; to be called from a click, for the browser may ask.
    pub fn set_notifying(&self, on: bool) {
        storage::store(Keep::Always, SETTING, if on { ON } else { "" });
        if on && permission().as_deref() == Some("default") {
            let this = self.clone();
            let asked = js::call(&notification(), "requestPermission", &[]).map(JsCast::dyn_into::<Promise>);
            if let Some(Ok(asked)) = asked {
                spawn(async move {
                    let _ = js::settled(asked).await;
                    this.look();
                });
            }
        }
        self.look();
    }

    /// Tells of a call while nobody looks at the page; `None` takes it back.
    pub fn tell(&self, notice: Option<Notice>) {
        let before = self.0.wanted.replace(notice.clone());
        if before == notice {
            return;
        }
        if let Some(before) = before {
            self.close(&before.call_id);
        }
        if let Some(notice) = notice.filter(|_| self.0.notifying.get_untracked() == Notifying::On) {
            self.show(&notice);
        }
    }

    fn listen(&self, container: &JsValue, events: Sender) {
        let weak = Rc::downgrade(&self.0);
        let changed = Listener::maybe(container, "controllerchange", move |_| {
            let Some(inner) = weak.upgrade() else { return };
            // The first worker of all takes over a page that is as new as itself.
            if inner.controlled.replace(true) {
                inner.updated.set(true);
            }
        });
        let told = Listener::maybe(container, "message", move |event| {
            if let Some(answer) = answer(&js::field(&event, "data")) {
                events.send(answer);
            }
        });
        self.0.listeners.borrow_mut().extend([changed, told].into_iter().flatten());
    }

    fn register(&self, coming: Promise) {
        let this = self.clone();
        spawn(async move {
            // A certificate that the person accepted by hand is not good enough for a worker; all else works without.
            if let Ok(registration) = js::settled(coming).await {
                if is_opened_to_accept() {
                    js::call(&js::field(&registration, "active"), "postMessage", &[&JsValue::from_str("accepted")]);
                }
                *this.0.registration.borrow_mut() = registration;
                this.look();
            }
        });
    }

    /// How things stand, as the browser says.
    fn look(&self) {
        let wanted = storage::load(Keep::Always, SETTING).is_some();
        self.0.notifying.set(match permission().as_deref() {
            _ if self.0.registration.borrow().is_undefined() => Notifying::Impossible,
            None => Notifying::Impossible,
            Some("denied") => Notifying::Blocked,
            Some("granted") if wanted => Notifying::On,
            Some(_) => Notifying::Off,
        });
    }

    /// Looks whether there is another build, once in a while when somebody comes back to the page.
    pub(crate) fn look_for_update(&self) {
        js::ask(&self.0.registration.borrow(), "update", &[]);
    }

    fn show(&self, notice: &Notice) {
        let action = |action: &str, title: &str| {
            js::object(&[("action", JsValue::from_str(action)), ("title", JsValue::from_str(title))])
        };
        let actions: js_sys::Array =
            [action("accept", notice.accept), action("decline", notice.decline)].into_iter().collect();
        let options = js::object(&[
            ("body", JsValue::from_str(notice.body)),
            ("tag", JsValue::from_str(notice.call_id.as_str())),
            ("icon", JsValue::from_str("/icon-192.png")),
            ("requireInteraction", JsValue::TRUE),
            ("silent", notice.silent.into()),
            ("actions", actions.into()),
        ]);
        js::ask(&self.0.registration.borrow(), "showNotification", &[&JsValue::from_str(&notice.title), &options]);
    }

    /// Takes back the notice of a call that does not ring any more.
    fn close(&self, call_id: &CallId) {
        let filter = js::object(&[("tag", JsValue::from_str(call_id.as_str()))]);
        let list = js::call(&self.0.registration.borrow(), "getNotifications", &[&filter]);
        let Some(Ok(list)) = list.map(JsCast::dyn_into::<Promise>) else { return };
        spawn(async move {
            if let Ok(list) = js::settled(list).await {
                js_sys::Array::from(&list).iter().for_each(|shown| drop(js::call(&shown, "close", &[])));
            }
        });
    }
}

/// Nobody looks at the page: it is behind another tab or another window.
#[must_use]
pub fn unseen() -> bool {
    js::field(&document(), "hidden").is_truthy()
        || js::call(&document(), "hasFocus", &[]).is_some_and(|focus| focus.is_falsy())
}

fn notification() -> JsValue {
    js::field(&window(), "Notification")
}

/// `default`, `granted` or `denied`, where there are notifications.
fn permission() -> Option<String> {
    js::text(&notification(), "permission")
}

/// The worker has opened this page for a call that the person accepted on a notice. That is taken out of the address at
/// once, so that a reload does not ask again.
fn is_opened_to_accept() -> bool {
    let opened = window().location().hash().is_ok_and(|hash| hash == "#accept");
    if let (true, Ok(history)) = (opened, window().history()) {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some("/"));
    }
    opened
}

/// What the person answered on a notice, as the worker tells it: `{ answer: "accept" | "decline", call }`.
fn answer(message: &JsValue) -> Option<Input> {
    let call_id: CallId = js::text(message, "call")?.parse().ok()?;
    let command = match js::text(message, "answer")?.as_str() {
        // Nobody is hung up on from outside of the page, where that can be helped.
        // With sound alone: what is seen of somebody who has not looked at the page yet is for them to say.
        "accept" => Command::Accept { call_id, camera: false, hold: true },
        "decline" => Command::Decline { call_id },
        _ => return None,
    };
    Some(Input::Command(command))
}
