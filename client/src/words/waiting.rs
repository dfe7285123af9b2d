//! The texts of a second call while in one, and of calls on hold.

use super::each::texts;

texts! {
/// The texts, which are loaded with the views of a call. `{}` is a name.
pub(crate) struct WaitingWords {
    pub(crate) another_call: &'static str,
    pub(crate) hold_and_accept: &'static str,
    pub(crate) end_and_accept: &'static str,
    pub(crate) leave_and_accept: &'static str,
    pub(crate) not_held: &'static str,
    pub(crate) rings_in_call: &'static str,
    pub(crate) hold: &'static str,
    pub(crate) resume: &'static str,
    pub(crate) swap: &'static str,
    pub(crate) swap_with: &'static str,
    pub(crate) on_hold: &'static str,
    pub(crate) you_hold: &'static str,
    pub(crate) you_hold_hint: &'static str,
    pub(crate) they_hold: &'static str,
    pub(crate) they_hold_hint: &'static str,
    pub(crate) goes_on: &'static str,
    pub(crate) held_is_over: &'static str,
    pub(crate) call_waiting: &'static str,
    pub(crate) call_waiting_hint: &'static str,
}
}

/// English.
pub(super) const ENGLISH: WaitingWords = WaitingWords {
    another_call: "Another call",
    hold_and_accept: "Hold and accept",
    end_and_accept: "End and accept",
    leave_and_accept: "Leave and accept",
    not_held: "A call of several cannot be put on hold.",
    rings_in_call: "In another call. It rings there…",
    hold: "Put on hold",
    resume: "Resume",
    swap: "Swap",
    swap_with: "Swap, and talk with {}",
    on_hold: "On hold: {}",
    you_hold: "{} is on hold",
    you_hold_hint: "You do not hear or see each other until you resume.",
    they_hold: "{} put you on hold",
    they_hold_hint: "Nobody hears or sees you until they come back.",
    goes_on: "The call with {} goes on",
    held_is_over: "The call with {}, which was on hold, is over",
    call_waiting: "Call waiting",
    call_waiting_hint: "A second call is shown while you are in one. Without it, whoever calls then is told that you are busy.",
};

/// Vietnamese.
pub(super) const VIETNAMESE: WaitingWords = WaitingWords {
    another_call: "Một cuộc gọi khác",
    hold_and_accept: "Giữ và trả lời",
    end_and_accept: "Kết thúc và trả lời",
    leave_and_accept: "Rời và trả lời",
    not_held: "Cuộc gọi nhiều người không thể tạm giữ.",
    rings_in_call: "Đang có cuộc gọi khác, bên đó vẫn đổ chuông…",
    hold: "Tạm giữ cuộc gọi",
    resume: "Tiếp tục",
    swap: "Đổi",
    swap_with: "Đổi sang nói chuyện với {}",
    on_hold: "Đang giữ: {}",
    you_hold: "Bạn đang giữ cuộc gọi với {}",
    you_hold_hint: "Hai bên không nghe, không thấy nhau cho đến khi bạn tiếp tục.",
    they_hold: "{} đã tạm giữ cuộc gọi",
    they_hold_hint: "Không ai nghe hay thấy bạn cho đến khi họ quay lại.",
    goes_on: "Cuộc gọi với {} tiếp tục",
    held_is_over: "Cuộc gọi đang giữ với {} đã kết thúc",
    call_waiting: "Cuộc gọi chờ",
    call_waiting_hint: "Khi bạn đang nói chuyện, cuộc gọi thứ hai vẫn hiện ra. Nếu tắt, người gọi lúc đó sẽ được báo là bạn đang bận.",
};
