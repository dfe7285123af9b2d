//! Everyone's lines together, and whose network it is that is bad.

use std::collections::BTreeMap;

use super::{Line, Stats};
use crate::{PeerKey, Time};

/// How a call goes: a [`Line`] for each of the others.
#[derive(Clone, Debug, Default)]
pub struct Quality {
    lines: BTreeMap<PeerKey, Line>,
}

/// Whose connection is to be talked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// Nobody's: it is good enough.
    #[default]
    Nobodys,
    /// This side's.
    Mine,
    /// That of these others, and not this side's as well.
    Theirs(Vec<PeerKey>),
}

impl Quality {
    /// Takes in what a browser says of the connection with one of the others.
    pub fn take(&mut self, now: Time, key: PeerKey, stats: Stats, expected: bool) {
        self.lines.entry(key).or_default().take(now, stats, expected);
    }

    /// Forgets whoever is not there any more.
    pub fn retain(&mut self, stays: impl Fn(PeerKey) -> bool) {
        self.lines.retain(|key, _| stays(*key));
    }

    /// How one of the others is received.
    #[must_use]
    pub fn line(&self, key: PeerKey) -> Option<&Line> {
        self.lines.get(&key)
    }

    /// Whose network it is.
    ///
    /// Two others do not lose their networks in the same moment: if most of them are received badly, or most receive this
    /// side badly, what they share is to blame, and that is this side's. With one other only, what arrives badly counts
    /// as theirs and what they get badly as mine, and when it is both, the remedy that is at hand comes first: mine.
    #[must_use]
    pub fn whose(&self) -> Whose {
        let most = |count: usize| count * 2 > self.lines.len();
        let bad: Vec<PeerKey> =
            self.lines.iter().filter(|(_, line)| line.level().is_bad()).map(|(key, _)| *key).collect();
        let uplinks = self.lines.values().filter(|line| line.uplink().is_bad()).count();
        if most(uplinks) || (bad.len() >= 2 && most(bad.len())) {
            Whose::Mine
        } else if bad.is_empty() {
            Whose::Nobodys
        } else {
            Whose::Theirs(bad)
        }
    }
}
