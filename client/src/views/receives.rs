//! How one of the others receives this side, by their own account.

use call::quality::Level;
use protocol::Figures;

use crate::words::{FigureWords, fill};

/// How well this side arrives there: the worse of what their browser counts and of what came of it for the ear.
pub(super) fn arrival(uplink: Level, receives: Option<&Figures>) -> Level {
    let heard = receives.and_then(|figures| figures.mos_x100).map(Level::of_mos);
    heard.unwrap_or_default().max(uplink)
}

impl FigureWords {
    /// What they say of it in one sentence; `None` if it is nothing.
    pub(super) fn receives(&self, name: &str, figures: &Figures) -> Option<String> {
        let share = |permille: u16| self.share(f64::from(permille) / 1_000.0);
        let told = [
            figures.mos_x100.map(|mos| fill(self.sound_there, &self.decimal(f64::from(mos) / 100.0))),
            figures.loss_permille.map(|loss| fill(self.loss_there, &share(loss))),
            figures.frozen_permille.filter(|frozen| *frozen > 0).map(|frozen| fill(self.frozen_there, &share(frozen))),
        ];
        let told: Vec<String> = told.into_iter().flatten().collect();
        (!told.is_empty()).then(|| fill(&fill(self.receives, name), &told.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::figure_words;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn what_they_say_is_one_sentence() {
        let words = figure_words();
        let mut figures = Figures { mos_x100: Some(423), loss_permille: Some(3), ..Figures::default() };
        let said = |figures: &Figures| words.receives("Ann", figures).map(|text| text.replace('\u{a0}', " "));
        assert_eq!(said(&figures).as_deref(), Some("Ann receives you: sound 4.2 of 4.5 (MOS), 0.3 % lost."));
        figures = Figures { frozen_permille: Some(250), ..Figures::default() };
        assert_eq!(said(&figures).as_deref(), Some("Ann receives you: your picture stands still 25.0 % of the time."));
        figures.frozen_permille = Some(0);
        assert_eq!(said(&figures), None);
    }

    #[test]
    fn the_worse_of_both_accounts_counts() {
        let mos = |mos| Figures { mos_x100: Some(mos), ..Figures::default() };
        assert_eq!(arrival(Level::Good, None), Level::Good);
        assert_eq!(arrival(Level::Good, Some(&mos(300))), Level::Poor);
        assert_eq!(arrival(Level::Fair, Some(&mos(440))), Level::Fair);
        assert_eq!(arrival(Level::Good, Some(&Figures::default())), Level::Good);
    }
}
