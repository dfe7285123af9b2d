//! What is known of all the others together, and whose network it is that is bad.

use protocol::{DeviceId, Figures, Received};

use super::Reading;
use super::told::Told;
use crate::{PeerKey, Time};

/// How a call goes: the last [`Reading`] of each of the others, and what they say themselves.
#[derive(Clone, Debug, Default)]
pub struct Quality {
    /// A handful: a list takes the page less code than a map.
    readings: Vec<(PeerKey, Reading)>,
    told: Vec<Told>,
}

/// In which direction this side's network is weak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weak {
    /// What comes here arrives badly, whoever sends it.
    Receiving,
    /// What is sent from here arrives badly, whoever receives it.
    Sending,
}

/// Whose connection is to be talked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// Nobody's: it is good enough.
    #[default]
    Nobodys,
    /// This side's.
    Mine(Weak),
    /// That of these others, and not this side's as well.
    Theirs(Vec<PeerKey>),
}

impl Quality {
    /// Takes in what is known of one of the others now.
    pub fn take(&mut self, key: PeerKey, reading: Reading) {
        self.readings.retain(|(known, _)| *known != key);
        self.readings.push((key, reading));
    }

    /// Forgets whoever is not there any more.
    pub fn retain(&mut self, stays: impl Fn(PeerKey) -> bool) {
        self.readings.retain(|(key, _)| stays(*key));
        self.told.retain(|told| stays(told.key));
    }

    /// Takes in what one of the others, who must be in the call, says of how they receive everybody; `own` is this side's
    /// device.
    pub fn hear(&mut self, now: Time, key: PeerKey, own: &DeviceId, received: &[Received]) {
        let place = self.told.iter().position(|told| told.key == key);
        let before = place.map(|place| self.told.swap_remove(place)).filter(|before| before.is_fresh(now));
        self.told.push(Told::new(now, key, own, received, before.as_ref()));
    }

    /// Forgets what was said too long ago.
    pub fn forget_stale(&mut self, now: Time) {
        self.told.retain(|told| told.is_fresh(now));
    }

    /// How one of the others receives this side, as they said last.
    #[must_use]
    pub fn received_by(&self, key: PeerKey) -> Option<Figures> {
        self.told.iter().find(|told| told.key == key)?.of_us
    }

    /// What is known of one of the others.
    #[must_use]
    pub fn of(&self, key: PeerKey) -> Option<Reading> {
        self.readings.iter().find(|(known, _)| *known == key).map(|(_, reading)| *reading)
    }

    /// Whose network it is.
    ///
    /// Two others do not lose their networks in the same moment: if most of them are received badly, or most receive this
    /// side badly, what they share is to blame, and that is this side's. Somebody who receives most others badly as well
    /// is no witness: there, the network is theirs. With one other only, what arrives badly counts as theirs and what they
    /// get badly as mine, and when it is both, the remedy that is at hand comes first: mine.
    ///
    /// How they receive this side is told twice: their browser counts the losses and says so every few seconds (RTCP), and
    /// their page says every ten what it came to for the ear. Either will do, the latter when it is said twice in a row.
    #[must_use]
    pub fn whose(&self) -> Whose {
        let most = |count: usize, of: usize| count * 2 > of;
        let all = self.readings.len();
        let told = |key: PeerKey| self.told.iter().find(|told| told.key == key);
        let hears_badly = |key: PeerKey| told(key).is_some_and(|told| told.hears_badly());
        let witnesses = || self.readings.iter().filter(|(key, _)| !hears_badly(*key));
        let complains = |(key, reading): &&(PeerKey, Reading)| {
            reading.uplink.is_bad() || told(*key).is_some_and(|told| told.hears_us_badly())
        };
        let arrives_badly = self.readings.iter().filter(|(_, reading)| reading.level.is_bad()).count();
        if arrives_badly >= 2 && most(arrives_badly, all) {
            return Whose::Mine(Weak::Receiving);
        }
        if most(witnesses().filter(complains).count(), witnesses().count()) {
            return Whose::Mine(Weak::Sending);
        }
        let theirs = self.readings.iter().filter(|(key, reading)| reading.level.is_bad() || hears_badly(*key));
        let theirs: Vec<PeerKey> = theirs.map(|(key, _)| *key).collect();
        if theirs.is_empty() { Whose::Nobodys } else { Whose::Theirs(theirs) }
    }
}
