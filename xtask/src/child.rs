//! Programs that run beside this one and must not outlive it.

use std::io::Write;
use std::process::{Child, Command, Stdio};

use crate::error::{Context, Result};
use crate::process;

/// A running program; dropping this ends it.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    watchdog: Option<Child>,
}

impl Running {
    /// Starts `command`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let line = process::line(command);
        let child = command.stdin(Stdio::null()).spawn().context(|| format!("could not start `{line}`"))?;
        let watchdog = watchdog(child.id());
        Ok(Self { child, watchdog })
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it and waits until it is gone.
    pub(crate) fn stop(&mut self) {
        // First the watchdog: once the program is gone, its number may become another's.
        if let Some(mut watchdog) = self.watchdog.take() {
            if let Some(pipe) = &mut watchdog.stdin {
                let _ = pipe.write_all(b"let go\n");
            }
            let _ = watchdog.wait();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Ends the program `pid` when this process is gone, however it went: then the pipe closes without a
/// word. Ctrl-C reaches the program from the terminal anyway.
#[cfg(unix)]
fn watchdog(pid: u32) -> Option<Child> {
    let script = "trap '' INT TERM HUP; read -r word || kill \"$1\" 2>/dev/null";
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "watchdog", &pid.to_string()]);
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()
}

#[cfg(not(unix))]
fn watchdog(_pid: u32) -> Option<Child> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn is_alive(pid: u32) -> bool {
        let mut kill = Command::new("kill");
        kill.args(["-0", &pid.to_string()]).stderr(Stdio::null());
        kill.status().is_ok_and(|status| status.success())
    }

    #[test]
    fn dropping_ends_the_program() {
        let mut running = Running::start(Command::new("sleep").arg("60")).unwrap();
        let pid = running.child.id();
        assert!(!running.has_ended() && is_alive(pid));
        drop(running);
        assert!(!is_alive(pid));
    }

    #[test]
    fn the_watchdog_ends_it_when_we_vanish() {
        let mut running = Running::start(Command::new("sleep").arg("60")).unwrap();
        // What the system does to our end of the pipe when this process is killed.
        let mut watchdog = running.watchdog.take().unwrap();
        drop(watchdog.stdin.take());
        watchdog.wait().unwrap();
        assert!(!running.child.wait().unwrap().success());
    }
}
