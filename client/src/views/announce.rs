//! Saying to screen readers what changes by itself: who rings, who comes and goes, how the call stands.

use leptos::prelude::*;

use super::heard::Heard;
use crate::shell::use_shell;

/// The place where changes are said, politely: between two sentences, not into one.
pub(crate) fn announcer() -> AnyView {
    let shell = use_shell();
    let (call, incoming) = (shell.shown().call, shell.shown().incoming);
    let said = RwSignal::new(String::new());
    Effect::new(move |before: Option<Heard>| {
        let heard = incoming.with(|incoming| call.with(|call| Heard::of(incoming.as_ref(), call.as_ref())));
        if let Some(news) = before.and_then(|before| heard.news(&before)) {
            said.set(news);
        }
        heard
    });
    view! {
        <p class="said" role="status" aria-live="polite">
            {said}
        </p>
    }
    .into_any()
}
