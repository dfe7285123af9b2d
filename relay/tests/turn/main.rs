//! Media through TURN: servers of the operator's, and the one inside.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod client;
#[cfg(feature = "turn")]
mod inside;
mod outside;
#[cfg(feature = "turn")]
mod uclient;
#[path = "../world/mod.rs"]
mod world;
