//! The TURN server inside, over real sockets.

use std::net::SocketAddr;
use std::time::Duration;

use protocol::{CallId, Hangup, HangupReason, IceServers, Welcome};
use relay::ice::config::Inside;
use relay::stun::{Class, Message, Writer, attribute, method};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::client::{Client, converse, turn_of};
use crate::world::{Page, Relay, SOON, talking};

async fn relay_with(change: impl FnOnce(&mut Inside)) -> Relay {
    Relay::with(|config| {
        let mut inside = Inside { port: 0, tls_port: 0, ..Inside::default() };
        change(&mut inside);
        config.ways.inside = Some(inside);
    })
    .await
}

fn told(page: &Page) -> IceServers {
    let Welcome { ice_servers, ice_expires_in_s, .. } = page.welcome().clone();
    IceServers { ice_servers, expires_in_s: ice_expires_in_s }
}

/// The value of a line of the figures.
fn figure(relay: &Relay, line: &str) -> u64 {
    let figures = relay.app.metrics.render();
    let value = figures.lines().find_map(|l| l.strip_prefix(line)?.trim().parse().ok());
    value.unwrap_or_else(|| panic!("{line} in\n{figures}"))
}

async fn until(is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(SOON, waiting).await.expect("it comes to be so");
}

#[tokio::test]
async fn two_pages_hear_each_other_over_datagrams_and_over_connections() {
    let relay = relay_with(|_| {}).await;
    let (ann, bob) = (relay.page("Ann").await, relay.page("Bob").await);
    let (ann, bob) = (told(&ann), told(&bob));
    assert_eq!(ann.expires_in_s, Some(3_600));
    assert!(ann.ice_servers[0].urls[0].starts_with("stun:127.0.0.1:"));
    converse(&mut Client::udp(turn_of(&ann, "udp")).await, &mut Client::udp(turn_of(&bob, "udp")).await).await;
    converse(&mut Client::tcp(turn_of(&ann, "tcp")).await, &mut Client::udp(turn_of(&bob, "udp")).await).await;
    converse(&mut Client::tcp(turn_of(&ann, "tcp")).await, &mut Client::tcp(turn_of(&bob, "tcp")).await).await;
    until(|| relay.app.metrics.render().contains("alo_turn_bytes_total")).await;
    until(|| figure(&relay, r#"alo_turn_bytes_total{direction="to_peer"}"#) == 3 * 13).await;
    assert_eq!(figure(&relay, r#"alo_turn_bytes_total{direction="from_peer"}"#), 3 * 13);
    assert_eq!(figure(&relay, r#"alo_turn_refused_total{code="401"}"#), 6);
    // Connections give their addresses back when they end; the others do so when they say so, or in ten minutes.
    until(|| figure(&relay, "alo_turn_addresses") == 3).await;
}

#[tokio::test]
async fn a_call_says_afterwards_how_much_of_it_was_relayed() {
    let relay = relay_with(|_| {}).await;
    let (mut ann, bob, call) = talking(&relay).await;
    let (of_ann, of_bob) = (told(&ann), told(&bob));
    let (mut by_tcp, mut by_udp) =
        (Client::tcp(turn_of(&of_ann, "tcp")).await, Client::udp(turn_of(&of_bob, "udp")).await);
    converse(&mut by_tcp, &mut by_udp).await;
    // One of the two addresses is given up before the call is over, the other is still there.
    drop(by_tcp);
    until(|| figure(&relay, "alo_turn_addresses") == 1).await;
    hang_up(&mut ann, &call).await;
    let kept = relay.app.history.call(&ann.user(), call).await.unwrap().unwrap();
    assert_eq!(kept.relayed_bytes, Some(2 * 13), "each byte by the addresses of both");
    assert_eq!(figure(&relay, "alo_turn_calls_total"), 1);

    let next = ann.ring(&bob).await;
    hang_up(&mut ann, &next).await;
    let kept = relay.app.history.call(&ann.user(), next).await.unwrap().unwrap();
    assert_eq!(kept.relayed_bytes, None, "what was counted once is not counted again");
}

async fn hang_up(page: &mut Page, call_id: &CallId) {
    page.request(Hangup { call_id: call_id.clone(), reason: HangupReason::Completed }.into()).await.unwrap();
}

#[tokio::test]
async fn media_leaves_for_peers_that_are_allowed_and_comes_back() {
    let relay = relay_with(|inside| inside.allow_private = true).await;
    let page = relay.page("Ann").await;
    let peer = UdpSocket::bind("127.0.0.2:0").await.unwrap();
    let at = peer.local_addr().unwrap();
    for transport in ["udp", "tcp"] {
        let turn = turn_of(&told(&page), transport);
        let mut ann = if transport == "udp" { Client::udp(turn).await } else { Client::tcp(turn).await };
        let relayed = ann.allocate().await.relayed();
        peer.send_to(b"too soon", relayed).await.unwrap();
        ann.hears_nothing().await;
        assert_eq!(ann.bind(0x4000, at).await.code(), 0);
        ann.send_on(0x4000, &[7; 1_200]).await;
        let mut bytes = [0; 2_000];
        let (length, from) = timeout(SOON, peer.recv_from(&mut bytes)).await.unwrap().unwrap();
        assert_eq!((length, from), (1_200, relayed));
        peer.send_to(b"hi", relayed).await.unwrap();
        assert_eq!(ann.channel().await, (0x4000, b"hi".to_vec()));
        assert_eq!(ann.refresh(0).await.code(), 0);
    }
}

#[tokio::test]
async fn nothing_leaves_for_anybody_else() {
    let relay = relay_with(|_| {}).await;
    let page = relay.page("Ann").await;
    let mut ann = Client::udp(turn_of(&told(&page), "udp")).await;
    let relayed = ann.allocate().await.relayed();
    // Somebody else on this machine, at the very address of the relay: a port of its own is all that is not theirs.
    let other = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let elsewhere: SocketAddr = "127.0.0.2:5000".parse().unwrap();
    for denied in [elsewhere, relay_at("10.0.0.1"), relay_at("169.254.169.254"), relay_at("192.168.0.1")] {
        assert_eq!(ann.permit(denied).await.code(), 403, "{denied}");
        assert_eq!(ann.bind(0x4000, denied).await.code(), 403, "{denied}");
    }
    assert_eq!(ann.permit(relayed).await.code(), 0);
    ann.send_to(other.local_addr().unwrap(), b"hello").await;
    let mut bytes = [0; 100];
    assert!(timeout(crate::world::QUIET, other.recv(&mut bytes)).await.is_err(), "it is not relayed to");
}

fn relay_at(ip: &str) -> SocketAddr {
    SocketAddr::new(ip.parse().unwrap(), 5_000)
}

#[tokio::test]
async fn nobody_is_let_in_with_what_has_expired_or_is_wrong() {
    let relay = Relay::with(|config| {
        config.ways.ttl = Duration::ZERO;
        config.ways.inside = Some(Inside { port: 0, tls_port: 0, ..Inside::default() });
    })
    .await;
    let page = relay.page("Ann").await;
    let (server, username, password) = turn_of(&told(&page), "udp");
    assert_eq!(Client::udp((server, username.clone(), password)).await.allocate().await.code(), 401, "expired");
    let later = username.replacen('1', "9", 1);
    assert_eq!(Client::udp((server, later, "AAAA".into())).await.allocate().await.code(), 401, "wrong");
    let mut ann = Client::udp((server, username, String::new())).await;
    ann.nonce = "stale".into();
    assert_eq!(ann.ask(method::ALLOCATE, |message| message).await.code(), 438);
}

#[tokio::test]
async fn a_connection_that_speaks_something_else_is_ended() {
    let relay = relay_with(|_| {}).await;
    let page = relay.page("Ann").await;
    for nonsense in [
        &b"\xffnot a message of anybody's"[..],
        &[0x40, 0, 0xff, 0xff],
        &[0, 3, 0xff, 0xfc, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ] {
        let mut client = Client::tcp(turn_of(&told(&page), "tcp")).await;
        client.send(nonsense).await;
        client.closed().await;
    }
}

#[tokio::test]
async fn it_ends_with_the_relay_and_leaves_no_port_taken() {
    let relay = relay_with(|_| {}).await;
    let page = relay.page("Ann").await;
    let (mut udp, mut tcp) =
        (Client::udp(turn_of(&told(&page), "udp")).await, Client::tcp(turn_of(&told(&page), "tcp")).await);
    let relayed = [udp.allocate().await.relayed(), tcp.allocate().await.relayed()];
    let (server, ..) = turn_of(&told(&page), "udp");
    assert!(UdpSocket::bind(relayed[0]).await.is_err(), "it is taken");
    drop(page);
    relay.stop().await;
    tcp.closed().await;
    for address in [relayed[0], relayed[1], server] {
        UdpSocket::bind(address).await.unwrap();
    }
}

#[tokio::test]
async fn it_says_to_anybody_where_they_are() {
    let relay = relay_with(|_| {}).await;
    let page = relay.page("Ann").await;
    let (server, ..) = turn_of(&told(&page), "udp");
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let question = Writer::new(Class::Request, method::BINDING, [7; 12]).finish();
    socket.send_to(&question, server).await.unwrap();
    let mut bytes = [0; 200];
    let length = timeout(SOON, socket.recv(&mut bytes)).await.unwrap().unwrap();
    let answer = Message::read(&bytes[..length]).unwrap();
    assert_eq!(answer.address(attribute::XOR_MAPPED_ADDRESS), socket.local_addr().ok());
}

#[tokio::test]
async fn pages_are_told_where_media_may_go_no_other_way() {
    for relay_only in [false, true] {
        let relay = Relay::with(|config| {
            config.ways.relay_only = relay_only;
            config.ways.inside = Some(Inside { port: 0, tls_port: 0, ..Inside::default() });
        })
        .await;
        assert_eq!(relay.page("Ann").await.welcome().relay_only, relay_only);
    }
}
