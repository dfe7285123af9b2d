//! Small texts made of values: initials, colours, durations.

use std::ops::RangeInclusive;
use std::time::Duration;

use protocol::{CallType, Person};

use crate::words::{aside_words, fill};

/// The classes of the hues in `style/base.css`.
const HUES: [&str; 8] = ["hue-0", "hue-1", "hue-2", "hue-3", "hue-4", "hue-5", "hue-6", "hue-7"];

/// The blocks of Unicode with what people put around and into their names and what is neither letter nor digit:
/// Latin-1's signs, punctuation and symbols up to the arrows, those of East Asia, variation selectors, emoji.
const SIGNS: [RangeInclusive<char>; 5] = [
    '\u{80}'..='\u{bf}',
    '\u{2000}'..='\u{2bff}',
    '\u{3000}'..='\u{303f}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{1f000}'..='\u{1faff}',
];

/// One or two letters that stand for a name when there is no picture: the first of its first and last word.
pub(crate) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| is_letter(*c)));
    let first = words.next().or_else(|| name.trim().chars().next());
    first.into_iter().chain(words.next_back()).collect()
}

/// Not one of [`SIGNS`]. Unicode's own list of letters and digits is 2 KB of tables that hardly compress.
fn is_letter(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { !SIGNS.iter().any(|signs| signs.contains(&c)) }
}

/// The class with a person's own colour: the same for an id everywhere and every time (FNV-1a).
pub(crate) fn hue_class(id: &str) -> &'static str {
    let hash = id.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    // The low bits of FNV-1a mix least.
    let index = usize::from(hash.to_be_bytes()[0]) % HUES.len();
    HUES.get(index).copied().unwrap_or_default()
}

/// The names of several people.
pub(crate) fn names(people: &[Person]) -> String {
    let names: Vec<&str> = people.iter().map(|person| person.name.as_str()).filter(|name| !name.is_empty()).collect();
    names.join(", ")
}

/// Whether more than two may be in a call of this type.
pub(crate) const fn is_group(kind: CallType) -> bool {
    matches!(kind, CallType::GroupVoice | CallType::GroupVideo)
}

/// Whether a call of this type begins with pictures.
pub(crate) const fn is_video(kind: CallType) -> bool {
    matches!(kind, CallType::Video | CallType::GroupVideo)
}

/// A running time: `0:07`, `12:34`, `1:02:03`.
pub(crate) fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut text = String::with_capacity(8);
    if hours > 0 {
        push_number(&mut text, hours, 1);
        text.push(':');
    }
    push_number(&mut text, minutes, if hours > 0 { 2 } else { 1 });
    text.push(':');
    push_number(&mut text, seconds, 2);
    text
}

/// A length of time in words, the two largest units: `7 s`, `12 min 34 s`, `1 h 2 min`.
pub(crate) fn length(time: Duration) -> String {
    let units = &aside_words().time;
    let seconds = time.as_secs();
    let parts = [(seconds / 3600, units.hours), (seconds / 60 % 60, units.minutes), (seconds % 60, units.seconds)];
    let largest = parts.iter().position(|(count, _)| *count > 0).unwrap_or(parts.len() - 1);
    let mut text = String::with_capacity(16);
    for (count, unit) in parts.iter().skip(largest).take(2).filter(|(count, _)| *count > 0 || seconds == 0) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&fill(unit, &count.to_string()));
    }
    text
}

fn push_number(text: &mut String, number: u64, digits: usize) {
    let number = number.to_string();
    for _ in number.len()..digits {
        text.push('0');
    }
    text.push_str(&number);
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn initials_are_first_and_last() {
        for (name, letters) in [
            ("Ann", "A"),
            ("Ann Lee", "AL"),
            ("  ann  maria  lee ", "al"),
            ("Nguyễn Thị Ánh", "NÁ"),
            ("\u{5d0}\u{5d5}\u{5e8} \u{5db}\u{5d4}\u{5df}", "\u{5d0}\u{5db}"),
            ("(Bob) 7", "B7"),
            ("\u{1f600}", "\u{1f600}"),
            ("\u{1f600} Ann \u{2764}\u{fe0f} Lee", "AL"),
            ("\u{300c}\u{7530}\u{300d} \u{4e2d}", "\u{7530}\u{4e2d}"),
            ("", ""),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }

    #[test]
    fn a_colour_stays_with_its_person_and_the_colours_are_all_used() {
        assert_eq!(hue_class("guest:abc"), hue_class("guest:abc"));
        let ids: Vec<String> = (0..200).map(|n| ["guest:", &n.to_string()].concat()).collect();
        for class in HUES {
            let share = ids.iter().filter(|id| hue_class(id) == class).count();
            assert!((10..=45).contains(&share), "{class}: {share} of 200");
        }
    }

    #[test]
    fn a_running_time_has_fixed_digits() {
        for (seconds, text) in [(0, "0:00"), (7, "0:07"), (60, "1:00"), (754, "12:34"), (3723, "1:02:03")] {
            assert_eq!(clock(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn a_length_names_its_two_largest_units() {
        for (seconds, text) in [
            (0, "0 s"),
            (7, "7 s"),
            (60, "1 min"),
            (754, "12 min 34 s"),
            (3600, "1 h"),
            (3605, "1 h"),
            (3723, "1 h 2 min"),
        ] {
            assert_eq!(length(Duration::from_secs(seconds)).replace('\u{a0}', " "), text);
        }
    }
}
