//! The load generator: many people on one thread, who ring each other over a server and time what arrives.
//!
//! One epoll instance, plain sockets, frames put together by hand. It is meant to cost less than the server it
//! measures and to run on another core.

mod alo;
mod dialect;
mod error;
mod person;
mod plain;
mod regular;
mod sample;
mod script;
mod sign_in;
mod socket;
mod socketio;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

pub(crate) use dialect::Dialect;
use dialect::Heard;
pub(crate) use error::LoadError;
pub(crate) use person::Person;
use regular::Round;
use sample::Sample;
use script::{Line, Pair, Side, Step, TALK};
pub(crate) use sign_in::sign_in;
use socket::{Received, Socket};

/// Handshakes under way at once: within every server's accept queue.
const OPENING: usize = 100;
/// Opening everything may take this long.
const OPEN_WITHIN: Duration = Duration::from_secs(90);
/// An acknowledgement that was asked for comes within this.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(10);

/// How calls are begun.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Pace {
    /// So many calls at once: when one is over, the pair that rested longest begins the next.
    AtOnce(usize),
    /// So many calls a second, whether or not the server keeps up.
    PerSecond(f64),
    /// Nobody begins a call.
    Quiet,
}

/// What happened during [`Load::run`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Calls that came to their end.
    pub(crate) calls: u64,
    /// Calls that should have begun while everybody was still busy: the pace was not held.
    pub(crate) skipped: u64,
    /// How long each forwarded message took, in microseconds, in order of arrival.
    pub(crate) latencies: Vec<f32>,
    /// How long it ran.
    pub(crate) elapsed: Duration,
}

/// People connected to one server.
pub(crate) struct Load {
    dialect: Dialect,
    server: SocketAddrV4,
    epoll: Epoll,
    people: Vec<Someone>,
    pairs: Vec<Pair>,
    free: VecDeque<usize>,
    /// Pairs in a call, and when it is over: the first is the first.
    talking: VecDeque<(Instant, usize)>,
    pace: Pace,
    tally: Tally,
    ready: usize,
    sample: Sample,
    input: Vec<u8>,
    text: Vec<u8>,
    /// How long calls last.
    talk: Duration,
    pings: Round,
    reports: Round,
}

struct Someone {
    person: Person,
    socket: Socket,
    /// Welcome on this connection: before, nothing may be said but the greeting.
    ready: bool,
}

impl Load {
    /// Connects everybody to the server on `port`, each from one of the loopback addresses in turn, and waits until
    /// they are welcome. Neighbours in the list are pairs; with `hold`, their calls last until the load is dropped.
    ///
    /// # Errors
    /// When the server does not let everybody in within 90 s.
    pub(crate) fn open(dialect: Dialect, port: u16, people: Vec<Person>, hold: bool) -> Result<Self, LoadError> {
        let now = Instant::now();
        let pairs = people.len() / 2;
        let mut load = Self {
            dialect,
            server: SocketAddrV4::new(Ipv4Addr::LOCALHOST, port),
            epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
            people: Vec::with_capacity(people.len()),
            pairs: (0..pairs).map(|_| Pair::new(dialect.server(), dialect.batches(), hold, now)).collect(),
            free: (0..pairs).collect(),
            talking: VecDeque::new(),
            pace: Pace::Quiet,
            tally: Tally::default(),
            ready: 0,
            sample: Sample::new(),
            input: Vec::new(),
            text: Vec::new(),
            talk: TALK,
            pings: Round::of_pings(now),
            reports: Round::of_reports(now),
        };
        for person in people {
            load.admit(person)?;
            load.open_at_most(OPENING, now)?;
        }
        load.open_at_most(0, now)?;
        Ok(load)
    }

    /// Makes calls last that long from now on. In calls of more than a few seconds people also report how well they
    /// hear each other.
    pub(crate) fn talk_for(&mut self, talk: Duration) {
        self.talk = talk;
    }

    /// How many people are welcome.
    pub(crate) fn people(&self) -> usize {
        self.ready
    }

    /// How many calls are talking.
    pub(crate) fn talking(&self) -> usize {
        self.talking.len()
    }

    /// Plays for a while.
    ///
    /// # Errors
    /// When the server refuses, closes or loses something: then there is nothing to measure.
    pub(crate) fn run(&mut self, pace: Pace, duration: Duration) -> Result<Tally, LoadError> {
        let start = Instant::now();
        self.pace = pace;
        self.tally = Tally::default();
        let mut begun = 0.0;
        loop {
            let elapsed = start.elapsed();
            if elapsed >= duration {
                break;
            }
            match pace {
                Pace::AtOnce(calls) => self.fill_up(calls)?,
                Pace::PerSecond(rate) => self.begin_due(&mut begun, rate * elapsed.as_secs_f64())?,
                Pace::Quiet => {}
            }
            self.say_what_is_due()?;
            self.turn(2)?;
        }
        self.check_stalled()?;
        self.tally.elapsed = start.elapsed();
        Ok(std::mem::take(&mut self.tally))
    }

    /// Begins a call with every pair and waits until all of them last.
    ///
    /// # Errors
    /// As [`Load::run`].
    pub(crate) fn hold_all(&mut self) -> Result<(), LoadError> {
        // A few at a time, as calls come to a relay, not all in one moment.
        while let Some(pair) = self.free.pop_front() {
            self.begin(pair)?;
            self.turn(0)?;
        }
        while !self.pairs.iter().all(Pair::is_held) {
            self.say_what_is_due()?;
            self.turn(2)?;
            self.check_stalled()?;
        }
        Ok(())
    }

    /// Lets the calls under way come to their end, and gives everybody back as they are now.
    ///
    /// # Errors
    /// As [`Load::run`].
    pub(crate) fn close(mut self) -> Result<Vec<Person>, LoadError> {
        self.pace = Pace::Quiet;
        while !self.pairs.iter().all(|pair| pair.is_free() || pair.is_held()) {
            self.turn(2)?;
            self.check_stalled()?;
        }
        self.ask_for_what_is_owed()?;
        let since = Instant::now();
        while self.owed().next().is_some() {
            self.turn(2)?;
            if since.elapsed() > ACKNOWLEDGED_WITHIN {
                return Err(LoadError::Unacknowledged(self.owed().count()));
            }
        }
        Ok(self.people.into_iter().map(|someone| someone.person).collect())
    }

    /// Those who wait for acknowledgements.
    fn owed(&self) -> impl Iterator<Item = usize> {
        let sides = [Side::Caller, Side::Callee];
        let pairs = self.pairs.iter().flat_map(move |pair| sides.map(|side| pair.is_owed(side)));
        pairs.enumerate().filter_map(|(at, owed)| owed.then_some(at))
    }

    /// Acknowledgements may come with the answer to the next ping: has everybody who waits for some say one.
    fn ask_for_what_is_owed(&mut self) -> Result<(), LoadError> {
        for at in self.owed().collect::<Vec<_>>() {
            self.ping(at)?;
        }
        Ok(())
    }

    fn admit(&mut self, person: Person) -> Result<(), LoadError> {
        let at = self.people.len();
        let socket = Socket::open(self.server, source(at), &self.dialect.path(&person))?;
        self.epoll.add(&socket, EpollEvent::new(EpollFlags::EPOLLIN, at as u64))?;
        self.people.push(Someone { person, socket, ready: false });
        Ok(())
    }

    fn open_at_most(&mut self, opening: usize, since: Instant) -> Result<(), LoadError> {
        while self.people.len() - self.ready > opening {
            if since.elapsed() > OPEN_WITHIN {
                return Err(LoadError::Slow(self.ready, self.people.len()));
            }
            self.say_what_is_due()?;
            self.turn(10)?;
        }
        Ok(())
    }

    fn fill_up(&mut self, calls: usize) -> Result<(), LoadError> {
        while self.pairs.len() - self.free.len() < calls
            && let Some(pair) = self.free.pop_front()
        {
            self.begin(pair)?;
        }
        Ok(())
    }

    fn begin_due(&mut self, begun: &mut f64, due: f64) -> Result<(), LoadError> {
        while *begun < due {
            *begun += 1.0;
            match self.free.pop_front() {
                Some(pair) => self.begin(pair)?,
                None => self.tally.skipped += 1,
            }
        }
        Ok(())
    }

    fn begin(&mut self, pair: usize) -> Result<(), LoadError> {
        let Some(call) = self.pairs.get_mut(pair) else { return Ok(()) };
        let lines = call.start(Instant::now());
        if let Some(caller) = self.people.get_mut(2 * pair) {
            caller.person.calls += 1;
        }
        self.say(pair, lines)
    }

    /// Waits for at most so many milliseconds and handles what has arrived.
    fn turn(&mut self, wait: u8) -> Result<(), LoadError> {
        self.say_goodbyes()?;
        let mut events = [EpollEvent::empty(); 256];
        let count = match self.epoll.wait(&mut events, EpollTimeout::from(wait)) {
            Ok(count) => count,
            Err(Errno::EINTR) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        for event in events.iter().take(count) {
            let Ok(at) = usize::try_from(event.data()) else { continue };
            if event.events().contains(EpollFlags::EPOLLOUT) {
                self.send_rest(at)?;
            }
            if event.events().intersects(EpollFlags::EPOLLIN | EpollFlags::EPOLLHUP) {
                self.receive(at)?;
            }
        }
        Ok(())
    }

    fn say_goodbyes(&mut self) -> Result<(), LoadError> {
        let now = Instant::now();
        while let Some((_, pair)) = self.talking.pop_front_if(|(due, _)| *due <= now) {
            let bye = self.pairs.get_mut(pair).map(|call| call.leave(now));
            self.say(pair, bye.into_iter().collect())?;
        }
        Ok(())
    }

    fn receive(&mut self, at: usize) -> Result<(), LoadError> {
        let Some(someone) = self.people.get_mut(at) else { return Ok(()) };
        let mut received = someone.socket.receive(std::mem::take(&mut self.input))?;
        while let Some(frame) = received.next()? {
            match frame {
                Received::Opened => self.greet(at)?,
                Received::Text(text) => self.hear(at, text)?,
                Received::Ping(payload) => self.pong(at, payload)?,
            }
        }
        let Some(someone) = self.people.get_mut(at) else { return Ok(()) };
        self.input = someone.socket.keep(received);
        Ok(())
    }

    fn greet(&mut self, at: usize) -> Result<(), LoadError> {
        let Some(someone) = self.people.get_mut(at) else { return Ok(()) };
        match self.dialect.greeting(&someone.person) {
            Some(text) => self.send(at, text.as_bytes()),
            None => Ok(()),
        }
    }

    fn hear(&mut self, at: usize, frame: &[u8]) -> Result<(), LoadError> {
        let Some(someone) = self.people.get_mut(at) else { return Ok(()) };
        let heard = self.dialect.hear(frame, &mut someone.person);
        let side = if at.is_multiple_of(2) { Side::Caller } else { Side::Callee };
        let pair = at / 2;
        let now = Instant::now();
        let Some(call) = self.pairs.get_mut(pair) else { return self.hear_alone(at, heard) };
        let step = match heard {
            Heard::Said(step) => step,
            Heard::Acknowledged => {
                call.acknowledged(side);
                return Ok(());
            }
            other => return self.hear_alone(at, other),
        };
        let talked = call.is_talking();
        let (lines, latency) = call.heard(side, step, now);
        self.tally.latencies.extend(latency.map(|latency| latency.as_secs_f32() * 1e6));
        if call.is_talking() && !talked {
            self.talking.push_back((now + self.talk, pair));
        }
        let over = (side, step) == (Side::Callee, Step::Bye);
        self.say(pair, lines)?;
        if over { self.over(pair) } else { Ok(()) }
    }

    fn hear_alone(&mut self, at: usize, heard: Heard) -> Result<(), LoadError> {
        match heard {
            Heard::Welcome => {
                self.ready += 1;
                if let Some(someone) = self.people.get_mut(at) {
                    someone.ready = true;
                }
            }
            Heard::Answer(text) => self.send(at, text.as_bytes())?,
            Heard::Refused(text) => return Err(LoadError::Refused(text)),
            Heard::Said(_) | Heard::Acknowledged | Heard::Nothing => {}
        }
        Ok(())
    }

    fn over(&mut self, pair: usize) -> Result<(), LoadError> {
        self.tally.calls += 1;
        self.free.push_back(pair);
        if let Pace::AtOnce(calls) = self.pace { self.fill_up(calls) } else { Ok(()) }
    }

    fn say(&mut self, pair: usize, lines: Vec<Line>) -> Result<(), LoadError> {
        for line in lines {
            let at = 2 * pair + usize::from(line.0 == Side::Callee);
            let mut text = std::mem::take(&mut self.text);
            text.clear();
            self.word(at, line, &mut text);
            // Timed before the write: the other side may have it before the call returns.
            if let Some(call) = self.pairs.get_mut(pair) {
                call.said(line, Instant::now());
            }
            let sent = self.send(at, &text);
            self.text = text;
            sent?;
        }
        Ok(())
    }

    fn word(&mut self, at: usize, line: Line, text: &mut Vec<u8>) {
        let start = at - at % 2;
        let Some([caller, callee]) = self.people.get_mut(start..start + 2) else { return };
        let (from, to) = if at == start { (caller, callee) } else { (callee, caller) };
        self.dialect.say(line, &self.sample, &mut from.person, &to.person, text);
    }

    fn pong(&mut self, at: usize, payload: &[u8]) -> Result<(), LoadError> {
        let Some(someone) = self.people.get_mut(at) else { return Ok(()) };
        someone.socket.pong(payload)?;
        self.watch(at)
    }

    fn send(&mut self, at: usize, text: &[u8]) -> Result<(), LoadError> {
        let Some(someone) = self.people.get_mut(at) else { return Ok(()) };
        someone.socket.send(text)?;
        self.watch(at)
    }

    fn send_rest(&mut self, at: usize) -> Result<(), LoadError> {
        let Some(someone) = self.people.get_mut(at) else { return Ok(()) };
        someone.socket.send_rest()?;
        self.watch(at)
    }

    /// Asks to be told when a socket takes more, while something waits for that.
    fn watch(&mut self, at: usize) -> Result<(), LoadError> {
        let Some(someone) = self.people.get_mut(at) else { return Ok(()) };
        if !someone.socket.waiting_changed() {
            return Ok(());
        }
        let wanted = if someone.socket.is_waiting() { EpollFlags::EPOLLOUT } else { EpollFlags::empty() };
        let mut event = EpollEvent::new(EpollFlags::EPOLLIN | wanted, at as u64);
        self.epoll.modify(&someone.socket, &mut event)?;
        Ok(())
    }

    fn ping(&mut self, at: usize) -> Result<(), LoadError> {
        let Some(someone) = self.people.get(at) else { return Ok(()) };
        let text = someone.ready.then(|| self.dialect.ping(&someone.person)).flatten();
        text.map_or(Ok(()), |text| self.send(at, text.as_bytes()))
    }

    fn check_stalled(&self) -> Result<(), LoadError> {
        let now = Instant::now();
        match self.pairs.iter().find_map(|pair| pair.stalled(now)) {
            Some(stage) => Err(LoadError::Stalled(stage)),
            None => Ok(()),
        }
    }
}

/// Loopback addresses in turn, so that neither the ports of one address nor what a server allows an address run out.
pub(crate) fn source(at: usize) -> Ipv4Addr {
    const ADDRESSES: usize = 200;
    let last = u8::try_from(at % ADDRESSES).unwrap_or(0);
    Ipv4Addr::new(127, 0, 1, last + 1)
}
