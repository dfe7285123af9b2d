//! Alo's relay: it serves the page, says who is who, and introduces browsers to each other.
//!
//! [`app::App`] is what everything shares, [`router::router`] every route on one page. A request for `/ws` becomes a
//! session, owned by one task; what others have to say to it goes through its bounded outbox. Calls are records in a
//! store.

pub mod app;
pub mod banner;
pub mod clock;
pub mod config;
mod data;
pub mod health;
pub mod identity;
pub mod lan;
pub mod metrics;
pub mod names;
pub mod options;
pub mod refusal;
pub mod router;
pub mod server;
pub mod tls;
