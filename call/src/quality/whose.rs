//! What is known of all the others together, and whose network it is that is bad.

use super::Reading;
use crate::PeerKey;

/// How a call goes: the last [`Reading`] of each of the others.
#[derive(Clone, Debug, Default)]
pub struct Quality {
    /// A handful: a list takes the page less code than a map.
    readings: Vec<(PeerKey, Reading)>,
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
    /// Takes in what is known of one of the others now.
    pub fn take(&mut self, key: PeerKey, reading: Reading) {
        self.retain(|known| known != key);
        self.readings.push((key, reading));
    }

    /// Forgets whoever is not there any more.
    pub fn retain(&mut self, stays: impl Fn(PeerKey) -> bool) {
        self.readings.retain(|(key, _)| stays(*key));
    }

    /// What is known of one of the others.
    #[must_use]
    pub fn of(&self, key: PeerKey) -> Option<Reading> {
        self.readings.iter().find(|(known, _)| *known == key).map(|(_, reading)| *reading)
    }

    /// Whose network it is.
    ///
    /// Two others do not lose their networks in the same moment: if most of them are received badly, or most receive this
    /// side badly, what they share is to blame, and that is this side's. With one other only, what arrives badly counts
    /// as theirs and what they get badly as mine, and when it is both, the remedy that is at hand comes first: mine.
    #[must_use]
    pub fn whose(&self) -> Whose {
        let most = |count: usize| count * 2 > self.readings.len();
        let bad = |is_bad: fn(&Reading) -> bool| -> Vec<PeerKey> {
            self.readings.iter().filter(|(_, reading)| is_bad(reading)).map(|(key, _)| *key).collect()
        };
        let theirs = bad(|reading| reading.level.is_bad());
        let uplinks = bad(|reading| reading.uplink.is_bad());
        if most(uplinks.len()) || (theirs.len() >= 2 && most(theirs.len())) {
            Whose::Mine
        } else if theirs.is_empty() {
            Whose::Nobodys
        } else {
            Whose::Theirs(theirs)
        }
    }
}
