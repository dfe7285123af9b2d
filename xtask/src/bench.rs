//! `cargo xtask bench`: measures the release build. What is measured, and how, is decided where the
//! benchmarks are: bench/ for the relay, e2e/bench/ for what a person in a browser waits for.

use std::path::Path;

use crate::error::{Error, Result};
use crate::project::Project;
use crate::toolchain::Toolchain;
use crate::{e2e, hello, install, process, release, steps};

/// A group of benchmarks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// The relay beside other signalling servers.
    Relay,
    /// One relay with everything at once, for minutes.
    Load,
    /// Dialling, accepting and loading in a browser.
    Page,
}

impl Which {
    /// What is measured when nothing is named. What takes a quarter of an hour is asked for by name.
    const USUAL: [Self; 2] = [Self::Page, Self::Relay];

    /// The group a person calls `name`.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn named(name: &str) -> Result<Self> {
        match name {
            "relay" => Ok(Self::Relay),
            "load" => Ok(Self::Load),
            "page" => Ok(Self::Page),
            other => Err(Error::new(format!("there is no benchmark `{other}`"))),
        }
    }
}

/// Builds the product and runs `which` of the benchmarks, or all; `args` go to them.
///
/// # Errors
/// When something does not compile or cannot be measured.
pub(crate) fn run(project: &Project, which: &[Which], args: &[String]) -> Result<()> {
    let relay = release::build(project)?;
    let mut toolchain = Toolchain::find(project)?;
    for which in if which.is_empty() { &Which::USUAL } else { which } {
        match which {
            Which::Relay => relays(project, &toolchain, &relay, "relay", args)?,
            Which::Load => relays(project, &toolchain, &relay, "load", args)?,
            Which::Page => measure_page(project, &mut toolchain, &relay, args)?,
        }
    }
    Ok(())
}

fn relays(project: &Project, toolchain: &Toolchain, relay: &Path, what: &str, args: &[String]) -> Result<()> {
    install::npm_packages(toolchain, &project.path("bench/node"))?;
    let mut bench = toolchain.cargo();
    bench.args(["run", "--release", "--package", "bench", "--", what, "--alo"]).arg(relay).args(args);
    let (name, takes) = match what {
        "load" => ("a busy relay", "about 13 minutes; less with `-- --seconds 60`"),
        _ => ("the relay beside others", "about 10 minutes; less with `-- --quick`"),
    };
    steps::step(name, takes, || process::run(&mut bench))
}

fn measure_page(project: &Project, toolchain: &mut Toolchain, relay: &Path, args: &[String]) -> Result<()> {
    e2e::install_packages(project, toolchain)?;
    let hello = steps::step("the smallest page, to compare with", "a minute the first time", || {
        hello::build(project, toolchain)
    })?;
    let mut npx = e2e::with_browsers(project, toolchain)?;
    npx.env("ALO_BIN", relay).env("ALO_HELLO", hello).args(["playwright", "test", "--config", "bench"]).args(args);
    steps::step("the page in a browser", "about 5 minutes", || process::run(&mut npx))
}
