//! Telling somebody of a call who does not look at the page.

use call::IncomingView;

use super::incoming::kind;
use crate::platform::{El, Notice, at_the_end, el, unseen};
use crate::shell::use_shell;
use crate::words::{fill, words};

/// Tells of `incoming` outside of the page, as they wish, when nobody looks at the page; takes it back when this view goes
/// because it does not ring any more.
pub(crate) fn tell_who_looks_away(incoming: &IncomingView) -> El {
    let worker = use_shell().worker();
    let taken_back = worker.clone();
    worker.tell(unseen().then(|| notice(incoming)));
    at_the_end(move || taken_back.tell(None));
    el("span").attr("hidden", "")
}

fn notice(incoming: &IncomingView) -> Notice {
    let words = words();
    Notice {
        call_id: incoming.call_id.clone(),
        title: fill(words.rings_title, &incoming.from.name),
        body: kind(incoming),
        accept: words.accept,
        decline: words.decline,
        silent: incoming.silent,
    }
}
