//! Everything the routes share.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::config::Config;

/// One relay: built once, shared as `Arc<App>` by every request and every session.
#[derive(Debug)]
pub struct App {
    /// What it was told to be.
    pub config: Config,
    /// What time it is.
    pub clock: Clock,
    /// Cancelled when the relay stops: sessions then close with 1001.
    pub shutdown: CancellationToken,
    /// The tasks of the sessions, to be waited for when the relay stops.
    pub tasks: TaskTracker,
}

impl App {
    /// A relay as `config` wants it.
    #[must_use]
    pub fn new(config: Config) -> Arc<Self> {
        Arc::new(Self {
            config,
            clock: Clock::start(),
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })
    }
}
