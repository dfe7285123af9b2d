//! Which page is shown: the address bar, read and written.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use protocol::RoomCode;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;

use super::listener::Listener;
use super::task::spawn;
use super::{address, http, js, window};

/// The pages there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `/`
    Home,
    /// `/r/CODE`
    Room(RoomCode),
    /// Anything else.
    NotFound,
}

impl Route {
    /// The page at a path.
    #[must_use]
    pub fn of(path: &str) -> Self {
        match path.trim_end_matches('/') {
            "" => Self::Home,
            path => {
                let code = path.strip_prefix("/r/").map(|code| code.replace("%20", " "));
                code.and_then(|code| code.parse().ok()).map_or(Self::NotFound, Self::Room)
            }
        }
    }

    /// The path of a page.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Home | Self::NotFound => "/".to_owned(),
            Self::Room(code) => ["/r/", code.as_str()].concat(),
        }
    }
}

/// The room somebody names by its code or by its link.
#[must_use]
pub fn room_in(text: &str) -> Option<RoomCode> {
    let text = text.trim();
    let code = text.rsplit_once("/r/").map_or(text, |(_, rest)| rest);
    code.split(['?', '#', '/']).next()?.parse().ok()
}

/// Follows the address bar, and sets it.
#[derive(Clone)]
pub struct Router {
    route: ReadSignal<Route>,
    set_route: WriteSignal<Route>,
    /// Where others reach this relay, if that is not the address of this page.
    elsewhere: SendWrapper<Rc<RefCell<Option<String>>>>,
    _back: SendWrapper<Rc<Listener>>,
}

impl Router {
    pub(crate) fn new() -> Self {
        let (route, set_route) = signal(current());
        let back = Listener::new(&window(), "popstate", move |_| set_route.set(current()));
        let elsewhere = SendWrapper::new(Rc::default());
        let this = Self { route, set_route, elsewhere, _back: SendWrapper::new(Rc::new(back)) };
        if is_this_machine(&window().location().hostname().unwrap_or_default()) {
            this.ask_where_others_go();
        }
        this
    }

    fn ask_where_others_go(&self) {
        let elsewhere = Rc::clone(&self.elsewhere);
        spawn(async move {
            let links = http::get("/api/config").await.map(|config| js::field(&config, "links"));
            *elsewhere.borrow_mut() = links.ok().and_then(|links| js::text(&links, "0"));
        });
    }

    /// The page to show.
    #[must_use]
    pub fn route(&self) -> ReadSignal<Route> {
        self.route
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
        self.set_route.set(route);
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
