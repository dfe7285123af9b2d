//! Who is here, what they are doing, and the two buttons that ring them.

use leptos::prelude::*;
use protocol::{CallStatus, CallType, Person, PersonStatus};

use super::icon::{Icon, icon};
use super::parts::{face, name};
use super::share::shared;
use crate::platform::address;
use crate::shell::use_shell;
use crate::words::{fill, words};

/// Which of its faces the list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Here {
    /// The relay has not said yet.
    Looking,
    /// This relay does not say.
    Hidden,
    /// Only this person.
    Nobody,
    /// Others.
    Others,
}

/// The list of people.
pub(crate) fn people() -> AnyView {
    let shell = use_shell();
    let (people, me) = (shell.shown().people, shell.shown().me);
    let here = Memo::new(move |_| match people.with(|people| people.as_ref().map(Vec::len)) {
        _ if me.with(Option::is_none) => Here::Looking,
        None => Here::Hidden,
        Some(0) => Here::Nobody,
        Some(_) => Here::Others,
    });
    view! {
        <section aria-label=words().people_here>
            <h2>{words().people_here}</h2>
            {move || match here.get() {
                Here::Looking => looking(),
                Here::Hidden => view! { <p class="nobody">{words().people_hidden}</p> }.into_any(),
                Here::Nobody => nobody(),
                Here::Others => list(people),
            }}
        </section>
    }
    .into_any()
}

/// The place that the list will take.
fn looking() -> AnyView {
    let row = || {
        view! {
            <li class="person waiting">
                <span class="face"></span>
                <span class="who">
                    <span class="bone"></span>
                    <span class="bone"></span>
                </span>
            </li>
        }
    };
    view! {
        <p class="said" role="status">{words().looking_for_people}</p>
        <ul class="people" aria-hidden="true">{row()} {row()}</ul>
    }
    .into_any()
}

fn nobody() -> AnyView {
    let address = address();
    let reachable = !is_loopback(&address);
    view! {
        <div class="nobody">
            {icon(Icon::People)}
            <p>{if reachable { words().nobody_here } else { words().nobody_here_local }}</p>
            {reachable.then(|| shared(address))}
        </div>
    }
    .into_any()
}

fn list(people: RwSignal<Option<Vec<PersonStatus>>>) -> AnyView {
    let each = move || people.get().unwrap_or_default();
    let key = |person: &PersonStatus| (person.user.id.clone(), person.user.name.clone());
    view! {
        <ul class="people">
            <For each=each key=key children=move |entry| row(entry.user, people) />
        </ul>
    }
    .into_any()
}

fn row(person: Person, people: RwSignal<Option<Vec<PersonStatus>>>) -> AnyView {
    let id = person.id.clone();
    let status = Memo::new(move |_| {
        people.with(|people| {
            let mut all = people.iter().flatten();
            all.find(|entry| entry.user.id == id).map_or(CallStatus::Offline, |entry| entry.status)
        })
    });
    view! {
        <li class="person">
            {face(&person, "")}
            <span class="who">
                {name(&person.name)}
                <span class="doing">
                    <span class=move || dot(status.get()) aria-hidden="true"></span>
                    {move || doing(status.get())}
                </span>
            </span>
            {call_button(&person, CallType::Voice)}
            {call_button(&person, CallType::Video)}
        </li>
    }
    .into_any()
}

/// The button that rings somebody.
fn call_button(person: &Person, kind: CallType) -> AnyView {
    let words = words();
    let (sign, label, word) = match kind {
        CallType::Video => (Icon::Camera, words.video_call_to, words.video),
        _ => (Icon::Phone, words.voice_call_to, words.voice),
    };
    let (shell, to) = (use_shell(), person.clone());
    view! {
        <button
            type="button"
            class="button talk"
            aria-label=fill(label, &person.name)
            on:click=move |_| shell.call(to.clone(), kind)
        >
            {icon(sign)}
            <span class="word">{word}</span>
        </button>
    }
    .into_any()
}

const fn dot(status: CallStatus) -> &'static str {
    match status {
        CallStatus::Idle => "dot free",
        CallStatus::Ringing => "dot rings",
        CallStatus::InCall => "dot talks",
        CallStatus::Offline => "dot",
    }
}

fn doing(status: CallStatus) -> &'static str {
    let words = words();
    match status {
        CallStatus::Idle => words.status_free,
        CallStatus::Ringing => words.status_ringing,
        CallStatus::InCall => words.status_in_call,
        CallStatus::Offline => words.status_away,
    }
}

/// Whether an address means this machine alone (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3).
fn is_loopback(address: &str) -> bool {
    let host = address.split_once("://").map_or(address, |(_, host)| host);
    ["localhost", "127.", "[::1]"].iter().any(|own| host.starts_with(own))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn an_address_of_this_machine_is_not_sent_to_others() {
        for own in ["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"] {
            assert!(is_loopback(own), "{own}");
        }
        for other in ["https://192.168.1.7:3443", "https://alo.example", "https://[fe80::1]"] {
            assert!(!is_loopback(other), "{other}");
        }
    }
}
