//! What people in a call exchange beside voice and picture: a part of the program that is loaded when a call goes on.

mod controls;
mod file;
mod on_tile;
mod recording;
mod said;
mod sheet;

use protocol::DeviceId;

use crate::platform::El;
use crate::recording::use_recording;
use crate::signal::RwSignal;

/// A view of this part.
pub(crate) enum Along {
    /// The sheet with chat and files, while it is open, and what is said of it while it is not.
    Sheet,
    /// The controls in the bar.
    Controls,
    /// What somebody shows on their picture; `None` is the person here.
    OnTile(Option<DeviceId>),
    /// The entry of the bar's menu that begins and ends a recording, and closes the menu.
    Recording(RwSignal<bool>),
    /// How far a recording is, for whoever makes it.
    OfRecording,
    /// What came of a recording, once the call is over.
    Recorded,
}

/// The view. To be called through [`crate::doors`] alone: whoever calls it directly takes this part into the program that
/// is loaded first.
pub(crate) fn along(what: &Along) -> El {
    match what {
        Along::Sheet => sheet::sheet(),
        Along::Controls => controls::controls(),
        Along::OnTile(device) => on_tile::on_tile(device.clone()),
        Along::Recording(menu) => recording::entry(*menu),
        Along::OfRecording => recording::notice(),
        Along::Recorded => recording::said(&use_recording()),
    }
}
