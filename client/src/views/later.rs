//! What is shown while a part of the program is on its way, and when it does not come.

use super::icon::{Icon, icon};
use super::parts::{quiet, text_button, waiting};
use crate::platform::{El, Loading, Part, el, el_class, reload};
use crate::shell::use_shell;
use crate::words::words;

/// A view of a part: `view` as soon as the part is there.
pub(crate) fn later(part: Part, view: impl Fn() -> El + 'static) -> El {
    let parts = use_shell().parts();
    let loading = parts.loading(part);
    parts.want(part);
    el_class("div", "later").show(move || {
        Some(match loading.get() {
            Loading::There => view(),
            Loading::Failed => failed(part),
            Loading::Unasked | Loading::Waits => slowly(words().part_waits),
        })
    })
}

/// The same for a view that shows nothing by itself: neither that it is waited for nor that it did not come.
pub(crate) fn silently(part: Part, view: impl Fn() -> El + 'static) -> El {
    let parts = use_shell().parts();
    let loading = parts.loading(part);
    parts.want(part);
    el("div").attr("hidden", "").show(move || (loading.get() == Loading::There).then(&view))
}

/// Something is on its way: seen only when it takes long (style/parts.css).
pub(crate) fn slowly(text: &str) -> El {
    el_class("p", "middle slow").attr("role", "status").child(waiting()).text(text)
}

/// It was asked for without an answer, or the relay has another version by now and not this part any more.
fn failed(part: Part) -> El {
    let words = words();
    let parts = use_shell().parts();
    let row = el_class("div", "row")
        .child(text_button("main", words.try_again, move || parts.want(part)))
        .child(text_button("", words.reload, reload));
    el_class("div", "middle")
        .attr("role", "alert")
        .child(icon(Icon::Attention))
        .child(quiet(words.part_failed))
        .child(row)
}
