//! Telling what is being done, how long it may take and how long it took.

use std::time::{Duration, Instant};

use crate::error::Result;

/// Announces `title` with what it may take (empty when it is quick), does `work`, and tells the
/// time it took.
///
/// # Errors
/// Those of `work`.
pub(crate) fn step<T>(title: &str, may_take: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    announce(title, may_take);
    let clock = Stopwatch::start();
    let result = work();
    let end = if result.is_ok() { "done" } else { "failed" };
    println!("    {end} after {}", clock.read());
    result
}

/// Says what comes next.
pub(crate) fn announce(title: &str, may_take: &str) {
    if may_take.is_empty() {
        println!("==> {title}");
    } else {
        println!("==> {title} ({may_take})");
    }
}

/// Measures one step: the time that passes, and on Linux the processor time of the programs that it
/// started.
#[derive(Debug)]
pub(crate) struct Stopwatch {
    started: Instant,
    cpu: Option<Duration>,
}

impl Stopwatch {
    /// Starts measuring.
    pub(crate) fn start() -> Self {
        Self { started: Instant::now(), cpu: children_cpu() }
    }

    /// What has passed so far, in words.
    pub(crate) fn read(&self) -> String {
        let spent = children_cpu().zip(self.cpu).map(|(now, then)| now.saturating_sub(then));
        match spent {
            Some(cpu) => format!("{} ({} of CPU)", words(self.started.elapsed()), words(cpu)),
            None => words(self.started.elapsed()),
        }
    }
}

/// A duration as people say it: `0.4 s`, `12 s`, `3 min 5 s`.
fn words(duration: Duration) -> String {
    let tenths = duration.as_millis() / 100;
    let seconds = tenths / 10;
    match seconds {
        0..10 => format!("{seconds}.{} s", tenths % 10),
        10..120 => format!("{seconds} s"),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// The processor time of all children that have ended, from Linux's `/proc` (proc_pid_stat(5):
/// `cutime` and `cstime`, in hundredths of a second on every architecture Linux has); nothing elsewhere.
fn children_cpu() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The program's name, the second field, may hold spaces; counting starts behind it.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut times = fields.split(' ').skip(13).map(|field| field.parse::<u64>().ok());
    let ticks = times.next()??.checked_add(times.next()??)?;
    Some(Duration::from_millis(ticks.saturating_mul(10)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_in_words() {
        assert_eq!(words(Duration::from_millis(449)), "0.4 s");
        assert_eq!(words(Duration::from_secs(12)), "12 s");
        assert_eq!(words(Duration::from_secs(185)), "3 min 5 s");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_cpu_of_children_is_counted() {
        let before = children_cpu().unwrap();
        let busy = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";
        std::process::Command::new("sh").args(["-c", busy]).status().unwrap();
        assert!(children_cpu().unwrap() > before);
    }
}
