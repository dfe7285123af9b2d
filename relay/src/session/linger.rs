//! Acknowledgements wait for something to go along with; those that found no company go out together.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::task::TaskTracker;

use super::Session;

/// How long an acknowledgement may wait. Most requests are followed by something: an answer, a candidate, the next
/// request. A write each would be half of all that the relay writes, and wake the page each time for nothing: it only
/// forgets a request. As long as TCP usually keeps its own acknowledgements back (RFC 1122 section 4.2.3.2).
const LINGER: Duration = Duration::from_millis(40);

/// The sessions with acknowledgements that wait, each once, until the same moment: one timer for all of them.
#[derive(Debug, Default)]
pub struct Lingering {
    sessions: Mutex<Vec<Arc<Session>>>,
}

impl Lingering {
    /// Has a session send at the next moment. Whoever comes first begins the wait, in a task among `tasks`.
    pub(super) fn add(self: &Arc<Self>, session: &Arc<Session>, tasks: &TaskTracker) {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.push(Arc::clone(session));
        if sessions.len() == 1 {
            let this = Arc::clone(self);
            tasks.spawn(async move {
                tokio::time::sleep(LINGER).await;
                this.release();
            });
        }
    }

    fn release(&self) {
        let sessions = std::mem::take(&mut *self.sessions.lock().unwrap_or_else(PoisonError::into_inner));
        for session in sessions {
            session.lingered();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use call::Time;
    use protocol::{Ack, CallError, ErrorCode, Person};

    use super::*;
    use crate::config::Connections;
    use crate::session::{Duty, FIRST};

    fn session() -> Arc<Session> {
        let person = Person { id: "ann".parse().unwrap(), name: "Ann".to_owned(), avatar: None };
        let limits = (&Connections::default()).into();
        let [id, device] = ["s_0123456789abcdef", "d_0123456789abcdef"];
        Arc::new(Session::new(id.parse().unwrap(), device.parse().unwrap(), person, limits, Time::default()))
    }

    /// What the task of the connection is told, and how many frames it was given.
    fn poll(session: &Session) -> (Poll<Duty>, usize) {
        let mut out = Vec::new();
        let duty = session.poll_duty(FIRST, &mut Context::from_waker(Waker::noop()), &mut out, 1_000);
        (duty, String::from_utf8_lossy(&out).matches("\"type\"").count())
    }

    #[test]
    fn acknowledgements_wait_until_something_else_is_said() {
        let session = session();
        session.post(Some(1), &Ack {}.into());
        assert_eq!(poll(&session), (Poll::Ready(Duty::Linger), 0));
        session.post(Some(2), &Ack {}.into());
        assert_eq!(poll(&session), (Poll::Pending, 0), "it is among the lingering already");
        session.post(Some(3), &CallError::new(ErrorCode::NoCall).into());
        assert_eq!(poll(&session), (Poll::Ready(Duty::Send), 3));
        assert_eq!(poll(&session), (Poll::Pending, 0));
    }

    #[tokio::test]
    async fn those_without_company_wait_for_the_same_moment() {
        let (lingering, tasks) = (Arc::new(Lingering::default()), TaskTracker::new());
        let (early, late) = (session(), session());
        for session in [&early, &late] {
            session.post(Some(1), &Ack {}.into());
            assert_eq!(poll(session).0, Poll::Ready(Duty::Linger));
            lingering.add(session, &tasks);
        }
        assert_eq!(tasks.len(), 1, "one timer");
        tasks.close();
        tasks.wait().await;
        for session in [&early, &late] {
            assert_eq!(poll(session), (Poll::Ready(Duty::Send), 1));
        }
        early.post(Some(2), &Ack {}.into());
        assert_eq!(poll(&early).0, Poll::Ready(Duty::Linger), "and so again");
    }

    #[test]
    fn one_that_is_waited_for_goes_at_once() {
        let session = session();
        session.post(Some(1), &Ack {}.into());
        session.hurry();
        assert_eq!(poll(&session), (Poll::Ready(Duty::Send), 1));
    }
}
