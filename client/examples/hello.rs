//! The smallest page that Leptos makes, written as its guide would: what the loading of Alo's page is compared with
//! (e2e/bench/slow.bench.ts). Not part of the page that is served.

use leptos::prelude::*;

fn main() {
    let (count, set_count) = signal(0);
    mount_to_body(move || {
        view! { <button on:click=move |_| set_count.update(|count| *count += 1)>"Hello, " {count}</button> }
    });
}
