//! The store against real servers: what it promises, between several relays, and when Redis fails.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use protocol::{CallState, EndReason, ErrorCode, MediaState};
use redis::Value;
use tokio::time::Instant;

use super::server::RedisServer;
use super::*;
use crate::store::Store;
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

/// The stores of relays that share what they know, and what anybody's people are told.
fn relays<const N: usize>(server: &RedisServer) -> ([RedisStore; N], Arc<Notes>) {
    with_tag(server, &tag())
}

/// The stores of more relays that share what that one knows, and what their people are told.
fn joined<const N: usize>(server: &RedisServer, with: &RedisStore) -> ([RedisStore; N], Arc<Notes>) {
    with_tag(server, &with.shared.tag)
}

fn with_tag<const N: usize>(server: &RedisServer, tag: &str) -> ([RedisStore; N], Arc<Notes>) {
    let notes = Arc::new(Notes::default());
    let store = |_| RedisStore::new(TERMS(), notes.clone(), Clock::start(), &server.address(), tag, 200).unwrap();
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
    contract::is_kept_by(|courier| {
        Box::new(RedisStore::new(TERMS(), courier, Clock::start(), &server.address(), &tag(), 200).unwrap())
    })
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
        assert!(heard.iter().all(|kinds| kinds.starts_with(&["call:joined"])), "{heard:?}");
        let met = heard.iter().filter(|kinds| kinds.contains(&"call:participant_joined"));
        assert_eq!(met.count(), 1, "{heard:?}");
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
    let all = "a call, two users, a device, a time-out, a room, that it is empty, and which relays are alive";
    assert_eq!(keys(&server).await, 8, "{all}");
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
async fn while_redis_hangs_a_relay_goes_on_alone() {
    let server = server!();
    let ([store], notes) = relays(&server);
    let world = World { store: &store, notes: &notes };
    let clock = Clock::start();
    talk(&world, &clock, "before", "ann", "bob").await;
    world.ring(clock.now(), "rings", "eve", &["dan"]).await.unwrap();
    server.freeze();
    let began = Instant::now();
    camera(&world, &clock, "before", "ann").await.unwrap();
    assert!(began.elapsed() < link::PATIENCE * 2, "{:?}", began.elapsed());
    assert!(!is_ready(&store));

    let began = Instant::now();
    for n in 0..100 {
        talk(&world, &clock, &format!("x{n}"), &format!("fay{n}"), &format!("gil{n}")).await;
    }
    camera(&world, &clock, "before", "bob").await.unwrap();
    assert!(began.elapsed() < link::PATIENCE, "{:?}", began.elapsed());
    // Another device may accept it at another relay, for all that is known here.
    assert_eq!(world.accept(clock.now(), "rings", "dan").await, Err(Refused::new(ErrorCode::Unavailable)));

    server.thaw();
    becomes_ready(&store).await;
    world.accept(clock.now(), "rings", "dan").await.unwrap();
    let ([other], _) = joined(&server, &store);
    for (device, id) in [("ann", "before"), ("bob", "before"), ("gil99", "x99"), ("eve", "rings")] {
        let calls = other.appear(clock.now(), contract::user(device), contract::device(device), true).await;
        assert_eq!(calls.iter().map(|call| &call.call_id).collect::<Vec<_>>(), [&contract::call(id)], "{device}");
    }
}

#[tokio::test]
async fn a_server_that_comes_back_empty_is_told_again() {
    let mut server = server!();
    let ([one], notes) = relays(&server);
    let ([two], of_two) = joined(&server, &one);
    let clock = Clock::start();
    let (ann, bob) = (World { store: &one, notes: &notes }, World { store: &two, notes: &of_two });
    notes.is_elsewhere("bob");
    of_two.is_elsewhere("ann");
    ann.ring(clock.now(), "x", "ann", &["bob"]).await.unwrap();
    bob.accept(clock.now(), "x", "bob").await.unwrap();
    one.create_room(clock.now(), contract::open_room(None)).await.unwrap().then_some(()).unwrap();
    ann.enter(clock.now(), "m", "eve").await.unwrap();
    // As it does each minute: it has heard of nothing that happened at the other one.
    one.shared.compare().await.unwrap();
    server.kill();
    // Each tells its own relay of what the other one does not hear.
    ann.tell(clock.now(), "x", "ann", Event::Connected { device: contract::device("ann") }).await.unwrap();
    bob.tell(clock.now(), "x", "bob", Event::Connected { device: contract::device("bob") }).await.unwrap();
    server.start_again().await;
    let began = Instant::now();
    becomes_ready(&one).await;
    becomes_ready(&two).await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());

    let ([other], _) = joined(&server, &one);
    let calls = other.appear(clock.now(), contract::user("bob"), contract::device("bob"), true).await;
    assert_eq!(calls.iter().map(|call| call.state).collect::<Vec<_>>(), [CallState::Active], "both are connected");
    bob.enter(clock.now(), "n", "dan").await.unwrap();
    let calls = other.appear(clock.now(), contract::user("dan"), contract::device("dan"), true).await;
    assert_eq!(calls.iter().map(|call| call.participants.len()).collect::<Vec<_>>(), [2], "it is the same room");
    ann.hang_up(clock.now(), "x", "ann").await.unwrap();
    assert_eq!(notes.reasons(), [EndReason::Completed]);
}

#[tokio::test]
async fn who_hangs_up_alone_has_hung_up() {
    let mut server = server!();
    let ([one], notes) = relays(&server);
    let ([two], of_two) = joined(&server, &one);
    let clock = Clock::start();
    let (ann, bob) = (World { store: &one, notes: &notes }, World { store: &two, notes: &of_two });
    notes.is_elsewhere("bob");
    of_two.is_elsewhere("ann");
    ann.ring(clock.now(), "x", "ann", &["bob"]).await.unwrap();
    bob.accept(clock.now(), "x", "bob").await.unwrap();
    one.shared.compare().await.unwrap();
    server.kill();
    ann.hang_up(clock.now(), "x", "ann").await.unwrap();
    camera(&bob, &clock, "x", "bob").await.unwrap();
    server.start_again().await;
    becomes_ready(&one).await;
    becomes_ready(&two).await;
    let ([other], _) = joined(&server, &one);
    assert!(other.appear(clock.now(), contract::user("bob"), contract::device("bob"), true).await.is_empty());
    // If it was the quicker one to be back, it hears of it when it compares.
    two.shared.compare().await.unwrap();
    assert_eq!(of_two.sent("bob").iter().filter(|kind| **kind == "call:ended").count(), 1);
}

#[tokio::test]
async fn while_redis_is_full_a_relay_goes_on_alone() {
    let server = server!();
    let ([store], notes) = relays(&server);
    let world = World { store: &store, notes: &notes };
    let clock = Clock::start();
    talk(&world, &clock, "before", "ann", "bob").await;
    server.run(&["CONFIG", "SET", "maxmemory", "1"]).await.unwrap();
    camera(&world, &clock, "before", "ann").await.unwrap();
    talk(&world, &clock, "x", "eve", "dan").await;
    assert!(!is_ready(&store));
    // It answers, and takes nothing in.
    tokio::time::sleep(link::PATIENCE * 4).await;
    assert!(!is_ready(&store));
    server.run(&["CONFIG", "SET", "maxmemory", "0"]).await.unwrap();
    becomes_ready(&store).await;
    let ([other], _) = joined(&server, &store);
    let calls = other.appear(clock.now(), contract::user("dan"), contract::device("dan"), true).await;
    assert_eq!(calls.len(), 1);
}

#[tokio::test]
async fn a_policy_that_gives_up_calls_is_seen() {
    let mut server = server!();
    server.run(&["CONFIG", "SET", "maxmemory-policy", "volatile-ttl"]).await.unwrap();
    let ([store], _) = relays(&server);
    becomes(&store, Condition::Forgetful).await;
    server.kill();
    store.expire(at(0)).await;
    assert_eq!(store.condition(), Condition::Alone);
    // It starts with the policy that it has by itself, which is the right one.
    server.start_again().await;
    becomes(&store, Condition::Well).await;
}

async fn becomes(store: &RedisStore, condition: Condition) {
    let began = Instant::now();
    while store.condition() != condition {
        assert!(began.elapsed() < Duration::from_secs(10), "{condition:?}, not {:?}", store.condition());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A direct call from its ring to where media flows.
async fn talk(world: &World<'_>, clock: &Clock, id: &str, from: &str, to: &str) {
    world.ring(clock.now(), id, from, &[to]).await.unwrap();
    world.accept(clock.now(), id, to).await.unwrap();
    for name in [from, to] {
        world.tell(clock.now(), id, name, Event::Connected { device: contract::device(name) }).await.unwrap();
    }
}

async fn camera(world: &World<'_>, clock: &Clock, id: &str, name: &str) -> Result<(), Refused> {
    let media = MediaState { camera: true, ..MediaState::default() };
    world.tell(clock.now(), id, name, Event::Media { device: contract::device(name), media }).await
}

fn is_ready(store: &RedisStore) -> bool {
    store.condition() != Condition::Alone
}

/// Waits until the store asks Redis again.
async fn becomes_ready(store: &RedisStore) {
    let began = Instant::now();
    while !is_ready(store) {
        assert!(began.elapsed() < Duration::from_secs(10), "it is not noticed that Redis is back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
