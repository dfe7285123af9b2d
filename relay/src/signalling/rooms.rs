//! Rooms: making one, entering and leaving, ringing others into it.

use call::record::{Called, Event, NewRoom};
use protocol::{CreateRoom, ErrorCode, Invite, Join, Leave, Moderate, RoomCreated, UserId, limits};

use super::Request;
use crate::people::Manner;
use crate::store::{Entry, Party, Reached, Refused};
use crate::{allowance, ids, names};

/// Codes drawn until one is free. With 54 bits the first is, unless something is very wrong.
const DRAWS: usize = 4;

impl Request<'_> {
    pub(super) async fn create_room(&self, message: CreateRoom) -> Result<(), Refused> {
        let name = message.name.as_deref().and_then(names::normalise);
        // A name of nothing visible is none; one that is too long is refused rather than cut.
        if name.is_none() && message.name.as_ref().is_some_and(|name| name.chars().count() > limits::NAME_CHARS) {
            return Err(Refused::new(ErrorCode::TooBig));
        }
        let user = &self.session.person.id;
        self.app.allowances.make_room(user, self.app.clock.now()).map_err(allowance::too_often)?;
        for _ in 0..DRAWS {
            let room = ids::room().ok_or(Refused::new(ErrorCode::Unavailable))?;
            let host = self.session.person.id.clone();
            let made = NewRoom {
                code: room.clone(),
                name: name.clone(),
                host,
                private: message.private,
                waiting_room: message.waiting_room,
            };
            if self.app.store.create_room(self.app.clock.now(), made).await? {
                self.session.post(self.id, &RoomCreated { room }.into());
                return Ok(());
            }
        }
        Err(Refused::new(ErrorCode::Unavailable))
    }

    pub(super) async fn join(&self, message: Join) -> Result<(), Refused> {
        let (user, from) = (&self.session.person.id, self.session.address());
        self.app.allowances.join(user, from, self.app.clock.now()).map_err(allowance::too_often)?;
        let call_id = ids::meeting().ok_or(Refused::new(ErrorCode::Unavailable))?;
        let room = message.room.clone();
        let entry = Entry { room: message.room, call_id, by: self.sender(message.media) };
        let entered = self.app.store.enter(self.app.clock.now(), self.origin(), entry).await;
        if matches!(&entered, Err(refused) if refused.code == ErrorCode::NotFound) {
            self.app.allowances.wrong_code(user, from, self.app.clock.now()).map_err(|wait| {
                self.app.audit.guessed(user);
                allowance::too_often(wait)
            })?;
        }
        if entered.is_ok() {
            self.app.audit.entered(user, &room);
        }
        entered
    }

    pub(super) async fn invite(&self, message: Invite) -> Result<(), Refused> {
        self.may_ring(&message.to, &message.call_id)?;
        let code = ids::room().ok_or(Refused::new(ErrorCode::Unavailable))?;
        let reached = self.app.all_reached(&message.to.iter().collect::<Vec<_>>()).await;
        let called = message.to.into_iter().zip(reached).map(|(user, reached)| self.called(user, reached)).collect();
        let party = Party { call: message.call_id, called, code };
        self.app.store.invite(self.app.clock.now(), self.origin(), party).await
    }

    /// Somebody to be rung, with the devices they are at, or away from all of them where they can be told. Whoever blocks the
    /// sender is as if they were not here.
    fn called(&self, user: UserId, Reached { person: here, mut devices }: Reached) -> Called {
        let manner = self.app.history.people().manner(&user, &self.session.person.id);
        if matches!(manner, Manner::NotNow | Manner::Never) {
            devices.clear();
        }
        let reached = self.app.push.reaches(&user);
        let awaited = here.is_none() && reached.is_some() && !matches!(manner, Manner::NotNow | Manner::Never);
        let person = here.or(reached).filter(|_| manner != Manner::Never);
        let (silent, undisturbed) = (manner == Manner::Silently, manner == Manner::NotNow);
        Called { user, person, devices, silent, undisturbed, awaited }
    }

    pub(super) async fn moderate(&self, message: Moderate) -> Result<(), Refused> {
        let Moderate { call_id, action, device } = message;
        self.tell(call_id, Event::Moderate { by: self.session.device.clone(), action, device }).await
    }

    pub(super) async fn leave(&self, message: Leave) -> Result<(), Refused> {
        self.tell(message.call_id, Event::Leave { device: self.session.device.clone() }).await
    }
}
