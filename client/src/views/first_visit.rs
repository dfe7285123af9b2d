//! The first visit: what Alo is, and a name.

use protocol::limits::NAME_CHARS;

use super::parts::{logo, small, waiting};
use crate::platform::{El, Entry, Route, SignInProblem, el, el_class, take_early};
use crate::shell::use_shell;
use crate::signal::{RwSignal, Signal, memo};
use crate::words::words;

/// Asks for a name.
pub(crate) fn first_visit() -> El {
    let words = words();
    let route = use_shell().router().route();
    let about = move || match route.get() {
        Route::Room(_) => words.invited_to_room,
        Route::Home | Route::Calls | Route::PastCall(_) | Route::Check | Route::NotFound => words.what_alo_is,
    };
    el_class("div", "middle")
        .child(logo())
        .child(el("h1").text("Alo"))
        .child(el_class("p", "quiet").text_now(about))
        .child(form())
}

fn form() -> El {
    let session = use_shell().session();
    let entry = session.entry();
    let early = take_early();
    let known = if early.typed.is_empty() { session.last_name() } else { early.typed };
    let (typed, wrong) = (RwSignal::new(known), RwSignal::new(None));
    let signing_in = memo(move || entry.get() == Entry::SigningIn);
    let closed = memo(move || entry.get() == Entry::NeedsName(Some(SignInProblem::NoGuests)));
    let problem = memo(move || wrong.get().or_else(|| told(&entry.get())));
    let submit = move || {
        let name = typed.get_untracked();
        wrong.set(fault(&name));
        if fault(&name).is_none() && !signing_in.get_untracked() {
            session.sign_in(name.trim());
        }
    };
    if early.pressed {
        submit();
    }
    let told = el_class("p", "wrong small")
        .attr("id", "name-problem")
        .attr("role", "alert")
        .hidden_when(move || problem.get().is_none())
        .text_now(move || problem.get().unwrap_or_default());
    let go_on = el_class("button", "button main")
        .attr_now("aria-disabled", move || (signing_in.get() || closed.get()).then_some("true"))
        .show(move || signing_in.get().then(waiting))
        .text(words().continue_);
    el("form")
        .attr("novalidate", "")
        .on_submit(submit)
        .child(name_field(typed, problem).hidden_when(move || closed.get()))
        .child(told)
        .child(go_on)
}

fn name_field(typed: RwSignal<String>, problem: Signal<Option<&'static str>>) -> El {
    let words = words();
    let input = el("input")
        .attr("id", "name")
        .attr("dir", "auto")
        .attr("autocomplete", "nickname")
        .attr("enterkeyhint", "go")
        .attr("aria-describedby", "name-hint name-problem")
        .attr_now("aria-invalid", move || problem.get().map(|_| "true"))
        .value(&typed.get_untracked())
        .on_input(move |text| typed.set(text))
        .focused();
    el_class("div", "field")
        .child(el("label").attr("for", "name").text(words.your_name))
        .child(input)
        .child(small(words.name_hint).attr("id", "name-hint"))
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
        SignInProblem::TooOften => words.too_quick,
        SignInProblem::Refused => words.sign_in_again,
        SignInProblem::NoGuests => words.no_guests,
        SignInProblem::Other => words.did_not_work,
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
        assert_eq!(told(&Entry::NeedsName(Some(SignInProblem::Refused))), Some(words().sign_in_again));
    }
}
