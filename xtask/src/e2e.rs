//! The finished product in browsers: the Playwright suite in e2e/.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::counts::{self, Counts};
use crate::error::{Context, Error, Result};
use crate::install;
use crate::page;
use crate::process;
use crate::project::Project;
use crate::release;
use crate::test::Session;
use crate::toolchain::Toolchain;
use crate::tools;

/// The variable that names each browser to the suite (and by which a person may choose one), what its
/// program may be called, and Debian's package of it.
const BROWSERS: [(&str, [&str; 3], &str); 2] = [
    ("CHROMIUM", ["chromium", "chromium-browser", "google-chrome"], "chromium"),
    ("FIREFOX", ["firefox-esr", "firefox", "firefox-bin"], "firefox-esr"),
];

/// The same of a TURN server that is not ours.
const TURN_SERVER: (&str, &str, &str) = ("TURNSERVER", "turnserver", "coturn");

/// Builds page and relay, sets the browsers up and runs the suite; `args` go to Playwright.
pub(crate) fn run(session: &mut Session<'_>, args: &[String]) {
    let mut relay = PathBuf::new();
    let built = session.prepare("building page and relay", |session| {
        page::build(session.project, &mut session.toolchain)?;
        relay = release::relay(session.project, &session.toolchain)?;
        Ok(())
    });
    if !session.prepare("the suite's packages", |session| install_packages(session.project, &session.toolchain)) {
        return;
    }
    let mut types = npx(session.project, &session.toolchain);
    session.check("types of the suite", "", types.args(["tsc", "--noEmit"]));
    if built {
        session.step("tests of the finished product", "2 to 6 minutes", |session| {
            let mut playwright = with_browsers(session.project, &session.toolchain)?;
            name_turn_server(&mut playwright, session.project, &session.toolchain)?;
            playwright.env("ALO_BIN", &relay).args(["playwright", "test"]).args(args);
            suite(session.project, &mut playwright)
        });
    }
}

/// The packages that the suite's lock file names.
///
/// # Errors
/// When npm does not get them.
pub(crate) fn install_packages(project: &Project, toolchain: &Toolchain) -> Result<()> {
    install::npm_packages(toolchain, &project.path("e2e"))
}

/// `npx` in the suite's folder, told which browsers there are.
///
/// # Errors
/// When a browser is missing and cannot be installed.
pub(crate) fn with_browsers(project: &Project, toolchain: &Toolchain) -> Result<Command> {
    let mut npx = npx(project, toolchain);
    name_browsers(&mut npx, project, toolchain)?;
    Ok(npx)
}

/// Tells the suite which browsers there are.
///
/// # Errors
/// When one is missing and cannot be installed.
pub(crate) fn name_browsers(suite: &mut Command, project: &Project, toolchain: &Toolchain) -> Result<()> {
    for (variable, names, package) in BROWSERS {
        if std::env::var_os(variable).is_none() {
            suite.env(variable, tools::need_program(project, toolchain, &names, &[package])?);
        }
    }
    Ok(())
}

/// Tells the suite where coturn is.
///
/// # Errors
/// When it is missing and cannot be installed.
pub(crate) fn name_turn_server(suite: &mut Command, project: &Project, toolchain: &Toolchain) -> Result<()> {
    let (variable, name, package) = TURN_SERVER;
    if std::env::var_os(variable).is_none() {
        suite.env(variable, tools::need_program(project, toolchain, &[name], &[package])?);
    }
    Ok(())
}

fn npx(project: &Project, toolchain: &Toolchain) -> Command {
    let mut npx = toolchain.program("npx");
    npx.arg("--no-install").current_dir(project.path("e2e")).stdin(Stdio::null());
    npx
}

/// Runs Playwright and counts from its JSON report; the list is for whoever watches.
///
/// # Errors
/// When it ends without a report.
pub(crate) fn suite(project: &Project, playwright: &mut Command) -> Result<Counts> {
    let report = project.target().join("playwright-report.json");
    if report.exists() {
        std::fs::remove_file(&report).context(|| report.display().to_string())?;
    }
    playwright.arg("--reporter=list,json").env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report);
    playwright.env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report);
    let ended = process::run(playwright);
    let counted = std::fs::read_to_string(&report).ok().and_then(|json| counts::in_playwright_report(&json));
    match (ended, counted) {
        (Ok(()), Some(counts)) => Ok(counts),
        (Ok(()), None) => Err(Error::new("Playwright left no report")),
        // A suite that could not start reports no failed test.
        (Err(_), Some(counts)) if counts.failed > 0 => Ok(counts),
        (Err(error), _) => Err(error),
    }
}
