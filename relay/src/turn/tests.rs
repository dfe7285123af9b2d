//! The server as a value: who is let in, to whom it sends, and that nothing is left over.

use std::net::{IpAddr, SocketAddr};

use call::Time;

use super::peers::Peers;
use super::peers::tests::{ALLOWED, DENIED};
use super::server::{Client, Gate, Now, REALM, Server, Terms, Todo, Transport};
use crate::ice::{Bearer, Secret};
use crate::stun::{Class, Key, Message, Writer, attribute, method};

const SECRET: &[u8] = b"north";
const UNIX: u64 = 1_763_900_000;
const RELAYED: [&str; 2] = ["1.1.1.1:50000", "[2606:4700::1]:50000"];

struct World {
    server: Server<u16>,
    now: u64,
    next_port: u16,
    v6: bool,
}

/// A page with credentials, at an address.
struct Page {
    client: Client,
    username: String,
    nonce: String,
}

fn world_with(change: impl FnOnce(&mut Terms)) -> World {
    let knows = Box::new(|bearer: &Bearer| bearer.device.as_str() != "d_0000000000000000");
    let gate = Gate { secret: Secret::new(SECRET), knows };
    let mut terms = Terms { gate, peers: Peers::default(), bytes_per_second: 1_000, nonce_key: [7; 32] };
    change(&mut terms);
    World { server: Server::new(terms), now: 0, next_port: 50_000, v6: false }
}

fn world() -> World {
    world_with(|_| {})
}

fn at(address: &str) -> Client {
    Client { transport: Transport::Udp, address: address.parse().unwrap() }
}

fn username(user: &str, expires: u64) -> String {
    let device = "d_2f8c01b9a77e4d51".parse().unwrap();
    Bearer { expires, user: user.parse().unwrap(), device }.username()
}

impl World {
    fn now(&self) -> Now {
        Now { time: Time::from_millis(self.now), unix: UNIX + self.now / 1_000 }
    }

    fn hear<'a>(&mut self, client: Client, bytes: &'a [u8]) -> Todo<'a, u16> {
        let now = self.now();
        let (next, v6) = (&mut self.next_port, self.v6);
        self.server.hear(now, client, bytes, &mut |even| {
            *next += if even && *next % 2 == 0 { 2 } else { 1 };
            let ip: SocketAddr = RELAYED[usize::from(v6)].parse().unwrap();
            Some((*next, SocketAddr::new(ip.ip(), *next)))
        })
    }

    fn answer(&mut self, client: Client, bytes: &[u8]) -> Vec<u8> {
        match self.hear(client, bytes) {
            Todo::Answer(answer) => answer,
            other => panic!("an answer, not {other:?}"),
        }
    }

    /// Somebody who has been told a nonce.
    fn page(&mut self, address: &str, username: String) -> Page {
        let client = at(address);
        let bare = Writer::new(Class::Request, method::ALLOCATE, [1; 12]).finish();
        let told = self.answer(client, &bare);
        let told = Message::read(&told).unwrap();
        assert_eq!((told.error(), told.text(attribute::REALM)), (Some(401), Some(REALM)));
        Page { client, username, nonce: told.text(attribute::NONCE).unwrap().to_owned() }
    }

    /// A page with a relayed address, and that address.
    fn allocated(&mut self, address: &str, user: &str) -> (Page, SocketAddr) {
        let page = self.page(address, username(user, UNIX + 3_600));
        let answer = self.ask(&page, method::ALLOCATE, transport);
        let message = Message::read(&answer).unwrap();
        assert_eq!(message.error(), None);
        let relayed = message.address(attribute::XOR_RELAYED_ADDRESS).unwrap();
        (page, relayed)
    }

    fn ask(&mut self, page: &Page, method: u16, fill: impl FnOnce(Writer) -> Writer) -> Vec<u8> {
        self.ask_with(page, &Secret::new(SECRET).password(&page.username), method, fill)
    }

    fn ask_with(&mut self, page: &Page, word: &str, method: u16, fill: impl FnOnce(Writer) -> Writer) -> Vec<u8> {
        let bytes = fill(Writer::new(Class::Request, method, [2; 12]))
            .attribute(attribute::USERNAME, page.username.as_bytes())
            .attribute(attribute::REALM, REALM.as_bytes())
            .attribute(attribute::NONCE, page.nonce.as_bytes())
            .sign(&Key::long_term(&page.username, REALM, word))
            .finish();
        self.answer(page.client, &bytes)
    }

    fn permit(&mut self, page: &Page, peer: SocketAddr) -> u16 {
        code(&self.ask(page, method::CREATE_PERMISSION, |m| m.address(attribute::XOR_PEER_ADDRESS, peer)))
    }

    fn bind(&mut self, page: &Page, number: u16, peer: SocketAddr) -> u16 {
        let [high, low] = number.to_be_bytes();
        code(&self.ask(page, method::CHANNEL_BIND, |m| {
            m.attribute(attribute::CHANNEL_NUMBER, &[high, low, 0, 0]).address(attribute::XOR_PEER_ADDRESS, peer)
        }))
    }

    fn pass(&mut self, seconds: u64) {
        self.now += seconds * 1_000;
    }
}

fn transport(message: Writer) -> Writer {
    message.attribute(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0])
}

/// The number of an error, or 0.
fn code(answer: &[u8]) -> u16 {
    Message::read(answer).unwrap().error().unwrap_or(0)
}

fn data_to(peer: SocketAddr, data: &[u8]) -> Vec<u8> {
    Writer::new(Class::Indication, method::SEND, [3; 12])
        .address(attribute::XOR_PEER_ADDRESS, peer)
        .attribute(attribute::DATA, data)
        .finish()
}

const ANN: &str = "9.9.9.9:4000";
const PEER: &str = "8.8.8.8:5000";

fn peer() -> SocketAddr {
    PEER.parse().unwrap()
}

#[test]
fn whoever_asks_is_told_their_own_address() {
    let mut world = world();
    let answer = world.answer(at(ANN), &Writer::new(Class::Request, method::BINDING, [1; 12]).finish());
    assert_eq!(Message::read(&answer).unwrap().address(attribute::XOR_MAPPED_ADDRESS), ANN.parse().ok());
}

#[test]
fn data_goes_both_ways_once_a_peer_is_let_in() {
    let mut world = world();
    let (ann, relayed) = world.allocated(ANN, "guest:ann");
    let out = data_to(peer(), b"hello");
    assert_eq!(world.hear(ann.client, &out), Todo::Nothing, "not before a permission");
    assert_eq!(world.server.hear_peer(Time::from_millis(0), ann.client, peer(), b"hi"), None);
    assert_eq!(world.permit(&ann, peer()), 0);
    assert_eq!(world.hear(ann.client, &out), Todo::Relay(relayed.port(), peer(), b"hello"));
    let back = world.server.hear_peer(Time::from_millis(0), ann.client, peer(), b"hi").unwrap();
    let back = Message::read(&back).unwrap();
    assert_eq!(back.address(attribute::XOR_PEER_ADDRESS), Some(peer()));
    assert_eq!(back.attribute(attribute::DATA), Some(&b"hi"[..]));
    assert_eq!(world.hear(at("9.9.9.8:4000"), &out), Todo::Nothing, "somebody else's");

    assert_eq!(world.bind(&ann, 0x4001, peer()), 0);
    let on_channel = [&[0x40, 1, 0, 5][..], b"hello"].concat();
    assert_eq!(world.hear(ann.client, &on_channel), Todo::Relay(relayed.port(), peer(), b"hello"));
    let back = world.server.hear_peer(Time::from_millis(0), ann.client, peer(), b"hi").unwrap();
    assert_eq!(back, [0x40, 1, 0, 2, b'h', b'i']);
    let unbound = [&[0x40, 2, 0, 5][..], b"hello"].concat();
    assert_eq!(world.hear(ann.client, &unbound), Todo::Nothing);

    let tally = world.server.take_tally();
    assert_eq!((tally.sent, tally.received, tally.not_permitted), (10, 4, 2));
    world.pass(301);
    assert_eq!(world.hear(ann.client, &out), Todo::Nothing, "a permission lasts for five minutes");
}

#[test]
fn two_who_are_relayed_reach_each_other_without_leaving_the_process_and_nobody_else_here() {
    let mut world = world();
    let (ann, from_ann) = world.allocated(ANN, "guest:ann");
    let (bob, from_bob) = world.allocated("9.9.9.8:4000", "guest:bob");
    assert_eq!((world.permit(&ann, from_bob), world.permit(&bob, from_ann)), (0, 0));
    let Todo::Deliver(to, bytes) = world.hear(ann.client, &data_to(from_bob, b"hello")) else { panic!("delivered") };
    assert_eq!(to, from_bob.port());
    let message = Message::read(&bytes).unwrap();
    assert_eq!(message.address(attribute::XOR_PEER_ADDRESS), Some(from_ann));
    for port in [1, 22, 53, 3478, 49_999, 65_535] {
        let other = SocketAddr::new(from_bob.ip(), port);
        assert_eq!(world.hear(ann.client, &data_to(other, b"hello")), Todo::Nothing, "{port} is not relayed");
        assert_eq!(world.bind(&ann, 0x4000 + port % 100, other), 0);
        let [high, low] = (0x4000 + port % 100).to_be_bytes();
        assert_eq!(world.hear(ann.client, &[high, low, 0, 1, 7]), Todo::Nothing);
    }
}

#[test]
fn nobody_is_let_in_without_good_credentials() {
    let mut world = world();
    let good = username("guest:ann", UNIX + 3_600);
    for (name, why) in [
        (username("guest:ann", UNIX), "expired"),
        ("ann".to_owned(), "of nobody's"),
        (good.replace("d_2f8c01b9a77e4d51", "d_0000000000000000"), "of a page that is gone"),
    ] {
        let page = world.page(ANN, name);
        assert_eq!(code(&world.ask(&page, method::ALLOCATE, transport)), 401, "{why}");
    }
    let page = world.page(ANN, good.clone());
    assert_eq!(code(&world.ask_with(&page, "wrong", method::ALLOCATE, transport)), 401);
    let elsewhere = Page { client: at("9.9.9.8:4000"), ..world.page(ANN, good.clone()) };
    assert_eq!(code(&world.ask(&elsewhere, method::ALLOCATE, transport)), 438, "a nonce of somebody else's");
    world.pass(3_600);
    let late = Page { username: username("guest:ann", UNIX + 7_200), ..page };
    let answer = world.ask(&late, method::ALLOCATE, transport);
    assert_eq!(code(&answer), 438, "a stale nonce");
    let nonce = Message::read(&answer).unwrap().text(attribute::NONCE).unwrap().to_owned();
    assert_eq!(code(&world.ask(&Page { nonce, ..late }, method::ALLOCATE, transport)), 0);
    let signed = Writer::new(Class::Request, method::ALLOCATE, [1; 12]).sign(&Key::long_term("a", REALM, "b")).finish();
    assert_eq!(code(&world.answer(at(ANN), &signed)), 400, "without a name");
}

#[test]
fn a_call_outlasts_its_credentials_and_a_new_address_does_not() {
    let mut world = world();
    let (ann, _) = world.allocated(ANN, "guest:ann");
    for _ in 0..12 {
        world.pass(500);
        let fresh = world.page("9.9.9.7:1", String::new());
        assert!(world.server.expire(Time::from_millis(world.now)).is_empty());
        let bare = Writer::new(Class::Request, method::REFRESH, [1; 12]).finish();
        let nonce = world.answer(ann.client, &bare);
        let nonce = Message::read(&nonce).unwrap().text(attribute::NONCE).unwrap().to_owned();
        drop(fresh);
        let ann = Page { client: ann.client, username: ann.username.clone(), nonce };
        assert_eq!(code(&world.ask(&ann, method::REFRESH, |m| m)), 0);
        assert_eq!(world.permit(&ann, peer()), 0);
    }
    assert!(world.now > 3_600_000);
    let again = world.page("9.9.9.9:4001", ann.username.clone());
    assert_eq!(code(&world.ask(&again, method::ALLOCATE, transport)), 401);
}

#[test]
fn what_cannot_be_is_refused_by_its_number() {
    let mut world = world();
    let page = world.page(ANN, username("guest:ann", UNIX + 3_600));
    let refused = |world: &mut World, method, fill: &dyn Fn(Writer) -> Writer| code(&world.ask(&page, method, fill));
    for method in [method::REFRESH, method::CREATE_PERMISSION, method::CHANNEL_BIND] {
        let fill = |m: Writer| {
            m.address(attribute::XOR_PEER_ADDRESS, peer()).attribute(attribute::CHANNEL_NUMBER, &[0x40, 0, 0, 0])
        };
        assert_eq!(refused(&mut world, method, &fill), 437, "{method}: there is no address yet");
    }
    assert_eq!(refused(&mut world, method::ALLOCATE, &|m| m), 400);
    assert_eq!(
        refused(&mut world, method::ALLOCATE, &|m| m.attribute(attribute::REQUESTED_TRANSPORT, &[6, 0, 0, 0])),
        442
    );
    assert_eq!(refused(&mut world, method::ALLOCATE, &|m| transport(m).attribute(0x001A, &[])), 420);
    assert_eq!(refused(&mut world, method::ALLOCATE, &|m| transport(m).attribute(attribute::EVEN_PORT, &[0x80])), 508);
    let v6 = |m: Writer| transport(m).attribute(attribute::REQUESTED_ADDRESS_FAMILY, &[2, 0, 0, 0]);
    assert_eq!(refused(&mut world, method::ALLOCATE, &v6), 440);
    assert_eq!(world.server.len(), 0);

    let (ann, _) = world.allocated(ANN, "guest:ann");
    for number in [0, 0x3FFF, 0x8000, 0xFFFF] {
        assert_eq!(world.bind(&ann, number, peer()), 400, "{number:x}");
    }
    assert_eq!(world.bind(&ann, 0x4000, peer()), 0);
    assert_eq!(world.bind(&ann, 0x4000, peer()), 0, "once more");
    assert_eq!(world.bind(&ann, 0x4001, peer()), 400, "the peer has another number");
    assert_eq!(world.bind(&ann, 0x4000, "8.8.8.8:5001".parse().unwrap()), 400, "the number is another peer's");
    assert_eq!(world.permit(&ann, "[2606:4700::1111]:1".parse().unwrap()), 443);
    assert_eq!(code(&world.ask(&ann, method::CREATE_PERMISSION, |m| m)), 400);
    let other = Page { username: username("guest:bob", UNIX + 3_600), nonce: ann.nonce.clone(), ..ann };
    assert_eq!(world.permit(&other, peer()), 441, "somebody else's credentials");
}

#[test]
fn a_port_is_even_where_that_is_wanted() {
    let mut world = world();
    for (nth, address) in ["9.9.9.9:1", "9.9.9.9:2", "9.9.9.9:3"].into_iter().enumerate() {
        let page = world.page(address, username("guest:ann", UNIX + 3_600));
        let answer = world.ask(&page, method::ALLOCATE, |m| transport(m).attribute(attribute::EVEN_PORT, &[0]));
        let relayed = Message::read(&answer).unwrap().address(attribute::XOR_RELAYED_ADDRESS).unwrap();
        assert_eq!(relayed.port() % 2, 0, "{nth}");
        world.next_port += 1;
    }
}

#[test]
fn an_allocation_that_is_asked_for_twice_is_one() {
    let mut world = world();
    let (ann, relayed) = world.allocated(ANN, "guest:ann");
    let again = world.ask(&ann, method::ALLOCATE, transport);
    assert_eq!(Message::read(&again).unwrap().address(attribute::XOR_RELAYED_ADDRESS), Some(relayed));
    let other = Writer::new(Class::Request, method::ALLOCATE, [9; 12])
        .attribute(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0])
        .attribute(attribute::USERNAME, ann.username.as_bytes())
        .attribute(attribute::REALM, REALM.as_bytes())
        .attribute(attribute::NONCE, ann.nonce.as_bytes())
        .sign(&Key::long_term(&ann.username, REALM, &Secret::new(SECRET).password(&ann.username)))
        .finish();
    assert_eq!(code(&world.answer(ann.client, &other)), 437);
    assert_eq!(world.server.len(), 1);
}

#[test]
fn nothing_is_left_over_of_an_address_that_is_given_up_or_forgotten() {
    let mut world = world();
    let (ann, relayed) = world.allocated(ANN, "guest:ann");
    world.permit(&ann, peer());
    world.hear(ann.client, &data_to(peer(), b"hello"));
    let given_up = world.ask(&ann, method::REFRESH, |m| m.attribute(attribute::LIFETIME, &[0; 4]));
    assert_eq!(Message::read(&given_up).unwrap().number(attribute::LIFETIME), Some(0));
    assert_eq!(world.hear(ann.client, &data_to(peer(), b"hello")), Todo::Nothing);
    let [over] = world.server.expire(Time::from_millis(world.now)).try_into().unwrap();
    assert_eq!((over.bearer.user.as_str(), over.sent, over.received), ("guest:ann", 5, 0));

    world.allocated(ANN, "guest:ann");
    world.pass(599);
    assert!(world.server.expire(Time::from_millis(world.now)).is_empty());
    world.pass(1);
    assert_eq!(world.server.expire(Time::from_millis(world.now)).len(), 1);
    assert_eq!((world.server.len(), world.server.clients.len(), world.server.users.len()), (0, 0, 0));
    assert!(!world.server.clients.contains_key(&relayed));
}

#[test]
fn twelve_addresses_each_and_no_more() {
    let mut world = world();
    for port in 1..=12 {
        world.allocated(&format!("9.9.9.9:{port}"), "guest:ann");
    }
    let thirteenth = world.page("9.9.9.9:13", username("guest:ann", UNIX + 3_600));
    assert_eq!(code(&world.ask(&thirteenth, method::ALLOCATE, transport)), 486);
    world.allocated("9.9.9.9:14", "guest:bob");
    world.server.end(Time::from_millis(0), at("9.9.9.9:1"));
    assert_eq!(code(&world.ask(&thirteenth, method::ALLOCATE, transport)), 0);
}

#[test]
fn whoever_has_had_enough_waits_and_the_others_do_not() {
    let mut world = world();
    let (ann, _) = world.allocated(ANN, "guest:ann");
    let (bob, _) = world.allocated("9.9.9.8:4000", "guest:bob");
    assert_eq!((world.permit(&ann, peer()), world.permit(&bob, peer())), (0, 0));
    let much = data_to(peer(), &[7; 600]);
    assert!(matches!(world.hear(ann.client, &much), Todo::Relay(..)));
    assert_eq!(world.hear(ann.client, &much), Todo::Nothing, "a thousand bytes a second");
    assert_eq!(
        world.server.hear_peer(Time::from_millis(0), ann.client, peer(), &[7; 600]),
        None,
        "in either direction"
    );
    assert!(matches!(world.hear(bob.client, &much), Todo::Relay(..)));
    assert_eq!(world.server.take_tally().over_quota, 2);
    world.pass(1);
    assert!(matches!(world.hear(ann.client, &much), Todo::Relay(..)));
}

#[test]
fn to_every_address_that_is_denied_nothing_is_sent_whatever_is_asked() {
    for v6 in [false, true] {
        let mut world = world();
        world.v6 = v6;
        let page = world.page(ANN, username("guest:ann", UNIX + 3_600));
        let family = if v6 { 2 } else { 1 };
        let fill = |m| transport(m).attribute(attribute::REQUESTED_ADDRESS_FAMILY, &[family, 0, 0, 0]);
        assert_eq!(code(&world.ask(&page, method::ALLOCATE, fill)), 0);
        for denied in DENIED {
            let denied: IpAddr = denied.parse().unwrap();
            let peer = SocketAddr::new(denied, 5_000);
            assert_eq!(world.permit(&page, peer), 403, "{denied}");
            assert_eq!(world.bind(&page, 0x4000, peer), 403, "{denied}");
            assert_eq!(world.hear(page.client, &data_to(peer, b"hello")), Todo::Nothing, "{denied}");
        }
        for allowed in ALLOWED {
            let allowed: IpAddr = allowed.parse().unwrap();
            let expected = if allowed.is_ipv6() == v6 { 0 } else { 443 };
            assert_eq!(world.permit(&page, SocketAddr::new(allowed, 5_000)), expected, "{allowed}");
        }
        // One denied peer among others, and none is let in.
        let mixed = world.ask(&page, method::CREATE_PERMISSION, |m| {
            let other = if v6 { "[2606:4700::2222]:1" } else { "8.8.4.4:1" };
            m.address(attribute::XOR_PEER_ADDRESS, other.parse().unwrap())
                .address(attribute::XOR_PEER_ADDRESS, "127.0.0.1:1".parse().unwrap())
        });
        assert_eq!(code(&mixed), 403);
        assert_eq!(world.hear(page.client, &data_to("8.8.4.4:1".parse().unwrap(), b"hello")), Todo::Nothing);
    }
}

#[test]
fn a_flood_without_credentials_leaves_nothing_behind() {
    let mut world = world();
    let flood = |world: &mut World, requests: u32| {
        for nth in 0..requests {
            let [_, a, b, c] = nth.to_be_bytes();
            let client = Client { address: SocketAddr::new(IpAddr::from([9, a, b, c]), 4_000), ..at(ANN) };
            let bare = Writer::new(Class::Request, method::ALLOCATE, [c; 12]).finish();
            assert_eq!(code(&world.answer(client, &bare)), 401);
        }
    };
    flood(&mut world, 1_000);
    let before = resident();
    flood(&mut world, 200_000);
    let grown = resident().saturating_sub(before);
    assert!(grown < 1_024 * 1_024, "{grown} bytes more than before");
    let server = &world.server;
    assert_eq!((server.len(), server.clients.len(), server.users.len()), (0, 0, 0));
    assert_eq!(world.server.take_tally().refused, [(401, 201_000)]);
}

/// Bytes of memory that this process has; 0 where the system does not say.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or_default() * 4_096
}

#[test]
fn peers_and_channels_have_an_end() {
    let mut world = world();
    let (ann, _) = world.allocated(ANN, "guest:ann");
    let nth = |nth: u8| SocketAddr::new(IpAddr::from([8, 8, 7, nth]), 5_000);
    assert!((0..128).all(|n| world.bind(&ann, 0x4000 + u16::from(n), nth(n)) == 0));
    assert_eq!(world.bind(&ann, 0x4FFF, nth(200)), 508);
    assert_eq!(world.permit(&ann, nth(200)), 508);
    world.pass(301);
    assert_eq!(world.permit(&ann, nth(200)), 0, "the old ones are over");
}
