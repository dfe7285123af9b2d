//! Median and worst of any number of [`Figures`].

use protocol::Figures;

use super::Spread;

/// What a call came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overall {
    /// The median of each figure by itself.
    pub median: Figures,
    /// The worst of each figure by itself.
    pub worst: Figures,
}

/// Everything that was measured or reported, in memory that does not grow with time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Tally {
    mos_x100: Spread,
    round_trip_ms: Spread,
    jitter_ms: Spread,
    loss_permille: Spread,
    frozen_permille: Spread,
}

impl Tally {
    /// Takes in what is known.
    pub fn add(&mut self, figures: &Figures) {
        for (spread, figure) in [
            (&mut self.mos_x100, figures.mos_x100),
            (&mut self.round_trip_ms, figures.round_trip_ms),
            (&mut self.jitter_ms, figures.jitter_ms),
            (&mut self.loss_permille, figures.loss_permille),
            (&mut self.frozen_permille, figures.frozen_permille),
        ] {
            if let Some(figure) = figure {
                spread.add(figure);
            }
        }
    }

    /// The median of each figure by itself.
    #[must_use]
    pub fn median(&self) -> Figures {
        self.each(Spread::median, Spread::median)
    }

    /// The worst of each figure by itself: the least opinion, the most of everything else.
    #[must_use]
    pub fn worst(&self) -> Figures {
        self.each(Spread::least, Spread::most)
    }

    /// The best of each figure by itself.
    #[must_use]
    pub fn best(&self) -> Figures {
        self.each(Spread::most, Spread::least)
    }

    /// What it all came to.
    #[must_use]
    pub fn overall(&self) -> Overall {
        Overall { median: self.median(), worst: self.worst() }
    }

    fn each(&self, of_mos: fn(&Spread) -> Option<u16>, of_others: fn(&Spread) -> Option<u16>) -> Figures {
        Figures {
            mos_x100: of_mos(&self.mos_x100),
            round_trip_ms: of_others(&self.round_trip_ms),
            jitter_ms: of_others(&self.jitter_ms),
            loss_permille: of_others(&self.loss_permille),
            frozen_permille: of_others(&self.frozen_permille),
        }
    }
}
