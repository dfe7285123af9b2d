//! The store against real servers: what it promises, between several relays, and when Redis fails.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use protocol::ErrorCode;
use redis::Value;
use tokio::time::Instant;

use super::server::RedisServer;
use super::*;
use crate::store::contract::{self, Notes, World, at};

/// Rooms take three, as the contract wants it.
const TERMS: fn() -> Terms = || Terms { room_size: 3, ..Terms::default() };

/// A server, or the end of the test where there is none.
macro_rules! server {
    () => {
        match RedisServer::start().await {
            Some(server) => server,
            None => return,
        }
    };
}

/// A tag that nobody has had.
fn tag() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("test{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The stores of relays that share a tag, and what anybody's people are told.
fn relays<const N: usize>(server: &RedisServer) -> ([RedisStore; N], Arc<Notes>) {
    let (notes, tag) = (Arc::new(Notes::default()), tag());
    let store = |_| RedisStore::new(TERMS(), notes.clone(), &server.address(), &tag).unwrap();
    (std::array::from_fn(store), notes)
}

/// How many keys there are.
async fn keys(server: &RedisServer) -> i64 {
    let Value::Int(keys) = server.run(&["DBSIZE"]).await.unwrap() else { panic!("a number") };
    keys
}

#[tokio::test]
async fn it_keeps_the_contract() {
    let server = server!();
    contract::is_kept_by(|courier| Box::new(RedisStore::new(TERMS(), courier, &server.address(), &tag()).unwrap()))
        .await;
}

#[tokio::test]
async fn of_a_hundred_that_accept_at_two_relays_one_does() {
    let server = server!();
    let ([one, two], notes) = relays(&server);
    let (one, two) = (World { store: &one, notes: &notes }, World { store: &two, notes: &notes });
    let names: Vec<String> = (0..100).map(|n| format!("bob{n}")).collect();
    let devices: Vec<&str> = names.iter().map(String::as_str).collect();
    one.ring(at(0), "x", "ann", &devices).await.unwrap();
    let accepts = devices.iter().enumerate().map(|(n, device)| {
        let world = if n % 2 == 0 { &one } else { &two };
        async move { world.accept(at(1), "x", device).await }
    });
    let outcomes = futures_util::future::join_all(accepts).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let elsewhere = Refused::about(ErrorCode::AnsweredElsewhere, contract::call("x"));
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Err(elsewhere.clone())).count(), 99);
    assert_eq!(notes.sent("ann"), ["ack", "call:accepted"]);
}

#[tokio::test]
async fn of_two_that_dial_each_other_at_two_relays_one_rings() {
    let server = server!();
    for _ in 0..50 {
        let ([one, two], notes) = relays(&server);
        let (one, two) = (World { store: &one, notes: &notes }, World { store: &two, notes: &notes });
        let outcomes = tokio::join!(one.ring(at(0), "x", "ann", &["bob"]), two.ring(at(0), "y", "bob", &["ann"]));
        let glare = |id| Err(Refused::about(ErrorCode::Glare, contract::call(id)));
        assert!(outcomes == (Ok(()), glare("x")) || outcomes == (glare("y"), Ok(())), "{outcomes:?}");
    }
}

#[tokio::test]
async fn two_that_enter_an_empty_room_at_two_relays_meet() {
    let server = server!();
    for _ in 0..20 {
        let ([one, two], notes) = relays(&server);
        one.create_room(at(0), contract::open_room(None)).await.unwrap().then_some(()).unwrap();
        let (one, two) = (World { store: &one, notes: &notes }, World { store: &two, notes: &notes });
        let (ann, bob) = tokio::join!(one.enter(at(0), "m", "ann"), two.enter(at(0), "n", "bob"));
        ann.unwrap();
        bob.unwrap();
        let heard = [notes.sent("ann"), notes.sent("bob")];
        assert!(heard.contains(&vec!["call:joined"]), "{heard:?}");
        assert!(heard.contains(&vec!["call:joined", "call:participant_joined"]), "{heard:?}");
    }
}

#[tokio::test]
async fn a_time_out_is_carried_out_by_one_relay_whoever_placed_the_call() {
    let server = server!();
    let ([one, two], notes) = relays(&server);
    let world = World { store: &one, notes: &notes };
    for n in 0..20 {
        world.ring(at(0), &format!("x{n}"), &format!("ann{n}"), &["bob"]).await.unwrap();
    }
    tokio::join!(one.expire(at(60)), two.expire(at(60)));
    assert_eq!(notes.reasons().len(), 20, "each once");
}

#[tokio::test]
async fn nothing_is_left_when_its_time_is_over() {
    let server = server!();
    let ([store], notes) = relays(&server);
    let world = World { store: &store, notes: &notes };
    world.ring(at(0), "x", "ann", &["bob"]).await.unwrap();
    store.create_room(at(0), contract::open_room(None)).await.unwrap();
    assert_eq!(keys(&server).await, 7, "a call, two users, a device, a time-out, a room, and that it is empty");
    world.enter(at(0), "m", "eve").await.unwrap();
    world.tell(at(0), "m", "eve", Event::Leave { device: contract::device("eve") }).await.unwrap();
    world.hang_up(at(1), "x", "ann").await.unwrap();
    for key in ["call:due", "call:user", "call:device"] {
        let pattern = format!("{key}*");
        assert_eq!(server.run(&["KEYS", &pattern]).await.unwrap(), Value::Array(Vec::new()), "{pattern}");
    }
    let Value::Array(left) = server.run(&["KEYS", "*"]).await.unwrap() else { panic!("keys") };
    for key in left.into_iter().map(|key| text(key).unwrap()) {
        let Value::Int(seconds) = server.run(&["TTL", &key]).await.unwrap() else { panic!("a number") };
        let bound = if key.contains("call:active") { 300 } else { 3_600 };
        let lasts = key.starts_with("call:empty");
        assert!(lasts || (1..=bound).contains(&seconds), "{key} {seconds}");
    }
}

#[tokio::test]
async fn scripts_are_given_again_to_a_server_that_forgot_them() {
    let server = server!();
    let ([store], notes) = relays(&server);
    let world = World { store: &store, notes: &notes };
    world.ring(at(0), "x", "ann", &["bob"]).await.unwrap();
    server.run(&["SCRIPT", "FLUSH"]).await.unwrap();
    world.accept(at(1), "x", "bob").await.unwrap();
}

#[tokio::test]
async fn a_server_that_hangs_is_given_a_quarter_of_a_second_and_then_none() {
    let server = server!();
    let ([store], notes) = relays(&server);
    let world = World { store: &store, notes: &notes };
    world.ring(at(0), "x", "ann", &["bob"]).await.unwrap();
    server.freeze();
    let unavailable = Err(Refused::new(ErrorCode::Unavailable));
    let began = Instant::now();
    assert_eq!(world.accept(at(1), "x", "bob").await, unavailable);
    assert!(began.elapsed() < link::PATIENCE * 2, "{:?}", began.elapsed());
    let began = Instant::now();
    for _ in 0..100 {
        assert_eq!(world.accept(at(1), "x", "bob").await, unavailable);
    }
    assert!(began.elapsed() < link::PATIENCE, "{:?}", began.elapsed());
    assert!(!store.is_ready().await);
    server.thaw();
    becomes_ready(&store).await;
    world.accept(at(2), "x", "bob").await.unwrap();
    assert_eq!(notes.sent("ann"), ["ack", "call:accepted"]);
}

#[tokio::test]
async fn a_server_that_was_killed_is_found_again() {
    let mut server = server!();
    let ([store], notes) = relays(&server);
    let world = World { store: &store, notes: &notes };
    world.ring(at(0), "x", "ann", &["bob"]).await.unwrap();
    server.kill();
    assert_eq!(world.accept(at(1), "x", "bob").await, Err(Refused::new(ErrorCode::Unavailable)));
    server.start_again().await;
    becomes_ready(&store).await;
    assert_eq!(world.accept(at(1), "x", "bob").await, Err(Refused::about(ErrorCode::NoCall, contract::call("x"))));
    world.ring(at(2), "y", "ann", &["bob"]).await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_full_changes_nothing() {
    let server = server!();
    let ([store], notes) = relays(&server);
    let world = World { store: &store, notes: &notes };
    world.ring(at(0), "x", "ann", &["bob"]).await.unwrap();
    server.run(&["CONFIG", "SET", "maxmemory", "1"]).await.unwrap();
    assert_eq!(world.accept(at(1), "x", "bob").await, Err(Refused::new(ErrorCode::Unavailable)));
    server.run(&["CONFIG", "SET", "maxmemory", "0"]).await.unwrap();
    becomes_ready(&store).await;
    world.accept(at(1), "x", "bob").await.unwrap();
    assert_eq!(notes.sent("ann"), ["ack", "call:accepted"]);
}

/// Waits for the breaker, for which no more than a second may be needed.
async fn becomes_ready(store: &RedisStore) {
    let began = Instant::now();
    while !store.is_ready().await {
        assert!(began.elapsed() < Duration::from_secs(10), "it is not noticed that Redis is back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
