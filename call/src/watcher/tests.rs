//! Stories of what a page measures, a moment every 200 ms, and properties of any such story.

use proptest::prelude::*;

use super::*;

/// A page that measures.
struct Page {
    watcher: Watcher,
    now: Time,
    frames: f64,
    seen: Observed,
}

impl Page {
    fn new() -> Self {
        let microphone = Some(Heard { loudness: 0.001, ..Heard::default() });
        let camera = Some(Seen { brightness: 0.5, contrast: 0.2, frames: 0.0 });
        let seen = Observed { visible: true, microphone, camera, ..Observed::default() };
        Self { watcher: Watcher::default(), now: Time::from_millis(1_000), frames: 0.0, seen }
    }

    /// So many tenths of a second pass; what is said at their end.
    fn after(&mut self, tenths: u64) -> Option<Advice> {
        self.while_(tenths, |_, _| {})
    }

    /// The same, with what is measured at each moment, counted from 0.
    fn while_(&mut self, tenths: u64, change: impl Fn(u64, &mut Observed)) -> Option<Advice> {
        for moment in 0..tenths / 2 {
            self.now = self.now + Duration::from_millis(200);
            self.frames += 5.0;
            let mut seen = self.seen;
            seen.camera.iter_mut().for_each(|camera| camera.frames = self.frames);
            change(moment, &mut seen);
            self.watcher.observe(self.now, &seen);
        }
        self.watcher.advice()
    }

    fn hears(&mut self, loudness: f64, muted: bool) {
        self.seen.microphone = Some(Heard { loudness, muted, stopped: false });
    }
}

/// Syllables: a moment of speech, a moment of the room.
fn speaks(moment: u64, seen: &mut Observed) {
    seen.microphone.iter_mut().for_each(|heard| heard.loudness = if moment.is_multiple_of(2) { 0.1 } else { 0.002 });
}

#[test]
fn a_call_in_which_all_is_well_needs_no_advice() {
    let mut page = Page::new();
    assert_eq!(page.after(100), None);
    assert_eq!(page.while_(300, speaks), None);
}

#[test]
fn talking_while_muted_is_said_after_three_seconds_and_not_one_second_after_it_stops() {
    let mut page = Page::new();
    page.hears(0.002, true);
    assert_eq!(page.after(50), None);
    assert_eq!(page.while_(28, speaks), None);
    assert_eq!(page.while_(6, speaks), Some(Advice::TalkingMuted));
    assert_eq!(page.after(6), Some(Advice::TalkingMuted), "a gap between two words");
    assert_eq!(page.after(6), None);
}

#[test]
fn a_word_or_a_lasting_noise_is_not_talking() {
    let mut page = Page::new();
    page.hears(0.002, true);
    page.after(50);
    assert_eq!(page.while_(20, speaks), None);
    page.hears(0.05, true);
    page.after(60);
    assert_eq!(page.after(300), None, "a fan");
}

#[test]
fn a_silent_microphone_is_said_and_clears_itself() {
    let mut page = Page::new();
    page.hears(0.0, false);
    assert_eq!(page.after(56), None);
    assert_eq!(page.after(10), Some(Advice::Silent));
    page.hears(0.001, false);
    assert_eq!(page.after(4), None);
    page.seen.microphone = Some(Heard { loudness: 0.1, muted: false, stopped: true });
    assert_eq!(page.after(66), Some(Advice::Silent), "the system has switched it off");
}

#[test]
fn a_muted_microphone_and_a_hidden_page_are_left_alone() {
    let mut page = Page::new();
    page.hears(0.0, true);
    assert_eq!(page.after(200), None);
    page.hears(0.0, false);
    page.seen.visible = false;
    assert_eq!(page.after(200), None);
    page.seen.microphone = None;
    page.seen.visible = true;
    assert_eq!(page.after(200), None, "one that is not there is another matter");
}

#[test]
fn noise_is_said_when_it_is_never_quiet() {
    let mut page = Page::new();
    page.hears(0.03, false);
    assert_eq!(page.after(80), None);
    assert_eq!(page.after(60), Some(Advice::Noisy));
    page.hears(0.002, false);
    assert_eq!(page.after(50), None);
}

#[test]
fn a_covered_and_a_frozen_camera_are_said() {
    let mut page = Page::new();
    page.seen.camera = Some(Seen { brightness: 0.05, contrast: 0.01, frames: 0.0 });
    assert_eq!(page.after(48), None);
    assert_eq!(page.after(6), Some(Advice::Dark));
    page.seen.camera = Some(Seen { brightness: 0.08, contrast: 0.2, frames: 0.0 });
    assert_eq!(page.after(12), None, "a dark room with somebody in it");
    let still = |_: u64, seen: &mut Observed| seen.camera.iter_mut().for_each(|camera| camera.frames = 7.0);
    assert_eq!(page.while_(50, still), None);
    assert_eq!(page.while_(6, still), Some(Advice::Frozen));
    assert_eq!(page.after(8), None);
    page.seen.camera = None;
    assert_eq!(page.after(100), None, "a camera that is off");
}

#[test]
fn pictures_may_be_counted_less_often_than_the_rest_is_measured() {
    let mut page = Page::new();
    let counted = |from: f64| {
        move |moment: u64, seen: &mut Observed| {
            seen.camera.iter_mut().for_each(|camera| camera.frames = from + (moment / 4) as f64);
        }
    };
    assert_eq!(page.while_(200, counted(100.0)), None);
    assert_eq!(
        page.while_(60, |_, seen| seen.camera.iter_mut().for_each(|camera| camera.frames = 7.0)),
        Some(Advice::Frozen)
    );
    assert_eq!(page.while_(16, counted(300.0)), None, "it goes on");
}

#[test]
fn what_is_worse_is_said_first_and_one_at_a_time() {
    let mut page = Page::new();
    page.seen.weak = Some(Weak::Receiving);
    assert_eq!(page.after(2), Some(Advice::Network));
    page.seen.overload = true;
    assert_eq!(page.after(110), Some(Advice::Overload));
    page.seen.blocked = true;
    assert_eq!(page.after(2), Some(Advice::Blocked));
    page.seen.blocked = false;
    page.seen.overload = false;
    assert_eq!(page.after(2), Some(Advice::Overload), "it has not been gone for long");
    assert_eq!(page.after(110), Some(Advice::Network));
}

#[test]
fn who_is_heard_badly_is_told_so_and_not_that_they_hear_badly() {
    let mut page = Page::new();
    page.seen.weak = Some(Weak::Sending);
    assert_eq!(page.after(2), Some(Advice::Uplink));
    page.seen.weak = Some(Weak::Receiving);
    assert_eq!(page.after(2), Some(Advice::Network));
    page.seen.weak = None;
    assert_eq!(page.after(2), None);
}

#[test]
fn what_was_put_away_comes_back_only_when_it_was_gone_and_some_time_has_passed() {
    let mut page = Page::new();
    page.seen.weak = Some(Weak::Receiving);
    page.after(2);
    page.watcher.put_away(page.now, Advice::Network);
    assert_eq!(page.after(2_000), None, "it lasts, and was put away");
    page.seen.weak = None;
    page.after(10);
    page.seen.weak = Some(Weak::Receiving);
    assert_eq!(page.after(2), Some(Advice::Network));
    page.watcher.put_away(page.now, Advice::Network);
    page.seen.weak = None;
    page.after(100);
    page.seen.weak = Some(Weak::Receiving);
    assert_eq!(page.after(2), None, "too soon");
}

#[test]
fn a_new_device_is_offered_for_a_while_and_each_anew() {
    let mut page = Page::new();
    page.while_(2, |_, seen| seen.plugged_in = true);
    assert_eq!(page.after(190), Some(Advice::NewDevice));
    assert_eq!(page.after(20), None);
    page.while_(2, |_, seen| seen.plugged_in = true);
    page.watcher.put_away(page.now, Advice::NewDevice);
    assert_eq!(page.after(2), None);
    assert_eq!(page.while_(2, |_, seen| seen.plugged_in = true), Some(Advice::NewDevice));
}

#[test]
fn what_is_switched_off_is_not_said() {
    let mut page = Page::new();
    page.watcher.switch(Advice::Silent, false);
    page.hears(0.0, false);
    assert_eq!(page.after(200), None);
    page.watcher.switch(Advice::Silent, true);
    assert_eq!(page.watcher.advice(), Some(Advice::Silent));
}

#[test]
fn each_has_a_name_of_its_own_and_they_stand_in_order() {
    let mut names = Advice::ALL.map(Advice::name).to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Advice::ALL.len());
    assert!(Advice::ALL.is_sorted());
}

fn observed() -> impl Strategy<Value = Observed> {
    let number = prop_oneof![Just(0.0), 0.0..1.0, Just(f64::NAN), Just(f64::INFINITY), Just(-1.0)];
    let heard = (number.clone(), any::<bool>(), any::<bool>());
    let heard = heard.prop_map(|(loudness, muted, stopped)| Heard { loudness, muted, stopped });
    let seen = (number.clone(), number.clone(), number);
    let seen = seen.prop_map(|(brightness, contrast, frames)| Seen { brightness, contrast, frames });
    let devices = (proptest::option::of(heard), proptest::option::of(seen));
    (devices, proptest::array::uniform5(any::<bool>())).prop_map(|((microphone, camera), on)| {
        let [visible, blocked, overload, weak, plugged_in] = on;
        let weak = weak.then_some(if blocked { Weak::Sending } else { Weak::Receiving });
        Observed { visible, microphone, camera, blocked, overload, weak, plugged_in }
    })
}

proptest! {
    /// Whatever is measured: it is not said that the camera is covered before it was so for as long as that takes, nor
    /// taken back before it was otherwise for as long as that takes.
    #[test]
    fn what_is_said_has_lasted(story in proptest::collection::vec((observed(), any::<bool>(), 0_u64..2_500), 1..60)) {
        let mut watcher = Watcher::default();
        Advice::ALL.into_iter().for_each(|advice| watcher.switch(advice, advice == Advice::Dark));
        let (on, off) = Advice::Dark.patience();
        let (mut now, mut said, mut since, mut before) = (Time::from_millis(0), false, Time::from_millis(0), false);
        for (mut seen, dark, pause) in story {
            now = now + Duration::from_millis(pause);
            if dark {
                seen.visible = true;
                seen.camera = Some(Seen { brightness: 0.01, contrast: 0.0, frames: 1.0 });
            }
            let holds = seen.visible && seen.camera.is_some_and(|seen| seen.brightness < DARK && seen.contrast < PLAIN);
            if holds != before {
                (since, before) = (now, holds);
            }
            watcher.observe(now, &seen);
            let says = watcher.advice().is_some();
            if says != said {
                let patience = if says { on } else { off };
                prop_assert!(says == holds && now.since(since) >= patience);
                said = says;
            }
        }
    }

    /// Whoever puts everything away is left in peace for as long as was promised.
    #[test]
    fn what_is_put_away_leaves_people_in_peace(story in proptest::collection::vec((observed(), 0_u64..2_000), 1..50)) {
        let mut watcher = Watcher::default();
        let mut now = Time::from_millis(0);
        for advice in Advice::ALL {
            watcher.put_away(now, advice);
        }
        for (seen, pause) in story {
            now = now + Duration::from_millis(pause);
            watcher.observe(now, &seen);
            let told = watcher.advice().filter(|advice| *advice != Advice::NewDevice);
            prop_assert!(told.is_none() || now.since(Time::from_millis(0)) >= PEACE);
        }
    }
}
