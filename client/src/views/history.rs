//! The history of calls: a part of the program that is loaded when it is first wanted.

mod ask;
mod course;
mod list;
mod load;
mod one;
mod row;
mod tell;

use protocol::CallId;

use crate::platform::El;

/// A view of this part.
pub(crate) enum History {
    /// All calls.
    List,
    /// One of them.
    One(CallId),
}

/// The view. To be called through [`crate::doors`] alone: whoever calls it directly takes this part into the program that
/// is loaded first.
pub(crate) fn history(what: &History) -> El {
    match what {
        History::List => list::list(),
        History::One(id) => one::one(id.clone()),
    }
}
