//! An address where there is nothing.

use leptos::prelude::*;

use super::parts::logo;
use crate::platform::Route;
use crate::shell::use_shell;
use crate::words::words;

/// Says so, and leads back.
pub(crate) fn not_found() -> AnyView {
    let words = words();
    let router = use_shell().router();
    view! {
        <div class="middle">
            {logo()}
            <h1>{words.not_found}</h1>
            <p class="quiet">{words.not_found_hint}</p>
            <button type="button" class="button main" on:click=move |_| router.go(Route::Home)>
                {words.go_home}
            </button>
        </div>
    }
    .into_any()
}
