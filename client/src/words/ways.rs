//! The texts about hiding one's address.

use super::each::texts;

texts! {
/// The texts, which are loaded with the views of a call.
pub(crate) struct WaysWords {
    pub(crate) hide: &'static str,
    pub(crate) hide_hint: &'static str,
    pub(crate) hide_always: &'static str,
    pub(crate) hide_not: &'static str,
}
}

/// English.
pub(super) const ENGLISH: WaysWords = WaysWords {
    hide: "Hide my address",
    hide_hint: "Your calls go through a server, so nobody in them learns your internet address. Sound and picture may take a moment longer. From the next call on.",
    hide_always: "Calls go through a server here, so nobody in them learns your internet address.",
    hide_not: "Not possible here, because no server passes calls on. Whoever you talk with can learn your internet address.",
};

/// Vietnamese.
pub(super) const VIETNAMESE: WaysWords = WaysWords {
    hide: "Ẩn địa chỉ của tôi",
    hide_hint: "Cuộc gọi đi qua một máy chủ, nên không ai trong cuộc gọi biết địa chỉ mạng của bạn. Tiếng và hình có thể đến chậm hơn một chút. Áp dụng từ cuộc gọi sau.",
    hide_always: "Ở đây cuộc gọi luôn đi qua một máy chủ, nên không ai trong cuộc gọi biết địa chỉ mạng của bạn.",
    hide_not: "Ở đây không có máy chủ nào chuyển tiếp cuộc gọi. Người nói chuyện với bạn có thể biết địa chỉ mạng của bạn.",
};
