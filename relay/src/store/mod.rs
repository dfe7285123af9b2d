//! What the relay knows about calls and rooms, behind one trait.
//!
//! Every verb is one step of the domain with its race inside: two devices accepting, two people dialling each other, the
//! last place in a room. A store loads the [`CallRecord`](call::record::CallRecord) it concerns, applies the event, writes
//! it if nobody was quicker, and only then hands what follows to its [`Courier`]; for one call in the order of the
//! changes, so that nobody hears of somebody's leaving before their coming. The request's own reply goes the same way.
//!
//! The verbs are futures in boxes: `Arc<dyn Store>` needs them so, and a box costs nothing beside a network round trip
//! or the socket write that follows.

#[cfg(test)]
mod contract;
mod memory;
mod shared;
mod state;
mod turn;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use call::Time;
use call::record::{Called, CameTo, Event, Loss, NewCall, NewRoom, Summary};
use protocol::frame::RequestId;
use protocol::{
    CallError, CallId, CallSnapshot, CallState, CallStatus, DeviceId, ErrorCode, Participant, Person, RelayMessage,
    RoomCode, UserId,
};

use crate::push::Ring;
pub use memory::MemoryStore;
pub use shared::{Arrival, Away, Condition, Reached, RedisStore};

/// The future of a verb.
pub type Verb<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The request that a change comes from, to be answered when it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Whose request.
    pub device: DeviceId,
    /// Its id; a request without one gets no `ack`.
    pub request: Option<RequestId>,
}

/// Nothing of the request happened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .code.words())]
pub struct Refused {
    /// Why.
    pub code: ErrorCode,
    /// The call it is about, where the sender may know of it.
    pub call_id: Option<CallId>,
    /// How long to wait before asking again, if that is why.
    pub retry_after: Option<Duration>,
}

impl Refused {
    /// About no call in particular.
    #[must_use]
    pub const fn new(code: ErrorCode) -> Self {
        Self { code, call_id: None, retry_after: None }
    }

    /// About one call.
    #[must_use]
    pub const fn about(code: ErrorCode, call_id: CallId) -> Self {
        Self { code, call_id: Some(call_id), retry_after: None }
    }
}

impl From<Refused> for CallError {
    fn from(Refused { code, call_id, retry_after }: Refused) -> Self {
        let error = Self { call_id, ..Self::new(code) };
        retry_after.map_or(error.clone(), |wait| error.after(wait))
    }
}

impl From<Refused> for RelayMessage {
    fn from(refused: Refused) -> Self {
        CallError::from(refused).into()
    }
}

/// Takes away what follows from a change. It must neither block nor call the store: a store may hold its lock meanwhile.
pub trait Courier: Send + Sync {
    /// Sends a message to a device.
    fn send(&self, to: &DeviceId, message: RelayMessage);
    /// Answers a request.
    fn reply(&self, origin: &Origin, message: RelayMessage);
    /// What a user is doing has changed, all their calls taken together.
    fn status(&self, user: &UserId, status: CallStatus);
    /// A call has come from one state to another; from none, if it is new.
    fn moved(&self, from: Option<CallState>, to: CallState);
    /// It rings for somebody, on whatever device they are told of it.
    fn rings(&self, ring: Ring);
    /// It does not ring for them any more.
    fn rang(&self, user: &UserId, call: &CallId, came_to: CameTo);
    /// A call is over.
    fn over(&self, summary: &Summary);
    /// Whether a device's session is at this relay.
    fn serves(&self, device: &DeviceId) -> bool;
    /// Another relay says something that is for this one.
    fn hear(&self, news: News);
    /// The sessions at this relay.
    fn sessions(&self) -> Vec<Here>;
}

/// What another relay says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A message for a device: its type and its `data`.
    Frame(DeviceId, String, String),
    /// What a device was told is not all there was to tell: its page is to begin anew.
    Renewed(DeviceId),
    /// A device's session is at another relay from now on.
    Moved(DeviceId),
    /// Somebody is here, at any relay, perhaps under another name; and what they do.
    Here(Person, CallStatus),
    /// Somebody is not here any more, at no relay.
    Gone(UserId),
    /// All who are here, with what they do.
    All(Vec<(Person, CallStatus)>),
}

/// A session, and where it can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Here {
    /// The device it is on.
    pub device: DeviceId,
    /// Whose it is.
    pub person: Person,
    /// Somebody is there: it has a connection, or had one a moment ago.
    pub reached: bool,
}

/// Who enters a room.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The room.
    pub room: RoomCode,
    /// The id for the room's call, should this be the first in it.
    pub call_id: CallId,
    /// Who, on which device.
    pub by: Participant,
}

/// Who is rung into a call.
#[derive(Clone, Debug)]
pub struct Party {
    /// The call.
    pub call: CallId,
    /// Whom to ring, on whichever of these devices are free.
    pub called: Vec<Called>,
    /// The code for the room of a direct call that becomes a group's.
    pub code: RoomCode,
}

/// Calls, rooms, and who is in them.
///
/// `now` is the caller's clock. A request that changes nothing because it has been carried out before is answered like
/// the first time.
pub trait Store: Send + Sync {
    /// Places a direct call and rings those of the callee's `devices` that are in no call.
    ///
    /// # Errors
    /// `own_user`, `call_exists`, `in_call`, and `glare` with the call that rings the other way.
    fn ring(&self, now: Time, origin: Origin, call: NewCall, devices: Vec<DeviceId>) -> Verb<'_, Result<(), Refused>>;

    /// Something happens to a call at a device's request.
    ///
    /// # Errors
    /// `no_call`, `in_call` when the accepting device is in another, and what the record rejects.
    fn tell(&self, now: Time, origin: Origin, call: CallId, event: Event) -> Verb<'_, Result<(), Refused>>;

    /// Somebody declines a call that rings for them, without being at a device.
    ///
    /// # Errors
    /// `no_call` if it does not ring for them.
    fn decline(&self, now: Time, user: UserId, call: CallId) -> Verb<'_, Result<(), Refused>>;

    /// Makes a room; false if the code is taken.
    fn create_room(&self, now: Time, room: NewRoom) -> Verb<'_, Result<bool, Refused>>;

    /// Rings others into the call that the origin's device is in.
    ///
    /// # Errors
    /// `no_call`, `wrong_state`, `room_full`, `too_big`; `unavailable` if the code is taken.
    fn invite(&self, now: Time, origin: Origin, party: Party) -> Verb<'_, Result<(), Refused>>;

    /// Enters a room, whose call begins with the first; that of a group is there only for who was rung into it.
    ///
    /// # Errors
    /// `not_found`, `in_call`, `room_full`; `answered_elsewhere` for a group's call that the user is in already.
    fn enter(&self, now: Time, origin: Origin, entry: Entry) -> Verb<'_, Result<(), Refused>>;

    /// A user's device is there: it is back in its call, and what rings for its user rings there too. `forgot` means that
    /// it has lost what it was sent before; it then needs the calls it has a place in, which are returned.
    fn appear(&self, now: Time, user: UserId, device: DeviceId, forgot: bool) -> Verb<'_, Vec<CallSnapshot>>;

    /// A device's connection is lost.
    fn lose(&self, now: Time, device: DeviceId, how: Loss) -> Verb<'_, ()>;

    /// What a user is doing: never [`CallStatus::Offline`], of which the store knows nothing.
    fn status(&self, user: UserId) -> Verb<'_, CallStatus>;

    /// Carries out whatever is due, and forgets what nobody needs any more.
    fn expire(&self, now: Time) -> Verb<'_, ()>;
}
