//! What is asked of the file.
//!
//! There is one connection, opened when it is first needed, and whoever wants it waits for it without a thread. A write
//! does not hold it up, nor it a write (<https://www.sqlite.org/wal.html>).

use std::path::PathBuf;
use std::sync::Arc;

use protocol::{CallId, UserId};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use super::HistoryError;
use super::entry::Call;
use super::filter::{Cursor, Filter};
use super::schema::open_to_read;

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

/// Some of somebody's calls. The text of the statement is always the same, and what people write is in none.
pub(super) fn page(connection: &Connection, user: &UserId, filter: &Filter) -> rusqlite::Result<CallPage> {
    let mut statement = connection.prepare_cached(
        "SELECT mine.call, call.entry, iif(:courses, call.course, NULL) FROM mine JOIN call ON call.seq = mine.call
         WHERE mine.user_id = :user AND mine.call < :before ORDER BY mine.call DESC",
    )?;
    let before = filter.before.map_or(i64::MAX, |Cursor(seq)| seq);
    let found = statement
        .query_map(named_params! { ":user": user.as_str(), ":before": before, ":courses": filter.courses }, |row| {
            Ok((row.get(0)?, call(row, 1, 2)?))
        })?;
    let wanted = found.filter(|found| found.as_ref().map_or(true, |(_, call)| filter.wants(user, call)));
    // One more than asked for tells whether there is more.
    let mut found: Vec<(i64, Call)> = wanted.take(filter.limit.saturating_add(1)).collect::<rusqlite::Result<_>>()?;
    let more = found.len() > filter.limit;
    found.truncate(filter.limit);
    let next = found.last().filter(|_| more).map(|(seq, _)| Cursor(*seq));
    Ok(CallPage { calls: found.into_iter().map(|(_, call)| call).collect(), next, behind: false })
}

/// One of somebody's calls.
pub(super) fn one(connection: &Connection, user: &UserId, id: &CallId) -> rusqlite::Result<Option<Call>> {
    let mut statement = connection.prepare_cached(
        "SELECT call.entry, call.course FROM mine JOIN call ON call.seq = mine.call
         WHERE mine.user_id = ?1 AND mine.call_id = ?2 ORDER BY mine.call DESC LIMIT 1",
    )?;
    statement.query_row([user.as_str(), id.as_str()], |row| call(row, 0, 1)).optional()
}

/// The call whose entry is in one column and whose course, if it has one, in another.
fn call(row: &Row<'_>, entry: usize, course: usize) -> rusqlite::Result<Call> {
    let call = json(entry, row.get_ref(entry)?.as_str()?)?;
    let course = row.get_ref(course)?.as_str_or_null()?.map(|text| json(course, text)).transpose()?;
    Ok(Call { course, ..call })
}

/// What is wrong with it, if anything: somebody else has written into the file.
fn json<T: DeserializeOwned>(column: usize, text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into()))
}
