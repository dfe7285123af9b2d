//! The call this device is in: a direct one or a room. What both can do, said once.

use std::time::Duration;

use protocol::{CallId, CallType, Candidate, DeviceId, EndReason, HangupReason, MaxFs, MediaState, Person};

use crate::hands::Hands;
use crate::leg::Leg;
use crate::own::OwnMedia;
use crate::quality::Reading;
use crate::room::Room;
use crate::{CallView, Direction, PeerEvent, PeerKey, RoomView, Time};

/// The call this device is in.
pub(crate) enum Current {
    Direct(Box<Leg>),
    Room(Box<Room>),
}

impl Current {
    pub(crate) fn call_id(&self) -> &CallId {
        match self {
            Self::Direct(leg) => &leg.call_id,
            Self::Room(room) => &room.call_id,
        }
    }

    pub(crate) fn kind(&self) -> CallType {
        match self {
            Self::Direct(leg) => leg.kind,
            Self::Room(room) => room.kind,
        }
    }

    pub(crate) fn direction(&self) -> Direction {
        match self {
            Self::Direct(leg) => leg.direction,
            Self::Room(room) => room.direction(),
        }
    }

    pub(crate) fn with(&self) -> Option<&Person> {
        match self {
            Self::Direct(leg) => Some(&leg.with),
            Self::Room(_) => None,
        }
    }

    /// The others of a group's call.
    pub(crate) fn group(&self) -> Vec<Person> {
        match self {
            Self::Direct(_) => Vec::new(),
            Self::Room(room) => room.people(),
        }
    }

    /// Somebody's device rings because of this call, and nobody has accepted it.
    pub(crate) fn rings_there(&self) -> bool {
        match self {
            Self::Direct(leg) => leg.rings_there(),
            Self::Room(room) => room.rings_there(),
        }
    }

    pub(crate) fn room_view(&self) -> Option<RoomView> {
        match self {
            Self::Direct(_) => None,
            Self::Room(room) => room.room_view(),
        }
    }

    pub(crate) fn has_peer(&self, key: PeerKey) -> bool {
        match self {
            Self::Direct(leg) => leg.paths.has(key),
            Self::Room(room) => room.has(key),
        }
    }

    /// The relay knows that this side is in it, so that the others can be told what is sent.
    pub(crate) fn is_known(&self) -> bool {
        match self {
            Self::Direct(leg) => leg.is_known(),
            Self::Room(room) => room.is_joined(),
        }
    }

    /// It is a direct one that runs.
    pub(crate) fn can_be_held(&self) -> bool {
        match self {
            Self::Direct(leg) => leg.runs(),
            Self::Room(_) => false,
        }
    }

    pub(crate) fn event(
        &mut self,
        now: Time,
        hands: &mut Hands,
        own: &mut OwnMedia,
        key: PeerKey,
        event: PeerEvent,
    ) -> Option<EndReason> {
        match self {
            Self::Direct(leg) => leg.event(now, hands, own, key, event),
            Self::Room(room) => {
                room.event(now, hands, key, event);
                room.is_over().then_some(EndReason::Failed)
            }
        }
    }

    pub(crate) fn offered(&mut self, now: Time, hands: &mut Hands, from: &DeviceId, offer: String) {
        match self {
            Self::Direct(leg) => leg.offered(now, hands, from, offer),
            Self::Room(room) => room.offered(now, hands, from, offer),
        }
    }

    pub(crate) fn answered(&mut self, now: Time, hands: &mut Hands, from: &DeviceId, answer: String) {
        match self {
            Self::Direct(leg) => leg.answered(now, hands, from, answer),
            Self::Room(room) => room.answered(now, hands, from, answer),
        }
    }

    pub(crate) fn candidates(&mut self, hands: &mut Hands, from: &DeviceId, candidates: Vec<Candidate>) {
        match self {
            Self::Direct(leg) => leg.candidates(hands, from, candidates),
            Self::Room(room) => room.candidates(hands, from, candidates),
        }
    }

    pub(crate) fn media_updated(&mut self, device: &DeviceId, media: MediaState) {
        match self {
            Self::Direct(leg) => leg.media_updated(device, media),
            Self::Room(room) => room.media_updated(device, media),
        }
    }

    pub(crate) fn media_wanted(&mut self, from: &DeviceId, max_fs: MaxFs) {
        match self {
            Self::Direct(leg) => leg.media_wanted(from, max_fs),
            Self::Room(room) => room.media_wanted(from, max_fs),
        }
    }

    /// What arrives by a connection, once a second: for how long nothing did.
    /// True if that changed something.
    pub(crate) fn heard(&mut self, now: Time, hands: &mut Hands, key: PeerKey, reading: Reading) -> bool {
        match self {
            Self::Direct(leg) if leg.paths.key() == key => leg.heard(now, hands, reading),
            Self::Direct(_) => false,
            Self::Room(room) => room.heard(now, hands, key, reading),
        }
    }

    pub(crate) fn network_changed(&mut self, now: Time) {
        match self {
            Self::Direct(leg) => leg.paths.network_changed(now),
            Self::Room(room) => room.network_changed(now),
        }
    }

    pub(crate) fn resumed(&mut self, now: Time, hands: &mut Hands) {
        match self {
            Self::Direct(leg) => leg.resumed(now, hands),
            Self::Room(room) => room.resumed(now, hands),
        }
    }

    pub(crate) fn deadline(&self) -> Option<Time> {
        match self {
            Self::Direct(leg) => leg.deadline(),
            Self::Room(room) => room.deadline(),
        }
    }

    pub(crate) fn tick(&mut self, now: Time, hands: &mut Hands, own: &OwnMedia) -> Option<EndReason> {
        match self {
            Self::Direct(leg) => leg.tick(now, hands, own),
            Self::Room(room) => room.tick(now, hands).then(|| {
                room.farewell(hands);
                EndReason::Failed
            }),
        }
    }

    /// The person leaves. Gives the reason that is shown.
    pub(crate) fn hang_up(&mut self, hands: &mut Hands) -> EndReason {
        match self {
            Self::Direct(leg) => {
                leg.farewell(hands, HangupReason::Completed);
                leg.paths.say_bye(hands);
                leg.reason_to_hang_up()
            }
            Self::Room(room) => {
                room.farewell(hands);
                room.say_bye(hands);
                if room.is_joined() && !room.is_calling() { EndReason::Completed } else { EndReason::Cancelled }
            }
        }
    }

    /// Tells the relay that this side has lost the others.
    pub(crate) fn give_up(&mut self, hands: &mut Hands) {
        match self {
            Self::Direct(leg) => leg.farewell(hands, HangupReason::Failed),
            Self::Room(room) => room.farewell(hands),
        }
    }

    pub(crate) fn close(&mut self, hands: &mut Hands) {
        match self {
            Self::Direct(leg) => leg.close(hands),
            Self::Room(room) => room.close(hands),
        }
    }

    pub(crate) fn lasted(&self, now: Time) -> Duration {
        match self {
            Self::Direct(leg) => leg.lasted(now),
            Self::Room(room) => room.lasted(now),
        }
    }

    pub(crate) fn view(&self, own: &OwnMedia) -> CallView {
        match self {
            Self::Direct(leg) => leg.view(own),
            Self::Room(room) => room.view(own),
        }
    }
}
