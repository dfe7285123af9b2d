//! What a step has changed, to be written in one go if what it has seen is still so.

use std::collections::BTreeSet;
use std::time::Duration;

use call::Time;
use protocol::{CallId, CallStatus, DeviceId, RoomCode, UserId};
use serde::Serialize;

use super::journal::Frame;
use super::link::Away;
use super::look::{Seen, View, to_json};
use super::places::Places;
use crate::store::state::{KEEP_EMPTY_ROOMS, KEEP_ENDED};

/// How long a call is kept after its last change, and a room after its call's. Pages report every ten seconds how good a
/// call is, so one that is silent for that long is one that nobody is in.
const LIFE: Duration = Duration::from_secs(3_600);
/// So often at most the keys of users and devices are given more time: they are many, and changes of a call are more.
const WRITE_AGAIN: Duration = Duration::from_secs(600);

/// All that is to be written.
#[derive(Serialize)]
pub(super) struct Plan<'a> {
    seen: &'a Seen,
    /// Which relay writes.
    by: &'a str,
    calls: Vec<CallPlan>,
    rooms: Vec<RoomPlan>,
    /// For devices at other relays: which, of what type, and the `data`.
    frames: Vec<Frame>,
    /// What they are about.
    about: Vec<CallId>,
    /// Milliseconds.
    life: u64,
    /// Of the keys of users and devices.
    index_life: u64,
    /// How many rooms may stand empty.
    most_rooms: usize,
    /// What the numbers in `record` and `made` stand for.
    #[serde(skip)]
    texts: Vec<String>,
}

#[derive(Serialize)]
struct CallPlan {
    id: CallId,
    version: u64,
    /// The place of the record's text; the next one is that of its places.
    record: usize,
    /// The code of its room, or nothing.
    room: String,
    /// Milliseconds.
    life: u64,
    /// When it has a time-out, or less than nothing.
    due: i64,
    /// What is new about them, or nothing for those who are in it no more.
    devices: Vec<(DeviceId, &'static str)>,
    users: Vec<(UserId, String)>,
}

#[derive(Serialize)]
struct RoomPlan {
    code: RoomCode,
    version: u64,
    /// The place of the text of how it was made; 0 if it is gone.
    made: usize,
    call: String,
    since: u64,
}

/// The scripts count from one, and have two things before the texts.
const FIRST_TEXT: usize = 3;

impl<'a> Plan<'a> {
    /// What has changed in a state that was `view` before, with what others are to be told of it; `None` if it is nothing.
    ///
    /// # Errors
    /// When something cannot be written down.
    pub(super) fn of(view: &'a View, now: Time, by: &'a str, frames: Vec<Frame>) -> Result<Option<Self>, Away> {
        let mut texts = Texts::default();
        let mut calls = Vec::new();
        for (id, record) in &view.state.calls {
            let text = to_json(record)?;
            let before = view.written.get(id);
            if before.is_some_and(|before| before.record == text) {
                continue;
            }
            let places = Places::of(&view.state, id, now);
            let (places, devices, users) = match before {
                Some(before) => changes(&before.places, places, now)?,
                None => changes(&Places::default(), places, now)?,
            };
            calls.push(CallPlan {
                id: id.clone(),
                version: view.seen.calls.get(id).map_or(0, |version| *version).max(view.floor) + 1,
                room: record.room_code().map_or_else(String::new, |code| code.as_str().to_owned()),
                life: millis(if record.ended().is_some() { KEEP_ENDED } else { LIFE }),
                due: record.deadline().map_or(-1, |due| i64::try_from(due.as_millis()).unwrap_or(i64::MAX)),
                record: texts.add([text, to_json(&places)?]),
                devices,
                users,
            });
        }
        let rooms = rooms(view, &mut texts)?;
        let about = if frames.is_empty() { Vec::new() } else { view.state.calls.keys().cloned().collect() };
        Ok((!calls.is_empty() || !rooms.is_empty() || !frames.is_empty()).then(|| Self {
            seen: &view.seen,
            by,
            calls,
            rooms,
            frames,
            about,
            life: millis(LIFE),
            index_life: millis(LIFE + WRITE_AGAIN),
            most_rooms: KEEP_EMPTY_ROOMS,
            texts: texts.0,
        }))
    }

    /// The versions of the calls that are written.
    pub(super) fn versions(&self) -> impl Iterator<Item = (&CallId, u64)> {
        self.calls.iter().map(|call| (&call.id, call.version))
    }

    /// The texts that the numbers in it stand for.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str)
    }
}

/// The places to be kept, and what of them is new to the keys of devices and users.
type Changes = (Places, Vec<(DeviceId, &'static str)>, Vec<(UserId, String)>);

fn changes(before: &Places, mut after: Places, now: Time) -> Result<Changes, Away> {
    if after.are(before) && now.since(before.written) < WRITE_AGAIN {
        after.written = before.written;
        return Ok((after, Vec::new(), Vec::new()));
    }
    let (was, is) = (before.devices(), after.devices());
    let devices: BTreeSet<&DeviceId> = was.keys().chain(is.keys()).copied().collect();
    let devices = devices.into_iter().map(|device| (device.clone(), is.get(device).copied().unwrap_or_default()));
    let devices = devices.collect();
    let users: BTreeSet<&UserId> = before.doing.keys().chain(after.doing.keys()).collect();
    let users = users.into_iter().map(|user| Ok((user.clone(), word(after.doing.get(user).copied())?)));
    let users = users.collect::<Result<_, Away>>()?;
    Ok((after, devices, users))
}

/// As it is written in a user's key.
fn word(status: Option<CallStatus>) -> Result<String, Away> {
    status.map_or_else(|| Ok(String::new()), |status| to_json(&status))
}

fn rooms(view: &View, texts: &mut Texts) -> Result<Vec<RoomPlan>, Away> {
    let version = |code| view.seen.rooms.get(code).map_or(1, |version| version + 1);
    let mut plans = Vec::new();
    for (code, room) in &view.state.rooms {
        if view.rooms.get(code) == Some(&room.call) {
            continue;
        }
        plans.push(RoomPlan {
            code: code.clone(),
            version: version(code),
            made: texts.add([to_json(&room.made)?]),
            call: room.call.as_ref().map_or_else(String::new, |call| call.as_str().to_owned()),
            since: room.empty_since.as_millis(),
        });
    }
    let gone = view.rooms.keys().filter(|code| !view.state.rooms.contains_key(*code));
    plans.extend(gone.map(|code| RoomPlan {
        code: code.clone(),
        version: version(code),
        made: 0,
        call: String::new(),
        since: 0,
    }));
    Ok(plans)
}

#[derive(Default)]
struct Texts(Vec<String>);

impl Texts {
    /// The number of the first of them.
    fn add<const N: usize>(&mut self, texts: [String; N]) -> usize {
        let first = self.0.len() + FIRST_TEXT;
        self.0.extend(texts);
        first
    }
}

/// Whole milliseconds.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
