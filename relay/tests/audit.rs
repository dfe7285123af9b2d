//! What stands out is noted, for whoever may read the relay's files, and for nobody else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod world;

use std::path::Path;
use std::process::Command;

use protocol::*;
use serde_json::Value;
use world::{Page, Relay, SOON, call_id};

/// What `alo audit` prints, once it has so many lines.
async fn printed(data: &Path, lines: usize) -> Vec<Value> {
    let end = tokio::time::Instant::now() + SOON;
    loop {
        let output = Command::new(env!("CARGO_BIN_EXE_alo")).arg("--data").arg(data).arg("audit").output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let notes: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        if notes.len() >= lines {
            return notes;
        }
        assert!(tokio::time::Instant::now() < end, "{said}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn who_rings_many_and_who_guesses_codes_is_noted_without_names() {
    let relay = Relay::start().await;
    let data = relay.app.config.data.0.clone();
    let (mut ann, mut eve) = (relay.page("Ann").await, relay.page("Eve").await);
    for n in 0..19 {
        let nobody: UserId = format!("guest:{n}").parse().unwrap();
        let ring = ann.initiate(&call_id(), &nobody);
        assert_eq!(ann.request(ring).await, Err(ErrorCode::NotFound));
    }
    let ring = ann.initiate(&call_id(), &eve.user());
    ann.request(ring).await.unwrap();
    let guess = || ClientMessage::from(Join { room: "zzzz-zzzz-zzzz".parse().unwrap(), media: MediaState::default() });
    for _ in 0..11 {
        eve.request(guess()).await.unwrap_err();
    }
    let notes = printed(&data, 2).await;
    let said: Vec<_> =
        notes.iter().map(|note| (note["what"].as_str().unwrap(), note["user"].as_str().unwrap())).collect();
    assert_eq!(said, [("rang_many", ann.user().as_str()), ("guessed_codes", eve.user().as_str())]);
    assert_eq!(notes[0]["count"], 20);
    for note in &notes {
        let fields: Vec<&str> = note.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields.len(), 4, "an id, a word, a number and a time: {fields:?}");
    }
}

#[tokio::test]
async fn calls_that_nobody_answers_are_noted_and_those_between_others_are_not() {
    let relay = Relay::with(|config| config.calls.rings_per_minute = None).await;
    let data = relay.app.config.data.0.clone();
    let (mut ann, bob) = (relay.page("Ann").await, relay.page("Bob").await);
    world::talking(&relay).await;
    for _ in 0..15 {
        let call_id = ann.ring(&bob).await;
        ann.request(Hangup { call_id, reason: HangupReason::Completed }.into()).await.unwrap();
    }
    let notes = printed(&data, 1).await;
    let said: Vec<_> =
        notes.iter().map(|note| (note["what"].as_str().unwrap(), note["user"].as_str().unwrap())).collect();
    assert_eq!(said, [("unanswered", Page::user(&ann).as_str())]);
}

#[tokio::test]
async fn where_no_history_is_kept_nothing_is_noted() {
    let relay = Relay::with(|config| config.history_days = 0).await;
    let data = relay.app.config.data.0.clone();
    let mut eve = relay.page("Eve").await;
    let guess = || ClientMessage::from(Join { room: "zzzz-zzzz-zzzz".parse().unwrap(), media: MediaState::default() });
    for _ in 0..11 {
        eve.request(guess()).await.unwrap_err();
    }
    assert!(printed(&data, 0).await.is_empty());
    assert!(!data.join("history.db").exists());
}
