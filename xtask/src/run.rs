//! `cargo xtask run`: from a clean clone to a relay that serves.

use std::process::Command;

use crate::error::Result;
use crate::project::Project;
use crate::{release, steps};

/// Builds what has changed and becomes the relay, which says where to open it.
///
/// # Errors
/// When something cannot be built or the relay not started.
pub(crate) fn run(project: &Project, args: &[String]) -> Result<()> {
    let relay = release::build(project)?;
    steps::announce(&format!("starting {} {}", relay.display(), args.join(" ")), "");
    let mut command = Command::new(relay);
    command.args(args);
    become_it(&mut command)
}

/// Replaces this process, so that signals and the exit code are the relay's own.
#[cfg(unix)]
fn become_it(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;

    let cause = command.exec();
    Err(crate::error::Error::new(format!("could not start `{}`: {cause}", crate::process::line(command))))
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> Result<()> {
    crate::process::run(command)
}
