//! `cargo xtask test`: every check there is, and how many passed and failed.

use std::process::{Command, ExitCode};

use crate::counts::{self, Counts};
use crate::error::{Error, Result};
use crate::project::Project;
use crate::steps::{self, Stopwatch};
use crate::toolchain::Toolchain;
use crate::{check, e2e, net, process, release};

/// A part of the tests that can be asked for alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Formatting.
    Fmt,
    /// Lints, for this machine and for WebAssembly.
    Clippy,
    /// Unit, integration and documentation tests on this machine.
    Unit,
    /// The client's tests in a browser.
    Wasm,
    /// The finished product in browsers.
    E2e,
    /// Calls between all kinds of networks.
    Net,
}

impl Part {
    /// What runs when nothing is named. `net` needs rights that not everybody has.
    const ALL: [Self; 5] = [Self::Fmt, Self::Clippy, Self::Unit, Self::Wasm, Self::E2e];

    /// The part a person calls `name`.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn named(name: &str) -> Result<Self> {
        match name {
            "fmt" => Ok(Self::Fmt),
            "clippy" => Ok(Self::Clippy),
            "unit" => Ok(Self::Unit),
            "wasm" => Ok(Self::Wasm),
            "e2e" => Ok(Self::E2e),
            "net" | "--net" => Ok(Self::Net),
            other => Err(Error::new(format!("there is no part `{other}` of the tests"))),
        }
    }
}

/// Runs `parts` (all when empty) and ends with the line that counts; a part that fails does not keep
/// the others from running. `args` go to Playwright.
///
/// # Errors
/// None: what goes wrong is counted as failed.
pub(crate) fn run(project: &Project, parts: &[Part], args: &[String]) -> Result<ExitCode> {
    let mut report = Report::default();
    match release::toolchain(project) {
        Err(error) => report.add("toolchain", Counts::FAILED, &Stopwatch::start(), Some(error)),
        Ok(toolchain) => {
            let parts = if parts.is_empty() { &Part::ALL } else { parts };
            let mut session = Session { project, toolchain, report };
            parts.iter().for_each(|part| session.run(*part, args));
            report = session.report;
        }
    }
    Ok(report.close())
}

/// What the parts need while they run, and what came of them.
pub(crate) struct Session<'a> {
    pub(crate) project: &'a Project,
    pub(crate) toolchain: Toolchain,
    report: Report,
}

impl Session<'_> {
    fn run(&mut self, part: Part, args: &[String]) {
        match part {
            Part::Fmt => check::fmt(self),
            Part::Clippy => check::clippy(self),
            Part::Unit => check::unit(self),
            Part::Wasm => check::wasm(self),
            Part::E2e => e2e::run(self, args),
            Part::Net => net::run(self, args),
        }
    }

    /// A check that passes or fails as a whole and counts as one.
    pub(crate) fn check(&mut self, title: &str, may_take: &str, command: &mut Command) {
        self.step(title, may_take, |_| process::run(command).map(|()| Counts::PASSED));
    }

    /// A run of tests, counted from what `commands` print.
    pub(crate) fn tests(
        &mut self,
        title: &str,
        may_take: &str,
        commands: impl FnOnce(&mut Self) -> Result<Vec<Command>>,
    ) {
        self.step(title, may_take, |session| {
            let mut sum = Counts::default();
            for mut command in commands(session)? {
                sum += counted(&mut command)?;
            }
            Ok(sum)
        });
    }

    /// Does `work` and reports what it counted. An error counts as one failure.
    pub(crate) fn step(&mut self, title: &str, may_take: &str, work: impl FnOnce(&mut Self) -> Result<Counts>) {
        steps::announce(title, may_take);
        let clock = Stopwatch::start();
        let (counts, error) = match work(self) {
            Ok(counts) if counts.ran_nothing() => (Counts::FAILED, Some(Error::new("it ran no test"))),
            Ok(counts) => (counts, None),
            Err(error) => (Counts::FAILED, Some(error)),
        };
        self.report.add(title, counts, &clock, error);
    }

    /// Says that a part cannot run on this machine, and why.
    pub(crate) fn skip(&mut self, title: &str, why: &str) {
        println!("    SKIPPED: {title}: {why}");
        self.report.add(title, Counts::SKIPPED, &Stopwatch::start(), None);
    }

    /// Does something that the tests need and that is no test: only its failure counts.
    pub(crate) fn prepare(&mut self, title: &str, work: impl FnOnce(&mut Self) -> Result<()>) -> bool {
        let clock = Stopwatch::start();
        let error = work(self).err();
        let counts = if error.is_some() { Counts::FAILED } else { Counts::default() };
        let done = error.is_none();
        self.report.add(title, counts, &clock, error);
        done
    }
}

/// Runs the tests of one command. If it fails without naming a failed test (it did not compile, it
/// crashed), that is one failure.
fn counted(command: &mut Command) -> Result<Counts> {
    let mut sum = Counts::default();
    let status = process::read_along(command, |line| sum += counts::in_line(line).unwrap_or_default())?;
    if !status.success() && sum.failed == 0 {
        println!("    `{}` failed ({status})", process::line(command));
        sum += Counts::FAILED;
    }
    Ok(sum)
}

/// What each step came to.
#[derive(Default)]
struct Report {
    rows: Vec<Row>,
}

struct Row {
    title: String,
    counts: Counts,
    time: String,
    error: Option<Error>,
}

impl Report {
    fn add(&mut self, title: &str, counts: Counts, clock: &Stopwatch, error: Option<Error>) {
        if let Some(error) = &error {
            eprintln!("error: {error}");
        }
        let row = Row { title: title.to_owned(), counts, time: clock.read(), error };
        println!("    {} after {}", row.counts, row.time);
        self.rows.push(row);
    }

    /// Prints a line for each step and last of all the sum.
    fn close(self) -> ExitCode {
        println!("\n==> summary");
        let mut sum = Counts::default();
        for row in self.rows {
            println!("    {:<44} {:<24} {}", row.title, row.counts.to_string(), row.time);
            if let Some(error) = row.error {
                println!("      {error}");
            }
            sum += row.counts;
        }
        println!("{sum}");
        if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_fails_without_a_count_is_one_failure() {
        let counted = |script: &str| counted(Command::new("sh").args(["-c", script])).unwrap();
        assert_eq!(
            counted("echo 'test result: ok. 2 passed; 0 failed'; exit 101"),
            Counts { failed: 1, passed: 2, skipped: 0 }
        );
        assert_eq!(counted("echo 'test result: FAILED. 2 passed; 3 failed' >&2; exit 101").failed, 3);
        assert_eq!(counted("true"), Counts::default());
    }

    #[test]
    fn every_part_has_a_name() {
        let names = ["fmt", "clippy", "unit", "wasm", "e2e"];
        assert_eq!(names.map(|name| Part::named(name).unwrap()), Part::ALL);
        assert_eq!(["net", "--net"].map(|name| Part::named(name).unwrap()), [Part::Net; 2]);
    }

    #[test]
    fn the_exit_code_follows_the_sum() {
        let mut report = Report::default();
        report.add("a", Counts::PASSED, &Stopwatch::start(), None);
        assert_eq!(report.close(), ExitCode::SUCCESS);
        let mut report = Report::default();
        report.add("a", Counts::PASSED, &Stopwatch::start(), None);
        report.add("b", Counts::FAILED, &Stopwatch::start(), Some(Error::new("why")));
        assert_eq!(report.close(), ExitCode::FAILURE);
    }
}
