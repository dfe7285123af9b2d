//! "Can I call?": everything a call needs, tried one after the other, with one sentence and one remedy in the end. A part
//! of the program of its own.
//!
//! For whoever drives the page by program: every step is an element with `data-step` and, in `data-result`, `waits`,
//! `runs`, `passed`, `failed` or `skipped`; in the end `data-verdict` stands beside the sentence.

mod tries;
mod verdict;

use call::Device;

use self::tries::{Asked, Tries};
use self::verdict::{Outcome, Step, Verdict};
use super::browser::Browser;
use super::icon::{Icon, icon};
use super::parts::{button, quiet, round_button, text_button};
use super::ui::use_ui;
use crate::platform::{Copied, El, Route, copy, el, el_class, user_agent, video};
use crate::shell::use_shell;
use crate::words::{Said, aside_words, check_words, device_help, figure_words, words};

/// The page. To be called through [`crate::doors`] alone.
pub(crate) fn check(_: &()) -> El {
    let (words, tries) = (check_words(), Tries::new());
    let router = use_shell().router();
    let back = round_button(Icon::Back, aside_words().go_home, move || router.go(Route::Home));
    let title = el("h1").attr("tabindex", "-1").text(words.title).focused();
    let (start, begun, stopped) = (tries.clone(), tries.begun(), tries.stopped());
    let label = move || if begun.get() { words.again } else { words.start };
    let busy = tries.busy();
    let start = button("main", move || start.begin()).hidden_when(move || busy.get()).child(el("span").text_now(label));
    el_class("div", "check")
        .child(el_class("header", "top").child(back).child(title))
        .child(quiet(words.about))
        .child(el_class("div", "row").child(start))
        .child(
            el_class("p", "asked")
                .attr("role", "status")
                .text_now(move || if stopped.get() { words.stopped } else { "" }),
        )
        .child(asked(&tries))
        .child(summary(&tries))
        .child(el_class("ol", "steps").children(Step::ALL.map(|step| line(step, &tries))))
        .child(picture(&tries))
}

/// One step: what it is, and what came of it.
fn line(step: Step, tries: &Tries) -> El {
    let outcome = tries.outcome(step);
    let detail = tries.detail(step);
    let sign = move || match outcome.get() {
        Outcome::Passed => Some(icon(Icon::Check)),
        Outcome::Failed(_) | Outcome::Refused => Some(icon(Icon::Attention)),
        Outcome::Waits | Outcome::Runs | Outcome::Skipped => None,
    };
    el("li")
        .attr("data-step", step.name())
        .attr_now("data-result", move || Some(outcome.get().name()))
        .child(el_class("span", "sign").show(sign))
        .child(el_class("span", "cut").text(named(step)))
        .child(el_class("span", "small quiet").text_now(move || {
            let detail = detail.get();
            if detail.is_empty() { came_to(outcome.get()).to_owned() } else { detail }
        }))
}

fn named(step: Step) -> &'static str {
    let words = check_words();
    match step {
        Step::Browser => words.browser,
        Step::Socket => words.socket,
        Step::Reconnect => words.reconnect,
        Step::Microphone => words.microphone,
        Step::Speaker => words.speaker,
        Step::Recording => words.recording,
        Step::Camera => words.camera,
        Step::Stun => words.stun,
        Step::Turn => words.turn,
        Step::Media => words.media,
    }
}

fn came_to(outcome: Outcome) -> &'static str {
    let words = check_words();
    match outcome {
        Outcome::Waits => words.waits,
        Outcome::Runs => words.runs,
        Outcome::Passed => words.passed,
        Outcome::Failed(_) => words.failed,
        Outcome::Refused => words.refused,
        Outcome::Skipped => words.skipped,
    }
}

/// What the person is asked to do or to answer.
fn asked(tries: &Tries) -> El {
    let words = check_words();
    let (asked, tries) = (tries.asked(), tries.clone());
    el_class("div", "asked").attr("role", "status").show(move || {
        let question = match asked.get()? {
            Asked::Speak => return Some(el("p").text(words.speak_now)),
            Asked::Listen => return Some(el("p").text(words.listen)),
            Asked::HeardSound => words.heard_sound,
            Asked::HeardYourself => words.heard_yourself,
        };
        let (yes, no) = (tries.clone(), tries.clone());
        let row = el_class("div", "row")
            .child(text_button("", words.yes, move || yes.answer(true)))
            .child(text_button("", words.no, move || no.answer(false)));
        Some(el_class("div", "help").child(el("p").text(question)).child(row))
    })
}

/// The sentence, the remedy, and the report.
fn summary(tries: &Tries) -> El {
    let (verdict, copied, tries) = (tries.verdict(), tries.copied(), tries.clone());
    el_class("div", "asked").attr("role", "status").show(move || {
        let verdict = verdict.get()?;
        let Said { heading, sentence } = said(verdict);
        let (settings, report) = (use_ui().settings, tries.clone());
        let open = matches!(verdict, Verdict::Silent | Verdict::NoSound | Verdict::NoVoice);
        let open = open.then(|| text_button("", words().settings, move || settings.set(true)));
        let told = move || match copied.get() {
            None => "",
            Some(Copied::Yes) => figure_words().copied,
            Some(Copied::No) => figure_words().not_copied,
        };
        let row = el_class("div", "row")
            .children(open)
            .child(text_button("", check_words().copy_report, move || copy(&report.report(named, came_to), copied)))
            .child(el_class("span", "small quiet").attr("role", "status").text_now(told));
        let name = if verdict == Verdict::Fine { "fine" } else { "trouble" };
        let page = el_class("div", "help").attr("data-verdict", name);
        Some(page.child(el("h2").text(heading)).child(el("p").text(sentence)).child(row))
    })
}

/// A verdict in a sentence, with the remedy.
fn said(verdict: Verdict) -> Said {
    let words = check_words();
    let browser = || Browser::of(&user_agent());
    let (heading, sentence) = match verdict {
        Verdict::Fine => (words.fine, words.fine_remedy),
        Verdict::NoBrowser => (words.no_browser, words.no_browser_remedy),
        Verdict::NoRelay => (words.no_relay, words.no_relay_remedy),
        Verdict::NoMicrophone(problem) => return device_help(Device::Microphone, problem, browser()),
        Verdict::NoCamera(problem) => return device_help(Device::Camera, problem, browser()),
        Verdict::Silent => (words.silent, words.silent_remedy),
        Verdict::NoMedia => (words.no_media, words.no_media_remedy),
        Verdict::NoSound => (words.no_sound, words.no_sound_remedy),
        Verdict::NoVoice => (words.no_voice, words.no_voice_remedy),
        Verdict::NoWayOut => (words.no_way_out, words.no_way_out_remedy),
        Verdict::TurnRefuses => (words.no_relayed_media, words.turn_refuses_remedy),
        Verdict::NoRelayedMedia => (words.no_relayed_media, words.no_relayed_media_remedy),
    };
    Said { heading, sentence }
}

fn picture(tries: &Tries) -> El {
    let devices = use_shell().devices();
    let (own, busy) = (devices.own(), tries.busy());
    el_class("div", "own-picture").hidden_when(move || !busy.get()).child(video(own, devices.mirrored()))
}
