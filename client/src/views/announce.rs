//! Saying to screen readers what changes by itself: who rings, who comes and goes, how the call stands.

use super::heard::Heard;
use crate::platform::{El, effect, el_class};
use crate::shell::use_shell;
use crate::signal::RwSignal;

/// The place where changes are said, politely: between two sentences, not into one.
pub(crate) fn announcer() -> El {
    let shown = use_shell().shown();
    let said = RwSignal::new(String::new());
    let mut before: Option<Heard> = None;
    effect(move || {
        let heard = shown.incoming.with(|incoming| shown.call.with(|call| Heard::of(incoming.as_ref(), call.as_ref())));
        if let Some(news) = before.take().and_then(|before| heard.news(&before)) {
            said.set(news);
        }
        before = Some(heard);
    });
    el_class("p", "said").attr("role", "status").attr("aria-live", "polite").text_now(move || said.get())
}
