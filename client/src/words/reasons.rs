//! Which words belong to which outcome, problem or refusal.

use call::watcher::Advice;
use call::{Device, Direction, MediaProblem};
use protocol::{EndReason, ErrorCode};

use super::{EndWords, HelpWords, Said, aside_words, call_words, words};
use crate::views::Browser;

/// Why a call is over, as this side should understand it, in a word or two.
pub(crate) fn end_heading(reason: EndReason, direction: Direction) -> &'static str {
    ending(&aside_words().outcomes, reason, direction)
}

/// The same in a sentence, in which `{}` is the other person's name.
pub(crate) fn end_sentence(reason: EndReason, direction: Direction) -> &'static str {
    ending(&aside_words().ended, reason, direction)
}

const fn ending(ended: &EndWords, reason: EndReason, direction: Direction) -> &'static str {
    match (reason, direction) {
        (EndReason::Completed, Direction::Room) => ended.left_room,
        (EndReason::Completed, _) => ended.completed,
        (EndReason::Cancelled, Direction::Incoming) => ended.cancelled_by_them,
        (EndReason::Cancelled, _) => ended.cancelled,
        (EndReason::Declined, Direction::Incoming) => ended.you_declined,
        (EndReason::Declined, _) => ended.they_declined,
        (EndReason::Busy, _) => ended.busy,
        (EndReason::Missed, Direction::Incoming) => ended.missed,
        (EndReason::Missed, _) => ended.no_answer,
        (EndReason::Timeout, _) => ended.timeout,
        (EndReason::Failed, _) => ended.failed,
        (EndReason::AnsweredElsewhere, _) => ended.answered_elsewhere,
        (EndReason::DeclinedElsewhere, _) => ended.declined_elsewhere,
        (EndReason::Removed, _) => ended.removed,
    }
}

/// A hint during a call, in a line.
pub(crate) fn hint_heading(advice: Advice) -> &'static str {
    let hints = &call_words().hints;
    match advice {
        Advice::Blocked => hints.blocked,
        Advice::Silent => hints.silent,
        Advice::TalkingMuted => hints.talking_muted,
        Advice::Frozen => hints.frozen,
        Advice::Dark => hints.dark,
        Advice::Overload => hints.overload,
        Advice::Network => hints.network,
        Advice::Uplink => hints.uplink,
        Advice::Noisy => hints.noisy,
        Advice::NewDevice => hints.new_device,
    }
}

/// What to say of a call in the list of recent ones instead of how long it lasted; `None` when they talked.
pub(crate) fn recent_outcome(reason: EndReason, direction: Direction) -> Option<&'static str> {
    match reason {
        EndReason::Completed => None,
        _ => Some(end_heading(reason, direction)),
    }
}

/// What is the matter with a device, and the remedy, in words for this browser.
pub(crate) fn device_help(device: Device, problem: MediaProblem, browser: Browser) -> Said {
    let help = &aside_words().help;
    let either = |microphone, camera| match device {
        Device::Microphone => microphone,
        Device::Camera => camera,
    };
    let (heading, sentence) = match problem {
        MediaProblem::Denied => (either(help.microphone_denied, help.camera_denied), allow_in(help, browser)),
        MediaProblem::Missing => (either(help.microphone_missing, help.camera_missing), help.plug_in),
        MediaProblem::InUse => (either(help.microphone_in_use, help.camera_in_use), help.close_others),
        MediaProblem::Insecure => (help.insecure, help.use_https),
        MediaProblem::Lost => (either(help.microphone_lost, help.camera_lost), help.plug_back),
        MediaProblem::Unknown => (either(help.microphone_unknown, help.camera_unknown), help.replug),
    };
    Said { heading, sentence }
}

const fn allow_in(help: &HelpWords, browser: Browser) -> &'static str {
    match browser {
        Browser::Chromium => help.allow_chromium,
        Browser::Firefox => help.allow_firefox,
        Browser::Safari => help.allow_safari,
        Browser::Android => help.allow_android,
        Browser::Ios => help.allow_ios,
        Browser::Other => help.allow_other,
    }
}

/// A refusal of the server that a person is told of; the others concern the two programs alone.
pub(crate) const fn is_told(code: ErrorCode) -> bool {
    !matches!(code, ErrorCode::NotWelcome | ErrorCode::ExpiredToken | ErrorCode::NoSession | ErrorCode::Glare)
}

/// A refusal of the server in words with a remedy.
pub(crate) fn notice(code: ErrorCode) -> &'static str {
    let (words, notices) = (words(), &aside_words().notices);
    match code {
        ErrorCode::UnsupportedVersion => notices.reload,
        ErrorCode::BadToken => words.sign_in_again,
        ErrorCode::TooBig => notices.too_long,
        ErrorCode::RateLimited => words.too_quick,
        ErrorCode::NotFound => notices.not_here,
        ErrorCode::NoCall => notices.call_over,
        ErrorCode::WrongState | ErrorCode::CallExists | ErrorCode::NoParticipant => notices.moved_on,
        ErrorCode::RoomFull => notices.room_full,
        ErrorCode::RoomLocked => notices.room_locked,
        ErrorCode::Removed => notices.not_let_in,
        ErrorCode::NotHost => notices.not_host,
        ErrorCode::DoNotDisturb => notices.undisturbed,
        ErrorCode::OwnUser => notices.yourself,
        ErrorCode::InCall => notices.in_call,
        ErrorCode::AnsweredElsewhere => notices.elsewhere,
        ErrorCode::Unavailable => notices.unavailable,
        ErrorCode::BadMessage
        | ErrorCode::UnknownType
        | ErrorCode::Other
        | ErrorCode::NotWelcome
        | ErrorCode::ExpiredToken
        | ErrorCode::NoSession
        | ErrorCode::Glare => words.did_not_work,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn each_side_hears_its_own_half_of_the_story() {
        let heading = end_heading;
        assert_eq!(heading(EndReason::Completed, Direction::Outgoing), "Call ended");
        assert_eq!(heading(EndReason::Declined, Direction::Outgoing), "They declined");
        assert_eq!(heading(EndReason::Declined, Direction::Incoming), "Call declined");
        assert_eq!(heading(EndReason::Missed, Direction::Outgoing), "No answer");
        assert_eq!(heading(EndReason::Missed, Direction::Incoming), "Missed call");
        assert_eq!(heading(EndReason::Busy, Direction::Outgoing), "Busy");
        assert_eq!(heading(EndReason::AnsweredElsewhere, Direction::Incoming), "Answered on another device");
        assert_eq!(heading(EndReason::Cancelled, Direction::Outgoing), "Call cancelled");
        assert_eq!(heading(EndReason::Cancelled, Direction::Incoming), "Missed call");
    }

    #[test]
    fn a_call_that_was_talked_in_needs_no_outcome() {
        assert_eq!(recent_outcome(EndReason::Completed, Direction::Room), None);
        assert_eq!(recent_outcome(EndReason::Missed, Direction::Incoming), Some("Missed call"));
    }

    #[test]
    fn a_blocked_device_is_explained_in_the_words_of_the_browser() {
        let remedy = |browser| device_help(Device::Camera, MediaProblem::Denied, browser).sentence;
        assert!(remedy(Browser::Safari).contains("Safari"));
        assert_ne!(remedy(Browser::Chromium), remedy(Browser::Firefox));
        let missing = device_help(Device::Microphone, MediaProblem::Missing, Browser::Firefox);
        assert!(missing.heading.contains("microphone"));
    }

    #[test]
    fn what_only_concerns_the_programs_is_not_told() {
        assert!(!is_told(ErrorCode::Glare) && !is_told(ErrorCode::ExpiredToken));
        assert!(is_told(ErrorCode::RoomFull) && notice(ErrorCode::RoomFull).contains("full"));
    }
}
