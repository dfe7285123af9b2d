//! The subscriptions in the history's file.

use std::collections::HashMap;

use protocol::UserId;
use rusqlite::{Connection, Transaction, params};

use super::seal::Receiver;
use super::subscriptions::{Change, DEVICES, Subscription};
use crate::history::Word;

/// Writes a change, within the writer's transaction. False if there was nothing to change.
pub(crate) fn write(transaction: &Transaction<'_>, change: &Change) -> rusqlite::Result<bool> {
    match change {
        Change::Subscribe(user, new) => subscribe(transaction, user, new).map(|()| true),
        Change::Unsubscribe(user, endpoint) => {
            let gone = transaction
                .prepare_cached("DELETE FROM subscription WHERE user_id = ?1 AND endpoint = ?2")?
                .execute([user.as_str(), endpoint])?;
            Ok(gone > 0)
        }
        Change::Expire(before) => {
            let before = i64::try_from(*before).unwrap_or(i64::MAX);
            let gone = transaction.prepare_cached("DELETE FROM subscription WHERE renewed < ?1")?.execute([before])?;
            Ok(gone > 0)
        }
    }
}

fn subscribe(transaction: &Transaction<'_>, user: &UserId, new: &Subscription) -> rusqlite::Result<()> {
    let Receiver { public, auth } = &new.receiver;
    let renewed = i64::try_from(new.renewed).unwrap_or(i64::MAX);
    // Its place among the others is that of a new row: the oldest is the one that was renewed longest ago.
    transaction.prepare_cached("DELETE FROM subscription WHERE endpoint = ?1")?.execute([&new.endpoint])?;
    transaction
        .prepare_cached(
            "INSERT INTO subscription (user_id, endpoint, public, auth, name, language, renewed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            user.as_str(),
            new.endpoint,
            public.as_slice(),
            auth.as_slice(),
            new.name,
            Word(new.language),
            renewed
        ])?;
    let most = i64::try_from(DEVICES).unwrap_or(i64::MAX);
    transaction
        .prepare_cached(
            "DELETE FROM subscription WHERE user_id = ?1 AND seq NOT IN
             (SELECT seq FROM subscription WHERE user_id = ?1 ORDER BY seq DESC LIMIT ?2)",
        )?
        .execute(params![user.as_str(), most])?;
    Ok(())
}

/// Everything that the file holds. A row that makes no sense is as if it were not there: somebody may have edited it.
pub(crate) fn read_all(connection: &Connection) -> rusqlite::Result<HashMap<UserId, Vec<Subscription>>> {
    let mut all: HashMap<UserId, Vec<Subscription>> = HashMap::new();
    let mut statement = connection
        .prepare("SELECT user_id, endpoint, public, auth, name, language, renewed FROM subscription ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let user: Option<UserId> = row.get::<_, String>(0)?.parse().ok();
        let public = <[u8; super::seal::PUBLIC]>::try_from(row.get::<_, Vec<u8>>(2)?);
        let auth = <[u8; super::seal::AUTH]>::try_from(row.get::<_, Vec<u8>>(3)?);
        let (Some(user), Ok(public), Ok(auth)) = (user, public, auth) else { continue };
        all.entry(user).or_default().push(Subscription {
            endpoint: row.get(1)?,
            receiver: Receiver { public, auth },
            name: row.get(4)?,
            language: row.get::<_, Word<_>>(5)?.0,
            renewed: u64::try_from(row.get::<_, i64>(6)?).unwrap_or_default(),
        });
    }
    Ok(all)
}
