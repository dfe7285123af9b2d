//! What one of the others says of how they receive: this side, and everybody else.

use std::time::Duration;

use protocol::{DeviceId, Figures, Received};

use crate::{PeerKey, Time};

/// What was said so long ago says nothing any more. Pages say it every ten seconds; two may be lost.
const STALE: Duration = Duration::from_secs(30);
/// Sound below this is heard badly: "nearly all users dissatisfied" (G.107 table B.1, a rating of 60), in hundredths. It
/// is the median of ten seconds, so it has lasted when it is said.
const BAD: u16 = 310;
/// From this on it is not any more: only "some users dissatisfied" (the same table, a rating of 70). Further up, and who is
/// heard well is still told otherwise; nearer, and it comes and goes every ten seconds.
const BETTER: u16 = 360;

/// What somebody said last.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) key: PeerKey,
    at: Time,
    /// How they receive this side, if they say so.
    pub(super) of_us: Option<Figures>,
    /// They hear this side badly.
    pub(super) hears_us_badly: bool,
    /// They hear most badly, of two at least: it is their own network.
    pub(super) hears_badly: bool,
}

impl Told {
    /// What they say now, and said `before`.
    pub(super) fn new(now: Time, key: PeerKey, own: &DeviceId, received: &[Received], before: Option<&Self>) -> Self {
        let of_us = received.iter().find(|one| one.from == *own).map(|one| one.figures);
        let most = |count: usize| received.len() >= 2 && count * 2 > received.len();
        let border = border(before.is_some_and(|before| before.hears_badly));
        let badly = received.iter().filter(|one| is_bad(&one.figures, border)).count();
        let border = self::border(before.is_some_and(|before| before.hears_us_badly));
        let hears_us_badly = of_us.is_some_and(|figures| is_bad(&figures, border));
        Self { key, at: now, of_us, hears_us_badly, hears_badly: most(badly) }
    }

    pub(super) fn is_fresh(&self, now: Time) -> bool {
        now.since(self.at) < STALE
    }
}

const fn border(was_bad: bool) -> u16 {
    if was_bad { BETTER } else { BAD }
}

/// Where nothing is to be heard, nothing is heard badly.
fn is_bad(figures: &Figures, border: u16) -> bool {
    figures.mos_x100.is_some_and(|mos| mos < border)
}
