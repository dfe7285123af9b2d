//! Relays that belong together.

use std::fs;
use std::path::Path;
use std::time::Duration;

use protocol::{CallId, ClientMessage, RelayMessage};
use relay::config::{Config, Sharing};
use relay::store::Condition;
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep};

use crate::server::RedisServer;
use crate::world::{Page, Relay, SOON};

/// A relay with threads of its own, so that it can be killed like a process.
pub(crate) struct Fellow {
    pub(crate) relay: Relay,
    runtime: Option<Runtime>,
}

impl Fellow {
    /// A relay beside others, which sign people in with the same keys.
    pub(crate) async fn start(redis: &RedisServer, beside: Option<&Self>) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let keys = beside.map(|fellow| fellow.relay.app.config.data.0.join("keys"));
        let sharing = Sharing { redis: redis.address(), group: "test".into() };
        let change = move |config: &mut Config| {
            if let Some(keys) = keys {
                copy_folder(&keys, &config.data.0.join("keys"));
            }
            config.sharing = Some(sharing);
        };
        let relay = runtime.spawn(async { Relay::with(change).await }).await.unwrap();
        Self { relay, runtime: Some(runtime) }
    }

    /// So many of them.
    pub(crate) async fn several<const N: usize>(redis: &RedisServer) -> [Self; N] {
        let mut all: Vec<Self> = Vec::new();
        for _ in 0..N {
            all.push(Self::start(redis, all.first()).await);
        }
        all.try_into().ok().unwrap()
    }

    /// Ends it without a word to anybody.
    pub(crate) fn kill(mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    pub(crate) fn condition(&self) -> Condition {
        self.relay.app.shared.as_ref().unwrap().condition()
    }

    pub(crate) async fn becomes(&self, condition: Condition) {
        soon(|| self.condition() == condition).await;
    }

    /// Takes over somebody's page as it is after its connection was lost: the session is not known here.
    pub(crate) async fn takes(&self, lost: &Page) -> Page {
        let mut page = self.relay.connect(&lost.token).await;
        let refused = page.resume(lost.welcome(), lost.last_seq).await;
        assert!(matches!(refused, RelayMessage::CallError(_)), "{refused:?}");
        page.hello(Some(lost.device())).await;
        page
    }
}

impl Drop for Fellow {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// Waits until that is so.
pub(crate) async fn soon(mut is: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is() {
        assert!(began.elapsed() < SOON, "in time");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Two pages in a call in which media flows, at whichever relays.
pub(crate) async fn talk(ann: &mut Page, bob: &mut Page) -> CallId {
    let call = ann.ring(bob).await;
    bob.expect("call:incoming").await;
    bob.request(Page::accept(&call)).await.unwrap();
    ann.expect("call:accepted").await;
    for page in [ann, bob] {
        page.request(connected(&call)).await.unwrap();
    }
    call
}

pub(crate) fn connected(call: &CallId) -> ClientMessage {
    protocol::Connected { call_id: call.clone() }.into()
}

pub(crate) fn camera(call: &CallId, camera: bool) -> ClientMessage {
    let media = protocol::MediaState { camera, ..protocol::MediaState::default() };
    protocol::UpdateMedia { call_id: call.clone(), media }.into()
}

pub(crate) fn hang_up(call: &CallId) -> ClientMessage {
    protocol::Hangup { call_id: call.clone(), reason: protocol::HangupReason::Completed }.into()
}

/// A server, or the end of the test where there is none.
macro_rules! server {
    () => {
        match crate::server::RedisServer::start().await {
            Some(server) => server,
            None => return,
        }
    };
}
pub(crate) use server;
