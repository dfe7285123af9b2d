//! What a page is told at once, and what waits for company.

use std::task::{Context, Poll, Waker};

use call::Time;
use protocol::{Ack, CallError, ErrorCode, Person};

use super::*;
use crate::config::Connections;

fn session() -> Session {
    let person = Person { id: "ann".parse().unwrap(), name: "Ann".to_owned(), avatar: None };
    let limits = (&Connections::default()).into();
    let [id, device] = ["s_0123456789abcdef", "d_0123456789abcdef"];
    Session::new(id.parse().unwrap(), device.parse().unwrap(), person, limits, Time::default())
}

/// What the task of the connection is told, and how many frames it was given.
fn poll(session: &Session) -> (Poll<Duty>, usize) {
    let mut out = Vec::new();
    let duty = session.poll_duty(FIRST, &mut Context::from_waker(Waker::noop()), &mut out, 10_000);
    (duty, String::from_utf8_lossy(&out).matches("\"type\"").count())
}

fn acknowledge(session: &Session, requests: impl IntoIterator<Item = RequestId>) {
    for request in requests {
        session.post(Some(request), &Ack {}.into());
    }
}

#[test]
fn acknowledgements_wait_until_something_else_is_said() {
    let session = session();
    acknowledge(&session, 1..=2);
    assert_eq!(poll(&session), (Poll::Pending, 0));
    session.post(Some(3), &CallError::new(ErrorCode::NoCall).into());
    assert_eq!(poll(&session), (Poll::Ready(Duty::Send), 3));
    acknowledge(&session, 4..=4);
    assert_eq!(poll(&session), (Poll::Pending, 0), "and so again");
}

#[test]
fn many_need_no_company() {
    let session = session();
    acknowledge(&session, 1..=31);
    assert_eq!(poll(&session), (Poll::Pending, 0));
    acknowledge(&session, 32..=32);
    assert_eq!(poll(&session), (Poll::Ready(Duty::Send), 32));
}

#[test]
fn one_that_is_waited_for_goes_at_once() {
    let session = session();
    acknowledge(&session, 1..=1);
    session.hurry();
    assert_eq!(poll(&session), (Poll::Ready(Duty::Send), 1));
}
