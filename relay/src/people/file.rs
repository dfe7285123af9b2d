//! What people want, in the history's file.

use std::collections::HashMap;

use protocol::UserId;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::{Change, GROUPS, Group, Member, OTHERS, Other, Own, Wish};
use crate::history::Word;

/// Writes a change, within the writer's transaction. False if there is nothing to change, or no place for more.
pub(crate) fn write(transaction: &Transaction<'_>, user: &UserId, change: &Change) -> rusqlite::Result<bool> {
    match change {
        Change::Wish(wish) => write_wish(transaction, user, *wish),
        Change::Other(other) => write_other(transaction, user, other),
        Change::Group(group) => write_group(transaction, user, group),
        Change::Ungroup(id) => {
            let gone = transaction
                .prepare_cached("DELETE FROM circle WHERE user_id = ?1 AND circle_id = ?2")?
                .execute([user.as_str(), id])?;
            Ok(gone > 0)
        }
    }
}

fn write_wish(transaction: &Transaction<'_>, user: &UserId, wish: Wish) -> rusqlite::Result<bool> {
    if wish == Wish::Free {
        transaction.prepare_cached("DELETE FROM wish WHERE user_id = ?1")?.execute([user.as_str()])?;
    } else {
        transaction
            .prepare_cached("INSERT OR REPLACE INTO wish (user_id, wish) VALUES (?1, ?2)")?
            .execute(params![user.as_str(), Word(wish)])?;
    }
    Ok(true)
}

fn write_other(transaction: &Transaction<'_>, user: &UserId, other: &Other) -> rusqlite::Result<bool> {
    if !other.blocked && !other.muted {
        transaction
            .prepare_cached("DELETE FROM other WHERE user_id = ?1 AND other_id = ?2")?
            .execute([user.as_str(), other.id.as_str()])?;
        return Ok(true);
    }
    let most = i64::try_from(OTHERS).unwrap_or(i64::MAX);
    // A place is needed only by who has none yet; SQLite asks for the count once.
    let written = transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO other (user_id, other_id, name, blocked, muted)
             SELECT ?1, ?2, ?3, ?4, ?5
             WHERE EXISTS (SELECT 1 FROM other WHERE user_id = ?1 AND other_id = ?2)
                OR (SELECT count(*) FROM other WHERE user_id = ?1) < ?6",
        )?
        .execute(params![user.as_str(), other.id.as_str(), other.name, other.blocked, other.muted, most])?;
    Ok(written > 0)
}

fn write_group(transaction: &Transaction<'_>, user: &UserId, group: &Group) -> rusqlite::Result<bool> {
    let most = i64::try_from(GROUPS).unwrap_or(i64::MAX);
    let written = transaction
        .prepare_cached(
            "INSERT INTO circle (user_id, circle_id, name, place)
             SELECT ?1, ?2, ?3, ?4
             WHERE EXISTS (SELECT 1 FROM circle WHERE user_id = ?1 AND circle_id = ?2)
                OR (SELECT count(*) FROM circle WHERE user_id = ?1) < ?5
             ON CONFLICT (user_id, circle_id) DO UPDATE SET name = excluded.name, place = excluded.place",
        )?
        .execute(params![user.as_str(), group.id, group.name, group.place, most])?;
    if written == 0 {
        return Ok(false);
    }
    transaction
        .prepare_cached("DELETE FROM circle_member WHERE user_id = ?1 AND circle_id = ?2")?
        .execute([user.as_str(), &group.id])?;
    let mut insert = transaction.prepare_cached(
        "INSERT INTO circle_member (user_id, circle_id, place, other_id, name) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (place, member) in (0_i64..).zip(&group.members) {
        insert.execute(params![user.as_str(), group.id, place, member.id.as_str(), member.name])?;
    }
    Ok(true)
}

/// Everything that the file holds. A row that makes no sense is as if it were not there: somebody may have edited it.
pub(crate) fn read_all(connection: &Connection) -> rusqlite::Result<HashMap<UserId, Own>> {
    let mut all: HashMap<UserId, Own> = HashMap::new();
    read(connection, "SELECT user_id, wish FROM wish", |user, row| {
        own(&mut all, user).wish = row.get::<_, Word<Wish>>(1)?.0;
        Ok(())
    })?;
    read(connection, "SELECT user_id, other_id, name, blocked, muted FROM other", |user, row| {
        let Some(id) = user_id(row, 1)? else { return Ok(()) };
        let other = Other { id, name: row.get(2)?, blocked: row.get(3)?, muted: row.get(4)? };
        own(&mut all, user).others.push(other);
        Ok(())
    })?;
    let order = "SELECT user_id, circle_id, name, place FROM circle ORDER BY place, name";
    read(connection, order, |user, row| {
        let group = Group { id: row.get(1)?, name: row.get(2)?, place: row.get(3)?, members: Vec::new() };
        own(&mut all, user).groups.push(group);
        Ok(())
    })?;
    let order = "SELECT user_id, circle_id, other_id, name FROM circle_member ORDER BY place";
    read(connection, order, |user, row| {
        let (circle, member): (String, _) = (row.get(1)?, user_id(row, 2)?);
        let group = own(&mut all, user).groups.iter_mut().find(|group| group.id == circle);
        if let (Some(group), Some(id)) = (group, member) {
            group.members.push(Member { id, name: row.get(3)? });
        }
        Ok(())
    })?;
    Ok(all)
}

fn own(all: &mut HashMap<UserId, Own>, user: UserId) -> &mut Own {
    all.entry(user).or_default()
}

/// Goes through the rows of a statement whose first column is a user's id.
fn read(
    connection: &Connection,
    statement: &str,
    mut each: impl FnMut(UserId, &rusqlite::Row<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(statement)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(user) = user_id(row, 0)? {
            each(user, row)?;
        }
    }
    Ok(())
}

fn user_id(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Option<UserId>> {
    let text: Option<String> = row.get::<_, Option<String>>(column).optional()?.flatten();
    Ok(text.and_then(|text| text.parse().ok()))
}
