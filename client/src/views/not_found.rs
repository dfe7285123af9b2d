//! An address where there is nothing.

use super::parts::{logo, quiet, text_button};
use crate::platform::{El, Route, el, el_class};
use crate::shell::use_shell;
use crate::words::words;

/// Says so, and leads back.
pub(crate) fn not_found() -> El {
    let words = words();
    let router = use_shell().router();
    el_class("div", "middle")
        .child(logo())
        .child(el("h1").text(words.not_found))
        .child(quiet(words.not_found_hint))
        .child(text_button("main", words.go_home, move || router.go(Route::Home)))
}
