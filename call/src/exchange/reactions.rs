//! Signs that are shown for some seconds.

use std::time::Duration;

use protocol::{DeviceId, Reaction};

use super::view::ShownReaction;
use crate::Time;

/// For so long a sign is to be seen.
const SHOWN: Duration = Duration::from_secs(4);
/// So many of one person at a time; a further one takes the place of the oldest.
const EACH: usize = 3;

/// The signs of the last seconds.
#[derive(Default)]
pub(super) struct Reactions {
    shown: Vec<(Time, ShownReaction)>,
    count: u32,
}

impl Reactions {
    pub(super) fn add(&mut self, now: Time, device: DeviceId, reaction: Reaction) {
        let of_them = |(_, shown): &(Time, ShownReaction)| shown.device == device;
        if self.shown.iter().filter(|shown| of_them(shown)).count() >= EACH {
            let oldest = self.shown.iter().position(of_them);
            self.shown.remove(oldest.unwrap_or_default());
        }
        self.count = self.count.wrapping_add(1);
        self.shown.push((now + SHOWN, ShownReaction { number: self.count, device, reaction }));
    }

    /// Takes away what has been shown for long enough. Whether there was something.
    pub(super) fn tick(&mut self, now: Time) -> bool {
        let before = self.shown.len();
        self.shown.retain(|(until, _)| *until > now);
        self.shown.len() < before
    }

    pub(super) fn deadline(&self) -> Option<Time> {
        self.shown.iter().map(|(until, _)| *until).min()
    }

    pub(super) fn view(&self) -> Vec<ShownReaction> {
        self.shown.iter().map(|(_, shown)| shown.clone()).collect()
    }
}
