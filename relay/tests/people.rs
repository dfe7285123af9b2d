//! What people want of each other, by `/api`, and what comes of it between pages on real sockets.

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

use client::{Answer, Ask};
use protocol::*;
use serde_json::{Value, json};
use world::{Page, Relay, call_id, talking};

/// Sends a request, away from the threads that serve it.
async fn send(relay: &Relay, ask: Ask) -> Answer {
    let port = relay.address.port();
    tokio::task::spawn_blocking(move || ask.send(port)).await.unwrap()
}

async fn ask(relay: &Relay, page: &Page, method: &str, path: &str, body: Option<Value>) -> Answer {
    let mut ask = Ask::new(method, path).bearer(&page.token);
    if let Some(body) = body {
        ask = ask.header("Content-Type", "application/json").body(body.to_string());
    }
    send(relay, ask).await
}

async fn wants(relay: &Relay, page: &Page, of: &UserId, blocked: bool, muted: bool) {
    let body = json!({"name": "somebody", "blocked": blocked, "muted": muted});
    let answer = ask(relay, page, "PUT", &format!("/api/people/{of}"), Some(body)).await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

async fn is(relay: &Relay, page: &Page, status: &str) {
    let answer = ask(relay, page, "PUT", "/api/status", Some(json!({"status": status}))).await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

/// Waits until that is told of somebody; what they were before may have been on its way.
async fn becomes(page: &mut Page, user: &UserId, status: CallStatus) {
    loop {
        let RelayMessage::CallStatusChanged(told) = page.expect("user:call_status_changed").await.message else {
            panic!()
        };
        if told.user.id == *user && told.status == status {
            return;
        }
    }
}

/// What a ring is answered with, word for word but for the numbers of its frame and call.
async fn answer_to_ring(page: &mut Page, to: &UserId) -> String {
    let call = call_id();
    let message = page.initiate(&call, to);
    let id = page.ask(message).await;
    loop {
        let frame = page.next().await;
        if frame.id == Some(id) {
            let text = frame.message.data();
            return text.replace(call.as_str(), "CALL");
        }
    }
}

#[tokio::test]
async fn a_blocked_caller_finds_nobody() {
    let relay = Relay::start().await;
    let (mut ann, mut bob) = (relay.page("Ann").await, relay.page("Bob").await);
    let nobody: UserId = "guest:nobody".parse().unwrap();
    becomes(&mut ann, &bob.user(), CallStatus::Idle).await;
    wants(&relay, &ann, &bob.user(), true, false).await;
    becomes(&mut bob, &ann.user(), CallStatus::Offline).await;
    let to = ann.user();
    let blocked = answer_to_ring(&mut bob, &to).await;
    assert_eq!(blocked, answer_to_ring(&mut bob, &nobody).await);
    assert!(blocked.contains("not_found"));
    ann.hears_nothing().await;

    let call = ann.ring(&bob).await;
    bob.expect("call:incoming").await;
    ann.request(Hangup { call_id: call, reason: HangupReason::Completed }.into()).await.unwrap();
    wants(&relay, &ann, &bob.user(), false, false).await;
    becomes(&mut bob, &ann.user(), CallStatus::Idle).await;
    bob.ring(&ann).await;
    ann.expect("call:incoming").await;
}

#[tokio::test]
async fn whoever_is_blocked_does_not_see_who_is_here_or_what_they_do() {
    let relay = Relay::start().await;
    let (mut ann, mut cat) = (relay.page("Ann").await, relay.page("Cat").await);
    let token = relay.token("Bob");
    let bob = relay.page_with(&token, None).await;
    wants(&relay, &ann, &bob.user(), true, false).await;
    drop(bob);
    let mut bob = relay.page_with(&token, None).await;
    let here = |page: &Page| page.welcome().people.iter().map(|one| one.user.name.clone()).collect::<Vec<_>>();
    assert_eq!(here(&bob), ["Cat"]);
    assert!(here(&relay.page("Dan").await).contains(&"Ann".to_owned()));
    let call = ann.ring(&cat).await;
    cat.expect("call:incoming").await;
    // What is told of Cat comes with or after what would be told of Ann.
    loop {
        let RelayMessage::CallStatusChanged(told) = bob.expect("user:call_status_changed").await.message else {
            panic!()
        };
        assert_ne!(told.user.id, ann.user(), "{told:?}");
        if told.user.id == cat.user() && told.status == CallStatus::Ringing {
            break;
        }
    }
    ann.request(Hangup { call_id: call, reason: HangupReason::Completed }.into()).await.unwrap();
    bob.hears_nothing().await;
}

#[tokio::test]
async fn with_the_directory_off_nobody_is_told_anything() {
    let relay = Relay::with(|config| config.directory = false).await;
    let (ann, mut bob) = (relay.page("Ann").await, relay.page("Bob").await);
    is(&relay, &ann, "do_not_disturb").await;
    wants(&relay, &ann, &bob.user(), true, false).await;
    wants(&relay, &ann, &bob.user(), false, false).await;
    let quiet = tokio::time::timeout(world::QUIET, bob.next()).await;
    assert!(quiet.is_err(), "{quiet:?}");
}

#[tokio::test]
async fn a_blocked_caller_rings_nobody_into_a_call() {
    let relay = Relay::start().await;
    let (mut ann, mut bob, call) = talking(&relay).await;
    for page in [&mut ann, &mut bob] {
        page.request(Connected { call_id: call.clone() }.into()).await.unwrap();
    }
    let mut cat = relay.page("Cat").await;
    let dan = relay.page("Dan").await;
    wants(&relay, &cat, &bob.user(), true, false).await;
    is(&relay, &dan, "do_not_disturb").await;
    bob.request(Invite { call_id: call, to: vec![cat.user(), dan.user()] }.into()).await.unwrap();
    let RelayMessage::Invitations(told) = bob.expect("call:invitations").await.message else { panic!() };
    let told: Vec<(&str, InvitationStatus)> =
        told.people.iter().map(|one| (one.user.name.as_str(), one.status)).collect();
    let expected =
        [("Bob", InvitationStatus::Joined), ("", InvitationStatus::NotHere), ("Dan", InvitationStatus::DoNotDisturb)];
    assert_eq!(told, expected);
    cat.hears_nothing().await;
}

#[tokio::test]
async fn a_muted_ring_is_silent_and_missed() {
    let relay = Relay::start().await;
    let (ann, mut bob) = (relay.page("Ann").await, relay.page("Bob").await);
    let mut cat = relay.page("Cat").await;
    wants(&relay, &bob, &ann.user(), false, true).await;
    let mut ann = ann;
    let call = ann.ring(&bob).await;
    let RelayMessage::Incoming(incoming) = bob.expect("call:incoming").await.message else { panic!() };
    assert!(incoming.silent);
    ann.request(Hangup { call_id: call.clone(), reason: HangupReason::Completed }.into()).await.unwrap();
    bob.expect("call:ended").await;
    let missed = relay.app.history.call(&bob.user(), call).await.unwrap().unwrap();
    assert_eq!(format!("{:?}", missed.participants[1].status), "Missed");
    cat.ring(&bob).await;
    let RelayMessage::Incoming(incoming) = bob.expect("call:incoming").await.message else { panic!() };
    assert!(!incoming.silent, "only of whom it was wanted");
}

#[tokio::test]
async fn who_does_not_want_to_be_disturbed_is_not_rung() {
    let relay = Relay::start().await;
    let (mut ann, mut bob) = (relay.page("Ann").await, relay.page("Bob").await);
    is(&relay, &ann, "do_not_disturb").await;
    becomes(&mut bob, &ann.user(), CallStatus::DoNotDisturb).await;
    let ring = bob.initiate(&call_id(), &ann.user());
    assert_eq!(bob.request(ring).await, Err(ErrorCode::DoNotDisturb));
    ann.hears_nothing().await;
    is(&relay, &ann, "away").await;
    becomes(&mut bob, &ann.user(), CallStatus::Away).await;
    let call = bob.ring(&ann).await;
    ann.expect("call:incoming").await;
    ann.request(Page::accept(&call)).await.unwrap();
    becomes(&mut bob, &ann.user(), CallStatus::InCall).await;
    let cat = relay.page("Cat").await;
    let seen = cat.welcome().people.iter().find(|one| one.user.id == ann.user()).map(|one| one.status);
    assert_eq!(seen, Some(CallStatus::InCall));
}

#[tokio::test]
async fn what_is_wanted_can_be_read_and_taken_back() {
    let relay = Relay::start().await;
    let (ann, bob) = (relay.page("Ann").await, relay.page("Bob").await);
    let other = bob.user();
    let path = format!("/api/people/{other}");
    let named = json!({"name": " Bình\u{202e} ", "blocked": true});
    assert_eq!(ask(&relay, &ann, "PUT", &path, Some(named)).await.status, 204);
    is(&relay, &ann, "away").await;
    let mine = ask(&relay, &ann, "GET", "/api/people", None).await.json();
    let expected = json!([{"id": other, "name": "Bình", "blocked": true, "muted": false}]);
    assert_eq!((&mine["status"], &mine["people"]), (&json!("away"), &expected));
    let theirs = ask(&relay, &bob, "GET", "/api/people", None).await.json();
    assert_eq!(theirs, json!({"status": "free", "people": []}), "nobody sees what others want");
    for _ in 0..2 {
        assert_eq!(ask(&relay, &ann, "DELETE", &path, None).await.status, 204);
    }
    assert_eq!(ask(&relay, &ann, "GET", "/api/people", None).await.json()["people"], json!([]));
}

#[tokio::test]
async fn groups_are_made_changed_and_deleted_by_their_owner_alone() {
    let relay = Relay::start().await;
    let (ann, bob) = (relay.page("Ann").await, relay.page("Bob").await);
    let group = |name: &str, place: u32, members: &[&str]| {
        let members: Vec<Value> = members.iter().map(|id| json!({"id": id, "name": id})).collect();
        json!({"name": name, "place": place, "members": members})
    };
    let made = ask(&relay, &ann, "POST", "/api/groups", Some(group("Family", 2, &["u:1", "u:2", "u:1"]))).await;
    assert_eq!((made.status, made.json()["members"].as_array().unwrap().len()), (201, 2), "nobody twice");
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/groups/{id}");
    ask(&relay, &ann, "POST", "/api/groups", Some(group("Work", 1, &["u:3"]))).await;
    let changed = ask(&relay, &ann, "PUT", &path, Some(group("Kin", 0, &["u:2", "u:4"]))).await;
    assert_eq!(changed.status, 200);
    let groups = ask(&relay, &ann, "GET", "/api/groups", None).await.json();
    let names: Vec<&Value> = groups["groups"].as_array().unwrap().iter().map(|group| &group["name"]).collect();
    assert_eq!(names, ["Kin", "Work"]);
    assert_eq!(groups["groups"][0]["members"][1], json!({"id": "u:4", "name": "u:4"}));

    let nowhere = "/api/groups/g_0000000000000000";
    for (method, body) in [("PUT", Some(group("Mine", 0, &["u:1"]))), ("DELETE", None)] {
        let theirs = ask(&relay, &bob, method, &path, body.clone()).await;
        let nothing = ask(&relay, &bob, method, nowhere, body).await;
        assert_eq!((theirs.status, &theirs.body), (404, &nothing.body), "{method}");
        assert_eq!(nothing.status, 404);
    }
    assert_eq!(ask(&relay, &ann, "DELETE", &path, None).await.status, 204);
    assert_eq!(ask(&relay, &ann, "DELETE", &path, None).await.status, 404);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_in_words() {
    let relay = Relay::start().await;
    let ann = relay.page("Ann").await;
    let many: Vec<Value> = (0..33).map(|n| json!({"id": format!("u:{n}"), "name": "x"})).collect();
    let one = json!([{"id": "u:1", "name": "x"}]);
    for (method, path, body, status, code) in [
        ("PUT", "/api/status", json!({"status": "asleep"}), 400, "bad_message"),
        ("PUT", "/api/status", json!([]), 400, "bad_message"),
        ("PUT", "/api/people/a%20b", json!({}), 404, "not_found"),
        ("PUT", "/api/people/%FF", json!({}), 404, "not_found"),
        ("POST", "/api/groups", json!({"name": " \u{200b} ", "members": one}), 400, "bad_message"),
        ("POST", "/api/groups", json!({"name": "x", "members": []}), 400, "bad_message"),
        ("POST", "/api/groups", json!({"name": "x", "members": many}), 413, "too_big"),
        ("POST", "/api/groups", json!({"name": "x", "members": [{"id": "a b", "name": ""}]}), 400, "bad_message"),
        ("POST", "/api/groups", json!({"name": "x", "place": -1, "members": one}), 400, "bad_message"),
        ("POST", "/api/groups", json!({"name": "x".repeat(40_000), "members": one}), 400, "bad_message"),
    ] {
        let answer = ask(&relay, &ann, method, path, Some(body)).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{method} {path}");
    }
    let oneself = format!("/api/people/{}", ann.user());
    assert_eq!(ask(&relay, &ann, "PUT", &oneself, Some(json!({}))).await.code(), "own_user");
}

#[tokio::test]
async fn without_a_good_token_nothing_is_said() {
    let relay = Relay::start().await;
    for (method, path) in [
        ("GET", "/api/people"),
        ("PUT", "/api/people/u:1"),
        ("DELETE", "/api/people/u:1"),
        ("PUT", "/api/status"),
        ("GET", "/api/groups"),
        ("POST", "/api/groups"),
        ("PUT", "/api/groups/g_1"),
        ("DELETE", "/api/groups/g_1"),
    ] {
        for ask in [Ask::new(method, path), Ask::new(method, path).bearer("e30.e30.c2ln")] {
            let answer = send(&relay, ask).await;
            assert_eq!((answer.status, answer.code().as_str()), (401, "bad_token"), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_relay_without_a_history_says_that_it_keeps_nothing() {
    let relay = Relay::with(|config| config.history_days = 0).await;
    let (ann, mut bob) = (relay.page("Ann").await, relay.page("Bob").await);
    for (method, path, body) in [
        ("GET", "/api/people", None),
        ("GET", "/api/groups", None),
        ("PUT", "/api/status", Some(json!({"status": "away"}))),
        ("PUT", "/api/people/u:1", Some(json!({"blocked": true}))),
    ] {
        let answer = ask(&relay, &ann, method, path, body).await;
        assert_eq!((answer.status, answer.code().as_str()), (503, "unavailable"), "{method} {path}");
    }
    bob.ring(&ann).await;
}

#[tokio::test]
async fn an_address_that_asks_too_often_is_told_to_wait() {
    let relay = Relay::start().await;
    let mut refused = None;
    for _ in 0..1_500 {
        let answer = send(&relay, Ask::get("/api/people")).await;
        if answer.status != 401 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("there is a limit");
    assert_eq!((refused.status, refused.code().as_str()), (429, "rate_limited"));
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(send(&relay, Ask::get("/api/config")).await.status, 200, "coming in has limits of its own");
}
