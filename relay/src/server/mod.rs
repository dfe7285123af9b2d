//! The outside of the relay: its addresses, its certificates, and how it stops.
//!
//! [`Server::bind`] takes the addresses, so that a taken port is noticed before anything runs. [`Server::run`] serves
//! until [`App::shutdown`] is cancelled: then nothing new is accepted, sessions say goodbye, and after at most
//! [`GOODBYE`] it returns, whoever is still there.

mod certificate;
mod connection;
mod forwarded;
mod listener;
pub mod signals;
mod upkeep;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio_util::task::TaskTracker;

use self::certificate::Certificate;
use self::connection::Shared;
use self::listener::Listener;
use self::upkeep::Upkeep;
use crate::app::App;
use crate::lan;
use crate::tls::TlsError;
#[cfg(feature = "turn")]
use crate::{tls, turn::Turn};

/// How long connections have to end when the relay stops. Whoever stops it waits 5 s in all.
pub const GOODBYE: Duration = Duration::from_secs(4);

/// How long answers that are under way have to be sent.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// How long the history has to be written. A commit takes a millisecond; a disk that hangs never ends.
const LAST_ROWS: Duration = Duration::from_millis(500);

/// Why a relay does not start. The words are for the person who starts it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be listened on.
    #[error("{address} cannot be used: {}", bind_words(*.address, .source))]
    Bind {
        /// Which one.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// There is no certificate to serve https with.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

fn bind_words(address: SocketAddr, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("something else is using port {}. Stop it, or choose another port", address.port())
        }
        io::ErrorKind::PermissionDenied => String::from("ports below 1024 need more rights. Choose another port"),
        io::ErrorKind::AddrNotAvailable => String::from("this machine has no such address"),
        _ => error.to_string(),
    }
}

/// Over which kind of connection a request came: an extension of every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// `http`
    Plain,
    /// `https`, with the certificate this machine made itself.
    OwnCertificate,
    /// `https`, with a certificate from an authority.
    RealCertificate,
}

impl Transport {
    /// The scheme of the URLs that lead here.
    #[must_use]
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Plain => "http",
            Self::OwnCertificate | Self::RealCertificate => "https",
        }
    }
}

/// A relay with its addresses taken.
pub struct Server {
    shared: Arc<Shared>,
    listeners: Vec<Listener>,
    addresses: Vec<String>,
    upkeep: Upkeep,
    #[cfg(feature = "turn")]
    turn: Option<Turn>,
}

impl Server {
    /// Takes the addresses that the relay was told to serve on. To be called inside of a tokio runtime.
    ///
    /// # Errors
    /// When an address is taken or a certificate cannot be used.
    pub fn bind(app: Arc<App>, service: Router) -> Result<Self, StartError> {
        let listen = app.config.listen.clone();
        let certificate = Certificate::open(&app.config, app.clock.unix_now())?.map(Arc::new);
        let real = certificate.as_ref().filter(|certificate| certificate.is_real());
        let main = Listener::bind((listen.bind, listen.port).into(), real)?;
        let mut addresses = vec![lan::local_link(main.transport().scheme(), main.address())];
        let mut listeners = vec![main];
        let mut network = None;
        if let (Some(port), Some(certificate)) = (listen.lan, &certificate) {
            let everyone = Listener::bind_any(port, certificate)?;
            let port = everyone.address().port();
            app.set_links(certificate.links(port));
            addresses.push(app.links().into_iter().next().unwrap_or_else(|| format!("https://localhost:{port}")));
            listeners.push(everyone);
            network = Some(port);
        }
        #[cfg(feature = "turn")]
        let turn = bind_turn(&app, certificate.as_deref())?;
        let upkeep = Upkeep::new(Arc::clone(&app), certificate, network);
        Ok(Self {
            shared: Arc::new(Shared { app, service }),
            listeners,
            addresses,
            upkeep,
            #[cfg(feature = "turn")]
            turn,
        })
    }

    /// Where it can be opened: on this machine, then on the network if it serves that.
    #[must_use]
    pub fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// Serves until the relay is told to stop.
    pub async fn run(self) {
        let shutdown = self.shared.app.shutdown.clone();
        let connections = TaskTracker::new();
        let mut listening = tokio::task::JoinSet::new();
        for listener in self.listeners {
            listening.spawn(listener.accept(Arc::clone(&self.shared), connections.clone()));
        }
        let upkeep = tokio::spawn(self.upkeep.run());
        // Among the sessions' tasks, because its last act is to close their connections.
        self.shared.app.tasks.spawn(crate::ticker::run(Arc::clone(&self.shared.app)));
        self.shared.app.tasks.spawn(crate::ice::watch(Arc::clone(&self.shared.app)));
        #[cfg(feature = "turn")]
        if let Some(turn) = self.turn {
            self.shared.app.tasks.spawn(turn.run());
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            // They never end by themselves. A relay that nobody can reach is better started anew.
            Some(_) = listening.join_next() => {
                tracing::error!("an address is no longer served: stopping");
                shutdown.cancel();
            }
        }
        // The listeners close with their tasks: from here on, whoever knocks is refused by the system.
        listening.shutdown().await;
        upkeep.abort();
        goodbye(&self.shared.app, &connections).await;
        let app = Arc::clone(&self.shared.app);
        // After the sessions: the calls that ended with them are to be kept too.
        let closed = tokio::task::spawn_blocking(move || app.history.close(LAST_ROWS));
        if let Err(error) = closed.await {
            tracing::error!(%error, "the history was not closed");
        }
    }
}

/// Takes the addresses of the TURN server inside, if there is to be one. It speaks TLS by its name, where browsers trust the
/// certificate: for TURN they ask nobody whether they should.
#[cfg(feature = "turn")]
fn bind_turn(app: &Arc<App>, certificate: Option<&Certificate>) -> Result<Option<Turn>, StartError> {
    let Some(inside) = &app.config.ways.inside else { return Ok(None) };
    let trusted = certificate.filter(|certificate| certificate.is_real() && inside.name.is_some());
    let tls = trusted.map(|certificate| tls::server_config(certificate.current())).transpose()?;
    let bound = Turn::bind(app, inside, tls).map_err(|(address, source)| StartError::Bind { address, source })?;
    Ok(Some(bound))
}

/// Waits for the sessions and the connections to end, but not for ever.
async fn goodbye(app: &App, connections: &TaskTracker) {
    connections.close();
    app.tasks.close();
    // An answer takes milliseconds. What is left after a second is half a request, or somebody who does not read.
    let answers = tokio::time::timeout(LAST_ANSWERS, connections.wait());
    let sessions = tokio::time::timeout(GOODBYE, app.tasks.wait());
    let (answered, said) = tokio::join!(answers, sessions);
    if answered.is_err() || said.is_err() {
        let (connections, sessions) = (connections.len(), app.tasks.len());
        tracing::info!(connections, sessions, "some did not say goodbye in time");
    }
}
