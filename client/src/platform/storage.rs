//! What the browser keeps for us. All of it is a convenience: where storing is forbidden (private windows, full disks,
//! a policy), the page works and remembers nothing.

use web_sys::Storage;

use super::window;

/// For how long something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Until the person clears it: `localStorage`, shared by all tabs.
    Always,
    /// As long as this tab lives, reloads included: `sessionStorage`.
    ThisTab,
}

fn storage(keep: Keep) -> Option<Storage> {
    match keep {
        Keep::Always => window().local_storage(),
        Keep::ThisTab => window().session_storage(),
    }
    .ok()?
}

/// What was stored under `key`, if it is not empty.
pub(crate) fn load(keep: Keep, key: &str) -> Option<String> {
    storage(keep)?.get_item(key).ok()?.filter(|text| !text.is_empty())
}

/// Stores `value` under `key`.
pub(crate) fn store(keep: Keep, key: &str, value: &str) {
    if let Some(storage) = storage(keep) {
        let _ = storage.set_item(key, value);
    }
}

/// Forgets what is stored under `key`.
pub(crate) fn remove(keep: Keep, key: &str) {
    if let Some(storage) = storage(keep) {
        let _ = storage.remove_item(key);
    }
}
