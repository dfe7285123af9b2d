//! The browser: the only place that knows web-sys.
//!
//! Whoever registers a listener or a timer, or opens a track or a socket, owns it and undoes it when dropped. A callback
//! only builds an [`queue::Event`] and sends it on; it holds a sender or a `Weak`, never the owner.

mod audio;
mod browser;
pub(crate) mod calendar;
pub(crate) mod calls;
mod capture;
pub(crate) mod channel;
pub(crate) mod clock;
mod device_id;
pub(crate) mod devices;
mod dialog;
mod drag;
mod drops;
mod early;
mod effect;
mod element;
pub(crate) mod files;
mod floating;
mod http;
mod install;
pub(crate) mod js;
mod keyboard;
pub(crate) mod keyed;
mod language;
mod listener;
mod loudness;
pub(crate) mod media;
mod media_session;
mod meter;
mod missed;
mod notes;
pub(crate) mod page;
mod parts;
pub(crate) mod peer;
pub(crate) mod probe;
mod push;
pub(crate) mod queue;
pub(crate) mod random;
pub(crate) mod recorder;
mod ringtone;
mod router;
mod scroll;
mod senses;
pub(crate) mod session;
mod sharing;
mod size;
pub(crate) mod socket;
mod sound;
pub(crate) mod speaker;
mod stay;
pub(crate) mod storage;
mod stream;
mod switches;
pub(crate) mod talk;
pub(crate) mod tape;
pub(crate) mod task;
#[cfg(test)]
mod test;
mod tiles;
pub(crate) mod trouble;
mod video;
pub(crate) mod wishes;
mod worker;

pub(crate) use leptos::prelude::window;

pub use browser::{Copied, address, copy, reload, user_agent};
pub(crate) use capture::{Capture, Sharing};
pub use clock::{now, ticking};
pub use devices::{DeviceInfo, DeviceKind, Devices, Permission};
pub use dialog::dialog;
pub use drag::{Drag, Dropped};
pub(crate) use drops::{dropped_anywhere, pasted};
pub use early::take_early;
pub(crate) use effect::at_the_end;
pub use effect::effect;
pub(crate) use effect::lasting;
pub use element::{El, drawing, el, el_class};
pub(crate) use floating::Floating;
pub use install::Install;
pub(crate) use keyboard::{Keys, Stroke, has_deed, keep_keys, kept_keys, strokes, tell_deed, toggle_full_screen};
pub use language::Languages;
pub(crate) use loudness::{Loudness, keep_volumes, kept_volumes};
pub(crate) use media_session::{MediaKey, on_media_keys, show_devices_in_use};
pub use missed::Missed;
pub use page::{tab_title, visible};
pub use parts::{Loading, Part, Parts};
pub(crate) use peer::Loud;
pub(crate) use push::{Reach, encoded, reach};
pub(crate) use ringtone::{
    Tune, can_choose_device as can_choose_ring_device, keep as keep_ring, kept as kept_ring, ringer, stop_trying,
    try_ring,
};
pub use router::{Route, Router, room_in};
pub(crate) use scroll::near_end;
pub(crate) use senses::{Senses, every};
pub use session::{Entry, Session, SignInProblem};
pub(crate) use sharing::{can_share, share};
pub(crate) use size::measured;
pub(crate) use sound::{Ringer, Sounds};
pub(crate) use stay::{AskBeforeClosing, ask_before_closing, ask_before_leaving, stay};
pub use stream::Stream;
pub(crate) use switches::{OWN_ADDRESS, is_switched_on, switch};
pub(crate) use task::spawn;
pub(crate) use tiles::{of_peer, seen_pixels, seen_screen_pixels};
pub(crate) use trouble::tell_about_panics;
pub use video::video;
pub use worker::{Notice, Notifying, Worker, unseen};
