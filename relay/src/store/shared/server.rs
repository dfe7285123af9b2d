//! A Redis of a test's own: Debian's `redis-server` on a free port, with nothing on the disk.

use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use redis::Client;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// How long it may take to start on a busy machine.
const STARTS: Duration = Duration::from_secs(20);

pub(super) struct RedisServer {
    port: u16,
    child: Child,
    folder: TempDir,
}

impl RedisServer {
    /// Starts one. `None`, and says why, where there is no such program.
    pub(super) async fn start() -> Option<Self> {
        // The port is free for whoever takes it first, so another one is tried if that was not this server.
        for _ in 0..5 {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
            let folder = tempfile::tempdir().unwrap();
            let child = match spawn(port, &folder) {
                Ok(child) => child,
                Err(error) => {
                    println!(
                        "SKIPPED: redis-server cannot be started ({error}): on Debian, apt-get install redis-server"
                    );
                    return None;
                }
            };
            let mut server = Self { port, child, folder };
            if server.answers_soon().await {
                return Some(server);
            }
        }
        panic!("redis-server does not answer on any port");
    }

    pub(super) fn address(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Kills it, and with it everything that it holds.
    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again, empty, on the same port.
    pub(super) async fn start_again(&mut self) {
        self.child = spawn(self.port, &self.folder).unwrap();
        assert!(self.answers_soon().await);
    }

    /// It answers nobody until [`RedisServer::thaw`].
    pub(super) fn freeze(&self) {
        kill_process(self.pid(), Signal::STOP).unwrap();
    }

    pub(super) fn thaw(&self) {
        kill_process(self.pid(), Signal::CONT).unwrap();
    }

    /// Runs a command, with a connection of its own.
    pub(super) async fn run(&self, words: &[&str]) -> redis::RedisResult<redis::Value> {
        let client = Client::open(self.address()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await?;
        let mut command = redis::Cmd::new();
        command.arg(words);
        command.query_async(&mut connection).await
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().try_into().unwrap()).unwrap()
    }

    async fn answers_soon(&mut self) -> bool {
        let until = tokio::time::Instant::now() + STARTS;
        while tokio::time::Instant::now() < until && self.child.try_wait().unwrap().is_none() {
            if self.run(&["PING"]).await.is_ok() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        false
    }
}

fn spawn(port: u16, folder: &TempDir) -> std::io::Result<Child> {
    let program = std::env::var_os("REDIS_SERVER").unwrap_or_else(|| "redis-server".into());
    Command::new(program)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir"])
        .arg(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // One that is gone already has nothing to be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
