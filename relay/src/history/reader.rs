//! What is asked of the file.
//!
//! There is one connection, opened when it is first needed, and whoever wants it waits for it without a thread. A write
//! does not hold it up, nor it a write (<https://www.sqlite.org/wal.html>).

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use protocol::{CallId, Figures, InvalidId, UserId};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params, params};
use tokio::sync::Mutex;

use super::HistoryError;
use super::changes::{MEDIAN, WORST};
use super::entry::{Call, Course, Part, Quality};
use super::filter::{Cursor, Filter};
use super::schema::open_to_read;
use super::word::Word;

/// Some of somebody's calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallPage {
    /// The last first.
    pub calls: Vec<Call>,
    /// Where the next page begins, if there is more.
    pub next: Option<Cursor>,
    /// The newest calls are missing: the file does not take them at the moment.
    pub behind: bool,
}

/// The connection for reading.
pub(super) struct Reader {
    path: PathBuf,
    file: Arc<Mutex<Option<Connection>>>,
}

impl Reader {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, file: Arc::default() }
    }

    /// Asks something on a thread that may block.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, HistoryError> {
        let mut file = Arc::clone(&self.file).lock_owned().await;
        let path = self.path.clone();
        let asked = tokio::task::spawn_blocking(move || {
            let connection = match file.take() {
                Some(connection) => connection,
                None => open_to_read(&path)?,
            };
            let answer = ask(&connection)?;
            // After a failure it is opened anew: the file may have been replaced.
            *file = Some(connection);
            Ok(answer)
        });
        asked.await.unwrap_or(Err(HistoryError::Unavailable))
    }
}

/// The columns of a call, in the order in which [`call`] reads them.
macro_rules! columns {
    () => {
        "call.seq, call.call_id, call.kind, call.room, call.room_name, call.placed_at, call.answered_at,
         call.connected_at, call.ended_at, call.duration_ms, call.reason, call.ended_by,
         call.recorded"
    };
}

/// Some of somebody's calls. The text of the statement is always the same, and what people write only ever bound to it.
pub(super) fn page(connection: &Connection, user: &UserId, filter: &Filter) -> rusqlite::Result<CallPage> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        columns!(),
        " FROM part mine JOIN call ON call.seq = mine.call
         WHERE mine.user_id = :user AND mine.hidden = 0 AND mine.call < :before
           AND (:kind IS NULL OR call.kind = :kind)
           AND (NOT :missed OR mine.status IN ('missed', 'busy'))
           AND (:search IS NULL OR instr(call.searched, :search) > 0 OR EXISTS (
                SELECT 1 FROM part other
                WHERE other.call = mine.call AND other.user_id <> :user AND instr(other.searched, :search) > 0))
         ORDER BY mine.call DESC LIMIT :limit"
    ))?;
    let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX);
    let found = statement.query_map(
        named_params! {
            ":user": user.as_str(),
            ":before": filter.before.map_or(i64::MAX, |Cursor(seq)| seq),
            ":kind": filter.kind.map(Word),
            ":missed": filter.missed,
            ":search": filter.search,
            // One more than asked for tells whether there is more.
            ":limit": limit.saturating_add(1),
        },
        call,
    )?;
    let mut found: Vec<(i64, Call)> = found.collect::<rusqlite::Result<_>>()?;
    let more = found.len() > filter.limit;
    found.truncate(filter.limit);
    let next = found.last().filter(|_| more).map(|(seq, _)| Cursor(*seq));
    let calls = found.into_iter().map(|(seq, call)| {
        let call = with_parts(connection, seq, call)?;
        if filter.courses { with_course(connection, seq, call) } else { Ok(call) }
    });
    Ok(CallPage { calls: calls.collect::<rusqlite::Result<_>>()?, next, behind: false })
}

/// One of somebody's calls.
pub(super) fn one(connection: &Connection, user: &UserId, id: &CallId) -> rusqlite::Result<Option<Call>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        columns!(),
        " FROM call JOIN part mine ON mine.call = call.seq
         WHERE call.call_id = ?1 AND mine.user_id = ?2 AND mine.hidden = 0
         ORDER BY call.seq DESC LIMIT 1"
    ))?;
    let found = statement.query_row(params![id.as_str(), user.as_str()], call).optional()?;
    let whole = |(seq, call)| with_course(connection, seq, with_parts(connection, seq, call)?);
    found.map(whole).transpose()
}

/// A call without its participants, and its place in the order of calls.
fn call(row: &Row<'_>) -> rusqlite::Result<(i64, Call)> {
    let call = Call {
        call_id: id(row, 1)?,
        kind: row.get::<_, Word<_>>(2)?.0,
        room: optional_id(row, 3)?,
        room_name: row.get(4)?,
        placed_at: whole(row, 5)?,
        answered_at: optional_whole(row, 6)?,
        connected_at: optional_whole(row, 7)?,
        ended_at: whole(row, 8)?,
        duration_ms: whole(row, 9)?,
        reason: row.get::<_, Word<_>>(10)?.0,
        ended_by: optional_id(row, 11)?,
        recorded: row.get(12)?,
        participants: Vec::new(),
        quality: None,
        course: None,
    };
    Ok((row.get(0)?, call))
}

fn with_parts(connection: &Connection, seq: i64, call: Call) -> rusqlite::Result<Call> {
    let mut statement = connection
        .prepare_cached("SELECT user_id, name, status, joined_at, left_at FROM part WHERE call = ?1 ORDER BY place")?;
    let parts = statement.query_map([seq], |row| {
        Ok(Part {
            id: id(row, 0)?,
            name: row.get(1)?,
            status: row.get::<_, Word<_>>(2)?.0,
            joined_at: optional_whole(row, 3)?,
            left_at: optional_whole(row, 4)?,
        })
    })?;
    Ok(Call { participants: parts.collect::<rusqlite::Result<_>>()?, quality: quality(connection, seq)?, ..call })
}

/// How good a call was, if anything is known of that.
fn quality(connection: &Connection, seq: i64) -> rusqlite::Result<Option<Quality>> {
    let (Some(median), Some(worst)) = (figures(connection, seq, MEDIAN)?, figures(connection, seq, WORST)?) else {
        return Ok(None);
    };
    Ok(Some(Quality { median, worst }))
}

fn figures(connection: &Connection, seq: i64, what: &str) -> rusqlite::Result<Option<Figures>> {
    let mut statement = connection.prepare_cached(
        "SELECT mos_x100, round_trip_ms, jitter_ms, loss_permille, frozen_permille FROM quality
         WHERE call = ?1 AND what = ?2",
    )?;
    let row = statement.query_row(params![seq, what], |row| {
        Ok(Figures {
            mos_x100: row.get(0)?,
            round_trip_ms: row.get(1)?,
            jitter_ms: row.get(2)?,
            loss_permille: row.get(3)?,
            frozen_permille: row.get(4)?,
        })
    });
    row.optional()
}

/// A call with how good it was from beginning to end, if that is known.
fn with_course(connection: &Connection, seq: i64, call: Call) -> rusqlite::Result<Call> {
    let mut statement = connection.prepare_cached("SELECT course FROM course WHERE call = ?1")?;
    let read = |row: &Row<'_>| {
        let text = row.get_ref(0)?.as_str()?;
        serde_json::from_str::<Course>(text).map_err(|error| wrong(0, Type::Text, error))
    };
    Ok(Call { course: statement.query_row([seq], read).optional()?, ..call })
}

fn id<Id: FromStr<Err = InvalidId>>(row: &Row<'_>, column: usize) -> rusqlite::Result<Id> {
    let text = row.get_ref(column)?.as_str()?;
    text.parse().map_err(|error: InvalidId| wrong(column, Type::Text, error))
}

fn optional_id<Id: FromStr<Err = InvalidId>>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Id>> {
    let Some(text) = row.get_ref(column)?.as_str_or_null()? else { return Ok(None) };
    text.parse().map(Some).map_err(|error: InvalidId| wrong(column, Type::Text, error))
}

fn whole(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|error| wrong(column, Type::Integer, error))
}

fn optional_whole(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<u64>> {
    let number: Option<i64> = row.get(column)?;
    number.map(u64::try_from).transpose().map_err(|error| wrong(column, Type::Integer, error))
}

/// Somebody else has written into the file.
fn wrong(column: usize, found: Type, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, found, Box::new(error))
}
