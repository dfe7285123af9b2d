//! What Alo's page and relay say to each other.
//!
//! One WebSocket, JSON text frames, each naming its `type` first and its fields in `data`. The prose, with an example
//! for every message, is in `PROTOCOL.md` beside this crate; a test parses every example of it with the types here.
//!
//! - [`ClientMessage`]: what a page says; [`RelayMessage`]: what the relay says.
//! - [`PeerMessage`]: what two pages say to each other, past the relay.
//! - [`frame`]: the envelope around both, and how it is read and written.
//! - [`Opaque`]: text that only passes through the relay (session descriptions, candidates).
//! - [`limits`]: how much of anything is accepted. [`ErrorCode`]: the stable names of refusals.
//!
//! The crate does no IO and knows no clock; it builds for the browser and the relay alike.

mod client_message;
mod error_code;
pub mod frame;
mod ids;
mod json;
pub mod limits;
mod media;
mod opaque;
mod peer_message;
mod people;
mod quality;
mod relay_message;

pub use client_message::*;
pub use error_code::ErrorCode;
pub use ids::{CallId, DeviceId, InvalidId, ItemId, RoomCode, SessionId, UserId};
pub use media::{Candidate, IceServer, MaxFs, MediaState};
pub use opaque::Opaque;
pub use peer_message::*;
pub use people::{CallStatus, Participant, Person, PersonStatus};
pub use quality::{Figures, Received};
pub use relay_message::*;

/// Whether a field may stay away: what is absent is false.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// The version of the protocol this crate speaks, stated in the first frame of a connection.
///
/// Adding an optional field or a message does not change it: unknown fields are ignored and unknown types are
/// answered with [`ErrorCode::UnknownType`]. The relay accepts this version, the one before and the one after.
pub const VERSION: u32 = 1;
