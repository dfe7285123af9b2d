//! The sheet: what was said and offered, and where one writes.

use call::exchange::Line;
use call::{CallView, Face};
use protocol::limits;

use super::said::row;
use crate::along::use_along;
use crate::platform::files::choose;
use crate::platform::{El, dropped_anywhere, el, el_class, pasted};
use crate::shell::use_shell;
use crate::signal::{RwSignal, memo};
use crate::views::icon::{Icon, icon};
use crate::views::parts::{quiet, round_button};
use crate::words::along_words;

/// The sheet while it is open; while a call is on, what is worth saying of it, and a net for files.
pub(super) fn sheet() -> El {
    let call = use_shell().shown().call;
    let runs = memo(move || call.with(|call| call.as_ref().is_some_and(is_on)));
    let open = use_along().open();
    el_class("div", "beside").show(move || runs.get().then(net)).show(move || (runs.get() && open.get()).then(opened))
}

const fn is_on(call: &CallView) -> bool {
    !matches!(call.face, Face::Ended { .. })
}

/// Says to screen readers what comes, and catches files that are dropped anywhere.
fn net() -> El {
    let along = use_along();
    let said = along.said();
    dropped_anywhere(move |files| {
        along.offer(files);
        along.set_open(true);
    });
    el_class("p", "said").attr("role", "status").attr("aria-live", "polite").text_now(move || said.get())
}

fn opened() -> El {
    let (along, words) = (use_along(), along_words());
    let close = along.clone();
    let head = el_class("header", "top").child(el("h2").text(words.chat)).child(round_button(
        Icon::Close,
        words.close_chat,
        move || close.set_open(false),
    ));
    el_class("aside", "sheet")
        .attr("aria-label", words.chat)
        .child(head)
        .child(lines())
        .child(problem())
        .child(composer())
        .on_key(move |event| {
            if event.key() == "Escape" {
                along.set_open(false);
            }
        })
}

/// What was said. The newest is at the bottom and stays in sight: the box is laid out from its end (style/along.css).
fn lines() -> El {
    let view = use_along().view();
    let none = memo(move || view.with(|view| view.lines.is_empty()));
    let lines = move || view.with(|view| view.lines.clone());
    let list = el("ol").each(lines, |line: &Line| line.key.clone(), |line| row(&line));
    el_class("div", "lines")
        .attr("tabindex", "0")
        .attr("role", "group")
        .attr("aria-label", along_words().chat)
        .child(list)
        .show(move || none.get().then(|| quiet(along_words().nothing_said)))
}

/// Why a file was not offered.
fn problem() -> El {
    let problem = use_along().problem();
    el_class("p", "problem")
        .attr("role", "alert")
        .hidden_when(move || problem.with(String::is_empty))
        .text_now(move || problem.get())
}

/// Where one writes. Enter sends, and with Shift begins a line.
fn composer() -> El {
    let (along, words) = (use_along(), along_words());
    let text = RwSignal::new(String::new());
    let say = move || {
        along.say(&text.get_untracked());
        text.set(String::new());
    };
    let (enter, offers) = (say.clone(), use_along());
    let field = el("textarea")
        .attr("rows", "1")
        .attr("dir", "auto")
        .attr("aria-label", words.message)
        .attr("placeholder", words.message)
        .attr("maxlength", &limits::CHAT_CHARS.to_string())
        .attr("autocomplete", "off")
        .value_now(move || text.get())
        .on_input(move |typed| text.set(typed))
        .on_key(move |event| {
            // While an input method composes a word, Enter is its own.
            if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
                event.prevent_default();
                enter();
            }
        })
        .focused();
    let field = pasted(field, move |files| offers.offer(files));
    let files = use_along();
    let clip = el_class("label", "button round").attr("title", words.attach).child(icon(Icon::Clip));
    let clip = clip.child(el_class("span", "said").text(words.attach));
    let send = el_class("button", "button round main")
        .attr("type", "submit")
        .attr("aria-label", words.send)
        .attr("title", words.send)
        .child(icon(Icon::Send));
    el_class("form", "composer")
        .child(choose(clip, move |chosen| files.offer(chosen)))
        .child(field)
        .child(send)
        .on_submit(say)
}
