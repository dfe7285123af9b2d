//! Several relays that share what they know in a Redis: nobody notices at which of them they are.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says so where it is skipped"
)]

mod calls;
mod failures;
#[path = "../../src/store/shared/server.rs"]
mod server;
mod together;
#[path = "../world/mod.rs"]
mod world;
