//! What the files of a recording are called.

/// So many characters of a person's name: file systems take 255 bytes, and a character may be four of them.
const LONGEST: usize = 40;

/// Gives out names, none of them twice.
pub(super) struct Names {
    ending: &'static str,
    given: Vec<String>,
}

impl Names {
    /// Names that end like this.
    pub(super) const fn new(ending: &'static str) -> Self {
        Self { ending, given: Vec::new() }
    }

    /// The name of a file about somebody, from a moment on: `Bình 2026-11-23 14.05.09.webm`.
    pub(super) fn of(&mut self, person: &str, moment: &str) -> String {
        let base = [&plain(person), " ", moment].concat();
        let again = |nth: usize| if nth == 1 { base.clone() } else { [&base, " ", &nth.to_string()].concat() };
        let free = (1..).map(again).find(|name| !self.given.contains(name)).unwrap_or_default();
        let name = [&free, self.ending].concat();
        self.given.push(free);
        name
    }
}

/// A person's name without what a file system could understand as something else.
fn plain(name: &str) -> String {
    let letter = |c: char| if c.is_control() || r#"/\:*?"<>|%~"#.contains(c) { ' ' } else { c };
    let name: String = name.chars().map(letter).take(LONGEST).collect();
    // Windows takes no dot at an end, and everywhere one at the beginning hides a file.
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if name.is_empty() { "alo".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_file_is_named_after_its_person_and_no_two_are_the_same() {
        let mut names = Names::new(".webm");
        assert_eq!(names.of("Bình", "2026-11-23 14.05.09"), "Bình 2026-11-23 14.05.09.webm");
        assert_eq!(names.of("Bình", "2026-11-23 14.05.09"), "Bình 2026-11-23 14.05.09 2.webm");
        assert_eq!(names.of("Bình", "2026-11-23 14.05.10"), "Bình 2026-11-23 14.05.10.webm");
    }

    #[test]
    fn a_name_leads_nowhere() {
        for (name, plainly) in [
            ("../../etc/passwd", "etc passwd"),
            ("CON:<script>|*?", "CON  script"),
            (".hidden.", "hidden"),
            ("\u{0}\n", "alo"),
            ("", "alo"),
        ] {
            assert_eq!(plain(name), plainly, "{name:?}");
        }
        assert!(plain(&"\u{1f600}".repeat(64)).len() <= 160);
    }
}
