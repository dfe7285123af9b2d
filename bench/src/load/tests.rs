//! The generator and the hand-written forwarder, played against each other.

use std::thread;

use super::*;
use crate::{epoll_forwarder, process};

/// A forwarder of its own for a test; its thread ends with the test's process.
fn forwarder() -> u16 {
    let port = process::free_port().unwrap();
    thread::spawn(move || epoll_forwarder::serve(port));
    while std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        thread::yield_now();
    }
    port
}

fn people(count: usize) -> Vec<Person> {
    (0..count).map(|number| Person::named(format!("p{number}"))).collect()
}

#[test]
fn calls_are_played_without_a_pause_and_every_message_is_timed() {
    let mut load = Load::open(Dialect::Plain, forwarder(), people(8), false).unwrap();
    let tally = load.run(Pace::AtOnce(4), Duration::from_millis(200)).unwrap();
    assert!(tally.calls > 4, "{} calls", tally.calls);
    // The calls that were over, and parts of those that were not.
    let messages = tally.latencies.len() as u64;
    assert!((23 * tally.calls..23 * (tally.calls + 4)).contains(&messages), "{messages} of {}", tally.calls);
    assert_eq!(load.close().unwrap().len(), 8);
}

#[test]
fn everybody_has_a_turn() {
    let mut load = Load::open(Dialect::Plain, forwarder(), people(20), false).unwrap();
    let tally = load.run(Pace::AtOnce(2), Duration::from_millis(500)).unwrap();
    assert!(tally.calls >= 10, "{} calls", tally.calls);
    assert!(load.people.iter().step_by(2).all(|someone| someone.person.calls > 0));
}

#[test]
fn the_pace_is_kept_or_its_failure_is_counted() {
    let mut load = Load::open(Dialect::Plain, forwarder(), people(2), false).unwrap();
    let tally = load.run(Pace::PerSecond(50.0), Duration::from_millis(400)).unwrap();
    let due = tally.calls + tally.skipped;
    assert!((17..=20).contains(&due), "{} calls, {} skipped", tally.calls, tally.skipped);
}

#[test]
fn people_come_back_after_their_connections_were_closed() {
    let port = forwarder();
    let mut everybody = people(4);
    for _ in 0..2 {
        let mut load = Load::open(Dialect::Plain, port, everybody, false).unwrap();
        assert!(load.run(Pace::AtOnce(4), Duration::from_millis(100)).unwrap().calls > 0);
        everybody = load.close().unwrap();
    }
}

#[test]
fn a_call_that_is_held_stays() {
    let mut load = Load::open(Dialect::Plain, forwarder(), people(6), true).unwrap();
    load.hold_all().unwrap();
    assert_eq!(load.run(Pace::AtOnce(4), Duration::from_millis(20)).unwrap().calls, 0);
}

#[test]
fn a_server_that_is_none_is_reported() {
    let port = process::free_port().unwrap();
    assert!(matches!(Load::open(Dialect::Plain, port, people(1), false), Err(LoadError::Io(_))));
}
