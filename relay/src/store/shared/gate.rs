//! What follows from changes is handed out in the order in which they were sent to Redis.
//!
//! Answers come back in that order, but the tasks that wait for them may go on in any. Of two changes to one call the later
//! was made of what the earlier one wrote, so it was sent after it. Of two that were made of the same, only one counts.

use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

/// Where tickets are to be had.
#[derive(Default)]
pub(super) struct Gate {
    /// Comes to an end with the last ticket that was given out.
    last: Mutex<Option<oneshot::Receiver<()>>>,
}

/// A place in the order. It is over when it is dropped.
pub(super) struct Ticket {
    before: Option<oneshot::Receiver<()>>,
    _over: oneshot::Sender<()>,
}

impl Gate {
    /// The next ticket.
    pub(super) fn ticket(&self) -> Ticket {
        let (over, is_over) = oneshot::channel();
        let before = self.last.lock().unwrap_or_else(PoisonError::into_inner).replace(is_over);
        Ticket { before, _over: over }
    }
}

impl Ticket {
    /// Waits until every ticket before this one is over. To be done also by who has nothing to hand out: those behind wait
    /// for this ticket alone.
    pub(super) async fn wait(&mut self) {
        if let Some(before) = self.before.take() {
            // Nobody ever says anything: it ends when the other side is dropped.
            let _ = before.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn who_is_done_first_waits_for_who_came_first() {
        let (gate, order) = (Gate::default(), Arc::new(Mutex::new(Vec::new())));
        let mut tickets: Vec<_> = (0..3).map(|n| (n, gate.ticket())).collect();
        tickets.reverse();
        let tasks: Vec<_> = tickets
            .into_iter()
            .map(|(n, mut ticket)| {
                let order = Arc::clone(&order);
                tokio::spawn(async move {
                    ticket.wait().await;
                    order.lock().unwrap().push(n);
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), [0, 1, 2]);
    }
}
