//! Who of several speaks, and whom that puts into the light: shown large, where the person wants it so.

use call::spotlight::Spotlight;
use call::{CallView, OtherView, PeerKey};
use protocol::DeviceId;

use super::choices::Choices;
use super::parts::button;
use crate::platform::{El, Loud, drawing, every, now, switch};
use crate::shell::{Shell, use_shell};
use crate::signal::{RwSignal, Signal, memo};
use crate::words::group_words;

/// Every so many milliseconds everybody is listened to.
const EVERY: i32 = 200;

/// What the choice is kept under: that all are shown alike can be switched off.
pub(crate) const ALIKE: &str = "alike";

/// One large and three small beside it.
const ONE_LARGE: &str = "M4 5h10.5v14H4zM18 5h2.5v3.5H18zM18 10.25h2.5v3.5H18zM18 15.5h2.5v3.5H18z";
/// Four alike.
const ALL_ALIKE: &str = "M4 5h6.75v5.75H4zM13.25 5H20v5.75h-6.75zM4 13.25h6.75V19H4zM13.25 13.25H20V19h-6.75z";

/// Listens to the others for as long as there are several: who speaks goes into `choices`, and who is in the light comes
/// out, if the person wants to follow it.
pub(crate) fn in_light(choices: Choices) -> Signal<Option<DeviceId>> {
    let shell = use_shell();
    let call = shell.shown().call;
    let lit = RwSignal::new(None);
    let (mut spotlight, mut ears) = (Spotlight::default(), Ears::default());
    every(EVERY, move || {
        let several = |call: &CallView| (call.others.len() > 1).then(|| ears.hear(&shell, call));
        let heard = call.with_untracked(|call| call.as_ref().and_then(several)).unwrap_or_default();
        spotlight.hear(now(), &heard);
        tell(choices.speaking, spotlight.speaking().cloned().collect());
        tell(lit, spotlight.lit().cloned());
    });
    memo(move || if choices.follows.get() { lit.get() } else { None })
}

fn tell<T: PartialEq + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|before| *before != value) {
        signal.set(value);
    }
}

/// Listens; remembers when something came last.
#[derive(Default)]
struct Ears(Vec<(PeerKey, f64)>);

impl Ears {
    fn hear(&mut self, shell: &Shell, call: &CallView) -> Vec<(DeviceId, f64)> {
        let before = std::mem::take(&mut self.0);
        let mut level = |other: &OtherView| {
            let Loud { level, at } = shell.loud(other.peer)?;
            self.0.push((other.peer, at));
            // What came before is not to be heard now, and of somebody muted the browser may remember their last word.
            let is_new = !before.contains(&(other.peer, at));
            (is_new && other.media.microphone && !call.is_on_hold()).then_some(level)
        };
        call.others.iter().map(|other| (other.device.clone(), level(other).unwrap_or_default())).collect()
    }
}

/// Shows whoever speaks large, or all alike again; only among several.
pub(crate) fn light_button(choices: Choices) -> El {
    let call = use_shell().shown().call;
    let several = memo(move || call.with(|call| call.as_ref().is_some_and(|call| call.others.len() > 1)));
    let label = move || Some(if choices.follows.get() { group_words().alike } else { group_words().follow });
    let press = move || {
        let follows = !choices.follows.get_untracked();
        choices.follows.set(follows);
        // What was pinned would hide what was just asked for.
        choices.pinned.set(None);
        switch(ALIKE, !follows);
    };
    button("round", press)
        .attr_now("aria-label", label)
        .attr_now("title", label)
        .hidden_when(move || !several.get())
        .show(move || Some(drawing("icon", if choices.follows.get() { ALL_ALIKE } else { ONE_LARGE })))
}
