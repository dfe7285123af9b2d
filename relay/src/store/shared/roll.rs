//! Who is where: which relay has whose session, who can be reached, and which relays are alive.
//!
//! Each relay says every second that it is alive. Of one that does not, another takes over what is left: its sessions are
//! lost, and whoever does not come back elsewhere is not here. A device that comes to another relay is at that one from then
//! on, and the former hears of it before anything else.

use std::sync::{Arc, Weak};
use std::time::Duration;

use call::Time;
use call::record::Loss;
use protocol::{CallId, DeviceId, Person, UserId};
use redis::{Script, Value};
use tokio::time::MissedTickBehavior;

use super::inbox::Stale;
use super::link::Away;
use super::look::{Want, fields, from_json, list, parsed, text, to_json};
use super::plan::millis;
use super::{RedisStore, Shared};
use crate::store::{Here, News};

/// How often a relay says that it is alive.
const BEAT: Duration = Duration::from_secs(1);
/// How long it then counts as such. Pages are at another relay within three seconds; whoever is at none by then is missed.
const LIFE: Duration = Duration::from_secs(4);
/// How long one relay has to end the sessions of one that died, before it is another's turn.
const BURIAL: Duration = Duration::from_secs(10);
/// How often everything that Redis should know about this relay's sessions is said again, in beats.
const AGAIN: u32 = 60;
/// How long it knows that otherwise.
const KEPT: Duration = Duration::from_secs(3_600);
/// Sessions in one step.
const TOGETHER: usize = 64;
/// How long changes at other relays gather before this one looks at what they came to.
const GATHER: Duration = Duration::from_millis(20);

/// What came of somebody's arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Others know it. They are in the directory, or it is closed to them.
    Here {
        /// Which of it.
        listed: bool,
    },
    /// The device is somebody else's.
    Taken,
    /// Redis is away: this relay alone knows it.
    Alone,
}

/// How somebody can be reached, at whichever relay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// Who they are, if they are here.
    pub person: Option<Person>,
    /// Where.
    pub devices: Vec<DeviceId>,
}

impl RedisStore {
    /// A session is at this relay from now on; any other of that device is over.
    pub async fn arrive(&self, device: &DeviceId, person: &Person) -> Arrival {
        let here = Here { device: device.clone(), person: person.clone(), reached: true };
        match self.shared.arrive(&[here], false).await.as_deref() {
            Ok([(How::Elsewhere, _)]) => Arrival::Taken,
            Ok([(_, listed)]) => Arrival::Here { listed: *listed },
            _ => Arrival::Alone,
        }
    }

    /// These sessions are over, or just can be reached no more.
    ///
    /// # Errors
    /// When Redis is away. It is told when it is back.
    pub async fn depart(&self, sessions: &[(DeviceId, UserId)], over: bool) -> Result<(), Away> {
        self.shared.depart(&self.shared.me, sessions, over).await
    }

    /// How each of these people can be reached.
    ///
    /// # Errors
    /// When Redis is away.
    pub async fn reached(&self, users: &[&UserId]) -> Result<Vec<Reached>, Away> {
        let users: Vec<&str> = users.iter().map(|user| user.as_str()).collect();
        let found = self.shared.roll_call(&self.shared.roll.reach, &users).await?;
        list(found)?.into_iter().map(reached).collect()
    }
}

fn reached(row: Value) -> Result<Reached, Away> {
    let [person, devices] = fields(row)?;
    let person = Some(text(person)?).filter(|person| !person.is_empty());
    Ok(Reached {
        person: person.map(|person| from_json(&person)).transpose()?,
        devices: list(devices)?.into_iter().map(parsed).collect::<Result<_, _>>()?,
    })
}

/// Where a session was found to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Known,
    New,
    Elsewhere,
}

/// Says that this relay is alive, and looks after what others say, until the store is gone.
pub(super) async fn run(shared: Weak<Shared>, stale: Arc<Stale>) {
    let mut beats = tokio::time::interval_at(tokio::time::Instant::now() + BEAT, BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for beat in 1_u32.. {
        let tick = loop {
            tokio::select! {
                _ = beats.tick() => break shared.upgrade(),
                () = stale.some.notified() => {
                    tokio::time::sleep(GATHER).await;
                    let Some(shared) = shared.upgrade() else { return };
                    shared.look_again(&stale.take()).await;
                }
            }
        };
        let Some(shared) = tick else { return };
        if shared.link.is_away() {
            continue;
        }
        if let Err(away) = shared.keep_up(beat.is_multiple_of(AGAIN)).await {
            tracing::debug!(%away, "others do not know everything about this relay");
        }
    }
}

impl Shared {
    /// Runs a script about who is where.
    async fn roll_call(&self, script: &Script, args: &[&str]) -> Result<Value, Away> {
        let args: Vec<&str> = [self.tag.as_str()].iter().chain(args).copied().collect();
        self.link.run(false, script, &self.routing_key, &args).await
    }

    async fn arrive(&self, sessions: &[Here], stay: bool) -> Result<Vec<(How, bool)>, Away> {
        let (places, life) = (self.places.to_string(), millis(KEPT).to_string());
        let people = sessions.iter().map(|here| to_json(&here.person)).collect::<Result<Vec<_>, _>>()?;
        let mut args = vec![self.me.as_str(), &places, &life, flag(stay)];
        for (here, person) in sessions.iter().zip(&people) {
            args.extend([here.device.as_str(), here.person.id.as_str(), person, flag(here.reached)]);
        }
        list(self.roll_call(&self.roll.arrive, &args).await?)?.into_iter().map(arrived).collect()
    }

    async fn depart(&self, relay: &str, sessions: &[(DeviceId, UserId)], over: bool) -> Result<(), Away> {
        for sessions in sessions.chunks(TOGETHER) {
            let mut args = vec![relay, flag(over)];
            args.extend(sessions.iter().flat_map(|(device, user)| [device.as_str(), user.as_str()]));
            self.roll_call(&self.roll.leave, &args).await?;
        }
        Ok(())
    }

    /// Frames for devices that were here when a step was taken, and had moved on when it was written.
    pub(super) async fn forward(&self, frames: &[super::journal::Frame]) {
        if frames.is_empty() {
            return;
        }
        let sent = match to_json(&frames) {
            Ok(frames) => self.roll_call(&self.roll.forward, &[&frames]).await.map(drop),
            Err(away) => Err(away),
        };
        if let Err(away) = sent {
            tracing::debug!(%away, "frames for devices that have moved are lost");
        }
    }

    /// Takes this relay's place among the others: after the start, and whenever what others said may have been missed.
    pub(super) async fn settle_in(&self) -> Result<(), Away> {
        self.beat().await?;
        self.announce().await?;
        // Whatever was said to those who talk with others at other relays may be lost: they begin anew.
        for device in self.mirror.with_others(&*self.courier) {
            self.courier.hear(News::Renewed(device));
        }
        for here in self.courier.sessions().into_iter().filter(|here| here.reached) {
            let Here { device, person, .. } = here;
            let want = Want { devices: vec![device.clone()], users: vec![person.id.clone()], ..Want::default() };
            let now = self.clock.now();
            // What rings for them rings once more, in case they have not heard it.
            self.turn(now, want, |turn| turn.appear(now, &person.id, &device, true)).await?;
        }
        self.take_census().await
    }

    async fn keep_up(&self, all_of_it: bool) -> Result<(), Away> {
        let (alive, dead) = self.beat().await?;
        if !alive {
            // Redis was emptied, or this relay slept: either way nothing is as it was.
            self.link.lose(&Away::Emptied);
            return Ok(());
        }
        for relay in dead {
            tracing::warn!(relay, "another relay is gone");
            self.bury(&relay).await?;
        }
        if all_of_it {
            self.announce().await?;
            self.take_census().await?;
        }
        Ok(())
    }

    /// Says that this relay is alive. Whether it counted as such, and which others do not any more.
    async fn beat(&self) -> Result<(bool, Vec<String>), Away> {
        let [life, burial, kept] = [LIFE, BURIAL, KEPT].map(|time| millis(time).to_string());
        let [alive, dead] = fields(self.roll_call(&self.roll.beat, &[&self.me, &life, &burial, &kept]).await?)?;
        let dead = list(dead)?.into_iter().map(text).collect::<Result<_, _>>()?;
        Ok((alive == Value::Int(1), dead))
    }

    /// Says which sessions are here, and which are not any more.
    async fn announce(&self) -> Result<(), Away> {
        let sessions = self.courier.sessions();
        for sessions in sessions.chunks(TOGETHER) {
            for (here, (how, _)) in sessions.iter().zip(self.arrive(sessions, true).await?) {
                // Whoever is still there says which of the two it is.
                if how == How::Elsewhere {
                    self.courier.hear(News::Renewed(here.device.clone()));
                }
            }
        }
        let known = self.sessions_of(&self.me, false, u32::MAX).await?;
        let gone: Vec<_> = known.into_iter().filter(|(device, _)| !self.courier.serves(device)).collect();
        self.depart(&self.me, &gone, true).await
    }

    async fn sessions_of(&self, relay: &str, dead: bool, most: u32) -> Result<Vec<(DeviceId, UserId)>, Away> {
        let found = list(self.roll_call(&self.roll.sessions, &[relay, flag(dead), &most.to_string()]).await?)?;
        let mut found = found.into_iter();
        let mut sessions = Vec::new();
        while let (Some(device), Some(user)) = (found.next(), found.next()) {
            sessions.push((parsed(device)?, parsed(user)?));
        }
        Ok(sessions)
    }

    /// Ends what is left of a relay that died.
    async fn bury(&self, relay: &str) -> Result<(), Away> {
        loop {
            let sessions = self.sessions_of(relay, true, TOGETHER as u32).await?;
            if sessions.is_empty() {
                return Ok(());
            }
            for (device, _) in &sessions {
                self.lose(self.clock.now(), device, Loss::Silent, relay).await?;
            }
            self.depart(relay, &sessions, true).await?;
        }
    }

    /// A device's connection to that relay is lost, which is nothing if it is at another by now.
    pub(super) async fn lose(&self, now: Time, device: &DeviceId, how: Loss, relay: &str) -> Result<(), Away> {
        let at = Some((device.clone(), relay.to_owned()));
        let want = Want { devices: vec![device.clone()], at, ..Want::default() };
        match self.turn(now, want, |turn| turn.lose(now, device, how)).await {
            Ok(_) | Err(Away::Elsewhere) => Ok(()),
            Err(away) => Err(away),
        }
    }

    /// Has this relay told who is in the directory.
    async fn take_census(&self) -> Result<(), Away> {
        self.roll_call(&self.roll.census, &[&self.me]).await.map(drop)
    }

    /// Looks at what calls have come to at other relays, to know it should Redis be away the next moment.
    async fn look_again(&self, calls: &[CallId]) {
        for calls in calls.chunks(TOGETHER) {
            let want = Want { calls: calls.to_vec(), ..Want::default() };
            match self.look(false, self.clock.now(), want).await {
                Ok(view) => self.mirror.take_in(&view, &view.seen.calls, &*self.courier),
                Err(away) => tracing::debug!(%away, "what calls came to elsewhere is not known"),
            }
        }
    }
}

fn arrived(row: Value) -> Result<(How, bool), Away> {
    let [how, listed] = fields(row)?;
    let how = match how {
        Value::Int(0) => How::Known,
        Value::Int(1) => How::New,
        _ => How::Elsewhere,
    };
    Ok((how, listed == Value::Int(1)))
}

const fn flag(is: bool) -> &'static str {
    if is { "1" } else { "0" }
}
