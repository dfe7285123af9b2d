//! Being told of calls while no page is open (Push API): the browser's subscription, and the relay that knows of it.
//!
//! The relay forgets a subscription that is not renewed, so it is told of it whenever the page is opened. Chromium, Firefox
//! and Safari each have a push service of their own; a browser without one, or one that cannot reach it, refuses, and the
//! person is told of calls while the page is open as before.

use std::cell::RefCell;

use js_sys::{JSON, Promise};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};

use super::js;
use super::session::{Entry, Session};
use super::task::Task;
use super::worker::Worker;

/// What the relay is asked.
const PATH: &str = "/api/push";

/// Whether this browser is to be told of whoever is signed in.
pub(crate) struct Reach {
    /// It is.
    pub(crate) wanted: bool,
    /// Who shows it.
    pub(crate) worker: Worker,
    /// Who is signed in.
    pub(crate) session: Session,
}

thread_local! {
    /// What is under way: a later wish takes the place of an earlier one.
    static UNDER_WAY: RefCell<Option<Task>> = const { RefCell::new(None) };
    /// In whose name the relay was told of this browser. Whoever signs out is to be forgotten there at once, and by then
    /// nobody is signed in any more.
    static TOLD: RefCell<Option<Session>> = const { RefCell::new(None) };
}

/// Subscribes, or ends what there is of a subscription.
pub(crate) fn reach(reach: &Reach) {
    let manager = js::field(&reach.worker.registration(), "pushManager");
    let (wanted, session) = (reach.wanted, reach.session.clone());
    let work = Task::new(async move {
        let done = if wanted { subscribe(&manager, &session).await } else { unsubscribe(&manager, &session).await };
        if done.is_none() {
            js::log("calls are not told of while no page is open", "");
        }
    });
    UNDER_WAY.replace(Some(work));
}

/// `None` if the browser or the relay refuses.
async fn subscribe(manager: &JsValue, session: &Session) -> Option<()> {
    let key = js::field(&session.read(PATH).await.ok()?, "public_key");
    // Every push is shown: browsers take no other wish (Push API section 7.2).
    let options = js::object(&[("userVisibleOnly", JsValue::TRUE), ("applicationServerKey", key)]);
    let subscription = match asked(manager, "subscribe", &[&options]).await {
        Some(subscription) => subscription,
        // There is one with another relay's key, or this relay's former one.
        None => {
            let former = asked(manager, "getSubscription", &[]).await?;
            asked(&former, "unsubscribe", &[]).await?;
            asked(manager, "subscribe", &[&options]).await?
        }
    };
    let wanted = js::call(&subscription, "toJSON", &[])?;
    js::set(&wanted, "language", &JsValue::from_str(language()));
    let body = JSON::stringify(&wanted).ok()?.into();
    let told = session.as_now();
    told.tell("PUT", PATH, Some(body)).await.ok()?;
    TOLD.set(Some(told));
    Some(())
}

/// The relay is told in the name of whoever was told of calls here; the push service is in any case, and tells the relay at
/// the next push.
async fn unsubscribe(manager: &JsValue, session: &Session) -> Option<()> {
    let subscription = asked(manager, "getSubscription", &[]).await?;
    let Some(endpoint) = js::text(&subscription, "endpoint") else { return Some(()) };
    let told = TOLD.take().or_else(|| (session.entry().get_untracked() == Entry::SignedIn).then(|| session.clone()));
    if let Some(told) = told {
        let _ = told.ask("DELETE", &[PATH, "?endpoint=", &encoded(&endpoint)].concat()).await;
    }
    asked(&subscription, "unsubscribe", &[]).await.map(drop)
}

/// Calls a method that answers later.
async fn asked(object: &JsValue, name: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    let promise: Promise = js::call(object, name, arguments)?.dyn_into().ok()?;
    js::settled(promise).await.ok()
}

/// As a query takes it (RFC 3986 section 2.1).
pub(crate) fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// The page's language, of those that the relay knows.
fn language() -> &'static str {
    let tag = document().document_element().and_then(|page| page.get_attribute("lang"));
    if tag.as_deref() == Some("vi") { "vi" } else { "en" }
}
