//! What people see, and what must be so in the end.

use call::{CallView, ConnectionState, Face, Microphone, PeerKey, Ring, View};
use protocol::{CallId, EndReason};

use super::browser::Connection;
use super::{World, short};

impl World {
    pub(crate) fn view(&self, page: usize) -> &View {
        self.pages[page].phone.view()
    }

    pub(crate) fn call(&self, page: usize) -> &CallView {
        self.view(page)
            .call
            .as_ref()
            .unwrap_or_else(|| panic!("{} sees no call\n{}", self.pages[page].user, self.story()))
    }

    pub(crate) fn state(&self, page: usize) -> &'static str {
        match (&self.view(page).call, &self.view(page).incoming) {
            (Some(call), _) => call.face.name(),
            (None, Some(_)) => "rung",
            (None, None) => "idle",
        }
    }

    pub(crate) fn reason(&self, page: usize) -> EndReason {
        match self.call(page).face {
            Face::Ended { reason, .. } => reason,
            face => panic!("{} is not in an ended call but sees {face:?}\n{}", self.pages[page].user, self.story()),
        }
    }

    pub(crate) fn assert_active(&self, pages: &[usize], call: &CallId) {
        for &page in pages {
            assert_eq!(self.state(page), "active", "{}\n{}", self.pages[page].user, self.story());
            assert_eq!(self.call(page).call_id, *call);
            assert!(self.call(page).others.iter().all(|other| other.connected), "{}", self.story());
        }
    }

    /// Nobody is heard in two calls, nor in one that is on hold, whoever put it there.
    pub(super) fn check_hold(&self, page: usize) {
        let (view, connections) = (self.view(page), &self.pages[page].browser.connections);
        let call = view.call.as_ref().filter(|call| !matches!(call.face, Face::Ended { .. }));
        let others = || call.into_iter().flat_map(|call| &call.others);
        for (key, connection) in connections.iter().filter(|(_, it)| it.state == ConnectionState::Connected) {
            let current = others().any(|other| other.peer == *key);
            assert!(current || connection.holds, "{key:?} is heard beside the call\n{}", self.story());
        }
        if call.is_some_and(|call| call.room.is_none() && call.is_on_hold()) {
            assert!(others().all(|other| connections[&other.peer].holds), "heard on hold\n{}", self.story());
        }
        assert!(view.call.as_ref().is_none_or(|it| it.held.is_none()) || call.is_some(), "on hold beside nothing");
        let wanted = self.pages[page].browser.wanted();
        let silent = wanted.microphone != Microphone::Open && !wanted.camera;
        assert!(silent || !call.is_some_and(|call| call.own.held), "recorded on hold\n{}", self.story());
    }

    /// Key frames are asked for, and sent, once a second at most.
    pub(super) fn check_pause(&mut self, page: usize, key: PeerKey, asked: bool) {
        let before = self.pages[page].key_frames.insert((key, asked), self.now);
        assert!(before.is_none_or(|at| self.now.since(at).as_millis() >= 1_000), "{key:?} again\n{}", self.story());
    }

    /// Nobody is in a call, nothing is left over anywhere, and no browser was asked for the impossible.
    pub(crate) fn assert_quiet(&mut self) {
        self.assert_no_refusals();
        for page in 0..self.pages.len() {
            let p = &self.pages[page];
            let name = &p.user;
            let state = self.state(page);
            assert!(state == "idle" || state == "ended", "{name} is {state}\n{}", self.story());
            assert!(p.phone.view().incoming.is_none(), "{name} is still rung\n{}", self.story());
            assert!(p.browser.connections.is_empty(), "{name} left a connection open\n{}", self.story());
            assert_eq!(p.ring, Ring::Silent, "{name}");
        }
        self.run(20_000);
        let before: Vec<usize> = self.pages.iter().map(|p| p.did.len()).collect();
        self.run(100_000);
        for (page, before) in self.pages.iter().zip(before) {
            let other: Vec<_> = page.did[before..].iter().filter(|did| *did != "ping").collect();
            assert!(other.is_empty(), "{} goes on doing {other:?}\n{}", page.user, self.story());
            assert!(page.browser.devices_closed(), "{} is still recorded\n{}", page.user, self.story());
        }
        for call in self.relay.calls.values() {
            assert!(call.ended().is_some(), "the relay still knows {}\n{}", call.id(), self.story());
        }
        assert!(self.relay.ends.values().all(|times| *times == 1));
    }

    /// What went wrong on the way is accepted: relays died and pages were loaded anew in the middle of everything.
    pub(crate) fn forgive_refusals(&mut self, none: bool) {
        for page in self.pages.iter_mut().filter(|_| !none) {
            page.browser.refusals.clear();
        }
    }

    pub(crate) fn assert_no_refusals(&self) {
        for page in &self.pages {
            assert!(page.browser.refusals.is_empty(), "{}: {:#?}\n{}", page.user, page.browser.refusals, self.story());
        }
    }

    /// How each tab remembers a call.
    pub(crate) fn remembered(&self, page: usize) -> Vec<EndReason> {
        self.view(page).recent.iter().map(|call| call.reason).collect()
    }

    /// A call that rings there was answered already, as far as the browser is concerned.
    pub(crate) fn has_an_answer_ready(&self, page: usize) -> bool {
        let mut connections = self.pages[page].browser.connections.values();
        self.view(page).incoming.is_some() && connections.any(Connection::has_answered)
    }

    pub(crate) fn said(&self, page: usize, kind: &str) -> usize {
        self.pages[page].said.iter().filter(|message| message.kind() == kind).count()
    }

    /// The last of what happened.
    pub(crate) fn story(&self) -> String {
        Vec::from(self.log.clone()).join("\n")
    }

    pub(super) fn note(&mut self, page: usize, arrow: &str, what: &impl std::fmt::Debug) {
        let text = format!("{} {}: {arrow}{}", self.now.as_millis(), self.pages[page].user, short(what));
        if text.contains("ping") || text.contains("pong") || text.ends_with("Tick") {
            return;
        }
        if self.log.len() == 150 {
            self.log.pop_front();
        }
        self.log.push_back(text);
    }
}
