//! The connection to the relay.

use call::{Command, Input, LinkEvent, LinkView, Output, Phone, Time};
use protocol::ClientMessage;
use protocol::ErrorCode;
use protocol::frame::{ClientFrame, Seq};

use crate::world::World;

/// A phone alone with its socket.
struct Line {
    now: Time,
    phone: Phone,
    outputs: Vec<Output>,
}

impl Line {
    fn new(seed: u64) -> Self {
        let now = Time::from_millis(5_000);
        let mut line = Self { now, phone: Phone::new(now, seed), outputs: Vec::new() };
        line.does(Input::Command(Command::SignIn { token: "ann".into(), device: None }));
        line
    }

    fn online(seed: u64) -> Self {
        let mut line = Self::new(seed);
        line.does(Input::Link(LinkEvent::Opened));
        line.hears(WELCOME);
        line.outputs.clear();
        line
    }

    fn does(&mut self, input: Input) {
        self.phone.handle(self.now, input);
        self.outputs.extend(std::iter::from_fn(|| self.phone.poll()));
    }

    fn hears(&mut self, text: &str) {
        self.does(Input::Link(LinkEvent::Frame(text.to_owned())));
    }

    /// Lets time pass up to the next deadline, and gives how long that was.
    fn waits(&mut self) -> u64 {
        let deadline = self.phone.deadline().expect("there is something to wait for").max(self.now);
        let waited = deadline.since(self.now).as_millis().try_into().unwrap();
        self.now = deadline;
        self.does(Input::Tick);
        waited
    }

    fn said(&mut self) -> Vec<ClientMessage> {
        let said = self.outputs.drain(..).filter_map(|output| match output {
            Output::Transmit(text) => Some(ClientFrame::read(&text).unwrap().message),
            _ => None,
        });
        said.collect()
    }

    /// Asks something of the relay, and gives the request's id.
    fn asks_for_a_room(&mut self) -> u32 {
        self.outputs.clear();
        self.does(Input::Command(Command::CreateRoom { name: None, camera: false }));
        let id = self.outputs.iter().find_map(|output| match output {
            Output::Transmit(text) => ClientFrame::read(text).unwrap().id,
            _ => None,
        });
        id.expect("a request was sent")
    }

    /// How far the last request says that the relay has been heard.
    fn confirmed(&self) -> Option<Seq> {
        let mut said = self.outputs.iter().rev().filter_map(|output| match output {
            Output::Transmit(text) => Some(ClientFrame::read(text).unwrap()),
            _ => None,
        });
        said.find(|frame| frame.id.is_some()).expect("a request was sent").last_seq
    }

    fn took(&mut self, wanted: &Output) -> bool {
        let there = self.outputs.contains(wanted);
        self.outputs.clear();
        there
    }
}

const WELCOME: &str = r#"{"type":"welcome","data":{"protocol":1,"session":"s_0000000000000001","resumed":false,
    "device":"d_0000000000000001","user":{"id":"ann","name":"Ann"},"directory":true,"ping_interval_ms":5000}}"#;

#[test]
fn a_relay_that_is_not_there_from_the_start_is_said_to_be_away() {
    let mut line = Line::new(3);
    let began = line.now;
    line.does(Input::Link(LinkEvent::Closed(1006)));
    assert_eq!(line.phone.view().link, LinkView::Connecting, "one attempt may fail");
    line.waits();
    line.does(Input::Link(LinkEvent::Closed(1006)));
    assert!(matches!(line.phone.view().link, LinkView::Lost { since, .. } if since == began));
    line.waits();
    line.does(Input::Link(LinkEvent::Opened));
    line.hears(WELCOME);
    assert_eq!(line.phone.view().link, LinkView::Online);
}

#[test]
fn hello_first_and_resume_after_a_loss() {
    let mut line = Line::new(1);
    assert!(line.took(&Output::Connect));
    assert_eq!(line.phone.view().link, LinkView::Connecting);
    line.does(Input::Link(LinkEvent::Opened));
    assert!(matches!(&line.said()[..], [ClientMessage::Hello(hello)] if hello.device.is_none()));
    line.hears(WELCOME);
    assert_eq!(line.phone.view().link, LinkView::Online);
    assert!(line.took(&Output::Remember("d_0000000000000001".parse().unwrap())));
    line.hears(
        r#"{"type":"user:call_status_changed","seq":7,"data":{"user":{"id":"bob","name":"Bob"},"status":"idle"}}"#,
    );
    line.does(Input::Link(LinkEvent::Closed(1006)));
    assert!(matches!(line.phone.view().link, LinkView::Lost { since, .. } if since == line.now));
    assert!(line.waits() <= 500, "the first attempt comes within half a second");
    assert!(line.took(&Output::Connect));
    line.does(Input::Link(LinkEvent::Opened));
    let said = line.said();
    let [ClientMessage::Resume(resume)] = &said[..] else { panic!("{said:?}") };
    assert_eq!((resume.session.as_str(), resume.last_seq), ("s_0000000000000001", 7));
}

#[test]
fn pauses_grow_with_jitter_and_stay_under_ten_seconds() {
    let pauses = |seed: u64| -> Vec<u64> {
        let mut line = Line::new(seed);
        (0..12)
            .map(|_| {
                line.does(Input::Link(LinkEvent::Closed(1006)));
                line.waits()
            })
            .collect()
    };
    let many: Vec<Vec<u64>> = (0..300).map(pauses).collect();
    for (attempt, most) in [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000].into_iter().enumerate() {
        let longest = many.iter().map(|pauses| pauses[attempt]).max().unwrap();
        let shortest = many.iter().map(|pauses| pauses[attempt]).min().unwrap();
        assert!(longest <= most && longest > most * 8 / 10, "attempt {attempt}: {longest}");
        assert!(shortest < most / 5, "attempt {attempt}: {shortest}");
    }
}

#[test]
fn a_network_that_changes_is_tried_at_once() {
    let mut line = Line::online(2);
    for _ in 0..8 {
        line.does(Input::Link(LinkEvent::Closed(1006)));
        line.waits();
    }
    line.does(Input::Link(LinkEvent::Closed(1006)));
    line.outputs.clear();
    line.does(Input::Link(LinkEvent::NetworkChanged));
    assert!(line.took(&Output::Connect));
}

#[test]
fn pings_keep_it_alive_and_silence_ends_it() {
    let mut line = Line::online(3);
    assert_eq!(line.waits(), 5_000);
    assert!(matches!(&line.said()[..], [ClientMessage::Ping(_)]));
    line.hears(r#"{"type":"pong","data":{}}"#);
    assert_eq!(line.waits(), 5_000);
    line.outputs.clear();
    assert_eq!(line.waits(), 5_000);
    line.waits();
    assert!(matches!(line.phone.view().link, LinkView::Lost { .. }));
    assert!(line.outputs.contains(&Output::Disconnect));
}

#[test]
fn a_page_that_slept_asks_before_it_gives_up() {
    let mut line = Line::online(4);
    line.now = line.now + std::time::Duration::from_secs(3_600);
    line.does(Input::Tick);
    assert!(matches!(&line.said()[..], [ClientMessage::Ping(_)]));
    assert_eq!(line.phone.view().link, LinkView::Online);
    assert_eq!(line.waits(), 2_000);
    assert!(matches!(line.phone.view().link, LinkView::Lost { .. }));
}

#[test]
fn a_ping_sent_just_now_may_still_be_answered() {
    let mut line = Line::new(14);
    line.does(Input::Link(LinkEvent::Opened));
    line.hears(&WELCOME.replace("5000", "9000"));
    assert_eq!(line.waits(), 9_000);
    assert_eq!(line.waits(), 1_000);
    assert_eq!(line.phone.view().link, LinkView::Online);
    assert_eq!(line.waits(), 2_000);
    assert!(matches!(line.phone.view().link, LinkView::Lost { .. }));
}

#[test]
fn an_attempt_that_leads_nowhere_is_given_up() {
    let mut line = Line::new(5);
    assert_eq!(line.waits(), 10_000);
    assert!(line.took(&Output::Disconnect));
    line.waits();
    assert!(line.took(&Output::Connect));
    line.does(Input::Link(LinkEvent::Opened));
    assert_eq!(line.waits(), 10_000);
    assert!(line.took(&Output::Disconnect));
}

#[test]
fn a_session_that_is_gone_begins_afresh_on_the_same_socket() {
    let mut line = Line::online(6);
    for id in 1..4 {
        assert_eq!(line.asks_for_a_room(), id);
        assert_eq!(line.confirmed().unwrap_or(0), u64::from(id) - 1, "a request says how far the relay has been heard");
        line.hears(&format!(
            r#"{{"type":"call:error","id":{id},"seq":{id},"data":{{"code":"unavailable","message":""}}}}"#
        ));
    }
    line.does(Input::Link(LinkEvent::Closed(1001)));
    line.waits();
    line.does(Input::Link(LinkEvent::Opened));
    line.outputs.clear();
    line.hears(r#"{"type":"call:error","data":{"code":"no_session","message":""}}"#);
    let said = line.said();
    let [ClientMessage::Hello(hello)] = &said[..] else { panic!("{said:?}") };
    assert_eq!(hello.device.as_ref().unwrap().as_str(), "d_0000000000000001");
    line.hears(&WELCOME.replace("s_0000000000000001", "s_0000000000000002"));
    assert_eq!(line.phone.view().link, LinkView::Online);
    assert_eq!(line.asks_for_a_room(), 1, "ids count afresh");
    assert_eq!(line.confirmed(), None, "and nothing of the other session is confirmed to this one");
}

#[test]
fn a_token_that_is_refused_is_asked_for_and_the_next_one_tried() {
    for (code, expired) in [("expired_token", true), ("bad_token", false)] {
        let mut line = Line::online(7);
        line.hears(&format!(r#"{{"type":"call:error","data":{{"code":"{code}","message":""}}}}"#));
        assert!(line.took(&Output::TokenRefused { expired }));
        line.does(Input::Link(LinkEvent::Closed(1008)));
        assert_eq!(line.phone.deadline(), None, "it waits for a token, not for time");
        line.does(Input::Command(Command::SignIn { token: "new".into(), device: None }));
        assert!(line.outputs.contains(&Output::Connect));
        line.does(Input::Link(LinkEvent::Opened));
        assert!(matches!(&line.said()[..], [ClientMessage::Resume(resume)] if resume.token == "new"));
    }
}

#[test]
fn a_page_too_old_says_so_and_stops() {
    let mut line = Line::new(8);
    line.does(Input::Link(LinkEvent::Opened));
    line.hears(r#"{"type":"call:error","data":{"code":"unsupported_version","message":""}}"#);
    assert_eq!(line.phone.view().link, LinkView::Outdated);
    line.does(Input::Link(LinkEvent::Closed(1008)));
    assert_eq!(line.phone.deadline(), None);
}

#[test]
fn what_comes_twice_or_cannot_be_read_does_no_harm() {
    let mut line = Line::online(9);
    let here =
        r#"{"type":"user:call_status_changed","seq":3,"data":{"user":{"id":"bob","name":"Bob"},"status":"idle"}}"#;
    let gone =
        r#"{"type":"user:call_status_changed","seq":4,"data":{"user":{"id":"bob","name":"Bob"},"status":"offline"}}"#;
    line.hears(here);
    line.hears(gone);
    line.hears(here);
    assert_eq!(line.phone.view().people.as_ref().unwrap().len(), 0);
    for nonsense in
        ["", "{}", "[1]", r#"{"type":"call:teleport","seq":5,"data":{}}"#, r#"{"type":"call:ended","seq":6}"#]
    {
        line.hears(nonsense);
    }
    line.hears(&here.replace("\"seq\":3", "\"seq\":8"));
    assert_eq!(line.phone.view().people.as_ref().unwrap().len(), 1);
}

#[test]
fn a_session_taken_over_comes_back_as_a_device_of_its_own() {
    let mut line = Line::online(10);
    line.does(Input::Link(LinkEvent::Closed(4000)));
    line.waits();
    line.outputs.clear();
    line.does(Input::Link(LinkEvent::Opened));
    assert!(matches!(&line.said()[..], [ClientMessage::Hello(hello)] if hello.device.is_none()));
}

#[test]
fn signing_out_says_goodbye_and_forgets() {
    let (mut world, _) = World::in_call(11, &["ann", "bob"]);
    world.does(0, Command::SignOut);
    assert_eq!(world.view(0).link, LinkView::SignedOut);
    assert_eq!((world.view(0).me.clone(), world.view(0).recent.len(), world.state(0)), (None, 0, "idle"));
    world.run(500);
    assert_eq!(world.state(1), "ended");
    world.assert_quiet();
    assert_eq!(world.pages[0].phone.deadline(), None);
}

#[test]
fn nobody_can_dial_before_the_relay_was_ever_there() {
    let mut world = World::asleep(12, &["ann", "bob"]);
    world.relay_down = true;
    world.sign_in(0);
    world.dials(0, 1, protocol::CallType::Voice);
    assert_eq!((world.state(0), world.view(0).notice), ("idle", Some(ErrorCode::Unavailable)));
}

#[test]
fn a_flood_of_candidates_stays_within_bounds() {
    let (mut world, call) = World::in_call(13, &["ann", "bob"]);
    world.cuts(0);
    world.relay_down = true;
    world.run(10);
    let key = world.call(0).others[0].peer;
    for _ in 0..5_000 {
        let candidate = crate::world::candidate("candidate:1", Some("x"));
        world.handle(0, Input::Peer(key, call::PeerEvent::Candidate(candidate)));
    }
    world.relay_down = false;
    world.run(15_000);
    world.assert_active(&[0, 1], &call);
    assert!(world.said(0, "call:ice_candidate") < 80);
}
