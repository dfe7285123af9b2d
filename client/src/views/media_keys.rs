//! The button on a headset, and the microphone's sign of the system, in step with the page.

use call::Command;

use super::bar::{heard, own_of, seen};
use crate::platform::{Floating, MediaKey, effect, on_media_keys, show_devices_in_use};
use crate::shell::use_shell;
use crate::signal::memo;

/// Listens for as long as the call is on the screen.
pub(crate) fn media_keys(floating: &Floating) {
    let shell = use_shell();
    let call = shell.shown().call;
    let own = memo(move || call.with(own_of));
    let (mute, film, leave, float) = (shell.clone(), shell.clone(), shell, floating.clone());
    let actions: [MediaKey; 4] = [
        ("togglemicrophone", Box::new(move || mute.command(Command::SetMicrophone(!heard(&own.get_untracked()))))),
        ("togglecamera", Box::new(move || film.command(Command::SetCamera(!seen(&own.get_untracked()))))),
        // Browsers ask for this by themselves when the tab of a call is left.
        (
            "enterpictureinpicture",
            Box::new(move || {
                if !float.on().get_untracked() {
                    float.toggle();
                }
            }),
        ),
        ("hangup", Box::new(move || leave.command(Command::HangUp))),
    ];
    on_media_keys(actions.into());
    effect(move || {
        let own = own.get();
        show_devices_in_use(heard(&own), seen(&own));
    });
}
