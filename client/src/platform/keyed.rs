//! What belongs to peer connections: a few things, found by their connection.

use call::PeerKey;

/// One thing per peer connection. There are few of them, so a list is searched faster than a tree, with less code.
#[derive(Clone, Debug)]
pub(crate) struct Keyed<T>(Vec<(PeerKey, T)>);

impl<T> Keyed<T> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a thing in the place of the one before.
    pub(crate) fn insert(&mut self, key: PeerKey, thing: T) {
        self.remove(key);
        self.0.push((key, thing));
    }

    pub(crate) fn remove(&mut self, key: PeerKey) -> Option<T> {
        let at = self.0.iter().position(|(of, _)| *of == key)?;
        Some(self.0.swap_remove(at).1)
    }

    pub(crate) fn find(&self, key: PeerKey) -> Option<&T> {
        self.0.iter().find(|(of, _)| *of == key).map(|(_, thing)| thing)
    }

    pub(crate) fn find_mut(&mut self, key: PeerKey) -> Option<&mut T> {
        self.0.iter_mut().find(|(of, _)| *of == key).map(|(_, thing)| thing)
    }

    pub(crate) fn pairs(&self) -> &[(PeerKey, T)] {
        &self.0
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, thing)| thing)
    }
}
