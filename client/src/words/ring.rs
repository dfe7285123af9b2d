//! The texts of the rings to choose between.

use super::each::texts;

texts! {
/// The texts, which are loaded with the settings.
pub(crate) struct RingWords {
    pub(crate) heading: &'static str,
    pub(crate) bells: &'static str,
    pub(crate) dawn: &'static str,
    pub(crate) drops: &'static str,
    pub(crate) bamboo: &'static str,
    pub(crate) play: &'static str,
    pub(crate) ring_on: &'static str,
}
}

/// English.
pub(super) const ENGLISH: RingWords = RingWords {
    heading: "Ringtone",
    bells: "Bells",
    dawn: "Dawn",
    drops: "Drops",
    bamboo: "Bamboo",
    play: "Play {}",
    ring_on: "Ring on",
};

/// Vietnamese.
pub(super) const VIETNAMESE: RingWords = RingWords {
    heading: "Nhạc chuông",
    bells: "Chuông ngân",
    dawn: "Bình minh",
    drops: "Giọt nước",
    bamboo: "Tiếng tre",
    play: "Nghe thử {}",
    ring_on: "Đổ chuông ở",
};
