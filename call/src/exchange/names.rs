//! Names of files that somebody else has chosen.

use super::links::turns;

/// A name has at most so many characters: with what a browser adds it fits into any folder.
const MOST: usize = 120;
/// What comes behind the last dot is kept when a name is cut, if it is no longer than this.
const ENDING: usize = 12;
/// Names that are devices on Windows, with whatever ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// The name as a file of it may be called here: without folders, characters that are not to be seen or change the
/// direction of writing, and what some system takes for more than a name.
#[must_use]
pub fn clean_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen = name.chars().filter(|c| !c.is_control() && !turns(*c));
    let plain: String =
        seen.map(|c| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c }).collect();
    let bare = plain.trim_matches(|c: char| c.is_whitespace() || c == '.');
    match bare {
        "" => "file".to_owned(),
        device if is_device(device) => ["_", device].concat(),
        name => shortened(name),
    }
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let letters = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    stem.len() <= letters.len() + 1 && DEVICES.iter().any(|device| letters.eq_ignore_ascii_case(device))
}

fn shortened(name: &str) -> String {
    let length = name.chars().count();
    if length <= MOST {
        return name.to_owned();
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.chars().count() <= ENDING);
    let (dot, ending) = ending.map_or(("", ""), |ending| (".", ending));
    let kept = MOST.saturating_sub(ending.chars().count() + dot.len());
    let beginning: String = name.chars().take(kept).collect();
    [beginning.trim_end_matches(|c: char| c.is_whitespace() || c == '.'), dot, ending].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usual_name_stays_as_it_is() {
        for name in ["plan.pdf", "Bản đồ Hà Nội.jpeg", "a", "家族.tar.gz", "👨‍👩‍👧.png", "console.log", "nullable.txt"]
        {
            assert_eq!(clean_name(name), name);
        }
    }

    #[test]
    fn what_is_more_than_a_name_is_taken_out() {
        for (name, clean) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\system32\\a.dll", "a.dll"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("a\0b\n.txt", "ab.txt"),
            (".bashrc", "bashrc"),
            ("..", "file"),
            ("", "file"),
            ("a/", "file"),
            ("what? <b>:\"x\"|*", "what_ _b___x___"),
            ("NUL", "_NUL"),
            ("com1.txt", "_com1.txt"),
            ("name. . ", "name"),
        ] {
            assert_eq!(clean_name(name), clean, "{name:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let long = clean_name(&["ệ".repeat(300), ".pdf".to_owned()].concat());
        assert_eq!(long.chars().count(), MOST);
        assert!(long.ends_with("ệ.pdf"));
        assert_eq!(clean_name(&"x".repeat(300)).len(), MOST);
        assert_eq!(clean_name(&[&"x".repeat(150), ".", &"y".repeat(150)].concat()).chars().count(), MOST);
    }
}
