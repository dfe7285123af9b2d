//! Looking for a piece of text.
//!
//! What std does the same with is made for long texts and is 2 KB of program; the texts here are a line long.

/// Where `part` begins in `text` for the first time, in bytes. An empty one is nowhere.
pub(crate) fn find(text: &str, part: &str) -> Option<usize> {
    text.as_bytes().windows(part.len().max(1)).position(|piece| piece == part.as_bytes())
}

/// Whether `part` is in `text`.
pub(crate) fn has(text: &str, part: &str) -> bool {
    find(text, part).is_some()
}

/// What stands before and after `part`, where it is in `text` for the first time.
pub(crate) fn split<'a>(text: &'a str, part: &str) -> Option<(&'a str, &'a str)> {
    let (before, from) = text.split_at_checked(find(text, part)?)?;
    Some((before, from.strip_prefix(part)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_first_of_several_is_found() {
        assert_eq!(split("one, two, three", ", "), Some(("one", "two, three")));
        assert_eq!(split("ends in {}", "{}"), Some(("ends in ", "")));
        assert_eq!(split("Ánh {}", "{}"), Some(("Ánh ", "")));
        assert_eq!((split("one", ", "), split("", ", ")), (None, None));
        assert!(has("Firefox/140.0", "Firefox/") && !has("Fire", "Firefox/"));
        assert_eq!(find("one", ""), None);
    }
}
