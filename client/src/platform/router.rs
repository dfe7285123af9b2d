//! Which page is shown: the address bar, read and written.

use std::cell::RefCell;
use std::rc::Rc;

use protocol::{CallId, RoomCode};
use wasm_bindgen::JsValue;

use super::listener::Listener;
use super::task::spawn;
use super::{address, http, js, window};
use crate::find::split;
use crate::signal::{RwSignal, Signal};

/// The pages there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `/`
    Home,
    /// `/r/CODE`
    Room(RoomCode),
    /// `/calls`
    Calls,
    /// `/calls/ID`
    PastCall(CallId),
    /// `/check`
    Check,
    /// Anything else.
    NotFound,
}

impl Route {
    /// The page at a path.
    #[must_use]
    pub fn of(path: &str) -> Self {
        match path.trim_end_matches('/') {
            "" => Self::Home,
            "/calls" => Self::Calls,
            "/check" => Self::Check,
            path => match path.strip_prefix("/calls/") {
                Some(id) => id.parse().map_or(Self::NotFound, Self::PastCall),
                None => {
                    let code = path.strip_prefix("/r/").map(with_spaces);
                    code.and_then(|code| code.parse().ok()).map_or(Self::NotFound, Self::Room)
                }
            },
        }
    }

    /// The path of a page.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Home | Self::NotFound => "/".to_owned(),
            Self::Room(code) => ["/r/", code.as_str()].concat(),
            Self::Calls => "/calls".to_owned(),
            Self::Check => "/check".to_owned(),
            Self::PastCall(id) => ["/calls/", id.as_str()].concat(),
        }
    }
}

/// A path writes a space as `%20` (RFC 3986 section 2.1).
fn with_spaces(path: &str) -> String {
    let (mut text, mut rest) = (String::new(), path);
    while let Some((before, after)) = split(rest, "%20") {
        text.push_str(before);
        text.push(' ');
        rest = after;
    }
    text.push_str(rest);
    text
}

/// The room somebody names by its code or by its link.
#[must_use]
pub fn room_in(text: &str) -> Option<RoomCode> {
    let mut code = text.trim();
    while let Some((_, after)) = split(code, "/r/") {
        code = after;
    }
    code.split(['?', '#', '/']).next()?.parse().ok()
}

/// Follows the address bar, and sets it.
#[derive(Clone)]
pub struct Router {
    route: RwSignal<Route>,
    /// Where others reach this relay, if that is not the address of this page.
    elsewhere: Rc<RefCell<Option<String>>>,
    _back: Rc<Listener>,
}

impl Router {
    pub(crate) fn new() -> Self {
        let route = RwSignal::new(current());
        let back = Listener::new(&window(), "popstate", move |_| route.set(current()));
        let this = Self { route, elsewhere: Rc::default(), _back: Rc::new(back) };
        if is_this_machine(&window().location().hostname().unwrap_or_default()) {
            this.ask_where_others_go();
        }
        this
    }

    fn ask_where_others_go(&self) {
        let elsewhere = Rc::clone(&self.elsewhere);
        spawn(async move {
            let links = http::get("/api/config", None).await.map(|config| js::field(&config, "links"));
            *elsewhere.borrow_mut() = links.ok().and_then(|links| js::text(&links, "0"));
        });
    }

    /// The page to show.
    #[must_use]
    pub fn route(&self) -> Signal<Route> {
        self.route.read_only()
    }

    /// Goes to a page; the browser's back button returns.
    pub fn go(&self, route: Route) {
        self.set(route, false);
    }

    /// Shows a page in the place of this one, for when going back to this one would make no sense.
    pub fn replace(&self, route: Route) {
        self.set(route, true);
    }

    /// The link to a room, for others: `localhost` would lead them to their own machine.
    #[must_use]
    pub fn link(&self, room: &RoomCode) -> String {
        let elsewhere = self.elsewhere.borrow().clone();
        [elsewhere.unwrap_or_else(address).as_str(), "/r/", room.as_str()].concat()
    }

    fn set(&self, route: Route, replace: bool) {
        if self.route.with_untracked(|shown| *shown == route) {
            return;
        }
        let path = route.path();
        // Browsers refuse this only to pages that do it hundreds of times; then the address stays and the page changes.
        if let Ok(history) = window().history() {
            let _ = match replace {
                true => history.replace_state_with_url(&JsValue::NULL, "", Some(&path)),
                false => history.push_state_with_url(&JsValue::NULL, "", Some(&path)),
            };
        }
        self.route.set(route);
    }
}

/// Names of a machine that it has for itself alone (RFC 6761 section 6.3).
fn is_this_machine(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

fn current() -> Route {
    Route::of(&window().location().pathname().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn room() -> RoomCode {
        "abcd-efgh-jkmn".parse().unwrap()
    }

    #[test]
    fn paths_and_pages() {
        assert_eq!(Route::of("/"), Route::Home);
        assert_eq!(Route::of(""), Route::Home);
        assert_eq!(Route::of("/r/abcd-efgh-jkmn"), Route::Room(room()));
        assert_eq!(Route::of("/r/ABCDEFGHJKMN/"), Route::Room(room()));
        assert_eq!(Route::of("/r/abcd%20efgh%20jkmn"), Route::Room(room()));
        assert_eq!(Route::of("/r/abc"), Route::NotFound);
        assert_eq!(Route::of("/elsewhere"), Route::NotFound);
        assert_eq!(Route::of("/calls/"), Route::Calls);
        let call = Route::PastCall("c_5fb2c1ad90e84c77".parse().unwrap());
        assert_eq!(Route::of(&call.path()), call);
        assert_eq!(Route::of("/calls/never"), Route::NotFound);
        assert_eq!(Route::of(&Route::Room(room()).path()), Route::Room(room()));
    }

    #[test]
    fn a_room_is_named_by_code_or_link() {
        assert_eq!(room_in(" abcd efgh jkmn "), Some(room()));
        assert_eq!(room_in("https://alo.example/r/abcd-efgh-jkmn"), Some(room()));
        assert_eq!(room_in("https://alo.example/r/abcd-efgh-jkmn/?x=1#y"), Some(room()));
        assert_eq!(room_in("https://alo.example/"), None);
        assert_eq!(room_in(""), None);
    }
}
