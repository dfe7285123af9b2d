//! How the bandwidth of a call is shared out among those in it.
//!
//! ```text
//!  what is seen here of the others ──▶ Wishes ──▶ call:want_media ──▶ (far side)
//!  what the others see of us ────────▶ Budget ──▶ Encodings for each connection
//! ```
//! Together, all that a device sends in a call stays within [`TOTAL`], whatever the number of people. Voices come first:
//! they have their share before any picture has one. Pictures get what is left, each no more than is seen of it.
//!
//! Neither flutters: what becomes less does so at once (sending) or when it lasts (wishing), what becomes more the other
//! way round. So the sum is never over [`TOTAL`], and a window that is put aside for a moment costs nothing.

mod encoding;
mod share;
#[cfg(test)]
mod tests;
mod wish;

pub use encoding::{Encoding, Encodings};
pub use share::{Budget, Receiver, Sending, TOTAL, VOICE};
pub use wish::{Seen, Wishes};
