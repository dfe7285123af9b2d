//! A call and what is around it: a part of the program that is loaded when the first of it is wanted.

use call::IncomingView;
use protocol::{ErrorCode, RoomCode};

use super::call_screen::call_screen;
use super::ended::ended;
use super::help::{Trouble, explanation};
use super::look_away::tell_who_looks_away;
use super::not_found::not_found;
use super::person::person;
use super::prejoin::prejoin;
use super::recent::recent;
use super::settings::settings;
use super::several::several;
use crate::platform::{El, el};
use crate::words::notice;

/// A view of this part.
pub(crate) enum Aside {
    /// The settings, inside of their dialog.
    Settings,
    /// Whom to ring, inside of their dialog.
    Several,
    /// Before a room; `None` is one that is still to be made.
    PreJoin(Option<RoomCode>),
    /// The call that is on.
    Call,
    /// The call that has just ended.
    Ended,
    /// An address where there is nothing.
    NotFound,
    /// Why a device does not work.
    Help(Trouble),
    /// What the relay refused.
    Notice(ErrorCode),
    /// The calls of this tab: there are none before this part was loaded for the first of them.
    Recent,
    /// What can be done with somebody, inside of its dialog.
    Person,
    /// A call that rings here, told of outside of the page.
    LookAway(IncomingView),
}

/// The view. To be called through [`crate::doors`] alone: whoever calls it directly takes this part into the program that
/// is loaded first.
pub(crate) fn aside(what: &Aside) -> El {
    match what {
        Aside::Settings => settings(),
        Aside::Several => several(),
        Aside::PreJoin(room) => prejoin(room.clone()),
        Aside::Call => call_screen(),
        Aside::Ended => ended(),
        Aside::NotFound => not_found(),
        Aside::Help(trouble) => explanation(trouble),
        Aside::Notice(code) => el("span").text(notice(*code)),
        Aside::Recent => recent(),
        Aside::Person => person(),
        Aside::LookAway(incoming) => tell_who_looks_away(incoming),
    }
}
