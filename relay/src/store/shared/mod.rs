//! A store in Redis, for relays that share their calls.
//!
//! A verb looks at what it concerns, in one script; takes its step with the same code as the store in memory; and writes
//! what has changed in another script, which does so only if what was seen is still so. If it is not, somebody was quicker,
//! and the verb begins anew. What follows from the step is handed out when it is written.
//!
//! What follows is handed out in the order of the changes ([`Gate`]).

mod gate;
mod journal;
mod link;
mod look;
mod places;
mod plan;
mod scripts;
#[cfg(test)]
mod server;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use call::Time;
use call::record::{Event, Loss, NewCall, NewRoom, Terms};
use protocol::{CallId, CallSnapshot, CallStatus, DeviceId, ErrorCode, UserId};
use redis::{RedisError, Value};

use super::turn::Turn;
use super::{Courier, Entry, Origin, Party, Refused, Store, Verb};
use gate::Gate;
use journal::Journal;
pub use link::Away;
use link::Link;
use look::{View, Want, fields, from_json, list, parsed, text, to_json};
use plan::Plan;
use scripts::{Scripts, routing_key};

/// How often a verb begins anew because somebody was quicker. Each time somebody else got on, so this many had to be.
const TRIES: usize = 64;
/// Time-outs taken at once. More wait for the next round, a moment later.
const DUE_TOGETHER: usize = 128;
/// A time-out that a relay has taken and not dealt with is another's after so long.
const LEASE: Duration = Duration::from_secs(1);

/// The store of relays that share what they know.
pub struct RedisStore {
    terms: Terms,
    courier: Arc<dyn Courier>,
    link: Link,
    scripts: Scripts,
    /// The hash tag of all keys.
    tag: String,
    routing_key: String,
    gate: Gate,
}

impl fmt::Debug for RedisStore {
    /// Without the address, which may have a password in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("tag", &self.tag).finish_non_exhaustive()
    }
}

impl RedisStore {
    /// A store at that address (`redis://…`), shared with everybody who names the same `tag`. The connection is made when it
    /// is first wanted. To be called inside of a tokio runtime.
    ///
    /// # Errors
    /// When the address is none.
    pub fn new(terms: Terms, courier: Arc<dyn Courier>, address: &str, tag: &str) -> Result<Self, RedisError> {
        let (link, scripts) = (Link::new(address)?, Scripts::new());
        let (tag, routing_key) = (tag.to_owned(), routing_key(tag));
        Ok(Self { terms, courier, link, scripts, tag, routing_key, gate: Gate::default() })
    }

    /// Takes a step of what `want` names, as often as it takes until nobody was quicker.
    async fn turn<T>(&self, now: Time, want: Want, step: impl Fn(&mut Turn<'_>) -> T + Sync) -> Result<T, Away> {
        let asked = to_json(&want)?;
        for _ in 0..TRIES {
            let answer = self.link.run(&self.scripts.look, &self.routing_key, &[&self.tag, &asked]).await?;
            let mut view = View::read(want.clone(), answer, now)?;
            let journal = Journal::default();
            let result = step(&mut Turn { terms: self.terms, courier: &journal, state: &mut view.state });
            let plan = Plan::of(view, now)?;
            let mut ticket = self.gate.ticket();
            let written = self.write(plan).await;
            ticket.wait().await;
            if let Some(did) = written? {
                journal.hand_to(&*self.courier);
                for (user, status) in did {
                    self.courier.status(&user, status);
                }
                return Ok(result);
            }
        }
        Err(Away::Crowded)
    }

    /// Writes what has changed. `None` if somebody was quicker; else who does something else now.
    async fn write(&self, plan: Option<Plan>) -> Result<Option<Vec<(UserId, CallStatus)>>, Away> {
        let Some(plan) = plan else { return Ok(Some(Vec::new())) };
        let json = to_json(&plan)?;
        let args: Vec<&str> = [self.tag.as_str(), &json].into_iter().chain(plan.texts()).collect();
        match self.link.run(&self.scripts.write, &self.routing_key, &args).await? {
            Value::Nil => Ok(None),
            written => {
                let [did] = fields(written)?;
                let changes = list(did)?.into_iter().map(change).collect::<Result<Vec<_>, _>>()?;
                Ok(Some(changes.into_iter().flatten().collect()))
            }
        }
    }

    /// The same for a verb that is refused when Redis is away.
    async fn ask<T>(
        &self,
        now: Time,
        want: Want,
        step: impl Fn(&mut Turn<'_>) -> Result<T, Refused> + Sync,
    ) -> Result<T, Refused> {
        match self.turn(now, want, step).await {
            Ok(result) => result,
            Err(away) => {
                tracing::debug!(%away, "a request could not be carried out");
                Err(Refused::new(ErrorCode::Unavailable))
            }
        }
    }

    async fn take_due(&self, now: Time) -> Result<Vec<CallId>, Away> {
        let [due, lease] = [now, now + LEASE].map(|time| time.as_millis().to_string());
        let args = [self.tag.as_str(), &due, &lease, &DUE_TOGETHER.to_string()];
        let calls = self.link.run(&self.scripts.take_due, &self.routing_key, &args).await?;
        list(calls)?.into_iter().map(parsed).collect()
    }

    async fn carry_out_due(&self, now: Time) -> Result<(), Away> {
        for call in self.take_due(now).await? {
            let want = Want { calls: vec![call.clone()], ..Want::default() };
            // Of a call that is over meanwhile there is nothing to be done.
            let _ = self.turn(now, want, |turn| turn.step(now, &call, Event::Tick, None)).await?;
        }
        Ok(())
    }
}

/// Who does what now, if it is not what they did before.
fn change(row: Value) -> Result<Option<(UserId, CallStatus)>, Away> {
    let [user, before, after] = fields(row)?;
    let status = |value| -> Result<CallStatus, Away> {
        let doing = list(value)?.into_iter().map(|word| from_json(&text(word)?));
        Ok(super::state::most_of(doing.collect::<Result<Vec<_>, Away>>()?))
    };
    let (user, before, after) = (parsed(user)?, status(before)?, status(after)?);
    Ok((before != after).then_some((user, after)))
}

impl Store for RedisStore {
    fn ring(&self, now: Time, origin: Origin, call: NewCall, devices: Vec<DeviceId>) -> Verb<'_, Result<(), Refused>> {
        Box::pin(async move {
            let want = Want {
                calls: vec![call.call_id.clone()],
                devices: devices.iter().chain([&origin.device]).cloned().collect(),
                users: vec![call.from.user.id.clone(), call.to.clone()],
                ..Want::default()
            };
            self.ask(now, want, |turn| turn.ring(now, &origin, call.clone(), devices.clone())).await
        })
    }

    fn tell(&self, now: Time, origin: Origin, call: CallId, event: Event) -> Verb<'_, Result<(), Refused>> {
        Box::pin(async move {
            let seats = matches!(event, Event::Accept { .. });
            let devices = if seats { vec![origin.device.clone()] } else { Vec::new() };
            let want = Want { calls: vec![call.clone()], devices, ..Want::default() };
            self.ask(now, want, |turn| turn.tell(now, &origin, &call, event.clone())).await
        })
    }

    fn decline(&self, now: Time, user: UserId, call: CallId) -> Verb<'_, Result<(), Refused>> {
        Box::pin(async move {
            let want = Want { calls: vec![call.clone()], ..Want::default() };
            self.ask(now, want, |turn| turn.step(now, &call, Event::Refuse { user: user.clone() }, None)).await
        })
    }

    fn create_room(&self, now: Time, room: NewRoom) -> Verb<'_, Result<bool, Refused>> {
        Box::pin(async move {
            let want = Want { rooms: vec![room.code.clone()], ..Want::default() };
            self.ask(now, want, |turn| Ok(turn.create_room(now, room.clone()))).await
        })
    }

    fn invite(&self, now: Time, origin: Origin, party: Party) -> Verb<'_, Result<(), Refused>> {
        Box::pin(async move {
            let want = Want {
                calls: vec![party.call.clone()],
                rooms: vec![party.code.clone()],
                devices: party.called.iter().flat_map(|one| one.devices.iter().cloned()).collect(),
                ..Want::default()
            };
            self.ask(now, want, |turn| turn.invite(now, &origin, party.clone())).await
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
            self.ask(now, want, |turn| turn.enter(now, &origin, entry.clone())).await
        })
    }

    fn appear(&self, now: Time, user: UserId, device: DeviceId, forgot: bool) -> Verb<'_, Vec<CallSnapshot>> {
        Box::pin(async move {
            let want = Want { devices: vec![device.clone()], users: vec![user.clone()], ..Want::default() };
            let snapshots = self.turn(now, want, |turn| turn.appear(now, &user, &device, forgot)).await;
            snapshots.unwrap_or_else(|away| {
                tracing::debug!(%away, "somebody is here, and nothing is known of their calls");
                Vec::new()
            })
        })
    }

    fn lose(&self, now: Time, device: DeviceId, how: Loss) -> Verb<'_, ()> {
        Box::pin(async move {
            let want = Want { devices: vec![device.clone()], ..Want::default() };
            if let Err(away) = self.turn(now, want, |turn| turn.lose(now, &device, how)).await {
                tracing::debug!(%away, "somebody is lost, and their calls could not be told");
            }
        })
    }

    fn status(&self, user: UserId) -> Verb<'_, CallStatus> {
        Box::pin(async move {
            let want = Want { users: vec![user.clone()], ..Want::default() };
            let status = self.turn(Time::default(), want, |turn| turn.state.status(&user)).await;
            status.unwrap_or(CallStatus::Idle)
        })
    }

    fn expire(&self, now: Time) -> Verb<'_, ()> {
        Box::pin(async move {
            if let Err(away) = self.carry_out_due(now).await {
                tracing::debug!(%away, "what is due waits");
            }
        })
    }

    fn is_ready(&self) -> Verb<'_, bool> {
        Box::pin(async move { self.link.ping().await.is_ok() })
    }
}
