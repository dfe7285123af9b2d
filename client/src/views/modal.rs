//! A dialog over whatever is open.

use leptos::ev::Event;
use leptos::html;
use leptos::prelude::*;

use crate::platform::{hold_open, keep_tab_inside, open_again};

/// A modal dialog. The browser makes the rest of the page inert, moves the focus in, and gives it back when the dialog
/// closes; Tab stays inside. `escape` is what the Escape key does. The content is made when it opens.
pub(crate) fn modal(
    label: &'static str,
    class: &'static str,
    open: Signal<bool>,
    escape: impl Fn() + 'static,
    content: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    let node = NodeRef::<html::Dialog>::new();
    hold_open(node, open);
    let cancel = move |event: Event| {
        event.prevent_default();
        escape();
    };
    let closed = move |_| {
        if open.get_untracked() {
            open_again(node);
        }
    };
    view! {
        <dialog
            node_ref=node
            class=class
            aria-label=label
            on:cancel=cancel
            on:close=closed
            on:keydown=move |event| keep_tab_inside(node, &event)
        >
            {move || open.get().then(&content)}
        </dialog>
    }
    .into_any()
}
