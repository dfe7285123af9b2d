//! `cargo xtask bench`: measures the release build. What is measured, and how, is bench/'s own business.

use crate::error::Result;
use crate::process;
use crate::project::Project;
use crate::{release, steps};

/// Builds the product and the benchmarks and runs those that `args` name, or all of them.
///
/// # Errors
/// When something does not compile or a benchmark fails.
pub(crate) fn run(project: &Project, args: &[String]) -> Result<()> {
    let relay = release::build(project)?;
    let toolchain = release::toolchain(project)?;
    let mut bench = toolchain.cargo();
    bench.args(["run", "--release", "--package", "bench", "--"]).args(args).env("ALO_BIN", relay);
    steps::step("benchmarks", "10 minutes for all of them", || process::run(&mut bench))
}
