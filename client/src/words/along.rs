//! The texts of what people in a call exchange beside voice and picture.

use call::exchange::News;

use super::each::texts;
use super::{along_words, fill};
use crate::find::split;

texts! {
/// The texts of what people in a call exchange, which are loaded with it.
pub(crate) struct AlongWords {
    // Chat
    pub(crate) chat: &'static str,
    pub(crate) open_chat: &'static str,
    pub(crate) open_chat_new: &'static str,
    pub(crate) close_chat: &'static str,
    pub(crate) nothing_said: &'static str,
    pub(crate) message: &'static str,
    pub(crate) send: &'static str,
    pub(crate) attach: &'static str,
    pub(crate) you: &'static str,

    // Signs and hands
    pub(crate) react: &'static str,
    pub(crate) react_hint: &'static str,
    pub(crate) thumbs_up: &'static str,
    pub(crate) heart: &'static str,
    pub(crate) laughter: &'static str,
    pub(crate) surprise: &'static str,
    pub(crate) applause: &'static str,
    pub(crate) party: &'static str,
    pub(crate) raise_hand: &'static str,
    pub(crate) lower_hand: &'static str,
    pub(crate) keep_raised: &'static str,
    pub(crate) hand_raised: &'static str,
    pub(crate) first_in_line: &'static str,
    pub(crate) second_in_line: &'static str,
    pub(crate) third_in_line: &'static str,
    pub(crate) fourth_in_line: &'static str,
    pub(crate) further_in_line: &'static str,

    // Files
    pub(crate) receive: &'static str,
    pub(crate) no_thanks: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) take_back: &'static str,
    pub(crate) no_room: &'static str,
    pub(crate) waits_for: &'static str,
    pub(crate) goes_to: &'static str,
    pub(crate) comes: &'static str,
    pub(crate) stopped: &'static str,
    pub(crate) has_it: &'static str,
    pub(crate) saved: &'static str,
    pub(crate) declined_by: &'static str,
    pub(crate) declined: &'static str,
    pub(crate) cancelled: &'static str,
    pub(crate) gone: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) too_big: &'static str,
    pub(crate) for_later: &'static str,

    // What is said to screen readers, and what went wrong
    pub(crate) said_by: &'static str,
    pub(crate) offers: &'static str,
    pub(crate) raised_by: &'static str,
    pub(crate) spoken: &'static str,
    pub(crate) came: &'static str,
    pub(crate) too_many_files: &'static str,
    pub(crate) file_too_big: &'static str,

    pub(crate) record: super::recording::RecordWords,
}
}

/// What has happened, in a sentence.
pub(crate) fn exchange_news(news: &News) -> String {
    let words = along_words();
    match news {
        News::Said { name, text } => fill_two(words.said_by, name, text),
        News::Offers { name, file } => fill_two(words.offers, name, file),
        News::RaisedHand(name) => fill(words.raised_by, name),
        News::Spoken => words.spoken.to_owned(),
        News::Came(file) => fill(words.came, file),
        News::TooMany => words.too_many_files.to_owned(),
        News::TooBig => words.file_too_big.to_owned(),
    }
}

/// `template` with its two places filled, whatever a value may look like.
fn fill_two(template: &str, first: &str, second: &str) -> String {
    let Some((before, after)) = split(template, "{}") else { return template.to_owned() };
    [before, first, &fill(after, second)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_name_is_no_template() {
        let news = News::Said { name: "{}".into(), text: "hello {}".into() };
        assert_eq!(exchange_news(&news), "{} writes: hello {}");
    }
}
