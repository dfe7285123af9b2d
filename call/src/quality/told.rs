//! What one of the others says of how they receive: this side, and everybody else.

use std::time::Duration;

use protocol::{DeviceId, Figures, Received};

use crate::{PeerKey, Time};

/// What was said so long ago says nothing any more. Pages say it every ten seconds; two may be lost.
const STALE: Duration = Duration::from_secs(30);
/// Sound below this is heard badly: "nearly all users dissatisfied" (G.107 table B.1, a rating of 60), in hundredths.
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
    /// Of how they hear this side.
    us: Complaint,
    /// Of most they hear, of two at least: it is their own network.
    most: Complaint,
}

/// That something is heard badly. It takes two reports in a row: the first seconds of a call are rough on a busy machine,
/// and the first report is of five only.
#[derive(Clone, Copy, Debug, Default)]
struct Complaint {
    /// The last report said so.
    said: bool,
    /// And the one before it.
    counts: bool,
}

impl Complaint {
    /// What comes of another report, `is_bad` by that border.
    fn next(self, is_bad: impl FnOnce(u16) -> bool) -> Self {
        let said = is_bad(if self.counts { BETTER } else { BAD });
        Self { said, counts: said && self.said }
    }
}

impl Told {
    /// What they say now, and said `before`.
    pub(super) fn new(now: Time, key: PeerKey, own: &DeviceId, received: &[Received], before: Option<&Self>) -> Self {
        let of_us = received.iter().find(|one| one.from == *own).map(|one| one.figures);
        let most = |count: usize| received.len() >= 2 && count * 2 > received.len();
        let (us, many) = before.map(|before| (before.us, before.most)).unwrap_or_default();
        Self {
            key,
            at: now,
            of_us,
            us: us.next(|border| of_us.is_some_and(|figures| is_bad(&figures, border))),
            most: many.next(|border| most(received.iter().filter(|one| is_bad(&one.figures, border)).count())),
        }
    }

    /// They hear this side badly.
    pub(super) const fn hears_us_badly(&self) -> bool {
        self.us.counts
    }

    /// They hear most badly, of two at least: it is their own network.
    pub(super) const fn hears_badly(&self) -> bool {
        self.most.counts
    }

    pub(super) fn is_fresh(&self, now: Time) -> bool {
        now.since(self.at) < STALE
    }
}

/// Where nothing is to be heard, nothing is heard badly.
fn is_bad(figures: &Figures, border: u16) -> bool {
    figures.mos_x100.is_some_and(|mos| mos < border)
}
