//! PROTOCOL.md and the types say the same: every example is read, every message and code has its place in the prose.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;

use protocol::frame::{ClientFrame, RelayFrame};
use protocol::{ClientMessage, PeerMessage, RelayMessage};
use serde_json::Value;

const PROSE: &str = include_str!("../PROTOCOL.md");

/// The fenced blocks marked `json client`, `json relay` or `json peer`.
fn examples(direction: &str) -> Vec<&'static str> {
    let fence = format!("```json {direction}\n");
    PROSE.split(fence.as_str()).skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect()
}

/// What was written must say at least what the example says; defaults may be added.
fn assert_says(example: &Value, written: &Value, frame: &str) {
    match (example, written) {
        (Value::Object(example), Value::Object(written)) => {
            for (key, value) in example {
                let own = written.get(key).unwrap_or_else(|| panic!("{key} is lost in {frame}"));
                assert_says(value, own, frame);
            }
        }
        (Value::Array(example), Value::Array(written)) => {
            assert_eq!(example.len(), written.len(), "{frame}");
            example.iter().zip(written).for_each(|(example, written)| assert_says(example, written, frame));
        }
        _ => assert_eq!(example, written, "{frame}"),
    }
}

#[test]
fn every_example_of_a_page_is_read_and_written_again() {
    let mut kinds = BTreeSet::new();
    for example in examples("client") {
        let frame = ClientFrame::read(example).unwrap_or_else(|refused| panic!("{refused:?}: {example}"));
        let written = frame.write();
        assert_says(&serde_json::from_str(example).unwrap(), &serde_json::from_str(&written).unwrap(), example);
        assert_eq!(ClientFrame::read(&written).unwrap(), frame);
        let silent = matches!(frame.message.kind(), "hello" | "resume" | "ping");
        assert_eq!(frame.id.is_none(), silent, "{example}");
        kinds.insert(frame.message.kind());
    }
    assert_eq!(kinds, ClientMessage::KINDS.iter().copied().collect());
}

#[test]
fn every_example_of_the_relay_is_read_and_written_again() {
    let mut kinds = BTreeSet::new();
    for example in examples("relay") {
        let frame = RelayFrame::read(example).unwrap_or_else(|refused| panic!("{refused:?}: {example}"));
        let written = frame.write();
        assert_says(&serde_json::from_str(example).unwrap(), &serde_json::from_str(&written).unwrap(), example);
        assert_eq!(RelayFrame::read(&written).unwrap(), frame);
        let unnumbered = matches!(frame.message.kind(), "welcome" | "pong");
        assert_eq!(frame.seq.is_none(), unnumbered, "{example}");
        kinds.insert(frame.message.kind());
    }
    assert_eq!(kinds, RelayMessage::KINDS.iter().copied().collect());
}

#[test]
fn every_example_between_browsers_is_read_and_written_again() {
    let mut kinds = BTreeSet::new();
    for example in examples("peer") {
        let message = PeerMessage::parse(example).unwrap_or_else(|refused| panic!("{refused:?}: {example}"));
        let written = message.write();
        assert_says(&serde_json::from_str(example).unwrap(), &serde_json::from_str(&written).unwrap(), example);
        assert_eq!(PeerMessage::parse(&written).unwrap(), message);
        kinds.insert(message.kind());
    }
    assert_eq!(kinds, PeerMessage::KINDS.iter().copied().collect());
}

#[test]
fn the_prose_names_every_error_code() {
    for code in ALL_CODES {
        let name = serde_json::to_string(&code).unwrap();
        assert!(PROSE.contains(&format!("| `{}` |", name.trim_matches('"'))), "{name} is not in the table");
    }
    let unknown: protocol::ErrorCode = serde_json::from_str("\"of_a_later_version\"").unwrap();
    assert_eq!(unknown, protocol::ErrorCode::Other);
}

use protocol::ErrorCode as E;
const ALL_CODES: [E; 24] = [
    E::BadMessage,
    E::UnknownType,
    E::NotWelcome,
    E::UnsupportedVersion,
    E::BadToken,
    E::ExpiredToken,
    E::NoSession,
    E::TooBig,
    E::RateLimited,
    E::NotFound,
    E::NoCall,
    E::WrongState,
    E::CallExists,
    E::Glare,
    E::AnsweredElsewhere,
    E::NoParticipant,
    E::RoomFull,
    E::RoomLocked,
    E::Removed,
    E::NotHost,
    E::DoNotDisturb,
    E::OwnUser,
    E::InCall,
    E::Unavailable,
];
