//! Calls between pages on real sockets, and what `/api/calls` says of them afterwards.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "written for another test program, and this one does not use all of it")]
#[path = "outside/client.rs"]
mod client;
mod world;

use std::sync::Arc;

use client::{Answer, Ask};
use protocol::*;
use relay::history::{Call, Course, Filter, History, Part, PartStatus};
use serde_json::{Value, json};
use world::{Page, Relay, SOON, call_id, talking};

/// Sends a request, away from the threads that serve it.
async fn send(relay: &Relay, ask: Ask) -> Answer {
    let port = relay.address.port();
    tokio::task::spawn_blocking(move || ask.send(port)).await.unwrap()
}

async fn get(relay: &Relay, token: &str, path: &str) -> Answer {
    send(relay, Ask::get(path).bearer(token)).await
}

async fn delete(relay: &Relay, token: &str, path: &str) -> Answer {
    send(relay, Ask::new("DELETE", path).bearer(token)).await
}

/// Somebody's calls, as soon as there are so many.
async fn calls(relay: &Relay, page: &Page, count: usize) -> Vec<Value> {
    let listed = async {
        loop {
            let answer = get(relay, &page.token, "/api/calls").await;
            assert_eq!(answer.status, 200, "{answer:?}");
            let calls = answer.json()["calls"].as_array().unwrap().clone();
            if calls.len() == count {
                return calls;
            }
            tokio::time::sleep(QUICK).await;
        }
    };
    tokio::time::timeout(SOON, listed).await.expect("the calls are listed")
}

const QUICK: std::time::Duration = std::time::Duration::from_millis(20);

async fn hang_up(page: &mut Page, call_id: CallId) {
    page.request(Hangup { call_id, reason: HangupReason::Completed }.into()).await.unwrap();
}

const FINE: Figures = Figures {
    mos_x100: Some(437),
    round_trip_ms: Some(34),
    jitter_ms: Some(3),
    loss_permille: Some(2),
    frozen_permille: Some(0),
};

async fn report(page: &mut Page, call_id: &CallId, of: &Page, figures: Figures) {
    let received = vec![Received { from: of.device(), figures }];
    page.request(ReportQuality { call_id: call_id.clone(), received }.into()).await.unwrap();
}

/// A call that Ann, Bob or others had earlier.
fn earlier(n: usize, people: &[&UserId]) -> Call {
    let part = |id: &&UserId| Part {
        id: (*id).clone(),
        name: None,
        status: PartStatus::Joined,
        joined_at: Some(1_000),
        left_at: Some(2_000),
    };
    Call {
        call_id: format!("earlier_{n:0>12}").parse().unwrap(),
        kind: CallType::GroupVoice,
        room: None,
        room_name: None,
        placed_at: 1_000,
        answered_at: None,
        connected_at: None,
        ended_at: 4_000_000_000_000,
        duration_ms: 0,
        reason: EndReason::Completed,
        ended_by: None,
        recorded: false,
        relayed_bytes: None,
        participants: people.iter().map(part).collect(),
        quality: None,
        course: None,
    }
}

#[tokio::test]
async fn a_call_is_in_the_history_of_both() {
    let relay = Relay::start().await;
    let began = relay.app.clock.unix_now() * 1_000;
    let (mut ann, mut bob, call) = talking(&relay).await;
    for page in [&mut ann, &mut bob] {
        page.request(Connected { call_id: call.clone() }.into()).await.unwrap();
    }
    report(&mut ann, &call, &bob, FINE).await;
    report(&mut bob, &call, &ann, Figures { mos_x100: Some(391), loss_permille: Some(31), ..FINE }).await;
    tokio::time::sleep(QUICK).await;
    hang_up(&mut bob, call.clone()).await;

    let of_ann = calls(&relay, &ann, 1).await.remove(0);
    assert_eq!(vec![of_ann.clone()], calls(&relay, &bob, 1).await);
    assert_eq!(of_ann["call_id"], json!(call));
    assert_eq!((&of_ann["kind"], &of_ann["reason"]), (&json!("voice"), &json!("completed")));
    assert_eq!(of_ann["ended_by"], json!(bob.user()));
    let time = |name: &str| of_ann[name].as_u64().unwrap_or_else(|| panic!("{name} in {of_ann}"));
    assert!(began <= time("placed_at") && time("placed_at") <= time("answered_at"));
    assert!(time("answered_at") <= time("connected_at") && time("connected_at") < time("ended_at"));
    assert_eq!(time("duration_ms"), time("ended_at") - time("connected_at"));
    assert!(time("duration_ms") >= 20);
    let joined_and_left = |of: &str, status: &str, page: &Page, name: &str| json!({"id": page.user(), "name": name, "status": status, "joined_at": time(of), "left_at": time("ended_at")});
    let expected =
        [joined_and_left("placed_at", "placed", &ann, "Ann"), joined_and_left("answered_at", "accepted", &bob, "Bob")];
    assert_eq!(of_ann["participants"], json!(expected));
    let worst =
        json!({"mos_x100": 391, "round_trip_ms": 34, "jitter_ms": 3, "loss_permille": 31, "frozen_permille": 0});
    assert_eq!(of_ann["quality"]["worst"], worst);
    let median = of_ann["quality"]["median"]["mos_x100"].as_u64().unwrap();
    assert!((391..=397).contains(&median), "the lower of two, to within 1.6 %: {median}");

    let one = get(&relay, &bob.token, &format!("/api/calls/{call}")).await;
    assert_eq!((one.status, one.json()), (200, of_ann));
    assert_shaped_like(&documented(), &one.json());
    drop((ann, bob));
    relay.stop().await;
}

/// The example of a call in PROTOCOL.md.
fn documented() -> Value {
    example(1)
}

/// An example in PROTOCOL.md of what is told of calls that are over.
fn example(place: usize) -> Value {
    let prose = include_str!("../../protocol/PROTOCOL.md");
    let section = prose.split("## Calls that are over").nth(1).expect("a section");
    let example = section.split("```json\n").nth(place).and_then(|rest| rest.split("\n```").next());
    serde_json::from_str(example.expect("an example of a call")).unwrap()
}

/// The same names with the same types of values, and no others.
fn assert_shaped_like(example: &Value, real: &Value) {
    match (example, real) {
        (Value::Object(example), Value::Object(real)) => {
            assert_eq!(Vec::from_iter(example.keys()), Vec::from_iter(real.keys()));
            example.values().zip(real.values()).for_each(|(example, real)| assert_shaped_like(example, real));
        }
        (Value::Array(example), Value::Array(real)) => {
            assert_eq!(example.len(), real.len());
            example.iter().zip(real).for_each(|(example, real)| assert_shaped_like(example, real));
        }
        _ => assert_eq!(std::mem::discriminant(example), std::mem::discriminant(real), "{example} and {real}"),
    }
}

#[tokio::test]
async fn how_a_call_went_is_told_of_one_call_and_saved_with_all() {
    let relay = Relay::start().await;
    let ann = relay.page("Ann").await;
    let course: Course = serde_json::from_value(example(2)).unwrap();
    let call = Call { course: Some(course), ..earlier(1, &[&ann.user()]) };
    relay.app.history.note(call.clone());
    let listed = calls(&relay, &ann, 1).await.remove(0);
    assert_eq!(listed.get("course"), None, "a list is short");
    let path = format!("/api/calls/{}", call.call_id);
    let one = get(&relay, &ann.token, &path).await.json();
    assert_eq!(one["course"], example(2));
    assert_eq!(relay_export(&relay, &ann.token).await, json!({ "calls": [one] }));
}

#[tokio::test]
async fn a_missed_call_names_who_missed_it() {
    let relay = Relay::start().await;
    let mut ann = relay.page("Ann").await;
    let mut bob = relay.page("Bob").await;
    let call = ann.ring(&bob).await;
    bob.expect("call:incoming").await;
    hang_up(&mut ann, call).await;
    let missed = calls(&relay, &bob, 1).await.remove(0);
    assert_eq!(missed["reason"], "cancelled");
    assert_eq!(missed["participants"][1], json!({"id": bob.user(), "name": "Bob", "status": "missed"}));
    assert_eq!(missed.get("quality"), Some(&Value::Null), "nobody reported anything");
    assert_eq!((missed.get("answered_at"), &missed["duration_ms"]), (None, &json!(0)));
    for (query, who, count) in
        [("missed=true", &bob, 1), ("missed=true", &ann, 0), ("q=ANN", &bob, 1), ("q=ann", &ann, 0)]
    {
        let answer = get(&relay, &who.token, &format!("/api/calls?{query}")).await;
        assert_eq!(answer.json()["calls"].as_array().unwrap().len(), count, "{query}");
    }
}

#[tokio::test]
async fn a_room_is_in_the_history_of_all_who_were_there() {
    let relay = Relay::start().await;
    let mut ann = relay.page("Ann").await;
    let mut bob = relay.page("Bob").await;
    let made = ann
        .request(CreateRoom { name: Some("Stand-up".into()), private: false, waiting_room: false }.into())
        .await
        .unwrap();
    let RelayMessage::RoomCreated(RoomCreated { room }) = made else { panic!("{made:?}") };
    let mut call = None;
    for page in [&mut ann, &mut bob] {
        let joined = page.request(Join { room: room.clone(), media: MediaState::default() }.into()).await.unwrap();
        let RelayMessage::Joined(joined) = joined else { panic!("{joined:?}") };
        call = Some(joined.call_id);
    }
    let call_id = call.unwrap();
    ann.request(Leave { call_id: call_id.clone() }.into()).await.unwrap();
    bob.request(Leave { call_id: call_id.clone() }.into()).await.unwrap();
    for page in [&ann, &bob] {
        let call = calls(&relay, page, 1).await.remove(0);
        assert_eq!((&call["room"], &call["room_name"]), (&json!(room), &json!("Stand-up")));
        let names: Vec<&Value> = call["participants"].as_array().unwrap().iter().map(|part| &part["name"]).collect();
        assert_eq!(names, ["Ann", "Bob"]);
    }
}

#[tokio::test]
async fn without_a_good_token_there_is_nothing_to_see() {
    let relay = Relay::start().await;
    let all = [("GET", "/api/calls"), ("DELETE", "/api/calls"), ("GET", "/api/calls/export")];
    let one = format!("/api/calls/{}", call_id());
    for (method, path) in all.into_iter().chain([("GET", &*one), ("DELETE", &one)]) {
        for ask in [Ask::new(method, path), Ask::new(method, path).bearer("e30.e30.c2ln")] {
            let answer = send(&relay, ask).await;
            assert_eq!((answer.status, answer.code().as_str()), (401, "bad_token"), "{method} {path}");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
    }
}

#[tokio::test]
async fn the_calls_of_others_do_not_exist() {
    let relay = Relay::start().await;
    let (mut ann, bob, call) = talking(&relay).await;
    hang_up(&mut ann, call.clone()).await;
    calls(&relay, &bob, 1).await;
    let eve = relay.token("Eve");
    for id in [call.as_str(), call_id().as_str(), "short", "%FF"] {
        let path = format!("/api/calls/{id}");
        for answer in [get(&relay, &eve, &path).await, delete(&relay, &eve, &path).await] {
            assert_eq!((answer.status, answer.code().as_str()), (404, "no_call"), "{id}");
        }
    }
    assert_eq!(delete(&relay, &eve, "/api/calls").await.status, 204);
    assert_eq!(get(&relay, &eve, "/api/calls").await.json(), json!({"calls": []}));
    calls(&relay, &ann, 1).await;
}

#[tokio::test]
async fn deleting_is_for_oneself_alone() {
    let relay = Relay::start().await;
    let (mut ann, bob, call) = talking(&relay).await;
    hang_up(&mut ann, call.clone()).await;
    calls(&relay, &ann, 1).await;
    let path = format!("/api/calls/{call}");
    let deleted = delete(&relay, &ann.token, &path).await;
    assert_eq!((deleted.status, deleted.body.len()), (204, 0));
    assert_eq!(get(&relay, &ann.token, &path).await.status, 404);
    assert_eq!(delete(&relay, &ann.token, &path).await.status, 404);
    calls(&relay, &bob, 1).await;
    assert_eq!(delete(&relay, &bob.token, "/api/calls").await.status, 204);
    calls(&relay, &bob, 0).await;
}

#[tokio::test]
async fn pages_and_the_export_hold_everything_once() {
    let relay = Relay::start().await;
    let (ann, bob) = (relay.page("Ann").await, relay.page("Bob").await);
    let (a, b) = (ann.user(), bob.user());
    for n in 0..250 {
        let people = if n % 50 == 7 { vec![&b] } else { vec![&a, &b] };
        relay.app.history.note(earlier(n, &people));
    }
    relay.app.history.forget(&"nobody".parse().unwrap(), None).await.unwrap();
    let mut paged = Vec::new();
    let mut path = "/api/calls?limit=100".to_owned();
    loop {
        let page = get(&relay, &ann.token, &path).await.json();
        paged.extend(page["calls"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/calls?limit=100&before={next}");
    }
    let expected = (0..250).rev().filter(|n| n % 50 != 7).map(|n| json!(earlier(n, &[&a, &b])));
    assert_eq!(paged, expected.collect::<Vec<_>>());
    // Without its framing the export is what the pages are.
    let whole = relay_export(&relay, &ann.token).await;
    assert_eq!(whole, json!({ "calls": paged }));
    assert_eq!(relay_export(&relay, &relay.token("Eve")).await, json!({"calls": []}));
}

/// The export, which comes in chunks (RFC 9112 section 7.1).
async fn relay_export(relay: &Relay, token: &str) -> Value {
    let answer = get(relay, token, "/api/calls/export").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"alo-calls.json\"");
    assert_eq!(answer.header("cache-control"), "no-store");
    let mut rest = answer.text();
    let mut whole = String::new();
    loop {
        let (size, after) = rest.split_once("\r\n").unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            return serde_json::from_str(&whole).unwrap();
        }
        whole += &after[..size];
        rest = after[size..].strip_prefix("\r\n").unwrap();
    }
}

#[tokio::test]
async fn calls_go_on_while_the_file_takes_nothing_and_the_gap_is_told() {
    let mut folder = None;
    let relay = Relay::with(|config| folder = Some(config.data.0.clone())).await;
    let (mut ann, bob, first) = talking(&relay).await;
    hang_up(&mut ann, first).await;
    assert_eq!(calls(&relay, &bob, 1).await.len(), 1);
    // Somebody else writes and does not come to an end.
    let other = rusqlite::Connection::open(folder.unwrap().join("history.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    drop((ann, bob));
    let (mut cleo, dan, second) = talking(&relay).await;
    hang_up(&mut cleo, second).await;
    let behind = async {
        loop {
            let answer = get(&relay, &dan.token, "/api/calls").await.json();
            if answer["behind"] == true {
                return answer;
            }
        }
    };
    let told = tokio::time::timeout(SOON, behind).await.expect("it is told");
    assert_eq!(told["calls"], json!([]));
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(calls(&relay, &dan, 1).await.len(), 1, "it is there as soon as the file takes it");
    assert_eq!(get(&relay, &dan.token, "/api/calls").await.json().get("behind"), None);
}

#[tokio::test]
async fn a_query_that_makes_no_sense_is_refused_with_words() {
    let relay = Relay::start().await;
    let token = relay.token("Ann");
    for query in ["limit=0", "limit=101", "limit=x", "before=x", "kind=telegram", "missed=2", "limit=1&limit=2"] {
        let answer = get(&relay, &token, &format!("/api/calls?{query}")).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "bad_message"), "{query}");
    }
    let long = "x".repeat(129);
    assert_eq!(get(&relay, &token, &format!("/api/calls?q={long}")).await.status, 400);
    let fine = get(&relay, &token, "/api/calls?limit=100&kind=video&missed=false&q=%27%3B--&unknown=1").await;
    assert_eq!((fine.status, fine.json()), (200, json!({"calls": []})));
}

#[tokio::test]
async fn old_calls_are_deleted_when_the_relay_starts_and_from_then_on() {
    let ann: UserId = "ann".parse().unwrap();
    let old = |n: usize, ended_at: u64| Call { ended_at, ..earlier(n, &[&ann]) };
    let relay = Relay::with(|config| {
        config.history_days = 2;
        let today = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() / 3_600 * 3_600;
        let hours_ago = |hours: u64| (today - hours * 3_600) * 1_000;
        let before = History::open(&config.data.0, Arc::default()).unwrap();
        for (n, hours) in [(0, 1), (1, 47), (2, 50), (3, 24 * 365)] {
            before.note(old(n, hours_ago(hours)));
        }
        before.close(SOON);
    })
    .await;
    let kept = async {
        loop {
            let page = relay.app.history.page(&ann, Filter::default()).await.unwrap();
            let ids: Vec<CallId> = page.calls.into_iter().map(|call| call.call_id).collect();
            if ids.len() <= 2 {
                return ids;
            }
            tokio::time::sleep(QUICK).await;
        }
    };
    let kept = tokio::time::timeout(SOON, kept).await.expect("the old ones are deleted");
    assert_eq!(kept, [old(1, 0).call_id, old(0, 0).call_id]);
}

#[tokio::test]
async fn a_relay_that_keeps_no_history_has_none() {
    let relay = Relay::with(|config| config.history_days = 0).await;
    let (mut ann, _bob, call) = talking(&relay).await;
    hang_up(&mut ann, call.clone()).await;
    assert_eq!(get(&relay, &ann.token, "/api/calls").await.json(), json!({"calls": []}));
    assert_eq!(get(&relay, &ann.token, &format!("/api/calls/{call}")).await.status, 404);
    assert_eq!(delete(&relay, &ann.token, "/api/calls").await.status, 204);
    assert!(!relay.app.config.data.0.join("history.db").exists());
}

#[tokio::test]
async fn calls_go_on_while_the_history_cannot_be_written() {
    let relay = Relay::with(|config| std::fs::create_dir(config.data.0.join("history.db")).unwrap()).await;
    let (mut ann, _bob, call) = talking(&relay).await;
    hang_up(&mut ann, call.clone()).await;
    let refused = get(&relay, &ann.token, "/api/calls").await;
    assert_eq!((refused.status, refused.code().as_str()), (503, "unavailable"));
    assert_eq!(delete(&relay, &ann.token, "/api/calls").await.status, 503);
    relay.still_serves().await;
    std::fs::remove_dir(relay.app.config.data.0.join("history.db")).unwrap();
    let written = async {
        while get(&relay, &ann.token, "/api/calls").await.status != 200 {
            tokio::time::sleep(QUICK).await;
        }
    };
    tokio::time::timeout(SOON, written).await.unwrap();
    let kept = calls(&relay, &ann, 1).await.remove(0);
    assert_eq!(kept["call_id"], json!(call));
}
