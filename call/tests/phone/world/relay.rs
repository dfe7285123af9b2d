//! A relay without sockets: sessions with their tails, and the calls as the real relay keeps them.

use std::collections::BTreeMap;
use std::time::Duration;

use call::Time;
use call::record::{CallRecord, Called, Effect, Event, Loss, NewCall, NewRoom, Terms};
use protocol::frame::{self, ClientFrame, RelayFrame, RequestId, Seq};
use protocol::{
    Ack, CallError, CallId, CallSnapshot, CallState, CallStatus, CallStatusChanged, ClientMessage, DeviceId, ErrorCode,
    IceServer, IceServers, Invite, Participant, Person, PersonStatus, Pong, RelayMessage, RoomCode, RoomCreated,
    SessionId, UserId, Welcome,
};

pub(crate) type Socket = u32;

/// What the relay wants sent, or closed.
#[derive(Debug)]
pub(crate) enum Out {
    Frame(Socket, String),
    Close(Socket, u16),
}

struct Session {
    device: DeviceId,
    user: Person,
    socket: Option<Socket>,
    lost: Option<Time>,
    seq: Seq,
    tail: Vec<(Seq, String)>,
    replies: BTreeMap<RequestId, String>,
}

/// One relay, or two that cannot see each other's calls if it is `apart`.
pub(crate) struct Relay {
    /// How long it lets a call ring.
    pub(crate) ring: Duration,
    sessions: BTreeMap<SessionId, Session>,
    greeted: BTreeMap<Socket, SessionId>,
    pub(crate) calls: BTreeMap<CallId, CallRecord>,
    rooms: BTreeMap<RoomCode, NewRoom>,
    drawn: u32,
    pub(crate) out: Vec<Out>,
    /// Both calls of a glare ring.
    pub(crate) apart: bool,
    /// Its rooms outlive it.
    pub(crate) writes_rooms_down: bool,
    /// Nobody wants to be disturbed.
    pub(crate) undisturbed: bool,
    /// Everyone wants everyone's ring silent.
    pub(crate) silent: bool,
    /// How many seconds the credentials of its servers are good for.
    pub(crate) good_for: Option<u32>,
    /// No token is good any more.
    pub(crate) refuse: Option<ErrorCode>,
    /// How often each call's end was recorded.
    pub(crate) ends: BTreeMap<CallId, u32>,
}

impl Relay {
    pub(crate) fn new() -> Self {
        Self {
            ring: Terms::default().ring,
            sessions: BTreeMap::new(),
            greeted: BTreeMap::new(),
            calls: BTreeMap::new(),
            rooms: BTreeMap::new(),
            drawn: 0,
            out: Vec::new(),
            apart: false,
            writes_rooms_down: false,
            undisturbed: false,
            silent: false,
            good_for: None,
            refuse: None,
            ends: BTreeMap::new(),
        }
    }

    fn draw(&mut self, kind: &str) -> String {
        self.drawn += 1;
        format!("{kind}_{:016}", self.drawn)
    }

    /// A frame arrived.
    pub(crate) fn frame(&mut self, now: Time, socket: Socket, text: &str) {
        let frame = ClientFrame::read(text).expect("a phone says only what can be read");
        match (frame.message, self.greeted.get(&socket).cloned()) {
            (ClientMessage::Hello(hello), None) => self.hello(now, socket, &hello.token, hello.device),
            (ClientMessage::Resume(resume), None) if self.refuse.is_none() => {
                self.resume(now, socket, &resume.session, resume.last_seq);
            }
            (ClientMessage::Resume(resume), None) => self.hello(now, socket, &resume.token, None),
            (_, None) => panic!("nothing but a greeting comes first"),
            (ClientMessage::Ping(ping), Some(id)) => {
                if let Some(session) = self.sessions.get_mut(&id) {
                    session.tail.retain(|(seq, _)| *seq > ping.last_seq);
                }
                self.bare(socket, &RelayMessage::from(Pong {}));
            }
            (message, Some(session)) => self.request(now, &session, frame.id.expect("requests have an id"), message),
        }
        self.tick(now);
    }

    /// A socket is gone, noticed here.
    pub(crate) fn closed(&mut self, now: Time, socket: Socket, how: Loss) {
        let Some(id) = self.greeted.remove(&socket) else { return };
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.socket = None;
        session.lost = Some(now);
        let device = session.device.clone();
        for call in self.calls_of(&device).into_iter().chain(self.waits_at(&device)) {
            self.apply(now, &call, Event::Lost { device: device.clone(), how });
        }
    }

    /// Loses everything, as a relay that was killed does; rooms may be written down.
    pub(crate) fn forget(&mut self) {
        let rooms = std::mem::take(&mut self.rooms);
        let rooms = if self.writes_rooms_down { rooms } else { BTreeMap::new() };
        *self = Self {
            rooms,
            writes_rooms_down: self.writes_rooms_down,
            drawn: self.drawn,
            apart: self.apart,
            ring: self.ring,
            good_for: self.good_for,
            ..Self::new()
        };
    }

    /// Whoever is away was away for too long, but their calls are still known.
    pub(crate) fn loses_sessions(&mut self) {
        self.sessions.retain(|_, session| session.socket.is_some());
    }

    pub(crate) fn deadline(&self) -> Option<Time> {
        self.calls.values().filter_map(CallRecord::deadline).min()
    }

    pub(crate) fn tick(&mut self, now: Time) {
        let due = |call: &&CallRecord| call.deadline().is_some_and(|deadline| deadline <= now);
        let calls: Vec<CallId> = self.calls.values().filter(due).map(|call| call.id().clone()).collect();
        for call in calls {
            self.apply(now, &call, Event::Tick);
        }
        self.sessions.retain(|_, s| s.lost.is_none_or(|lost| now.since(lost) < Duration::from_secs(120)));
    }

    fn bare(&mut self, socket: Socket, message: &RelayMessage) {
        self.out.push(Out::Frame(socket, frame::write(message.kind(), None, None, &message.data())));
    }

    fn hello(&mut self, now: Time, socket: Socket, token: &str, device: Option<DeviceId>) {
        if let Some(code) = self.refuse {
            self.bare(socket, &CallError::new(code).into());
            self.out.push(Out::Close(socket, 1008));
            return;
        }
        let device = device.unwrap_or_else(|| self.draw("d").parse().unwrap());
        let user = Person { id: token.parse().unwrap(), name: token.to_owned(), avatar: None };
        let other = self.sessions.iter().find(|(_, s)| s.device == device).map(|(id, _)| id.clone());
        if let Some(old) = other.and_then(|id| self.sessions.remove(&id)).and_then(|s| s.socket) {
            self.greeted.remove(&old);
            self.out.push(Out::Close(old, 4000));
        }
        let id: SessionId = self.draw("s").parse().unwrap();
        let session = Session {
            device: device.clone(),
            user,
            socket: Some(socket),
            lost: None,
            seq: 0,
            tail: Vec::new(),
            replies: BTreeMap::new(),
        };
        let user = session.user.clone();
        self.sessions.insert(id.clone(), session);
        self.greeted.insert(socket, id.clone());
        self.welcome(now, socket, &id, false);
        self.announce(&user, CallStatus::Idle);
        let ringing: Vec<CallId> = self
            .calls
            .values()
            .filter(|c| c.rings_for(&user.id) && self.takes_another(&device))
            .map(|c| c.id().clone())
            .collect();
        for call in ringing {
            self.apply(now, &call, Event::Appeared { user: user.id.clone(), device: device.clone(), forgot: true });
        }
    }

    fn resume(&mut self, now: Time, socket: Socket, id: &SessionId, last_seq: Seq) {
        let Some(session) = self.sessions.get_mut(id) else {
            self.bare(socket, &CallError::new(ErrorCode::NoSession).into());
            return;
        };
        session.lost = None;
        if let Some(old) = session.socket.replace(socket) {
            self.greeted.remove(&old);
            self.out.push(Out::Close(old, 4000));
        }
        let missed: Vec<String> =
            session.tail.iter().filter(|(seq, _)| *seq > last_seq).map(|(_, text)| text.clone()).collect();
        self.greeted.insert(socket, id.clone());
        self.welcome(now, socket, id, true);
        self.out.extend(missed.into_iter().map(|text| Out::Frame(socket, text)));
    }

    fn welcome(&mut self, now: Time, socket: Socket, id: &SessionId, resumed: bool) {
        let session = &self.sessions[id];
        let (device, user) = (session.device.clone(), session.user.clone());
        let back = device.clone();
        let calls: Vec<CallSnapshot> = self.calls.values().filter_map(|call| call.snapshot(&device)).collect();
        let others = self.sessions.values().filter(|s| s.user.id != user.id).map(|s| &s.user);
        let people = others.map(|user| PersonStatus { user: user.clone(), status: CallStatus::Idle }).collect();
        let welcome = Welcome {
            protocol: protocol::VERSION,
            session: id.clone(),
            resumed,
            device,
            user,
            ice_servers: self.servers(now).ice_servers,
            ice_expires_in_s: self.good_for,
            relay_only: true,
            people: if resumed { Vec::new() } else { people },
            directory: true,
            calls: if resumed { Vec::new() } else { calls },
            ping_interval_ms: 5_000,
        };
        self.bare(socket, &welcome.into());
        for call in self.calls_of(&back).into_iter().chain(self.waits_at(&back)) {
            self.apply(now, &call, Event::Back { device: back.clone() });
        }
    }

    /// The user name says until when it is good, in milliseconds.
    fn servers(&self, now: Time) -> IceServers {
        let until = self.good_for.map(|seconds| now + Duration::from_secs(u64::from(seconds)));
        let username = until.map(|until| until.as_millis().to_string());
        let server = IceServer { urls: vec!["stun:192.0.2.1".into()], credential: username.clone(), username };
        IceServers { ice_servers: vec![server], expires_in_s: self.good_for }
    }

    fn announce(&mut self, user: &Person, status: CallStatus) {
        let others: Vec<DeviceId> =
            self.sessions.values().filter(|s| s.user.id != user.id).map(|s| s.device.clone()).collect();
        for device in others {
            self.send(&device, None, CallStatusChanged { user: user.clone(), status }.into());
        }
    }

    /// Sends to a device, and keeps it for when its connection is away.
    fn send(&mut self, device: &DeviceId, id: Option<RequestId>, message: RelayMessage) {
        let Some(session) = self.sessions.values_mut().find(|s| s.device == *device) else { return };
        session.seq += 1;
        let text = RelayFrame { id, seq: Some(session.seq), message }.write();
        session.tail.push((session.seq, text.clone()));
        if let Some(id) = id {
            session.replies.insert(id, text.clone());
        }
        if let Some(socket) = session.socket {
            self.out.push(Out::Frame(socket, text));
        }
    }

    fn request(&mut self, now: Time, session: &SessionId, id: RequestId, message: ClientMessage) {
        let known = &self.sessions[session];
        let (device, socket) = (known.device.clone(), known.socket);
        if let Some(reply) = known.replies.get(&id) {
            let again = Out::Frame(socket.expect("it has just spoken"), reply.clone());
            self.out.push(again);
            return;
        }
        let user = known.user.clone();
        let reply = self.carry_out(now, &device, user, message);
        self.send(&device, Some(id), reply.unwrap_or_else(|error| error.into()));
    }

    fn carry_out(
        &mut self,
        now: Time,
        device: &DeviceId,
        user: Person,
        message: ClientMessage,
    ) -> Result<RelayMessage, CallError> {
        let by = |media| Participant { device: device.clone(), user: user.clone(), media };
        let device = device.clone();
        let (call_id, event) = match message {
            ClientMessage::RefreshIce(_) => return Ok(self.servers(now).into()),
            ClientMessage::Initiate(m) => {
                let call = NewCall {
                    call_id: m.call_id,
                    kind: m.kind,
                    from: by(m.media),
                    to: m.to,
                    offer: m.offer,
                    silent: self.silent,
                    awaited: false,
                };
                return self.initiate(now, call);
            }
            ClientMessage::CreateRoom(m) => {
                self.drawn += 1;
                let letter = char::from(b'a' + u8::try_from(self.drawn % 8).unwrap());
                let room: RoomCode = letter.to_string().repeat(12).parse().unwrap();
                let made = NewRoom {
                    code: room.clone(),
                    name: m.name,
                    host: user.id,
                    private: m.private,
                    waiting_room: m.waiting_room,
                };
                self.rooms.insert(room.clone(), made);
                return Ok(RoomCreated { room }.into());
            }
            ClientMessage::Invite(m) => return self.invite(now, &device, &user.id, m),
            ClientMessage::Join(m) => return self.join(now, m.room, by(m.media)),
            ClientMessage::Ringing(m) => (m.call_id, Event::Ringing { device, in_call: m.in_call }),
            ClientMessage::Accept(m) => {
                self.check_free(&device, Some(&m.call_id))?;
                (m.call_id, Event::Accept { by: by(m.media), answer: m.answer })
            }
            ClientMessage::Decline(m) => (m.call_id, Event::Decline { device, reason: m.reason }),
            ClientMessage::Hangup(m) => (m.call_id, Event::HangUp { device, reason: m.reason }),
            ClientMessage::Connected(m) => (m.call_id, Event::Connected { device }),
            ClientMessage::Moderate(m) => {
                (m.call_id, Event::Moderate { by: device, action: m.action, device: m.device })
            }
            ClientMessage::Leave(m) => (m.call_id, Event::Leave { device }),
            ClientMessage::Offer(m) => (m.call_id, Event::Offer { from: device, to: m.to, sdp: m.sdp }),
            ClientMessage::Answer(m) => (m.call_id, Event::Answer { from: device, to: m.to, sdp: m.sdp }),
            ClientMessage::IceCandidates(m) => {
                (m.call_id, Event::Candidates { from: device, to: m.to, candidates: m.candidates })
            }
            ClientMessage::UpdateMedia(m) => (m.call_id, Event::Media { device, media: m.media }),
            ClientMessage::WantMedia(m) => (m.call_id, Event::Wanted { from: device, to: m.to, max_fs: m.max_fs }),
            ClientMessage::ReportQuality(m) => (m.call_id, Event::Quality { device, received: m.received }),
            ClientMessage::Hello(_) | ClientMessage::Resume(_) | ClientMessage::Ping(_) => {
                return Err(CallError::new(ErrorCode::NotWelcome));
            }
        };
        self.try_apply(now, &call_id, event).map_err(|code| CallError::about(code, call_id))
    }

    fn initiate(&mut self, now: Time, call: NewCall) -> Result<RelayMessage, CallError> {
        let placed = self.calls.get(&call.call_id).map(|known| known.placed_by(&call.from.device));
        match placed {
            Some(true) => return Ok(Ack {}.into()),
            Some(false) => return Err(CallError::about(ErrorCode::CallExists, call.call_id)),
            None => {}
        }
        let rival = self.calls.values().find(|c| c.rings(&call.to, &call.from.user.id)).map(|c| c.id().clone());
        if let Some(rival) = rival.filter(|_| !self.apart) {
            return Err(CallError::about(ErrorCode::Glare, rival));
        }
        if !self.apart {
            self.check_free(&call.from.device, None)?;
        }
        let of_callee = |s: &&Session| s.user.id == call.to;
        if !self.sessions.values().any(|s| of_callee(&s)) {
            return Err(CallError::about(ErrorCode::NotFound, call.call_id));
        }
        if self.undisturbed {
            return Err(CallError::about(ErrorCode::DoNotDisturb, call.call_id));
        }
        let free = |s: &&Session| of_callee(s) && (self.apart || self.takes_another(&s.device));
        let devices = self.sessions.values().filter(free).map(|s| s.device.clone()).collect();
        let id = call.call_id.clone();
        let (record, effects) = CallRecord::ring(now, Terms { ring: self.ring, ..Terms::default() }, call, devices);
        self.calls.insert(id.clone(), record);
        Ok(self.effects(&id, effects))
    }

    fn invite(&mut self, now: Time, device: &DeviceId, by: &UserId, m: Invite) -> Result<RelayMessage, CallError> {
        let called = m.to.iter().map(|to| self.called(to, by)).collect();
        self.drawn += 1;
        let letter = ["m", "n", "p", "q", "r", "s", "t", "u"][usize::try_from(self.drawn % 8).unwrap()];
        let code: RoomCode = letter.repeat(12).parse().unwrap();
        let event = Event::Invite { by: device.clone(), called, code: code.clone() };
        let reply = self.try_apply(now, &m.call_id, event).map_err(|code| CallError::about(code, m.call_id.clone()))?;
        if self.calls[&m.call_id].room_code() == Some(&code) {
            self.rooms.insert(
                code.clone(),
                NewRoom { code, name: None, host: by.clone(), private: true, waiting_room: false },
            );
        }
        Ok(reply)
    }

    /// Somebody to be rung by another: on the devices that take a call, or dial just that other.
    fn called(&self, user: &UserId, by: &UserId) -> Called {
        let of_user = || self.sessions.values().filter(|s| s.user.id == *user);
        let free = |s: &&Session| {
            let calls = self.calls_of(&s.device);
            self.takes_another(&s.device) || calls.iter().any(|call| self.calls[call].rings(user, by))
        };
        Called {
            user: user.clone(),
            person: of_user().next().map(|s| s.user.clone()),
            devices: of_user().filter(free).map(|s| s.device.clone()).collect(),
            silent: self.silent,
            undisturbed: self.undisturbed,
            awaited: false,
        }
    }

    fn join(&mut self, now: Time, code: RoomCode, by: Participant) -> Result<RelayMessage, CallError> {
        let Some(made) = self.rooms.get(&code).cloned() else { return Err(CallError::new(ErrorCode::NotFound)) };
        let running = self.calls.values().find(|c| c.room_code() == Some(&code) && c.ended().is_none());
        let running = running.map(|c| c.id().clone());
        self.check_free(&by.device, running.as_ref())?;
        if let Some(id) = running {
            return self.try_apply(now, &id, Event::Join { by }).map_err(|code| CallError::about(code, id));
        }
        let id: CallId = self.draw("m").parse().unwrap();
        let (record, effects) = CallRecord::open_room(now, Terms::default(), id.clone(), made, by);
        self.calls.insert(id.clone(), record);
        Ok(self.effects(&id, effects))
    }

    fn apply(&mut self, now: Time, call: &CallId, event: Event) {
        drop(self.try_apply(now, call, event));
    }

    fn try_apply(&mut self, now: Time, call: &CallId, event: Event) -> Result<RelayMessage, ErrorCode> {
        let record = self.calls.get(call).ok_or(ErrorCode::NoCall)?;
        let (next, effects) = record.apply(now, event).map_err(|rejected| rejected.0)?;
        self.calls.insert(call.clone(), next);
        Ok(self.effects(call, effects))
    }

    /// Somebody who waits at a door has no seat, so that the call is not among those of their device.
    fn waits_at(&self, device: &DeviceId) -> Vec<CallId> {
        let knocks = |call: &&CallRecord| {
            let mut rules = call.participants().filter_map(|one| call.snapshot(&one.device)?.rules);
            rules.any(|rules| rules.knocking.iter().any(|one| one.device == *device))
        };
        self.calls.values().filter(knocks).map(|call| call.id().clone()).collect()
    }

    fn effects(&mut self, call: &CallId, effects: Vec<Effect>) -> RelayMessage {
        let mut reply = Ack {}.into();
        for effect in effects {
            match effect {
                Effect::Send { to, message } => self.send(&to, None, message),
                Effect::Reply(message) => reply = message,
                Effect::Doing { user, status } => self.does(&user, status.unwrap_or(CallStatus::Idle)),
                Effect::Over(_) => *self.ends.entry(call.clone()).or_default() += 1,
                // Nobody here is told of calls beside their pages.
                Effect::Rings { .. } | Effect::Rang { .. } => {}
                Effect::Seated { .. } | Effect::Freed { .. } | Effect::Waits { .. } => {}
            }
        }
        reply
    }

    fn does(&mut self, user: &UserId, status: CallStatus) {
        if let Some(person) = self.sessions.values().find(|s| s.user.id == *user).map(|s| s.user.clone()) {
            self.announce(&person, status);
        }
    }

    /// A device carries one call at a time, and one more that it has on hold.
    fn check_free(&self, device: &DeviceId, but_for: Option<&CallId>) -> Result<(), CallError> {
        let others: Vec<CallId> = self.calls_of(device).into_iter().filter(|call| Some(call) != but_for).collect();
        match others.as_slice() {
            [] => Ok(()),
            [only] if self.calls[only].is_held_by(device) => Ok(()),
            [first, ..] => Err(CallError::about(ErrorCode::InCall, first.clone())),
        }
    }

    fn calls_of(&self, device: &DeviceId) -> Vec<CallId> {
        self.calls.values().filter(|c| c.snapshot(device).is_some()).map(|c| c.id().clone()).collect()
    }

    /// Whether a device can be rung: it is in no call, or in one that was accepted.
    fn takes_another(&self, device: &DeviceId) -> bool {
        match self.calls_of(device).as_slice() {
            [] => true,
            [only] => matches!(self.calls[only].state(), CallState::Connecting | CallState::Active),
            _ => false,
        }
    }
}
