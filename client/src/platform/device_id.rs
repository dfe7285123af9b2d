//! This tab's address inside calls, kept across a reload.

use protocol::DeviceId;

use super::storage::{self, Keep};

const DEVICE: &str = "alo-device";

/// The id from before a reload.
pub(crate) fn load() -> Option<DeviceId> {
    storage::load(Keep::ThisTab, DEVICE)?.parse().ok()
}

/// Keeps the id for a reload.
pub(crate) fn remember(device: &DeviceId) {
    storage::store(Keep::ThisTab, DEVICE, device.as_str());
}
