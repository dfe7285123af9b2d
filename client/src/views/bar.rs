//! The floating bar with the controls of a call.

use call::{CallView, Command, OwnView};

use super::along::Along;
use super::beside::{beside, get_ready_to_exchange};
use super::control::{Look, control, hang_up};
use super::float::float_control;
use super::icon::Icon;
use super::more::more;
use super::room_people::has_people;
use super::screen_share::ScreenShare;
use crate::platform::{El, Floating, el_class};
use crate::shell::use_shell;
use crate::signal::{RwSignal, Signal, memo};
use crate::words::{aside_words, call_words};

/// The controls.
pub(crate) fn bar(people: RwSignal<bool>, menu: RwSignal<bool>, share: &ScreenShare, floating: &Floating) -> El {
    let words = call_words();
    get_ready_to_exchange();
    let shell = use_shell();
    let call = shell.shown().call;
    let own = memo(move || call.with(own_of));
    let mute = shell.clone();
    let microphone = move || mute.command(Command::SetMicrophone(!heard(&own.get_untracked())));
    let show = shell.clone();
    let camera = move || show.command(Command::SetCamera(!seen(&own.get_untracked())));
    el_class("section", "bar")
        .attr("aria-label", words.call_controls)
        .child(control(move || microphone_look(&own.get()), microphone))
        .child(control(move || camera_look(&own.get()), camera))
        .child(flip(own))
        .children(share.control())
        .children(float_control(floating))
        .child(people_control(people))
        .child(more(menu))
        .child(beside(Along::Controls))
        .child(hang_up(words.hang_up, move || shell.command(Command::HangUp)))
}

/// Leads to the people of a call that runs.
fn people_control(open: RwSignal<bool>) -> El {
    let call = use_shell().shown().call;
    let has = memo(move || call.with(has_people));
    let word = aside_words().hosting.people;
    control(move || steady(Icon::People, word, word), move || open.set(true)).hidden_when(move || !has.get())
}

/// The look of a control that is neither on nor off.
const fn steady(sign: Icon, label: &'static str, word: &'static str) -> Look {
    Look { sign, label, word, off: false, wrong: false }
}

/// This side of the call.
pub(crate) fn own_of(call: &Option<CallView>) -> OwnView {
    call.as_ref().map(|call| call.own).unwrap_or_default()
}

/// The microphone is wanted and nothing keeps it from being heard: pressing it mutes. Otherwise pressing it tries.
pub(crate) const fn heard(own: &OwnView) -> bool {
    own.microphone && own.microphone_problem.is_none()
}

/// The camera is wanted and nothing keeps it from being seen.
pub(crate) const fn seen(own: &OwnView) -> bool {
    own.camera && own.camera_problem.is_none()
}

/// How the microphone's control looks.
pub(crate) fn microphone_look(own: &OwnView) -> Look {
    let words = call_words();
    let (sign, label, word) = match heard(own) {
        true => (Icon::Microphone, words.mute, words.mute_short),
        false => (Icon::MicrophoneOff, words.unmute, words.unmute_short),
    };
    Look { sign, label, word, off: !heard(own), wrong: own.microphone_problem.is_some() }
}

/// How the camera's control looks.
pub(crate) fn camera_look(own: &OwnView) -> Look {
    let words = call_words();
    let (sign, label, word) = match seen(own) {
        true => (Icon::Camera, words.camera_off, words.camera_off_short),
        false => (Icon::CameraOff, words.camera_on, words.camera_on_short),
    };
    Look { sign, label, word, off: !seen(own), wrong: own.camera_problem.is_some() }
}

/// From the front camera to the back one and again, where there are both.
fn flip(own: Signal<OwnView>) -> El {
    let devices = use_shell().devices();
    let can = devices.can_flip();
    let hidden = move || !(can.get() && own.get().camera);
    let words = call_words();
    let look = || steady(Icon::Flip, words.flip_camera, words.flip_short);
    control(look, move || devices.flip_camera()).hidden_when(hidden)
}

#[cfg(test)]
mod tests {
    use call::MediaProblem;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_control_says_what_pressing_it_does() {
        let on = OwnView { microphone: true, camera: true, ..OwnView::default() };
        assert_eq!(microphone_look(&on).label, "Mute microphone");
        assert_eq!(camera_look(&on).label, "Turn camera off");
        let off = OwnView::default();
        assert_eq!(microphone_look(&off).label, "Unmute microphone");
        assert_eq!(camera_look(&off).label, "Turn camera on");
        assert!(camera_look(&off).off && !camera_look(&off).wrong);
    }

    #[test]
    fn a_blocked_microphone_can_be_tried_again_from_its_control() {
        let blocked =
            OwnView { microphone: true, microphone_problem: Some(MediaProblem::Denied), ..OwnView::default() };
        let look = microphone_look(&blocked);
        assert_eq!(look.label, "Unmute microphone");
        assert!(look.off && look.wrong);
    }

    #[test]
    fn the_word_on_a_control_is_part_of_its_name() {
        for on in [true, false] {
            let own = OwnView { microphone: on, camera: on, ..OwnView::default() };
            for look in [microphone_look(&own), camera_look(&own)] {
                assert!(look.label.to_lowercase().contains(&look.word.to_lowercase()), "{look:?}");
            }
        }
    }
}
