//! What the tries of "Can I call?" come to, as a plain function of their results.

use call::MediaProblem;

/// What is tried, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The browser has what a call needs.
    Browser,
    /// A socket to the relay.
    Socket,
    /// Another one, right after the first was closed.
    Reconnect,
    /// The microphone is there and hears something.
    Microphone,
    /// A sound of the page's own is played, and the person hears it.
    Speaker,
    /// Three seconds of the microphone are recorded and played, and the person hears themselves.
    Recording,
    /// The camera is there and gives a picture.
    Camera,
    /// A STUN server tells the address from outside.
    Stun,
    /// A TURN server passes media on.
    Turn,
    /// Two connections of this page call each other.
    Media,
}

impl Step {
    pub(super) const ALL: [Self; 10] = [
        Self::Browser,
        Self::Socket,
        Self::Reconnect,
        Self::Microphone,
        Self::Speaker,
        Self::Recording,
        Self::Camera,
        Self::Stun,
        Self::Turn,
        Self::Media,
    ];

    /// Its `data-step`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Socket => "socket",
            Self::Reconnect => "reconnect",
            Self::Microphone => "microphone",
            Self::Recording => "recording",
            Self::Speaker => "speaker",
            Self::Camera => "camera",
            Self::Stun => "stun",
            Self::Turn => "turn",
            Self::Media => "media",
        }
    }
}

/// What came of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was not tried yet.
    #[default]
    Waits,
    /// It is being tried.
    Runs,
    /// It works.
    Passed,
    /// There was nothing to try.
    Skipped,
    /// It does not work.
    Failed(Option<MediaProblem>),
    /// It is there, and lets nobody in with the name and password that were given.
    Refused,
}

impl Outcome {
    /// Its `data-result`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Waits => "waits",
            Self::Runs => "runs",
            Self::Passed => "passed",
            Self::Skipped => "skipped",
            Self::Failed(_) | Self::Refused => "failed",
        }
    }
}

/// What a person should make of it all: the worst that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Everything works.
    Fine,
    /// This browser is no good for calls.
    NoBrowser,
    /// The relay cannot be reached.
    NoRelay,
    /// The microphone does not work, and why.
    NoMicrophone(MediaProblem),
    /// The microphone is open and hears nothing.
    Silent,
    /// The browser does not even reach itself.
    NoMedia,
    /// Nothing is heard.
    NoSound,
    /// Sounds are heard, and one's own voice is not.
    NoVoice,
    /// The camera does not work, and why: calls without a picture do.
    NoCamera(MediaProblem),
    /// Neither STUN nor TURN answers although there should be some: calls out of this network may not connect.
    NoWayOut,
    /// The TURN server lets nobody in: calls connect, but not through every firewall.
    TurnRefuses,
    /// No TURN: calls connect, but not through every firewall.
    NoRelayedMedia,
}

/// The worst first: without what comes earlier, what comes later is of no use.
pub(super) fn verdict(of: impl Fn(Step) -> Outcome) -> Verdict {
    let failed = |step| matches!(of(step), Outcome::Failed(_));
    let problem = |step| match of(step) {
        Outcome::Failed(problem) => problem,
        _ => None,
    };
    match () {
        () if failed(Step::Browser) => Verdict::NoBrowser,
        () if failed(Step::Socket) || failed(Step::Reconnect) => Verdict::NoRelay,
        () if failed(Step::Microphone) => problem(Step::Microphone).map_or(Verdict::Silent, Verdict::NoMicrophone),
        () if failed(Step::Media) => Verdict::NoMedia,
        () if failed(Step::Speaker) => Verdict::NoSound,
        () if failed(Step::Recording) => Verdict::NoVoice,
        () if failed(Step::Camera) => Verdict::NoCamera(problem(Step::Camera).unwrap_or(MediaProblem::Unknown)),
        () if of(Step::Turn) == Outcome::Refused => Verdict::TurnRefuses,
        () if failed(Step::Stun) && of(Step::Turn) != Outcome::Passed => Verdict::NoWayOut,
        () if failed(Step::Turn) => Verdict::NoRelayedMedia,
        () => Verdict::Fine,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Everything passed but this.
    fn but(failures: &[(Step, Outcome)]) -> Verdict {
        verdict(|step| {
            failures.iter().find(|(failed, _)| *failed == step).map_or(Outcome::Passed, |(_, outcome)| *outcome)
        })
    }

    const FAILED: Outcome = Outcome::Failed(None);

    #[test]
    fn all_that_works_is_fine_and_what_there_is_not_is_no_fault() {
        assert_eq!(but(&[]), Verdict::Fine);
        assert_eq!(but(&[(Step::Stun, Outcome::Skipped), (Step::Turn, Outcome::Skipped)]), Verdict::Fine);
    }

    #[test]
    fn each_failure_has_its_verdict() {
        let denied = Outcome::Failed(Some(MediaProblem::Denied));
        for (step, outcome, expected) in [
            (Step::Browser, FAILED, Verdict::NoBrowser),
            (Step::Socket, FAILED, Verdict::NoRelay),
            (Step::Reconnect, FAILED, Verdict::NoRelay),
            (Step::Microphone, denied, Verdict::NoMicrophone(MediaProblem::Denied)),
            (Step::Microphone, FAILED, Verdict::Silent),
            (Step::Speaker, FAILED, Verdict::NoSound),
            (Step::Recording, FAILED, Verdict::NoVoice),
            (Step::Speaker, FAILED, Verdict::NoSound),
            (Step::Camera, denied, Verdict::NoCamera(MediaProblem::Denied)),
            (Step::Camera, FAILED, Verdict::NoCamera(MediaProblem::Unknown)),
            (Step::Turn, FAILED, Verdict::NoRelayedMedia),
            (Step::Turn, Outcome::Refused, Verdict::TurnRefuses),
            (Step::Media, FAILED, Verdict::NoMedia),
        ] {
            assert_eq!(but(&[(step, outcome)]), expected, "{step:?}");
        }
    }

    #[test]
    fn one_way_out_is_enough() {
        assert_eq!(but(&[(Step::Stun, FAILED)]), Verdict::Fine);
        assert_eq!(but(&[(Step::Stun, FAILED), (Step::Turn, Outcome::Skipped)]), Verdict::NoWayOut);
        assert_eq!(but(&[(Step::Stun, FAILED), (Step::Turn, FAILED)]), Verdict::NoWayOut);
        assert_eq!(but(&[(Step::Stun, FAILED), (Step::Turn, Outcome::Refused)]), Verdict::TurnRefuses, "it did answer");
    }

    #[test]
    fn the_worst_comes_first() {
        let all = Step::ALL.map(|step| (step, FAILED));
        assert_eq!(but(&all), Verdict::NoBrowser);
        assert_eq!(but(&all[1..]), Verdict::NoRelay);
        assert_eq!(but(&all[3..]), Verdict::Silent);
    }

    #[test]
    fn steps_have_names_of_their_own() {
        let mut names = Step::ALL.map(Step::name).to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Step::ALL.len());
    }
}
