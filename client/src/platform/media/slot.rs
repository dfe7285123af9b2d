//! One device: whether it is wanted, whether it is open, and what the phone was told of it.
//!
//! Opening takes as long as a person takes to answer a prompt, and the wish may be another one by then. So each attempt
//! has a number, and what comes of an attempt that is not the latest is handed back to be stopped.

use call::{Device, MediaEvent, MediaProblem};

/// Numbers an attempt to open.
pub(super) type Attempt = u32;

/// Who wants the device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wish {
    /// The phone does, and is told how it goes.
    pub(super) call: bool,
    /// A preview on the page does.
    pub(super) preview: bool,
    /// The browser may ask the person.
    pub(super) may_ask: bool,
}

impl Wish {
    const fn any(self) -> bool {
        self.call || self.preview
    }
}

/// What the phone believes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Told {
    #[default]
    Closed,
    Open,
    Problem(MediaProblem),
}

/// One device, whose open track is a `T`.
#[derive(Debug)]
pub(super) struct Slot<T> {
    device: Device,
    wish: Wish,
    open: Option<T>,
    opening: Option<Attempt>,
    attempts: Attempt,
    problem: Option<MediaProblem>,
    told: Told,
}

impl<T> Slot<T> {
    pub(super) const fn new(device: Device) -> Self {
        Self {
            device,
            wish: Wish { call: false, preview: false, may_ask: false },
            open: None,
            opening: None,
            attempts: 0,
            problem: None,
            told: Told::Closed,
        }
    }

    pub(super) const fn open(&self) -> Option<&T> {
        self.open.as_ref()
    }

    pub(super) const fn problem(&self) -> Option<MediaProblem> {
        self.problem
    }

    /// Takes a new wish. What is open and not wanted any more is handed back to be stopped.
    pub(super) fn want(&mut self, wish: Wish) -> Option<T> {
        let asked_anew = (wish.call && !self.wish.call) || (wish.may_ask && !self.wish.may_ask) || !self.wish.any();
        self.wish = wish;
        if !wish.any() {
            self.opening = None;
            self.problem = None;
            return self.open.take();
        }
        if asked_anew {
            self.problem = None;
        }
        None
    }

    /// Whether an attempt should be made now; `granted` says that the browser would not have to ask.
    pub(super) fn should_open(&self, granted: bool) -> bool {
        self.wish.any()
            && self.open.is_none()
            && self.opening.is_none()
            && self.problem.is_none()
            && (granted || self.wish.may_ask)
    }

    /// Begins an attempt; an open track stays in use until the attempt has succeeded.
    pub(super) fn begin(&mut self) -> Attempt {
        self.attempts = self.attempts.wrapping_add(1);
        self.opening = Some(self.attempts);
        self.attempts
    }

    /// Something changed that may have removed the problem: the next [`Self::should_open`] tries again.
    pub(super) fn try_again(&mut self) {
        self.problem = None;
    }

    /// An attempt succeeded. Handed back is what is to be stopped: the track that was replaced, or this one when
    /// nobody waits for it any more.
    pub(super) fn opened(&mut self, attempt: Attempt, track: T) -> Option<T> {
        if self.opening != Some(attempt) {
            return Some(track);
        }
        self.opening = None;
        self.problem = None;
        self.open.replace(track)
    }

    /// An attempt failed. While another track is open, that one goes on and nothing is wrong.
    pub(super) fn failed(&mut self, attempt: Attempt, problem: MediaProblem) {
        if self.opening == Some(attempt) {
            self.opening = None;
            self.problem = self.open.is_none().then_some(problem);
        }
    }

    /// The open track ended by itself: unplugged, or its permission was taken back.
    pub(super) fn lost(&mut self) -> Option<T> {
        let lost = self.open.take();
        if lost.is_some() {
            self.problem = Some(MediaProblem::Lost);
        }
        lost
    }

    /// Takes the open track out to be stopped before its successor is opened: phones open one camera at a time.
    pub(super) fn take(&mut self) -> Option<T> {
        self.open.take()
    }

    /// What the phone does not know yet.
    pub(super) fn news(&mut self) -> Option<MediaEvent> {
        let truth = match (self.wish.call, &self.open, self.problem) {
            (true, Some(_), _) => Told::Open,
            (true, None, Some(problem)) => Told::Problem(problem),
            // On its way; while one camera is exchanged for another nothing is said.
            (true, None, None) if self.opening.is_some() => self.told,
            (_, _, _) => Told::Closed,
        };
        if truth == self.told {
            return None;
        }
        self.told = truth;
        Some(match truth {
            Told::Closed => MediaEvent::Closed(self.device),
            Told::Open => MediaEvent::Opened(self.device),
            Told::Problem(problem) => MediaEvent::Problem(self.device, problem),
        })
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    const CALL: Wish = Wish { call: true, preview: false, may_ask: true };
    const PREVIEW: Wish = Wish { call: false, preview: true, may_ask: true };
    const NOBODY: Wish = Wish { call: false, preview: false, may_ask: false };

    fn slot() -> Slot<&'static str> {
        Slot::new(Device::Camera)
    }

    fn opened(wish: Wish) -> Slot<&'static str> {
        let mut slot = slot();
        assert_eq!(slot.want(wish), None);
        assert!(slot.should_open(false));
        let attempt = slot.begin();
        assert!(!slot.should_open(true), "one attempt at a time");
        assert_eq!(slot.opened(attempt, "first"), None);
        slot
    }

    #[test]
    fn the_phone_hears_of_what_it_asked_for() {
        let mut slot = opened(CALL);
        assert_eq!(slot.news(), Some(MediaEvent::Opened(Device::Camera)));
        assert_eq!(slot.news(), None);
        assert_eq!(slot.want(NOBODY), Some("first"));
        assert_eq!(slot.news(), Some(MediaEvent::Closed(Device::Camera)));
    }

    #[test]
    fn a_preview_is_taken_over_without_opening_again() {
        let mut slot = opened(PREVIEW);
        assert_eq!(slot.news(), None, "previews are not the phone's business");
        assert_eq!(slot.want(Wish { preview: true, ..CALL }), None);
        assert_eq!(slot.news(), Some(MediaEvent::Opened(Device::Camera)));
        assert_eq!(slot.want(CALL), None);
        assert_eq!(slot.news(), None);
        assert!(!slot.should_open(true));
    }

    #[test]
    fn an_answer_nobody_waits_for_is_handed_back() {
        let mut slot = slot();
        slot.want(CALL);
        let early = slot.begin();
        slot.want(NOBODY);
        slot.want(CALL);
        let late = slot.begin();
        assert_eq!(slot.opened(early, "early"), Some("early"));
        slot.failed(early, MediaProblem::Denied);
        assert_eq!(slot.problem(), None);
        assert_eq!(slot.opened(late, "late"), None);
        assert_eq!(slot.open(), Some(&"late"));
    }

    #[test]
    fn nobody_is_asked_while_it_rings() {
        let mut slot = slot();
        slot.want(Wish { may_ask: false, ..CALL });
        assert!(!slot.should_open(false));
        assert!(slot.should_open(true));
        slot.want(CALL);
        assert!(slot.should_open(false));
    }

    #[test]
    fn a_refusal_is_not_asked_again_until_the_person_does() {
        let mut slot = slot();
        slot.want(CALL);
        let attempt = slot.begin();
        slot.failed(attempt, MediaProblem::Denied);
        assert_eq!(slot.news(), Some(MediaEvent::Problem(Device::Camera, MediaProblem::Denied)));
        slot.want(CALL);
        assert!(!slot.should_open(false), "the same wish again");
        slot.want(NOBODY);
        assert_eq!(slot.news(), Some(MediaEvent::Closed(Device::Camera)));
        slot.want(CALL);
        assert!(slot.should_open(false), "a new wish");
    }

    #[test]
    fn a_lost_device_comes_back() {
        let mut slot = opened(CALL);
        slot.news();
        assert_eq!(slot.lost(), Some("first"));
        assert_eq!(slot.news(), Some(MediaEvent::Problem(Device::Camera, MediaProblem::Lost)));
        assert!(!slot.should_open(true));
        slot.try_again();
        assert!(slot.should_open(true));
        let attempt = slot.begin();
        slot.opened(attempt, "again");
        assert_eq!(slot.news(), Some(MediaEvent::Opened(Device::Camera)));
    }

    #[test]
    fn exchanging_one_for_another_is_no_news() {
        let mut slot = opened(CALL);
        slot.news();
        let attempt = slot.begin();
        assert_eq!(slot.news(), None);
        assert_eq!(slot.opened(attempt, "second"), Some("first"));
        assert_eq!(slot.news(), None);

        let attempt = slot.begin();
        slot.failed(attempt, MediaProblem::InUse);
        assert_eq!(slot.open(), Some(&"second"), "the one in use goes on");
        assert_eq!(slot.news(), None);

        let attempt = slot.begin();
        assert_eq!(slot.take(), Some("second"));
        assert_eq!(slot.news(), None, "a phone turns its camera round");
        assert_eq!(slot.opened(attempt, "third"), None);
        assert_eq!(slot.news(), None);
    }
}
