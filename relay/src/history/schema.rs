//! The file: how it is opened, and how it came to be what it is.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::HistoryError;
use crate::{audit, data};

/// Each step from one format to the next, in order. What has been released is never changed: another is added.
pub(super) const MIGRATIONS: [&str; 8] = [
    // `seq` counts up in the order in which calls end, and is never used again: pages go by it. A call's id is drawn by
    // the caller, who could draw one again after the relay has forgotten the first; so it is no key.
    "CREATE TABLE call (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        call_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        room TEXT,
        room_name TEXT,
        placed_at INTEGER NOT NULL,
        answered_at INTEGER,
        connected_at INTEGER,
        ended_at INTEGER NOT NULL,
        duration_ms INTEGER NOT NULL,
        reason TEXT NOT NULL,
        ended_by TEXT,
        searched TEXT NOT NULL
    ) STRICT;
    CREATE INDEX call_by_id ON call (call_id);
    CREATE INDEX call_by_end ON call (ended_at);
    CREATE TABLE part (
        user_id TEXT NOT NULL,
        call INTEGER NOT NULL REFERENCES call (seq) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        name TEXT,
        status TEXT NOT NULL,
        joined_at INTEGER,
        left_at INTEGER,
        hidden INTEGER NOT NULL DEFAULT 0,
        searched TEXT NOT NULL,
        PRIMARY KEY (user_id, call)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX part_by_call ON part (call, place);",
    // A call of which nothing was reported has no rows here, any other two. A figure that nobody knew is absent.
    "CREATE TABLE quality (
        call INTEGER NOT NULL REFERENCES call (seq) ON DELETE CASCADE,
        what TEXT NOT NULL CHECK (what IN ('median', 'worst')),
        mos_x100 INTEGER,
        round_trip_ms INTEGER,
        jitter_ms INTEGER,
        loss_permille INTEGER,
        frozen_permille INTEGER,
        PRIMARY KEY (call, what)
    ) STRICT, WITHOUT ROWID;",
    // What people want of each other. Whoever wants nothing has no row.
    "CREATE TABLE wish (
        user_id TEXT NOT NULL PRIMARY KEY,
        wish TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE other (
        user_id TEXT NOT NULL,
        other_id TEXT NOT NULL,
        name TEXT NOT NULL,
        blocked INTEGER NOT NULL,
        muted INTEGER NOT NULL,
        PRIMARY KEY (user_id, other_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE circle (
        user_id TEXT NOT NULL,
        circle_id TEXT NOT NULL,
        name TEXT NOT NULL,
        place INTEGER NOT NULL,
        PRIMARY KEY (user_id, circle_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE circle_member (
        user_id TEXT NOT NULL,
        circle_id TEXT NOT NULL,
        place INTEGER NOT NULL,
        other_id TEXT NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (user_id, circle_id, place),
        FOREIGN KEY (user_id, circle_id) REFERENCES circle (user_id, circle_id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;",
    // Browsers that are told of calls, in the order in which they said so last.
    "CREATE TABLE subscription (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        user_id TEXT NOT NULL,
        endpoint TEXT NOT NULL UNIQUE,
        public BLOB NOT NULL,
        auth BLOB NOT NULL,
        name TEXT NOT NULL,
        language TEXT NOT NULL,
        renewed INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX subscription_by_user ON subscription (user_id, seq);",
    // How good a call was from beginning to end, in JSON: read and written whole, for one call at a time. A call that was
    // too short for it has no row.
    "CREATE TABLE course (
        call INTEGER PRIMARY KEY REFERENCES call (seq) ON DELETE CASCADE,
        course TEXT NOT NULL
    ) STRICT;",
    "ALTER TABLE call ADD COLUMN recorded INTEGER NOT NULL DEFAULT 0;",
    // A call is one row, with everything about it in JSON as `/api/calls` shows it, its course apart because few read that;
    // and one row of `mine` for everyone who still sees it, by which their calls are found. With a column for each field and
    // an index for each question, writing a call took twice as long.
    "CREATE TABLE entry (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        ended_at INTEGER NOT NULL,
        entry TEXT NOT NULL,
        course TEXT
    ) STRICT;
    INSERT INTO entry (seq, ended_at, entry, course) SELECT seq, ended_at, json_object(
        'call_id', call_id, 'kind', kind, 'room', room, 'room_name', room_name, 'placed_at', placed_at,
        'answered_at', answered_at, 'connected_at', connected_at, 'ended_at', ended_at, 'duration_ms', duration_ms,
        'reason', reason, 'ended_by', ended_by, 'recorded', json(iif(recorded, 'true', 'false')),
        'participants', json((
            SELECT json_group_array(json_object(
                'id', user_id, 'name', name, 'status', status, 'joined_at', joined_at, 'left_at', left_at) ORDER BY place)
            FROM part WHERE part.call = seq)),
        'quality', json((
            SELECT iif(count(*) = 2, json_group_object(what, json_object(
                'mos_x100', mos_x100, 'round_trip_ms', round_trip_ms, 'jitter_ms', jitter_ms,
                'loss_permille', loss_permille, 'frozen_permille', frozen_permille)), NULL)
            FROM quality WHERE quality.call = seq))
        ), (SELECT course FROM course WHERE course.call = seq) FROM call;
    CREATE TABLE mine (
        user_id TEXT NOT NULL,
        call INTEGER NOT NULL,
        call_id TEXT NOT NULL,
        PRIMARY KEY (user_id, call)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO mine (user_id, call, call_id)
        SELECT part.user_id, part.call, call.call_id FROM part JOIN call ON call.seq = part.call WHERE part.hidden = 0;
    DROP TABLE course;
    DROP TABLE quality;
    DROP TABLE part;
    DROP TABLE call;
    ALTER TABLE entry RENAME TO call;
    CREATE INDEX call_by_end ON call (ended_at);",
    audit::TABLES,
];

/// How long to wait for another program that looks at the file, a backup for instance.
const BUSY: Duration = Duration::from_secs(1);

/// Pages of the file in memory, in KiB if negative, for each of the two connections. SQLite's own 2 MB would be felt in
/// a relay of 9; a page of somebody's calls is a few KB.
const CACHE: i64 = -256;

/// Pages of 4 KiB in the write-ahead log before they are moved into the file: each time costs an fsync or two, on the
/// writer's thread.
const LOG_PAGES: i64 = 1_000;

/// Opens the file to write, makes it if there is none, and brings it to the latest format. Only its owner may read it.
///
/// With `synchronous=NORMAL` a commit costs no fsync: when the power fails the last calls may be missing, and the file is
/// whole (<https://www.sqlite.org/wal.html>).
pub(super) fn open_to_write(path: &Path) -> Result<Connection, HistoryError> {
    if let Some(folder) = path.parent() {
        data::make_folder(folder)?;
    }
    data::make_private(path)?;
    let mut connection = connect(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    migrate(&mut connection, &MIGRATIONS)?;
    Ok(connection)
}

/// Opens the file to read what the writer has made.
pub(crate) fn open_to_read(path: &Path) -> Result<Connection, HistoryError> {
    let connection = connect(path)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn connect(path: &Path) -> Result<Connection, HistoryError> {
    // One connection is used by one thread at a time, so SQLite needs no lock of its own.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "cache_size", CACHE)?;
    Ok(connection)
}

/// Takes every step that is still to be taken, each in a transaction of its own: a start that is cut short goes on where
/// it was.
pub(super) fn migrate(connection: &mut Connection, steps: &[&str]) -> Result<(), HistoryError> {
    loop {
        let known = steps.len();
        let found = version(connection)?;
        if found >= known {
            return if found == known { Ok(()) } else { Err(HistoryError::Newer { found, known }) };
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Asked again, now that nobody else can change it.
        let found = version(&transaction)?;
        if let Some(step) = steps.get(found) {
            transaction.execute_batch(step)?;
            transaction.pragma_update(None, "user_version", i64::try_from(found + 1).unwrap_or(i64::MAX))?;
            transaction.commit()?;
        }
    }
}

/// The format of the file: how many steps it has behind it.
pub(super) fn version(connection: &Connection) -> Result<usize, HistoryError> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}
