//! Who this is: a guest who gave a name, or somebody whom another product's token names.

use std::cell::RefCell;
use std::rc::Rc;

use call::{Command, Input};
use protocol::DeviceId;
use wasm_bindgen::JsValue;
use web_sys::Response;

use super::device_id::Seat;
use super::http::{self, Coming, HttpError};
use super::queue::Sender;
use super::storage::{self, Keep};
use super::task::spawn;
use super::{js, window};
use crate::signal::{RwSignal, Signal};

const NAME: &str = "alo-name";
const TOKEN: &str = "alo-token";
const RENEWED: &str = "alo-token-renewed";
/// A token of another product is this tab's alone: another tab may belong to another of its users.
const FOREIGN_TOKEN: &str = "alo-foreign-token";
const DAY_MILLIS: f64 = 24.0 * 60.0 * 60.0 * 1000.0;

/// How far somebody has come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// It is not known yet whether a name is needed.
    Opening,
    /// A name is needed; what went wrong with the last one, if anything did.
    NeedsName(Option<SignInProblem>),
    /// The name is on its way.
    SigningIn,
    /// A token is there. Whether the relay is too is in [`call::LinkView`].
    SignedIn,
}

/// Why signing in did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInProblem {
    /// No answer came from the relay.
    Unreachable,
    /// The name is empty or of nothing one could see.
    BadName,
    /// Too many sign-ins from here in a short time.
    TooOften,
    /// The token that somebody came with, or had from before, is not accepted.
    Refused,
    /// This relay takes no guests: people come in from another product, which names them.
    NoGuests,
    /// Anything else.
    Other,
}

impl From<HttpError> for SignInProblem {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Unreachable => Self::Unreachable,
            HttpError::Refused { code } => match code.as_str() {
                "bad_message" | "too_big" => Self::BadName,
                "rate_limited" => Self::TooOften,
                _ => Self::Other,
            },
        }
    }
}

/// Signs in, renews and signs out.
#[derive(Clone)]
pub struct Session {
    entry: RwSignal<Entry>,
    events: Sender,
    token: Rc<RefCell<Option<Token>>>,
    seat: Seat,
}

#[derive(Clone)]
struct Token {
    text: String,
    /// Ours, so that it can be renewed here.
    guest: bool,
}

impl Session {
    pub(crate) fn new(events: Sender) -> Self {
        let entry = RwSignal::new(Entry::Opening);
        Self { entry, events, token: Rc::default(), seat: Seat::default() }
    }

    /// How far somebody has come in.
    #[must_use]
    pub fn entry(&self) -> Signal<Entry> {
        self.entry.read_only()
    }

    /// The name given last, to be offered again.
    #[must_use]
    pub fn last_name(&self) -> String {
        storage::load(Keep::Always, NAME).unwrap_or_default()
    }

    /// Signs in as a guest of this name.
    pub fn sign_in(&self, name: &str) {
        self.entry.set(Entry::SigningIn);
        let body = js::object(&[("name", JsValue::from_str(name))]);
        let (this, name) = (self.clone(), name.to_owned());
        spawn(async move {
            match http::post("/api/session", None, &body).await {
                Ok(answer) => this.take_answer(&answer, &name),
                Err(error) => this.entry.set(Entry::NeedsName(Some(error.into()))),
            }
        });
    }

    /// Forgets who this is and closes the connection.
    pub fn sign_out(&self) {
        self.forget();
        self.events.send(Input::Command(Command::SignOut));
        self.entry.set(Entry::NeedsName(None));
    }

    /// Begins: with the token in the address, else with the one kept, else by asking for a name.
    pub(crate) fn open(&self) {
        if let Some(text) = token_in_address() {
            storage::store(Keep::ThisTab, FOREIGN_TOKEN, &text);
            self.enter(Token { text, guest: false });
        } else if let Some(text) = storage::load(Keep::ThisTab, FOREIGN_TOKEN) {
            self.enter(Token { text, guest: false });
        } else if let Some(text) = storage::load(Keep::Always, TOKEN) {
            self.enter(Token { text, guest: true });
            self.renew_if_old();
        } else {
            self.ask_for_name(None);
        }
    }

    /// The relay does not accept the token (any more).
    pub(crate) fn refused(&self, expired: bool) {
        let guest = self.token.borrow().as_ref().is_some_and(|token| token.guest);
        if guest && expired {
            self.renew(true);
        } else {
            self.forget();
            self.ask_for_name(Some(SignInProblem::Refused));
        }
    }

    /// Renews a guest's token once a day, so that it never runs out while the page is used.
    pub(crate) fn renew_if_old(&self) {
        let guest = self.token.borrow().as_ref().is_some_and(|token| token.guest);
        if guest && storage::load(Keep::Always, RENEWED) != Some(today()) {
            self.renew(false);
        }
    }

    /// `needed`: the token in hand is of no use any more.
    fn renew(&self, needed: bool) {
        let Some(token) = self.token.borrow().clone() else { return };
        let this = self.clone();
        spawn(async move {
            match http::post("/api/session/renew", Some(&token.text), &js::object(&[])).await {
                Ok(answer) => this.take_answer(&answer, &this.last_name()),
                Err(HttpError::Unreachable) if needed => {
                    this.entry.set(Entry::NeedsName(Some(SignInProblem::Unreachable)));
                }
                // The old one is good for a while yet.
                Err(HttpError::Unreachable) => {}
                Err(HttpError::Refused { .. }) => {
                    this.forget();
                    this.ask_for_name(Some(SignInProblem::Refused));
                }
            }
        });
    }

    fn take_answer(&self, answer: &JsValue, asked: &str) {
        let Some(text) = js::text(answer, "token") else {
            return self.entry.set(Entry::NeedsName(Some(SignInProblem::Other)));
        };
        let name = js::text(&js::field(answer, "user"), "name");
        storage::store(Keep::Always, NAME, name.as_deref().unwrap_or(asked));
        storage::store(Keep::Always, TOKEN, &text);
        storage::store(Keep::Always, RENEWED, &today());
        self.enter(Token { text, guest: true });
    }

    fn enter(&self, token: Token) {
        *self.token.borrow_mut() = Some(token);
        self.entry.set(Entry::SignedIn);
        let this = self.clone();
        spawn(async move {
            let device = this.seat.load().await;
            // Renewed meanwhile, or signed out.
            let token = this.token.borrow().as_ref().map(|token| token.text.clone());
            if let Some(token) = token {
                this.events.send(Input::Command(Command::SignIn { token, device }));
            }
        });
    }

    /// Asks the relay's own API in this person's name; the answer is not read yet.
    pub(crate) fn ask(&self, method: &str, path: &str) -> Coming<Response> {
        http::send(method, path, self.token.borrow().as_ref().map(|token| token.text.as_str()), None)
    }

    /// The same with a body of JSON, written out.
    pub(crate) fn tell(&self, method: &str, path: &str, body: Option<JsValue>) -> Coming<Response> {
        http::send(method, path, self.token.borrow().as_ref().map(|token| token.text.as_str()), body)
    }

    /// Reads JSON of the relay's own API in this person's name.
    pub(crate) fn read(&self, path: &str) -> Coming<JsValue> {
        http::get(path, self.token.borrow().as_ref().map(|token| token.text.as_str()))
    }

    /// Asks in the name of whoever is signed in now, whatever becomes of that.
    pub(crate) fn as_now(&self) -> Self {
        Self { token: Rc::new(RefCell::new(self.token.borrow().clone())), ..self.clone() }
    }

    /// This tab's address inside calls.
    pub(crate) fn device(&self) -> Option<DeviceId> {
        self.seat.device()
    }

    /// Keeps this tab's address for a reload.
    pub(crate) fn remember(&self, device: &DeviceId) {
        self.seat.remember(device);
    }

    fn forget(&self) {
        *self.token.borrow_mut() = None;
        storage::remove(Keep::ThisTab, FOREIGN_TOKEN);
        storage::remove(Keep::Always, TOKEN);
    }

    /// Asks for a name, or says at once that a name would not help here.
    fn ask_for_name(&self, problem: Option<SignInProblem>) {
        self.entry.set(Entry::NeedsName(problem));
        let entry = self.entry;
        spawn(async move {
            let guests = http::get("/api/config", None).await.map(|config| js::field(&config, "guests"));
            if guests.is_ok_and(|guests| guests.is_falsy() && !guests.is_undefined()) {
                entry.set(Entry::NeedsName(Some(SignInProblem::NoGuests)));
            }
        });
    }
}

/// The day, counted from 1970, as text.
fn today() -> String {
    // A day count fits 32 bits for eleven million years.
    let day = (js_sys::Date::now() / DAY_MILLIS) as u32;
    day.to_string()
}

/// The token handed over in the address as `#token=…`, which never reaches a server's log. It is taken out of the
/// address at once, so that it is not shared with a copied link.
fn token_in_address() -> Option<String> {
    let location = window().location();
    let hash = location.hash().ok()?;
    let token = hash.strip_prefix("#token=")?.split('&').next()?.to_owned();
    if let (Ok(history), Ok(path)) = (window().history(), location.pathname()) {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
    }
    (!token.is_empty()).then_some(token)
}
