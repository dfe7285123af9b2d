//! The tries, one after the other, and what is known of them.

use std::cell::RefCell;
use std::rc::Rc;

use call::Device;
use protocol::IceServer;

use super::super::browser::Browser;
use super::verdict::{Outcome, Step, Verdict, verdict};
use crate::platform::probe::{self, Answer, Recording};
use crate::platform::task::Task;
use crate::platform::{Copied, DeviceKind, address, at_the_end, effect, user_agent, visible};
use crate::shell::{Shell, use_shell};
use crate::signal::{RwSignal, Signal, memo};
use crate::words::{check_words, device_help, figure_words};

/// So long a person may take to allow a device, and to say whether they heard something, in milliseconds.
const PERSON: i32 = 60_000;
/// So long the microphone has to hear something.
const HEARS: i32 = 5_000;
/// A gauge at this height moves visibly: the microphone hears something.
const HEARD: f32 = 0.02;
const RECORDED: i32 = 3_000;

/// What a person is asked to do, or to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// To say something: it is recorded.
    Speak,
    /// To listen: something is played.
    Listen,
    /// Whether they heard the page's sound.
    HeardSound,
    /// Whether they heard themselves.
    HeardYourself,
}

/// What is known of the tries. Cheap to clone.
#[derive(Clone)]
pub(super) struct Tries {
    shell: Shell,
    known: [RwSignal<(Outcome, String)>; Step::ALL.len()],
    begun: RwSignal<bool>,
    busy: RwSignal<bool>,
    stopped: RwSignal<bool>,
    asked: RwSignal<Option<Asked>>,
    answer: RwSignal<Option<bool>>,
    copied: RwSignal<Option<Copied>>,
    level: Signal<f32>,
    work: Rc<RefCell<Option<Task>>>,
}

impl Tries {
    /// Nothing is tried yet; the devices are open while it is.
    pub(super) fn new() -> Self {
        let shell = use_shell();
        let busy = RwSignal::new(false);
        shell.devices().preview(busy.read_only(), busy.read_only());
        let level = shell.devices().level();
        // What is under way knows of these signals, which end with the view.
        let work: Rc<RefCell<Option<Task>>> = Rc::default();
        let last = work.clone();
        at_the_end(move || drop(last.take()));
        let this = Self {
            shell,
            known: Step::ALL.map(|_| RwSignal::default()),
            begun: RwSignal::new(false),
            busy,
            stopped: RwSignal::new(false),
            asked: RwSignal::new(None),
            answer: RwSignal::new(None),
            copied: RwSignal::new(None),
            level,
            work,
        };
        this.stop_when_hidden();
        this
    }

    /// Nobody is recorded by a page that they do not see: what is being tried is given up, and the devices with it.
    fn stop_when_hidden(&self) {
        let (visible, this) = (visible(), self.clone());
        effect(move || {
            if !visible.get() && this.busy.get_untracked() {
                drop(this.work.take());
                this.clear();
                this.stopped.set(true);
                this.begun.set(false);
                this.busy.set(false);
            }
        });
    }

    /// It was given up because the page was not looked at.
    pub(super) fn stopped(&self) -> Signal<bool> {
        self.stopped.read_only()
    }

    fn clear(&self) {
        self.known.iter().for_each(|known| known.set(Default::default()));
        self.asked.set(None);
        self.copied.set(None);
    }

    fn known(&self, step: Step) -> Option<RwSignal<(Outcome, String)>> {
        Step::ALL.into_iter().zip(self.known).find(|(known, _)| *known == step).map(|(_, signal)| signal)
    }

    pub(super) fn outcome(&self, step: Step) -> Signal<Outcome> {
        let known = self.known(step);
        memo(move || known.map(|known| known.with(|(outcome, _)| *outcome)).unwrap_or_default())
    }

    pub(super) fn detail(&self, step: Step) -> Signal<String> {
        let known = self.known(step);
        memo(move || known.map(|known| known.with(|(_, detail)| detail.clone())).unwrap_or_default())
    }

    pub(super) fn begun(&self) -> Signal<bool> {
        self.begun.read_only()
    }

    pub(super) fn busy(&self) -> Signal<bool> {
        self.busy.read_only()
    }

    /// What the person is asked to do or to answer.
    pub(super) fn asked(&self) -> Signal<Option<Asked>> {
        self.asked.read_only()
    }

    pub(super) fn answer(&self, heard: bool) {
        self.answer.set(Some(heard));
        self.asked.set(None);
    }

    pub(super) fn copied(&self) -> RwSignal<Option<Copied>> {
        self.copied
    }

    /// What it all comes to, once everything was tried.
    pub(super) fn verdict(&self) -> Signal<Option<Verdict>> {
        let (begun, busy, this) = (self.begun, self.busy, self.clone());
        memo(move || (begun.get() && !busy.get()).then(|| verdict(|step| this.now(step))))
    }

    fn now(&self, step: Step) -> Outcome {
        self.known(step).map(|known| known.with_untracked(|(outcome, _)| *outcome)).unwrap_or_default()
    }

    /// Tries everything, from the beginning. To be called from a click: sound is played.
    pub(super) fn begin(&self) {
        self.clear();
        self.stopped.set(false);
        self.begun.set(true);
        self.busy.set(true);
        self.shell.devices().retry();
        let this = self.clone();
        self.work.replace(Some(Task::new(async move {
            this.run().await;
            this.busy.set(false);
        })));
    }

    fn set(&self, step: Step, outcome: Outcome, detail: String) {
        self.known(step).into_iter().for_each(|known| known.set((outcome, detail.clone())));
    }

    fn runs(&self, step: Step) {
        self.set(step, Outcome::Runs, String::new());
    }

    fn passes(&self, step: Step, passed: bool, detail: String) -> bool {
        self.set(step, if passed { Outcome::Passed } else { Outcome::Failed(None) }, detail);
        passed
    }

    async fn run(&self) {
        self.runs(Step::Browser);
        let lacking = probe::lacking();
        if !self.passes(Step::Browser, lacking.is_empty(), lacking.join(", ")) {
            return;
        }
        for step in [Step::Socket, Step::Reconnect] {
            self.runs(step);
            let took = probe::open_socket().await;
            let detail = took.map(|millis| figure_words().millis(millis));
            self.passes(step, took.is_some(), detail.unwrap_or_default());
        }
        let hears = self.microphone().await;
        // Who hears no sound does not hear themselves either.
        if self.speaker().await && hears {
            self.recording().await;
        } else {
            self.set(Step::Recording, Outcome::Skipped, String::new());
        }
        self.camera().await;
        self.ways_out().await;
        self.media().await;
    }

    /// Waits until a device is there or known not to be. Whether it is there.
    async fn opened(&self, step: Step, device: Device, is_there: impl Fn() -> bool) -> bool {
        self.runs(step);
        let problem = self.shell.devices().problem(device);
        probe::until(PERSON, || is_there() || problem.get_untracked().is_some()).await;
        if !is_there() {
            let problem = problem.get_untracked();
            let told = problem.map(|problem| device_help(device, problem, Browser::of(&user_agent())).heading);
            self.set(step, Outcome::Failed(problem), told.unwrap_or_default().to_owned());
        }
        is_there()
    }

    async fn microphone(&self) -> bool {
        let devices = self.shell.devices();
        let there = self.opened(Step::Microphone, Device::Microphone, || devices.microphone_track().is_some()).await;
        there && {
            let level = self.level;
            let hears = probe::until(HEARS, || level.get_untracked() > HEARD).await;
            self.passes(Step::Microphone, hears, String::new())
        }
    }

    async fn speaker(&self) -> bool {
        self.runs(Step::Speaker);
        let heard = self.hears(Recording::of_sound(), Asked::HeardSound).await;
        self.passes(Step::Speaker, heard, String::new())
    }

    async fn recording(&self) {
        self.runs(Step::Recording);
        self.asked.set(Some(Asked::Speak));
        let track = self.shell.devices().microphone_track();
        let recording = match &track {
            Some(track) => Recording::of(track, RECORDED).await,
            None => None,
        };
        let heard = self.hears(recording, Asked::HeardYourself).await;
        self.passes(Step::Recording, heard, String::new());
    }

    /// Plays something and asks. Whether it was played and the person says that they heard it.
    async fn hears(&self, sound: Option<Recording>, question: Asked) -> bool {
        self.asked.set(Some(Asked::Listen));
        let speaker = self.shell.devices().chosen(DeviceKind::Speaker).get_untracked();
        let played = match sound {
            Some(sound) => sound.play(speaker.as_deref()).await,
            None => false,
        };
        if !played {
            self.asked.set(None);
            return false;
        }
        let answer = self.answer;
        answer.set(None);
        self.asked.set(Some(question));
        probe::until(PERSON, || answer.get_untracked().is_some()).await;
        self.asked.set(None);
        answer.get_untracked() == Some(true)
    }

    async fn camera(&self) {
        let devices = self.shell.devices();
        let is_there = || devices.own().with_untracked(Option::is_some);
        if self.opened(Step::Camera, Device::Camera, is_there).await {
            self.passes(Step::Camera, true, String::new());
        }
    }

    async fn ways_out(&self) {
        let servers = self.shell.ice_servers();
        for (step, scheme, kind) in [(Step::Stun, "stun", "srflx"), (Step::Turn, "turn", "relay")] {
            self.runs(step);
            // A TURN server tells the address as well: each kind is asked alone.
            let of_kind: Vec<IceServer> = servers.iter().filter_map(|server| only(server, scheme)).collect();
            if !of_kind.is_empty() {
                let outcome = match probe::ask(&of_kind, kind).await {
                    Answer::Yes => Outcome::Passed,
                    Answer::No => Outcome::Failed(None),
                    Answer::Refused => Outcome::Refused,
                };
                self.set(step, outcome, String::new());
            } else {
                self.set(step, Outcome::Skipped, check_words().not_set_up.to_owned());
            }
        }
    }

    async fn media(&self) {
        self.runs(Step::Media);
        let devices = self.shell.devices();
        let tracks: Vec<_> = devices.microphone_track().into_iter().chain(devices.camera_track()).collect();
        if tracks.is_empty() {
            return self.set(Step::Media, Outcome::Skipped, String::new());
        }
        let called = probe::call_itself(&self.shell.ice_servers(), &tracks).await;
        let words = figure_words();
        let detail = called.as_ref().map(|(sample, line)| {
            let rate = sample.received.map(|bits| words.rate(bits));
            let loss = sample.loss.map(|share| [words.loss, " ", &words.share(share)].concat());
            let way = line.route().map(|route| words.way(route));
            [rate, loss, way].into_iter().flatten().collect::<Vec<_>>().join(" · ")
        });
        let arrives = called.is_some_and(|(sample, _)| sample.received.is_some_and(|bits| bits > 0.0));
        self.passes(Step::Media, arrives, detail.unwrap_or_default());
    }

    /// Everything as lines of text, for whoever helps.
    pub(super) fn report(&self, named: fn(Step) -> &'static str, came_to: fn(Outcome) -> &'static str) -> String {
        let mut lines = vec![["Alo ", &address()].concat(), user_agent()];
        for (step, known) in Step::ALL.into_iter().zip(self.known) {
            lines.push(known.with_untracked(|(outcome, detail)| {
                [named(step), ": ", came_to(*outcome), " ", detail].concat().trim_end().to_owned()
            }));
        }
        lines.join("\n")
    }
}

/// The server with those of its addresses alone that begin so.
fn only(server: &IceServer, scheme: &str) -> Option<IceServer> {
    let urls: Vec<String> = server.urls.iter().filter(|url| url.starts_with(scheme)).cloned().collect();
    (!urls.is_empty()).then(|| IceServer { urls, ..server.clone() })
}
