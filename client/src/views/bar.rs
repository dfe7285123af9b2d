//! The floating bar with the controls of a call.

use call::{CallView, Command, OwnView};
use leptos::prelude::*;

use super::control::{Look, control, hang_up};
use super::icon::Icon;
use super::ui::use_ui;
use crate::shell::use_shell;
use crate::words::words;

/// The controls.
pub(crate) fn bar() -> AnyView {
    let words = words();
    let shell = use_shell();
    let call = shell.shown().call;
    let own = Memo::new(move |_| call.with(own_of));
    let ui = use_ui();
    let (microphone, camera, end) = (shell.clone(), shell.clone(), shell);
    view! {
        <section class="bar" aria-label=words.call_controls>
            {control(
                move || microphone_look(&own.get()),
                move || microphone.command(Command::SetMicrophone(!heard(&own.get_untracked()))),
            )}
            {control(
                move || camera_look(&own.get()),
                move || camera.command(Command::SetCamera(!seen(&own.get_untracked()))),
            )} {flip(own)}
            {control(
                || Look {
                    sign: Icon::Settings,
                    label: words.settings,
                    word: words.settings,
                    off: false,
                    wrong: false,
                },
                move || ui.settings.set(true),
            )} {hang_up(words.hang_up, move || end.command(Command::HangUp))}
        </section>
    }
    .into_any()
}

/// This side of the call.
pub(crate) fn own_of(call: &Option<CallView>) -> OwnView {
    call.as_ref().map(|call| call.own).unwrap_or_default()
}

/// The microphone is wanted and nothing keeps it from being heard: pressing it mutes. Otherwise pressing it tries.
const fn heard(own: &OwnView) -> bool {
    own.microphone && own.microphone_problem.is_none()
}

const fn seen(own: &OwnView) -> bool {
    own.camera && own.camera_problem.is_none()
}

/// How the microphone's control looks.
pub(crate) fn microphone_look(own: &OwnView) -> Look {
    let words = words();
    let (sign, label, word) = match heard(own) {
        true => (Icon::Microphone, words.mute, words.mute_short),
        false => (Icon::MicrophoneOff, words.unmute, words.unmute_short),
    };
    Look { sign, label, word, off: !heard(own), wrong: own.microphone_problem.is_some() }
}

/// How the camera's control looks.
pub(crate) fn camera_look(own: &OwnView) -> Look {
    let words = words();
    let (sign, label, word) = match seen(own) {
        true => (Icon::Camera, words.camera_off, words.camera_off_short),
        false => (Icon::CameraOff, words.camera_on, words.camera_on_short),
    };
    Look { sign, label, word, off: !seen(own), wrong: own.camera_problem.is_some() }
}

/// From the front camera to the back one and again, where there are both.
fn flip(own: Memo<OwnView>) -> AnyView {
    let words = words();
    let devices = use_shell().devices();
    let can = devices.can_flip();
    let look = Look { sign: Icon::Flip, label: words.flip_camera, word: words.flip_short, off: false, wrong: false };
    let devices = StoredValue::new(devices);
    (move || {
        (can.get() && own.get().camera).then(|| control(move || look, move || devices.with_value(|d| d.flip_camera())))
    })
    .into_any()
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
