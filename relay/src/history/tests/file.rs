//! The file: its formats, and disks that do not take it.

use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};

use rusqlite::Connection;

use super::super::schema::{MIGRATIONS, migrate, version};
use super::*;

#[test]
fn an_empty_file_takes_every_step() {
    let mut connection = Connection::open_in_memory().unwrap();
    for steps in 1..=MIGRATIONS.len() {
        migrate(&mut connection, &MIGRATIONS[..steps]).unwrap();
        assert_eq!(version(&connection).unwrap(), steps);
    }
    migrate(&mut connection, &MIGRATIONS).unwrap();
    assert_eq!(version(&connection).unwrap(), MIGRATIONS.len(), "and takes none twice");
}

/// Calls as an earlier version wrote them: columns and tables for everything.
const EARLIER: &str = r#"
    INSERT INTO call (call_id, kind, placed_at, ended_at, duration_ms, reason, searched)
        VALUES ('c_00000000000000000001', 'voice', 1000, 9000, 6000, 'completed', '');
    INSERT INTO part (user_id, call, place, status, searched) VALUES ('bob', 1, 1, 'missed', 'bob');
    INSERT INTO part (user_id, call, place, name, status, joined_at, left_at, searched)
        VALUES ('ann', 1, 0, 'Ann "A"', 'placed', 1000, 9000, 'ann');
    INSERT INTO call VALUES (7, 'c_00000000000000000002', 'group_video', 'abcd-efgh-jkmn', 'Họp', 1000, 2000, 3000, 9000,
        6000, 'failed', 'bob', '', 1);
    INSERT INTO part (user_id, call, place, status, hidden, searched)
        VALUES ('ann', 7, 0, 'joined', 1, 'ann'), ('bob', 7, 1, 'joined', 0, 'bob');
    INSERT INTO quality (call, what, mos_x100, jitter_ms) VALUES (7, 'median', 441, NULL), (7, 'worst', 100, 65535);
    INSERT INTO course VALUES (7,
        '{"from":3000,"every_ms":10000,"mos_x100":[441,null],"round_trip_ms":[null,0],"loss_permille":[null,null]}');
"#;

#[tokio::test]
async fn calls_of_an_earlier_format_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut old = Connection::open(folder.path().join(FILE)).unwrap();
    old.pragma_update(None, "foreign_keys", true).unwrap();
    migrate(&mut old, &MIGRATIONS[..6]).unwrap();
    old.execute_batch(EARLIER).unwrap();
    drop(old);
    let world = World::in_folder(folder);
    world.note_all([call(3, "ann", "bob")]);

    let missed = Part { name: None, ..part("bob", PartStatus::Missed) };
    let first = Call {
        answered_at: None,
        connected_at: None,
        ended_by: None,
        participants: vec![Part { name: Some("Ann \"A\"".into()), ..part("ann", PartStatus::Placed) }, missed],
        ..call(1, "ann", "bob")
    };
    let page = world.history.page(&user("ann"), Filter::default()).await.unwrap();
    assert_eq!(page.calls, [call(3, "ann", "bob"), first], "one is hidden from her");

    let joined = |name| Part { name: None, joined_at: None, left_at: None, ..part(name, PartStatus::Joined) };
    let figures = |mos, jitter_ms| Figures { mos_x100: Some(mos), jitter_ms, ..Figures::default() };
    let second = Call {
        kind: CallType::GroupVideo,
        room: Some("abcd-efgh-jkmn".parse().unwrap()),
        room_name: Some("Họp".into()),
        reason: EndReason::Failed,
        recorded: true,
        relayed_bytes: None,
        participants: vec![joined("ann"), joined("bob")],
        quality: Some(Quality { median: figures(441, None), worst: figures(100, Some(u16::MAX)) }),
        course: Some(Course {
            from: 3_000,
            every_ms: 10_000,
            mos_x100: vec![Some(441), None],
            round_trip_ms: vec![None, Some(0)],
            loss_permille: vec![None, None],
        }),
        ..call(2, "bob", "ann")
    };
    assert_eq!(world.history.call(&user("bob"), call_id(2)).await.unwrap(), Some(second));
    assert_eq!(world.history.call(&user("ann"), call_id(2)).await.unwrap(), None);
    assert_eq!(rows(&world.path(), "SELECT max(seq) FROM call"), 8, "numbers go on");
}

#[test]
fn a_step_that_fails_leaves_what_was_before_it() {
    let mut connection = Connection::open_in_memory().unwrap();
    let broken = ["CREATE TABLE a (x); INSERT INTO a VALUES (1)", "DELETE FROM a; CREATE TABLE a (x)"];
    assert!(migrate(&mut connection, &broken).is_err());
    assert_eq!(version(&connection).unwrap(), 1);
    assert_eq!(connection.query_row("SELECT count(*) FROM a", [], |row| row.get(0)), Ok(1));
    migrate(&mut connection, &[broken[0], "DELETE FROM a"]).unwrap();
    assert_eq!(version(&connection).unwrap(), 2);
    assert_eq!(connection.query_row("SELECT count(*) FROM a", [], |row| row.get(0)), Ok(0));
}

#[test]
fn a_file_of_a_later_version_is_left_alone() {
    let mut connection = Connection::open_in_memory().unwrap();
    migrate(&mut connection, &["CREATE TABLE a (x)", "CREATE TABLE b (x)"]).unwrap();
    let refused = migrate(&mut connection, &["CREATE TABLE a (x)"]);
    assert!(matches!(refused, Err(HistoryError::Newer { found: 2, known: 1 })), "{refused:?}");
}

#[tokio::test]
async fn calls_survive_a_restart() {
    let world = World::new();
    world.note_all([call(1, "ann", "bob")]);
    let world = World::in_folder(world.stop());
    assert_eq!(world.calls_of("ann").await, [call_id(1)], "stopping writes what waits");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for path in files(&world.path()) {
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0, "{}", path.display());
        }
    }
}

/// A file whose write version is one that no SQLite knows is read-only to it, whoever runs it
/// (<https://www.sqlite.org/fileformat.html>, section 1.3.3).
fn set_write_version(path: &Path, number: u8) {
    let mut file = fs::File::options().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(18)).unwrap();
    file.write_all(&[number]).unwrap();
}

#[tokio::test]
async fn calls_wait_for_a_read_only_file() {
    let world = World::new();
    world.note_all([call(1, "ann", "bob")]);
    let folder = world.stop();
    let path = folder.path().join(FILE);
    set_write_version(&path, 3);
    let world = World::in_folder(folder);
    world.note_all([call(2, "ann", "bob"), call(3, "ann", "bob")]);
    world.until("alo_history_waiting", 2.0).await;
    let refused = world.history.forget(&user("ann"), None).await;
    assert!(matches!(refused, Err(HistoryError::Unavailable)), "{refused:?}");
    let page = world.history.page(&user("ann"), Filter::default()).await.unwrap();
    assert_eq!(page.calls, [call(1, "ann", "bob")], "what is there can be read");
    assert!(page.behind, "and that it is not all is said");
    assert_eq!((world.value("alo_history_waiting"), world.value("alo_history_written_total")), (2.0, 0.0));

    set_write_version(&path, 2);
    world.until("alo_history_written_total", 2.0).await;
    assert!(!world.history.page(&user("ann"), Filter::default()).await.unwrap().behind);
    let folder = world.stop();
    assert_eq!(rows(&folder.path().join(FILE), CALLS), 3);
}

#[tokio::test]
async fn calls_wait_for_a_file_that_cannot_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(FILE)).unwrap();
    let world = World::in_folder(folder);
    world.note_all([call(1, "ann", "bob")]);
    assert!(world.history.page(&user("ann"), Filter::default()).await.is_err());
    assert!(world.history.forget(&user("ann"), None).await.is_err());
    fs::remove_dir(world.path()).unwrap();
    world.until("alo_history_written_total", 1.0).await;
    assert_eq!(world.calls_of("ann").await, [call_id(1)]);
}

#[tokio::test]
async fn a_relay_that_stops_on_a_broken_disk_says_what_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(FILE)).unwrap();
    let world = World::in_folder(folder);
    world.note_all([call(1, "ann", "bob"), call(2, "ann", "bob")]);
    world.history.close(PATIENCE);
    assert_eq!(world.value("alo_history_dropped_total"), 2.0);
    world.note_all([call(3, "ann", "bob")]);
    assert_eq!(world.value("alo_history_dropped_total"), 3.0);
}

#[tokio::test]
async fn keeping_none_deletes_what_was_kept() {
    let world = World::new();
    world.note_all([call(1, "ann", "bob")]);
    let folder = world.stop();
    let history = History::none(folder.path());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    history.note(call(2, "ann", "bob"));
    assert_eq!(history.page(&user("ann"), Filter::default()).await.unwrap(), CallPage::default());
    assert_eq!(history.call(&user("ann"), call_id(2)).await.unwrap(), None);
    assert!(!history.forget(&user("ann"), None).await.unwrap());
}
