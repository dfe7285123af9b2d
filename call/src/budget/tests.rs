use proptest::prelude::*;
use protocol::MaxFs;

use super::*;
use crate::{PeerKey, Time};

const BOTH: Sending = Sending { camera: true, screen: true };
const CAMERA: Sending = Sending { camera: true, screen: false };
const SMALL: u32 = 320 * 180;
const LARGE: u32 = 1_280 * 720;

fn receiver(key: u32, camera: u32) -> Receiver {
    Receiver { peer: PeerKey(key), wanted: Some(MaxFs { camera, screen: camera }) }
}

fn silent(key: u32) -> Receiver {
    Receiver { peer: PeerKey(key), wanted: None }
}

fn at(millis: u64) -> Time {
    Time::from_millis(millis)
}

/// What everybody has after some changes.
#[derive(Default)]
struct Set(Vec<(PeerKey, Encodings)>);

impl Set {
    /// Sets one after the other, and is never over the limit on the way.
    fn take(&mut self, changes: Vec<(PeerKey, Encodings)>, there: &[Receiver]) {
        self.0.retain(|(peer, _)| there.iter().any(|one| one.peer == *peer));
        for (peer, encodings) in changes {
            self.0.retain(|(known, _)| *known != peer);
            self.0.push((peer, encodings));
            assert!(self.sum() <= TOTAL, "{:#?}", self.0);
        }
    }

    fn sum(&self) -> u32 {
        self.0.iter().map(|(_, encodings)| encodings.bitrate()).sum()
    }

    fn of(&self, key: u32) -> Encodings {
        self.0.iter().find(|(peer, _)| *peer == PeerKey(key)).unwrap().1
    }
}

fn shared(sending: Sending, receivers: &[Receiver]) -> Set {
    let mut set = Set::default();
    set.take(Budget::default().share(at(0), sending, receivers), receivers);
    set
}

#[test]
fn two_people_have_it_all() {
    let set = shared(CAMERA, &[receiver(1, LARGE)]);
    let encodings = set.of(1);
    assert_eq!(encodings.voice, VOICE);
    assert!(encodings.camera.max_bitrate > 1_800_000, "{encodings:?}");
    assert_eq!(encodings.camera.scale_down_by(LARGE), 1.0);
    assert_eq!(encodings.camera.max_framerate, 30);
    assert!(!encodings.screen.active);
}

#[test]
fn a_pinned_tile_gets_what_a_small_one_leaves() {
    let set = shared(CAMERA, &[receiver(1, SMALL), receiver(2, LARGE)]);
    let (small, pinned) = (set.of(1).camera, set.of(2).camera);
    assert_eq!(small.max_bitrate, 155_200);
    assert!(pinned.max_bitrate > 10 * small.max_bitrate);
    assert_eq!(small.scale_down_by(LARGE), 4.0);
    assert_eq!(pinned.scale_down_by(LARGE), 1.0);
}

#[test]
fn four_people_share_alike_and_smaller() {
    let set = shared(CAMERA, &[silent(1), silent(2), silent(3)]);
    for key in 1..=3 {
        let camera = set.of(key).camera;
        assert!(camera.max_bitrate.abs_diff((TOTAL - 3 * VOICE) / 3) <= 1, "{camera:?}");
        assert_eq!(camera.scale_down_by(LARGE), 2.0, "more pixels than the rate carries are only blurred");
    }
}

#[test]
fn what_is_not_seen_is_not_sent() {
    let set = shared(BOTH, &[receiver(1, 0), receiver(2, LARGE)]);
    let hidden = set.of(1);
    assert!(!hidden.camera.active && !hidden.screen.active);
    assert_eq!(hidden.voice, VOICE, "who looks elsewhere still listens");
}

#[test]
fn a_screen_goes_before_faces_and_stays_sharp() {
    let set = shared(BOTH, &[silent(1), silent(2)]);
    let Encodings { camera, screen, .. } = set.of(1);
    assert!(screen.max_bitrate > 2 * camera.max_bitrate, "{camera:?} {screen:?}");
    assert_eq!(screen.scale_down_by(1_920 * 1_080), 1.0);
    assert!(camera.max_bitrate > 150_000);
}

#[test]
fn less_is_sent_at_once_and_more_when_it_lasts() {
    let (two, three) = ([receiver(1, LARGE)], [receiver(1, LARGE), receiver(2, LARGE)]);
    let mut budget = Budget::default();
    let mut set = Set::default();
    set.take(budget.share(at(0), CAMERA, &two), &two);
    let all = set.of(1);
    set.take(budget.share(at(10), CAMERA, &three), &three);
    let half = set.of(1);
    assert!(half.camera.max_bitrate < all.camera.max_bitrate);
    assert!(budget.share(at(20), CAMERA, &two).is_empty());
    assert_eq!(budget.deadline(), Some(at(2_020)));
    assert!(budget.share(at(1_900), CAMERA, &two).is_empty());
    set.take(budget.share(at(2_020), CAMERA, &two), &two);
    assert_eq!(set.of(1), all);
    assert_eq!(budget.deadline(), None);
}

#[test]
fn who_comes_and_goes_again_makes_nothing_jump() {
    let (two, three) = ([receiver(1, LARGE)], [receiver(1, LARGE), receiver(2, LARGE)]);
    let mut budget = Budget::default();
    budget.share(at(0), CAMERA, &two);
    let mut changes = 0;
    for second in 1..60 {
        let there: &[Receiver] = if second % 2 == 0 { &two } else { &three };
        let changed = budget.share(at(second * 1_000), CAMERA, there);
        changes += changed.iter().filter(|(peer, _)| *peer == PeerKey(1)).count();
    }
    assert_eq!(changes, 1, "once less, and never more before it lasts");
}

#[test]
fn a_picture_that_is_looked_at_again_is_there_at_once() {
    let mut budget = Budget::default();
    let mut set = Set::default();
    let hidden = [receiver(1, 0), receiver(2, LARGE)];
    set.take(budget.share(at(0), CAMERA, &hidden), &hidden);
    let seen = [receiver(1, SMALL), receiver(2, LARGE)];
    set.take(budget.share(at(1), CAMERA, &seen), &seen);
    assert!(set.of(1).camera.active);
}

#[test]
fn pictures_are_scaled_in_few_steps() {
    let wanted = |max_fs| Encoding { active: true, max_bitrate: 1, max_fs, max_framerate: 30 };
    assert_eq!(wanted(LARGE).scale_down_by(LARGE), 1.0);
    assert_eq!(wanted(LARGE).scale_down_by(640 * 480), 1.0, "nothing is blown up");
    assert_eq!(wanted(640 * 360).scale_down_by(LARGE), 2.0);
    assert_eq!(wanted(640 * 360).scale_down_by(720 * 1_280), 2.0, "upright or not");
    assert_eq!(wanted(1).scale_down_by(u32::MAX), 12.0);
}

fn seen(pixels: u32) -> [Seen; 1] {
    [Seen {
        device: "d_0000000000000001".parse().unwrap(),
        peer: PeerKey(1),
        pixels: MaxFs { camera: pixels, screen: 0 },
    }]
}

#[test]
fn more_is_wished_for_at_once_and_less_when_it_lasts() {
    let mut wishes = Wishes::default();
    let mut look = |millis, pixels| {
        let asked = wishes.look(at(millis), true, &seen(pixels));
        asked.into_iter().map(|(_, max_fs)| max_fs.camera).next()
    };
    assert_eq!(look(0, SMALL), Some(SMALL));
    assert_eq!(look(100, LARGE), Some(LARGE));
    assert_eq!(look(200, 0), None, "a tab that is left for a moment");
    assert_eq!(look(900, LARGE), None);
    assert_eq!(look(1_000, 0), None);
    assert_eq!(look(2_400, 0), None);
    assert_eq!(look(2_500, 0), Some(0));
    assert_eq!(look(2_600, SMALL / 2), Some(SMALL));
}

#[test]
fn on_the_border_of_two_steps_nothing_comes_and_goes() {
    let mut wishes = Wishes::default();
    let asked = (0..60).map(|second| {
        let pixels = if second % 10 < 5 { SMALL + 14_000 } else { SMALL + 15_000 };
        wishes.look(at(second * 1_000), true, &seen(pixels)).len()
    });
    assert!(asked.sum::<usize>() <= 2);
}

#[test]
fn everybody_is_asked_again_when_the_relay_is_back_or_a_page_is_another() {
    let mut wishes = Wishes::default();
    assert_eq!(wishes.look(at(0), true, &seen(SMALL)).len(), 1);
    assert_eq!(wishes.look(at(1), true, &seen(SMALL)).len(), 0);
    assert_eq!(wishes.look(at(2), false, &seen(LARGE)).len(), 0);
    assert_eq!(wishes.look(at(3), true, &seen(LARGE)).len(), 1);
    let [one] = seen(LARGE);
    assert_eq!(wishes.look(at(4), true, &[Seen { peer: PeerKey(2), ..one }]).len(), 1);
}

fn any_receiver() -> impl Strategy<Value = Receiver> {
    let wanted = proptest::option::of((any::<u32>(), 0..LARGE).prop_map(|(screen, camera)| MaxFs { camera, screen }));
    (0..40_u32, wanted).prop_map(|(key, wanted)| Receiver { peer: PeerKey(key), wanted })
}

fn any_moment() -> impl Strategy<Value = (u64, Sending, Vec<Receiver>)> {
    let sending = (any::<bool>(), any::<bool>()).prop_map(|(camera, screen)| Sending { camera, screen });
    let receivers = proptest::collection::vec(any_receiver(), 0..32).prop_map(|mut all| {
        all.sort_by_key(|one| one.peer);
        all.dedup_by_key(|one| one.peer);
        all
    });
    (0..4_000_u64, sending, receivers)
}

proptest! {
    #[test]
    fn the_sum_is_never_over_and_voices_are_never_starved(moments in proptest::collection::vec(any_moment(), 1..20)) {
        let mut budget = Budget::default();
        let mut set = Set::default();
        let mut now = 0;
        for (later, sending, receivers) in moments {
            now += later;
            set.take(budget.share(at(now), sending, &receivers), &receivers);
            prop_assert_eq!(set.0.len(), receivers.len());
            for (peer, encodings) in &set.0 {
                prop_assert!(encodings.voice >= 30_000, "{:?}", encodings);
                let wanted = receivers.iter().find(|one| one.peer == *peer).unwrap().wanted;
                let seen = wanted.is_none_or(|wanted| wanted.camera > 0);
                prop_assert_eq!(encodings.camera.active, sending.camera && seen);
            }
        }
    }

    #[test]
    fn left_alone_everybody_has_what_is_fair(
        before in proptest::collection::vec(any_moment(), 0..6),
        (_, sending, receivers) in any_moment(),
    ) {
        let mut budget = Budget::default();
        let mut set = Set::default();
        let mut now = 0;
        for (later, sending, receivers) in before {
            now += later;
            set.take(budget.share(at(now), sending, &receivers), &receivers);
        }
        for _ in 0..4 {
            set.take(budget.share(at(now), sending, &receivers), &receivers);
            now = budget.deadline().map_or(now, |deadline| deadline.as_millis().max(now));
        }
        let fair = shared(sending, &receivers);
        for one in &receivers {
            let has = set.of(one.peer.0);
            prop_assert_eq!(has, fair.of(one.peer.0));
            let face = !has.camera.active || has.camera.max_bitrate >= 30_000;
            prop_assert!(face || receivers.len() > 8, "{:?}", has);
        }
        prop_assert!(budget.share(at(now + 60_000), sending, &receivers).is_empty());
    }
}
