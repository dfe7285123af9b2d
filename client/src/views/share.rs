//! A link to send to others.

use super::icon::{Icon, icon, little_icon};
use super::parts::button;
use crate::find::split;
use crate::platform::{Copied, El, copy, el, el_class};
use crate::signal::RwSignal;
use crate::words::words;

/// The link, and a button that copies it and says so.
pub(crate) fn shared(link: String) -> El {
    let copied = RwSignal::new(None);
    let shown = split(&link, "://").map_or(link.as_str(), |(_, rest)| rest);
    let address = el_class("span", "address cut").text(shown);
    let copier = button("", move || copy(&link, copied))
        .show(move || Some(little_icon(sign(copied.get()))))
        .text(words().copy_link);
    let line = el_class("div", "shared").child(address).child(copier);
    el_class("div", "share").child(line).child(said(copied))
}

/// The same as a round button alone.
pub(crate) fn share_button(link: String) -> El {
    let copied = RwSignal::new(None);
    let label = words().copy_link;
    let copier = button("round", move || copy(&link, copied))
        .attr("aria-label", label)
        .attr("title", label)
        .show(move || Some(icon(sign(copied.get()))));
    el("div").child(copier).child(said(copied))
}

fn sign(copied: Option<Copied>) -> Icon {
    if copied == Some(Copied::Yes) { Icon::Check } else { Icon::Copy }
}

/// How it went: heard in any case, seen when the link has to be copied by hand.
fn said(copied: RwSignal<Option<Copied>>) -> El {
    let text = move || match copied.get() {
        Some(Copied::Yes) => words().link_copied,
        Some(Copied::No) => words().link_not_copied,
        None => "",
    };
    el_class("p", "small")
        .attr("role", "status")
        .class_when("said", move || copied.get() != Some(Copied::No))
        .text_now(text)
}
