//! Signing in and staying signed in.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use relay::config::{ForeignKey, ForeignTokens};
use serde_json::{Value, json};

use crate::client::{Answer, Ask};
use crate::relay::Relay;

const SECRET: &str = "a secret that both products know, 0";

fn sign_in(relay: &Relay, name: &str) -> Answer {
    Ask::post("/api/session", &json!({ "name": name })).send(relay.port())
}

fn renew(relay: &Relay, token: &str) -> Answer {
    Ask::new("POST", "/api/session/renew").bearer(token).body("").send(relay.port())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn a_guest_gives_a_name_and_gets_a_session() {
    let relay = Relay::start();
    let answer = sign_in(&relay, "  Ann\u{202e}  Lee ");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let session = answer.json();
    assert_eq!(session["user"]["name"], "Ann Lee");
    assert!(text(&session["user"]["id"]).starts_with("guest:"));
    assert_eq!(session["expires_in"], 30 * 24 * 3600);
    let verified = relay.app.identity.verify(text(&session["token"]), relay.app.clock.unix_now()).unwrap();
    assert_eq!(verified.person.id.as_str(), text(&session["user"]["id"]));
}

#[test]
fn a_session_is_renewed_for_the_same_person_under_the_same_or_a_new_name() {
    let relay = Relay::start();
    let first = sign_in(&relay, "Ann").json();
    let again = renew(&relay, text(&first["token"]));
    assert_eq!(again.status, 200);
    assert_eq!(again.json()["user"], first["user"]);
    let renamed = Ask::post("/api/session/renew", &json!({ "name": "Anna" })).bearer(text(&first["token"]));
    let renamed = renamed.send(relay.port()).json();
    assert_eq!((&renamed["user"]["id"], &renamed["user"]["name"]), (&first["user"]["id"], &json!("Anna")));
}

#[test]
fn without_a_good_token_nothing_is_renewed() {
    let relay = Relay::start();
    for answer in [
        renew(&relay, ""),
        renew(&relay, "nonsense"),
        renew(&relay, &"a".repeat(10_000)),
        renew(&Relay::start(), &relay.guest("Ann")),
        Ask::new("POST", "/api/session/renew").header("Authorization", "Basic QW5u").body("").send(relay.port()),
        Ask::new("POST", "/api/session/renew").body("").send(relay.port()),
    ] {
        assert_eq!((answer.status, answer.code().as_str()), (401, "bad_token"));
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
}

#[test]
fn an_expired_token_is_called_expired() {
    let relay = Relay::start();
    let long_ago = relay.app.clock.unix_now() - 31 * 24 * 3600;
    let token = relay.app.identity.guest("Ann".into(), long_ago).unwrap().token;
    let answer = renew(&relay, &token);
    assert_eq!((answer.status, answer.code().as_str()), (401, "expired_token"));
}

#[test]
fn what_is_no_name_is_refused() {
    let relay = Relay::start();
    for body in [
        json!({}),
        json!({"name": 7}),
        json!({"name": ""}),
        json!({"name": "\u{200b} "}),
        json!({"name": "é".repeat(65)}),
    ] {
        let answer = Ask::post("/api/session", &body).send(relay.port());
        assert_eq!((answer.status, answer.code().as_str()), (400, "bad_message"), "{body}");
    }
    let json = |body: &[u8]| Ask::new("POST", "/api/session").header("Content-Type", "application/json").body(body);
    let nested = "[".repeat(3000);
    let twice = br#"{"name":"Ann","name":"Bob"}"#;
    for body in [&b""[..], b"{", b"null", b"\xff\xfe", b"{\"name\":\"\xff\"}", nested.as_bytes(), twice] {
        let answer = json(body).send(relay.port());
        assert_eq!((answer.status, answer.code().as_str()), (400, "bad_message"), "{body:?}");
    }
}

#[test]
fn a_body_that_is_too_long_or_not_json_is_refused() {
    let relay = Relay::start();
    let long = Ask::post("/api/session", &json!({ "name": "a".repeat(5000) })).send(relay.port());
    assert_eq!((long.status, long.code().as_str()), (413, "too_big"));
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp"] {
        let answer = Ask::new("POST", "/api/session").header("Content-Type", kind).body(r#"{"name":"Ann"}"#);
        let answer = answer.send(relay.port());
        assert_eq!((answer.status, answer.code().as_str()), (415, "bad_message"), "{kind}");
    }
    assert_eq!(Ask::get("/api/session").send(relay.port()).status, 405);
}

#[test]
fn one_address_brings_so_many_guests_and_then_waits() {
    let relay = Relay::with(|config| config.sign_in.guests_per_minute = Some(3));
    for _ in 0..3 {
        assert_eq!(sign_in(&relay, "Ann").status, 200);
    }
    let answer = sign_in(&relay, "Ann");
    assert_eq!((answer.status, answer.code().as_str()), (429, "rate_limited"));
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=21).contains(&wait), "{wait}");
}

#[test]
fn behind_a_proxy_each_address_is_counted_for_itself() {
    let from = |relay: &Relay, address: &str| {
        let ask = Ask::post("/api/session", &json!({ "name": "Ann" })).header("X-Forwarded-For", address);
        ask.send(relay.port()).status
    };
    let relay = Relay::with(|config| {
        config.sign_in.guests_per_minute = Some(1);
        config.listen.proxies = vec!["127.0.0.1".parse().unwrap()];
    });
    let said = ["192.0.2.1", "192.0.2.2", "192.0.2.1", "198.51.100.9, 192.0.2.2"].map(|address| from(&relay, address));
    assert_eq!(said, [200, 200, 429, 429]);
    let relay = Relay::with(|config| config.sign_in.guests_per_minute = Some(1));
    let said = ["192.0.2.1", "192.0.2.2"].map(|address| from(&relay, address));
    assert_eq!(said, [200, 429], "of somebody who is no proxy it is not believed");
}

#[test]
fn where_only_accounts_come_in_guests_are_told_so() {
    let relay = Relay::with(|config| config.sign_in.guests = false);
    let answer = sign_in(&relay, "Ann");
    assert_eq!((answer.status, answer.code().as_str()), (403, "bad_token"));
    assert_eq!(Ask::get("/api/config").send(relay.port()).json()["guests"], false);
}

#[test]
fn another_products_token_is_not_ours_to_renew() {
    let tokens = ForeignTokens { key: ForeignKey::Secret(SECRET.into()), issuer: None, audience: "alo".into() };
    let relay = Relay::with(|config| config.sign_in.tokens = Some(tokens));
    let now = relay.app.clock.unix_now();
    let claims = json!({ "sub": "ann", "name": "Ann", "aud": "alo", "nbf": now, "exp": now + 60 });
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap();
    assert!(relay.app.identity.verify(&token, now).is_ok());
    let answer = renew(&relay, &token);
    assert_eq!((answer.status, answer.code().as_str()), (403, "bad_token"));
}

#[test]
fn the_page_learns_what_it_must_know_before() {
    let relay = Relay::with(|config| config.directory = false);
    let config = Ask::get("/api/config").send(relay.port()).json();
    let expected = json!({ "guests": true, "directory": false, "links": [], "version": env!("CARGO_PKG_VERSION") });
    assert_eq!(config, expected);
}
