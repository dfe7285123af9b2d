//! The texts of a call of several: its places, what is shared.

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
    pub(crate) share_screen: &'static str,
    pub(crate) stop_sharing: &'static str,
    pub(crate) share_short: &'static str,
    pub(crate) stop_short: &'static str,
    pub(crate) you_share: &'static str,
    pub(crate) mirror: &'static str,
    pub(crate) share_failed: &'static str,
    pub(crate) put_away: &'static str,
    pub(crate) shares: &'static str,
    pub(crate) shares_no_more: &'static str,
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
    share_screen: "Share screen",
    stop_sharing: "Stop sharing screen",
    share_short: "Screen",
    stop_short: "Stop",
    you_share: "You share your screen",
    mirror: "The others may see this window in what you share, as in a mirror. Share another window or a tab instead.",
    share_failed: "The screen could not be shared. Allow it in the settings of your system, then try again.",
    put_away: "Close",
    shares: "{} shares their screen",
    shares_no_more: "{} shares their screen no more",
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
    share_screen: "Chia sẻ màn hình",
    stop_sharing: "Ngừng chia sẻ màn hình",
    share_short: "Màn hình",
    stop_short: "Dừng",
    you_share: "Bạn đang chia sẻ màn hình",
    mirror: "Mọi người có thể thấy chính cửa sổ này trong phần bạn chia sẻ, như soi gương. Hãy chia sẻ một cửa sổ hoặc thẻ khác.",
    share_failed: "Không chia sẻ được màn hình. Hãy cho phép trong phần cài đặt của máy rồi thử lại.",
    put_away: "Đóng",
    shares: "{} đang chia sẻ màn hình",
    shares_no_more: "{} đã ngừng chia sẻ màn hình",
};
