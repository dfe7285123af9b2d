//! The texts of how somebody is received.

use super::each::texts;

texts! {
/// How somebody is received, in words and figures; `{}` is a name, or a number before its unit.
pub(crate) struct FigureWords {
    pub(crate) title: &'static str,
    pub(crate) nothing_yet: &'static str,
    pub(crate) arrives_well: &'static str,
    pub(crate) arrives_fairly: &'static str,
    pub(crate) arrives_badly: &'static str,
    pub(crate) arrives_not: &'static str,
    pub(crate) received_well: &'static str,
    pub(crate) received_fairly: &'static str,
    pub(crate) received_badly: &'static str,
    pub(crate) receives: &'static str,
    pub(crate) sound_there: &'static str,
    pub(crate) loss_there: &'static str,
    pub(crate) frozen_there: &'static str,
    pub(crate) lately: &'static str,

    // Graphs
    pub(crate) round_trip: &'static str,
    pub(crate) loss: &'static str,
    pub(crate) received: &'static str,
    pub(crate) opinion: &'static str,

    // Figures
    pub(crate) route: &'static str,
    pub(crate) in_network: &'static str,
    pub(crate) by_internet: &'static str,
    pub(crate) by_relay: &'static str,
    pub(crate) sound: &'static str,
    pub(crate) picture: &'static str,
    pub(crate) size: &'static str,
    pub(crate) frame_rate: &'static str,
    pub(crate) jitter: &'static str,
    pub(crate) concealed: &'static str,
    pub(crate) freezes: &'static str,
    pub(crate) sent: &'static str,
    pub(crate) uplink_loss: &'static str,

    // Units
    pub(crate) unknown: &'static str,
    pub(crate) ms: &'static str,
    pub(crate) per_cent: &'static str,
    pub(crate) kilobits: &'static str,
    pub(crate) a_second: &'static str,
    pub(crate) by: &'static str,
    pub(crate) point: &'static str,

    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) not_copied: &'static str,
}
}
