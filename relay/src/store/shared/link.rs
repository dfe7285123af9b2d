//! The way to Redis: one connection for commands and for what other relays say, and a limit on every command.
//!
//! Redis sends both over it in the order in which they happened, so whoever reads an answer has heard before of all that led
//! to it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use redis::aio::{MultiplexedConnection, SendError};
use redis::{
    AsyncConnectionConfig, Client, ErrorKind, FromRedisValue, IntoConnectionInfo as _, ProtocolVersion, PushInfo,
    PushKind, RedisError, Script, ServerErrorKind, Value,
};
use tokio::sync::{Notify, OnceCell};

/// How long a command may take. On one machine it takes a tenth of a millisecond; a relay that waited longer than this for
/// a Redis that hangs would be a relay that hangs.
pub(super) const PATIENCE: Duration = Duration::from_millis(250);
/// How long a new connection may take to be made.
const CONNECT: Duration = Duration::from_secs(1);

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
    /// The connection is lost.
    #[error("the connection to Redis is lost")]
    Cut,
    /// It has forgotten this relay.
    #[error("Redis was emptied, or this relay was not heard of for too long")]
    Emptied,
    /// Other relays say more than is taken in.
    #[error("more arrives from other relays than is taken in")]
    Flooded,
    /// It holds what this version of the relay cannot read.
    #[error("what Redis holds cannot be read: {0}")]
    Unreadable(String),
    /// The device that it is about is at another relay.
    #[error("that device is at another relay")]
    Elsewhere,
    /// Others changed the same things again and again.
    #[error("too many at once")]
    Crowded,
}

impl Away {
    /// Redis is away, and not just of no use for this one command.
    pub(super) const fn is_for_all(&self) -> bool {
        matches!(self, Self::Silent | Self::Still | Self::Failed(_) | Self::Cut | Self::Flooded | Self::Emptied)
    }
}

/// Takes what other relays say, in the order in which it was said. It must not block: the connection waits for it.
pub(super) trait Ear: Send + Sync {
    /// # Errors
    /// When it is too much to be taken in.
    fn hear(&self, said: &[u8]) -> Result<(), Away>;
}

/// How Redis is.
#[derive(Default)]
struct Standing {
    /// A command has failed: no more are sent but by who looks whether it is back, so that nobody waits for what is known
    /// to hang.
    away: AtomicBool,
    /// Told when that begins.
    lost: Arc<Notify>,
}

impl Standing {
    fn fail(&self, away: &Away) {
        if !self.away.swap(true, Ordering::AcqRel) {
            tracing::warn!(%away, "Redis is away: calls go on with what this relay knows");
            self.lost.notify_one();
        }
    }
}

/// A connection that is made when it is first wanted.
type Line = OnceCell<MultiplexedConnection>;

/// The connection.
pub(super) struct Link {
    client: Client,
    /// What is listened to.
    channels: Vec<String>,
    ear: Arc<dyn Ear>,
    line: Mutex<Arc<Line>>,
    standing: Arc<Standing>,
}

impl Link {
    /// A connection that is made when it is first wanted, and then listens to those channels.
    ///
    /// # Errors
    /// When the address is none.
    pub(super) fn new(address: &str, channels: Vec<String>, ear: Arc<dyn Ear>) -> Result<Self, RedisError> {
        let info = address.into_connection_info()?;
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let client = Client::open(info.set_redis_settings(settings))?;
        Ok(Self { client, channels, ear, line: Mutex::default(), standing: Arc::default() })
    }

    /// Told whenever Redis is found to be away.
    pub(super) fn lost(&self) -> Arc<Notify> {
        Arc::clone(&self.standing.lost)
    }

    pub(super) fn is_away(&self) -> bool {
        self.standing.away.load(Ordering::Acquire)
    }

    /// Redis is to be told everything before anybody asks it again.
    pub(super) fn lose(&self, away: &Away) {
        self.standing.fail(away);
    }

    /// Redis is back, and everybody may ask it again.
    pub(super) fn found(&self) {
        self.standing.away.store(false, Ordering::Release);
        tracing::info!("Redis is back");
    }

    /// Makes another connection in the place of the one there was. What was said meanwhile on the channels is not heard.
    pub(super) async fn renew(&self) -> Result<(), Away> {
        let line = Arc::new(Line::new());
        *self.line.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&line);
        let made = tokio::time::timeout(CONNECT, line.get_or_try_init(|| self.connect(&line))).await;
        made.map_err(|_| Away::Silent)?.map(drop).map_err(Away::from)
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
        let forgotten = ErrorKind::Server(ServerErrorKind::NoScript);
        let invoke = async move |mut connection| match invocation.invoke_async(&mut connection).await {
            // Redis was made to forget it once more, between its loading and its running.
            Err(error) if error.kind() == forgotten => invocation.invoke_async(&mut connection).await,
            answer => answer,
        };
        self.ask(invoke).await
    }

    /// What Redis gives up when it is full, in its own words.
    pub(super) async fn eviction_policy(&self) -> Result<String, Away> {
        let mut question = redis::cmd("INFO");
        question.arg("memory");
        let memory: String = self.ask(async move |mut connection| question.query_async(&mut connection).await).await?;
        let policy = memory.lines().find_map(|line| line.strip_prefix("maxmemory_policy:"));
        policy.map(|policy| policy.trim().to_owned()).ok_or_else(|| Away::Unreadable("no maxmemory_policy".to_owned()))
    }

    async fn ask<T: FromRedisValue, A>(&self, question: impl FnOnce(MultiplexedConnection) -> A) -> Result<T, Away>
    where
        A: Future<Output = Result<T, RedisError>>,
    {
        let line = Arc::clone(&self.line.lock().unwrap_or_else(PoisonError::into_inner));
        let asked = async {
            let connection = line.get_or_try_init(|| self.connect(&line)).await?;
            question(connection.clone()).await
        };
        let answer = match tokio::time::timeout(PATIENCE, asked).await {
            Ok(answer) => answer.map_err(Away::from),
            Err(_) => Err(Away::Silent),
        };
        if let Err(away) = &answer {
            self.standing.fail(away);
        }
        answer
    }

    async fn connect(&self, line: &Arc<Line>) -> Result<MultiplexedConnection, RedisError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            // `ask` has its own, which counts the search for a connection as well.
            .set_response_timeout(None)
            .set_push_sender(self.listener(Arc::downgrade(line)));
        let mut connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        connection.subscribe(&self.channels).await?;
        Ok(connection)
    }

    /// What is done with what Redis says unasked, as long as that connection counts.
    fn listener(&self, line: Weak<Line>) -> impl Fn(PushInfo) -> Result<(), SendError> + Send + Sync + 'static {
        let (ear, standing) = (Arc::clone(&self.ear), Arc::clone(&self.standing));
        move |PushInfo { kind, data }| {
            if line.strong_count() == 0 {
                return Ok(());
            }
            match (kind, data.as_slice()) {
                (PushKind::Disconnection, _) => standing.fail(&Away::Cut),
                (PushKind::Message, [_, Value::BulkString(said)]) => {
                    if let Err(away) = ear.hear(said) {
                        standing.fail(&away);
                    }
                }
                _ => {}
            }
            Ok(())
        }
    }
}
