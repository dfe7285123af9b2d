//! Alo's relay: it serves the page, says who is who, and introduces browsers to each other.
//!
//! [`app::App`] is what everything shares, [`router::router`] every route on one page. A request for `/ws` becomes a
//! session, owned by one task; what others have to say to it goes through its bounded outbox. Calls are records in a
//! store.

pub mod allowance;
pub mod api;
pub mod app;
pub mod audit;
pub mod banner;
pub mod clock;
pub mod config;
mod data;
pub mod directory;
mod fellows;
pub mod health;
pub mod history;
pub mod hub;
pub mod ice;
pub mod identity;
mod ids;
pub mod lan;
pub mod limits;
pub mod metrics;
pub mod names;
pub mod options;
pub mod page;
pub mod people;
pub mod post;
pub mod push;
pub mod qr;
pub mod refusal;
pub mod router;
pub mod security;
pub mod server;
pub mod session;
mod signalling;
pub mod store;
pub mod stun;
pub mod ticker;
pub mod tls;
#[cfg(feature = "turn")]
mod turn;
