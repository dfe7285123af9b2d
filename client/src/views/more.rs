//! What of a call is not needed every minute, behind one control of the bar.

use super::along::Along;
use super::beside::beside;
use super::icon::{Icon, icon};
use super::parts::{button, dots};
use super::room_people::has_people;
use super::ui::use_ui;
use crate::platform::{El, el, el_class};
use crate::shell::use_shell;
use crate::signal::{RwSignal, memo};
use crate::words::words;

/// The control, and what it opens while `open` says so.
pub(crate) fn more(open: RwSignal<bool>) -> El {
    let opener = el_class("button", "control")
        .attr("type", "button")
        .attr("aria-label", words().more)
        .attr_now("aria-expanded", move || Some(if open.get() { "true" } else { "false" }))
        .child(dots())
        .child(el_class("span", "word").text(words().more))
        .on_click(move || open.set(!open.get_untracked()))
        .focused_after(open.read_only());
    el_class("div", "more-place")
        .child(opener)
        .show(move || open.get().then(|| entries(open)))
        .on_key(move |event| {
            if event.key() == "Escape" {
                open.set(false);
            }
        })
        .on_press_outside(move || {
            if open.get_untracked() {
                open.set(false);
            }
        })
}

fn entries(open: RwSignal<bool>) -> El {
    let settings = use_ui().settings;
    let press = move || {
        // First, so that the control has the focus, and has it again when the settings are closed.
        open.set(false);
        settings.set(true);
    };
    let settings = button("", press).child(icon(Icon::Settings)).child(el("span").text(words().settings)).focused();
    let call = use_shell().shown().call;
    let runs = memo(move || call.with(has_people));
    el_class("div", "entries")
        .attr("role", "group")
        .attr("aria-label", words().more)
        .child(settings)
        .show(move || runs.get().then(|| beside(Along::Recording(open))))
}
