//! The audit log in the history's file, where rows are added and nothing else: triggers refuse to change one, and to delete
//! one before its time.

use std::io::Write;

use rusqlite::{Connection, Transaction, params};
use serde::Serialize;

use super::{Note, What};
use crate::history::{HistoryError, Word};

/// The step that makes the tables. `audit_kept` has the one time before which notes may be deleted; it only grows. An insert
/// that would replace a row deletes it without a trigger of deletion, so it is refused as well.
pub(crate) const TABLES: &str = "CREATE TABLE audit (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        what TEXT NOT NULL,
        user_id TEXT NOT NULL,
        count INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX audit_by_time ON audit (at);
    CREATE TABLE audit_kept (since INTEGER NOT NULL) STRICT;
    INSERT INTO audit_kept (since) VALUES (0);
    CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
        WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq)
        BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
    CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
    CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
        WHEN OLD.at >= (SELECT max(since) FROM audit_kept)
        BEGIN SELECT RAISE(ABORT, 'the audit log is kept until its time'); END;
    CREATE TRIGGER audit_kept_grows BEFORE UPDATE ON audit_kept WHEN NEW.since < OLD.since
        BEGIN SELECT RAISE(ABORT, 'what was to be kept until then is gone'); END;
    CREATE TRIGGER audit_kept_stays BEFORE DELETE ON audit_kept
        BEGIN SELECT RAISE(ABORT, 'there is always a time'); END;
    CREATE TRIGGER audit_kept_is_one BEFORE INSERT ON audit_kept
        BEGIN SELECT RAISE(ABORT, 'there is one time'); END;";

/// Adds a note, within the writer's transaction.
pub(crate) fn write(transaction: &Transaction<'_>, note: &Note) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT INTO audit (at, what, user_id, count) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![whole(note.at), Word(note.what), note.user.as_str(), note.count])?;
    Ok(())
}

/// Deletes the notes from before that time, in milliseconds since 1970.
pub(crate) fn expire(transaction: &Transaction<'_>, before: u64) -> rusqlite::Result<()> {
    transaction.execute("UPDATE audit_kept SET since = max(since, ?1)", [whole(before)])?;
    transaction.execute("DELETE FROM audit WHERE at < ?1", [whole(before)])?;
    Ok(())
}

/// A line of what is printed.
#[derive(Serialize)]
struct Line {
    at: i64,
    what: What,
    user: String,
    count: u32,
}

/// Prints every note of a file, a line of JSON each, the oldest first.
///
/// # Errors
/// When the file cannot be read, or nobody reads what is printed.
pub(super) fn print(connection: &Connection, out: &mut impl Write) -> Result<(), HistoryError> {
    let mut notes = connection.prepare("SELECT at, what, user_id, count FROM audit ORDER BY seq")?;
    let mut rows = notes.query([])?;
    while let Some(row) = rows.next()? {
        let Word(what) = row.get(1)?;
        let line = Line { at: row.get(0)?, what, user: row.get(2)?, count: row.get(3)? };
        serde_json::to_writer(&mut *out, &line).map_err(std::io::Error::from)?;
        writeln!(out)?;
    }
    Ok(())
}

fn whole(millis: u64) -> i64 {
    i64::try_from(millis).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(TABLES).unwrap();
        let transaction = connection.transaction().unwrap();
        for (at, what) in [(1_000, What::RangMany), (2_000, What::GuessedCodes)] {
            write(&transaction, &Note { at, what, user: "ann".parse().unwrap(), count: 20 }).unwrap();
        }
        transaction.commit().unwrap();
        connection
    }

    fn printed(connection: &Connection) -> Vec<String> {
        let mut out = Vec::new();
        print(connection, &mut out).unwrap();
        String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
    }

    const FIRST: &str = r#"{"at":1000,"what":"rang_many","user":"ann","count":20}"#;
    const SECOND: &str = r#"{"at":2000,"what":"guessed_codes","user":"ann","count":20}"#;

    #[test]
    fn notes_are_read_as_they_were_written() {
        assert_eq!(printed(&log()), [FIRST, SECOND]);
    }

    #[test]
    fn nothing_of_it_can_be_changed() {
        let log = log();
        for change in [
            "UPDATE audit SET user_id = 'bob'",
            "DELETE FROM audit",
            "DELETE FROM audit WHERE seq = 1",
            "INSERT OR REPLACE INTO audit (seq, at, what, user_id, count) VALUES (1, 1, 'rang_many', 'bob', 1)",
            "UPDATE OR REPLACE audit SET seq = 2 WHERE seq = 1",
            "DELETE FROM audit_kept",
            "INSERT INTO audit_kept VALUES (9000)",
            "UPDATE audit_kept SET since = -1",
        ] {
            assert!(log.execute(change, []).is_err(), "{change}");
            assert_eq!(printed(&log), [FIRST, SECOND], "{change}");
        }
    }

    #[test]
    fn what_is_old_enough_goes_and_the_time_goes_only_on() {
        let mut log = log();
        for before in [1_500, 500] {
            let transaction = log.transaction().unwrap();
            expire(&transaction, before).unwrap();
            transaction.commit().unwrap();
            assert_eq!(printed(&log), [SECOND]);
        }
        assert!(log.execute("DELETE FROM audit", []).is_err());
    }
}
