//! What is written into the file, each within the writer's transaction.

use protocol::{CallId, UserId};
use rusqlite::{Transaction, params};
use serde::Serialize;

use super::entry::Call;
use crate::audit;

/// Calls deleted in one transaction, so that new ones need not wait for a year of old ones.
pub(super) const EXPIRED: usize = 1_000;

/// Adds calls, in the order in which they ended.
pub(super) fn insert(transaction: &Transaction<'_>, calls: &[Call]) -> rusqlite::Result<()> {
    let mut add = transaction.prepare_cached("INSERT INTO call (ended_at, entry, course) VALUES (?1, ?2, ?3)")?;
    let mut seen = Vec::new();
    for call in calls {
        let course = call.course.as_ref().map(json).transpose()?;
        add.execute(params![whole(call.ended_at), json(&call.without_course())?, course])?;
        let seq = transaction.last_insert_rowid();
        seen.extend(call.participants.iter().map(|part| (part.id.as_str(), seq, call.call_id.as_str())));
    }
    // Where one person has several calls, their rows are next to each other.
    seen.sort_unstable();
    let mut show = transaction.prepare_cached("INSERT INTO mine (user_id, call, call_id) VALUES (?1, ?2, ?3)")?;
    seen.into_iter().try_for_each(|row| show.execute(row).map(drop))
}

fn json<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// SQLite's integers have a sign. No clock of ours comes near to where it matters.
fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Hides a call from one who had part in it.
pub(super) fn forget_one(transaction: &Transaction<'_>, user: &UserId, call: &CallId) -> rusqlite::Result<bool> {
    let mut hide = transaction.prepare_cached("DELETE FROM mine WHERE user_id = ?1 AND call_id = ?2 RETURNING call")?;
    let hidden = hide.query_map([user.as_str(), call.as_str()], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    delete_unseen(transaction, hidden)
}

/// Hides all calls from one who had part in them.
pub(super) fn forget_all(transaction: &Transaction<'_>, user: &UserId) -> rusqlite::Result<bool> {
    let mut hide = transaction.prepare_cached("DELETE FROM mine WHERE user_id = ?1 RETURNING call")?;
    let hidden = hide.query_map([user.as_str()], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    delete_unseen(transaction, hidden)
}

/// Deletes those of some calls that nobody sees any more; true if there were any to look at.
fn delete_unseen(transaction: &Transaction<'_>, hidden: Vec<i64>) -> rusqlite::Result<bool> {
    let mut delete = transaction.prepare_cached(
        "DELETE FROM call WHERE seq = ?1 AND NOT EXISTS (
            SELECT 1 FROM json_each(call.entry, '$.participants') part
            JOIN mine ON mine.user_id = part.value ->> 'id' AND mine.call = call.seq)",
    )?;
    let any = !hidden.is_empty();
    hidden.into_iter().try_for_each(|seq| delete.execute([seq]).map(drop))?;
    Ok(any)
}

/// Deletes some of what ended before a time; true if there may be more.
pub(super) fn expire(transaction: &Transaction<'_>, before: u64) -> rusqlite::Result<bool> {
    audit::expire(transaction, before)?;
    let mut old = transaction.prepare_cached("SELECT seq FROM call WHERE ended_at < ?1 ORDER BY ended_at LIMIT ?2")?;
    let limit = i64::try_from(EXPIRED).unwrap_or(i64::MAX);
    let old: Vec<i64> = old.query_map([whole(before), limit], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut hide = transaction.prepare_cached(
        "DELETE FROM mine WHERE call = ?1 AND user_id IN (
            SELECT part.value ->> 'id' FROM call, json_each(call.entry, '$.participants') part WHERE call.seq = ?1)",
    )?;
    let mut delete = transaction.prepare_cached("DELETE FROM call WHERE seq = ?1")?;
    for seq in &old {
        hide.execute([seq])?;
        delete.execute([seq])?;
    }
    Ok(old.len() >= EXPIRED)
}
