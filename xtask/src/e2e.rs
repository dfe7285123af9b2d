//! The finished product in browsers: the Playwright suite in e2e/.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::counts::{self, Counts};
use crate::error::{Context, Error, Result};
use crate::hash;
use crate::page;
use crate::process;
use crate::project::Project;
use crate::release;
use crate::steps;
use crate::test::Session;
use crate::toolchain::Toolchain;
use crate::tools;

/// The variable that names each browser to the suite (and by which a person may choose one), what its
/// program may be called, and Debian's package of it.
const BROWSERS: [(&str, [&str; 3], &str); 2] = [
    ("CHROMIUM", ["chromium", "chromium-browser", "google-chrome"], "chromium"),
    ("FIREFOX", ["firefox-esr", "firefox", "firefox-bin"], "firefox-esr"),
];

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
            playwright.env("ALO_BIN", &relay).args(["playwright", "test"]).args(args);
            suite(session.project, &mut playwright)
        });
    }
}

/// `npx` in the suite's folder, told which browsers there are.
///
/// # Errors
/// When a browser is missing and cannot be installed.
fn with_browsers(project: &Project, toolchain: &Toolchain) -> Result<Command> {
    let mut npx = npx(project, toolchain);
    for (variable, names, package) in BROWSERS {
        if std::env::var_os(variable).is_none() {
            npx.env(variable, tools::need_program(project, toolchain, &names, &[package])?);
        }
    }
    Ok(npx)
}

fn npx(project: &Project, toolchain: &Toolchain) -> Command {
    let mut npx = toolchain.program("npx");
    npx.arg("--no-install").current_dir(project.path("e2e")).stdin(Stdio::null());
    npx
}

/// `npm ci`, unless the packages of this very lock file are there already. Browsers come from Debian:
/// Playwright must not download its own.
fn install_packages(project: &Project, toolchain: &Toolchain) -> Result<()> {
    let folder = project.path("e2e");
    let lock = folder.join("package-lock.json");
    let wanted = hash::hex(&std::fs::read(&lock).context(|| lock.display().to_string())?);
    let stamp = folder.join("node_modules").join(".installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    steps::step("installing e2e's packages from npm", "some seconds", || {
        let mut npm = toolchain.program("npm");
        npm.args(["ci", "--no-audit", "--no-fund"]).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        process::run(npm.current_dir(&folder))?;
        std::fs::write(&stamp, wanted).context(|| stamp.display().to_string())
    })
}

/// Runs Playwright and counts from its JSON report; the list is for whoever watches.
fn suite(project: &Project, playwright: &mut Command) -> Result<Counts> {
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
