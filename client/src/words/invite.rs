//! The texts around a room's link.

use super::each::texts;

texts! {
/// The texts, which are loaded with the views of a call.
pub(crate) struct InviteWords {
    pub(crate) heading: &'static str,
    pub(crate) share: &'static str,
    pub(crate) share_title: &'static str,
    pub(crate) qr: &'static str,
    pub(crate) qr_alt: &'static str,
    pub(crate) qr_hint: &'static str,
    pub(crate) code: &'static str,
    pub(crate) code_spelled: &'static str,
}
}

/// English.
pub(super) const ENGLISH: InviteWords = InviteWords {
    heading: "Let others in",
    share: "Share",
    share_title: "Call me with Alo",
    qr: "QR code",
    qr_alt: "QR code of the link {}",
    qr_hint: "Point a phone's camera at it.",
    code: "Code to read out",
    code_spelled: "Code to read out: {}",
};

/// Vietnamese.
pub(super) const VIETNAMESE: InviteWords = InviteWords {
    heading: "Mời người khác vào",
    share: "Chia sẻ",
    share_title: "Gọi cho tôi qua Alo",
    qr: "Mã QR",
    qr_alt: "Mã QR của liên kết {}",
    qr_hint: "Hãy hướng camera điện thoại vào mã này.",
    code: "Mã để đọc cho người khác",
    code_spelled: "Mã để đọc cho người khác: {}",
};
