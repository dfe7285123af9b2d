//! What waits, and what is given up.

use std::time::Instant;

use super::super::queue::{Batch, Wait};
use super::*;

const AT_ONCE: Wait = Wait::Company(Duration::ZERO);
/// So long that no test would ever wait for it.
const NEVER: Wait = Wait::Company(Duration::from_secs(3_600));

fn queue() -> (Queue, Arc<Metrics>) {
    let metrics = Arc::new(Metrics::new());
    (Queue::new(Arc::clone(&metrics)), metrics)
}

fn numbers(calls: &[Call]) -> Vec<usize> {
    calls.iter().map(|call| call.call_id.as_str().trim_start_matches("c_").parse().unwrap()).collect()
}

fn forget_all() -> (Order, oneshot::Receiver<Result<bool, HistoryError>>) {
    let (done, deleted) = oneshot::channel();
    (Order::Forget { user: user("ann"), call: None, done }, deleted)
}

#[test]
fn what_comes_together_is_written_together() {
    let (queue, _) = queue();
    (0..500).for_each(|n| queue.push(call(n, "ann", "bob")));
    let batch = queue.next(AT_ONCE).unwrap();
    assert_eq!(numbers(&batch.calls), Vec::from_iter(0..500));
}

#[test]
fn the_writer_gathers_what_comes_a_little_later() {
    let queue = Arc::new(queue().0);
    queue.push(call(0, "ann", "bob"));
    let later = Arc::clone(&queue);
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        later.push(call(1, "ann", "bob"));
        std::thread::sleep(Duration::from_millis(50));
        later.close();
    });
    // It would gather for an hour, but for the closing.
    assert_eq!(numbers(&queue.next(NEVER).unwrap().calls), [0, 1]);
    assert!(queue.next(NEVER).is_none());
    thread.join().unwrap();
}

#[test]
fn a_full_batch_does_not_wait_for_more() {
    let queue = Arc::new(queue().0);
    let writer = Arc::clone(&queue);
    let thread = std::thread::spawn(move || writer.next(NEVER).unwrap().calls.len());
    (0..1_000).for_each(|n| queue.push(call(n, "ann", "bob")));
    assert_eq!(thread.join().unwrap(), 1_000);
}

#[test]
fn a_broken_disk_is_not_tried_again_and_again_however_much_waits() {
    let (queue, _) = queue();
    (0..1_500).for_each(|n| queue.push(call(n, "ann", "bob")));
    let began = Instant::now();
    let batch = queue.next(Wait::Recovery(Duration::from_millis(100))).unwrap();
    assert!(began.elapsed() >= Duration::from_millis(100), "{:?}", began.elapsed());
    assert!(queue.give_back(batch.calls).is_empty());
}

#[test]
fn readers_leave_room_for_changes() {
    let (queue, _) = queue();
    let settle = || Order::Settle { done: oneshot::channel().0 };
    let readers = (0..100).filter(|_| queue.order(settle())).count();
    let changes = (0..100).filter(|_| queue.order(forget_all().0)).count();
    assert_eq!((readers, changes), (32, 32));
}

#[test]
fn what_the_writer_has_in_its_hands_is_not_settled() {
    let (queue, _) = queue();
    assert!(!queue.is_unsettled());
    queue.push(call(0, "ann", "bob"));
    assert!(queue.is_unsettled());
    assert!(queue.next(AT_ONCE).is_some());
    assert!(queue.is_unsettled(), "taken, and not written yet");
    queue.close();
    assert!(queue.next(NEVER).is_none());
    assert!(!queue.is_unsettled());
}

#[test]
fn a_change_does_not_wait_for_company() {
    let (queue, _) = queue();
    queue.push(call(0, "ann", "bob"));
    assert!(queue.order(forget_all().0));
    let began = Instant::now();
    let batch = queue.next(NEVER).unwrap();
    assert!(began.elapsed() < PATIENCE);
    assert_eq!((batch.calls.len(), batch.orders.len()), (1, 1));
}

#[test]
fn a_change_comes_after_every_call_before_it() {
    let (queue, _) = queue();
    (0..2_500).for_each(|n| queue.push(call(n, "ann", "bob")));
    queue.order(forget_all().0);
    let batches: Vec<Batch> = (0..3).map(|_| queue.next(NEVER).unwrap()).collect();
    let sizes = batches.iter().map(|batch| (batch.calls.len(), batch.orders.len()));
    assert_eq!(Vec::from_iter(sizes), [(1_000, 0), (1_000, 0), (500, 1)]);
}

#[test]
fn the_oldest_call_makes_room_for_the_newest() {
    let (queue, metrics) = queue();
    (0..WAITING + 5).for_each(|n| queue.push(call(n, "ann", "bob")));
    let text = metrics.render();
    assert!(text.contains("alo_history_dropped_total 5\n") && text.contains("alo_history_waiting 10000\n"), "{text}");
    assert_eq!(numbers(&queue.next(AT_ONCE).unwrap().calls), Vec::from_iter(5..1_005));
}

#[test]
fn what_could_not_be_written_goes_back_to_its_place() {
    let (queue, metrics) = queue();
    (0..1_500).for_each(|n| queue.push(call(n, "ann", "bob")));
    let batch = queue.next(AT_ONCE).unwrap();
    queue.push(call(1_500, "ann", "bob"));
    queue.order(forget_all().0);
    assert_eq!(queue.give_back(batch.calls).len(), 1, "whoever waits for a change should hear of it");
    assert_eq!(numbers(&queue.next(AT_ONCE).unwrap().calls), Vec::from_iter(0..1_000));
    assert_eq!(numbers(&queue.next(AT_ONCE).unwrap().calls), Vec::from_iter(1_000..1_501));
    assert!(metrics.render().contains("alo_history_dropped_total 0\n"));
}

#[test]
fn what_comes_back_to_a_full_queue_loses_its_oldest() {
    let (queue, metrics) = queue();
    (0..1_000).for_each(|n| queue.push(call(n, "ann", "bob")));
    let batch = queue.next(AT_ONCE).unwrap();
    (1_000..WAITING + 300).for_each(|n| queue.push(call(n, "ann", "bob")));
    queue.give_back(batch.calls);
    assert!(metrics.render().contains("alo_history_dropped_total 300\n"));
    assert_eq!(numbers(&queue.next(AT_ONCE).unwrap().calls), Vec::from_iter(300..1_300));
}

#[test]
fn nothing_comes_back_to_a_closed_queue_and_too_many_changes_are_refused() {
    let (queue, metrics) = queue();
    queue.push(call(0, "ann", "bob"));
    let batch = queue.next(AT_ONCE).unwrap();
    let taken = (0..1_000).take_while(|_| queue.order(forget_all().0)).count();
    assert!((1..1_000).contains(&taken));
    queue.close();
    queue.give_back(batch.calls);
    assert!(queue.next(AT_ONCE).is_none());
    assert!(metrics.render().contains("alo_history_dropped_total 1\n"));
    assert!(!queue.order(forget_all().0));
}
