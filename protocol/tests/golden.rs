//! The exact bytes of every message, so that no change of a type changes the wire unseen.
//!
//! `golden/messages.jsonl` holds each example of PROTOCOL.md as this crate writes it. A wanted change is written there
//! by running the test with `UPDATE_GOLDEN=1`, and shows in review as a change of that file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use protocol::PeerMessage;
use protocol::frame::{ClientFrame, RelayFrame};

const PROSE: &str = include_str!("../PROTOCOL.md");

fn as_written() -> String {
    let mut lines = String::new();
    for block in PROSE.split("```json ").skip(1) {
        let (direction, rest) = block.split_once('\n').unwrap();
        let example = rest.split("\n```").next().unwrap();
        lines += &match direction {
            "client" => ClientFrame::read(example).unwrap().write(),
            "relay" => RelayFrame::read(example).unwrap().write(),
            "peer" => PeerMessage::parse(example).unwrap().write(),
            other => panic!("an example is from client, relay or peer, not from {other}"),
        };
        lines.push('\n');
    }
    lines
}

#[test]
fn every_message_is_written_as_it_was() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/messages.jsonl");
    let written = as_written();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &written).unwrap();
    }
    let golden = std::fs::read_to_string(path).unwrap();
    for (golden, written) in golden.lines().zip(written.lines()) {
        assert_eq!(golden, written);
    }
    assert_eq!(golden.lines().count(), written.lines().count());
}
