//! Stories of calls, told with several phones, a relay and a network that does as it is told.

mod glare;
mod link;
mod media;
mod properties;
mod recovery;
mod ringing;
mod rooms;
mod world;
