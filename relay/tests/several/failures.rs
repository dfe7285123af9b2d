//! What people notice when a relay dies, or their Redis does.

use std::time::Duration;

use protocol::*;
use relay::store::Condition;
use tokio::time::{Instant, timeout};

use crate::together::{Fellow, camera, connected, hang_up, server, soon, talk};
use crate::world::{Page, SOON};

/// Says hello again once its connection is closed, as a page does.
async fn comes_again(page: &mut Page, at: &Fellow) -> Page {
    assert_eq!(page.closed().await, 1001);
    at.takes(page).await
}

fn calls(page: &Page) -> Vec<&CallId> {
    page.welcome().calls.iter().map(|call| &call.call_id).collect()
}

#[tokio::test]
async fn a_killed_relays_people_go_on_at_another() {
    let server = server!();
    let [one, two, three] = Fellow::several(&server).await;
    let mut eve = one.relay.page("Eve").await;
    let (mut ann, mut bob) = (one.relay.page("Ann").await, two.relay.page("Bob").await);
    let cat = two.relay.page("Cat").await;
    let call = talk(&mut ann, &mut bob).await;
    let killed = Instant::now();
    two.kill();
    let mut bob = three.takes(&bob).await;
    assert_eq!(calls(&bob), [&call]);
    ann.request(camera(&call, true)).await.unwrap();
    bob.expect("call:media_updated").await;
    assert!(killed.elapsed() < Duration::from_secs(3), "{:?}", killed.elapsed());
    // Whoever does not come back is not here any more.
    let gone = async {
        loop {
            let RelayMessage::CallStatusChanged(news) = eve.expect("user:call_status_changed").await.message else {
                panic!()
            };
            if news.user.id == cat.user() && news.status == CallStatus::Offline {
                break;
            }
            assert!(news.user.id != bob.user() || news.status != CallStatus::Offline, "he is at another relay");
        }
    };
    timeout(SOON, gone).await.unwrap();
    assert!(killed.elapsed() < Duration::from_secs(8), "{:?}", killed.elapsed());
    assert_eq!(eve.request(eve.initiate(&crate::world::call_id(), &cat.user())).await, Err(ErrorCode::NotFound));
    bob.request(hang_up(&call)).await.unwrap();
    let RelayMessage::Ended(ended) = ann.expect("call:ended").await.message else { panic!() };
    assert_eq!(ended.reason, EndReason::Completed);
}

#[tokio::test]
async fn who_is_lost_with_a_relay_is_lost_to_the_others() {
    let server = server!();
    let [one, two] = Fellow::several(&server).await;
    let (mut ann, bob) = (one.relay.page("Ann").await, two.relay.page("Bob").await);
    // It rings at the relay that dies, and its caller dies with it.
    let mut caller = two.relay.page("Cat").await;
    let call = caller.ring(&ann).await;
    ann.expect("call:incoming").await;
    two.kill();
    drop((caller, bob));
    let ended = timeout(Duration::from_secs(15), async {
        loop {
            if let Ok(frame) = timeout(Duration::from_secs(5), ann.expect("call:ended")).await {
                break frame.message;
            }
        }
    });
    assert!(matches!(ended.await.unwrap(), RelayMessage::Ended(ended) if ended.call_id == call));
}

#[tokio::test]
async fn redis_killed_and_back_empty_loses_no_call() {
    let mut server = server!();
    let [one, two] = Fellow::several(&server).await;
    let (mut ann, mut bob) = (one.relay.page("Ann").await, two.relay.page("Bob").await);
    let (mut cat, mut dan) = (one.relay.page("Cat").await, one.relay.page("Dan").await);
    let across = talk(&mut ann, &mut bob).await;
    server.kill();
    // Nobody who is at one relay notices.
    let began = Instant::now();
    let local = talk(&mut cat, &mut dan).await;
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    ann.request(camera(&across, true)).await.unwrap();
    assert_eq!(one.condition(), Condition::Alone);

    let back = Instant::now();
    server.start_again().await;
    one.becomes(Condition::Well).await;
    two.becomes(Condition::Well).await;
    // What one did alone the other has not heard: both pages are told all of it again.
    let mut ann = comes_again(&mut ann, &one).await;
    let mut bob = comes_again(&mut bob, &two).await;
    assert!(back.elapsed() < Duration::from_secs(5), "{:?}", back.elapsed());
    assert_eq!((calls(&ann), calls(&bob)), (vec![&across], vec![&across]));
    assert!(bob.welcome().calls[0].participants.iter().any(|one| one.media.camera), "what ann did alone");
    bob.request(camera(&across, true)).await.unwrap();
    ann.expect("call:media_updated").await;
    cat.request(hang_up(&local)).await.unwrap();
    dan.expect("call:ended").await;
    // Everybody finds everybody again.
    let call = talk(&mut dan, &mut two.relay.page("Eve").await).await;
    dan.request(hang_up(&call)).await.unwrap();
    ann.request(hang_up(&across)).await.unwrap();
    bob.expect("call:ended").await;
}

#[tokio::test]
async fn an_emptied_redis_is_told_everything_again() {
    let server = server!();
    let [one, two] = Fellow::several(&server).await;
    let (mut ann, mut bob) = (one.relay.page("Ann").await, two.relay.page("Bob").await);
    let call = talk(&mut ann, &mut bob).await;
    server.run(&["FLUSHALL"]).await.unwrap();
    let mut ann = comes_again(&mut ann, &one).await;
    let mut bob = comes_again(&mut bob, &two).await;
    assert_eq!((calls(&ann), calls(&bob)), (vec![&call], vec![&call]));
    ann.request(hang_up(&call)).await.unwrap();
    bob.expect("call:ended").await;
}

#[tokio::test]
async fn while_redis_hangs_local_calls_are_as_quick_as_ever() {
    let server = server!();
    let [one, two] = Fellow::several(&server).await;
    let (mut ann, mut bob) = (one.relay.page("Ann").await, one.relay.page("Bob").await);
    let mut eve = two.relay.page("Eve").await;
    let call = talk(&mut ann, &mut bob).await;
    server.freeze();
    soon(|| one.condition() == Condition::Alone).await;
    let mut times = Vec::new();
    for n in 0..50 {
        let began = Instant::now();
        ann.ask(camera(&call, n % 2 == 0)).await;
        bob.expect("call:media_updated").await;
        times.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    times.sort_unstable();
    assert!(times[48] < Duration::from_millis(50), "median {:?}, p98 {:?}", times[25], times[48]);
    // Whoever is elsewhere cannot be reached, and the caller hears it at once.
    let began = Instant::now();
    assert_eq!(ann.request(ann.initiate(&crate::world::call_id(), &eve.user())).await, Err(ErrorCode::NotFound));
    assert!(began.elapsed() < Duration::from_millis(250), "{:?}", began.elapsed());
    server.thaw();
    one.becomes(Condition::Well).await;
    two.becomes(Condition::Well).await;
    ann.request(hang_up(&call)).await.unwrap();
    bob.expect("call:ended").await;
    let call = talk(&mut ann, &mut eve).await;
    eve.request(hang_up(&call)).await.unwrap();
    ann.expect("call:ended").await;
}

#[tokio::test]
async fn a_subscriber_that_was_cut_begins_anew() {
    let server = server!();
    let [one, two] = Fellow::several(&server).await;
    let (mut ann, mut bob) = (one.relay.page("Ann").await, two.relay.page("Bob").await);
    let eve = two.relay.page("Eve").await;
    let call = talk(&mut ann, &mut bob).await;
    let mut eve = eve;
    // Everybody's connections, with all that was on its way.
    server.run(&["CLIENT", "KILL", "TYPE", "normal"]).await.ok();
    server.run(&["CLIENT", "KILL", "TYPE", "pubsub"]).await.ok();
    let mut ann = comes_again(&mut ann, &one).await;
    let mut bob = comes_again(&mut bob, &two).await;
    assert_eq!((calls(&ann), calls(&bob)), (vec![&call], vec![&call]));
    ann.request(hang_up(&call)).await.unwrap();
    bob.expect("call:ended").await;
    ann.ring(&eve).await;
    eve.expect("call:incoming").await;
}

#[tokio::test]
async fn a_full_redis_is_said_and_survived() {
    let server = server!();
    let [one, two] = Fellow::several(&server).await;
    let (mut ann, mut bob) = (one.relay.page("Ann").await, one.relay.page("Bob").await);
    let mut eve = two.relay.page("Eve").await;
    server.run(&["CONFIG", "SET", "maxmemory", "1"]).await.unwrap();
    one.becomes(Condition::Alone).await;
    let call = talk(&mut ann, &mut bob).await;
    assert!(health(&one).await.contains("Redis is away"), "{}", health(&one).await);
    server.run(&["CONFIG", "SET", "maxmemory", "0"]).await.unwrap();
    one.becomes(Condition::Well).await;
    assert_eq!(health(&one).await, "alive\n");
    ann.request(connected(&call)).await.unwrap();
    ann.request(hang_up(&call)).await.unwrap();
    two.becomes(Condition::Well).await;
    let call = talk(&mut ann, &mut eve).await;
    ann.request(hang_up(&call)).await.unwrap();
}

#[tokio::test]
async fn a_redis_that_would_give_up_calls_is_said() {
    let server = server!();
    server.run(&["CONFIG", "SET", "maxmemory-policy", "volatile-ttl"]).await.unwrap();
    let [one] = Fellow::several(&server).await;
    one.becomes(Condition::Forgetful).await;
    assert!(health(&one).await.contains("noeviction"));
}

/// Which of so many comes next, from a fixed seed (Knuth's generator, TAOCP volume 2, 3.3.4).
fn draw(seed: &mut u64, of: usize) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize % of
}

#[tokio::test]
async fn relays_killed_again_and_again_lose_no_call() {
    let server = server!();
    let [one, two, three] = Fellow::several(&server).await;
    let mut relays = [one, two, three];
    let mut calls = Vec::new();
    for n in 0..6 {
        let (ann, bob) = (n % 3, (n + n / 3) % 3);
        let mut pages = [relays[ann].relay.page("Ann").await, relays[bob].relay.page("Bob").await];
        let [first, second] = &mut pages;
        let call = talk(first, second).await;
        calls.push((call, pages, [ann, bob]));
    }
    let mut seed = 7;
    for _ in 0..6 {
        let killed = draw(&mut seed, relays.len());
        let fresh = Fellow::start(&server, Some(&relays[(killed + 1) % 3])).await;
        std::mem::replace(&mut relays[killed], fresh).kill();
        for (call, pages, at) in &mut calls {
            for (page, at) in pages.iter_mut().zip(at).filter(|(_, at)| **at == killed) {
                *at = draw(&mut seed, 3);
                *page = relays[*at].takes(page).await;
                assert_eq!(self::calls(page), [&*call]);
            }
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    // Everybody once more, so that it does not matter whether a busy machine had somebody begin anew on the way.
    for (call, [ann, bob], [of_ann, of_bob]) in calls {
        let mut ann = relays[(of_ann + 1) % 3].takes(&ann).await;
        let mut bob = relays[(of_bob + 1) % 3].takes(&bob).await;
        assert_eq!((self::calls(&ann), self::calls(&bob)), (vec![&call], vec![&call]));
        ann.request(camera(&call, true)).await.unwrap();
        bob.expect("call:media_updated").await;
        ann.request(hang_up(&call)).await.unwrap();
        bob.expect("call:ended").await;
    }
}

/// What `/healthz` says.
async fn health(fellow: &Fellow) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut socket = fellow.relay.tcp().await;
    socket.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}
