//! Stories of calls, told with several phones, a relay and a network that does as it is told.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod babble;
mod doors;
mod gaps;
mod glare;
mod groups;
mod link;
mod media;
mod paths;
mod properties;
mod quality;
mod recovery;
mod ringing;
mod rooms;
mod servers;
mod sleep;
mod waiting;
mod world;
