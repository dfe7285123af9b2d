//! A relay of a test's own, in this process, on free ports of this machine.

use std::sync::Arc;
use std::thread::JoinHandle;

use relay::app::App;
use relay::config::{Config, DataFolder};
use relay::router::router;
use relay::server::Server;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A relay that runs until it is dropped.
pub(crate) struct Relay {
    pub(crate) app: Arc<App>,
    pub(crate) addresses: Vec<String>,
    pub(crate) data: TempDir,
    thread: Option<JoinHandle<()>>,
}

impl Relay {
    /// One with everything at its default but the ports.
    pub(crate) fn start() -> Self {
        Self::with(|_| {})
    }

    /// One with something changed.
    pub(crate) fn with(change: impl FnOnce(&mut Config)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut config = Config { data: DataFolder(data.path().into()), ..Config::default() };
        config.listen.port = 0;
        change(&mut config);
        let app = App::new(config).unwrap();
        let runtime = Runtime::new().unwrap();
        let inside = runtime.enter();
        let server = Server::bind(Arc::clone(&app), router(Arc::clone(&app))).unwrap();
        drop(inside);
        let addresses = server.addresses().to_vec();
        let thread = std::thread::spawn(move || runtime.block_on(server.run()));
        Self { app, addresses, data, thread: Some(thread) }
    }

    /// The port of the main address.
    pub(crate) fn port(&self) -> u16 {
        port_of(&self.addresses[0])
    }

    /// The port of the address for the network.
    pub(crate) fn lan_port(&self) -> u16 {
        port_of(&self.addresses[1])
    }

    /// A guest's token.
    pub(crate) fn guest(&self, name: &str) -> String {
        self.app.identity.guest(name.into(), self.app.clock.unix_now()).unwrap().token
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.app.shutdown.cancel();
        let ended = self.thread.take().map(JoinHandle::join);
        if !std::thread::panicking() {
            ended.unwrap().expect("the relay ends without a panic");
        }
    }
}

/// The port at the end of a link.
pub(crate) fn port_of(link: &str) -> u16 {
    link.rsplit(':').next().unwrap().parse().unwrap()
}
