//! The suite of networks in e2e/net/: everybody's NAT with everybody's, in network namespaces (network_namespaces(7)).
//!
//! It runs in a network, a list of mounts and a list of processes that are its own. So it can do nothing to those of the
//! machine, and whatever it made is gone with its first process, however that ends.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::e2e;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::release;
use crate::test::Session;
use crate::toolchain::Toolchain;
use crate::{page, tools};

const TITLE: &str = "networks";
/// What takes part of it from the machine (util-linux), and what lets somebody do so who is not root, where that is allowed.
const UNSHARE: &str = "unshare";
const APART: [&str; 6] = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
const AS_ROOT: &str = "--map-root-user";
/// `ip netns` keeps its names under /run.
const WITH_RUN: [&str; 4] = ["sh", "-c", "mount -t tmpfs tmpfs /run && ip link set lo up && exec \"$@\"", "sh"];
/// Programs and Debian's packages of them.
const PROGRAMS: [(&str, &str); 2] = [("ip", "iproute2"), ("nft", "nftables")];

/// Builds page and relay and runs the suite; `args` go to Playwright. Where the machine does not let it, it says so.
pub(crate) fn run(session: &mut Session<'_>, args: &[String]) {
    if let Some(error) = PROGRAMS
        .iter()
        .find_map(|(name, package)| tools::need_program(session.project, &session.toolchain, &[name], &[package]).err())
    {
        return session.skip(TITLE, &error.to_string());
    }
    let Some(apart) = apart(&session.toolchain) else {
        return session.skip(
            TITLE,
            "only root may make network namespaces here. Type: sudo --preserve-env=PATH,HOME cargo xtask test net",
        );
    };
    let mut relay = PathBuf::new();
    let built = session.prepare("building page and relay", |session| {
        page::build(session.project, &mut session.toolchain)?;
        relay = release::relay(session.project, &session.toolchain)?;
        Ok(())
    });
    let installed =
        session.prepare("the suite's packages", |session| e2e::install_packages(session.project, &session.toolchain));
    if built && installed {
        session.step(TITLE, "about a minute", |session| {
            let mut playwright = playwright(session.project, &session.toolchain, apart)?;
            playwright.env("ALO_BIN", &relay).env("ALO_NET", "alone").args(args);
            e2e::suite(session.project, &mut playwright)
        });
    }
}

/// How to take leave of the machine; `None` where it does not let one.
fn apart(toolchain: &Toolchain) -> Option<Vec<&'static str>> {
    let plain: Vec<&str> = APART.to_vec();
    let mapped: Vec<&str> = [AS_ROOT].into_iter().chain(APART).collect();
    [plain, mapped].into_iter().find(|flags| {
        let mut probe = toolchain.program(UNSHARE);
        probe.args(flags).args(WITH_RUN).args(["ip", "netns", "add", "probe"]);
        probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        probe.status().is_ok_and(|status| status.success())
    })
}

fn playwright(project: &Project, toolchain: &Toolchain, apart: Vec<&str>) -> Result<Command> {
    let npx = toolchain.which("npx").ok_or_else(|| Error::new("there is no npx: install Node.js"))?;
    let mut command = toolchain.program(UNSHARE);
    command.args(apart).args(WITH_RUN).arg(npx).args(["--no-install", "playwright", "test", "--config", "net"]);
    command.current_dir(project.path("e2e")).stdin(Stdio::null());
    e2e::name_browsers(&mut command, project, toolchain)?;
    e2e::name_turn_server(&mut command, project, toolchain)?;
    Ok(command)
}
