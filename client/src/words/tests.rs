//! The languages beside each other. That no text is missing the compiler has seen to.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::each::Each;
use super::vietnamese::vietnamese;
use super::{Language, Texts, english, fill};

/// Where both languages say the same.
const SAME: [&str; 11] = [
    ".check.camera",
    ".video",
    ".call.camera_off_short",
    ".call.camera_on_short",
    ".figures.unknown",
    ".figures.ms",
    ".figures.kilobits",
    ".figures.by",
    ".aside.camera",
    ".history.video",
    ".history.millis",
];

fn list(see: impl Fn(&mut dyn FnMut(String, &'static str))) -> Vec<(String, &'static str)> {
    let mut list = Vec::new();
    see(&mut |path, text| list.push((path, text)));
    list
}

fn english() -> Vec<(String, &'static str)> {
    list(|see| {
        english::WORDS.each("", see);
        english::IN_CALL.each(".call", see);
        english::FIGURES.each(".figures", see);
        english::ASIDE.each(".aside", see);
        english::HISTORY.each(".history", see);
        english::ALONG.each(".along", see);
        english::CHECK.each(".check", see);
    })
}

fn in_vietnamese() -> Vec<(String, &'static str)> {
    let Texts { words, in_call, figures, aside, history, along, check } = vietnamese(&());
    list(|see| {
        words.each("", see);
        in_call.each(".call", see);
        figures.each(".figures", see);
        aside.each(".aside", see);
        history.each(".history", see);
        along.each(".along", see);
        check.each(".check", see);
    })
}

/// Both texts of each place.
fn pairs() -> impl Iterator<Item = (String, &'static str, &'static str)> {
    english().into_iter().zip(in_vietnamese()).map(|((path, one), (same, other))| {
        assert_eq!(path, same);
        (path, one, other)
    })
}

#[test]
fn no_text_is_empty_or_ends_in_a_blank() {
    assert!(english().len() > 200, "all texts are gone through");
    for (path, text) in english().into_iter().chain(in_vietnamese()) {
        assert!(!text.is_empty() && text.trim() == text && !text.contains("  "), "{path}: {text:?}");
    }
}

#[test]
fn every_text_is_translated() {
    for (path, one, other) in pairs() {
        assert_eq!(one == other, SAME.contains(&path.as_str()), "{path}: {one:?}, {other:?}");
    }
}

#[test]
fn values_have_their_places_in_both() {
    let places = |text: &str| text.matches("{}").count();
    for (path, one, other) in pairs() {
        assert_eq!(places(one), places(other), "{path}: {one:?}, {other:?}");
    }
}

/// One letter may be written as one character or as two, which look alike and are not found alike.
#[test]
fn letters_with_accents_are_one_character() {
    for (path, text) in in_vietnamese() {
        assert!(!text.chars().any(|c| ('\u{300}'..='\u{36f}').contains(&c)), "{path}: {text:?}");
    }
}

/// What is a sentence in one language is one in the other; what waits waits.
#[test]
fn texts_end_alike() {
    let end = |text: &str| text.chars().next_back().filter(|c| ".?…:".contains(*c));
    for (path, one, other) in pairs() {
        assert_eq!(end(one), end(other), "{path}: {one:?}, {other:?}");
    }
}

#[test]
fn a_value_takes_its_place_in_the_sentence() {
    assert_eq!(fill("Voice call {}", "Ann"), "Voice call Ann");
    assert_eq!(fill("{} calls you", "{}"), "{} calls you");
    assert_eq!(fill("Nobody", "Ann"), "Nobody");
}

#[test]
fn a_tag_names_its_language_whatever_the_region() {
    for (tag, language) in [
        ("en", Some(Language::English)),
        ("en-GB", Some(Language::English)),
        ("vi", Some(Language::Vietnamese)),
        ("vi-VN", Some(Language::Vietnamese)),
        ("vit", None),
        ("fr-FR", None),
        ("v", None),
        ("", None),
    ] {
        assert_eq!(Language::of(tag), language, "{tag}");
    }
}

/// Who speaks to a computer says what is written on the control (WCAG 2.2 success criterion 2.5.3).
#[test]
fn what_is_written_on_a_control_is_part_of_its_name() {
    for words in [&english::IN_CALL, &vietnamese(&()).in_call] {
        for (name, word) in [
            (words.mute, words.mute_short),
            (words.unmute, words.unmute_short),
            (words.camera_off, words.camera_off_short),
            (words.camera_on, words.camera_on_short),
        ] {
            assert!(name.to_lowercase().contains(&word.to_lowercase()), "{name}: {word}");
        }
    }
}

/// What stands in index.html to be read before the program is there is what the program says.
#[test]
fn the_form_of_the_first_visit_says_the_same_as_its_view() {
    let page = include_str!("../../index.html");
    let said = [(english(), "en"), (in_vietnamese(), "vi")];
    for name in [".what_alo_is", ".invited_to_room", ".your_name", ".name_hint", ".continue_"] {
        for (texts, tag) in &said {
            let text = texts.iter().find(|(path, _)| path == name).map_or("", |(_, text)| text);
            let placed = ["lang=\"", tag, "\">", text, "<"].concat();
            assert!(page.contains(&placed), "{placed}");
        }
    }
}
