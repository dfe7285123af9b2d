//! How good a call is: figures out of `getStats`, second by second, and what they mean for people.
//!
//! ```text
//!  Stats (counters, as the browser has them) ──▶ Line, one for each of the others
//!                                                 ├─ Sample: what one second came to, with its MOS (the E-model)
//!                                                 ├─ the last two minutes of them, for graphs
//!                                                 ├─ Tally: median and extremes of the whole call
//!                                                 └─ Steady: good, fair, poor or lost, without flutter
//!  Reading, what it comes to right now ◀──────────┘
//!     └──▶ Quality::whose: is it mine, or theirs?  ◀── what the others say of how they receive
//!
//!  reports of a call, at the relay ──▶ Tally and Course: what it came to, and how it went from beginning to end
//! ```
//!
//! Everything here is told the time. Whatever a browser or a peer makes of the figures (nothing, negative, not a number,
//! huge, going backwards), what comes out is in range or absent.

mod course;
mod emodel;
mod level;
mod line;
mod sample;
mod spread;
mod stats;
mod tally;
mod told;
mod whose;

pub use course::{Course, Point};
pub use emodel::{Coding, Conditions, mos, rating};
pub use level::{Level, Steady};
pub use line::{LATELY, Line, RECENT, Reading};
pub use sample::Sample;
pub use spread::Spread;
pub use stats::{AddressFamily, CandidateType, Inbound, Limitation, Outbound, Route, Sound, Stats, Video};
pub use tally::{Overall, Tally};
pub use whose::{Quality, Weak, Whose};
