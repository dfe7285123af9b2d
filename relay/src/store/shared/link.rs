//! The way to Redis: one connection that is found again by itself, and a limit on every command.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, FromRedisValue, IntoConnectionInfo as _, ProtocolVersion, RedisError, Script, Value};
use tokio::sync::Notify;

/// How long a command may take. On one machine it takes a tenth of a millisecond; a relay that waited longer than this for
/// a Redis that hangs would be a relay that hangs.
pub(super) const PATIENCE: Duration = Duration::from_millis(250);
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
    /// It failed, and has not been found to be back.
    #[error("Redis is away")]
    Still,
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

impl Away {
    /// Redis is away, and not just of no use for this one command.
    pub(super) const fn is_for_all(&self) -> bool {
        matches!(self, Self::Silent | Self::Still | Self::Failed(_))
    }
}

/// The connection.
pub(super) struct Link {
    connection: ConnectionManager,
    /// A command has failed: no more are sent but by who looks whether it is back, so that nobody waits for what is known
    /// to hang.
    away: AtomicBool,
    /// Told when that begins.
    lost: Arc<Notify>,
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
        let connection = ConnectionManager::new_lazy_with_config(client, config)?;
        Ok(Self { connection, away: AtomicBool::new(false), lost: Arc::default() })
    }

    /// Told whenever Redis is found to be away.
    pub(super) fn lost(&self) -> Arc<Notify> {
        Arc::clone(&self.lost)
    }

    pub(super) fn is_away(&self) -> bool {
        self.away.load(Ordering::Acquire)
    }

    /// Redis is back, and everybody may ask it again.
    pub(super) fn found(&self) {
        self.away.store(false, Ordering::Release);
        tracing::info!("Redis is back");
    }

    /// Runs a script; Redis is handed its text when it does not have it. Whether a script that was not answered has been
    /// carried out is not known. Who is `looking` whether Redis is back asks it although it is away.
    pub(super) async fn run(&self, looking: bool, script: &Script, key: &str, args: &[&str]) -> Result<Value, Away> {
        if self.is_away() && !looking {
            return Err(Away::Still);
        }
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

    /// What Redis gives up when it is full, in its own words.
    pub(super) async fn eviction_policy(&self) -> Result<String, Away> {
        let mut connection = self.connection.clone();
        let mut question = redis::cmd("INFO");
        question.arg("memory");
        let memory: String = self.ask(async move { question.query_async(&mut connection).await }).await?;
        let policy = memory.lines().find_map(|line| line.strip_prefix("maxmemory_policy:"));
        policy.map(|policy| policy.trim().to_owned()).ok_or_else(|| Away::Unreadable("no maxmemory_policy".to_owned()))
    }

    async fn ask<T: FromRedisValue>(&self, question: impl Future<Output = Result<T, RedisError>>) -> Result<T, Away> {
        let answer = match tokio::time::timeout(PATIENCE, question).await {
            Ok(answer) => answer.map_err(Away::from),
            Err(_) => Err(Away::Silent),
        };
        if let Err(away) = &answer
            && !self.away.swap(true, Ordering::AcqRel)
        {
            tracing::warn!(%away, "Redis is away: calls go on with what this relay knows");
            self.lost.notify_one();
        }
        answer
    }
}
