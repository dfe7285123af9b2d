//! The E-model of ITU-T G.107 (06/2015): from delay and loss to what people would think of the sound.
//!
//! `R = Ro − Is − Id − Ie,eff + A` (G.107 equation 7-1), on the narrowband scale of R from 0 to 100 and MOS from 1 to 4.5.
//! The wideband and fullband models (G.107.1, G.107.2) would need an impairment factor of Opus on their scales, and
//! G.113 (09/2024) has none; so sound of more than telephone bandwidth counts as the best that telephony can be.
//!
//! - `Ro − Is` is 93.2: what all default values of G.107 (table 3) come to. A page knows nothing of the room's noise and
//!   the loudness of headsets.
//! - `Id` is `Idd`, the delay as such. The parts for echo are 0: browsers cancel it, and say nothing of what is left.
//! - `A`, the advantage of access, is 0: nobody forgives a browser what they forgive a satellite telephone.

/// `Ro − Is` with all default values (G.107 section 7.7).
const UNDISTURBED: f64 = 93.2;
/// Delay that nobody notices, in milliseconds: `mT` in the default class of delay sensitivity (G.107 table 1), for
/// which `sT` is 1 and falls out of the formula.
const UNNOTICED_DELAY: f64 = 100.0;
/// The impairment that equipment tends to when everything is lost (G.107 equation 7-29).
const ALL_LOST: f64 = 95.0;
/// Beyond a day, delay is no figure but a fault of a clock.
const MOST_DELAY: f64 = 86_400_000.0;
/// The longest bursts that count, against losses at random. G.107 leaves open how far its formula holds.
const MOST_BURSTY: f64 = 8.0;

/// What a codec does to speech, and how it bears loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coding {
    /// `Ie`, the equipment impairment factor without loss.
    pub impairment: f64,
    /// `Bpl`, the packet-loss robustness factor, in percent.
    pub robustness: f64,
}

impl Coding {
    /// Opus (RFC 6716). No edition of G.113 has values for it. `Ie` is 0, as for G.711: at the rates that browsers use
    /// (24 kbit/s and more) it leaves nothing to be wished of telephone bandwidth. `Bpl` is 10.0, that of GSM-EFR and the
    /// lowest of those that G.113 table I.3 gives for a coder with concealment of its own: rather too strict than too kind.
    pub const OPUS: Self = Self { impairment: 0.0, robustness: 10.0 };
    /// G.711 with the concealment of its appendix I, as every browser has some (G.113 tables I.1 and I.3).
    pub const G711: Self = Self { impairment: 0.0, robustness: 25.1 };

    /// The values for a `mimeType` of `RTCCodecStats` (webrtc-stats section 8.3). A codec without any counts as Opus.
    #[must_use]
    pub fn of(mime_type: &str) -> Self {
        let g711 = ["audio/pcmu", "audio/pcma"].iter().any(|name| mime_type.eq_ignore_ascii_case(name));
        if g711 { Self::G711 } else { Self::OPUS }
    }
}

/// What sound went through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conditions {
    /// The codec.
    pub coding: Coding,
    /// From mouth to ear, in milliseconds: `Ta`.
    pub delay_ms: f64,
    /// The share of sound that did not arrive in time, 0 to 1: `Ppl`, which G.107 has in percent.
    pub loss: f64,
    /// How many packets are lost in a row, against losses at random: `BurstR`, 1 and more.
    pub burst_ratio: f64,
}

/// The transmission rating factor R, 0 to 100. What is not a number counts as none.
#[must_use]
pub fn rating(conditions: &Conditions) -> f64 {
    let Conditions { coding, delay_ms, loss, burst_ratio } = *conditions;
    let impaired = delay_impairment(within(delay_ms, 0.0, MOST_DELAY)) + loss_impairment(coding, loss, burst_ratio);
    within(UNDISTURBED - impaired, 0.0, 100.0)
}

/// `Idd` (G.107 equations 7-27 and 7-28).
fn delay_impairment(delay: f64) -> f64 {
    if delay <= UNNOTICED_DELAY {
        return 0.0;
    }
    let x = (delay / UNNOTICED_DELAY).log2();
    25.0 * (bend(x) - 3.0 * bend(x / 3.0) + 2.0)
}

/// The sixth root of `1 + x⁶`, for an `x` of 0 and more: by Newton's method, because std's roots are a good deal of code
/// for the page. It begins at most an eighth above the root, so that five steps are exact to the last digits.
fn bend(x: f64) -> f64 {
    let begin = 1.125 * x.max(1.0);
    let power = 1.0 + x.powi(6);
    (0..5).fold(begin, |root, _| (5.0 * root + power / root.powi(5)) / 6.0)
}

/// `Ie,eff` (G.107 equation 7-29).
fn loss_impairment(coding: Coding, loss: f64, burst_ratio: f64) -> f64 {
    let percent = 100.0 * within(loss, 0.0, 1.0);
    let (impairment, robustness) = (within(coding.impairment, 0.0, ALL_LOST), coding.robustness.max(1.0));
    impairment + (ALL_LOST - impairment) * percent / (percent / within(burst_ratio, 1.0, MOST_BURSTY) + robustness)
}

/// The mean opinion score of a rating, 1 to 4.5: `MOS_CQE` on the narrowband scale (G.107 annex B). The formula dips a
/// little below 1 for ratings under 6.5; opinions do not.
#[must_use]
pub fn mos(rating: f64) -> f64 {
    let r = within(rating, 0.0, 100.0);
    (1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6).max(1.0)
}

/// The nearest to `value` from `low` to `high`; `low` for what is not a number.
pub(super) const fn within(value: f64, low: f64, high: f64) -> f64 {
    value.max(low).min(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENT: Conditions = Conditions { coding: Coding::G711, delay_ms: 0.0, loss: 0.0, burst_ratio: 1.0 };
    const G729A: Coding = Coding { impairment: 11.0, robustness: 19.0 };

    fn assert_near(found: f64, published: f64, tolerance: f64) {
        assert!((found - published).abs() <= tolerance, "{found}, published as {published}");
    }

    /// G.107 section 7.7.
    #[test]
    fn the_default_connection() {
        assert_near(rating(&SILENT), 93.2, 1e-9);
        assert_near(mos(93.2), 4.41, 0.005);
    }

    /// G.107 annex B, table B.1: ratings, and the opinions that it prints rounded.
    #[test]
    fn opinions_by_rating() {
        for (rating, published) in [(90.0, 4.34), (80.0, 4.03), (70.0, 3.60), (60.0, 3.10), (50.0, 2.58)] {
            assert_near(mos(rating), published, 0.01);
        }
        assert_near(mos(100.0), 4.5, 1e-9);
        assert_near(mos(-3.0), 1.0, 1e-9);
    }

    /// G.113 (02/2001) appendix I, table I.2: G.729A with voice activity detection under random loss.
    #[test]
    fn loss_as_measured_with_g729a() {
        let published = [
            (0.0, 11.0),
            (0.5, 13.0),
            (1.0, 15.0),
            (1.5, 17.0),
            (2.0, 19.0),
            (3.0, 23.0),
            (4.0, 26.0),
            (8.0, 36.0),
            (16.0, 49.0),
        ];
        for (percent, impairment) in published {
            assert_near(loss_impairment(G729A, percent / 100.0, 1.0), impairment, 0.6);
        }
    }

    /// The same table: 2 % with G.711 and concealment, and with G.723.1 at 6.3 kbit/s.
    #[test]
    fn loss_as_measured_with_others() {
        assert_near(loss_impairment(Coding::G711, 0.02, 1.0), 7.0, 0.5);
        let g723 = Coding { impairment: 15.0, robustness: 16.1 };
        assert_near(loss_impairment(g723, 0.02, 1.0), 24.0, 0.5);
    }

    /// Worked by hand from the formula. At 400 ms, the limit of G.114 for planning, X is 2.
    #[test]
    fn delay_is_unnoticed_up_to_a_tenth_of_a_second() {
        assert_near(delay_impairment(100.0), 0.0, 1e-9);
        assert_near(delay_impairment(150.0), 0.16, 0.01);
        assert_near(delay_impairment(400.0), 24.07, 0.01);
        assert_near(rating(&Conditions { delay_ms: 400.0, ..SILENT }), 69.13, 0.01);
    }

    #[test]
    fn roots_are_exact() {
        for tenths in 0..300 {
            let x = f64::from(tenths) / 10.0;
            assert_near(bend(x), (1.0 + x.powi(6)).powf(1.0 / 6.0), 1e-11);
        }
    }

    #[test]
    fn bursts_are_worse_than_losses_at_random() {
        let lossy = Conditions { loss: 0.05, coding: Coding::OPUS, ..SILENT };
        let bursty = Conditions { burst_ratio: 3.0, ..lossy };
        assert!(rating(&bursty) < rating(&lossy) - 5.0);
        assert_near(rating(&Conditions { burst_ratio: 0.2, ..lossy }), rating(&lossy), 1e-9);
    }

    #[test]
    fn a_codec_goes_by_its_name() {
        assert_eq!(Coding::of("audio/PCMU"), Coding::G711);
        assert_eq!(Coding::of("audio/opus"), Coding::OPUS);
        assert_eq!(Coding::of(""), Coding::OPUS);
    }
}
