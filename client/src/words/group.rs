//! The texts of a call of several: its places.

use super::each::texts;

texts! {
/// The texts, which are loaded with the views of a call.
pub(crate) struct GroupWords {
    pub(crate) options: &'static str,
    pub(crate) more_about: &'static str,
    pub(crate) pin: &'static str,
    pub(crate) unpin: &'static str,
    pub(crate) volume: &'static str,
    pub(crate) volume_of: &'static str,
    pub(crate) percent: &'static str,
    pub(crate) screen_of: &'static str,
}
}

/// English.
pub(super) const ENGLISH: GroupWords = GroupWords {
    options: "Options",
    more_about: "More about {}",
    pin: "Show large",
    unpin: "Show like the others",
    volume: "Volume",
    volume_of: "Volume of {}",
    percent: "{} %",
    screen_of: "{}'s screen",
};

/// Vietnamese.
pub(super) const VIETNAMESE: GroupWords = GroupWords {
    options: "Tùy chọn",
    more_about: "Tùy chọn cho {}",
    pin: "Phóng to",
    unpin: "Thu về như mọi người",
    volume: "Âm lượng",
    volume_of: "Âm lượng của {}",
    percent: "{}%",
    screen_of: "Màn hình của {}",
};
