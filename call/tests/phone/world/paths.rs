//! Media paths between browsers.

use std::collections::BTreeSet;

use call::{ConnectionState, PeerEvent, PeerKey};

use super::browser::Later;
use super::{Happening, World};

impl World {
    /// Works out anew who reaches whom.
    pub(super) fn look_at_paths(&mut self) {
        let mut reached = BTreeSet::new();
        let all: Vec<(usize, PeerKey)> = self
            .pages
            .iter()
            .enumerate()
            .flat_map(|(page, p)| p.browser.connections.keys().map(move |key| (page, *key)))
            .collect();
        for &one in &all {
            for &other in &all {
                if one.0 < other.0 && self.fit(one, other) {
                    reached.extend([one, other]);
                }
            }
        }
        for (page, key) in all {
            if let Some(connection) = self.pages[page].browser.connections.get_mut(&key) {
                let flows = reached.contains(&(page, key));
                if connection.flows && !flows {
                    connection.stands = true;
                    connection.stopped = self.now;
                }
                connection.flows = flows;
            }
            let state = self.paths.get(&(page, key)).map(|(state, _)| *state);
            match (state, reached.contains(&(page, key))) {
                (None | Some(ConnectionState::New | ConnectionState::Disconnected | ConnectionState::Failed), true) => {
                    self.path_becomes(page, key, ConnectionState::Connected, 30);
                }
                (Some(ConnectionState::Connected), false) => {
                    self.path_becomes(page, key, ConnectionState::Disconnected, 5_000);
                }
                _ => {}
            }
        }
    }

    pub(super) fn fit(&self, one: (usize, PeerKey), other: (usize, PeerKey)) -> bool {
        let (a, b) =
            (&self.pages[one.0].browser.connections[&one.1], &self.pages[other.0].browser.connections[&other.1]);
        let Some(((a_local, a_remote), (b_local, b_remote))) = a.pair().zip(b.pair()) else { return false };
        let matching = a_local == b_remote && b_local == a_remote;
        let known = a.remote_candidates + b.remote_candidates > 0;
        let dead = self.dead.contains(&one) || self.dead.contains(&other);
        matching && known && !dead && !self.cut.contains(&(one.0, other.0))
    }

    /// The connections between two pages carry nothing any more, and no restart brings them back: browsers stay with
    /// candidate pairs that are dead. Others that are made can reach each other.
    pub(crate) fn kills_paths(&mut self, one: usize, other: usize) {
        let keys = |page: usize| self.pages[page].browser.connections.keys().map(move |key| (page, *key));
        let pairs = keys(one.min(other)).flat_map(|a| keys(one.max(other)).map(move |b| (a, b)));
        let dead: Vec<_> = pairs.filter(|(a, b)| self.fit(*a, *b)).flat_map(|(a, b)| [a, b]).collect();
        self.dead.extend(dead);
        self.look_at_paths();
    }

    /// A word on the connection itself, to whoever is at the other end.
    pub(super) fn says(&mut self, page: usize, key: PeerKey, word: &PeerEvent) {
        for (to, at) in self.reached(page, key) {
            self.later(15, Happening::Browser(to, Later::Say(at, word.clone())));
        }
    }

    /// Its next frame is a key frame.
    pub(super) fn sends_key_frame(&mut self, page: usize, key: PeerKey) {
        for (to, at) in self.reached(page, key) {
            self.later(50, Happening::Browser(to, Later::Picture(at)));
        }
    }

    fn reached(&self, page: usize, key: PeerKey) -> Vec<(usize, PeerKey)> {
        let ends = |(to, p): (usize, &super::Page)| -> Vec<(usize, PeerKey)> {
            p.browser.connections.keys().map(|key| (to, *key)).collect()
        };
        let others = self.pages.iter().enumerate().filter(|(to, _)| *to != page).flat_map(ends);
        others.filter(|other| self.fit((page, key), *other)).collect()
    }

    pub(super) fn path_becomes(&mut self, page: usize, key: PeerKey, state: ConnectionState, after: u64) {
        let version = self.paths.get(&(page, key)).map_or(0, |(_, version)| version + 1);
        self.paths.insert((page, key), (state, version));
        self.later(after, Happening::Path(page, key, state, version));
    }

    pub(super) fn forget_path(&mut self, page: usize, key: PeerKey) {
        self.paths.remove(&(page, key));
        // What was on its way to the connection is on its way to nowhere.
        let gone = |h: &Happening| match h {
            Happening::Browser(p, Later::Say(k, _) | Later::Do(k, _) | Later::Picture(k)) => *p == page && *k == key,
            _ => false,
        };
        self.agenda.retain(|_, happening| !gone(happening));
    }

    pub(super) fn forget_paths(&mut self, page: usize) {
        self.paths.retain(|(p, _), _| *p != page);
        self.agenda.retain(|_, h| !matches!(h, Happening::Browser(p, _) | Happening::Path(p, ..) if *p == page));
        self.look_at_paths();
    }
}
