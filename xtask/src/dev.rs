//! `cargo xtask dev`: the relay behind `trunk serve`, both rebuilt when their sources change.

use std::time::Duration;

use crate::child::Running;
use crate::error::{Error, Result};
use crate::process;
use crate::project::Project;
use crate::release;
use crate::steps;
use crate::toolchain::Toolchain;
use crate::tools;
use crate::watch::Watch;

/// What the relay is made of. The page's sources are watched by Trunk.
const RELAY_SOURCES: [&str; 5] = ["relay", "sfu", "call/src", "protocol/src", "Cargo.toml"];

/// Where Trunk serves the page; the port is Trunk.toml's.
const TRUNK_ORIGINS: &str = "http://localhost:8080,http://127.0.0.1:8080";

/// How often the relay's sources are looked at: some hundred files, a millisecond of work.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Runs until it is interrupted or Trunk ends; `args` go to the relay.
///
/// # Errors
/// When a tool cannot be installed, the first build fails, or Trunk ends.
pub(crate) fn run(project: &Project, args: &[String]) -> Result<()> {
    let mut toolchain = release::toolchain(project)?;
    tools::add_wasm_bindgen(project, &mut toolchain)?;
    tools::add_trunk(project, &mut toolchain)?;
    let mut watch = Watch::new(RELAY_SOURCES.iter().map(|name| project.path(name)).collect());
    steps::step("building the relay for development", "2 to 4 minutes the first time", || build(&toolchain))?;
    let mut relay = start(project, &toolchain, args)?;
    steps::announce("trunk serve: open http://localhost:8080 when the page is built", "2 minutes the first time");
    let mut trunk = Running::start(toolchain.program("trunk").arg("serve"))?;
    while !trunk.has_ended() {
        std::thread::sleep(LOOK_EVERY);
        if watch.has_changed() {
            rebuild(project, &toolchain, args, &mut relay)?;
        }
    }
    Err(Error::new("trunk has ended"))
}

/// Builds the relay again; while it does not compile, the old one goes on serving.
fn rebuild(project: &Project, toolchain: &Toolchain, args: &[String], relay: &mut Running) -> Result<()> {
    match steps::step("building the relay again", "", || build(toolchain)) {
        Ok(()) => {
            // The port must be free before the new one asks for it.
            relay.stop();
            *relay = start(project, toolchain, args)?;
            Ok(())
        }
        Err(error) => {
            println!("    {error}; the relay from before goes on");
            Ok(())
        }
    }
}

fn build(toolchain: &Toolchain) -> Result<()> {
    process::run(toolchain.cargo().args(["build", "--package", "relay"]))
}

/// The relay, told of the page that Trunk builds and that Trunk's address is welcome.
fn start(project: &Project, toolchain: &Toolchain, args: &[String]) -> Result<Running> {
    let mut relay = toolchain.program(project.relay("debug"));
    let page = project.dist().into_os_string();
    for (name, value) in [("ALO_PAGE", page), ("ALO_ORIGIN", TRUNK_ORIGINS.into())] {
        if std::env::var_os(name).is_none() {
            relay.env(name, value);
        }
    }
    Running::start(relay.args(args))
}
