//! Which key does what in a call: read, matched, and changed by the person.

use crate::find::split;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Mutes or unmutes.
    Mute,
    /// Turns the camera on or off.
    Camera,
    /// Unmutes for as long as it is held.
    Talk,
    /// Raises or lowers the hand.
    Hand,
    /// Shares a screen, or none any more.
    Share,
    /// Shows the next one large.
    Pin,
    /// Fills the whole screen, or no longer.
    FullScreen,
    /// Tells which key does what.
    Help,
}

/// All of them, in the order they are told.
pub(crate) const DEEDS: [Deed; 8] =
    [Deed::Mute, Deed::Talk, Deed::Camera, Deed::Share, Deed::Pin, Deed::Hand, Deed::FullScreen, Deed::Help];

impl Deed {
    /// Its name where it is kept.
    const fn name(self) -> &'static str {
        match self {
            Self::Mute => "mute",
            Self::Camera => "camera",
            Self::Talk => "talk",
            Self::Hand => "hand",
            Self::Share => "share",
            Self::Pin => "pin",
            Self::FullScreen => "full-screen",
            Self::Help => "help",
        }
    }

    /// Its key until the person chooses another.
    const fn usual(self) -> &'static str {
        match self {
            Self::Mute => "m",
            Self::Camera => "v",
            Self::Talk => " ",
            Self::Hand => "h",
            Self::Share => "s",
            Self::Pin => "p",
            Self::FullScreen => "f",
            Self::Help => "?",
        }
    }
}

/// Why a key cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It does this already.
    Taken(Deed),
    /// It types nothing, so the browser or the page needs it: Tab, Escape, arrows.
    Unfit,
}

/// The keys that differ from the usual ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyMap(Vec<(Deed, String)>);

impl KeyMap {
    /// Reads what was kept, a line for each. What makes no sense, or would give one key two deeds, is left out.
    pub(crate) fn read(text: &str) -> Self {
        let mut map = Self::default();
        for line in text.lines().take(DEEDS.len()) {
            let Some((name, key)) = split(line, "=") else { continue };
            if let Some(deed) = DEEDS.into_iter().find(|deed| deed.name() == name) {
                // Refused is what does not fit; the usual key stays.
                let _ = map.bind(deed, key);
            }
        }
        map
    }

    /// What is to be kept.
    pub(crate) fn write(&self) -> String {
        self.0.iter().map(|(deed, key)| [deed.name(), "=", key, "\n"].concat()).collect()
    }

    /// The key for it.
    pub(crate) fn key(&self, deed: Deed) -> &str {
        self.0.iter().find(|(of, _)| *of == deed).map_or(deed.usual(), |(_, key)| key)
    }

    /// What is done by a key, named as in `KeyboardEvent.key` and, for where on the keyboard it is, `code`
    /// (uievents-key, uievents-code). On a keyboard of another script the place of the Latin letter counts.
    pub(crate) fn deed(&self, key: &str, code: &str) -> Option<Deed> {
        let by = |key: &str| DEEDS.into_iter().find(|deed| self.key(*deed) == key);
        let key = plain(key);
        let letter = || code.strip_prefix("Key").filter(|_| !key.is_ascii()).map(plain);
        by(&key).or_else(|| by(&letter()?))
    }

    /// Has it done by this key from now on.
    pub(crate) fn bind(&mut self, deed: Deed, key: &str) -> Result<(), Refused> {
        let key = plain(key);
        let mut letters = key.chars();
        if !matches!((letters.next(), letters.next()), (Some(letter), None) if !letter.is_control()) {
            return Err(Refused::Unfit);
        }
        if let Some(other) = DEEDS.into_iter().find(|other| *other != deed && self.key(*other) == key) {
            return Err(Refused::Taken(other));
        }
        self.0.retain(|(of, _)| *of != deed);
        if key != deed.usual() {
            self.0.push((deed, key));
        }
        Ok(())
    }
}

fn plain(key: &str) -> String {
    key.to_lowercase()
}

/// Talking for as long as a key is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PushToTalk(bool);

impl PushToTalk {
    /// The key went down: the microphone is to be open, if this returns so. Held keys repeat.
    pub(crate) fn down(&mut self) -> Option<bool> {
        (!std::mem::replace(&mut self.0, true)).then_some(true)
    }

    /// The key is let go, or the window is left: the microphone is to be muted, whatever it was before.
    pub(crate) fn up(&mut self) -> Option<bool> {
        std::mem::take(&mut self.0).then_some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_deed_has_a_key_of_its_own() {
        let map = KeyMap::default();
        for deed in DEEDS {
            assert_eq!(map.deed(map.key(deed), ""), Some(deed));
            assert_eq!(DEEDS.iter().filter(|other| map.key(**other) == map.key(deed)).count(), 1);
        }
        assert_eq!(map.write(), "");
    }

    #[test]
    fn capitals_and_keyboards_of_other_scripts() {
        let map = KeyMap::default();
        assert_eq!(map.deed("M", "KeyM"), Some(Deed::Mute));
        assert_eq!(map.deed("ь", "KeyM"), Some(Deed::Mute));
        assert_eq!(map.deed("m", "Semicolon"), Some(Deed::Mute), "what is written on the key counts");
        assert_eq!(map.deed(",", "KeyM"), None);
        assert_eq!(map.deed("Escape", "Escape"), None);
    }

    #[test]
    fn a_key_is_changed_kept_and_read_again() {
        let mut map = KeyMap::default();
        assert_eq!(map.bind(Deed::Mute, "X"), Ok(()));
        assert_eq!(map.bind(Deed::Talk, "ơ"), Ok(()));
        assert_eq!((map.deed("m", "KeyM"), map.deed("x", "KeyX")), (None, Some(Deed::Mute)));
        let again = KeyMap::read(&map.write());
        assert_eq!(again, map);
        assert_eq!(map.bind(Deed::Mute, "m"), Ok(()));
        assert_eq!(map.write(), "talk=ơ\n");
    }

    #[test]
    fn one_key_does_one_thing() {
        let mut map = KeyMap::default();
        assert_eq!(map.bind(Deed::Mute, "v"), Err(Refused::Taken(Deed::Camera)));
        assert_eq!(map.bind(Deed::Mute, "m"), Ok(()), "its own is no conflict");
        for unfit in ["Escape", "Tab", "ArrowUp", "Shift", "", "\u{1b}"] {
            assert_eq!(map.bind(Deed::Mute, unfit), Err(Refused::Unfit), "{unfit}");
        }
        assert_eq!(map, KeyMap::default());
    }

    #[test]
    fn nonsense_that_was_kept_is_left_out() {
        for text in ["mute", "mute=v\n", "jump=j\n", "=\n=", "mute=Escape", "\u{0}=x"] {
            assert_eq!(KeyMap::read(text), KeyMap::default(), "{text:?}");
        }
        let equals = KeyMap::read("mute==\n");
        assert_eq!(equals.deed("=", "Equal"), Some(Deed::Mute));
    }

    #[test]
    fn letting_go_always_mutes_and_once() {
        let mut talk = PushToTalk::default();
        assert_eq!(talk.up(), None);
        assert_eq!((talk.down(), talk.down()), (Some(true), None));
        assert_eq!((talk.up(), talk.up()), (Some(false), None));
    }
}
