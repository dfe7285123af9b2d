//! The texts of hints during a call.

use super::each::texts;

texts! {
/// What may be the matter on one's own side: a heading, mostly with a reason, and the words of the remedy.
pub(crate) struct HintWords {
    pub(crate) blocked: &'static str,
    pub(crate) blocked_why: &'static str,
    pub(crate) silent: &'static str,
    pub(crate) silent_why: &'static str,
    pub(crate) choose_another: &'static str,
    pub(crate) talking_muted: &'static str,
    pub(crate) frozen: &'static str,
    pub(crate) frozen_why: &'static str,
    pub(crate) restart_camera: &'static str,
    pub(crate) dark: &'static str,
    pub(crate) dark_why: &'static str,
    pub(crate) overload: &'static str,
    pub(crate) overload_why: &'static str,
    pub(crate) smaller_picture: &'static str,
    pub(crate) network: &'static str,
    pub(crate) network_why: &'static str,
    pub(crate) uplink: &'static str,
    pub(crate) uplink_why: &'static str,
    pub(crate) uplink_why_unseen: &'static str,
    pub(crate) noisy: &'static str,
    pub(crate) noisy_why: &'static str,
    pub(crate) new_device: &'static str,
    pub(crate) plugged_in: &'static str,
    pub(crate) use_it: &'static str,

    // In the settings
    pub(crate) heading: &'static str,
    pub(crate) about: &'static str,
}
}
