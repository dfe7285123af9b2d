//! Things that are on until a person switches them off, on later visits too.

use super::storage::{self, Keep};

/// That the others in a call may learn this browser's address, as they do where the path is direct.
pub(crate) const OWN_ADDRESS: &str = "own-address";

fn key(name: &str) -> String {
    ["alo-off-", name].concat()
}

/// It was not switched off.
pub(crate) fn is_switched_on(name: &str) -> bool {
    storage::load(Keep::Always, &key(name)).is_none()
}

/// Switches it on or off, also for later visits.
pub(crate) fn switch(name: &str, on: bool) {
    if on {
        storage::remove(Keep::Always, &key(name));
    } else {
        storage::store(Keep::Always, &key(name), "off");
    }
}
