//! Browsers without a page are told of calls, through a push service of the test's own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "written for another test program, and this one does not use all of it")]
#[path = "../outside/client.rs"]
mod client;
mod service;
#[path = "../world/mod.rs"]
mod world;

use std::time::Duration;

use client::{Answer, Ask};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use protocol::*;
use serde_json::{Value, json};
use service::{Browser, Service};
use world::{Page, Relay, call_id};

/// Somebody who is at no page; what they did before is theirs.
struct Away {
    token: String,
    user: UserId,
}

async fn relay_and_service() -> (Relay, Service) {
    let service = Service::start().await;
    let origin = service.origin();
    (Relay::with(|config| config.push.named = vec![origin]).await, service)
}

fn away(relay: &Relay, name: &str) -> Away {
    let guest = relay.app.identity.guest(name.to_owned(), relay.app.clock.unix_now()).unwrap();
    Away { token: guest.token, user: guest.user.id }
}

async fn ask(relay: &Relay, token: Option<&str>, method: &str, path: &str, body: Option<Value>) -> Answer {
    let mut ask = Ask::new(method, path);
    if let Some(token) = token {
        ask = ask.bearer(token);
    }
    if let Some(body) = body {
        ask = ask.header("Content-Type", "application/json").body(body.to_string());
    }
    let port = relay.address.port();
    tokio::task::spawn_blocking(move || ask.send(port)).await.unwrap()
}

async fn subscribe(relay: &Relay, who: &Away, browser: &Browser) {
    let answer = ask(relay, Some(&who.token), "PUT", "/api/push", Some(browser.json())).await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

/// Rings somebody; the answer to that.
async fn ring(page: &mut Page, to: &UserId) -> (CallId, Result<RelayMessage, ErrorCode>) {
    let call = call_id();
    let answer = page.request(page.initiate(&call, to)).await;
    (call, answer)
}

async fn ended(page: &mut Page) -> EndReason {
    match page.expect("call:ended").await.message {
        RelayMessage::Ended(ended) => ended.reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_browser_without_a_page_is_told_and_its_page_finds_the_ring() {
    let (relay, mut service) = relay_and_service().await;
    let (mut ann, bob) = (relay.page("Ann").await, away(&relay, "Bob"));
    assert_eq!(ring(&mut ann, &bob.user).await.1, Err(ErrorCode::NotFound), "before there is a way to reach them");
    let browser = Browser::at(&service, "bobs");
    subscribe(&relay, &bob, &browser).await;
    let (call, answer) = ring(&mut ann, &bob.user).await;
    answer.unwrap();

    let asked = service.next().await;
    assert_eq!((asked.path.as_str(), asked.header("urgency")), ("/bobs", "high"));
    let ttl: u64 = asked.header("ttl").parse().unwrap();
    assert!((50..=60).contains(&ttl), "what is left of the ring: {ttl}");
    assert_eq!(asked.header("topic").len(), 32);
    assert!(!String::from_utf8_lossy(&asked.body).contains("Ann"));
    let told = browser.read(&asked);
    assert_eq!(
        (&told["call_id"], &told["from"]["name"], &told["kind"]),
        (&json!(call), &json!("Ann"), &json!("voice"))
    );
    assert_eq!((&told["language"], &told["silent"]), (&json!("vi"), &json!(false)));
    assert!(told["rings_for_ms"].as_u64().unwrap() <= 60_000);

    let mut page = relay.page_with(&bob.token, None).await;
    let incoming = page.expect("call:incoming").await;
    assert!(matches!(incoming.message, RelayMessage::Incoming(m) if m.call_id == call));
    page.request(Page::accept(&call)).await.unwrap();
    ann.expect("call:accepted").await;
    let over = service.next().await;
    assert_eq!(over.header("topic"), asked.header("topic"), "it takes the place of the ring");
    assert_eq!(browser.read(&over)["came_to"], "answered");
}

#[tokio::test]
async fn the_relay_says_who_it_is() {
    let (relay, mut service) = relay_and_service().await;
    let (mut ann, bob) = (relay.page("Ann").await, away(&relay, "Bob"));
    subscribe(&relay, &bob, &Browser::at(&service, "bobs")).await;
    let key = ask(&relay, Some(&bob.token), "GET", "/api/push", None).await;
    let key = key.json()["public_key"].as_str().unwrap().to_owned();
    let _ = ring(&mut ann, &bob.user).await;
    let asked = service.next().await;
    let (token, k) = asked.header("authorization").strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    assert_eq!(k, key);
    use base64::Engine as _;
    let point = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(k).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_audience(&[service.origin()]);
    // jsonwebtoken takes the point as RFC 8292 section 3.2 writes it.
    let claims = jsonwebtoken::decode::<Value>(token, &DecodingKey::from_ec_der(&point), &validation).unwrap().claims;
    assert!(claims["exp"].as_u64().unwrap() <= relay.app.clock.unix_now() + 24 * 3_600);
}

#[tokio::test]
async fn what_is_declined_on_a_notification_needs_no_page() {
    let (relay, mut service) = relay_and_service().await;
    let (mut ann, bob) = (relay.page("Ann").await, away(&relay, "Bob"));
    let browser = Browser::at(&service, "bobs");
    subscribe(&relay, &bob, &browser).await;
    let (call, _) = ring(&mut ann, &bob.user).await;
    let told = browser.read(&service.next().await);
    let decline = |user: &str, token: &Value| json!({ "call_id": call, "user": user, "token": token });
    let send = |body: Value| ask(&relay, None, "POST", "/api/push/decline", Some(body));
    let wrong = [
        decline(ann.user().as_str(), &told["decline"]),
        decline(bob.user.as_str(), &json!("AAAA")),
        decline(bob.user.as_str(), &json!("")),
        json!({ "call_id": call_id(), "user": bob.user, "token": told["decline"] }),
    ];
    for body in wrong {
        assert_eq!(send(body).await.status, 404);
    }
    assert_eq!(send(json!({ "call_id": call })).await.status, 400);
    let right = decline(told["user"].as_str().unwrap(), &told["decline"]);
    assert_eq!(send(right.clone()).await.status, 204);
    assert_eq!(ended(&mut ann).await, EndReason::Declined);
    assert_eq!(send(right).await.status, 404, "there is nothing to decline any more");
    assert_eq!(browser.read(&service.next().await)["came_to"], "declined");
}

#[tokio::test]
async fn a_ring_that_is_taken_back_or_missed_is_told_as_missed() {
    let service = Service::start().await;
    let origin = service.origin();
    let relay = Relay::with(|config| {
        config.push.named = vec![origin];
        config.calls.ring = Duration::from_secs(2);
    });
    let (relay, mut service) = (relay.await, service);
    let (mut ann, bob) = (relay.page("Ann").await, away(&relay, "Bob"));
    let browser = Browser::at(&service, "bobs");
    subscribe(&relay, &bob, &browser).await;
    let (call, _) = ring(&mut ann, &bob.user).await;
    assert!(service.next().await.header("ttl").parse::<u64>().unwrap() <= 2);
    ann.request(Hangup { call_id: call, reason: HangupReason::Completed }.into()).await.unwrap();
    assert_eq!(browser.read(&service.next().await)["came_to"], "missed");
    let _ = ring(&mut ann, &bob.user).await;
    service.next().await;
    assert_eq!(browser.read(&service.next().await)["came_to"], "missed");
    assert_eq!(ended(&mut ann).await, EndReason::Missed);
    let missed = ask(&relay, Some(&bob.token), "GET", "/api/calls?missed=true", None).await.json();
    assert_eq!(missed["calls"].as_array().unwrap().len(), 2, "{missed}");
    assert_eq!(missed["calls"][0]["participants"][1]["name"], "Bob", "known by their subscription");
}

#[tokio::test]
async fn a_push_service_that_is_busy_is_asked_again_and_one_that_knows_nobody_is_not() {
    let (relay, mut service) = relay_and_service().await;
    let (mut ann, bob) = (relay.page("Ann").await, away(&relay, "Bob"));
    let browser = Browser::at(&service, "bobs");
    subscribe(&relay, &bob, &browser).await;
    service.will_say(429, Some("1"));
    service.will_say(503, None);
    let (call, _) = ring(&mut ann, &bob.user).await;
    let began = std::time::Instant::now();
    let times: Vec<Value> = [service.next().await, service.next().await, service.next().await]
        .iter()
        .map(|asked| browser.read(asked)["rings_for_ms"].clone())
        .collect();
    assert!(began.elapsed() >= Duration::from_secs(2));
    assert!(times.is_sorted_by(|a, b| a.as_u64() > b.as_u64()), "what is left, each time: {times:?}");
    ann.request(Hangup { call_id: call, reason: HangupReason::Completed }.into()).await.unwrap();
    service.next().await;

    service.will_say(410, None);
    let (call, answer) = ring(&mut ann, &bob.user).await;
    answer.unwrap();
    service.next().await;
    ann.request(Hangup { call_id: call, reason: HangupReason::Completed }.into()).await.unwrap();
    let forgotten = async {
        while ring(&mut ann, &bob.user).await.1 != Err(ErrorCode::NotFound) {
            ann.expect("call:ended").await;
        }
    };
    // The file follows within milliseconds; until then they would be rung once more.
    tokio::time::timeout(world::SOON, forgotten).await.unwrap();
}

#[tokio::test]
async fn nothing_is_sent_where_no_push_service_is() {
    let (relay, service) = relay_and_service().await;
    let bob = away(&relay, "Bob");
    let good = Browser::at(&service, "bobs").json();
    for endpoint in ["http://127.0.0.1:22/x", "https://10.0.0.1/x", "https://localhost/x", "https://evil.example/x", ""]
    {
        let mut body = good.clone();
        body["endpoint"] = json!(endpoint);
        let answer = ask(&relay, Some(&bob.token), "PUT", "/api/push", Some(body)).await;
        assert_eq!(answer.status, 400, "{endpoint}");
    }
    for (key, value) in [("p256dh", "BAAA"), ("auth", "AAAA"), ("auth", "*"), ("p256dh", "")] {
        let mut body = good.clone();
        body["keys"][key] = json!(value);
        let answer = ask(&relay, Some(&bob.token), "PUT", "/api/push", Some(body)).await;
        assert_eq!(answer.status, 400, "{key} {value}");
    }
    assert_eq!(ask(&relay, None, "PUT", "/api/push", Some(good)).await.status, 401);
    assert_eq!(ask(&relay, None, "GET", "/api/push", None).await.status, 401);
}

#[tokio::test]
async fn a_browser_tells_one_person_and_stops_when_asked() {
    let (relay, mut service) = relay_and_service().await;
    let mut ann = relay.page("Ann").await;
    let (bob, eve) = (away(&relay, "Bob"), away(&relay, "Eve"));
    let browser = Browser::at(&service, "shared");
    subscribe(&relay, &bob, &browser).await;
    subscribe(&relay, &eve, &browser).await;
    assert_eq!(ring(&mut ann, &bob.user).await.1, Err(ErrorCode::NotFound), "it is Eve's now");
    let (call, answer) = ring(&mut ann, &eve.user).await;
    answer.unwrap();
    service.next().await;
    ann.request(Hangup { call_id: call, reason: HangupReason::Completed }.into()).await.unwrap();
    service.next().await;
    let path = format!("/api/push?endpoint={}", browser.endpoint.replace(':', "%3A").replace('/', "%2F"));
    assert_eq!(ask(&relay, Some(&bob.token), "DELETE", &path, None).await.status, 404, "not his");
    assert_eq!(ask(&relay, Some(&eve.token), "DELETE", &path, None).await.status, 204);
    assert_eq!(ring(&mut ann, &eve.user).await.1, Err(ErrorCode::NotFound));
    service.hears_nothing().await;
}

#[tokio::test]
async fn a_browser_is_followed_to_another_subscription_by_its_secret() {
    let (relay, mut service) = relay_and_service().await;
    let (mut ann, bob) = (relay.page("Ann").await, away(&relay, "Bob"));
    let (former, now) = (Browser::at(&service, "former"), Browser::at(&service, "now"));
    subscribe(&relay, &bob, &former).await;
    let renew = |former: Value, now: Value| {
        ask(&relay, None, "POST", "/api/push/renew", Some(json!({ "former": former, "now": now })))
    };
    let mut guessed = former.json();
    guessed["keys"]["auth"] = now.json()["keys"]["auth"].clone();
    assert_eq!(renew(guessed, now.json()).await.status, 404, "an address alone is no proof");
    assert_eq!(renew(now.json(), now.json()).await.status, 404);
    let mut elsewhere = now.json();
    elsewhere["endpoint"] = json!("http://127.0.0.1:22/x");
    assert_eq!(renew(former.json(), elsewhere).await.status, 400);
    assert_eq!(renew(former.json(), json!({})).await.status, 400);

    assert_eq!(renew(former.json(), now.json()).await.status, 204);
    let (call, answer) = ring(&mut ann, &bob.user).await;
    answer.unwrap();
    let told = service.next().await;
    assert_eq!(told.path, "/now");
    assert_eq!((&now.read(&told)["call_id"], &now.read(&told)["language"]), (&json!(call), &json!("vi")));
    ann.request(Hangup { call_id: call, reason: HangupReason::Completed }.into()).await.unwrap();
    assert_eq!(service.next().await.path, "/now");
    service.hears_nothing().await;
    assert_eq!(renew(former.json(), now.json()).await.status, 404, "it is gone");
}

#[tokio::test]
async fn of_too_many_browsers_the_oldest_is_forgotten() {
    let (relay, mut service) = relay_and_service().await;
    let (mut ann, bob) = (relay.page("Ann").await, away(&relay, "Bob"));
    for n in 0..=relay::push::DEVICES {
        subscribe(&relay, &bob, &Browser::at(&service, &n.to_string())).await;
    }
    // Renewed, the second oldest is not the oldest any more.
    subscribe(&relay, &bob, &Browser::at(&service, "1")).await;
    let _ = ring(&mut ann, &bob.user).await;
    let mut told = Vec::new();
    for _ in 0..relay::push::DEVICES {
        told.push(service.next().await.path);
    }
    told.sort();
    assert_eq!(told, ["/1", "/10", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/9"]);
    service.hears_nothing().await;
}

#[tokio::test]
async fn whoever_is_blocked_or_unwelcome_rings_no_browser() {
    let (relay, mut service) = relay_and_service().await;
    let (mut ann, bob) = (relay.page("Ann").await, away(&relay, "Bob"));
    subscribe(&relay, &bob, &Browser::at(&service, "bobs")).await;
    let status = json!({ "status": "do_not_disturb" });
    assert_eq!(ask(&relay, Some(&bob.token), "PUT", "/api/status", Some(status)).await.status, 204);
    assert_eq!(ring(&mut ann, &bob.user).await.1, Err(ErrorCode::DoNotDisturb));
    let path = format!("/api/people/{}", ann.user());
    assert_eq!(ask(&relay, Some(&bob.token), "PUT", &path, Some(json!({ "blocked": true }))).await.status, 204);
    assert_eq!(ring(&mut ann, &bob.user).await.1, Err(ErrorCode::NotFound));
    service.hears_nothing().await;
}

#[tokio::test]
async fn somebody_without_a_page_is_rung_into_a_group() {
    let (relay, mut service) = relay_and_service().await;
    let (mut ann, bob) = (relay.page("Ann").await, away(&relay, "Bob"));
    let browser = Browser::at(&service, "bobs");
    subscribe(&relay, &bob, &browser).await;
    let made = ann.request(CreateRoom { name: None, private: true, waiting_room: false }.into()).await.unwrap();
    let RelayMessage::RoomCreated(made) = made else { panic!("{made:?}") };
    let join = Join { room: made.room, media: MediaState::default() };
    let RelayMessage::Joined(joined) = ann.request(join.into()).await.unwrap() else { panic!("not in it") };
    let call_id = joined.call_id;
    ann.request(Invite { call_id: call_id.clone(), to: vec![bob.user.clone()] }.into()).await.unwrap();
    let told = browser.read(&service.next().await);
    assert_eq!((&told["call_id"], &told["from"]["name"]), (&json!(call_id), &json!("Ann")));
    let mut page = relay.page_with(&bob.token, None).await;
    page.expect("call:invited").await;
}

#[tokio::test]
async fn without_a_history_there_is_nobody_to_tell() {
    let relay = Relay::with(|config| config.history_days = 0).await;
    let (mut ann, bob) = (relay.page("Ann").await, away(&relay, "Bob"));
    assert_eq!(ask(&relay, Some(&bob.token), "GET", "/api/push", None).await.status, 503);
    assert_eq!(ring(&mut ann, &bob.user).await.1, Err(ErrorCode::NotFound));
}
