//! The verbs of the store, each with what it has to see.

use call::Time;
use call::record::{Event, Loss, NewCall, NewRoom};
use protocol::{CallId, CallSnapshot, CallStatus, DeviceId, UserId};

use super::RedisStore;
use super::look::Want;
use crate::store::{Entry, Origin, Party, Refused, Store, Verb};

impl Store for RedisStore {
    fn ring(&self, now: Time, origin: Origin, call: NewCall, devices: Vec<DeviceId>) -> Verb<'_, Result<(), Refused>> {
        Box::pin(async move {
            let want = Want {
                calls: vec![call.call_id.clone()],
                devices: devices.iter().chain([&origin.device]).cloned().collect(),
                users: vec![call.from.user.id.clone(), call.to.clone()],
                ..Want::default()
            };
            self.shared.ask(now, want, |turn| turn.ring(now, &origin, call.clone(), devices.clone())).await
        })
    }

    fn tell(&self, now: Time, origin: Origin, call: CallId, event: Event) -> Verb<'_, Result<(), Refused>> {
        Box::pin(async move {
            let seats = matches!(event, Event::Accept { .. });
            let devices = if seats { vec![origin.device.clone()] } else { Vec::new() };
            let into = seats.then(|| call.clone());
            let want = Want { calls: vec![call.clone()], devices, into, ..Want::default() };
            self.shared.ask(now, want, |turn| turn.tell(now, &origin, &call, event.clone())).await
        })
    }

    fn decline(&self, now: Time, user: UserId, call: CallId) -> Verb<'_, Result<(), Refused>> {
        Box::pin(async move {
            let want = Want { calls: vec![call.clone()], ..Want::default() };
            self.shared.ask(now, want, |turn| turn.step(now, &call, Event::Refuse { user: user.clone() }, None)).await
        })
    }

    fn create_room(&self, now: Time, room: NewRoom) -> Verb<'_, Result<bool, Refused>> {
        Box::pin(async move {
            let want = Want { rooms: vec![room.code.clone()], ..Want::default() };
            self.shared.ask(now, want, |turn| Ok(turn.create_room(now, room.clone()))).await
        })
    }

    fn invite(&self, now: Time, origin: Origin, party: Party) -> Verb<'_, Result<(), Refused>> {
        Box::pin(async move {
            let want = Want {
                calls: vec![party.call.clone()],
                into: Some(party.call.clone()),
                rooms: vec![party.code.clone()],
                devices: party.called.iter().flat_map(|one| one.devices.iter().cloned()).collect(),
                ..Want::default()
            };
            self.shared.ask(now, want, |turn| turn.invite(now, &origin, party.clone())).await
        })
    }

    fn enter(&self, now: Time, origin: Origin, entry: Entry) -> Verb<'_, Result<(), Refused>> {
        Box::pin(async move {
            let want = Want {
                calls: vec![entry.call_id.clone()],
                rooms: vec![entry.room.clone()],
                devices: vec![entry.by.device.clone()],
                ..Want::default()
            };
            self.shared.ask(now, want, |turn| turn.enter(now, &origin, entry.clone())).await
        })
    }

    fn appear(&self, now: Time, user: UserId, device: DeviceId, forgot: bool) -> Verb<'_, Vec<CallSnapshot>> {
        Box::pin(async move {
            let want = Want { devices: vec![device.clone()], users: vec![user.clone()], ..Want::default() };
            let snapshots = self.shared.turn(now, want, |turn| turn.appear(now, &user, &device, forgot)).await;
            match snapshots {
                Ok((snapshots, _)) => snapshots,
                Err(away) => {
                    tracing::debug!(%away, "somebody is here, and nothing is known of their calls");
                    Vec::new()
                }
            }
        })
    }

    fn lose(&self, now: Time, device: DeviceId, how: Loss) -> Verb<'_, ()> {
        Box::pin(async move {
            if let Err(away) = self.shared.lose(now, &device, how, &self.shared.me).await {
                tracing::debug!(%away, "somebody is lost, and their calls could not be told");
            }
        })
    }

    fn status(&self, user: UserId) -> Verb<'_, CallStatus> {
        Box::pin(async move {
            let want = Want { users: vec![user.clone()], ..Want::default() };
            let status = self.shared.turn(Time::default(), want, |turn| turn.state.status(&user)).await;
            status.map_or(CallStatus::Idle, |(status, _)| status)
        })
    }

    fn expire(&self, now: Time) -> Verb<'_, ()> {
        Box::pin(async move {
            match self.shared.carry_out_due(now).await {
                Err(away) if away.is_for_all() => self.shared.expire_alone(now),
                Err(away) => tracing::debug!(%away, "what is due waits"),
                Ok(()) => {}
            }
        })
    }
}
