use proptest::prelude::*;

use super::*;

/// How often it is told, in milliseconds.
const EVERY: u64 = 200;
/// A voice in the middle of a word.
const LOUD: f64 = 0.2;
const SOFT: f64 = 0.03;

fn device(name: char) -> DeviceId {
    format!("device-0123456789-{name}").parse().unwrap()
}

#[derive(Default)]
struct Stage {
    spotlight: Spotlight,
    now: u64,
}

impl Stage {
    /// Everybody is as loud as this for so many milliseconds.
    fn goes_on(&mut self, millis: u64, voices: &[(char, f64)]) -> Option<char> {
        for _ in 0..millis / EVERY {
            self.now += EVERY;
            let heard: Vec<_> = voices.iter().map(|(name, loudness)| (device(*name), *loudness)).collect();
            self.spotlight.hear(Time::from_millis(self.now), &heard);
        }
        self.spotlight.lit().map(name)
    }

    fn speaking(&self) -> String {
        self.spotlight.speaking().map(name).collect()
    }
}

fn name(device: &DeviceId) -> char {
    device.as_str().chars().last().unwrap()
}

#[test]
fn somebody_is_in_the_light_before_anybody_speaks() {
    let mut stage = Stage::default();
    assert_eq!(stage.spotlight.lit(), None);
    assert_eq!(stage.goes_on(400, &[('a', 0.0), ('b', 0.0)]), Some('a'));
    assert_eq!(stage.speaking(), "");
}

#[test]
fn whoever_speaks_for_two_seconds_is_in_the_light_and_stays_there_in_silence() {
    let mut stage = Stage::default();
    stage.goes_on(1_000, &[('a', 0.0), ('b', 0.0)]);
    assert_eq!(stage.goes_on(2_000, &[('a', 0.0), ('b', LOUD)]), Some('a'), "not yet");
    assert_eq!(stage.speaking(), "b");
    assert_eq!(stage.goes_on(200, &[('a', 0.0), ('b', LOUD)]), Some('b'));
    assert_eq!(stage.goes_on(20_000, &[('a', 0.0), ('b', 0.0)]), Some('b'));
    assert_eq!(stage.speaking(), "");
}

#[test]
fn a_word_in_between_turns_nothing_and_a_gap_between_words_neither() {
    let mut stage = Stage::default();
    stage.goes_on(400, &[('a', 0.0), ('b', 0.0)]);
    assert_eq!(stage.goes_on(1_600, &[('a', 0.0), ('b', LOUD)]), Some('a'));
    assert_eq!(stage.goes_on(1_000, &[('a', 0.0), ('b', 0.0)]), Some('a'));
    assert_eq!(stage.goes_on(1_600, &[('a', 0.0), ('b', LOUD)]), Some('a'), "it begins anew");
    stage.goes_on(600, &[('a', 0.0), ('b', 0.0)]);
    assert_eq!(stage.goes_on(600, &[('a', 0.0), ('b', LOUD)]), Some('b'), "it was the same voice");
}

#[test]
fn of_two_who_speak_it_is_the_louder_one() {
    let mut stage = Stage::default();
    stage.goes_on(400, &[('a', LOUD), ('b', 0.0)]);
    assert_eq!(stage.goes_on(10_000, &[('a', LOUD), ('b', SOFT)]), Some('a'));
    assert_eq!(stage.goes_on(4_000, &[('a', SOFT), ('b', LOUD)]), Some('b'));
    assert_eq!(stage.goes_on(4_000, &[('a', LOUD), ('b', LOUD)]), Some('a'), "of equals the first, and not by turns");
    assert_eq!(stage.goes_on(9_000, &[('a', LOUD), ('b', LOUD)]), Some('a'));
}

#[test]
fn the_light_does_not_flicker() {
    let mut stage = Stage::default();
    stage.goes_on(400, &[('a', 0.0), ('b', 0.0), ('c', 0.0)]);
    assert_eq!(stage.goes_on(2_400, &[('a', 0.0), ('b', LOUD), ('c', 0.0)]), Some('b'));
    assert_eq!(stage.goes_on(2_200, &[('a', 0.0), ('b', 0.0), ('c', LOUD)]), Some('b'), "three seconds at least");
    assert_eq!(stage.goes_on(1_400, &[('a', 0.0), ('b', 0.0), ('c', LOUD)]), Some('c'));
}

#[test]
fn who_leaves_takes_the_light_along_and_it_goes_to_whoever_speaks() {
    let mut stage = Stage::default();
    stage.goes_on(400, &[('a', 0.0), ('b', 0.0), ('c', 0.0)]);
    assert_eq!(stage.goes_on(200, &[('b', 0.0), ('c', LOUD)]), Some('c'));
    assert_eq!(stage.goes_on(200, &[('b', 0.0)]), Some('b'));
    assert_eq!(stage.goes_on(200, &[]), None);
}

proptest! {
    /// Whatever is told: the light is on somebody who is there, and where it was if they are and it came there less than
    /// three seconds ago.
    #[test]
    fn the_light_is_always_somewhere_and_stays(
        story in proptest::collection::vec(
            (proptest::sample::subsequence(vec!['a', 'b', 'c'], 0..=3), proptest::array::uniform3(any::<f64>()), 0_u64..2_000),
            1..80,
        ),
    ) {
        let mut spotlight = Spotlight::default();
        let (mut now, mut turned, mut before) = (Time::from_millis(0), None, None);
        for (names, loudness, pause) in story {
            now = now + Duration::from_millis(pause);
            let heard: Vec<_> = names.iter().map(|name| device(*name)).zip(loudness).collect();
            spotlight.hear(now, &heard);
            let lit = spotlight.lit().cloned();
            prop_assert_eq!(lit.is_some(), !heard.is_empty());
            prop_assert!(lit.iter().all(|lit| heard.iter().any(|(device, _)| device == lit)));
            let was_there = |device: &DeviceId| heard.iter().any(|(other, _)| other == device);
            if lit != before {
                if before.as_ref().is_some_and(was_there) {
                    prop_assert!(turned.is_none_or(|turned| now.since(turned) >= STAYS));
                    turned = Some(now);
                } else {
                    turned = None;
                }
            }
            before = lit;
        }
    }
}
