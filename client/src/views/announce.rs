//! Saying to screen readers what changes by itself: who rings, who comes and goes, how the call stands.

use super::heard::Heard;
use crate::platform::{El, effect, el_class};
use crate::shell::use_shell;
use crate::signal::{RwSignal, memo};
use crate::words::{fill, words};

/// The place where it is said who rings. It is on the page from the start: a reader tells of changes, not of what is new.
pub(crate) fn announcer() -> El {
    let incoming = use_shell().shown().incoming;
    let caller = memo(move || incoming.with(|incoming| incoming.as_ref().map(|incoming| incoming.from.name.clone())));
    politely(move || caller.get().map(|caller| fill(words().rings_title, &caller)).unwrap_or_default())
}

/// The place where the changes of a call are said.
pub(crate) fn call_announcer() -> El {
    let call = use_shell().shown().call;
    let said = RwSignal::new(String::new());
    let mut before: Option<Heard> = None;
    effect(move || {
        let heard = call.with(|call| call.as_ref().map(Heard::of));
        let news = heard.as_ref().zip(before.as_ref()).and_then(|(heard, before)| heard.news(before));
        news.into_iter().for_each(|news| said.set(news));
        before = heard;
    });
    politely(move || said.get())
}

/// Between two sentences of the reader, not into one.
fn politely(text: impl Fn() -> String + 'static) -> El {
    el_class("p", "said").attr("role", "status").attr("aria-live", "polite").text_now(text)
}
