//! The connection to the relay: made, kept alive, found again.
//!
//! ```text
//!                 sign in               opened               welcome
//!  SignedOut ─────────────▶ Opening ─────────────▶ Greeting ─────────▶ Online
//!                            ▲   │ gave up            │ lost             │ lost
//!                   back-off │   ▼                    ▼                  ▼
//!                            └ Waiting ◀──────────────┴──────────────────┘
//! ```
//! Two states wait for something else: `Refused` for another token, `Outdated` for the page to be reloaded.
//!
//! The first frame is `hello`, or `resume` where there was a session. Requests stay in the [`Outbox`] until they are
//! answered. Frames with a `seq` are let through once: a WebSocket keeps their order, so one that is not greater than
//! the last has been seen, and a gap is only a frame that this version cannot read.

mod outbox;

use std::collections::VecDeque;
use std::time::Duration;

use protocol::frame::{self, RelayFrame, Seq};
use protocol::{CallError, CallId, ClientMessage, DeviceId, ErrorCode, Hello, Ping, RelayMessage, Resume, SessionId};
use protocol::{VERSION, Welcome};

use crate::rng::Rng;
use crate::{LinkView, Output, Time};
use outbox::Outbox;

/// Nothing heard for so long means that the connection is dead. Shorter would cut phones that sleep between two pings.
pub(crate) const SILENCE: Duration = Duration::from_secs(10);
/// How long a probe may stay unanswered, and how long an attempt may last that began before the network changed.
const PROBE: Duration = Duration::from_secs(2);
/// How long opening a socket and being welcomed may take, each.
const PATIENCE: Duration = Duration::from_secs(10);
/// An attempt younger than this is not begun anew: several signs of a change come at once.
const FRESH: Duration = Duration::from_millis(250);
/// The longest first pause between attempts, in milliseconds; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: u64 = 500;
/// The longest pause there is, in milliseconds: what a relay's return costs at most.
const LONGEST_PAUSE: u64 = 10_000;
/// The same for whoever is in a call, for as long as the others wait for them ([`HURRY`]): who is in one is one of few.
const LONGEST_PAUSE_IN_CALL: u64 = 2_000;
/// A call that is lost for longer is over.
const HURRY: Duration = Duration::from_secs(120);
/// RFC 6455 registry: "try again later". The relay is short of room, so the pause starts longer.
const TRY_AGAIN_LATER: u16 = 1013;
/// Another page took this session and its device id; this one comes back as a device of its own.
const TAKEN_OVER: u16 = 4000;

/// What a frame meant, as far as it is for others than the link.
pub(crate) enum News {
    /// The session has begun, or goes on.
    Welcome(Welcome),
    /// Something that nobody here asked for.
    Message(RelayMessage),
    /// What the relay says to a request.
    Reply(ClientMessage, RelayMessage),
}

enum State {
    SignedOut,
    Waiting,
    Opening { give_up: Time },
    Greeting { give_up: Time },
    Online { dead: Time, next_ping: Time, asked: Option<Time> },
    Refused,
    Outdated,
}

/// The link machine.
pub(crate) struct Link {
    state: State,
    token: Option<String>,
    device: Option<DeviceId>,
    session: Option<SessionId>,
    last_seq: Seq,
    outbox: Outbox,
    ping_every: Duration,
    /// Pauses since the relay was last known to be well.
    attempts: u32,
    /// There is a call that the relay should hear of.
    in_call: bool,
    /// When the next attempt begins, or the last one began.
    next_try: Time,
    /// Since when a connection that was there once is away.
    lost: Option<Time>,
    /// Since when the first connection is sought and not found.
    sought: Option<Time>,
    rng: Rng,
}

impl Link {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            state: State::SignedOut,
            token: None,
            device: None,
            session: None,
            last_seq: 0,
            outbox: Outbox::default(),
            ping_every: Duration::from_secs(5),
            attempts: 0,
            in_call: false,
            next_try: Time::default(),
            lost: None,
            sought: None,
            rng: Rng::new(seed),
        }
    }

    /// This device's address in calls.
    pub(crate) fn device(&self) -> Option<&DeviceId> {
        self.device.as_ref()
    }

    pub(crate) fn is_online(&self) -> bool {
        matches!(self.state, State::Online { .. })
    }

    pub(crate) fn is_signed_out(&self) -> bool {
        matches!(self.state, State::SignedOut)
    }

    /// A relay has welcomed this page since it was signed in, whether it is there now or not.
    pub(crate) fn was_online(&self) -> bool {
        self.is_online() || self.lost.is_some()
    }

    /// Whether this device is in a call, from now on.
    pub(crate) fn set_in_call(&mut self, in_call: bool) {
        self.in_call = in_call;
    }

    pub(crate) fn rng(&mut self) -> &mut Rng {
        &mut self.rng
    }

    pub(crate) fn view(&self) -> LinkView {
        match (&self.state, self.lost) {
            (State::SignedOut, _) => LinkView::SignedOut,
            (State::Outdated, _) => LinkView::Outdated,
            (State::Online { .. }, _) => LinkView::Online,
            (_, Some(since)) => LinkView::Lost { since, next_try: self.next_try },
            // One attempt may fail for many a reason.
            (_, None) => match self.sought.filter(|_| self.attempts >= 2) {
                Some(since) => LinkView::Lost { since, next_try: self.next_try },
                None => LinkView::Connecting,
            },
        }
    }

    pub(crate) fn deadline(&self) -> Option<Time> {
        match self.state {
            State::SignedOut | State::Refused | State::Outdated => None,
            State::Waiting => Some(self.next_try),
            State::Opening { give_up } | State::Greeting { give_up } => Some(give_up),
            State::Online { dead, next_ping, .. } => Some(dead.min(next_ping)),
        }
    }

    /// Connects as whoever the token names. With a connection there already, the token is for the next one.
    pub(crate) fn sign_in(
        &mut self,
        now: Time,
        token: String,
        device: Option<DeviceId>,
        outputs: &mut VecDeque<Output>,
    ) {
        self.token = Some(token);
        if self.device.is_none() {
            self.device = device;
        }
        if matches!(self.state, State::SignedOut | State::Waiting | State::Refused) {
            self.connect(now, outputs);
        }
    }

    /// Forgets everything but the dice.
    pub(crate) fn sign_out(&mut self, outputs: &mut VecDeque<Output>) {
        if !matches!(self.state, State::SignedOut) {
            outputs.push_back(Output::Disconnect);
        }
        let seed = self.rng.next();
        *self = Self::new(seed);
    }

    /// Asks something of the relay, now or as soon as it is there.
    pub(crate) fn request(&mut self, message: ClientMessage, outputs: &mut VecDeque<Output>) {
        if !matches!(self.state, State::SignedOut) {
            let heard = self.is_online().then_some(self.last_seq);
            self.outbox.push(message, heard, outputs);
        }
    }

    /// Drops what was never sent about a call; see [`Outbox::unsay`].
    pub(crate) fn unsay(&mut self, call_id: &CallId) -> bool {
        self.outbox.unsay(call_id)
    }

    /// Drops a request for a room that was never sent; see [`Outbox::unsay_room`].
    pub(crate) fn unsay_room(&mut self) -> bool {
        self.outbox.unsay_room()
    }

    /// The socket is open.
    pub(crate) fn opened(&mut self, now: Time, outputs: &mut VecDeque<Output>) {
        if matches!(self.state, State::Opening { .. }) {
            self.state = State::Greeting { give_up: now + PATIENCE };
            self.greet(outputs);
        }
    }

    /// The socket closed by itself.
    pub(crate) fn closed(&mut self, now: Time, code: u16) {
        if !self.has_socket() {
            return;
        }
        if code == TRY_AGAIN_LATER {
            self.attempts = self.attempts.max(2);
        }
        if code == TAKEN_OVER {
            self.session = None;
            self.device = None;
        }
        self.wait(now);
    }

    /// The network may be back, or another.
    pub(crate) fn network_changed(&mut self, now: Time, outputs: &mut VecDeque<Output>) {
        match &mut self.state {
            State::SignedOut | State::Refused | State::Outdated => {}
            State::Waiting => {
                self.attempts = 0;
                self.connect(now, outputs);
            }
            // An attempt over the old network leads nowhere; one that has only just begun may be over the new one.
            State::Opening { .. } | State::Greeting { .. } if now.since(self.next_try) >= FRESH => {
                self.connect(now, outputs);
            }
            State::Opening { give_up } | State::Greeting { give_up } => *give_up = (*give_up).min(now + PROBE),
            State::Online { .. } => self.probe(now, outputs),
        }
    }

    /// The connection there is is certainly dead: makes another at once, which the relay takes for the same session.
    pub(crate) fn renew(&mut self, now: Time, outputs: &mut VecDeque<Output>) {
        if let State::Online { .. } = self.state {
            outputs.push_back(Output::Disconnect);
            self.note_loss(now);
            self.attempts = 0;
            self.connect(now, outputs);
        } else {
            self.network_changed(now, outputs);
        }
    }

    /// Does what is due.
    pub(crate) fn tick(&mut self, now: Time, outputs: &mut VecDeque<Output>) {
        match self.state {
            State::Waiting if self.next_try <= now => self.connect(now, outputs),
            State::Opening { give_up } | State::Greeting { give_up } if give_up <= now => self.lose(now, outputs),
            State::Online { dead, asked, .. } if dead <= now => match asked {
                Some(asked) if now.since(asked) >= PROBE => self.lose(now, outputs),
                // The timer came late (a page asleep, a hidden tab): silence says nothing if nothing was asked.
                _ => self.probe(now, outputs),
            },
            State::Online { next_ping, .. } if next_ping <= now => self.ping(now, outputs),
            _ => {}
        }
    }

    /// Reads a frame.
    pub(crate) fn frame(&mut self, now: Time, text: &str, outputs: &mut VecDeque<Output>) -> Option<News> {
        if let State::Online { dead, asked, .. } = &mut self.state {
            *dead = now + SILENCE;
            *asked = None;
        }
        let frame = RelayFrame::read(text).ok()?;
        match (&self.state, frame.message) {
            (State::Greeting { .. }, RelayMessage::Welcome(welcome)) => Some(self.welcomed(now, welcome, outputs)),
            (State::Greeting { .. } | State::Online { .. }, RelayMessage::CallError(error)) if frame.id.is_none() => {
                self.refused(now, &error, outputs);
                None
            }
            (State::Online { .. }, RelayMessage::Pong(_)) => {
                self.attempts = 0;
                None
            }
            (State::Online { .. }, message) => {
                self.is_new(frame.seq).then(|| match frame.id.and_then(|id| self.outbox.answered(id)) {
                    Some(request) => News::Reply(request, message),
                    None => News::Message(message),
                })
            }
            _ => None,
        }
    }

    fn is_new(&mut self, seq: Option<Seq>) -> bool {
        let Some(seq) = seq else { return true };
        let new = seq > self.last_seq;
        self.last_seq = self.last_seq.max(seq);
        new
    }

    fn welcomed(&mut self, now: Time, welcome: Welcome, outputs: &mut VecDeque<Output>) -> News {
        if !welcome.resumed {
            self.last_seq = 0;
            self.outbox.begin_afresh();
        }
        if self.device.as_ref() != Some(&welcome.device) || self.session.is_none() {
            outputs.push_back(Output::Remember(welcome.device.clone()));
        }
        self.session = Some(welcome.session.clone());
        self.device = Some(welcome.device.clone());
        self.ping_every = Duration::from_millis(u64::from(welcome.ping_interval_ms.clamp(1_000, 60_000)));
        (self.lost, self.sought) = (None, None);
        self.state = State::Online { dead: now + SILENCE, next_ping: now + self.ping_every, asked: None };
        self.outbox.send_all(self.last_seq, outputs);
        News::Welcome(welcome)
    }

    /// An error about the connection itself.
    fn refused(&mut self, now: Time, error: &CallError, outputs: &mut VecDeque<Output>) {
        match error.code {
            ErrorCode::NoSession if matches!(self.state, State::Greeting { .. }) => {
                self.session = None;
                self.greet(outputs);
            }
            ErrorCode::BadToken | ErrorCode::ExpiredToken => {
                self.leave(now, State::Refused, outputs);
                outputs.push_back(Output::TokenRefused { expired: error.code == ErrorCode::ExpiredToken });
            }
            ErrorCode::UnsupportedVersion => self.leave(now, State::Outdated, outputs),
            _ => {}
        }
    }

    fn leave(&mut self, now: Time, state: State, outputs: &mut VecDeque<Output>) {
        self.note_loss(now);
        self.next_try = now;
        self.state = state;
        outputs.push_back(Output::Disconnect);
    }

    fn greet(&self, outputs: &mut VecDeque<Output>) {
        let token = self.token.clone().unwrap_or_default();
        let message = match self.session.clone() {
            Some(session) => ClientMessage::from(Resume { protocol: VERSION, token, session, last_seq: self.last_seq }),
            None => ClientMessage::from(Hello { protocol: VERSION, token, device: self.device.clone() }),
        };
        transmit(&message, outputs);
    }

    fn ping(&mut self, now: Time, outputs: &mut VecDeque<Output>) {
        if let State::Online { next_ping, asked, .. } = &mut self.state {
            *next_ping = now + self.ping_every;
            asked.get_or_insert(now);
            transmit(&ClientMessage::from(Ping { last_seq: self.last_seq }), outputs);
        }
    }

    /// A ping that must be answered soon.
    fn probe(&mut self, now: Time, outputs: &mut VecDeque<Output>) {
        self.ping(now, outputs);
        if let State::Online { dead, asked, .. } = &mut self.state {
            *asked = Some(now);
            *dead = now + PROBE;
        }
    }

    fn connect(&mut self, now: Time, outputs: &mut VecDeque<Output>) {
        self.next_try = now;
        self.state = State::Opening { give_up: now + PATIENCE };
        outputs.push_back(Output::Connect);
    }

    /// Gives the socket up and tries again.
    fn lose(&mut self, now: Time, outputs: &mut VecDeque<Output>) {
        outputs.push_back(Output::Disconnect);
        self.wait(now);
    }

    /// Full jitter: anything up to the longest pause, so that pages that were lost together do not all come back
    /// together. No pause at all would be a deadline that is there already.
    fn wait(&mut self, now: Time) {
        self.note_loss(now);
        let hurry = self.in_call && self.lost.is_none_or(|lost| now.since(lost) < HURRY);
        let most = if hurry { LONGEST_PAUSE_IN_CALL } else { LONGEST_PAUSE };
        let longest = FIRST_PAUSE.saturating_mul(1 << self.attempts.min(16)).min(most);
        self.attempts = self.attempts.saturating_add(1);
        self.next_try = now + Duration::from_millis(self.rng.up_to(longest).max(1));
        self.state = State::Waiting;
    }

    fn note_loss(&mut self, now: Time) {
        if self.is_online() {
            self.lost = Some(now);
        } else {
            self.sought.get_or_insert(now);
        }
    }

    fn has_socket(&self) -> bool {
        matches!(self.state, State::Opening { .. } | State::Greeting { .. } | State::Online { .. })
    }
}

fn transmit(message: &ClientMessage, outputs: &mut VecDeque<Output>) {
    outputs.push_back(Output::Transmit(frame::write(message.kind(), None, None, &message.data())));
}
