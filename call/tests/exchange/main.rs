//! Stories of what people exchange in a call, told with several machines and channels that do as they are told.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod chat;
mod files;
mod hands;
mod hostile;
mod world;
