//! The page.
//!
//! [`shell`] joins the pure machines of `call` to the browser; [`platform`] is all that knows web-sys; `views` shows it
//! all in the language of `words`.

mod along;
pub mod app;
mod bandwidth;
mod doors;
mod find;
mod keys;
mod past;
pub mod platform;
mod recording;
pub mod shell;
pub mod signal;
mod views;
mod volumes;
mod wishes;
mod words;

use leptos::prelude::*;

use shell::Shell;

/// Mounts the page and begins.
pub fn start() {
    mount(Shell::start);
}

/// Mounts the page with a shell that `begin` sets going.
pub fn mount(begin: impl FnOnce(&Shell) + 'static) {
    // A module script runs when the whole page has been read, so there is one.
    let Some(body) = document().body() else { return };
    let page = leptos::mount::mount_to_renderer(&body, move || {
        platform::tell_about_panics();
        let shell = Shell::new();
        shell.provide();
        begin(&shell);
        app::app()
    });
    // It lives as long as the tab.
    page.forget();
}

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
