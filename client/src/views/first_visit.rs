//! The first visit: what Alo is, and a name.

use leptos::prelude::*;
use protocol::limits::NAME_CHARS;

use super::parts::{logo, waiting};
use crate::platform::{Entry, Route, SignInProblem, focus_when_shown};
use crate::shell::use_shell;
use crate::words::words;

/// Asks for a name.
pub(crate) fn first_visit() -> AnyView {
    let words = words();
    let route = use_shell().router().route();
    let about = move || match route.get() {
        Route::Room(_) => words.invited_to_room,
        Route::Home | Route::NotFound => words.what_alo_is,
    };
    view! {
        <div class="middle">
            {logo()}
            <h1>"Alo"</h1>
            <p class="quiet">{about}</p>
            {form()}
        </div>
    }
    .into_any()
}

fn form() -> AnyView {
    let shell = use_shell();
    let session = shell.session();
    let entry = session.entry();
    let typed = RwSignal::new(session.last_name());
    let wrong = RwSignal::new(None::<&'static str>);
    let signing_in = Memo::new(move |_| entry.get() == Entry::SigningIn);
    let closed = Memo::new(move |_| entry.get() == Entry::NeedsName(Some(SignInProblem::NoGuests)));
    let problem = Memo::new(move |_| wrong.get().or_else(|| told(&entry.get())));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let name = typed.get_untracked();
        wrong.set(fault(&name));
        if fault(&name).is_none() && !signing_in.get_untracked() {
            session.sign_in(name.trim());
        }
    };
    view! {
        <form on:submit=submit novalidate>
            {name_field(typed, problem, closed)}
            <p class="wrong small" id="name-problem" role="alert" hidden=move || problem.get().is_none()>
                {problem}
            </p>
            <button class="button main" aria-disabled=move || (signing_in.get() || closed.get()).then_some("true")>
                {move || signing_in.get().then(waiting)}
                {words().continue_}
            </button>
        </form>
    }
    .into_any()
}

fn name_field(typed: RwSignal<String>, problem: Memo<Option<&'static str>>, closed: Memo<bool>) -> AnyView {
    let words = words();
    let field = NodeRef::new();
    focus_when_shown(field);
    view! {
        <div class="field" hidden=closed>
            <label for="name">{words.your_name}</label>
            <input
                id="name"
                node_ref=field
                dir="auto"
                autocomplete="nickname"
                enterkeyhint="go"
                aria-describedby="name-hint name-problem"
                aria-invalid=move || problem.get().is_some().then_some("true")
                prop:value=typed
                on:input=move |event| typed.set(event_target_value(&event))
            />
            <p class="small quiet" id="name-hint">{words.name_hint}</p>
        </div>
    }
    .into_any()
}

/// What is wrong with a name before it is sent. The relay looks again, after normalising it.
fn fault(name: &str) -> Option<&'static str> {
    let name = name.trim();
    if name.is_empty() {
        Some(words().name_needed)
    } else if name.chars().count() > NAME_CHARS {
        Some(words().name_too_long)
    } else {
        None
    }
}

/// What went wrong with the last attempt.
fn told(entry: &Entry) -> Option<&'static str> {
    let Entry::NeedsName(Some(problem)) = entry else { return None };
    let words = words();
    Some(match problem {
        SignInProblem::Unreachable => words.sign_in_failed,
        SignInProblem::BadName => words.name_refused,
        SignInProblem::TooOften => words.notices.too_quick,
        SignInProblem::NoGuests => words.no_guests,
        SignInProblem::Other => words.notices.other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_name_is_something_one_can_read() {
        assert_eq!(fault(" Ann "), None);
        assert_eq!(fault(" \t"), Some(words().name_needed));
        assert_eq!(fault(&"\u{e9}".repeat(64)), None);
        assert_eq!(fault(&"x".repeat(65)), Some(words().name_too_long));
    }

    #[test]
    fn every_failed_attempt_has_words() {
        assert_eq!(told(&Entry::SigningIn), None);
        assert_eq!(told(&Entry::NeedsName(None)), None);
        assert_eq!(told(&Entry::NeedsName(Some(SignInProblem::Unreachable))), Some(words().sign_in_failed));
    }
}
