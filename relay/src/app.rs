//! Everything the routes share.

use std::sync::{Arc, PoisonError, RwLock};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::config::Config;
use crate::identity::{Identity, IdentityError, SignIns};
use crate::metrics::Metrics;

/// One relay: built once, shared as `Arc<App>` by every request and every session.
#[derive(Debug)]
pub struct App {
    /// What it was told to be.
    pub config: Config,
    /// What time it is.
    pub clock: Clock,
    /// Who is who.
    pub identity: Identity,
    /// How many guests an address may bring.
    pub sign_ins: SignIns,
    /// What is counted.
    pub metrics: Metrics,
    /// The addresses to share with others. They change with the network this machine is in.
    links: RwLock<Vec<String>>,
    /// Cancelled when the relay stops: sessions then close with 1001.
    pub shutdown: CancellationToken,
    /// The tasks of the sessions, to be waited for when the relay stops.
    pub tasks: TaskTracker,
}

impl App {
    /// A relay as `config` wants it. Its keys are read from the data folder, or made there.
    ///
    /// # Errors
    /// When a key or file cannot be used.
    pub fn new(config: Config) -> Result<Arc<Self>, IdentityError> {
        let clock = Clock::start();
        Ok(Arc::new(Self {
            identity: Identity::open(&config.data.0, &config.sign_in, clock.unix_now())?,
            sign_ins: SignIns::new(config.sign_in.guests_per_minute),
            metrics: Metrics::new(),
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

    /// Says where others can reach this relay from now on.
    pub fn set_links(&self, links: Vec<String>) {
        *self.links.write().unwrap_or_else(PoisonError::into_inner) = links;
    }
}
