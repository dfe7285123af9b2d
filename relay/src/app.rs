//! Everything the routes share.

use std::io;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use call::record::Terms;
use redis::RedisError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::allowance::{Allowances, Allowed};
use crate::audit::Audit;
use crate::clock::Clock;
use crate::config::{Config, Sharing};
use crate::directory::Directory;
use crate::history::History;
use crate::hub::Hub;
use crate::ice::{Ice, Passed, SecretError};
use crate::identity::{Identity, IdentityError, TokenError};
use crate::metrics::Metrics;
use crate::page::Page;
use crate::post::Post;
use crate::push::{KeyError, Push};
use crate::store::{Courier, MemoryStore, RedisStore, Store};

/// Why there is no relay. The words are for the person who starts it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot say who is who.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// It has no key for push services.
    #[error(transparent)]
    Push(#[from] KeyError),
    /// It has no secret for TURN servers.
    #[error(transparent)]
    Turn(#[from] SecretError),
    /// What is said to be the address of a Redis is none.
    #[error("the address of Redis cannot be used: {0}")]
    Redis(#[from] RedisError),
    /// The system gives no thread.
    #[error("no thread could be started: {0}")]
    Thread(#[source] io::Error),
}

/// One relay: built once, shared as `Arc<App>` by every request and every session.
pub struct App {
    /// What it was told to be.
    pub config: Config,
    /// What time it is.
    pub clock: Clock,
    /// Who is who.
    pub identity: Identity,
    /// How often people and addresses may do what.
    pub allowances: Allowances,
    /// What operators should know of.
    pub audit: Arc<Audit>,
    /// STUN and TURN servers for pages.
    pub ice: Ice,
    /// What the TURN server inside passes on for each call.
    pub passed: Arc<Passed>,
    /// What a browser loads.
    pub page: Page,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The sessions.
    pub hub: Arc<Hub>,
    /// Who is here.
    pub directory: Arc<Directory>,
    /// What is kept of calls that are over.
    pub history: Arc<History>,
    /// Browsers without a page that are told of calls.
    pub push: Arc<Push>,
    /// Calls and rooms.
    pub store: Arc<dyn Store>,
    /// The same store, where it is shared with other relays.
    pub shared: Option<Arc<RedisStore>>,
    /// The addresses to share with others. They change with the network this machine is in.
    links: RwLock<Vec<String>>,
    /// Cancelled when the relay stops: sessions then close with 1001.
    pub shutdown: CancellationToken,
    /// The tasks of the sessions, to be waited for when the relay stops.
    pub tasks: TaskTracker,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("config", &self.config).finish_non_exhaustive()
    }
}

impl App {
    /// A relay as `config` wants it. Its keys are read from the data folder, or made there. To be called inside of a tokio
    /// runtime if it shares its calls.
    ///
    /// # Errors
    /// When a key or file cannot be used. The history is no reason: calls can do without.
    pub fn new(config: Config) -> Result<Arc<Self>, OpenError> {
        let clock = Clock::start();
        let (metrics, hub) = (Arc::new(Metrics::new()), Arc::new(Hub::default()));
        let places = if config.directory { config.connections.directory_people } else { 0 };
        let history = Arc::new(open_history(&config, &metrics)?);
        let directory = Arc::new(Directory::new(places, history.people().clone()));
        let (kept, counted) = (Arc::clone(&history), Arc::clone(&metrics));
        let push = Arc::new(Push::open(&config.data.0, &config.push, kept, counted, clock)?);
        let audit = Arc::new(Audit::new(Arc::clone(&history), clock));
        let passed = Arc::<Passed>::default();
        let post = Post {
            audit: audit.clone(),
            hub: hub.clone(),
            directory: directory.clone(),
            metrics: metrics.clone(),
            history: history.clone(),
            push: push.clone(),
            passed: Arc::clone(&passed),
            clock,
        };
        let terms = Terms { ring: config.calls.ring, connect: config.calls.connect, room_size: config.calls.room_size };
        let courier: Arc<dyn Courier> = Arc::new(post);
        let shared = config.sharing.as_ref().map(|Sharing { redis, group }| {
            RedisStore::new(terms, Arc::clone(&courier), clock, redis, group, places).map(Arc::new)
        });
        let shared = shared.transpose()?;
        let store: Arc<dyn Store> = match &shared {
            Some(shared) => Arc::clone(shared) as Arc<dyn Store>,
            None => Arc::new(MemoryStore::new(terms, courier)),
        };
        Ok(Arc::new(Self {
            identity: Identity::open(&config.data.0, &config.sign_in, clock.unix_now())?,
            allowances: Allowances::new(&config),
            audit,
            ice: Ice::new(&config)?,
            passed,
            page: Page::new(&config),
            metrics,
            hub,
            directory,
            history,
            push,
            store,
            shared,
            links: RwLock::default(),
            config,
            clock,
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }))
    }

    /// The addresses to share with others, best first; empty when this relay only serves its own machine.
    pub fn links(&self) -> Vec<String> {
        self.links.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A token was refused. One that has only run out costs nothing: pages renew those.
    ///
    /// # Errors
    /// How long whoever sent it is to wait with the next.
    pub fn bad_token(&self, from: Option<IpAddr>, why: TokenError) -> Allowed {
        match (why, from) {
            (TokenError::Bad(_), Some(from)) => self.allowances.bad_token(from, self.clock.now()),
            _ => Ok(()),
        }
    }

    /// Says where others can reach this relay from now on.
    pub fn set_links(&self, links: Vec<String>) {
        *self.links.write().unwrap_or_else(PoisonError::into_inner) = links;
    }
}

fn open_history(config: &Config, metrics: &Arc<Metrics>) -> Result<History, OpenError> {
    match config.history_days {
        0 => Ok(History::none(&config.data.0)),
        _ => History::open(&config.data.0, Arc::clone(metrics)).map_err(OpenError::Thread),
    }
}
