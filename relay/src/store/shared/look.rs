//! What a verb has to see, and what it saw: as much of the state as it concerns, and the version of all of it.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use call::Time;
use call::record::CallRecord;
use protocol::{CallId, DeviceId, RoomCode, UserId};
use redis::Value;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::link::Away;
use super::places::Places;
use crate::store::state::{KEEP_EMPTY_ROOM, KEEP_ENDED, Room, State};

/// What a verb has to see. With a call comes its room, with a room its call, and with devices and users all of theirs.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Want {
    pub(super) calls: Vec<CallId>,
    pub(super) rooms: Vec<RoomCode>,
    pub(super) devices: Vec<DeviceId>,
    pub(super) users: Vec<UserId>,
    /// A device, and the relay that it has to be at if it is at any: whoever says that it is lost may be the last to hear
    /// that it is back elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<(DeviceId, String)>,
    /// Somebody comes into that call, or into that of a room. While Redis is away, nobody comes into a call that it has
    /// heard of: somebody else may accept it, or take the last place, at another relay.
    #[serde(skip)]
    pub(super) into: Option<CallId>,
}

/// What was seen. What is written counts only if all of it is still so.
#[derive(Debug, Default, Serialize)]
pub(super) struct Seen {
    /// Versions; 0 of what is not there.
    pub(super) calls: BTreeMap<CallId, u64>,
    pub(super) rooms: BTreeMap<RoomCode, u64>,
    /// The calls that each is in, in the order of their ids.
    pub(super) devices: BTreeMap<DeviceId, Vec<String>>,
    pub(super) users: BTreeMap<UserId, Vec<String>>,
    /// See [`Want::at`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<(DeviceId, String)>,
}

/// A call as Redis has it.
pub(super) struct Written {
    pub(super) record: String,
    pub(super) places: Places,
    /// Which relay wrote it.
    pub(super) by: String,
}

/// As much of the state as was asked for.
#[derive(Default)]
pub(super) struct View {
    pub(super) state: State,
    pub(super) seen: Seen,
    /// The calls as they were written.
    pub(super) written: BTreeMap<CallId, Written>,
    /// What is written gets a greater version than this.
    pub(super) floor: u64,
    /// The rooms that are there, and the calls in them.
    pub(super) rooms: BTreeMap<RoomCode, Option<CallId>>,
}

impl View {
    /// Reads the answer to `want`, as it is at that time.
    ///
    /// # Errors
    /// [`Away::Unreadable`], [`Away::Elsewhere`].
    pub(super) fn read(want: Want, answer: Value, now: Time) -> Result<Self, Away> {
        if matches!(answer, Value::Nil) {
            return Err(Away::Elsewhere);
        }
        let [calls, rooms, devices, users] = fields(answer)?;
        let mut view = Self::default();
        view.seen.calls = want.calls.into_iter().map(|call| (call, 0)).collect();
        view.seen.at = want.at;
        view.seen.rooms = want.rooms.into_iter().map(|room| (room, 0)).collect();
        for call in list(calls)? {
            view.add_call(call, now)?;
        }
        for room in list(rooms)? {
            view.add_room(room, now)?;
        }
        view.seen.devices = list(devices)?.into_iter().map(index).collect::<Result<_, _>>()?;
        view.seen.users = list(users)?.into_iter().map(index).collect::<Result<_, _>>()?;
        Ok(view)
    }

    fn add_call(&mut self, row: Value, now: Time) -> Result<(), Away> {
        let [id, version, record, places, by] = fields(row)?;
        let id: CallId = parsed(id)?;
        self.seen.calls.insert(id.clone(), parsed(version)?);
        let (record_text, places): (String, Places) = (text(record)?, from_json(&text(places)?)?);
        let record: CallRecord = from_json(&record_text)?;
        // It is kept for a little longer than it answers.
        if record.ended().is_none_or(|ended| now.since(ended) < KEEP_ENDED) {
            places.add_to(&mut self.state, &id);
            self.state.calls.insert(id.clone(), record);
        }
        self.written.insert(id, Written { record: record_text, places, by: text(by)? });
        Ok(())
    }

    fn add_room(&mut self, row: Value, now: Time) -> Result<(), Away> {
        let [code, version, made, call, since] = fields(row)?;
        let code: RoomCode = parsed(code)?;
        self.seen.rooms.insert(code.clone(), parsed(version)?);
        let call = Some(text(call)?).filter(|call| !call.is_empty()).map(|call| parsed_text(&call)).transpose()?;
        // A call that lasted for as long as its room is kept and then was lost with it leaves nothing to enter.
        let call = call.filter(|call| self.state.calls.contains_key(call));
        let empty_since = Time::from_millis(parsed(since)?);
        if call.is_some() || now.since(empty_since) < KEEP_EMPTY_ROOM {
            let room = Room { made: from_json(&text(made)?)?, call: call.clone(), empty_since };
            self.state.rooms.insert(code.clone(), room);
            self.rooms.insert(code, call);
        }
        Ok(())
    }
}

fn index<T: FromStr + Ord>(row: Value) -> Result<(T, Vec<String>), Away>
where
    T::Err: Display,
{
    let [id, calls] = fields(row)?;
    let calls = list(calls)?.into_iter().map(text).collect::<Result<_, _>>()?;
    Ok((parsed(id)?, calls))
}

fn unreadable(what: impl Display) -> Away {
    Away::Unreadable(what.to_string())
}

/// The values of a list.
pub(super) fn list(value: Value) -> Result<Vec<Value>, Away> {
    match value {
        Value::Array(values) => Ok(values),
        _ => Err(unreadable("no list")),
    }
}

/// The values of a list of just that length.
pub(super) fn fields<const N: usize>(value: Value) -> Result<[Value; N], Away> {
    list(value)?.try_into().map_err(|_| unreadable("a list of another length"))
}

/// A text.
pub(super) fn text(value: Value) -> Result<String, Away> {
    match value {
        Value::BulkString(bytes) => String::from_utf8(bytes).map_err(unreadable),
        Value::SimpleString(text) => Ok(text),
        _ => Err(unreadable("no text")),
    }
}

/// A text with something in it.
pub(super) fn parsed<T: FromStr>(value: Value) -> Result<T, Away>
where
    T::Err: Display,
{
    parsed_text(&text(value)?)
}

fn parsed_text<T: FromStr>(text: &str) -> Result<T, Away>
where
    T::Err: Display,
{
    text.parse().map_err(unreadable)
}

/// A text that is JSON.
pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, Away> {
    serde_json::from_str(text).map_err(unreadable)
}

/// JSON of what the relay has made itself.
pub(super) fn to_json(value: &impl Serialize) -> Result<String, Away> {
    serde_json::to_string(value).map_err(unreadable)
}
