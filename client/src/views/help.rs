//! Why a device does not work, and what to do about it.

use call::{Device, MediaProblem};

use super::browser::Browser;
use super::icon::{Icon, icon};
use super::parts::text_button;
use crate::platform::{El, el, el_class, user_agent};
use crate::shell::use_shell;
use crate::signal::{RwSignal, memo};
use crate::words::{Said, device_help, words};

/// The explanation of whatever is the matter with a device, for as long as it is; nothing otherwise. `retry` tries again.
pub(crate) fn trouble(
    device: Device,
    problem: impl Fn() -> Option<MediaProblem> + 'static,
    retry: impl Fn() + Clone + 'static,
) -> El {
    let put_away = RwSignal::new(None);
    let shown = memo(move || problem().filter(|problem| put_away.get() != Some(*problem)));
    el_class("div", "trouble").show(move || {
        let problem = shown.get()?;
        Some(explanation(device, problem, retry.clone(), move || put_away.set(Some(problem))))
    })
}

fn explanation(device: Device, problem: MediaProblem, retry: impl Fn() + 'static, put_away: impl Fn() + 'static) -> El {
    let words = words();
    let by_system = use_shell().devices().denied_by_system();
    let Said { heading, sentence } = device_help(device, problem, Browser::of(&user_agent()));
    let remedy = move || match problem {
        MediaProblem::Denied if by_system.get() => words.help.allow_in_system,
        _ => sentence,
    };
    // An insecure page stays one.
    let again = (problem != MediaProblem::Insecure).then(|| text_button("", words.try_again, retry));
    el_class("div", "help")
        .child(el("h3").child(icon(Icon::Attention)).text(heading))
        .child(el_class("p", "small").text_now(remedy))
        .child(el_class("div", "row").children(again).child(text_button("plain", words.dismiss, put_away)))
}
