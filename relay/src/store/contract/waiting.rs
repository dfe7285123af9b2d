//! What a store promises about a device that is in two calls.

use call::Time;
use call::record::{Event, Loss, Terms};
use protocol::{CallStatus, EndReason, ErrorCode, MediaState};

use super::{World, at, call, device, refused_about, user};

impl World<'_> {
    /// Puts a call on hold, or goes on with it.
    async fn hold(&self, now: Time, id: &str, by: &str, held: bool) {
        let media = MediaState { held, ..MediaState::default() };
        self.tell(now, id, by, Event::Media { device: device(by), media }).await.unwrap();
    }
}

pub(super) async fn a_device_is_rung_beside_one_call_and_not_beside_two(world: World<'_>) {
    world.ring(at(0), "x", "bob", &["ann"]).await.unwrap();
    world.ring(at(0), "w", "eve", &["bob"]).await.unwrap();
    assert_eq!(world.notes.reasons(), [EndReason::Busy], "who dials is not rung");
    world.accept(at(0), "x", "ann").await.unwrap();
    world.forget_what_was_sent();
    world.ring(at(1), "y", "eve", &["bob"]).await.unwrap();
    assert_eq!(world.notes.sent("bob"), ["call:incoming"]);
    assert_eq!(world.notes.status("bob"), Some(CallStatus::InCall), "which is more than ringing");
    world.hold(at(2), "x", "bob", true).await;
    world.accept(at(2), "y", "bob").await.unwrap();
    world.ring(at(3), "z", "dan", &["bob"]).await.unwrap();
    assert_eq!(world.notes.reasons(), [EndReason::Busy, EndReason::Busy]);
    assert_eq!(world.store.status(user("dan")).await, CallStatus::Idle);
}

pub(super) async fn a_device_is_in_two_calls_if_it_holds_one(world: World<'_>) {
    for (call, caller) in [("x", "ann"), ("y", "eve"), ("z", "dan")] {
        world.ring(at(0), call, caller, &["bob"]).await.unwrap();
    }
    world.accept(at(0), "x", "bob").await.unwrap();
    world.hold(at(1), "x", "ann", true).await;
    assert_eq!(world.accept(at(1), "y", "bob").await, refused_about(ErrorCode::InCall, "x"), "ann holds, he does not");
    world.hold(at(1), "x", "bob", true).await;
    world.accept(at(1), "y", "bob").await.unwrap();
    assert_eq!(world.accept(at(1), "z", "bob").await, refused_about(ErrorCode::InCall, "x"), "two are enough");
    world.hold(at(2), "y", "bob", true).await;
    world.hold(at(2), "x", "bob", false).await;
    world.hang_up(at(3), "x", "ann").await.unwrap();
    assert_eq!(world.store.status(user("bob")).await, CallStatus::InCall, "in the other one");
    world.accept(at(3), "z", "bob").await.unwrap();
    world.hang_up(at(4), "y", "bob").await.unwrap();
    world.hang_up(at(4), "z", "bob").await.unwrap();
    assert_eq!(world.store.status(user("bob")).await, CallStatus::Idle);
    assert_eq!(world.notes.reasons(), [EndReason::Completed; 3]);
}

pub(super) async fn both_calls_of_a_device_are_lost_and_found(world: World<'_>) {
    world.ring(at(0), "x", "ann", &["bob"]).await.unwrap();
    world.ring(at(0), "y", "eve", &["bob"]).await.unwrap();
    world.accept(at(0), "x", "bob").await.unwrap();
    world.hold(at(0), "x", "bob", true).await;
    world.accept(at(0), "y", "bob").await.unwrap();
    world.store.lose(at(1), device("bob"), Loss::Closed).await;
    let calls = world.store.appear(at(2), user("bob"), device("bob"), true).await;
    assert_eq!(calls.iter().map(|found| found.call_id.clone()).collect::<Vec<_>>(), [call("x"), call("y")]);
    world.store.lose(at(10), device("bob"), Loss::Closed).await;
    world.store.expire(at(10) + Terms::AWAY).await;
    assert_eq!(world.notes.reasons().len(), 2, "and lost for good, both of them");
    assert_eq!(world.store.status(user("bob")).await, CallStatus::Idle);
}
