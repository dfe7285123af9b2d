//! Servers under test: started on a core of their own, measured from outside, stopped by their id.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{self, Signal};
use nix::time::{clock_getcpuclockid, clock_gettime};
use nix::unistd::Pid;

/// How long a server may take to listen, and to stop.
const PATIENCE: Duration = Duration::from_secs(15);

/// A server that runs until it is dropped.
pub(crate) struct Server {
    child: Child,
    /// Where it listens, on the loopback interface.
    pub(crate) port: u16,
}

impl Server {
    /// Starts a server on a core and waits until it listens. Its output goes to `log`.
    ///
    /// # Errors
    /// When it does not start, ends, or does not listen in time; the error holds the end of its log.
    pub(crate) fn start(command: &mut Command, port: u16, core: Option<usize>, log: &Path) -> io::Result<Self> {
        let output = fs::File::create(log)?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        // The affinity is inherited: set around the start, it holds for every thread of the server from the first on.
        let before = sched_getaffinity(Pid::from_raw(0))?;
        pin(core)?;
        let child = command.spawn();
        sched_setaffinity(Pid::from_raw(0), &before)?;
        let mut server = Self { child: child?, port };
        server.wait_until_it_listens(log)?;
        Ok(server)
    }

    /// User and system time of all its threads, ended ones too.
    ///
    /// # Errors
    /// When the process is gone.
    pub(crate) fn cpu(&self) -> io::Result<Duration> {
        let clock = clock_getcpuclockid(self.pid())?;
        Ok(clock_gettime(clock)?.into())
    }

    /// Resident memory, in bytes.
    ///
    /// # Errors
    /// When the process is gone.
    pub(crate) fn resident(&self) -> io::Result<u64> {
        let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id()))?;
        let kilobytes = text.lines().find_map(|line| line.strip_prefix("Rss:")?.trim().strip_suffix("kB"));
        let kilobytes: Option<u64> = kilobytes.and_then(|count| count.trim().parse().ok());
        kilobytes.map(|count| count * 1024).ok_or_else(|| io::Error::other("smaps_rollup without Rss"))
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    fn wait_until_it_listens(&mut self, log: &Path) -> io::Result<()> {
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            let ended = self.child.try_wait()?;
            if ended.is_some() || start.elapsed() > PATIENCE {
                let text = fs::read_to_string(log).unwrap_or_default();
                let last: Vec<_> = text.lines().rev().take(5).collect();
                let last: Vec<_> = last.into_iter().rev().collect();
                return Err(io::Error::other(format!("did not start to listen: {}", last.join(" / "))));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let start = Instant::now();
        // Asked first, so that it can tidy up; whether it is gone already does not matter.
        let _ = signal::kill(self.pid(), Signal::SIGTERM);
        while matches!(self.child.try_wait(), Ok(None)) {
            if start.elapsed() > PATIENCE {
                let _ = self.child.kill();
                let _ = self.child.wait();
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A port nobody listens on. Somebody may take it in between; the server then says so and is not measured.
///
/// # Errors
/// When there is none.
pub(crate) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// The cores this process may use, lowest first.
///
/// # Errors
/// When the system does not say.
pub(crate) fn cores() -> io::Result<Vec<usize>> {
    let allowed = sched_getaffinity(Pid::from_raw(0))?;
    Ok((0..CpuSet::count()).filter(|&core| allowed.is_set(core).unwrap_or(false)).collect())
}

/// Keeps the calling thread, and what it starts from now on, on one core.
///
/// # Errors
/// When the core may not be used.
pub(crate) fn pin(core: Option<usize>) -> io::Result<()> {
    let Some(core) = core else { return Ok(()) };
    let mut set = CpuSet::new();
    set.set(core)?;
    Ok(sched_setaffinity(Pid::from_raw(0), &set)?)
}

/// Allows this process, and what it starts, as many open files as the system lets it have.
///
/// # Errors
/// When the limit cannot be read or changed.
pub(crate) fn raise_open_files() -> io::Result<u64> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most)?;
    Ok(most)
}

/// User and system time of this process.
///
/// # Errors
/// When the clock cannot be read.
pub(crate) fn own_cpu() -> io::Result<Duration> {
    let clock = clock_getcpuclockid(Pid::from_raw(0))?;
    Ok(clock_gettime(clock)?.into())
}
