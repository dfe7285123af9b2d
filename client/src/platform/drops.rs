//! Files that are dropped onto the page or pasted into it.

use leptos::prelude::document;
use wasm_bindgen::JsValue;

use super::effect::keep;
use super::files::{Chosen, chosen};
use super::listener::Listener;
use super::{El, js};

/// Takes files that are dropped anywhere on the page, for as long as the component lives that asks. Without it the browser
/// would leave the page to show them.
pub(crate) fn dropped_anywhere(mut take: impl FnMut(Vec<Chosen>) + 'static) {
    let page = document();
    keep(Listener::new(&page, "dragover", |event| {
        if has_files(&event) {
            event.prevent_default();
        }
    }));
    keep(Listener::new(&page, "drop", move |event| {
        if has_files(&event) {
            event.prevent_default();
            take(chosen(&js::field(&js::field(&event, "dataTransfer"), "files")));
        }
    }));
}

/// While something is only carried over the page, its types are all that can be seen of it.
fn has_files(event: &JsValue) -> bool {
    let types = js::field(&js::field(event, "dataTransfer"), "types");
    js::call(&types, "includes", &[&JsValue::from_str("Files")]).is_some_and(|files| files.is_truthy())
}

/// Takes files that are pasted into `field`; texts go where they always do.
pub(crate) fn pasted(field: El, mut take: impl FnMut(Vec<Chosen>) + 'static) -> El {
    field.on("paste", move |event| {
        let files = chosen(&js::field(&js::field(&event, "clipboardData"), "files"));
        if !files.is_empty() {
            event.prevent_default();
            take(files);
        }
    })
}
