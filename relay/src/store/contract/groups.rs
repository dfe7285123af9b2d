//! What every store promises about calls of several that ring.

use call::record::{Called, Event, NewRoom};
use protocol::{CallStatus, EndReason, ErrorCode, RoomCode};

use super::{World, at, call, device, origin, participant, refused, refused_about, room, user};
use crate::store::{Party, Refused};

fn code() -> RoomCode {
    "mnpq-rstu-vwxy".parse().unwrap()
}

impl World<'_> {
    /// A private room, entered by whoever made it.
    async fn group(&self, id: &str, by: &str) {
        let made = NewRoom { code: room(), name: None, host: user(by), private: true, waiting_room: false };
        self.store.create_room(at(0), made).await.unwrap();
        self.enter(at(0), id, by).await.unwrap();
    }

    async fn invite(&self, id: &str, by: &str, devices: &[&str]) -> Result<(), Refused> {
        let called = devices.iter().map(|name| Called {
            user: user(name),
            person: Some(participant(name).user),
            devices: vec![device(name)],
            silent: false,
            undisturbed: false,
            awaited: false,
        });
        let party = Party { call: call(id), called: called.collect(), code: code() };
        self.store.invite(at(1), origin(by), party).await
    }
}

pub(super) async fn a_group_is_for_those_who_were_rung(world: World<'_>) {
    let made = NewRoom { code: room(), name: None, host: user("ann"), private: true, waiting_room: false };
    world.store.create_room(at(0), made).await.unwrap();
    assert_eq!(world.enter(at(0), "m", "bob").await, refused(ErrorCode::NotFound), "before its maker is in it");
    world.enter(at(0), "m", "ann").await.unwrap();
    assert_eq!(world.enter(at(0), "m", "bob").await, refused(ErrorCode::NotFound));
    world.invite("m", "ann", &["bob"]).await.unwrap();
    assert_eq!(world.notes.sent("bob"), ["call:invited"]);
    assert_eq!(world.notes.status("bob"), Some(CallStatus::Ringing));
    assert_eq!(world.enter(at(1), "m", "eve").await, refused(ErrorCode::NotFound));
    world.enter(at(2), "m", "bob").await.unwrap();
    assert_eq!(world.notes.status("bob"), Some(CallStatus::InCall));
    world.tell(at(3), "m", "ann", Event::Leave { device: device("ann") }).await.unwrap();
    assert_eq!(world.notes.reasons(), [EndReason::Completed]);
    assert_eq!(world.notes.status("bob"), Some(CallStatus::Idle));
    assert_eq!(world.enter(at(4), "n", "ann").await, refused(ErrorCode::NotFound), "its room is over with it");
}

pub(super) async fn only_free_devices_are_rung_into_a_group(world: World<'_>) {
    world.ring(at(0), "x", "bob", &["eve"]).await.unwrap();
    world.group("m", "ann").await;
    world.invite("m", "ann", &["bob"]).await.unwrap();
    assert_eq!(world.notes.sent("bob"), ["ack"], "he dials somebody else");
    assert_eq!(world.notes.reasons(), [EndReason::Busy]);
}

pub(super) async fn who_dials_the_one_who_rings_is_rung(world: World<'_>) {
    world.ring(at(0), "x", "bob", &["ann"]).await.unwrap();
    let made = NewRoom { code: room(), name: None, host: user("ann"), private: true, waiting_room: false };
    world.store.create_room(at(0), made).await.unwrap();
    world.enter(at(0), "m", "ann2").await.unwrap();
    world.invite("m", "ann2", &["bob"]).await.unwrap();
    assert_eq!(world.notes.sent("bob"), ["ack", "call:invited"]);
    world.hang_up(at(1), "x", "bob").await.unwrap();
    world.enter(at(1), "m", "bob").await.unwrap();
    world.invite("m", "bob", &["dan"]).await.unwrap();
    assert_eq!(world.ring(at(2), "y", "dan", &["bob"]).await, refused_about(ErrorCode::Glare, "m"));
}

pub(super) async fn a_direct_call_becomes_a_group(world: World<'_>) {
    world.ring(at(0), "x", "ann", &["bob"]).await.unwrap();
    world.accept(at(0), "x", "bob").await.unwrap();
    for name in ["ann", "bob"] {
        world.tell(at(0), "x", name, Event::Connected { device: device(name) }).await.unwrap();
    }
    world.forget_what_was_sent();
    world.invite("x", "bob", &["eve"]).await.unwrap();
    assert_eq!(world.notes.sent("bob"), ["ack", "call:joined", "call:invitations"]);
    assert_eq!(world.notes.sent("ann"), ["call:joined", "call:invitations"]);
    let entry = |name: &str| crate::store::Entry { room: code(), call_id: call("z"), by: participant(name) };
    world.store.enter(at(2), origin("eve"), entry("eve")).await.unwrap();
    assert_eq!(world.notes.sent("eve"), ["call:invited", "call:joined", "call:invitations"]);
    assert_eq!(world.store.enter(at(2), origin("dan"), entry("dan")).await, refused(ErrorCode::NotFound));
}
