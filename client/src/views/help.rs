//! Why a device does not work, and what to do about it.

use std::rc::Rc;

use call::{Device, MediaProblem};

use super::aside::Aside;
use super::browser::Browser;
use super::icon::{Icon, icon};
use super::later::later;
use super::parts::text_button;
use crate::doors::aside;
use crate::platform::{El, Part, el, el_class, user_agent};
use crate::shell::use_shell;
use crate::signal::{RwSignal, memo};
use crate::words::{Said, aside_words, device_help, words};

/// The explanation of whatever is the matter with a device, for as long as it is; nothing otherwise. `retry` tries again.
pub(crate) fn trouble(
    device: Device,
    problem: impl Fn() -> Option<MediaProblem> + 'static,
    retry: impl Fn() + 'static,
) -> El {
    let put_away = RwSignal::new(None);
    let shown = memo(move || problem().filter(|problem| put_away.get() != Some(*problem)));
    let retry = Rc::new(retry);
    el_class("div", "trouble").show(move || {
        let trouble = Trouble { device, problem: shown.get()?, put_away, retry: retry.clone() };
        Some(later(Part::Aside, move || aside(&Aside::Help(trouble.clone()))))
    })
}

/// What is the matter with a device.
#[derive(Clone)]
pub(crate) struct Trouble {
    device: Device,
    problem: MediaProblem,
    /// The problem whose explanation is not wanted any more.
    put_away: RwSignal<Option<MediaProblem>>,
    retry: Rc<dyn Fn()>,
}

/// The explanation, and what can be done.
pub(crate) fn explanation(trouble: &Trouble) -> El {
    let Trouble { device, problem, put_away, retry } = trouble.clone();
    let (words, aside) = (words(), aside_words());
    let by_system = use_shell().devices().denied_by_system();
    let Said { heading, sentence } = device_help(device, problem, Browser::of(&user_agent()));
    let remedy = move || match problem {
        MediaProblem::Denied if by_system.get() => aside.help.allow_in_system,
        _ => sentence,
    };
    // An insecure page stays one.
    let again = (problem != MediaProblem::Insecure).then(|| text_button("", words.try_again, move || retry()));
    el_class("div", "help")
        .child(el("h3").child(icon(Icon::Attention)).text(heading))
        .child(el_class("p", "small").text_now(remedy))
        .child(
            el_class("div", "row")
                .children(again)
                .child(text_button("plain", words.dismiss, move || put_away.set(Some(problem)))),
        )
}
