//! What floats over whatever is open: the link to the server, and refusals in words.

use call::LinkView;

use super::aside::Aside;
use super::icon::{Icon, little_icon};
use super::later::later;
use super::parts::{round_button, text_button, waiting};
use crate::doors::aside;
use crate::platform::{El, Part, effect, el, el_class, reload};
use crate::shell::use_shell;
use crate::signal::{RwSignal, Signal, memo};
use crate::words::{is_told, words};

/// The messages of the moment, quietest first.
pub(crate) fn messages() -> El {
    let call = use_shell().shown().call;
    let in_call = memo(move || call.with(|call| call.as_ref().is_some_and(|call| call.face.name() != "ended")));
    el_class("div", "messages").class_when("in-call", move || in_call.get()).child(link(in_call)).child(refusal())
}

fn message(sign: El, text: impl Fn() -> &'static str + 'static) -> El {
    el_class("p", "message").child(sign).child(el("span").text_now(text))
}

/// Whether the relay is there, when it is not.
fn link(in_call: Signal<bool>) -> El {
    let link = use_shell().shown().link;
    // In a call that says what is lost.
    let lost = memo(move || matches!(link.get(), LinkView::Lost { .. }) && !in_call.get());
    let outdated = memo(move || link.get() == LinkView::Outdated);
    let updated = use_shell().worker().updated();
    el("div")
        .attr("role", "status")
        .show(move || lost.get().then(|| message(waiting(), move || words().link_lost).child(try_now())))
        .show(move || outdated.get().then(|| update(words().link_outdated)))
        // A call is worth more than what is new.
        .show(move || (updated.get() && !outdated.get() && !in_call.get()).then(|| update(words().updated)))
}

/// For who does not want to wait for the next attempt.
pub(crate) fn try_now() -> El {
    let shell = use_shell();
    text_button("", words().try_now, move || shell.try_now())
}

fn update(told: &'static str) -> El {
    message(little_icon(Icon::Attention), move || told).child(text_button("main", words().reload, reload))
}

/// What the relay refused, until it is put away or the next command.
fn refusal() -> El {
    let code = use_shell().shown().notice;
    let put_away = RwSignal::new(None);
    let told = memo(move || code.get().filter(|code| put_away.get() != Some(*code) && is_told(*code)));
    // The same refusal again is a new one.
    effect(move || {
        if code.get().is_none() {
            put_away.set(None);
        }
    });
    el("div").attr("role", "alert").show(move || {
        let told = told.get()?;
        let close = round_button(Icon::Close, words().dismiss, move || put_away.set(code.get_untracked()));
        let text = later(Part::Aside, move || aside(&Aside::Notice(told)));
        Some(el_class("p", "message").child(little_icon(Icon::Attention)).child(text).child(close))
    })
}
