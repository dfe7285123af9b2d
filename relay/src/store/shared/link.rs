//! The way to Redis: one connection that is found again by itself, a limit on every command, and a breaker.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, FromRedisValue, IntoConnectionInfo as _, ProtocolVersion, RedisError, Script, Value};
use tokio::time::Instant;

/// How long a command may take. On one machine it takes a tenth of a millisecond; a relay that waited longer than this for
/// a Redis that hangs would be a relay that hangs.
pub(super) const PATIENCE: Duration = Duration::from_millis(250);
/// After a failure nobody asks for so long, and then one alone does. Longer, and a Redis that is back is noticed later.
const PAUSE: Duration = Duration::from_millis(500);
/// How long a new connection may take to be made.
const CONNECT: Duration = Duration::from_secs(1);
/// The longest pause between two attempts to make one.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(500);

/// Redis gave no answer that is of use.
#[derive(Debug, thiserror::Error)]
pub enum Away {
    /// It did not answer in time.
    #[error("Redis did not answer within {PATIENCE:?}")]
    Silent,
    /// It failed a moment ago and is not asked again yet.
    #[error("Redis failed a moment ago")]
    Resting,
    /// The connection is lost, or the command was refused: it is full, still loads its data, or is a replica.
    #[error("Redis: {0}")]
    Failed(#[from] RedisError),
    /// It holds what this version of the relay cannot read.
    #[error("what Redis holds cannot be read: {0}")]
    Unreadable(String),
    /// Others changed the same things again and again.
    #[error("too many at once")]
    Crowded,
}

/// The connection.
pub(super) struct Link {
    connection: ConnectionManager,
    breaker: Breaker,
}

impl Link {
    /// A connection that is made when it is first wanted.
    ///
    /// # Errors
    /// When the address is none.
    pub(super) fn new(address: &str) -> Result<Self, RedisError> {
        let info = address.into_connection_info()?;
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT))
            // `ask` has its own, which counts the search for a lost connection as well.
            .set_response_timeout(None)
            .set_number_of_retries(usize::MAX)
            .set_max_delay(BETWEEN_ATTEMPTS);
        let client = Client::open(info.set_redis_settings(settings))?;
        Ok(Self { connection: ConnectionManager::new_lazy_with_config(client, config)?, breaker: Breaker::default() })
    }

    /// Runs a script; Redis is handed its text when it does not have it. Whether a script that was not answered has been
    /// carried out is not known.
    pub(super) async fn run(&self, script: &Script, key: &str, args: &[&str]) -> Result<Value, Away> {
        let mut invocation = script.key(key);
        for arg in args {
            invocation.arg(*arg);
        }
        let mut connection = self.connection.clone();
        self.ask(async move { invocation.invoke_async(&mut connection).await }).await
    }

    /// Whether Redis answers.
    pub(super) async fn ping(&self) -> Result<(), Away> {
        let mut connection = self.connection.clone();
        self.ask(async move { redis::cmd("PING").query_async::<Value>(&mut connection).await }).await.map(drop)
    }

    async fn ask<T: FromRedisValue>(&self, question: impl Future<Output = Result<T, RedisError>>) -> Result<T, Away> {
        if !self.breaker.lets_through(Instant::now()) {
            return Err(Away::Resting);
        }
        let answer = match tokio::time::timeout(PATIENCE, question).await {
            Ok(answer) => answer.map_err(Away::from),
            Err(_) => Err(Away::Silent),
        };
        match &answer {
            Ok(_) => {
                if self.breaker.close() {
                    tracing::info!("Redis is back");
                }
            }
            Err(away) => {
                if self.breaker.open(Instant::now()) {
                    tracing::warn!(%away, "Redis is away");
                }
            }
        }
        answer
    }
}

/// Keeps everybody from waiting for what has just failed.
#[derive(Default)]
struct Breaker {
    /// Open, and nobody is let through before this.
    until: Mutex<Option<Instant>>,
}

impl Breaker {
    fn lock(&self) -> MutexGuard<'_, Option<Instant>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a command may be tried. While it is open, one is in each pause.
    fn lets_through(&self, now: Instant) -> bool {
        let mut until = self.lock();
        match *until {
            None => true,
            Some(time) if now < time => false,
            Some(_) => {
                *until = Some(now + PAUSE);
                true
            }
        }
    }

    /// A command failed. True if it was closed.
    fn open(&self, now: Instant) -> bool {
        self.lock().replace(now + PAUSE).is_none()
    }

    /// A command was answered. True if it was open.
    fn close(&self) -> bool {
        self.lock().take().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_let_through_in_each_pause() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        assert!(breaker.lets_through(now) && breaker.lets_through(now));
        assert!(breaker.open(now), "it was closed");
        assert!(!breaker.open(now), "and is open already");
        assert!(!breaker.lets_through(now + PAUSE / 2));
        assert!(breaker.lets_through(now + PAUSE));
        assert!(!breaker.lets_through(now + PAUSE), "one alone");
        assert!(breaker.lets_through(now + PAUSE * 2));
        assert!(breaker.close());
        assert!(breaker.lets_through(now + PAUSE * 2) && !breaker.close());
    }
}
