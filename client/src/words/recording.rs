//! The texts of recording a call.

use super::each::texts;

texts! {
/// What everybody in a call is told of those who record it; `{}` is who.
pub(crate) struct RecordedWords {
    pub(crate) you: &'static str,
    pub(crate) one: &'static str,
    pub(crate) several: &'static str,
    pub(crate) nobody: &'static str,
    pub(crate) stop_short: &'static str,
    pub(crate) stop: &'static str,
}

/// The texts for whoever records.
pub(crate) struct RecordWords {
    pub(crate) start: &'static str,
    pub(crate) stop: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) asking: &'static str,
    pub(crate) saving: &'static str,
    pub(crate) saved_one: &'static str,
    pub(crate) saved_many: &'static str,
    pub(crate) impossible: &'static str,
    pub(crate) untold: &'static str,
    pub(crate) disk: &'static str,
    pub(crate) full: &'static str,
}
}

/// English.
pub(super) const RECORDED: RecordedWords = RecordedWords {
    you: "You are recording this call",
    one: "{} is recording this call",
    several: "{} are recording this call",
    nobody: "Nobody is recording this call any more",
    stop_short: "Stop",
    stop: "Stop recording",
};

/// English, for whoever records.
pub(super) const RECORD: RecordWords = RecordWords {
    start: "Record this call",
    stop: "Stop recording",
    hint: "Everybody's voice as a file of its own, on this device alone. All of you see that you are recording.",
    asking: "Choose a folder for the files.",
    saving: "The recording is being saved…",
    saved_one: "The recording is saved: 1 file.",
    saved_many: "The recording is saved: {} files.",
    impossible: "This browser cannot record. Use a newer one.",
    untold: "The server is away for the moment, so the others could not be told. Try again when it is back.",
    disk: "The recording has ended: the disk did not take it. Its last minute may be missing.",
    full: "The recording has ended, because the browser had no more memory for it. What there was is saved.",
};

/// Vietnamese.
pub(super) const RECORDED_VI: RecordedWords = RecordedWords {
    you: "Bạn đang ghi âm cuộc gọi này",
    one: "{} đang ghi âm cuộc gọi này",
    several: "{} đang ghi âm cuộc gọi này",
    nobody: "Không còn ai ghi âm cuộc gọi này",
    stop_short: "Dừng",
    stop: "Dừng ghi âm",
};

/// Vietnamese, for whoever records.
pub(super) const RECORD_VI: RecordWords = RecordWords {
    start: "Ghi âm cuộc gọi này",
    stop: "Dừng ghi âm",
    hint: "Giọng của mỗi người thành một tệp riêng, chỉ lưu trên thiết bị này. Mọi người đều thấy bạn đang ghi âm.",
    asking: "Hãy chọn thư mục để lưu các tệp.",
    saving: "Đang lưu bản ghi âm…",
    saved_one: "Đã lưu bản ghi âm: 1 tệp.",
    saved_many: "Đã lưu bản ghi âm: {} tệp.",
    impossible: "Trình duyệt này không ghi âm được. Hãy dùng trình duyệt mới hơn.",
    untold: "Máy chủ tạm thời vắng mặt nên chưa thể báo cho mọi người. Hãy thử lại khi máy chủ hoạt động trở lại.",
    disk: "Việc ghi âm đã dừng vì đĩa không nhận thêm. Có thể thiếu phút cuối cùng.",
    full: "Việc ghi âm đã dừng vì trình duyệt hết bộ nhớ cho nó. Phần đã ghi được lưu lại.",
};
