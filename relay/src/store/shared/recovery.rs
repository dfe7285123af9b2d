//! After Redis was away: it is told what has happened meanwhile, before anybody asks it again.
//!
//! Of a call that was changed at two relays, that of the one that is back first counts, and the other adds what only it knows:
//! that media flows, what its people send, who has left. A call that is over for one of them is over.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use call::Time;
use call::record::{CallRecord, Event};
use protocol::{CallId, EndReason, Ended};
use tokio::sync::Notify;

use super::journal::Journal;
use super::link::Away;
use super::look::{View, Want};
use super::mirror::{Held, digest};
use super::{Shared, Stepped};
use crate::store::Courier as _;
use crate::store::state::Room;
use crate::store::turn::Turn;

/// How long nobody asks a Redis that has failed. Longer, and it is back for longer before it is noticed.
const PAUSE: Duration = Duration::from_millis(500);
/// How often it is told what has changed while it was told, before there is another pause. Each time there is less.
const ROUNDS: usize = 16;
/// How often it is asked for the calls of this relay's people. What is over is kept for five minutes: whoever asks more often
/// knows what is over from what is lost.
const COMPARE: Duration = Duration::from_secs(60);
/// So many of them at once.
const TOGETHER: usize = 64;

/// Looks after the store until it is gone.
pub(super) async fn run(shared: Weak<Shared>, lost: Arc<Notify>) {
    if let Some(shared) = shared.upgrade()
        && let Err(away) = shared.begin().await
    {
        tracing::debug!(%away, "Redis is away from the start");
    }
    loop {
        let is_lost = tokio::time::timeout(COMPARE, lost.notified()).await.is_ok();
        loop {
            if is_lost {
                tokio::time::sleep(PAUSE).await;
            }
            let Some(shared) = shared.upgrade() else { return };
            let done = if is_lost { shared.come_back().await } else { shared.compare().await.map(|()| true) };
            match done {
                Ok(true) => {
                    // Should that fail because Redis is away once more, it begins again.
                    if is_lost && let Err(away) = shared.settle_in().await {
                        tracing::debug!(%away, "this relay has not found its place among others");
                    }
                    break;
                }
                Ok(false) => {}
                Err(away) => tracing::debug!(%away, "Redis is still away"),
            }
            if !is_lost {
                break;
            }
        }
    }
}

/// Whose version of a call counts.
enum Counts {
    /// This relay's: it is written now.
    Ours,
    /// What Redis has.
    Theirs,
}

impl Shared {
    /// Sees what Redis does when it is full. Any policy but one would have it give up calls that go on, without a word.
    async fn look_at_policy(&self) -> Result<(), Away> {
        let policy = self.link.eviction_policy().await?;
        let forgets = policy != "noeviction";
        if forgets && !self.forgets.load(Ordering::Relaxed) {
            tracing::warn!(%policy, "a full Redis will give up calls that go on: its maxmemory-policy should be noeviction");
        }
        self.forgets.store(forgets, Ordering::Relaxed);
        Ok(())
    }

    async fn begin(&self) -> Result<(), Away> {
        self.look_at_policy().await?;
        self.settle_in().await
    }

    /// Tells Redis everything, if it answers; true if everybody may ask it again.
    async fn come_back(&self) -> Result<bool, Away> {
        self.link.renew().await?;
        self.look_at_policy().await?;
        let mut calls = self.mirror.calls();
        for _ in 0..ROUNDS {
            let steps = self.mirror.steps();
            for call in &calls {
                self.restore(call).await?;
            }
            self.restore_rooms().await?;
            if self.mirror.is_told(steps, || self.link.found()) {
                return Ok(true);
            }
            calls = self.mirror.changed();
        }
        Ok(false)
    }

    /// Sees which calls of this relay's people have ended or changed elsewhere, or are gone from Redis.
    pub(super) async fn compare(&self) -> Result<(), Away> {
        self.look_at_policy().await?;
        let now = self.clock.now();
        for calls in self.mirror.calls().chunks(TOGETHER) {
            let want = Want { calls: calls.to_vec(), ..Want::default() };
            let view = self.look(false, now, want).await?;
            let goes_on = |call: &&CallId| view.state.calls.get(*call).is_some_and(|record| record.ended().is_none());
            for call in calls.iter().filter(|call| !goes_on(call)) {
                self.restore(call).await?;
            }
            self.mirror.take_in(&view, &view.seen.calls, &*self.courier);
        }
        Ok(())
    }

    async fn restore(&self, call: &CallId) -> Result<(), Away> {
        let Some(held) = self.mirror.held(call) else { return Ok(()) };
        let want = Want {
            calls: vec![call.clone()],
            rooms: held.record.room_code().cloned().into_iter().collect(),
            users: held.places.doing.keys().cloned().collect(),
            ..Want::default()
        };
        let now = self.clock.now();
        let step = |view: &mut View, journal: &Journal| self.reconcile(view, journal, &held, now);
        let Stepped { result, view, versions } = self.step(true, now, &want, step).await?;
        match result {
            Counts::Ours => self.mirror.is_written(&held, &view, versions.get(call).copied().unwrap_or_default()),
            Counts::Theirs => {
                self.mirror.forget(call);
                self.mirror.take_in(&view, &versions, &*self.courier);
                for user in held.places.doing.keys() {
                    self.courier.status(user, view.state.status(user));
                }
            }
        }
        Ok(())
    }

    fn reconcile(&self, view: &mut View, journal: &Journal, held: &Held, now: Time) -> Counts {
        let call = held.record.id();
        let theirs = view.state.calls.get(call);
        let written = view.written.get(call);
        // What is kept only so that nobody uses its version again is over as well.
        if theirs.map_or(written.is_some(), |theirs| theirs.ended().is_some()) {
            if held.record.ended().is_none() {
                self.say_over(journal, &held.record, theirs.and_then(CallRecord::reason));
            }
            return Counts::Theirs;
        }
        let version = view.seen.calls.get(call).copied().unwrap_or_default();
        // A command of this relay that was not answered may have been carried out, and then was carried out here again.
        let elsewhere = version > held.version && written.is_some_and(|written| written.by != self.me);
        if elsewhere && held.record.ended().is_none() {
            self.add_to(view, journal, &held.record, now, true);
            return Counts::Theirs;
        }
        let theirs = theirs.cloned();
        let changed = theirs.as_ref().is_none_or(|theirs| digest(theirs) != digest(&held.record));
        put(view, held, now);
        // They have heard nothing of what this relay did alone.
        for one in held.record.participants().filter(|one| changed && !self.courier.serves(&one.device)) {
            journal.renew(&one.device);
        }
        if let Some(theirs) = theirs {
            self.add_to(view, journal, &theirs, now, false);
        }
        Counts::Ours
    }

    /// Tells this relay's people that a call was ended elsewhere.
    fn say_over(&self, journal: &Journal, record: &CallRecord, reason: Option<EndReason>) {
        let reason = reason.unwrap_or(EndReason::Completed);
        for participant in record.participants().filter(|one| self.courier.serves(&one.device)) {
            let ended = Ended { call_id: record.id().clone(), reason, by: None };
            journal.send(&participant.device, ended.into());
        }
    }

    /// Adds to a call what only another state of it can know: of those who are `here`, if it is this relay's, or else of
    /// those who are not.
    fn add_to(&self, view: &mut View, journal: &Journal, from: &CallRecord, now: Time, here: bool) {
        let call = from.id();
        let known = |record: &CallRecord| -> Vec<_> {
            record.participants().filter(|one| self.courier.serves(&one.device) == here).cloned().collect()
        };
        let (more, there) = (known(from), view.state.calls.get(call).map(known).unwrap_or_default());
        let mut turn = Turn { terms: self.terms, courier: journal, state: &mut view.state };
        let mut tell = |event| {
            // What is rejected is not so any more.
            let _ = turn.step(now, call, event, None);
        };
        for one in &more {
            if from.is_connected(&one.device) {
                tell(Event::Connected { device: one.device.clone() });
            }
            tell(Event::Media { device: one.device.clone(), media: one.media });
        }
        // Of those at other relays, some may have come of whom the other state has not heard.
        for one in there.iter().filter(|one| here && !more.iter().any(|own| own.device == one.device)) {
            tell(Event::Leave { device: one.device.clone() });
        }
    }

    async fn restore_rooms(&self) -> Result<(), Away> {
        for room in self.mirror.empty_rooms() {
            let now = self.clock.now();
            let want = Want { rooms: vec![room.made.code.clone()], ..Want::default() };
            let add = |view: &mut View, _: &Journal| {
                view.state.rooms.entry(room.made.code.clone()).or_insert_with(|| room.clone());
            };
            self.step(true, now, &want, add).await?;
            self.mirror.has_room(&room.made);
        }
        Ok(())
    }
}

/// Puts a call in the place of what Redis has of it.
fn put(view: &mut View, held: &Held, now: Time) {
    let call = held.record.id();
    // What others have seen of it before Redis was emptied is older than this.
    view.floor = held.version;
    if let Some(written) = view.written.get(call) {
        written.places.remove_from(&mut view.state, call);
    }
    view.state.calls.insert(call.clone(), held.record.clone());
    held.places.add_to(&mut view.state, call);
    if held.record.ended().is_none() {
        if let Some(room) = &held.room {
            view.state.rooms.insert(room.made.code.clone(), room.clone());
        }
        return;
    }
    view.state.rooms.retain(|_, room| room.call.as_ref() != Some(call) || !room.made.private);
    for room in view.state.rooms.values_mut().filter(|room| room.call.as_ref() == Some(call)) {
        *room = Room { call: None, empty_since: now, made: room.made.clone() };
    }
}
