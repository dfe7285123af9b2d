//! Whatever a browser says: nothing panics, and what comes out is in range.

use std::collections::BTreeMap;

use call::quality::{
    Coding, Conditions, Inbound, Level, Limitation, Line, Outbound, Quality, Sample, Sound, Spread, Stats, Steady,
    Video, Whose, mos, rating,
};
use call::{PeerKey, Time};
use proptest::prelude::*;

/// Any bits at all, and often what browsers really say.
fn number() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        2 => any::<f64>().prop_map(Some),
        1 => any::<u64>().prop_map(|bits| Some(f64::from_bits(bits))),
        1 => prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, -0.0, -1.0]).prop_map(Some),
        6 => (0_u32..100_000).prop_map(|count| Some(f64::from(count))),
        2 => (0.0..1.0).prop_map(Some),
        1 => Just(None),
    ]
}

prop_compose! {
    fn inbound()(
        packets_received in number(),
        packets_lost in number(),
        bytes_received in number(),
        jitter in number(),
        last_packet_ms_ago in number(),
        codec in prop::option::of("[a-zA-Z/]{0,12}"),
    ) -> Inbound {
        Inbound { packets_received, packets_lost, bytes_received, jitter, last_packet_ms_ago, codec }
    }
}

prop_compose! {
    fn stats()(
        audio in inbound(),
        video in inbound(),
        played in prop::array::uniform4(number()),
        shown in prop::array::uniform6(number()),
        bytes_sent in number(),
        fraction_lost in number(),
        round_trip_time in number(),
    ) -> Stats {
        let [total_samples, concealed_samples, silent_concealed_samples, concealment_events] = played;
        let [frames_decoded, frames_per_second, frame_width, frame_height, freeze_count, total_freezes_duration] = shown;
        Stats {
            audio,
            sound: Sound { total_samples, concealed_samples, silent_concealed_samples, concealment_events },
            video,
            picture: Video {
                frames_decoded, frames_per_second, frame_width, frame_height, freeze_count, total_freezes_duration,
            },
            sent: Outbound { bytes_sent, fraction_lost, limitation: Limitation::None },
            round_trip_time,
            route: None,
        }
    }
}

fn check(sample: &Sample) {
    let shares = [sample.loss, sample.concealed, sample.frozen, sample.uplink_loss];
    assert!(shares.into_iter().flatten().all(|share| (0.0..=1.0).contains(&share)), "{sample:?}");
    let size = sample.frame_size.map_or([None, None], |(width, height)| [Some(width), Some(height)]);
    let [width, height] = size;
    let gauges = [
        sample.round_trip_ms,
        sample.jitter_ms,
        sample.freezes,
        sample.frame_rate,
        sample.received,
        sample.sent,
        sample.packets,
        width,
        height,
    ];
    assert!(gauges.into_iter().flatten().all(|gauge| gauge.is_finite() && gauge >= 0.0), "{sample:?}");
    assert!(sample.rating.is_none_or(|rating| (0.0..=100.0).contains(&rating)), "{sample:?}");
    assert!(sample.mos().is_none_or(|mos| (1.0..=4.5).contains(&mos)), "{sample:?}");
    let figures = sample.figures();
    assert!(figures.mos_x100.is_none_or(|mos| (100..=450).contains(&mos)));
    assert!(figures.loss_permille.is_none_or(|loss| loss <= 1_000));
    assert!(figures.frozen_permille.is_none_or(|frozen| frozen <= 1_000));
}

proptest! {
    #[test]
    fn no_reading_is_too_odd(
        readings in prop::collection::vec((0_u64..5_000, 0_u32..3, stats(), any::<bool>()), 1..40),
    ) {
        let (mut quality, mut lines) = (Quality::default(), BTreeMap::<u32, Line>::new());
        let mut now = Time::from_millis(0);
        for (millis, key, stats, expected) in readings {
            now = Time::from_millis(now.as_millis() + millis);
            let line = lines.entry(key).or_default();
            quality.take(PeerKey(key), line.take(now, stats, expected));
            if let Whose::Theirs(keys) = quality.whose() {
                prop_assert!(keys.iter().all(|key| quality.of(*key).unwrap().level.is_bad()), "nobody has said anything");
            }
            let line = &lines[&key];
            prop_assert!(line.recent().len() <= 120);
            line.recent().last().into_iter().for_each(check);
            let (best, median, worst) = (line.whole().best(), line.whole().median(), line.whole().worst());
            prop_assert!(best.mos_x100 >= median.mos_x100 && median.mos_x100 >= worst.mos_x100);
            prop_assert!(best.jitter_ms <= median.jitter_ms && median.jitter_ms <= worst.jitter_ms);
        }
    }

    #[test]
    fn an_opinion_is_on_its_scale(
        delay_ms in any::<f64>(), loss in any::<f64>(), burst_ratio in any::<f64>(),
        impairment in any::<f64>(), robustness in any::<f64>(),
    ) {
        let coding = Coding { impairment, robustness };
        let rating = rating(&Conditions { coding, delay_ms, loss, burst_ratio });
        prop_assert!((0.0..=100.0).contains(&rating), "{rating}");
        prop_assert!((1.0..=4.5).contains(&mos(rating)));
        prop_assert!((1.0..=4.5).contains(&mos(delay_ms)));
    }

    #[test]
    fn worse_conditions_are_never_rated_better(
        delay in 0.0..2_000.0, loss in 0.0..1.0, more_delay in 0.0..1_000.0, more_loss in 0.0..1.0,
    ) {
        let rate = |delay_ms, loss| rating(&Conditions { coding: Coding::OPUS, delay_ms, loss, burst_ratio: 1.0 });
        prop_assert!(rate(delay + more_delay, loss) <= rate(delay, loss) + 1e-9);
        prop_assert!(rate(delay, loss + more_loss) <= rate(delay, loss) + 1e-9);
    }

    #[test]
    fn a_level_changes_only_to_one_that_was_seen(levels in prop::collection::vec((0_u64..3_000, 0_usize..4), 1..200)) {
        let all = [Level::Good, Level::Fair, Level::Poor, Level::Lost];
        let mut steady = Steady::default();
        let mut now = 0;
        for (millis, level) in levels {
            let before = steady.level();
            now += millis;
            steady.observe(Time::from_millis(now), all[level]);
            let after = steady.level();
            let between = (before.min(all[level])..=before.max(all[level])).contains(&after);
            prop_assert!(between, "{before:?} and {:?} made {after:?}", all[level]);
        }
    }

    #[test]
    fn a_median_is_near_the_true_one(mut figures in prop::collection::vec(any::<u16>(), 1..400)) {
        let mut spread = Spread::default();
        figures.iter().for_each(|figure| spread.add(*figure));
        figures.sort_unstable();
        let median = figures[(figures.len() - 1) / 2];
        let found = spread.median().unwrap();
        prop_assert!(f64::from(found.abs_diff(median)) <= f64::from(median) / 64.0, "{found} for {median}");
        prop_assert_eq!((spread.least(), spread.most()), (figures.first().copied(), figures.last().copied()));
        prop_assert!(spread.bins() <= Spread::BINS);
    }
}
