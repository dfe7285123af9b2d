//! Who is here, what they are doing, and the two buttons that ring them.

use protocol::{CallStatus, CallType, Person, PersonStatus, UserId};

use super::icon::{Icon, icon};
use super::parts::{button, dots_button, face, name, text_button};
use super::share::shared;
use super::ui::{show_person, use_ui};
use crate::find::split;
use crate::platform::{El, Part, address, el, el_class};
use crate::shell::use_shell;
use crate::signal::memo;
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
pub(crate) fn people() -> El {
    let shown = use_shell().shown();
    let here = memo(move || match shown.people.with(|people| people.as_ref().map(Vec::len)) {
        _ if shown.me.with(Option::is_none) => Here::Looking,
        None => Here::Hidden,
        Some(0) => Here::Nobody,
        Some(_) => Here::Others,
    });
    let title = words().people_here;
    let heading = el_class("div", "titled").child(el("h2").text(title)).show(several);
    el("section").attr("aria-label", title).child(heading).show(move || {
        Some(match here.get() {
            Here::Looking => looking(),
            Here::Hidden => el_class("p", "nobody").text(words().people_hidden),
            Here::Nobody => nobody(),
            Here::Others => list(),
        })
    })
}

/// The way to ring several at once, where there are several.
fn several() -> Option<El> {
    let (people, open) = (use_shell().shown().people, use_ui().several);
    let many = people.with(|people| people.as_ref().is_some_and(|people| people.len() > 1));
    many.then(|| text_button("plain", words().call_several, move || open.set(true)))
}

/// The place that the list will take.
fn looking() -> El {
    let bone = || el_class("span", "bone");
    let row = || {
        let who = el_class("span", "who").child(bone()).child(bone());
        el_class("li", "person waiting").child(el_class("span", "face")).child(who)
    };
    el("div")
        .child(el_class("p", "said").attr("role", "status").text(words().looking_for_people))
        .child(el_class("ul", "people").attr("aria-hidden", "true").child(row()).child(row()))
}

fn nobody() -> El {
    let address = address();
    let reachable = !is_loopback(&address);
    let told = if reachable { words().nobody_here } else { words().nobody_here_local };
    el_class("div", "nobody")
        .child(icon(Icon::People))
        .child(el("p").text(told))
        .children(reachable.then(|| shared(address)))
}

fn list() -> El {
    let people = use_shell().shown().people;
    let key = |person: &PersonStatus| (person.user.id.clone(), person.user.name.clone());
    // Whoever points at somebody may be about to call: what connects comes while they press.
    let coming = |_| use_shell().parts().want(Part::Aside);
    el_class("ul", "people").on("pointerover", coming).on("focusin", coming).each(
        move || people.get().unwrap_or_default(),
        key,
        |entry| row(&entry.user),
    )
}

fn row(person: &Person) -> El {
    el_class("li", "person")
        .child(face(person, ""))
        .child(el_class("span", "who").child(name(&person.name)).child(doing_now(&person.id)))
        .child(call_button(person, CallType::Voice))
        .child(call_button(person, CallType::Video))
        .child(more_about(person))
}

/// What somebody does at the moment.
pub(super) fn doing_now(id: &UserId) -> El {
    let (people, id) = (use_shell().shown().people, id.clone());
    let status = memo(move || {
        people.with(|people| {
            let mut all = people.iter().flatten();
            all.find(|entry| entry.user.id == id).map_or(CallStatus::Offline, |entry| entry.status)
        })
    });
    let dot = el("span").class_now(move || dot(status.get())).attr("aria-hidden", "true");
    el_class("span", "doing").child(dot).text_now(move || doing(status.get()))
}

/// The way to what else can be done with somebody.
pub(crate) fn more_about(person: &Person) -> El {
    let who = person.clone();
    dots_button("round", &fill(words().more_about, &person.name), move || show_person(&who))
}

/// The button that rings somebody.
fn call_button(person: &Person, kind: CallType) -> El {
    let words = words();
    let (sign, label, word) = match kind {
        CallType::Video => (Icon::Camera, words.video_call_to, words.video),
        _ => (Icon::Phone, words.voice_call_to, words.voice),
    };
    let (shell, to) = (use_shell(), person.clone());
    button("talk", move || shell.call(to.clone(), kind))
        .attr("aria-label", &fill(label, &person.name))
        .child(icon(sign))
        .child(el_class("span", "word").text(word))
}

const fn dot(status: CallStatus) -> &'static str {
    match status {
        CallStatus::Idle => "dot free",
        CallStatus::Ringing => "dot rings",
        CallStatus::InCall => "dot talks",
        CallStatus::Away => "dot away",
        CallStatus::DoNotDisturb => "dot quiet",
        CallStatus::Offline => "dot",
    }
}

fn doing(status: CallStatus) -> &'static str {
    let words = words();
    match status {
        CallStatus::Idle => words.status_free,
        CallStatus::Ringing => words.status_ringing,
        CallStatus::InCall => words.status_in_call,
        CallStatus::Away => words.status_away,
        CallStatus::DoNotDisturb => words.status_undisturbed,
        CallStatus::Offline => words.status_offline,
    }
}

/// Whether an address means this machine alone (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3).
pub(super) fn is_loopback(address: &str) -> bool {
    let host = split(address, "://").map_or(address, |(_, host)| host);
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
