//! Names that people give themselves and their rooms, made safe to show to others.
//!
//! A name is somebody else's text on everyone's screen. It must not reorder the words around it (bidirectional
//! controls), hide characters (zero-width and filler characters), break a line, or look different after a copy.

use protocol::limits;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Marks above each other on one letter. Vietnamese needs two and no living script more than four; a tower of them
/// covers the lines above.
const MARKS_ON_A_LETTER: usize = 4;

/// The name as others see it: NFC (Unicode annex 15), without controls, bidirectional and invisible characters, with
/// single spaces. `None` if nothing visible remains, or more than [`limits::NAME_CHARS`] characters.
#[must_use]
pub fn normalise(name: &str) -> Option<String> {
    // Normalising first, so that what composes to nothing visible does not slip through; and an upper bound, because
    // normalising costs time and a name that long is refused anyway.
    if name.len() > 16 * limits::NAME_CHARS {
        return None;
    }
    let mut clean = String::with_capacity(name.len());
    let mut marks = 0;
    for c in name.nfc() {
        if c.is_whitespace() {
            if !clean.is_empty() && !clean.ends_with(' ') {
                clean.push(' ');
            }
        } else if !is_invisible(c) {
            marks = if is_combining_mark(c) { marks + 1 } else { 0 };
            if marks <= MARKS_ON_A_LETTER {
                clean.push(c);
            }
        }
    }
    clean.truncate(clean.trim_end().len());
    let visible = clean.chars().any(|c| !is_combining_mark(c));
    (visible && clean.chars().count() <= limits::NAME_CHARS).then_some(clean)
}

/// Controls, bidirectional controls (Unicode annex 9), and characters without width or ink.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}'                  // soft hyphen
            | '\u{034F}'                // combining grapheme joiner
            | '\u{061C}'                // Arabic letter mark
            | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' // Hangul fillers
            | '\u{17B4}' | '\u{17B5}'   // Khmer inherent vowels
            | '\u{180B}'..='\u{180F}'   // Mongolian selectors and separator
            | '\u{200B}'..='\u{200F}'   // zero-width space and joiners, direction marks
            | '\u{202A}'..='\u{202E}'   // embeddings and overrides
            | '\u{2060}'..='\u{206F}'   // word joiner, isolates, deprecated controls
            | '\u{2800}'                // empty braille pattern
            | '\u{FEFF}'                // byte order mark
            | '\u{FFF0}'..='\u{FFFC}'   // annotations, object replacement
            | '\u{E0000}'..='\u{E0FFF}' // tags, supplementary selectors
        )
        || is_private_or_unassigned(c)
}

/// Private use areas and the code points that will never be characters.
fn is_private_or_unassigned(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{F0000}'..='\u{10FFFF}')
        || u32::from(c) & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for name in ["Ann", "Nguyễn Thị Bình", "O’Brien-Smith", "José 2", "山田 太郎", "محمد", "🦊 Fox", "<b>Ann</b>"]
        {
            assert_eq!(normalise(name).as_deref(), Some(name));
        }
    }

    #[test]
    fn the_same_name_typed_differently_is_the_same() {
        assert_eq!(normalise("Bi\u{0300}nh"), normalise("B\u{00EC}nh"));
        assert_eq!(normalise("  Ann \t\n  Lee "), Some("Ann Lee".to_owned()));
        assert_eq!(normalise("Ann\u{3000}\u{00A0}Lee"), Some("Ann Lee".to_owned()));
    }

    #[test]
    fn what_reorders_or_hides_is_left_out() {
        assert_eq!(normalise("A\u{202E}nn\u{202C}"), Some("Ann".to_owned()));
        assert_eq!(normalise("A\u{2067}n\u{2069}n\u{200F}"), Some("Ann".to_owned()));
        assert_eq!(normalise("A\u{200B}n\u{200D}n\u{FEFF}"), Some("Ann".to_owned()));
        assert_eq!(normalise("A\0n\u{1B}[31mn"), Some("An[31mn".to_owned()));
        assert_eq!(normalise("A\u{E0041}n\u{3164}n"), Some("Ann".to_owned()));
    }

    #[test]
    fn nothing_visible_is_no_name() {
        for name in ["", "   ", "\u{200B}", "\u{202E}\u{2066}", "\u{0301}\u{0301}", "\u{3164}", "\u{2800}\u{FEFF}"] {
            assert_eq!(normalise(name), None, "{name:?}");
        }
    }

    #[test]
    fn a_tower_of_marks_is_cut() {
        let tower = format!("a{}b", "\u{0316}".repeat(40));
        assert_eq!(normalise(&tower).unwrap().chars().count(), 2 + MARKS_ON_A_LETTER);
    }

    #[test]
    fn the_limit_counts_characters_after_cleaning() {
        assert_eq!(normalise(&"ễ".repeat(64)).unwrap().chars().count(), 64);
        assert_eq!(normalise(&"ễ".repeat(65)), None);
        assert!(normalise(&format!("{}Ann", "\u{200B}".repeat(100))).is_some());
        assert_eq!(normalise(&"a".repeat(1_000_000)), None);
    }
}
