//! A store in Redis, for relays that share their calls.
//!
//! A verb looks at what it concerns, in one script; takes its step with the same code as the store in memory; and writes
//! what has changed in another script, which does so only if what was seen is still so. If it is not, somebody was quicker,
//! and the verb begins anew. What follows from the step is handed out when it is written.
//!
//! What follows is handed out in the order of the changes ([`Gate`]).
//!
//! While Redis is away, the relay takes steps alone with what it knows of its people's calls ([`Mirror`]), and tells Redis when
//! it is back (`recovery`).

mod gate;
mod inbox;
mod journal;
mod link;
mod look;
mod mirror;
mod places;
mod plan;
mod recovery;
mod roll;
mod roll_scripts;
mod scripts;
#[cfg(test)]
mod server;
#[cfg(test)]
mod tests;
mod verbs;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use call::Time;
use call::record::{Event, Terms};
use protocol::{CallId, CallStatus, ErrorCode, UserId};
use redis::{RedisError, Value};
use tokio::task::JoinHandle;

use super::turn::Turn;
use super::{Courier, Refused};
use gate::Gate;
use inbox::{Inbox, Stale};
use journal::Journal;
pub use link::Away;
use link::Link;
use look::{View, Want, fields, from_json, list, parsed, text, to_json};
use mirror::Mirror;
use plan::Plan;
pub use roll::{Arrival, Reached};
use roll_scripts::{RollScripts, channels};
use scripts::{Scripts, routing_key};

use crate::clock::Clock;
use crate::ids;

/// How often a verb begins anew because somebody was quicker. Each time somebody else got on, so this many had to be.
const TRIES: usize = 64;
/// Time-outs taken at once. More wait for the next round, a moment later.
const DUE_TOGETHER: usize = 128;
/// A time-out that a relay has taken and not dealt with is another's after so long.
const LEASE: Duration = Duration::from_secs(1);

/// How often a verb is tried with a Redis that comes and goes.
const TURNS: usize = 3;

/// The store of relays that share what they know.
pub struct RedisStore {
    shared: Arc<Shared>,
    tasks: [JoinHandle<()>; 3],
}

/// What verbs and recovery have in common.
struct Shared {
    terms: Terms,
    courier: Arc<dyn Courier>,
    clock: Clock,
    link: Link,
    scripts: Scripts,
    /// The hash tag of all keys.
    tag: String,
    routing_key: String,
    /// Which relay this is.
    me: String,
    roll: RollScripts,
    /// How many people the directory has places for.
    places: usize,
    gate: Arc<Gate>,
    mirror: Mirror,
    stale: Arc<Stale>,
    /// Redis would give up calls that go on if it were full.
    forgets: AtomicBool,
}

/// What a store in Redis is worth at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It is shared, and safe.
    Well,
    /// It is shared, and a full Redis would give up calls that go on: its `maxmemory-policy` is not `noeviction`.
    Forgetful,
    /// Redis is away, and the relay goes on alone.
    Alone,
}

/// A step that was taken: what it came to, and the calls as Redis has them now.
struct Stepped<T> {
    result: T,
    view: View,
    versions: BTreeMap<CallId, u64>,
}

impl fmt::Debug for RedisStore {
    /// Without the address, which may have a password in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("tag", &self.shared.tag).finish_non_exhaustive()
    }
}

impl RedisStore {
    /// A store at that address (`redis://…`), shared with everybody who names the same `tag`, and a directory with so many
    /// `places`. To be called inside of a tokio runtime.
    ///
    /// # Errors
    /// When the address is none.
    pub fn new(
        terms: Terms,
        courier: Arc<dyn Courier>,
        clock: Clock,
        address: &str,
        tag: &str,
        places: usize,
    ) -> Result<Self, RedisError> {
        let (me, gate) = (ids::relay().unwrap_or_default(), Arc::new(Gate::default()));
        let (inbox, heard) = Inbox::new(me.clone(), Arc::clone(&gate), Arc::clone(&courier));
        let link = Link::new(address, channels(tag, &me), Arc::new(inbox))?;
        let (lost, stale) = (link.lost(), Arc::new(Stale::default()));
        let shared = Arc::new(Shared {
            terms,
            courier,
            clock,
            link,
            scripts: Scripts::new(),
            tag: tag.to_owned(),
            routing_key: routing_key(tag),
            me,
            roll: RollScripts::new(),
            places,
            gate,
            mirror: Mirror::default(),
            stale: Arc::clone(&stale),
            forgets: AtomicBool::new(false),
        });
        let tasks = [
            tokio::spawn(recovery::run(Arc::downgrade(&shared), lost)),
            tokio::spawn(inbox::run(Arc::downgrade(&shared), heard)),
            tokio::spawn(roll::run(Arc::downgrade(&shared), stale)),
        ];
        Ok(Self { shared, tasks })
    }

    /// What it is worth at the moment.
    #[must_use]
    pub fn condition(&self) -> Condition {
        match (self.shared.link.is_away(), self.shared.forgets.load(Ordering::Relaxed)) {
            (true, _) => Condition::Alone,
            (false, true) => Condition::Forgetful,
            (false, false) => Condition::Well,
        }
    }
}

impl Drop for RedisStore {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Shared {
    /// Looks at what `want` names.
    async fn look(&self, looking: bool, now: Time, want: Want) -> Result<View, Away> {
        let asked = to_json(&want)?;
        let answer = self.link.run(looking, &self.scripts.look, &self.routing_key, &[&self.tag, &asked]).await?;
        View::read(want, answer, now)
    }

    /// Takes a step of what `want` names, as often as it takes until nobody was quicker. Who is `looking` whether Redis is
    /// back does so although it is away.
    async fn step<T>(
        &self,
        looking: bool,
        now: Time,
        want: &Want,
        step: impl Fn(&mut View, &Journal) -> T,
    ) -> Result<Stepped<T>, Away> {
        for _ in 0..TRIES {
            let mut view = self.look(looking, now, want.clone()).await?;
            let journal = Journal::default();
            let result = step(&mut view, &journal);
            let plan = Plan::of(&view, now, &self.me, journal.take_far(&*self.courier))?;
            let mut ticket = self.gate.ticket();
            let written = self.write(looking, plan.as_ref()).await;
            ticket.wait().await;
            if let Some(did) = written? {
                let moved = journal.hand_to(&*self.courier);
                for (user, status) in did {
                    self.courier.status(&user, status);
                }
                let mut versions = view.seen.calls.clone();
                versions.extend(plan.iter().flat_map(Plan::versions).map(|(call, version)| (call.clone(), version)));
                drop(plan);
                drop(ticket);
                self.forward(&moved).await;
                return Ok(Stepped { result, view, versions });
            }
        }
        Err(Away::Crowded)
    }

    /// A verb with Redis, or alone while it is away; says as well whether it was alone.
    async fn turn<T>(&self, now: Time, want: Want, turn: impl Fn(&mut Turn<'_>) -> T) -> Result<(T, bool), Away> {
        let shared = |view: &mut View, journal: &Journal| {
            turn(&mut Turn { terms: self.terms, courier: journal, state: &mut view.state })
        };
        for _ in 0..TURNS {
            match self.step(false, now, &want, shared).await {
                Ok(Stepped { result, view, versions }) => {
                    self.mirror.take_in(&view, &versions, &*self.courier);
                    return Ok((result, false));
                }
                Err(away) if away.is_for_all() => {
                    if self.mirror.is_known(want.into.as_ref(), &want.rooms) {
                        return Err(away);
                    }
                    let is_alone = || self.link.is_away();
                    if let Some(result) = self.mirror.alone(is_alone, self.terms, &*self.courier, &turn) {
                        return Ok((result, true));
                    }
                }
                Err(away) => return Err(away),
            }
        }
        Err(Away::Crowded)
    }

    /// The same for a verb that may be refused.
    async fn ask<T>(
        &self,
        now: Time,
        want: Want,
        turn: impl Fn(&mut Turn<'_>) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        match self.turn(now, want, turn).await {
            // What this relay does not know, others may.
            Ok((Err(refused), true)) if matches!(refused.code, ErrorCode::NoCall | ErrorCode::NotFound) => {
                Err(Refused { code: ErrorCode::Unavailable, ..refused })
            }
            Ok((result, _)) => result,
            Err(away) => {
                tracing::debug!(%away, "a request could not be carried out");
                Err(Refused::new(ErrorCode::Unavailable))
            }
        }
    }

    /// Writes what has changed. `None` if somebody was quicker; else who does something else now.
    async fn write(&self, looking: bool, plan: Option<&Plan<'_>>) -> Result<Option<Vec<(UserId, CallStatus)>>, Away> {
        let Some(plan) = plan else { return Ok(Some(Vec::new())) };
        let json = to_json(plan)?;
        let args: Vec<&str> = [self.tag.as_str(), &json].into_iter().chain(plan.texts()).collect();
        match self.link.run(looking, &self.scripts.write, &self.routing_key, &args).await? {
            Value::Nil => Ok(None),
            written => {
                let [did] = fields(written)?;
                let changes = list(did)?.into_iter().map(change).collect::<Result<Vec<_>, _>>()?;
                Ok(Some(changes.into_iter().flatten().collect()))
            }
        }
    }

    fn expire_alone(&self, now: Time) {
        self.mirror.expire(|| self.link.is_away(), now, self.terms, &*self.courier);
    }

    async fn take_due(&self, now: Time) -> Result<Vec<CallId>, Away> {
        let [due, lease] = [now, now + LEASE].map(|time| time.as_millis().to_string());
        let args = [self.tag.as_str(), &due, &lease, &DUE_TOGETHER.to_string()];
        let calls = self.link.run(false, &self.scripts.take_due, &self.routing_key, &args).await?;
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
