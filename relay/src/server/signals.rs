//! What the person or the service manager says to the process.

use std::io;

/// The wish that the relay should stop: ctrl-C, or SIGTERM from a service manager.
pub struct Stop {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
    #[cfg(windows)]
    signal: tokio::signal::windows::CtrlC,
}

impl Stop {
    /// Listens from now on, so that no wish is lost before it is waited for. To be called inside of a tokio runtime.
    ///
    /// # Errors
    /// When the system does not let signals be received.
    pub fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self { signals: [signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?] })
        }
        #[cfg(windows)]
        Ok(Self { signal: tokio::signal::windows::ctrl_c()? })
    }

    /// Waits for it, and says how it came.
    pub async fn wished(&mut self) -> &'static str {
        #[cfg(unix)]
        {
            let [terminate, interrupt] = &mut self.signals;
            tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "ctrl-C",
            }
        }
        #[cfg(windows)]
        {
            self.signal.recv().await;
            "ctrl-C"
        }
    }
}

/// SIGHUP, by which service managers ask to read files again; never where there is no such thing.
pub(super) struct Hangup {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl Hangup {
    pub(super) fn new() -> Self {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let signal =
                signal(SignalKind::hangup()).inspect_err(|error| tracing::warn!(%error, "SIGHUP is not heard")).ok();
            Self { signal }
        }
        #[cfg(not(unix))]
        Self {}
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending().await
    }
}

/// Lets this process hold as many connections as the system allows. Each is a file, and the usual limit of 1024 is
/// meant for programs that open files.
#[cfg(unix)]
pub fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current == limit.maximum {
        return;
    }
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "the limit of open files stays low: many connections at once will be refused");
    }
}

/// There is no such limit here.
#[cfg(not(unix))]
pub fn raise_file_limit() {}
