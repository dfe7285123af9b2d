//! Who stands where in the strip beside a large place.

/// The small ones, in order. Whoever becomes large changes places with whoever was, and everybody else stays put.
#[derive(Clone, Debug)]
pub(crate) struct Strip<K> {
    small: Vec<K>,
    large: Option<K>,
}

impl<K> Default for Strip<K> {
    fn default() -> Self {
        Self { small: Vec::new(), large: None }
    }
}

impl<K: Clone + PartialEq> Strip<K> {
    /// The small ones beside `large`, of all who are `seated`.
    pub(crate) fn beside(&mut self, seated: &[K], large: &K) -> Vec<K> {
        if let Some(before) = self.large.replace(large.clone()).filter(|before| before != large)
            && let Some(place) = self.small.iter_mut().find(|who| *who == large)
        {
            *place = before;
        }
        self.small.retain(|who| who != large && seated.contains(who));
        for who in seated {
            if who != large && !self.small.contains(who) {
                self.small.push(who.clone());
            }
        }
        self.small.clone()
    }

    /// Nobody is large any more.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn beside(strip: &mut Strip<char>, seated: &str, large: char) -> String {
        strip.beside(&seated.chars().collect::<Vec<_>>(), &large).into_iter().collect()
    }

    #[test]
    fn who_becomes_large_changes_places_with_who_was() {
        let mut strip = Strip::default();
        assert_eq!(beside(&mut strip, "abcd", 'b'), "acd");
        assert_eq!(beside(&mut strip, "abcd", 'd'), "acb");
        assert_eq!(beside(&mut strip, "abcd", 'd'), "acb");
        assert_eq!(beside(&mut strip, "abcd", 'a'), "dcb");
    }

    #[test]
    fn who_comes_stands_at_the_end_and_who_leaves_makes_room() {
        let mut strip = Strip::default();
        assert_eq!(beside(&mut strip, "abc", 'a'), "bc");
        assert_eq!(beside(&mut strip, "abcd", 'a'), "bcd");
        assert_eq!(beside(&mut strip, "acd", 'a'), "cd");
        assert_eq!(beside(&mut strip, "cd", 'd'), "c", "the large one has left");
        strip.clear();
        assert_eq!(beside(&mut strip, "abc", 'c'), "ab");
    }
}
