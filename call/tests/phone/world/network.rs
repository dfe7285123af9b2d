//! Frames and sockets on their way, and what befalls them.

use std::time::Duration;

use call::record::Loss;
use call::{Input, LinkEvent, Time};
use protocol::frame::ClientFrame;

use super::relay::{Out, Socket};
use super::{Happening, Page, World};

impl World {
    /// The page is loaded anew: what it remembers is its device.
    pub(crate) fn reloads(&mut self, page: usize) {
        // Another seed each time: what a page before it called its connections must not come again.
        let seed = self.count;
        let old = &self.pages[page];
        let mut new = Page::new(self.now, &old.user, seed);
        new.remembered.clone_from(&old.remembered);
        new.refused.clone_from(&old.refused);
        let gone = old.socket;
        self.pages[page] = new;
        if let Some(socket) = gone {
            self.later(5, Happening::ClosesAtRelay(socket, Loss::Closed));
        }
        self.forget_paths(page);
        self.sign_in(page);
    }

    /// A tab is duplicated: the copy remembers what the first did.
    pub(crate) fn copies_device(&mut self, from: usize, to: usize) {
        self.pages[to].remembered = self.pages[from].remembered.clone();
    }

    /// The socket breaks; the page hears of it at once.
    pub(crate) fn cuts(&mut self, page: usize) {
        if let Some(socket) = self.pages[page].socket {
            self.later(0, Happening::ClosesAtPage(page, socket, 1006));
            self.later(0, Happening::ClosesAtRelay(socket, Loss::Closed));
        }
    }

    /// No frame gets through any more, and nobody notices at once.
    pub(crate) fn unplugs(&mut self, page: usize) {
        self.pages[page].unplugged = true;
        if let Some(socket) = self.pages[page].socket {
            self.later(15_000, Happening::ClosesAtRelay(socket, Loss::Silent));
        }
        for other in 0..self.pages.len() {
            self.separates(page, other);
        }
    }

    pub(crate) fn plugs_in(&mut self, page: usize) {
        self.pages[page].unplugged = false;
        for other in 0..self.pages.len() {
            self.reunites(page, other);
        }
        self.handle(page, Input::Link(LinkEvent::NetworkChanged));
    }

    /// The machine sleeps: nothing of it runs, and nothing reaches it.
    pub(crate) fn sleeps(&mut self, page: usize) {
        self.unplugs(page);
        self.pages[page].asleep = Some(Vec::new());
    }

    /// It wakes, and nobody says so: what was to happen meanwhile happens now, in its order.
    pub(crate) fn wakes(&mut self, page: usize) {
        self.pages[page].unplugged = false;
        for other in 0..self.pages.len() {
            self.reunites(page, other);
        }
        for happening in self.pages[page].asleep.take().into_iter().flatten() {
            self.later(0, happening);
        }
    }

    /// The page's program stands still: whatever happens waits, and its browser goes on.
    pub(crate) fn stalls(&mut self, page: usize) {
        self.pages[page].asleep = Some(Vec::new());
    }

    /// The page is frozen by its system, with its connections: nothing of it gets through, nothing breaks.
    pub(crate) fn freezes(&mut self, page: usize) {
        self.stalls(page);
        (0..self.pages.len()).for_each(|other| self.separates(page, other));
    }

    /// The browsers of two pages do not reach each other.
    pub(crate) fn separates(&mut self, one: usize, other: usize) {
        self.cut.insert((one.min(other), one.max(other)));
        self.look_at_paths();
    }

    pub(crate) fn reunites(&mut self, one: usize, other: usize) {
        self.cut.remove(&(one.min(other), one.max(other)));
        self.look_at_paths();
    }

    /// The relay dies, and forgets everything.
    pub(crate) fn relay_dies(&mut self) {
        self.relay.forget();
        self.relay_down = true;
        self.open.clear();
        for page in 0..self.pages.len() {
            if let Some(socket) = self.pages[page].socket {
                self.later(0, Happening::ClosesAtPage(page, socket, 1006));
            }
        }
    }

    pub(super) fn drain_relay(&mut self) {
        for out in std::mem::take(&mut self.relay.out) {
            match out {
                Out::Frame(socket, text) => {
                    let times = if self.twice && text.contains("\"seq\":") { 2 } else { 1 };
                    for _ in 0..times {
                        let at = self.in_order(socket, false);
                        if let Some(page) = self.pages.iter().position(|page| page.socket == Some(socket)) {
                            self.at(at, Happening::AtPage(page, socket, text.clone()));
                        }
                    }
                }
                Out::Close(socket, code) => {
                    self.open.remove(&socket);
                    let at = self.in_order(socket, false);
                    if let Some(page) = self.pages.iter().position(|page| page.socket == Some(socket)) {
                        self.at(at, Happening::ClosesAtPage(page, socket, code));
                    }
                }
            }
        }
    }

    /// Whether a frame gets through, to the page or from it; if not, none after it does.
    pub(super) fn gets_through(&mut self, page: usize, socket: Socket) -> bool {
        if self.pages[page].unplugged {
            self.stalled.insert(socket);
        }
        !self.stalled.contains(&socket)
    }

    /// When a frame sent now arrives: after some time, and after those before it.
    pub(super) fn in_order(&mut self, socket: Socket, up: bool) -> Time {
        let at = self.now + Duration::from_millis(1 + self.dice.up_to(self.delay));
        let last = if up { &mut self.last_up } else { &mut self.last_down }.entry(socket).or_default();
        *last = at.max(*last);
        *last
    }

    pub(super) fn drop_socket(&mut self, page: usize) {
        self.pages[page].open = false;
        if let Some(socket) = self.pages[page].socket.take().filter(|_| !self.pages[page].unplugged) {
            // What was sent before still arrives.
            let at = self.in_order(socket, true);
            self.at(at, Happening::ClosesAtRelay(socket, Loss::Closed));
        }
    }

    pub(super) fn transmit(&mut self, page: usize, text: String) {
        assert!(self.pages[page].open, "sent without an open socket: {text}");
        let socket = self.pages[page].socket.expect("it is open");
        let message = ClientFrame::read(&text).expect("a phone says only what can be read").message;
        self.check_consent(page, &message);
        self.pages[page].did.push(message.kind().into());
        self.pages[page].said.push(message);
        if self.gets_through(page, socket) {
            let at = self.in_order(socket, true);
            self.at(at, Happening::AtRelay(socket, text));
        }
    }
}
