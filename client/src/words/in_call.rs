//! The texts of a call that goes on.

use super::each::texts;

texts! {
/// The texts of a call, which are loaded with its views.
pub(crate) struct CallWords {
    pub(crate) click_to_hear: &'static str,
    pub(crate) you: &'static str,
    pub(crate) call_controls: &'static str,
    pub(crate) mute: &'static str,
    pub(crate) unmute: &'static str,
    pub(crate) mute_short: &'static str,
    pub(crate) unmute_short: &'static str,
    pub(crate) camera_off: &'static str,
    pub(crate) camera_on: &'static str,
    pub(crate) camera_off_short: &'static str,
    pub(crate) camera_on_short: &'static str,
    pub(crate) flip_camera: &'static str,
    pub(crate) flip_short: &'static str,
    pub(crate) hang_up: &'static str,
    pub(crate) microphone_off: &'static str,
    pub(crate) microphone_on: &'static str,
    pub(crate) picture_off: &'static str,
    pub(crate) picture_on: &'static str,
    pub(crate) move_self: &'static str,
    pub(crate) hide_self: &'static str,
    pub(crate) show_self: &'static str,
    pub(crate) reaching: &'static str,
    pub(crate) entering_room: &'static str,
    pub(crate) rings_there: &'static str,
    pub(crate) connecting: &'static str,
    pub(crate) weak_mine: &'static str,
    pub(crate) weak_theirs: &'static str,
    pub(crate) reconnecting: &'static str,
    pub(crate) alone_in_room: &'static str,
    pub(crate) alone_hint: &'static str,
    pub(crate) copy_link: &'static str,
    pub(crate) link_copied: &'static str,
    pub(crate) link_not_copied: &'static str,
    pub(crate) entered: &'static str,
    pub(crate) left: &'static str,
    pub(crate) call_begins: &'static str,
    pub(crate) group: super::group::GroupWords,
    pub(crate) hints: super::hints::HintWords,
    pub(crate) figures: super::figures::FigureWords,
}
}
