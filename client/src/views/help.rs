//! Why a device does not work, and what to do about it.

use call::{Device, MediaProblem};
use leptos::prelude::*;

use super::browser::Browser;
use super::icon::{Icon, icon};
use crate::platform::user_agent;
use crate::shell::use_shell;
use crate::words::{Said, device_help, words};

/// The explanation of whatever is the matter with a device, for as long as it is; nothing otherwise. `retry` tries again.
pub(crate) fn trouble(
    device: Device,
    problem: Signal<Option<MediaProblem>>,
    retry: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let put_away = RwSignal::new(None);
    let shown = Memo::new(move |_| problem.get().filter(|problem| put_away.get() != Some(*problem)));
    (move || {
        let problem = shown.get()?;
        Some(explanation(device, problem, retry, move || put_away.set(Some(problem))))
    })
    .into_any()
}

fn explanation(
    device: Device,
    problem: MediaProblem,
    retry: impl Fn() + 'static,
    put_away: impl Fn() + 'static,
) -> AnyView {
    let words = words();
    let by_system = use_shell().devices().denied_by_system();
    let Said { heading, sentence } = device_help(device, problem, Browser::of(&user_agent()));
    let remedy = move || {
        if problem == MediaProblem::Denied && by_system.get() { words.help.allow_in_system } else { sentence }
    };
    // Neither helps while the page stays as it is.
    let can_retry = problem != MediaProblem::Insecure;
    view! {
        <div class="help">
            <h3>{icon(Icon::Attention)} {heading}</h3>
            <p class="small">{remedy}</p>
            <div class="row">
                {can_retry
                    .then(|| {
                        view! {
                            <button type="button" class="button" on:click=move |_| retry()>
                                {words.try_again}
                            </button>
                        }
                    })}
                <button type="button" class="button plain" on:click=move |_| put_away()>
                    {words.dismiss}
                </button>
            </div>
        </div>
    }
    .into_any()
}
