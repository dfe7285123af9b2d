//! One peer and its browser, step by step.

use protocol::Opaque;

use super::*;
use crate::Output;

struct Table {
    now: Time,
    hands: Hands,
    peer: Peer,
    said: Vec<Output>,
}

fn device(number: u8) -> DeviceId {
    format!("d_{number:016}").parse().unwrap()
}

fn candidate(ufrag: &str) -> Candidate {
    Candidate {
        candidate: Opaque::new("candidate:1"),
        sdp_mid: None,
        sdp_m_line_index: None,
        username_fragment: Some(Opaque::new(ufrag)),
    }
}

fn sdp(session: &str, ufrag: &str) -> String {
    format!("v=0\r\no=- {session} 1 IN IP4 0.0.0.0\r\na=ice-ufrag:{ufrag}\r\n")
}

fn offer(text: &str) -> PeerEvent {
    PeerEvent::Description { kind: DescriptionKind::Offer, sdp: text.to_owned() }
}

fn answer(text: &str) -> PeerEvent {
    PeerEvent::Description { kind: DescriptionKind::Answer, sdp: text.to_owned() }
}

impl Table {
    /// This side is device 5, signed in and online; the peer is not opened yet.
    fn new() -> Self {
        let now = Time::from_millis(60_000);
        let mut hands = Hands::new(1);
        let Hands { link, outputs, .. } = &mut hands;
        link.sign_in(now, "ann".into(), None, outputs);
        link.opened(now, outputs);
        let welcome = r#"{"type":"welcome","data":{"protocol":1,"session":"s_0000000000000001","resumed":false,
            "device":"d_0000000000000005","user":{"id":"ann","name":"Ann"},"ping_interval_ms":5000}}"#;
        assert!(link.frame(now, welcome, outputs).is_some());
        let peer = Peer::new(&mut hands);
        hands.outputs.clear();
        Self { now, hands, peer, said: Vec::new() }
    }

    fn open(mut self, far: u8) -> Self {
        let address = Address { call_id: "c_0000000000000001".parse().unwrap(), to: Some(device(far)) };
        self.peer.open(self.now, &mut self.hands, address);
        self.peer.allow(&mut self.hands);
        self
    }

    fn polite() -> Self {
        Self::new().open(1)
    }

    fn impolite() -> Self {
        Self::new().open(9)
    }

    fn event(&mut self, event: PeerEvent) -> Option<PeerNews> {
        self.peer.event(self.now, &mut self.hands, event)
    }

    fn offered(&mut self, text: &str) {
        self.peer.offered(self.now, &mut self.hands, text.to_owned());
    }

    /// Brings it to where media flows, by an offer of this side.
    fn connected(mut self) -> Self {
        self.peer.offer(&mut self.hands, false);
        self.event(offer(&sdp("own", "o1")));
        self.peer.answered(&mut self.hands, sdp("far", "f1"));
        self.event(PeerEvent::AnswerApplied);
        self.event(PeerEvent::Connection(ConnectionState::Connected));
        self.waits(1_000);
        self.did();
        self
    }

    /// What was done since the last time, in a few words each.
    fn did(&mut self) -> Vec<String> {
        self.said.extend(self.hands.outputs.drain(..));
        self.said.drain(..).map(|output| words(&output)).collect()
    }

    fn waits(&mut self, millis: u64) {
        let until = self.now + Duration::from_millis(millis);
        while let Some(deadline) = self.peer.deadline().filter(|deadline| *deadline <= until) {
            self.now = deadline;
            self.peer.tick(self.now, &mut self.hands);
        }
        self.now = until;
    }
}

fn words(output: &Output) -> String {
    match output {
        Output::Peer(_, PeerCommand::MakeOffer { ice_restart: true }) => "restart".into(),
        Output::Peer(_, PeerCommand::MakeOffer { ice_restart: false }) => "make offer".into(),
        Output::Peer(_, PeerCommand::ApplyOffer { sdp }) => ["apply offer ", sdp::ufrags(sdp).next().unwrap()].concat(),
        Output::Peer(_, PeerCommand::ApplyAnswer { sdp }) => {
            ["apply answer ", sdp::ufrags(sdp).next().unwrap()].concat()
        }
        Output::Peer(_, PeerCommand::AddCandidates(list)) => format!("add {}", list.len()),
        Output::Peer(_, PeerCommand::SendFullPicture) => "full picture".into(),
        Output::Peer(_, PeerCommand::AskForKeyFrame) => "key frame".into(),
        Output::Peer(_, PeerCommand::Create { .. }) => "create".into(),
        Output::Peer(_, PeerCommand::Close) => "close".into(),
        Output::Transmit(text) => text.split('"').nth(3).unwrap().to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn nothing_leaves_and_nothing_is_used_before_it_is_opened() {
    let mut table = Table::new();
    let ring = format!("{}a=candidate:0 1 udp 1 192.0.2.1 9 typ host\r\n", sdp("far", "f1"));
    table.peer.prepare(&mut table.hands, &ring, vec![candidate("f1")]);
    let Some(Output::Peer(_, PeerCommand::ApplyOffer { sdp: applied })) = table.hands.outputs.pop_front() else {
        panic!()
    };
    assert!(!applied.contains("candidate"), "a browser would begin to send at once");
    assert_eq!(table.event(answer(&sdp("own", "o1"))), Some(PeerNews::Description(sdp("own", "o1"))));
    table.event(PeerEvent::Candidate(candidate("o1")));
    table.peer.candidates(&mut table.hands, vec![candidate("f1")]);
    table.waits(60_000);
    assert_eq!(table.did(), [""; 0]);
    let mut table = table.open(1);
    assert_eq!(table.did(), ["call:ice_candidate", "add 3"]);
}

#[test]
fn the_first_candidate_leaves_at_once_and_the_rest_in_batches() {
    let mut table = Table::impolite();
    table.peer.offer(&mut table.hands, false);
    table.event(offer(&sdp("own", "o1")));
    table.did();
    for _ in 0..5 {
        table.event(PeerEvent::Candidate(candidate("o1")));
    }
    assert_eq!(table.did(), ["call:ice_candidate"]);
    table.waits(9);
    assert_eq!(table.did(), [""; 0]);
    table.waits(1);
    assert_eq!(table.did(), ["call:ice_candidate"]);
    table.waits(100);
    table.event(PeerEvent::Candidate(candidate("o1")));
    assert_eq!(table.did(), ["call:ice_candidate"]);
    for _ in 0..200 {
        table.event(PeerEvent::Candidate(candidate("o1")));
    }
    table.waits(1_000);
    let Some(Output::Transmit(text)) = table.hands.outputs.back() else { panic!() };
    assert_eq!(text.matches("candidate:1").count(), 64 - 6, "no more than the relay takes");
}

#[test]
fn the_polite_side_gives_way_and_the_other_does_not() {
    let mut table = Table::polite().connected();
    table.peer.offer(&mut table.hands, false);
    table.offered(&sdp("far", "f2"));
    assert_eq!(table.did(), ["make offer", "apply offer f2"]);
    table.event(offer(&sdp("own", "o2")));
    assert_eq!(table.did(), [""; 0], "the offer that was given up is not sent");
    table.event(answer(&sdp("own", "o3")));
    assert_eq!(table.did(), ["call:answer"]);

    let mut table = Table::impolite().connected();
    table.peer.offer(&mut table.hands, false);
    table.offered(&sdp("far", "f2"));
    table.event(offer(&sdp("own", "o2")));
    table.offered(&sdp("far", "f2"));
    table.peer.candidates(&mut table.hands, vec![candidate("f2")]);
    assert_eq!(table.did(), ["make offer", "call:offer"], "what belongs to an ignored offer is not used");
    table.peer.answered(&mut table.hands, sdp("far", "f3"));
    assert_eq!(table.did(), ["apply answer f3"]);
}

#[test]
fn an_offer_that_may_be_lost_is_said_once_more_and_not_given_up() {
    let mut table = Table::impolite().connected();
    table.peer.offer(&mut table.hands, false);
    table.event(offer(&sdp("own", "o2")));
    table.did();
    table.waits(2_500);
    table.offered(&sdp("far", "f2"));
    assert_eq!(table.did(), ["call:offer"], "the polite side gives way when it hears of it");
    table.offered(&sdp("far", "f3"));
    assert_eq!(table.did(), [""; 0], "and has a while to do so");
    table.peer.answered(&mut table.hands, sdp("far", "f4"));
    assert_eq!(table.did(), ["apply answer f4"]);
}

#[test]
fn of_offers_that_come_while_one_is_answered_the_newest_counts() {
    let mut table = Table::polite().connected();
    for ufrag in ["f2", "f3", "f4"] {
        table.offered(&sdp("far", ufrag));
    }
    table.peer.candidates(&mut table.hands, vec![candidate("f4")]);
    assert_eq!(table.did(), ["apply offer f2"]);
    table.event(answer(&sdp("own", "o2")));
    assert_eq!(table.did(), ["apply offer f4", "add 1"], "an answer to f2 would be taken for one to f4");
    table.event(answer(&sdp("own", "o4")));
    assert_eq!(table.did(), ["call:answer"]);
}

#[test]
fn a_repeated_offer_is_answered_once_and_an_answer_nobody_asked_for_is_ignored() {
    let mut table = Table::polite().connected();
    table.offered(&sdp("far", "f2"));
    table.event(answer(&sdp("own", "o2")));
    table.did();
    table.offered(&sdp("far", "f2"));
    table.peer.answered(&mut table.hands, sdp("far", "f3"));
    assert_eq!(table.did(), [""; 0]);
}

#[test]
fn candidates_ahead_of_their_description_wait_for_it() {
    let mut table = Table::polite().connected();
    table.peer.candidates(&mut table.hands, vec![candidate("f2"), candidate("f2"), candidate("f1")]);
    assert_eq!(table.did(), ["add 1"]);
    table.offered(&sdp("far", "f2"));
    assert_eq!(table.did(), ["apply offer f2", "add 2"]);
    table.peer.candidates(&mut table.hands, vec![candidate("f9"); 500]);
    table.offered(&sdp("far", "f9"));
    table.event(answer(&sdp("own", "o2")));
    table.event(answer(&sdp("own", "o9")));
    assert_eq!(table.did(), ["apply offer f9", "add 64", "call:answer"]);
}

#[test]
fn a_path_that_is_looked_for_has_a_second_for_more_candidates_before_it_is_restarted() {
    let mut table = Table::impolite().connected();
    table.event(PeerEvent::Connection(ConnectionState::Failed));
    table.waits(0);
    table.event(offer(&sdp("own", "o2")));
    table.peer.answered(&mut table.hands, sdp("far", "f2"));
    table.event(PeerEvent::AnswerApplied);
    table.did();
    // Candidates that are of no use come first: it fails, and goes on with the next.
    table.event(PeerEvent::Connection(ConnectionState::Connecting));
    table.event(PeerEvent::Connection(ConnectionState::Failed));
    table.waits(10);
    table.event(PeerEvent::Connection(ConnectionState::Connecting));
    table.waits(300);
    table.event(PeerEvent::Connection(ConnectionState::Connected));
    table.waits(5_000);
    assert_eq!(table.did(), ["key frame"], "nothing was begun anew");
}

#[test]
fn a_path_that_fails_is_restarted_at_once_and_by_the_polite_side_after_three_seconds() {
    let mut table = Table::impolite().connected();
    table.event(PeerEvent::Connection(ConnectionState::Failed));
    table.waits(0);
    assert_eq!(table.did(), ["restart"]);

    let mut table = Table::polite().connected();
    table.event(PeerEvent::Connection(ConnectionState::Failed));
    table.waits(2_999);
    assert_eq!(table.did(), [""; 0]);
    table.waits(1);
    assert_eq!(table.did(), ["restart"]);

    let mut table = Table::polite().connected();
    table.event(PeerEvent::Connection(ConnectionState::Failed));
    table.waits(1_000);
    table.offered(&sdp("far", "f2"));
    table.event(answer(&sdp("own", "o2")));
    table.event(PeerEvent::Connection(ConnectionState::Connected));
    table.waits(60_000);
    assert_eq!(table.did(), ["apply offer f2", "call:answer", "key frame"], "the other side was quicker");
}

#[test]
fn a_path_that_comes_back_by_itself_is_left_alone() {
    let mut table = Table::impolite().connected();
    table.event(PeerEvent::Connection(ConnectionState::Disconnected));
    table.waits(1_500);
    table.event(PeerEvent::Connection(ConnectionState::Connected));
    table.waits(60_000);
    assert_eq!(table.did(), ["key frame"], "and no restart");
    table.event(PeerEvent::Connection(ConnectionState::Disconnected));
    table.peer.network_changed(table.now);
    table.waits(0);
    assert_eq!(table.did(), ["restart"], "another network: the old path is not waited for");
}

#[test]
fn pictures_are_small_for_a_second_and_then_for_good_full() {
    let mut table = Table::impolite();
    table.peer.offer(&mut table.hands, false);
    table.event(offer(&sdp("own", "o1")));
    table.peer.answered(&mut table.hands, sdp("far", "f1"));
    table.event(PeerEvent::AnswerApplied);
    table.waits(5_000);
    table.did();
    table.event(PeerEvent::Connection(ConnectionState::Connected));
    table.waits(999);
    assert_eq!(table.did(), [""; 0]);
    table.waits(1);
    assert_eq!(table.did(), ["full picture"]);
    table.event(PeerEvent::Connection(ConnectionState::Disconnected));
    table.event(PeerEvent::Connection(ConnectionState::Connected));
    table.waits(60_000);
    assert_eq!(table.did(), ["key frame"], "a path that was lost for a moment is known");
    table.offered(&sdp("anew", "n1"));
    table.event(answer(&sdp("own2", "o2")));
    table.event(PeerEvent::Connection(ConnectionState::Connected));
    table.did();
    table.waits(1_000);
    assert_eq!(table.did(), ["full picture"], "another connection begins anew");
}

#[test]
fn without_the_relay_a_restart_waits_for_it() {
    let mut table = Table::impolite().connected();
    table.hands.link.closed(table.now, 1006);
    table.event(PeerEvent::Connection(ConnectionState::Failed));
    table.waits(30_000);
    assert_eq!(table.did(), [""; 0]);
    table.peer.relay_back(table.now, &mut table.hands, false);
    table.hands.link.sign_in(table.now, "ann".into(), None, &mut table.hands.outputs);
    table.hands.link.opened(table.now, &mut table.hands.outputs);
    let welcome = r#"{"type":"welcome","data":{"protocol":1,"session":"s_0000000000000001","resumed":true,
        "device":"d_0000000000000005","user":{"id":"ann","name":"Ann"},"ping_interval_ms":5000}}"#;
    table.hands.link.frame(table.now, welcome, &mut table.hands.outputs);
    table.did();
    table.waits(0);
    assert_eq!(table.did(), ["restart"]);
}

#[test]
fn a_relay_that_forgot_is_told_again() {
    let mut table = Table::impolite();
    table.peer.offer(&mut table.hands, false);
    table.event(offer(&sdp("own", "o1")));
    table.event(PeerEvent::Candidate(candidate("o1")));
    table.waits(100);
    table.did();
    table.peer.relay_back(table.now, &mut table.hands, false);
    assert_eq!(table.did(), [""; 0], "what is unanswered is sent again by the link");
    table.peer.relay_back(table.now, &mut table.hands, true);
    assert_eq!(table.did(), ["call:ice_candidate", "make offer"]);

    let mut table = Table::impolite().connected();
    table.peer.relay_back(table.now, &mut table.hands, true);
    assert_eq!(table.did(), [""; 0], "a connection that runs needs no relay");
}

#[test]
fn a_page_that_was_loaded_anew_gets_a_connection_of_its_own() {
    for mut table in [Table::polite().connected(), Table::impolite().connected()] {
        let old = table.peer.key();
        table.offered(&sdp("anew", "n1"));
        assert_eq!(table.did(), ["close", "create", "apply offer n1"]);
        assert_ne!(table.peer.key(), old);
        assert!(!table.peer.is_connected());
        table.event(answer(&sdp("own2", "o2")));
        assert_eq!(table.did(), ["call:answer"]);
    }
}

#[test]
fn a_browser_that_refuses_breaks_a_beginning_but_not_a_call() {
    let mut table = Table::impolite();
    table.peer.offer(&mut table.hands, false);
    assert_eq!(table.event(PeerEvent::DescriptionFailed("no".into())), Some(PeerNews::Broken));

    let mut table = Table::impolite().connected();
    table.offered(&sdp("far", "f2"));
    assert_eq!(table.event(PeerEvent::DescriptionFailed("no".into())), None);
    table.did();
    table.event(PeerEvent::NegotiationNeeded);
    assert_eq!(table.did(), ["make offer"]);
}
