//! What is written into the file, each within the writer's transaction.

use protocol::{CallId, Figures, RoomCode, UserId};
use rusqlite::{Transaction, params};

use super::entry::{Call, Course, Part};
use super::word::Word;

/// The row of a call's medians in the table of qualities.
pub(super) const MEDIAN: &str = "median";
/// The row of its worst figures.
pub(super) const WORST: &str = "worst";

/// Calls deleted in one transaction, so that new ones need not wait for a year of old ones.
pub(super) const EXPIRED: usize = 1_000;

/// Adds a call with everyone's part in it.
pub(super) fn insert(transaction: &Transaction<'_>, call: &Call) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO call (call_id, kind, room, room_name, placed_at, answered_at, connected_at, ended_at,
                duration_ms, reason, ended_by, searched, recorded)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            call.call_id.as_str(),
            Word(call.kind),
            call.room.as_ref().map(RoomCode::as_str),
            call.room_name,
            whole(call.placed_at),
            call.answered_at.map(whole),
            call.connected_at.map(whole),
            whole(call.ended_at),
            whole(call.duration_ms),
            Word(call.reason),
            call.ended_by.as_ref().map(UserId::as_str),
            call.searched(),
            call.recorded,
        ])?;
    let seq = transaction.last_insert_rowid();
    if let Some(quality) = &call.quality {
        insert_figures(transaction, seq, MEDIAN, &quality.median)?;
        insert_figures(transaction, seq, WORST, &quality.worst)?;
    }
    if let Some(course) = &call.course {
        transaction
            .prepare_cached("INSERT INTO course (call, course) VALUES (?1, ?2)")?
            .execute(params![seq, written(course)?])?;
    }
    let places = 0_i64..;
    call.participants.iter().zip(places).try_for_each(|(part, place)| insert_part(transaction, seq, place, part))
}

fn written(course: &Course) -> rusqlite::Result<String> {
    serde_json::to_string(course).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn insert_figures(transaction: &Transaction<'_>, call: i64, what: &str, figures: &Figures) -> rusqlite::Result<()> {
    let Figures { mos_x100, round_trip_ms, jitter_ms, loss_permille, frozen_permille } = figures;
    transaction
        .prepare_cached(
            "INSERT INTO quality (call, what, mos_x100, round_trip_ms, jitter_ms, loss_permille, frozen_permille)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![call, what, mos_x100, round_trip_ms, jitter_ms, loss_permille, frozen_permille])?;
    Ok(())
}

fn insert_part(transaction: &Transaction<'_>, call: i64, place: i64, part: &Part) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO part (user_id, call, place, name, status, joined_at, left_at, searched)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            part.id.as_str(),
            call,
            place,
            part.name,
            Word(part.status),
            part.joined_at.map(whole),
            part.left_at.map(whole),
            part.searched(),
        ])?;
    Ok(())
}

/// SQLite's integers have a sign. No clock of ours comes near to where it matters.
fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Hides a call from one who had part in it.
pub(super) fn forget_one(transaction: &Transaction<'_>, user: &UserId, call: &CallId) -> rusqlite::Result<bool> {
    let mut hide = transaction.prepare_cached(
        "UPDATE part SET hidden = 1
         WHERE user_id = ?1 AND hidden = 0 AND call IN (SELECT seq FROM call WHERE call_id = ?2)",
    )?;
    let hidden = hide.execute(params![user.as_str(), call.as_str()])?;
    transaction
        .prepare_cached(
            "DELETE FROM call WHERE call_id = ?1
             AND NOT EXISTS (SELECT 1 FROM part WHERE part.call = call.seq AND part.hidden = 0)",
        )?
        .execute([call.as_str()])?;
    Ok(hidden > 0)
}

/// Hides all calls from one who had part in them.
pub(super) fn forget_all(transaction: &Transaction<'_>, user: &UserId) -> rusqlite::Result<bool> {
    let hidden = transaction
        .prepare_cached("UPDATE part SET hidden = 1 WHERE user_id = ?1 AND hidden = 0")?
        .execute([user.as_str()])?;
    transaction
        .prepare_cached(
            "DELETE FROM call WHERE seq IN (SELECT mine.call FROM part mine WHERE mine.user_id = ?1)
             AND NOT EXISTS (SELECT 1 FROM part WHERE part.call = call.seq AND part.hidden = 0)",
        )?
        .execute([user.as_str()])?;
    Ok(hidden > 0)
}

/// Deletes some of what ended before a time; true if there may be more.
pub(super) fn expire(transaction: &Transaction<'_>, before: u64) -> rusqlite::Result<bool> {
    let limit = i64::try_from(EXPIRED).unwrap_or(i64::MAX);
    let deleted = transaction
        .prepare_cached(
            "DELETE FROM call WHERE seq IN (SELECT seq FROM call WHERE ended_at < ?1 ORDER BY ended_at LIMIT ?2)",
        )?
        .execute(params![whole(before), limit])?;
    Ok(deleted >= EXPIRED)
}
