//! The product: the release build of `alo` with the page inside.

use std::path::PathBuf;

use crate::error::Result;
use crate::page;
use crate::process;
use crate::project::Project;
use crate::steps;
use crate::toolchain::Toolchain;

/// Finds the toolchain and builds everything.
///
/// # Errors
/// When something is missing that cannot be installed, or the code does not compile.
pub(crate) fn build(project: &Project) -> Result<PathBuf> {
    let mut toolchain = toolchain(project)?;
    page::build(project, &mut toolchain)?;
    relay(project, &toolchain)
}

/// The toolchain, with a word on what takes long if it has to be set up.
///
/// # Errors
/// When there is none and it cannot be set up.
pub(crate) fn toolchain(project: &Project) -> Result<Toolchain> {
    steps::announce("looking for a Rust toolchain that builds WebAssembly", "2 minutes where one has to be set up");
    Toolchain::find(project)
}

/// Builds the relay around the page in dist/ and returns the binary.
///
/// # Errors
/// When it does not compile.
pub(crate) fn relay(project: &Project, toolchain: &Toolchain) -> Result<PathBuf> {
    steps::step("building the relay", "3 to 6 minutes the first time, nothing when it is up to date", || {
        process::run(toolchain.cargo().args(["build", "--release", "--package", "relay"]))
    })?;
    Ok(project.relay("release"))
}
