//! The whole page: which view is shown, and what floats over it.

use call::{CallView, Face};
use protocol::{CallId, RoomCode};

use crate::doors;
use crate::platform::{El, Entry, Loading, Notifying, Part, Reach, Route, Sounds, effect, el, tab_title, take_early};
use crate::shell::{Shown, use_shell};
use crate::signal::memo;
use crate::views::{self, Along, Aside, History, Ui};
use crate::words::{fill, words};

/// Which view is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Screen {
    /// It is not known yet who this is.
    Opening,
    /// A name is needed.
    FirstVisit,
    /// Who is here.
    Home,
    /// The calls that are over.
    Calls,
    /// One of them.
    PastCall(CallId),
    /// Before a room; `None` is one that is still to be made.
    PreJoin(Option<RoomCode>),
    /// A call that is not over.
    Call,
    /// A call that has just ended.
    Ended,
    /// "Can I call?"
    Check,
    /// An address where there is nothing.
    NotFound,
}

/// The page.
pub fn app() -> El {
    let shell = use_shell();
    let (shown, ui) = (shell.shown(), Ui::provide());
    let (entry, route) = (shell.session().entry(), shell.router().route());
    let face = memo(move || shown.call.with(|call| call.as_ref().map(|call| call.face)));
    let screen = memo(move || match (face.get(), entry.get()) {
        (Some(Face::Ended { .. }), _) => Screen::Ended,
        (Some(_), _) => Screen::Call,
        (None, Entry::Opening) => Screen::Opening,
        (None, Entry::NeedsName(_) | Entry::SigningIn) => Screen::FirstVisit,
        (None, Entry::SignedIn) if ui.new_room.get() => Screen::PreJoin(None),
        (None, Entry::SignedIn) => match route.get() {
            Route::Home => Screen::Home,
            Route::Room(code) => Screen::PreJoin(Some(code)),
            Route::Calls => Screen::Calls,
            Route::PastCall(id) => Screen::PastCall(id),
            Route::Check => Screen::Check,
            Route::NotFound => Screen::NotFound,
        },
    });
    follow_room(ui);
    name_tab();
    get_ready_for_a_call();
    be_reachable();
    el("main")
        .attr_now("data-call-state", move || Some(call_state(shown)))
        .attr_now("data-call-id", move || Some(call_id(shown)))
        .show(spoken(move || view(&screen.get())))
        .show(spoken(|| Some(views::messages())))
        .show(spoken(|| Some(views::windows())))
        .show(spoken(|| Some(views::incoming())))
        .show(spoken(|| Some(views::beside(Along::Sheet))))
        .show(spoken(|| Some(views::announcer())))
}

/// The view, made anew whenever the page speaks another language; nothing before it speaks any.
fn spoken(view: impl Fn() -> Option<El> + 'static) -> impl FnMut() -> Option<El> {
    let language = use_shell().languages().spoken();
    move || language.get().and_then(|_| view())
}

fn view(screen: &Screen) -> Option<El> {
    if !matches!(screen, Screen::Opening | Screen::FirstVisit) {
        // Nobody has to give a name, so the form that was there from the start has to go.
        take_early();
    }
    Some(match screen {
        Screen::Opening => return None,
        Screen::FirstVisit => views::first_visit(),
        Screen::Home => views::home(),
        Screen::Calls => past(History::List),
        Screen::PastCall(id) => past(History::One(id.clone())),
        Screen::PreJoin(room) => around(Aside::PreJoin(room.clone())),
        Screen::Call => around(Aside::Call),
        Screen::Ended => around(Aside::Ended),
        Screen::Check => views::later(Part::Check, || doors::check(&())),
        Screen::NotFound => around(Aside::NotFound),
    })
}

fn around(what: Aside) -> El {
    views::later(Part::Aside, move || doors::aside(&what))
}

fn past(what: History) -> El {
    views::later(Part::History, move || doors::history(&what))
}

/// What connects and what shows a call is loaded as soon as there is one or somebody rings here: it comes while they make
/// up their mind. What is shown when the call is over comes with it, because the network may be gone by then; so does a
/// ring that somebody has chosen, which has to be there before.
fn get_ready_for_a_call() {
    let shell = use_shell();
    let (shown, parts) = (shell.shown(), shell.parts());
    let near = memo(move || shown.incoming.with(Option::is_some) || shown.call.with(Option::is_some));
    effect(move || {
        if near.get() || Sounds::is_chosen() {
            parts.want(Part::Aside);
        }
    });
    let coming = parts.loading(Part::Aside);
    effect(move || match coming.get() {
        Loading::There => shell.can_connect(true),
        Loading::Failed => shell.can_connect(false),
        Loading::Unasked | Loading::Waits => {}
    });
}

/// Who wants to be told of calls is told while no page is open too. Arranging that is in a part, for few want it on a first
/// visit; it is done once for whoever is signed in, and again when they want it no more.
fn be_reachable() {
    let shell = use_shell();
    let (notifying, me) = (shell.worker().notifying(), shell.shown().me);
    let (entry, there) = (shell.session().entry(), shell.parts().loading(Part::Aside));
    let language = shell.languages().spoken();
    effect(move || {
        let signed_in = entry.get() == Entry::SignedIn;
        let wanted = notifying.get() == Notifying::On && signed_in;
        if wanted {
            shell.parts().want(Part::Aside);
        }
        // Before the relay has said who this is, nothing can be asked of it.
        let known = me.with(Option::is_some) && language.get().is_some();
        if there.get() == Loading::There && (known || !signed_in) {
            doors::reaching(&Reach { wanted, worker: shell.worker(), session: shell.session() });
        }
    });
}

/// `data-call-state`: the call's face, or that somebody rings here.
fn call_state(shown: Shown) -> &'static str {
    let face = shown.call.with(|call| call.as_ref().map(|call| call.face.name()));
    face.unwrap_or(if shown.incoming.with(Option::is_some) { "ringing" } else { "idle" })
}

/// `data-call-id`: which call that is.
fn call_id(shown: Shown) -> String {
    let call = shown.call.with(|call| call.as_ref().map(|call| call.call_id.to_string()));
    let ringing = || shown.incoming.with(|incoming| incoming.as_ref().map(|ringing| ringing.call_id.to_string()));
    call.or_else(ringing).unwrap_or_default()
}

/// While in a room, the address is the room's, so that it can be shared and a reload comes back to it.
fn follow_room(ui: Ui) {
    let shell = use_shell();
    let call = shell.shown().call;
    let room = memo(move || {
        let in_room = |call: &CallView| match call.face {
            Face::Active { .. } | Face::Reconnecting { .. } => call.room.as_ref().map(|room| room.code.clone()),
            Face::Initiating | Face::Ringing | Face::Connecting | Face::Ended { .. } => None,
        };
        call.with(|call| call.as_ref().and_then(in_room))
    });
    effect(move || {
        if let Some(code) = room.get() {
            ui.new_room.set(false);
            shell.router().go(Route::Room(code));
        }
    });
}

/// The tab says who rings, else with whom the call is.
fn name_tab() {
    let (shown, language) = (use_shell().shown(), use_shell().languages().spoken());
    tab_title(memo(move || {
        let _ = language.get();
        let rings = shown.incoming.with(|incoming| incoming.as_ref().map(|i| fill(words().rings_title, &i.from.name)));
        let talks = || {
            let with = shown.call.with(|call| {
                let call = call.as_ref().filter(|call| !matches!(call.face, Face::Ended { .. }))?;
                call.with.as_ref().map(|person| person.name.clone())
            });
            with.map(|name| [name.as_str(), " · Alo"].concat())
        };
        rings.or_else(talks).unwrap_or_else(|| "Alo".to_owned())
    }));
}
