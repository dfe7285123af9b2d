//! An address where there is nothing.

use super::parts::{logo, quiet, text_button};
use crate::platform::{El, Route, el, el_class};
use crate::shell::use_shell;
use crate::words::aside_words;

/// Says so, and leads back.
pub(crate) fn not_found() -> El {
    let aside = aside_words();
    let router = use_shell().router();
    el_class("div", "middle")
        .child(logo())
        .child(el("h1").text(aside.not_found))
        .child(quiet(aside.not_found_hint))
        .child(text_button("main", aside.go_home, move || router.go(Route::Home)))
}
