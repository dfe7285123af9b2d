//! Calls over good and bad networks, told reading by reading.

use std::collections::BTreeMap;
use std::time::Duration;

use call::quality::{Inbound, Level, Line, Outbound, Quality, Sound, Stats, Video, Weak, Whose};
use call::{PeerKey, Time};
use protocol::{DeviceId, Figures, Received};

const ANN: PeerKey = PeerKey(1);
const BINH: PeerKey = PeerKey(2);
const CHI: PeerKey = PeerKey(3);

/// What one second brings.
#[derive(Clone, Copy)]
struct Second {
    packets: f64,
    lost: f64,
    concealed: f64,
    rows: f64,
    frozen: f64,
    round_trip: f64,
    uplink_loss: f64,
    /// They send something.
    sent: bool,
}

const FINE: Second = Second {
    packets: 50.0,
    lost: 0.0,
    concealed: 0.0,
    rows: 0.0,
    frozen: 0.0,
    round_trip: 0.04,
    uplink_loss: 0.0,
    sent: true,
};
/// One packet in ten is lost, each by itself.
const LOSSY: Second = Second { packets: 45.0, lost: 5.0, concealed: 4_800.0, rows: 5.0, ..FINE };
const NOTHING: Second = Second { packets: 0.0, ..FINE };
const NOT_HEARD: Second = Second { uplink_loss: 0.2, ..FINE };

/// A browser's counters, which go on from second to second.
struct Browser {
    stats: Stats,
}

impl Browser {
    fn new() -> Self {
        let zero = || Some(0.0);
        let stream = |codec: &str| Inbound {
            packets_received: zero(),
            packets_lost: zero(),
            bytes_received: zero(),
            jitter: Some(0.003),
            last_packet_ms_ago: None,
            codec: Some(codec.to_owned()),
        };
        let stats = Stats {
            audio: stream("audio/opus"),
            sound: Sound {
                total_samples: zero(),
                concealed_samples: zero(),
                silent_concealed_samples: zero(),
                concealment_events: zero(),
            },
            video: stream("video/VP8"),
            picture: Video {
                frames_decoded: zero(),
                frames_per_second: Some(30.0),
                frame_width: Some(1280.0),
                frame_height: Some(720.0),
                freeze_count: zero(),
                total_freezes_duration: zero(),
            },
            sent: Outbound { bytes_sent: zero(), fraction_lost: zero(), ..Outbound::default() },
            round_trip_time: Some(0.04),
            route: None,
        };
        Self { stats }
    }

    fn after(&mut self, second: Second) -> Stats {
        let add = |counter: &mut Option<f64>, more: f64| *counter = counter.map(|count| count + more);
        let stats = &mut self.stats;
        add(&mut stats.audio.packets_received, second.packets);
        add(&mut stats.audio.packets_lost, second.lost);
        add(&mut stats.audio.bytes_received, second.packets * 80.0);
        add(&mut stats.sound.total_samples, 48_000.0);
        add(&mut stats.sound.concealed_samples, second.concealed);
        add(&mut stats.sound.concealment_events, second.rows);
        add(&mut stats.video.packets_received, second.packets);
        add(&mut stats.video.bytes_received, second.packets * 1_000.0);
        add(&mut stats.picture.frames_decoded, 30.0);
        add(&mut stats.picture.total_freezes_duration, second.frozen);
        add(&mut stats.sent.bytes_sent, 100_000.0);
        stats.sent.fraction_lost = Some(second.uplink_loss);
        stats.round_trip_time = Some(second.round_trip);
        stats.clone()
    }
}

/// A call with some others, each with a browser's counters.
struct Call {
    quality: Quality,
    lines: BTreeMap<PeerKey, Line>,
    others: Vec<(PeerKey, Browser)>,
    now: Time,
}

impl Call {
    fn with(keys: &[PeerKey]) -> Self {
        let others = keys.iter().map(|key| (*key, Browser::new())).collect();
        Self { quality: Quality::default(), lines: BTreeMap::new(), others, now: Time::from_millis(5_000) }
    }

    /// So many seconds in which each of the others has this.
    fn go_on(&mut self, seconds: usize, each: &[Second]) {
        for _ in 0..seconds {
            self.now = self.now + Duration::from_secs(1);
            for ((key, browser), second) in self.others.iter_mut().zip(each) {
                let line = self.lines.entry(*key).or_default();
                let expected = second.sent;
                self.quality.take(*key, line.take(self.now, browser.after(*second), expected));
            }
        }
    }

    fn level(&self, key: PeerKey) -> Level {
        self.quality.of(key).unwrap().level
    }
}

#[test]
fn a_good_call_says_nothing() {
    let mut call = Call::with(&[ANN]);
    call.go_on(30, &[FINE]);
    assert_eq!((call.level(ANN), call.quality.whose()), (Level::Good, Whose::Nobodys));
    let line = &call.lines[&ANN];
    let sample = line.recent().last().unwrap();
    assert_eq!((sample.received, sample.sent), (Some(432_000.0), Some(800_000.0)));
    assert_eq!((sample.frame_rate, sample.frame_size), (Some(30.0), Some((1280.0, 720.0))));
    // 20 ms of way, twice 3 ms of jitter and what the codec needs go unnoticed: as good as telephony gets.
    let best = Figures {
        mos_x100: Some(441),
        round_trip_ms: Some(40),
        jitter_ms: Some(3),
        loss_permille: Some(0),
        frozen_permille: Some(0),
    };
    assert_eq!(call.quality.of(ANN).unwrap().lately, best);
    assert_eq!((line.whole().worst(), line.whole().best()), (best, best));
    assert_eq!(line.codecs(), (Some("audio/opus"), Some("video/VP8")));
}

#[test]
fn a_lossy_call_is_poor_and_recovers() {
    let mut call = Call::with(&[ANN]);
    call.go_on(5, &[FINE]);
    call.go_on(3, &[LOSSY]);
    assert_eq!(call.quality.whose(), Whose::Nobodys, "not yet");
    call.go_on(1, &[LOSSY]);
    assert_eq!((call.level(ANN), call.quality.whose()), (Level::Poor, Whose::Theirs(vec![ANN])));
    let sample = *call.lines[&ANN].recent().last().unwrap();
    assert_eq!((sample.loss, sample.concealed), (Some(0.1), Some(0.1)));
    // By hand: 95 · 10 / (10 + 10) off 93.2.
    assert!((sample.rating.unwrap() - 45.7).abs() < 0.01);
    call.go_on(6, &[FINE]);
    assert_eq!(call.level(ANN), Level::Poor);
    call.go_on(1, &[FINE]);
    assert_eq!((call.level(ANN), call.quality.whose()), (Level::Good, Whose::Nobodys));
    assert_eq!(call.lines[&ANN].whole().worst().loss_permille, Some(100));
}

#[test]
fn losses_in_a_row_are_worse() {
    let in_a_row = Second { rows: 1.0, ..LOSSY };
    let rating = |second| {
        let mut call = Call::with(&[ANN]);
        call.go_on(2, &[second]);
        call.lines[&ANN].recent().last().unwrap().rating.unwrap()
    };
    assert!(rating(in_a_row) < rating(LOSSY) - 10.0);
}

#[test]
fn what_error_correction_brings_back_is_not_held_against_anybody() {
    let mut call = Call::with(&[ANN]);
    call.go_on(6, &[Second { concealed: 0.0, rows: 0.0, ..LOSSY }]);
    assert_eq!(call.level(ANN), Level::Good);
    assert_eq!(call.lines[&ANN].whole().median().loss_permille, Some(100));
}

#[test]
fn a_picture_that_stands_still_is_poor_whatever_the_sound() {
    let mut call = Call::with(&[ANN]);
    call.go_on(6, &[Second { frozen: 0.8, ..FINE }]);
    assert_eq!(call.level(ANN), Level::Poor);
}

#[test]
fn who_sends_nothing_is_not_lost() {
    let mut quiet = Call::with(&[ANN]);
    quiet.go_on(10, &[Second { sent: false, ..NOTHING }]);
    assert_eq!(quiet.level(ANN), Level::Good);
    assert_eq!(quiet.lines[&ANN].recent().last().unwrap().mos(), None);
    let mut gone = Call::with(&[ANN]);
    gone.go_on(10, &[NOTHING]);
    assert_eq!(gone.level(ANN), Level::Lost);
}

#[test]
fn whose_network_it_is() {
    let whose = |each: [Second; 3]| {
        let mut call = Call::with(&[ANN, BINH, CHI]);
        call.go_on(6, &each);
        call.quality.whose()
    };
    assert_eq!(whose([LOSSY, FINE, FINE]), Whose::Theirs(vec![ANN]));
    assert_eq!(whose([LOSSY, LOSSY, FINE]), Whose::Mine(Weak::Receiving));
    assert_eq!(whose([NOT_HEARD, FINE, FINE]), Whose::Nobodys, "their downlink: they are told");
    assert_eq!(whose([NOT_HEARD, NOT_HEARD, FINE]), Whose::Mine(Weak::Sending));
    let mut call = Call::with(&[ANN]);
    call.go_on(6, &[NOT_HEARD]);
    assert_eq!(call.quality.whose(), Whose::Mine(Weak::Sending));
}

/// One of the others says how they hear everybody but themselves: this side first, in hundredths of MOS.
fn says(call: &mut Call, at: u64, key: PeerKey, hears: &[u16]) {
    let device = |nth: usize| format!("device-0123456789-{nth}").parse::<DeviceId>().unwrap();
    let received = hears.iter().enumerate().map(|(nth, mos)| Received {
        from: device(nth),
        figures: Figures { mos_x100: Some(*mos), ..Figures::default() },
    });
    let received: Vec<Received> = received.collect();
    call.quality.hear(Time::from_millis(at * 1_000), key, &device(0), &received);
}

#[test]
fn who_is_heard_badly_learns_it_from_those_who_hear() {
    let mut call = Call::with(&[ANN]);
    call.go_on(6, &[FINE]);
    says(&mut call, 6, ANN, &[440]);
    assert_eq!(call.quality.whose(), Whose::Nobodys);
    says(&mut call, 16, ANN, &[309]);
    assert_eq!(call.quality.whose(), Whose::Nobodys, "once is an accident");
    assert_eq!(call.quality.received_by(ANN).unwrap().mos_x100, Some(309));
    says(&mut call, 26, ANN, &[309]);
    assert_eq!(call.quality.whose(), Whose::Mine(Weak::Sending));
    says(&mut call, 36, ANN, &[340]);
    assert_eq!(call.quality.whose(), Whose::Mine(Weak::Sending), "not much better");
    says(&mut call, 46, ANN, &[360]);
    assert_eq!(call.quality.whose(), Whose::Nobodys);
    says(&mut call, 56, ANN, &[340]);
    says(&mut call, 66, ANN, &[340]);
    assert_eq!(call.quality.whose(), Whose::Nobodys, "nor much worse");
}

#[test]
fn a_rough_beginning_is_not_talked_about() {
    let mut call = Call::with(&[ANN, BINH]);
    call.go_on(6, &[FINE, FINE]);
    for (at, mos) in [(5, 150), (15, 440), (25, 150), (35, 310), (45, 300)] {
        says(&mut call, at, ANN, &[mos, mos]);
        says(&mut call, at, BINH, &[mos, 440]);
        assert_eq!(call.quality.whose(), Whose::Nobodys, "after {at} seconds");
    }
    says(&mut call, 55, BINH, &[300, 440]);
    says(&mut call, 55, ANN, &[440, 440]);
    assert_eq!(call.quality.whose(), Whose::Nobodys, "one of two");
    says(&mut call, 65, ANN, &[300, 440]);
    says(&mut call, 75, ANN, &[300, 440]);
    assert_eq!(call.quality.whose(), Whose::Mine(Weak::Sending));
}

#[test]
fn what_was_said_long_ago_is_forgotten() {
    let mut call = Call::with(&[ANN]);
    call.go_on(6, &[FINE]);
    says(&mut call, 6, ANN, &[200]);
    says(&mut call, 16, ANN, &[200]);
    call.quality.forget_stale(Time::from_millis(45_900));
    assert_eq!(call.quality.whose(), Whose::Mine(Weak::Sending));
    call.quality.forget_stale(Time::from_millis(46_000));
    assert_eq!((call.quality.whose(), call.quality.received_by(ANN)), (Whose::Nobodys, None));
    says(&mut call, 50, ANN, &[200]);
    assert_eq!(call.quality.whose(), Whose::Nobodys, "what it was before is forgotten as well");
}

#[test]
fn one_who_hears_everybody_badly_is_no_witness() {
    let whose = |ann: &[u16], binh: &[u16]| {
        let mut call = Call::with(&[ANN, BINH]);
        call.go_on(6, &[FINE, FINE]);
        for at in [6, 16] {
            says(&mut call, at, ANN, ann);
            says(&mut call, at, BINH, binh);
        }
        call.quality.whose()
    };
    assert_eq!(whose(&[200, 440], &[200, 440]), Whose::Mine(Weak::Sending), "both hear only this side badly");
    assert_eq!(whose(&[200, 440], &[440, 440]), Whose::Nobodys, "the way between two");
    assert_eq!(whose(&[200, 200], &[440, 440]), Whose::Theirs(vec![ANN]), "their own network, and so they are told");
    assert_eq!(whose(&[200, 200], &[200, 440]), Whose::Mine(Weak::Sending), "the one witness says so");
    assert_eq!(whose(&[200, 200], &[200, 200]), Whose::Theirs(vec![ANN, BINH]));
}

#[test]
fn whoever_hears_nothing_at_all_hears_nothing_badly() {
    let mut call = Call::with(&[ANN]);
    call.go_on(6, &[FINE]);
    says(&mut call, 6, ANN, &[]);
    assert_eq!((call.quality.whose(), call.quality.received_by(ANN)), (Whose::Nobodys, None));
}

#[test]
fn who_left_is_not_talked_about() {
    let mut call = Call::with(&[ANN, BINH]);
    call.go_on(6, &[LOSSY, FINE]);
    call.quality.retain(|key| key != ANN);
    assert_eq!(call.quality.whose(), Whose::Nobodys);
    assert_eq!(call.quality.of(ANN), None);
}

#[test]
fn a_new_connection_begins_afresh() {
    let mut call = Call::with(&[ANN]);
    call.go_on(10, &[FINE]);
    call.others[0].1 = Browser::new();
    call.go_on(1, &[FINE]);
    let sample = *call.lines[&ANN].recent().last().unwrap();
    assert_eq!((sample.loss, sample.received, sample.packets, sample.rating), (None, None, None, None));
    call.go_on(1, &[FINE]);
    let sample = *call.lines[&ANN].recent().last().unwrap();
    assert_eq!((sample.loss, sample.received), (Some(0.0), Some(432_000.0)));
    assert_eq!(call.level(ANN), Level::Good);
}

#[test]
fn two_minutes_are_kept_and_medians_of_all() {
    let mut call = Call::with(&[ANN]);
    call.go_on(100, &[Second { round_trip: 0.2, ..FINE }]);
    call.go_on(201, &[FINE]);
    let line = &call.lines[&ANN];
    assert_eq!(line.recent().len(), 120);
    assert!(line.recent().all(|sample| sample.round_trip_ms == Some(40.0)));
    assert!(line.whole().median().round_trip_ms.unwrap().abs_diff(40) <= 1);
    assert_eq!(line.whole().worst().round_trip_ms, Some(200));
}
