//! What is lost while a call runs, the way to the others, the server or both, and what is done about it: one face for all.

use call::{CallView, Face, LinkView, Time};

use super::messages::try_now;
use super::parts::{text_button, waiting};
use super::stage::title;
use super::text::clock;
use crate::platform::{El, el, el_class};
use crate::shell::use_shell;
use crate::signal::memo;
use crate::words::{call_words, fill};

/// What is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Lost {
    /// The server alone: whoever is in the call still hears and sees the others.
    Server,
    /// The way to whoever this is.
    Path(String),
    /// Both: who does not reach the server either need not look for the fault with the other one.
    Both,
}

/// What is lost, of a call that runs or is to run.
fn lost_of(call: &CallView, link: LinkView) -> Option<Lost> {
    let server = matches!(link, LinkView::Lost { .. });
    match (server, call.face) {
        (_, Face::Ended { .. })
        | (false, Face::Initiating | Face::Ringing | Face::Connecting | Face::Active { .. }) => None,
        (false, Face::Reconnecting { .. }) => Some(Lost::Path(title(call))),
        (true, Face::Reconnecting { .. }) => Some(Lost::Both),
        (true, _) => Some(Lost::Server),
    }
}

/// How long until the server is tried again, or for how long the way to the others is lost.
fn told_each_second(call: Option<&CallView>, link: LinkView, now: Time) -> String {
    match (link, call.map(|call| call.face)) {
        (LinkView::Lost { next_try, .. }, _) if next_try > now => {
            // Rounded up: what is said to take no time takes some.
            let seconds = next_try.since(now).as_millis().div_ceil(1_000);
            fill(call_words().next_try, &seconds.to_string())
        }
        (LinkView::Lost { .. }, _) => call_words().trying.to_owned(),
        (_, Some(Face::Reconnecting { lost, .. })) => clock(now.since(lost)),
        _ => String::new(),
    }
}

/// What is lost. It is announced when it changes, and not each second.
pub(crate) fn lost() -> El {
    let shell = use_shell();
    let (shown, seconds) = (shell.shown(), shell.seconds());
    let lost = memo(move || shown.call.with(|call| call.as_ref().and_then(|call| lost_of(call, shown.link.get()))));
    let is_lost = memo(move || lost.with(Option::is_some));
    let told = move || match lost.get() {
        Some(Lost::Server) => call_words().link_lost_call.to_owned(),
        Some(Lost::Path(whom)) => fill(call_words().reconnecting, &whom),
        Some(Lost::Both) => call_words().all_lost.to_owned(),
        None => String::new(),
    };
    let meanwhile = move || shown.call.with(|call| told_each_second(call.as_ref(), shown.link.get(), seconds.get()));
    let leave = move || shell.command(call::Command::HangUp);
    el_class("div", "lost-place").attr("role", "status").show(move || {
        if !is_lost.get() {
            return None;
        }
        let (leave, words) = (leave.clone(), call_words());
        let row = el_class("span", "row").child(try_now()).child(text_button("", words.leave, leave));
        let each_second = el_class("span", "tabular quiet").attr("aria-hidden", "true").text_now(meanwhile);
        let said = el_class("span", "what").child(el("span").text_now(told)).child(each_second);
        Some(el_class("div", "chip").child(waiting()).child(said).child(row))
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn told(link: LinkView, now: u64) -> String {
        told_each_second(None, link, Time::from_millis(now))
    }

    #[test]
    fn the_next_try_is_counted_down_to() {
        let since = Time::from_millis(1_000);
        let link = LinkView::Lost { since, next_try: since + Duration::from_millis(2_500) };
        assert_eq!(told(link, 1_000), "Next try in 3 s");
        assert_eq!(told(link, 2_400), "Next try in 2 s");
        assert_eq!(told(link, 3_499), "Next try in 1 s");
        assert_eq!(told(link, 3_500), "Trying…");
        assert_eq!(told(LinkView::Online, 3_500), "");
    }
}
