//! The call in a window of its own.

use crate::platform::{El, Floating, drawing, el_class};
use crate::words::group_words;

/// A small window in front of a large one.
const WINDOW: &str = "M10 18.5H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2v3.5M14 13.5h6a1 1 0 0 1 1 1V19a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-4.5a1 1 0 0 1 1-1Z";

/// The control in the bar; nothing where the browser cannot.
pub(crate) fn float_control(floating: &Floating) -> Option<El> {
    Floating::is_possible().then(|| {
        let (on, floating) = (floating.on(), floating.clone());
        let label = move || if on.get() { group_words().float_back } else { group_words().float };
        el_class("button", "control float")
            .attr("type", "button")
            .attr_now("aria-label", move || Some(label()))
            .class_when("on", move || on.get())
            .child(drawing("icon", WINDOW))
            .child(el_class("span", "word").text(group_words().float_short))
            .on_click(move || floating.toggle())
    })
}
