//! Median and extremes of any number of figures, in little memory.

/// How finely an octave is divided. With 32, a median is off by a 64th of itself at most.
const STEPS: u32 = 32;
/// `STEPS` is so many bits.
const STEP_BITS: u32 = STEPS.trailing_zeros();

/// How figures from 0 to 65,535 are spread: the extremes exactly, the median to within 1.6 %.
///
/// They are counted in bins: one for each number below 32, and 32 for every doubling above. Only bins with something in
/// them take memory, so a call with steady figures has a handful, and no call has more than [`Spread::BINS`] of 8 bytes,
/// however long it lasts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Spread {
    /// Bins with something in them, in order, and how much.
    bins: Vec<(u16, u32)>,
    extremes: Option<(u16, u16)>,
}

impl Spread {
    /// The most bins that there can be.
    pub const BINS: usize = 384;

    /// Takes in a figure.
    pub fn add(&mut self, figure: u16) {
        let bin = bin_of(figure);
        match self.bins.binary_search_by_key(&bin, |(bin, _)| *bin) {
            Ok(place) => {
                if let Some((_, count)) = self.bins.get_mut(place) {
                    *count = count.saturating_add(1);
                }
            }
            Err(place) => self.bins.insert(place, (bin, 1)),
        }
        let (least, most) = self.extremes.unwrap_or((figure, figure));
        self.extremes = Some((least.min(figure), most.max(figure)));
    }

    /// The least figure so far.
    #[must_use]
    pub fn least(&self) -> Option<u16> {
        self.extremes.map(|(least, _)| least)
    }

    /// The greatest figure so far.
    #[must_use]
    pub fn most(&self) -> Option<u16> {
        self.extremes.map(|(_, most)| most)
    }

    /// The figure in the middle, the lower of two.
    #[must_use]
    pub fn median(&self) -> Option<u16> {
        let (least, most) = self.extremes?;
        let all: u64 = self.bins.iter().map(|(_, count)| u64::from(*count)).sum();
        let mut before = 0;
        let middle = self.bins.iter().find(|(_, count)| {
            before += u64::from(*count);
            before * 2 >= all
        });
        middle.map(|(bin, _)| middle_of(*bin).clamp(least, most))
    }

    /// How many bins are in use.
    #[must_use]
    pub const fn bins(&self) -> usize {
        self.bins.len()
    }
}

/// Below 32 the figure itself. Above, which doubling it lies in, and which 32nd of that.
fn bin_of(figure: u16) -> u16 {
    let figure = u32::from(figure);
    let shift = (u32::BITS - figure.leading_zeros()).saturating_sub(STEP_BITS + 1);
    let bin = shift * STEPS + (figure >> shift);
    u16::try_from(bin).unwrap_or(u16::MAX)
}

/// The figure in the middle of a bin.
fn middle_of(bin: u16) -> u16 {
    let bin = u32::from(bin);
    let shift = (bin / STEPS).saturating_sub(1);
    let first = (bin - shift * STEPS) << shift;
    u16::try_from(first + (1 << shift) / 2).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_is_near_the_middle_of_its_bin() {
        let mut last = 0;
        for figure in 0..=u16::MAX {
            let bin = bin_of(figure);
            assert!(bin == last || bin == last + 1, "{figure}");
            last = bin;
            let error = f64::from(figure.abs_diff(middle_of(bin)));
            assert!(error <= f64::from(figure) / 64.0, "{figure} counts as {}", middle_of(bin));
        }
        assert_eq!(usize::from(last) + 1, Spread::BINS);
    }

    #[test]
    fn without_figures_it_says_nothing() {
        let spread = Spread::default();
        assert_eq!((spread.least(), spread.median(), spread.most()), (None, None, None));
    }

    #[test]
    fn few_figures_are_known_exactly() {
        let mut spread = Spread::default();
        for figure in [7, 3, 60_000, 3, 9] {
            spread.add(figure);
        }
        assert_eq!((spread.least(), spread.median(), spread.most()), (Some(3), Some(7), Some(60_000)));
    }

    #[test]
    fn a_long_call_takes_no_more_memory() {
        let mut spread = Spread::default();
        for figure in (0..=u16::MAX).chain(0..=u16::MAX) {
            spread.add(figure);
        }
        assert_eq!(spread.bins(), Spread::BINS);
        assert!(spread.median().unwrap().abs_diff(32_767) < 520);
    }
}
