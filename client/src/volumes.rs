//! How loud each person is to be played here, as it is kept in the browser: one line for each, the last changed first.

use protocol::UserId;

use crate::find::split;

/// As they speak.
pub(crate) const USUAL: u16 = 100;
/// Twice as loud.
pub(crate) const LOUDEST: u16 = 200;
/// So many people are remembered.
const MOST: usize = 100;

/// Volumes in percent, by person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Volumes(Vec<(String, u16)>);

impl Volumes {
    /// Reads what was kept. Lines that make no sense are left out.
    pub(crate) fn read(text: &str) -> Self {
        let entry = |line: &str| {
            let (percent, id) = split(line, " ")?;
            let percent = percent.parse::<u16>().ok().filter(|percent| *percent <= LOUDEST)?;
            (!id.is_empty()).then(|| (id.to_owned(), percent))
        };
        Self(text.lines().filter_map(entry).take(MOST).collect())
    }

    /// What is to be kept.
    pub(crate) fn write(&self) -> String {
        self.0.iter().map(|(id, percent)| [&percent.to_string(), " ", id, "\n"].concat()).collect()
    }

    /// How loud somebody is.
    pub(crate) fn of(&self, person: &UserId) -> u16 {
        self.0.iter().find(|(id, _)| id == person.as_str()).map_or(USUAL, |(_, percent)| *percent)
    }

    /// Makes somebody so loud. Whoever is as usual need not be remembered.
    pub(crate) fn set(&mut self, person: &UserId, percent: u16) {
        self.0.retain(|(id, _)| id != person.as_str());
        if percent != USUAL {
            self.0.insert(0, (person.as_str().to_owned(), percent.min(LOUDEST)));
            self.0.truncate(MOST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn person(nth: usize) -> UserId {
        ["guest:", &nth.to_string()].concat().parse().unwrap()
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let mut volumes = Volumes::default();
        volumes.set(&person(1), 150);
        volumes.set(&person(2), 0);
        volumes.set(&person(1), 60);
        assert_eq!(volumes.write(), "60 guest:1\n0 guest:2\n");
        let again = Volumes::read(&volumes.write());
        assert_eq!(again, volumes);
        assert_eq!([1, 2, 3].map(|nth| again.of(&person(nth))), [60, 0, USUAL]);
        volumes.set(&person(1), USUAL);
        assert_eq!(volumes.write(), "0 guest:2\n");
    }

    #[test]
    fn only_the_last_hundred_are_remembered() {
        let mut volumes = Volumes::default();
        for nth in 0..150 {
            volumes.set(&person(nth), 50);
        }
        assert_eq!(volumes.write().lines().count(), 100);
        assert_eq!((volumes.of(&person(49)), volumes.of(&person(149))), (USUAL, 50));
        let endless = "120 a\n".repeat(100_000);
        assert_eq!(Volumes::read(&endless).write().lines().count(), 100);
    }

    #[test]
    fn nonsense_is_left_out() {
        let volumes = Volumes::read("loud a\n300 b\n-1 c\n\n7\n7 \n180 d");
        assert_eq!(volumes.write(), "180 d\n");
        let mut volumes = Volumes::default();
        volumes.set(&person(1), u16::MAX);
        assert_eq!(volumes.of(&person(1)), LOUDEST);
    }
}
