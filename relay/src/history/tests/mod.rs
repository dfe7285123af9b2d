//! The history without a relay around it.

mod file;
mod queue;
mod reading;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use protocol::{CallId, CallType, EndReason, Figures, UserId};
use tempfile::TempDir;

use super::*;

/// Longer than any of this takes.
const PATIENCE: Duration = Duration::from_secs(20);

fn user(name: &str) -> UserId {
    name.parse().unwrap()
}

fn call_id(n: usize) -> CallId {
    format!("c_{n:0>20}").parse().unwrap()
}

fn part(name: &str, status: PartStatus) -> Part {
    let stay = matches!(status, PartStatus::Placed | PartStatus::Accepted | PartStatus::Joined);
    let time = |time: u64| stay.then_some(time);
    Part { id: user(name), name: Some(name.to_uppercase()), status, joined_at: time(1_000), left_at: time(9_000) }
}

/// The `n`th call, from one to another who accepted.
fn call(n: usize, from: &str, to: &str) -> Call {
    Call {
        call_id: call_id(n),
        kind: CallType::Voice,
        room: None,
        room_name: None,
        placed_at: 1_000,
        answered_at: Some(2_000),
        connected_at: Some(3_000),
        ended_at: 9_000,
        duration_ms: 6_000,
        reason: EndReason::Completed,
        ended_by: Some(user(from)),
        recorded: false,
        relayed_bytes: None,
        participants: vec![part(from, PartStatus::Placed), part(to, PartStatus::Accepted)],
        quality: None,
        course: None,
    }
}

/// A call that came to nothing.
fn unanswered(n: usize, from: &str, to: &str, status: PartStatus) -> Call {
    let participants = vec![part(from, PartStatus::Placed), part(to, status)];
    Call { answered_at: None, connected_at: None, duration_ms: 0, participants, ..call(n, from, to) }
}

/// A history in a folder of its own.
struct World {
    history: History,
    metrics: Arc<Metrics>,
    folder: TempDir,
}

impl World {
    fn new() -> Self {
        Self::in_folder(tempfile::tempdir().unwrap())
    }

    fn in_folder(folder: TempDir) -> Self {
        let metrics = Arc::new(Metrics::new());
        let history = History::open(folder.path(), Arc::clone(&metrics)).unwrap();
        Self { history, metrics, folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join(FILE)
    }

    fn note_all(&self, calls: impl IntoIterator<Item = Call>) {
        calls.into_iter().for_each(|call| self.history.note(call));
    }

    /// Everything noted so far is written, because changes come after it.
    async fn settle(&self) {
        assert!(!self.history.forget(&user("nobody"), None).await.unwrap());
    }

    async fn calls_of(&self, name: &str) -> Vec<CallId> {
        self.found(name, Filter::default()).await
    }

    async fn found(&self, name: &str, filter: Filter) -> Vec<CallId> {
        let page = self.history.page(&user(name), filter).await.unwrap();
        page.calls.into_iter().map(|call| call.call_id).collect()
    }

    /// Stops writing, and gives the folder to whoever comes next.
    fn stop(self) -> TempDir {
        self.history.close(PATIENCE);
        self.folder
    }

    fn value(&self, name: &str) -> f64 {
        let text = self.metrics.render();
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok()).unwrap()
    }

    /// Waits until a metric has a value.
    async fn until(&self, name: &str, value: f64) {
        let reached = async {
            while self.value(name) != value {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, reached).await.unwrap_or_else(|_| panic!("{name} is {}", self.value(name)));
    }
}

/// How many rows a table of the file has, whoever may see them.
fn rows(path: &Path, count: &str) -> usize {
    let connection = rusqlite::Connection::open(path).unwrap();
    let count: i64 = connection.query_row(count, [], |row| row.get(0)).unwrap();
    usize::try_from(count).unwrap()
}

const CALLS: &str = "SELECT count(*) FROM call";
const SEEN: &str = "SELECT count(*) FROM mine";
