//! Those who take their time.

use std::io::Write;
use std::time::{Duration, Instant};

use relay::config::Config;

use crate::client::{Ask, connect, read_all};
use crate::relay::Relay;

const HEADER: Duration = Duration::from_millis(300);

fn impatient(config: &mut Config) {
    config.connections.request_header = HEADER;
}

#[test]
fn half_a_request_is_not_waited_for() {
    let relay = Relay::with(impatient);
    for half in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "] {
        let mut stream = connect(relay.port());
        stream.write_all(half.as_bytes()).unwrap();
        let since = Instant::now();
        read_all(&mut stream).unwrap();
        assert!(since.elapsed() < HEADER + Duration::from_secs(5), "{half:?}");
    }
}

#[test]
fn a_connection_is_kept_for_the_next_request_but_not_for_ever() {
    let relay = Relay::with(impatient);
    let mut stream = connect(relay.port());
    let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(request).unwrap();
    stream.write_all(request).unwrap();
    let since = Instant::now();
    let answers = String::from_utf8(read_all(&mut stream).unwrap()).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
    assert!(since.elapsed() < HEADER + Duration::from_secs(5));
}

#[test]
fn others_are_served_meanwhile() {
    let relay = Relay::start();
    let mut halves: Vec<_> = (0..200).map(|_| connect(relay.port())).collect();
    for half in &mut halves {
        half.write_all(b"GET / HTTP/1.1\r\nHo").unwrap();
    }
    let since = Instant::now();
    assert_eq!(Ask::get("/healthz").send(relay.port()).status, 200);
    assert!(since.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_tls_handshake_that_never_comes_is_not_waited_for() {
    let relay = Relay::with(|config| {
        impatient(config);
        config.listen.lan = Some(0);
    });
    for half in [&b""[..], &[22, 3, 1, 2, 0]] {
        let mut stream = connect(relay.lan_port());
        stream.write_all(half).unwrap();
        let since = Instant::now();
        read_all(&mut stream).unwrap();
        assert!(since.elapsed() < HEADER + Duration::from_secs(5), "{half:?}");
    }
}

#[test]
fn a_header_without_end_is_refused() {
    let relay = Relay::start();
    let long = Ask::get("/").header("X-Long", &"a".repeat(200_000)).send(relay.port());
    assert_eq!(long.status, 431);
    let mut many = Ask::get("/");
    for n in 0..200 {
        many = many.header(&format!("X-{n}"), "a");
    }
    assert_eq!(many.send(relay.port()).status, 431);
    assert_eq!(Ask::get("/healthz").send(relay.port()).status, 200);
}

#[test]
fn nonsense_is_refused_and_the_next_is_served() {
    let relay = Relay::start();
    for nonsense in [&b"\0\0\0\0\r\n\r\n"[..], b"GET\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &[0xff; 1000]] {
        let mut stream = connect(relay.port());
        stream.write_all(nonsense).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        read_all(&mut stream).unwrap();
    }
    assert_eq!(Ask::get("/healthz").send(relay.port()).status, 200);
}
