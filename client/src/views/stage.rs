//! The people in a call, laid out.

use call::{CallView, Face, OtherView};

use super::asked::asked;
use super::parts::waiting;
use super::share::share_button;
use super::text::clock;
use super::tile::{other_tile, own_tile};
use crate::platform::{El, el, el_class};
use crate::shell::use_shell;
use crate::signal::memo;
use crate::words::{call_words, fill, words};

/// The others, and oneself among them as soon as there are two.
pub(crate) fn stage() -> El {
    let shown = use_shell().shown();
    let (call, me) = (shown.call, shown.me);
    let count = memo(move || call.with(|call| call.as_ref().map_or(0, |call| call.others.len())));
    let among = memo(move || count.get() >= 2);
    let others = move || call.with(|call| call.as_ref().map(|call| call.others.clone()).unwrap_or_default());
    let people = el("div")
        .class_now(move || class(count.get()))
        .each(others, |other: &OtherView| other.device.clone(), |other| other_tile(&other))
        .show(move || if among.get() { me.get().as_ref().map(own_tile) } else { None });
    el_class("div", "scene").child(heading()).child(people).child(asked()).child(lost())
}

const fn class(others: usize) -> &'static str {
    match others {
        0 | 1 => "stage solo",
        2 => "stage many n3",
        3 => "stage many n4",
        _ => "stage many n5",
    }
}

/// With whom, since when, and in a room its link.
fn heading() -> El {
    let shell = use_shell();
    let (call, seconds) = (shell.shown().call, shell.seconds());
    let title = move || call.with(|call| call.as_ref().map(title).unwrap_or_default());
    let running = move || {
        let since = call.with(|call| call.as_ref().and_then(since));
        since.map(|since| clock(seconds.get().since(since))).unwrap_or_default()
    };
    let room = memo(move || call.with(|call| Some(call.as_ref()?.room.as_ref()?.code.clone())));
    el_class("header", "heading")
        .child(el_class("h1", "cut").attr("dir", "auto").text_now(title))
        .child(el_class("span", "tabular").attr("role", "timer").text_now(running))
        .show(move || room.get().map(|code| share_button(shell.router().link(&code))))
}

/// Whom the call is with: the one other, or the room.
fn title(call: &CallView) -> String {
    match (call.others.as_slice(), &call.room) {
        ([other], _) => other.person.name.clone(),
        (_, Some(room)) => room.name.clone().unwrap_or_else(|| fill(words().room_named, room.code.as_str())),
        (others, None) => others.iter().map(|other| other.person.name.as_str()).collect::<Vec<_>>().join(", "),
    }
}

const fn since(call: &CallView) -> Option<call::Time> {
    match call.face {
        Face::Active { since } | Face::Reconnecting { since, .. } => Some(since),
        Face::Initiating | Face::Ringing | Face::Connecting | Face::Ended { .. } => None,
    }
}

/// The connection to the other side is lost for the moment; for how long already.
fn lost() -> El {
    let shell = use_shell();
    let (call, seconds) = (shell.shown().call, shell.seconds());
    let lost = memo(move || {
        call.with(|call| match call.as_ref()?.face {
            Face::Reconnecting { lost, .. } => Some(lost),
            _ => None,
        })
    });
    let told = move || call.with(|call| fill(call_words().reconnecting, &call.as_ref().map(title).unwrap_or_default()));
    el_class("div", "lost-place").show(move || {
        let lost = lost.get()?;
        let passed = move || clock(seconds.get().since(lost));
        let chip = el_class("p", "chip").child(waiting()).child(el("span").text_now(told));
        Some(chip.child(el_class("span", "tabular quiet").text_now(passed)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn each_number_of_people_has_its_layout() {
        assert_eq!(class(1), "stage solo");
        assert_eq!(class(2), "stage many n3");
        assert_eq!(class(3), "stage many n4");
        assert_eq!(class(9), "stage many n5");
    }
}
