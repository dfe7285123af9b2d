//! The page.
//!
//! [`shell`] joins the pure machines of `call` to the browser; [`platform`] is all that knows web-sys; `views` shows it
//! all in the language of `words`.

pub mod app;
pub mod platform;
pub mod shell;
mod views;
mod words;

use leptos::prelude::*;

/// Mounts the page and begins.
pub fn start() {
    platform::tell_about_panics();
    mount_to_body(|| {
        let shell = shell::Shell::new();
        provide_context(shell.clone());
        shell.start();
        view! { <app::App /> }
    });
}

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
