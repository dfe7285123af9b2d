//! Where everybody's place is in a call: who sits where, and how large each place is.
//!
//! Nobody moves because somebody else comes or goes, as long as the places are the same: who leaves leaves a gap that the
//! others of the row fill, and who comes takes the first gap. Only when another number of rows or columns is right do the
//! places change, and then everybody keeps their turn.

use super::strip::Strip;

/// Between two places, in CSS pixels.
const GAP: f64 = 8.0;
/// The strip beside a large place: so much of the room, within these bounds in CSS pixels.
const STRIP: f64 = 0.2;
const STRIP_BOUNDS: (f64, f64) = (104.0, 288.0);

/// A place, in CSS pixels from the top left of the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Rect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// A stage so many times as wide as high is a phone on its side: there everybody sits in one row.
const FLAT: f64 = 2.5;

/// What form a stage has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Higher than wide.
    Tall,
    /// As wide as high, or somewhat wider.
    Wide,
    /// Much wider than high.
    Flat,
}

impl Form {
    fn of((width, height): (f64, f64)) -> Self {
        if width < height {
            Self::Tall
        } else if width < FLAT * height {
            Self::Wide
        } else {
            Self::Flat
        }
    }
}

/// Who sits where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seats<K>(Vec<Option<K>>);

impl<K> Default for Seats<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Clone + PartialEq> Seats<K> {
    /// Seats those who are there now, in the order they came, on a stage of this size.
    pub(crate) fn seat(&mut self, present: &[K], size: (f64, f64)) {
        let form = Form::of(size);
        for seat in &mut self.0 {
            seat.take_if(|who| !present.contains(who));
        }
        for who in present {
            if self.0.iter().flatten().any(|seated| seated == who) {
                continue;
            }
            match self.0.iter_mut().find(|seat| seat.is_none()) {
                Some(gap) => *gap = Some(who.clone()),
                None => self.0.push(Some(who.clone())),
            }
        }
        let last = self.0.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        self.0.truncate(last);
        if columns(self.0.len(), form) != columns(present.len(), form)
            || rows(self.0.len(), form) != rows(present.len(), form)
        {
            self.0.retain(Option::is_some);
        }
    }

    /// Everybody, in the order of their seats.
    pub(crate) fn seated(&self) -> Vec<K> {
        self.0.iter().flatten().cloned().collect()
    }

    /// Everybody's place on a stage of this size, all alike; or one of them large and the others in a strip beside.
    pub(crate) fn places(&self, size: (f64, f64), large: Option<&K>, strip: &mut Strip<K>) -> Vec<(K, Rect)> {
        match large.filter(|large| self.0.iter().flatten().any(|who| who == *large)) {
            Some(large) => spotlight(size, large, strip.beside(&self.seated(), large)),
            None => {
                strip.clear();
                self.grid(size)
            }
        }
    }

    fn grid(&self, (width, height): (f64, f64)) -> Vec<(K, Rect)> {
        let columns = columns(self.0.len(), Form::of((width, height)));
        let rows: Vec<Vec<&K>> = self
            .0
            .chunks(columns)
            .map(|row| row.iter().flatten().collect())
            .filter(|row: &Vec<&K>| !row.is_empty())
            .collect();
        let (tall, tops) = shares(height, rows.len());
        let mut places = Vec::with_capacity(self.0.len());
        for (row, top) in rows.into_iter().zip(tops) {
            let (wide, lefts) = shares(width, row.len());
            let rects = lefts.into_iter().map(|left| Rect { left, top, width: wide, height: tall });
            places.extend(row.into_iter().cloned().zip(rects));
        }
        places
    }
}

/// One large, and the small ones in a strip beside or below.
fn spotlight<K: Clone>((width, height): (f64, f64), large: &K, small: Vec<K>) -> Vec<(K, Rect)> {
    let beside = width >= height;
    let (along, across) = if beside { (height, width) } else { (width, height) };
    let strip = if small.is_empty() { 0.0 } else { (across * STRIP).clamp(STRIP_BOUNDS.0, STRIP_BOUNDS.1) };
    // Small ones are as wide as in a film where there is room, and never longer than the strip has room for.
    let film = if beside { strip * 9.0 / 16.0 } else { strip * 4.0 / 3.0 };
    let each = film.min(shares(along, small.len()).0);
    let taken = (each + GAP) * small.len() as f64 - GAP;
    let first = ((along - taken) / 2.0).max(0.0);
    let rest = (across - strip - if small.is_empty() { 0.0 } else { GAP }).max(0.0);
    let turned = |along: f64, across: f64, long: f64, broad: f64| match beside {
        true => Rect { left: across, top: along, width: broad, height: long },
        false => Rect { left: along, top: across, width: long, height: broad },
    };
    let strip_of = |(nth, who): (usize, K)| (who, turned(first + (each + GAP) * nth as f64, rest + GAP, each, strip));
    let mut places: Vec<(K, Rect)> = small.into_iter().enumerate().map(strip_of).collect();
    places.push((large.clone(), turned(0.0, 0.0, along, rest)));
    places
}

/// How long each of so many parts is, and where they begin.
fn shares(length: f64, count: usize) -> (f64, Vec<f64>) {
    let count = count.max(1);
    let each = ((length + GAP) / count as f64 - GAP).max(0.0);
    (each, (0..count).map(|nth| (each + GAP) * nth as f64).collect())
}

/// How many stand side by side. Three in a tall window stand above each other, as wide as a picture is.
fn columns(count: usize, form: Form) -> usize {
    match (count, form) {
        (0 | 1, _) | (2 | 3, Form::Tall) => 1,
        (2..=4, Form::Flat) => count,
        (2..=4, _) | (5..=8, Form::Tall) => 2,
        (_, Form::Flat) => count.div_ceil(2),
        (5..=9, Form::Wide) | (9.., Form::Tall) => 3,
        (_, Form::Wide) => 4,
    }
}

fn rows(count: usize, form: Form) -> usize {
    count.div_ceil(columns(count, form))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const WIDE: (f64, f64) = (1208.0, 608.0);
    const TALL: (f64, f64) = (374.0, 616.0);
    const FLAT: (f64, f64) = (734.0, 250.0);

    fn seated(seats: &mut Seats<char>, present: &str, size: (f64, f64)) -> Vec<(char, Rect)> {
        seats.seat(&present.chars().collect::<Vec<_>>(), size);
        seats.places(size, None, &mut Strip::default())
    }

    fn of(places: &[(char, Rect)], who: char) -> Rect {
        places.iter().find(|(one, _)| *one == who).map(|(_, rect)| *rect).unwrap_or_default()
    }

    /// Nobody covers anybody, and nobody sits outside.
    fn check(places: &[(char, Rect)], size: (f64, f64)) {
        for (nth, (who, rect)) in places.iter().enumerate() {
            assert!(rect.width > 0.0 && rect.height > 0.0, "{who} {rect:?}");
            assert!(rect.left >= 0.0 && rect.left + rect.width <= size.0 + 0.01, "{who} {rect:?}");
            assert!(rect.top >= 0.0 && rect.top + rect.height <= size.1 + 0.01, "{who} {rect:?}");
            for (other, there) in places.iter().skip(nth + 1) {
                let apart = rect.left + rect.width <= there.left
                    || there.left + there.width <= rect.left
                    || rect.top + rect.height <= there.top
                    || there.top + there.height <= rect.top;
                assert!(apart, "{who} {rect:?} and {other} {there:?}");
            }
        }
    }

    #[test]
    fn one_has_it_all() {
        let places = seated(&mut Seats::default(), "a", WIDE);
        assert_eq!(of(&places, 'a'), Rect { left: 0.0, top: 0.0, width: WIDE.0, height: WIDE.1 });
    }

    #[test]
    fn every_number_fits_upright_and_lying() {
        let everybody = "abcdefghijklmnop";
        for count in 1..=everybody.len() {
            for size in [WIDE, TALL, FLAT] {
                let present = &everybody[..count];
                let mut seats = Seats::default();
                let places = seated(&mut seats, present, size);
                assert_eq!(places.len(), count);
                check(&places, size);
                for large in present.chars() {
                    let places = seats.places(size, Some(&large), &mut Strip::default());
                    assert_eq!(places.len(), count);
                    check(&places, size);
                    let area = |who| of(&places, who).width * of(&places, who).height;
                    assert!(present.chars().all(|who| who == large || area(who) < area(large)));
                }
            }
        }
    }

    #[test]
    fn on_a_phone_on_its_side_everybody_sits_in_one_row() {
        for (present, height) in [("abc", FLAT.1), ("abcd", FLAT.1), ("abcde", (FLAT.1 - GAP) / 2.0)] {
            let places = seated(&mut Seats::default(), present, FLAT);
            assert!(places.iter().all(|(_, place)| place.height == height), "{places:?}");
        }
    }

    #[test]
    fn who_stays_stays_put() {
        let mut seats = Seats::default();
        let four = seated(&mut seats, "abcd", WIDE);
        let three = seated(&mut seats, "acd", WIDE);
        assert_eq!((of(&four, 'c'), of(&four, 'd')), (of(&three, 'c'), of(&three, 'd')));
        assert_eq!((of(&three, 'a').left, of(&three, 'a').top), (0.0, 0.0));
        assert_eq!(of(&three, 'a').width, WIDE.0, "the gap is not left empty");
        let again = seated(&mut seats, "acde", WIDE);
        assert_eq!(of(&again, 'e'), of(&four, 'b'), "who comes takes the gap");
        assert_eq!(of(&again, 'a'), of(&four, 'a'));
    }

    #[test]
    fn a_third_joins_without_moving_the_first() {
        let mut seats = Seats::default();
        let three = seated(&mut seats, "abc", WIDE);
        let four = seated(&mut seats, "abcd", WIDE);
        assert_eq!((of(&three, 'a'), of(&three, 'b')), (of(&four, 'a'), of(&four, 'b')));
    }

    #[test]
    fn everybody_keeps_their_turn_when_places_change() {
        let mut seats = Seats::default();
        seated(&mut seats, "abcd", WIDE);
        seated(&mut seats, "bd", WIDE);
        assert_eq!(seats.seated(), ['b', 'd']);
        seated(&mut seats, "bde", TALL);
        assert_eq!(seats.seated(), ['b', 'd', 'e']);
    }

    #[test]
    fn a_pin_on_somebody_who_left_is_none() {
        let mut seats = Seats::default();
        seated(&mut seats, "ab", WIDE);
        let places = |large| seats.places(WIDE, large, &mut Strip::default());
        assert_eq!(places(Some(&'z')), places(None));
    }

    #[test]
    fn a_stage_without_room_breaks_nothing() {
        let mut seats = Seats::default();
        for (_, rect) in seated(&mut seats, "abcd", (0.0, 0.0)) {
            assert_eq!((rect.width, rect.height), (0.0, 0.0));
        }
        assert!(
            seats
                .places((10.0, 10.0), Some(&'a'), &mut Strip::default())
                .iter()
                .all(|(_, rect)| rect.width >= 0.0 && rect.height >= 0.0)
        );
    }
}
