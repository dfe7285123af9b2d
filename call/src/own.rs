//! This side's microphone, camera and shared screen: what the person wants, what there is, and what the others were told.

use protocol::MediaState;

use crate::{Device, MediaEvent, MediaProblem, Microphone, OwnView, WantedMedia};

#[derive(Default)]
struct Side {
    wanted: bool,
    open: bool,
    problem: Option<MediaProblem>,
}

impl Side {
    /// Why it is not open although it is wanted.
    fn trouble(&self) -> Option<MediaProblem> {
        self.problem.filter(|_| self.wanted)
    }

    /// Whether it is sent. One that is only just being opened counts as the others were told.
    fn sends(&self, told: bool) -> bool {
        self.wanted && self.problem.is_none() && (self.open || told)
    }
}

/// The microphone, the camera and the shared screen.
#[derive(Default)]
pub(crate) struct OwnMedia {
    microphone: Side,
    camera: Side,
    /// A screen is shared.
    screen: bool,
    /// The call is on hold: nothing is sent.
    held: bool,
    /// The person records the call.
    recording: bool,
    told: MediaState,
}

/// What was wanted in a call that is on hold while this device is in another, and what was told in it.
#[derive(Clone, Copy)]
pub(crate) struct Kept {
    microphone: bool,
    camera: bool,
    told: MediaState,
}

impl OwnMedia {
    /// A call begins. Nobody begins muted, and nobody goes on sharing what was for others, or recording what is of others.
    pub(crate) fn begin(&mut self, camera: bool) {
        self.want(Device::Microphone, true);
        self.want(Device::Camera, camera);
        self.screen = false;
        self.held = false;
        self.recording = false;
    }

    /// The call is put on hold, or goes on. Nobody shares a screen with somebody who waits, or records them.
    pub(crate) fn hold(&mut self, on: bool) {
        self.held = on;
        self.screen &= !on;
        self.recording &= !on;
    }

    pub(crate) const fn is_held(&self) -> bool {
        self.held
    }

    /// What is wanted in a call that is on hold, to be [taken up](Self::take_up) after another one.
    pub(crate) const fn keep(&self) -> Kept {
        Kept { microphone: self.microphone.wanted, camera: self.camera.wanted, told: self.told }
    }

    /// The call that was on hold takes the place of the other, and still is on hold.
    pub(crate) fn take_up(&mut self, kept: Kept) {
        self.begin(kept.camera);
        self.want(Device::Microphone, kept.microphone);
        self.told = kept.told;
        self.held = true;
    }

    /// A screen is shared from now on, or none any more.
    pub(crate) fn share(&mut self, on: bool) {
        self.screen = on;
    }

    /// The person records from now on, or no more.
    pub(crate) fn record(&mut self, on: bool) {
        self.recording = on && !self.held;
    }

    /// The others were told that this side records, before the page was loaded anew: they are to be told that it does not.
    pub(crate) fn recorded_before(&mut self, told: bool) {
        self.told.recording = told;
    }

    /// The person wants one on or off. True if it could not be opened before, so that the browser must try again.
    pub(crate) fn want(&mut self, device: Device, on: bool) -> bool {
        let side = self.side(device);
        side.wanted = on;
        on && side.problem.take().is_some()
    }

    /// What the browser says. While it may not ask for permission, a failure says nothing: it is asked again later.
    pub(crate) fn event(&mut self, event: MediaEvent, may_ask: bool) {
        match event {
            MediaEvent::Opened(device) => {
                let side = self.side(device);
                side.open = true;
                side.problem = None;
            }
            MediaEvent::Closed(device) => self.side(device).open = false,
            MediaEvent::Problem(device, problem) => {
                let side = self.side(device);
                side.open = false;
                side.problem = may_ask.then_some(problem);
            }
        }
    }

    /// What this side will send, for a message that begins or enters a call.
    pub(crate) fn promise(&mut self) -> MediaState {
        self.told = self.sent(MediaState { microphone: true, camera: true, ..self.told });
        self.told
    }

    /// What the others must be told because it is no longer as they were told.
    pub(crate) fn changed(&mut self) -> Option<MediaState> {
        let now = self.sent(self.told);
        (now != self.told).then(|| {
            self.told = now;
            now
        })
    }

    fn sent(&self, told: MediaState) -> MediaState {
        if self.held {
            return MediaState { held: true, ..MediaState::default() };
        }
        MediaState {
            microphone: self.microphone.sends(told.microphone),
            camera: self.camera.sends(told.camera),
            screen: self.screen,
            held: false,
            recording: self.recording,
        }
    }

    pub(crate) fn told(&self) -> MediaState {
        self.told
    }

    /// How the browser should have them in a call. On hold the microphone stays open and silent, so that it is there at
    /// once when the call goes on; nobody is filmed for somebody who sees nothing.
    pub(crate) fn in_call(&self) -> WantedMedia {
        let microphone = if self.microphone.wanted && !self.held { Microphone::Open } else { Microphone::Muted };
        WantedMedia { microphone, camera: self.camera.wanted && !self.held, may_ask: true }
    }

    /// How the browser should have them while a call rings here: the microphone open already if that needs no
    /// question, the camera off, because nobody wants to be filmed by a ringing telephone.
    pub(crate) const fn while_ringing() -> WantedMedia {
        WantedMedia { microphone: Microphone::Muted, camera: false, may_ask: false }
    }

    pub(crate) fn view(&self) -> OwnView {
        OwnView {
            microphone: self.microphone.wanted,
            camera: self.camera.wanted,
            screen: self.screen,
            held: self.held,
            recording: self.recording,
            microphone_problem: self.microphone.trouble(),
            camera_problem: self.camera.trouble(),
        }
    }

    fn side(&mut self, device: Device) -> &mut Side {
        match device {
            Device::Microphone => &mut self.microphone,
            Device::Camera => &mut self.camera,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(microphone: bool, camera: bool) -> MediaState {
        MediaState { microphone, camera, ..MediaState::default() }
    }

    #[test]
    fn what_is_promised_and_then_opened_is_told_once() {
        let mut own = OwnMedia::default();
        own.begin(true);
        assert_eq!(own.promise(), media(true, true));
        assert_eq!(own.changed(), None);
        own.event(MediaEvent::Opened(Device::Microphone), true);
        own.event(MediaEvent::Opened(Device::Camera), true);
        assert_eq!(own.changed(), None);
    }

    #[test]
    fn a_camera_turned_on_later_is_told_when_there_is_a_picture() {
        let mut own = OwnMedia::default();
        own.begin(false);
        own.promise();
        own.want(Device::Camera, true);
        assert_eq!(own.changed(), None);
        own.event(MediaEvent::Opened(Device::Camera), true);
        assert_eq!(own.changed(), Some(media(true, true)));
        own.want(Device::Camera, false);
        assert_eq!(own.changed(), Some(media(true, false)));
    }

    #[test]
    fn a_denied_microphone_is_told_and_can_be_tried_again() {
        let mut own = OwnMedia::default();
        own.begin(false);
        own.promise();
        own.event(MediaEvent::Problem(Device::Microphone, MediaProblem::Denied), true);
        assert_eq!(own.changed(), Some(media(false, false)));
        assert_eq!(own.view().microphone_problem, Some(MediaProblem::Denied));
        assert!(own.want(Device::Microphone, true), "the browser must try again");
        assert!(!own.want(Device::Microphone, true));
        own.event(MediaEvent::Opened(Device::Microphone), true);
        assert_eq!(own.changed(), Some(media(true, false)));
    }

    #[test]
    fn a_shared_screen_is_told_and_does_not_follow_into_another_call() {
        let mut own = OwnMedia::default();
        own.begin(true);
        own.promise();
        own.share(true);
        let shared = MediaState { screen: true, ..media(true, true) };
        assert_eq!(own.changed(), Some(shared));
        assert_eq!(own.changed(), None);
        assert!(own.view().screen);
        own.begin(true);
        assert_eq!(own.promise(), media(true, true));
        own.share(true);
        own.changed();
        own.share(false);
        assert_eq!(own.changed(), Some(media(true, true)));
    }

    #[test]
    fn a_recording_is_told_and_ends_with_the_call_and_on_hold() {
        let mut own = OwnMedia::default();
        own.begin(false);
        own.event(MediaEvent::Opened(Device::Microphone), true);
        own.promise();
        own.record(true);
        let recording = MediaState { recording: true, ..media(true, false) };
        assert_eq!((own.changed(), own.view().recording), (Some(recording), true));
        assert_eq!(own.promise(), recording, "whoever comes later is told as well");
        own.hold(true);
        own.record(true);
        assert_eq!(own.changed(), Some(MediaState { held: true, ..MediaState::default() }));
        own.hold(false);
        assert_eq!(
            (own.changed(), own.view().recording),
            (Some(media(true, false)), false),
            "it does not go on by itself"
        );
        own.record(true);
        own.begin(false);
        assert_eq!(own.promise(), media(true, false), "nobody records the next call");
        own.recorded_before(true);
        assert_eq!(own.changed(), Some(media(true, false)), "nor goes on after the page was loaded anew");
    }

    #[test]
    fn what_was_wanted_on_hold_is_wanted_again() {
        let mut own = OwnMedia::default();
        own.begin(true);
        own.want(Device::Microphone, false);
        own.promise();
        own.share(true);
        own.hold(true);
        let held = MediaState { held: true, ..MediaState::default() };
        assert_eq!(own.changed(), Some(held), "nothing is sent, not even a screen");
        assert_eq!(own.in_call(), WantedMedia { microphone: Microphone::Muted, camera: false, may_ask: true });
        let kept = own.keep();
        own.begin(false);
        assert_eq!(own.promise(), media(true, false), "the other call begins like any");
        own.take_up(kept);
        assert_eq!(own.changed(), None, "it is still on hold, as was told");
        own.hold(false);
        own.event(MediaEvent::Opened(Device::Camera), true);
        assert_eq!(own.changed(), Some(media(false, true)));
    }

    #[test]
    fn a_failure_while_it_only_rings_is_no_problem_yet() {
        let mut own = OwnMedia::default();
        own.begin(false);
        own.event(MediaEvent::Problem(Device::Microphone, MediaProblem::Denied), false);
        assert_eq!(own.view().microphone_problem, None);
    }
}
