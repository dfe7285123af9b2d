//! How well participants receive each other.

use serde::{Deserialize, Serialize};

use crate::DeviceId;

/// How one participant is received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// Whose device sends.
    pub from: DeviceId,
    /// How that arrives.
    pub figures: Figures,
}

/// How a participant is received, or what a call came to: whole numbers, so that they are read the same everywhere. What
/// is not known is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// The mean opinion score of the sound (ITU-T G.107 annex B, narrowband scale) in hundredths: 100 to 450. Absent when
    /// there was no sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mos_x100: Option<u16>,
    /// From here to there and back, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round_trip_ms: Option<u16>,
    /// How unevenly the sound's packets arrive, in milliseconds (RFC 3550 section 6.4.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jitter_ms: Option<u16>,
    /// How many of a thousand of the sound's packets were lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_permille: Option<u16>,
    /// How many thousandths of the time the picture stood still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen_permille: Option<u16>,
}

impl Figures {
    /// Whether each figure can be one.
    pub(crate) fn is_in_range(&self) -> bool {
        let share = |permille: Option<u16>| permille.is_none_or(|permille| permille <= 1_000);
        self.mos_x100.is_none_or(|mos| (100..=450).contains(&mos))
            && share(self.loss_permille)
            && share(self.frozen_permille)
    }
}
