//! What has to be done every few seconds or minutes while the relay runs.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use super::certificate::Certificate;
use super::signals::Hangup;
use crate::app::App;
use crate::push;

/// How often files are looked at. A key of another product that was just added should work when its owner tries it.
const FILES: Duration = Duration::from_secs(5);

/// How often this machine's own addresses are looked at: after moving to another network, that long the link is wrong.
const NETWORK: Duration = Duration::from_secs(30);

/// How often calls that were kept for long enough are deleted.
const HISTORY: Duration = Duration::from_secs(3_600);

/// Looks after things.
pub(super) struct Upkeep {
    things: Things,
    hangup: Hangup,
}

/// The things to look after.
#[derive(Clone)]
struct Things {
    app: Arc<App>,
    certificate: Option<Arc<Certificate>>,
    lan_port: Option<u16>,
}

impl Upkeep {
    /// From now on SIGHUP does not end the process. To be called inside of a tokio runtime.
    pub(super) fn new(app: Arc<App>, certificate: Option<Arc<Certificate>>, lan_port: Option<u16>) -> Self {
        Self { things: Things { app, certificate, lan_port }, hangup: Hangup::new() }
    }

    /// Looks after them until the task is aborted.
    pub(super) async fn run(self) {
        let Self { things, mut hangup } = self;
        let mut files = every(FILES);
        let mut network = every(NETWORK);
        let mut history = every(HISTORY);
        things.expire_history();
        loop {
            tokio::select! {
                _ = files.tick() => {
                    things.app.metrics.fold();
                    things.blocking(Things::read_files).await;
                }
                _ = network.tick() => {
                    things.app.allowances.forget_quiet(things.app.clock.now());
                    things.app.push.forget_quiet();
                    things.blocking(Things::look_at_network).await;
                }
                _ = history.tick() => things.expire_history(),
                () = hangup.next() => {
                    tracing::info!("SIGHUP: reading keys and certificates again");
                    things.blocking(Things::read_files).await;
                }
            }
        }
    }
}

impl Things {
    /// Files may lie on a slow disk or a network, so they are not read where connections are served.
    async fn blocking(&self, job: fn(&Self)) {
        let this = self.clone();
        if let Err(error) = tokio::task::spawn_blocking(move || job(&this)).await {
            tracing::error!(%error, "upkeep failed");
        }
    }

    fn read_files(&self) {
        // That it is not known was said at the start.
        if let Ok(true) = self.app.history.get_to_know_people() {
            tracing::info!("it is known again whom people block");
        }
        match self.app.identity.reload() {
            Ok(true) => tracing::info!("new keys for tokens"),
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the keys for tokens stay as they were"),
        }
        if let Some(certificate) = self.certificate.as_ref().filter(|certificate| certificate.is_real()) {
            self.refresh(certificate);
        }
    }

    fn expire_history(&self) {
        let days = u64::from(self.app.config.history_days);
        let kept = days.saturating_mul(24 * 3_600);
        let now = self.app.clock.unix_now();
        self.app.history.expire(now.saturating_sub(kept).saturating_mul(1_000));
        self.app.history.change_subscriptions_later(push::Change::Expire(now.saturating_sub(push::LIFE)));
    }

    fn look_at_network(&self) {
        let Some(certificate) = &self.certificate else { return };
        if !certificate.is_real() {
            self.refresh(certificate);
        }
        if let Some(port) = self.lan_port {
            let links = certificate.links(port);
            if links.first() != self.app.links().first() {
                tracing::info!(link = links.first(), "the network has changed: this is the link for others now");
            }
            self.app.set_links(links);
        }
    }

    fn refresh(&self, certificate: &Certificate) {
        match certificate.refresh(self.app.clock.unix_now()) {
            Ok(true) => tracing::info!("a new certificate is in use"),
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the certificate stays as it was"),
        }
    }
}

fn every(period: Duration) -> tokio::time::Interval {
    let mut interval = tokio::time::interval_at(tokio::time::Instant::now() + period, period);
    // After sleep there is one round to catch up with, not one for each that was missed.
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}
