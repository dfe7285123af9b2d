//! How a call goes, as values.
//!
//! [`Phone`] is one person's side: their connection to the relay, their calls, and the negotiation with every other
//! participant. It is told what happened and when ([`Phone::handle`]), says what to do ([`Phone::poll`]), when it wants
//! to be woken ([`Phone::deadline`]) and what to show ([`Phone::view`]). [`record`] is the relay's side: the truth about
//! one call.
//!
//! What people exchange beside voice and picture is a machine of its own, [`exchange::Exchange`].
//!
//! Nothing here does IO, reads a clock or draws a random number, so every story of a call can be told in a test.
//!
//! # The order of use
//! Call `handle` for whatever happened, then `poll` until it returns `None`, then look at `deadline` and set one timer
//! for it; when the timer fires, call `handle` with [`Input::Tick`]. Late and needless ticks do no harm.

pub mod budget;
mod current;
mod directory;
pub mod exchange;
mod glare;
mod hands;
mod input;
mod invitation;
mod leg;
mod link;
mod output;
mod own;
mod paths;
mod peer;
mod phone;
pub mod quality;
mod recent;
pub mod record;
mod rng;
mod room;
mod sdp;
mod servers;
pub mod spotlight;
mod time;
mod view;
mod watch;
pub mod watcher;

pub use input::*;
pub use output::*;
pub use phone::Phone;
pub use time::Time;
pub use view::*;
