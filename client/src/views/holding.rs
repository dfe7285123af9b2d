//! Calls on hold: the one this device is in, and the one beside it.

use call::{CallView, Command, HeldView};

use super::parts::{button, face, small, text_button};
use super::text::clock;
use crate::platform::{El, effect, el_class};
use crate::shell::use_shell;
use crate::signal::{RwSignal, memo};
use crate::words::{call_words, fill};

/// Whose doing it is that the call is on hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Mine,
    Theirs,
}

/// Says that the call is on hold, in the middle of it, with what can be done.
pub(crate) fn on_hold() -> El {
    let call = use_shell().shown().call;
    let holds = memo(move || call.with(|call| call.as_ref().and_then(holds)));
    let name = memo(move || call.with(|call| call.as_ref().map(name).unwrap_or_default()));
    el_class("div", "hold-place").attr("role", "status").show(move || {
        let (shell, texts) = (use_shell(), &call_words().waiting);
        let (heading, hint, resume) = match holds.get()? {
            Holds::Mine => (texts.you_hold, texts.you_hold_hint, true),
            Holds::Theirs => (texts.they_hold, texts.they_hold_hint, false),
        };
        let press = move || shell.command(Command::Hold(false));
        Some(
            el_class("div", "on-hold")
                .child(el_class("h2", "cut").attr("dir", "auto").text(&fill(heading, &name.get())))
                .child(small(hint))
                .children(resume.then(|| text_button("main", texts.resume, press))),
        )
    })
}

fn holds(call: &CallView) -> Option<Holds> {
    match (call.own.held, call.is_on_hold()) {
        (true, _) => Some(Holds::Mine),
        (false, true) => Some(Holds::Theirs),
        (false, false) => None,
    }
}

fn name(call: &CallView) -> String {
    call.with.as_ref().map(|person| person.name.clone()).unwrap_or_default()
}

/// The call that is on hold beside this one, and the way to it.
pub(crate) fn held_call() -> El {
    let shown = use_shell().shown();
    let said = RwSignal::new(String::new());
    let beside = memo(move || shown.call.with(|call| call.as_ref().and_then(|call| call.held.clone())));
    let mut before: Option<HeldView> = None;
    effect(move || {
        let held = beside.get();
        let current = shown.call.with_untracked(|call| call.as_ref().map(|call| call.call_id.clone()));
        // One that has become the call itself is not over.
        let over = before.take().filter(|before| held.is_none() && current.as_ref() != Some(&before.call_id));
        over.iter().for_each(|over| said.set(fill(call_words().waiting.held_is_over, &over.with.name)));
        before = held;
    });
    let announced = el_class("p", "said").attr("role", "status").text_now(move || said.get());
    el_class("div", "held-place").show(move || beside.get().as_ref().map(held)).child(announced)
}

fn held(held: &HeldView) -> El {
    let (shell, texts) = (use_shell(), &call_words().waiting);
    let (call, seconds, since) = (shell.shown().call, shell.seconds(), held.since);
    let can = memo(move || call.with(|call| call.as_ref().is_some_and(CallView::can_be_held)));
    let swap = button("", move || shell.command(Command::Swap))
        .attr("aria-label", &fill(texts.swap_with, &held.with.name))
        .text(texts.swap)
        .hidden_when(move || !can.get());
    el_class("section", "held-call")
        .attr("aria-label", &fill(texts.on_hold, &held.with.name))
        .child(face(&held.with, ""))
        .child(el_class("span", "cut").attr("dir", "auto").text(&fill(texts.on_hold, &held.with.name)))
        .child(el_class("span", "tabular quiet").text_now(move || clock(seconds.get().since(since))))
        .child(swap)
}

/// Puts the call on hold, where it can be; `done` is told when that was pressed.
pub(crate) fn hold_button(done: impl Fn() + 'static) -> El {
    let shell = use_shell();
    let call = shell.shown().call;
    let can = memo(move || call.with(|call| call.as_ref().is_some_and(|call| call.can_be_held() && !call.own.held)));
    text_button("", call_words().waiting.hold, move || {
        shell.command(Command::Hold(true));
        done();
    })
    .hidden_when(move || !can.get())
}
