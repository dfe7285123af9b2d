//! One phone alone, told anything at all in any order: messages out of place, events of connections that are gone,
//! clocks that jump. It may not understand, but it never breaks a promise.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use call::quality::{Level, Reading};
use call::{
    Command, ConnectionState, DescriptionKind, Device, Input, LinkEvent, MediaEvent, MediaProblem, Output, PeerCommand,
    PeerEvent, PeerKey, Phone, Ring, Time, WantedMedia,
};
use proptest::prelude::*;
use protocol::frame::{ClientFrame, RelayFrame};
use protocol::{
    Accepted, Ack, Action, AnsweredElsewhere, CallError, CallId, CallSnapshot, CallState, CallStatus,
    CallStatusChanged, CallType, ClientMessage, DeclineReason, Declined, DeviceId, DoorState, EndReason, Ended,
    ErrorCode, FarAnswer, FarDoor, FarIceCandidates, FarOffer, FarRinging, Incoming, Invitation, InvitationStatus,
    Invitations, Invited, Joined, MaxFs, MediaState, MediaUpdated, MediaWanted, MuteRequested, Opaque, Participant,
    ParticipantJoined, ParticipantLeft, Person, Pong, RelayMessage, RoomCode, RoomCreated, RoomRules, RoomUpdated,
    Welcome,
};

use crate::world::candidate;

fn call(number: u8) -> CallId {
    format!("c_{number:016}").parse().unwrap()
}

/// A room's call. The relay draws these, so they are never the id of a call that somebody placed.
fn meeting(number: u8) -> CallId {
    format!("m_{number:016}").parse().unwrap()
}

/// Any call at all.
fn any_call() -> impl Strategy<Value = CallId> {
    prop_oneof![2 => (0..3_u8).prop_map(call), 1 => (0..2_u8).prop_map(meeting)]
}

fn device(number: u8) -> DeviceId {
    format!("d_{number:016}").parse().unwrap()
}

/// Device 0 is this phone's own.
fn person(number: u8) -> Person {
    let name = ["ann", "bob", "cat"][usize::from(number % 3)];
    Person { id: name.parse().unwrap(), name: name.to_owned(), avatar: None }
}

fn participant(number: u8) -> Participant {
    Participant { device: device(number), user: person(number), media: MediaState::default() }
}

fn sdp(number: u8) -> String {
    format!(
        "o=- {} {number} IN IP4 0.0.0.0\r\nm=audio 9 X 1\r\na=candidate:inside\r\na=ice-ufrag:u{}\r\n",
        number % 3,
        number % 4
    )
}

fn room() -> RoomCode {
    "abcd-efgh-jkmn".parse().unwrap()
}

fn rules(host: u8) -> RoomRules {
    RoomRules { host: person(host).id, locked: false, waiting_room: true, knocking: vec![participant(host)] }
}

fn message() -> impl Strategy<Value = RelayMessage> {
    let n = || 0..3_u8;
    let reason = prop_oneof![
        Just(EndReason::Completed),
        Just(EndReason::Cancelled),
        Just(EndReason::Declined),
        Just(EndReason::Missed),
        Just(EndReason::Failed),
    ];
    let code = prop_oneof![
        Just(ErrorCode::Glare),
        Just(ErrorCode::NoCall),
        Just(ErrorCode::WrongState),
        Just(ErrorCode::AnsweredElsewhere),
        Just(ErrorCode::NotFound),
        Just(ErrorCode::RateLimited),
        Just(ErrorCode::Other),
    ];
    prop_oneof![
        4 => (n(), n(), 0..9_u8).prop_map(|(c, d, s)| Incoming {
            call_id: call(c),
            from: participant(d),
            kind: CallType::Video,
            offer: Opaque::new(&sdp(s)),
            candidates: vec![candidate("candidate:1", Some("u1"))],
            rings_for_ms: 60_000,
            silent: false,
        }.into()),
        3 => Just(Ack {}.into()),
        1 => Just(Pong {}.into()),
        2 => (code, n()).prop_map(|(code, c)| CallError::about(code, call(c)).into()),
        1 => n().prop_map(|c| FarRinging { call_id: call(c), in_call: false }.into()),
        2 => (n(), n(), 0..9_u8).prop_map(|(c, d, s)| Accepted {
            call_id: call(c),
            by: participant(d),
            answer: Opaque::new(&sdp(s)),
        }.into()),
        1 => (n(), any::<bool>()).prop_map(|(c, busy)| Declined {
            call_id: call(c),
            user: person(1).id,
            reason: if busy { DeclineReason::Busy } else { DeclineReason::Declined },
        }.into()),
        1 => (any_call(), reason).prop_map(|(call_id, reason)| Ended { call_id, reason, by: None }.into()),
        1 => n().prop_map(|c| AnsweredElsewhere { call_id: call(c) }.into()),
        1 => Just(RoomCreated { room: room() }.into()),
        2 => (0..2_u8, proptest::collection::vec(n(), 0..3)).prop_map(|(m, others)| Joined {
            call_id: meeting(m),
            room: room(),
            name: None,
            private: others.len() == 1,
            rules: (others.len() == 2).then(|| rules(1)),
            participants: others.into_iter().map(participant).collect(),
        }.into()),
        2 => (0..2_u8, n()).prop_map(|(m, state)| FarDoor {
            call_id: meeting(m),
            room: room(),
            state: [DoorState::Waiting, DoorState::Open, DoorState::Closed][usize::from(state)],
        }.into()),
        1 => (any_call(), n()).prop_map(|(call_id, p)| RoomUpdated { call_id, rules: rules(p) }.into()),
        1 => (any_call(), n()).prop_map(|(call_id, p)| MuteRequested { call_id, by: person(p) }.into()),
        2 => (0..2_u8, n()).prop_map(|(m, p)| Invited {
            call_id: meeting(m),
            room: room(),
            from: person(p),
            kind: CallType::GroupVoice,
            with: vec![person(2)],
            rings_for_ms: 60_000,
            silent: false,
        }.into()),
        2 => (any_call(), proptest::collection::vec((n(), any::<bool>()), 0..4), any::<bool>()).prop_map(|(call_id, people, unlocked)| {
            let status = |open| if open { InvitationStatus::Ringing } else { InvitationStatus::NotHere };
            let people = people.into_iter().map(|(p, open)| Invitation { user: person(p), status: status(open) });
            Invitations { call_id, people: people.collect(), unlocked }.into()
        }),
        1 => (any_call(), n()).prop_map(|(call_id, d)| ParticipantJoined { call_id, participant: participant(d) }.into()),
        1 => (any_call(), n()).prop_map(|(call_id, d)| ParticipantLeft { call_id, device: device(d) }.into()),
        2 => (any_call(), n(), 0..9_u8).prop_map(|(call_id, d, s)| FarOffer {
            call_id,
            from: device(d),
            sdp: Opaque::new(&sdp(s)),
        }.into()),
        2 => (any_call(), n(), 0..9_u8).prop_map(|(call_id, d, s)| FarAnswer {
            call_id,
            from: device(d),
            sdp: Opaque::new(&sdp(s)),
        }.into()),
        2 => (any_call(), n(), 0..4_u8).prop_map(|(call_id, d, u)| FarIceCandidates {
            call_id,
            from: device(d),
            candidates: vec![candidate("candidate:2", Some(&format!("u{u}")))],
        }.into()),
        2 => (any_call(), n(), any::<bool>(), any::<bool>()).prop_map(|(call_id, d, camera, held)| MediaUpdated {
            call_id,
            device: device(d),
            media: MediaState { camera, held, ..MediaState::default() },
        }.into()),
        1 => (any_call(), n(), 0..3_u32).prop_map(|(call_id, d, camera)| MediaWanted {
            call_id,
            from: device(d),
            max_fs: MaxFs { camera, screen: u32::MAX },
        }.into()),
        1 => n().prop_map(|p| CallStatusChanged { user: person(p), status: CallStatus::Idle }.into()),
        3 => (any::<bool>(), proptest::collection::vec((n(), any::<bool>(), 0..4_u8), 0..2)).prop_map(welcome),
    ]
}

fn welcome((resumed, calls): (bool, Vec<(u8, bool, u8)>)) -> RelayMessage {
    let snapshot = |(c, in_room, state): (u8, bool, u8)| CallSnapshot {
        call_id: if in_room { meeting(c) } else { call(c) },
        kind: CallType::Voice,
        room: in_room.then(room),
        private: in_room && c == 1,
        rules: None,
        state: [CallState::Ringing, CallState::Connecting, CallState::Active, CallState::Ended][usize::from(state)],
        participants: vec![participant(0), participant(1)],
    };
    Welcome {
        protocol: 1,
        session: "s_0000000000000001".parse().unwrap(),
        resumed,
        device: device(0),
        user: person(0),
        ice_servers: Vec::new(),
        ice_expires_in_s: None,
        relay_only: false,
        people: Vec::new(),
        directory: true,
        calls: calls.into_iter().map(snapshot).collect(),
        ping_interval_ms: 5_000,
    }
    .into()
}

fn command() -> impl Strategy<Value = Command> {
    let n = || 0..3_u8;
    prop_oneof![
        3 => Just(Command::SignIn { token: "ann".into(), device: None }),
        1 => Just(Command::SignOut),
        6 => (n(), n()).prop_map(|(c, p)| Command::Call { call_id: call(c), to: person(p), kind: CallType::Voice }),
        6 => (n(), any::<bool>(), any::<bool>())
            .prop_map(|(c, camera, hold)| Command::Accept { call_id: call(c), camera, hold }),
        1 => n().prop_map(|c| Command::Decline { call_id: call(c) }),
        2 => Just(Command::HangUp),
        1 => Just(Command::CreateRoom { name: None, camera: true }),
        2 => n().prop_map(|p| Command::CallSeveral { to: vec![person(p), person(p + 1)], camera: false }),
        1 => n().prop_map(|p| Command::Invite { to: vec![person(p)] }),
        1 => n().prop_map(|d| Command::Moderate { action: Action::Remove, device: Some(device(d)) }),
        3 => (0..2_u8, any::<bool>(), any::<bool>())
            .prop_map(|(m, camera, hold)| Command::Accept { call_id: meeting(m), camera, hold }),
        1 => any::<bool>().prop_map(Command::Hold),
        1 => Just(Command::Swap),
        1 => any::<bool>().prop_map(Command::SetCallWaiting),
        1 => (0..2_u8).prop_map(|m| Command::Decline { call_id: meeting(m) }),
        2 => Just(Command::JoinRoom { room: room(), camera: false }),
        1 => any::<bool>().prop_map(Command::SetMicrophone),
        1 => any::<bool>().prop_map(Command::SetCamera),
        1 => Just(Command::Dismiss),
    ]
}

fn reading(bad: bool) -> Reading {
    let level = if bad { Level::Lost } else { Level::Good };
    Reading { level, uplink: level, ..Reading::default() }
}

fn peer_event() -> impl Strategy<Value = PeerEvent> {
    let kind = prop_oneof![Just(DescriptionKind::Offer), Just(DescriptionKind::Answer)];
    let state = prop_oneof![
        Just(ConnectionState::Connecting),
        Just(ConnectionState::Connected),
        Just(ConnectionState::Disconnected),
        Just(ConnectionState::Failed),
        Just(ConnectionState::Closed),
    ];
    prop_oneof![
        6 => (kind, 0..9_u8).prop_map(|(kind, s)| PeerEvent::Description { kind, sdp: sdp(s) }),
        2 => Just(PeerEvent::AnswerApplied),
        1 => Just(PeerEvent::DescriptionFailed("no".into())),
        3 => (0..4_u8).prop_map(|u| PeerEvent::Candidate(candidate("candidate:3", Some(&format!("u{u}"))))),
        1 => Just(PeerEvent::NegotiationNeeded),
        1 => Just(PeerEvent::KeyFrameWanted),
        3 => state.prop_map(PeerEvent::Connection),
        2 => any::<bool>().prop_map(|bad| PeerEvent::Quality(Some(reading(bad)))),
        1 => Just(PeerEvent::Quality(None)),
    ]
}

#[derive(Clone, Debug)]
enum Step {
    Happens(Input),
    /// A message of the relay, perhaps as the reply to a request of this number, perhaps with the next `seq`.
    Told(RelayMessage, Option<u32>, bool),
    /// An event of one of the connections that are open.
    Open(usize, PeerEvent),
    Waits(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let media = prop_oneof![
        Just(MediaEvent::Opened(Device::Microphone)),
        Just(MediaEvent::Closed(Device::Camera)),
        Just(MediaEvent::Problem(Device::Microphone, MediaProblem::Denied)),
    ];
    prop_oneof![
        5 => command().prop_map(|command| Step::Happens(Input::Command(command))),
        10 => (message(), proptest::option::of(1..9_u32), any::<bool>()).prop_map(|(m, id, seq)| Step::Told(m, id, seq)),
        8 => (0..3_usize, peer_event()).prop_map(|(place, event)| Step::Open(place, event)),
        1 => (0..9_u32, peer_event()).prop_map(|(key, event)| Step::Happens(Input::Peer(PeerKey(key), event))),
        3 => Just(Step::Happens(Input::Link(LinkEvent::Opened))),
        1 => Just(Step::Happens(Input::Link(LinkEvent::Closed(1006)))),
        1 => Just(Step::Happens(Input::Link(LinkEvent::NetworkChanged))),
        1 => media.prop_map(|event| Step::Happens(Input::Media(event))),
        1 => any::<bool>().prop_map(|on| Step::Happens(Input::Screen(on))),
        1 => any::<bool>().prop_map(|on| Step::Happens(Input::Record(on))),
        1 => (0..3_u8, any::<u32>()).prop_map(|(d, camera)| {
            Step::Happens(Input::WantMedia { to: device(d), max_fs: MaxFs { camera, screen: 0 } })
        }),
        3 => (0..40_000_u64).prop_map(Step::Waits),
    ]
}

/// Looks at everything a phone does.
struct Witness {
    now: Time,
    phone: Phone,
    seq: u64,
    socket: bool,
    open: BTreeSet<PeerKey>,
    /// The connections that were made for a call that rings here.
    prepared: BTreeMap<PeerKey, CallId>,
    consented: BTreeSet<CallId>,
    rung: BTreeSet<CallId>,
    /// A call rings with what is being told right now.
    ringing: Option<CallId>,
    media: WantedMedia,
    ring: Ring,
}

impl Witness {
    fn new() -> Self {
        let now = Time::from_millis(1);
        Self {
            now,
            phone: Phone::new(now, 1),
            seq: 0,
            socket: false,
            open: BTreeSet::new(),
            prepared: BTreeMap::new(),
            consented: BTreeSet::new(),
            rung: BTreeSet::new(),
            ringing: None,
            media: WantedMedia::default(),
            ring: Ring::Silent,
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Happens(input) => self.handle(input),
            Step::Open(place, event) => {
                if let Some(key) = self.open.iter().nth(place).copied() {
                    self.handle(Input::Peer(key, event));
                }
            }
            Step::Told(message, id, numbered) => {
                self.seq += u64::from(numbered);
                let seq = Some(self.seq).filter(|_| numbered);
                self.handle(Input::Link(LinkEvent::Frame(RelayFrame { id, seq, message }.write())));
            }
            Step::Waits(millis) => {
                let until = self.now + Duration::from_millis(millis);
                while let Some(deadline) = self.phone.deadline().filter(|deadline| *deadline <= until) {
                    self.now = self.now.max(deadline);
                    self.handle(Input::Tick);
                    let next = self.phone.deadline();
                    assert!(next.is_none_or(|next| next > deadline), "{deadline:?} is not met");
                }
                self.now = until;
            }
        }
    }

    fn handle(&mut self, input: Input) {
        self.note_consent(&input);
        self.phone.handle(self.now, input);
        while let Some(output) = self.phone.poll() {
            self.check(output);
        }
        let view = self.phone.view();
        assert!(view.recent.len() <= 50);
        if let (Some(call), Some(incoming)) = (&view.call, &view.incoming) {
            assert_ne!(call.call_id, incoming.call_id, "one call is shown twice");
        }
    }

    /// What counts as a yes: accepting what rings or is about to, and dialling whoever does.
    fn note_consent(&mut self, input: &Input) {
        self.ringing = None;
        let view = self.phone.view();
        match input {
            Input::Command(Command::Accept { call_id, .. }) => {
                self.consented.insert(call_id.clone());
            }
            Input::Command(Command::Call { to, .. }) => {
                let rung = view.incoming.as_ref().filter(|incoming| incoming.from.id == to.id);
                self.consented.extend(rung.map(|incoming| incoming.call_id.clone()));
            }
            Input::Link(LinkEvent::Frame(text)) => {
                let Ok(RelayFrame { message: RelayMessage::Incoming(incoming), .. }) = RelayFrame::read(text) else {
                    return;
                };
                self.rung.insert(incoming.call_id.clone());
                self.ringing = Some(incoming.call_id.clone());
                let dialled =
                    view.call.as_ref().filter(|call| call.face.name() == "ringing").and_then(|c| c.with.as_ref());
                if dialled.is_some_and(|with| with.id == incoming.from.user.id) {
                    self.consented.insert(incoming.call_id);
                }
            }
            _ => {}
        }
    }

    fn check(&mut self, output: Output) {
        match output {
            Output::Connect | Output::Disconnect => self.socket = output == Output::Connect,
            Output::Transmit(text) => {
                assert!(self.socket, "sent without a socket: {text}");
                let message = ClientFrame::read(&text).expect("a phone says only what can be read").message;
                self.check_said(&message);
            }
            Output::Peer(key, command) => self.check_peer(key, &command),
            Output::Media(media) => self.media = media,
            Output::Ring(ring) => self.ring = ring,
            Output::Tone(_) | Output::Remember(_) | Output::TokenRefused { .. } | Output::Show => {}
        }
    }

    fn check_said(&self, message: &ClientMessage) {
        let accepted = match message {
            ClientMessage::Accept(m) => &m.call_id,
            _ => return,
        };
        assert!(self.consented.contains(accepted), "accepted without a yes");
        assert!(self.rung.contains(accepted), "accepted what never rang");
    }

    fn check_peer(&mut self, key: PeerKey, command: &PeerCommand) {
        if matches!(command, PeerCommand::Create { .. }) {
            assert!(self.open.insert(key), "{key:?} is used twice");
            assert!(self.open.len() <= 40);
            return;
        }
        assert!(self.open.contains(&key), "{command:?} for a connection that is not open");
        match command {
            PeerCommand::Close => {
                self.open.remove(&key);
                self.prepared.remove(&key);
            }
            PeerCommand::ApplyOffer { sdp } => {
                if let Some(call) = self.ringing.clone() {
                    let early = !self.consented.contains(&call) && sdp.contains("candidate");
                    assert!(!early, "the browser was told of a candidate before the call was accepted");
                    self.prepared.insert(key, call);
                }
            }
            PeerCommand::AddCandidates(_) => {
                let call = self.prepared.get(&key);
                let early = call.filter(|call| !self.consented.contains(*call));
                assert_eq!(early, None, "candidates were used before the call was accepted");
            }
            _ => {}
        }
    }

    /// Signed out, a phone is as it was in the beginning.
    fn goes_home(&mut self) {
        self.handle(Input::Command(Command::SignOut));
        assert_eq!(self.open, BTreeSet::new(), "connections were left open");
        assert_eq!(self.media, WantedMedia::default());
        assert_eq!(self.ring, Ring::Silent);
        assert_eq!(self.phone.deadline(), None);
        assert_eq!(*self.phone.view(), Phone::new(self.now, 1).view().clone());
    }
}

proptest! {
    #[test]
    fn no_order_of_anything_breaks_a_promise(steps in proptest::collection::vec(step(), 1..120)) {
        let mut witness = Witness::new();
        for input in [
            Step::Happens(Input::Command(Command::SignIn { token: "ann".into(), device: None })),
            Step::Happens(Input::Link(LinkEvent::Opened)),
            Step::Told(welcome((false, Vec::new())), None, false),
        ] {
            witness.step(input);
        }
        for step in steps {
            witness.step(step);
        }
        witness.goes_home();
    }
}
