//! The checks that cargo does: formatting, lints, tests on this machine and in a browser.

use std::process::Command;

use crate::error::Result;
use crate::test::Session;
use crate::tools;

const WASM: [&str; 2] = ["--target", "wasm32-unknown-unknown"];
/// Everything but the client, which only exists as WebAssembly.
const NATIVE: [&str; 3] = ["--workspace", "--exclude", "client"];
/// The variable that names the relay's tests a Redis to start, and its program, which Debian's package is called after.
const REDIS_SERVER: (&str, &str) = ("REDIS_SERVER", "redis-server");
const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

/// rustfmt over the whole workspace.
pub(crate) fn fmt(session: &mut Session<'_>) {
    let mut cargo = session.toolchain.cargo();
    session.check("formatting", "", cargo.args(["fmt", "--all", "--", "--check"]));
}

/// Clippy with warnings denied: all that runs on this machine, then all that runs in the page. The
/// pure crates' tests need a machine with threads and files, so only their libraries are linted there.
pub(crate) fn clippy(session: &mut Session<'_>) {
    let mut native = session.toolchain.cargo();
    native.arg("clippy").args(NATIVE).arg("--all-targets").args(DENY_WARNINGS);
    session.check("lints, native", "2 to 4 minutes the first time", &mut native);

    let mut pure = session.toolchain.cargo();
    pure.arg("clippy").args(WASM).args(["-p", "call", "-p", "protocol", "--lib"]).args(DENY_WARNINGS);
    session.check("lints, pure crates as WebAssembly", "", &mut pure);

    let mut client = session.toolchain.cargo();
    client.arg("clippy").args(WASM).args(["-p", "client", "--all-targets"]).args(DENY_WARNINGS);
    session.check("lints, client", "2 to 4 minutes the first time", &mut client);

    let mut parts = session.toolchain.cargo();
    parts.arg("clippy").args(WASM).args(["-p", "client", "--lib"]).args(crate::parts::CARGO).args(DENY_WARNINGS);
    session.check("lints, client in parts", "", &mut parts);
}

/// Unit and integration tests, then the examples in documentation, which nextest does not run.
pub(crate) fn unit(session: &mut Session<'_>) {
    session.tests("tests", "2 to 5 minutes the first time", |session| {
        let mut tests = session.toolchain.cargo();
        if session.toolchain.which("cargo-nextest").is_some() {
            tests.args(["nextest", "run", "--no-fail-fast", "--no-tests", "warn"]).args(NATIVE);
        } else {
            tests.args(["test", "--no-fail-fast", "--all-targets"]).args(NATIVE);
        }
        if std::env::var_os(REDIS_SERVER.0).is_none() {
            let (variable, program) = REDIS_SERVER;
            match tools::need_program(session.project, &session.toolchain, &[program], &[program]) {
                Ok(path) => {
                    tests.env(variable, path);
                }
                Err(error) => println!("    SKIPPED: what needs a Redis of its own: {error}"),
            }
        }
        let mut documentation = session.toolchain.cargo();
        documentation.args(["test", "--no-fail-fast", "--doc"]).args(NATIVE);
        Ok(vec![tests, documentation])
    });
}

/// The client's tests in headless Chromium; client/webdriver.json holds its flags.
pub(crate) fn wasm(session: &mut Session<'_>) {
    session.tests("tests in a browser", "2 to 4 minutes the first time", |session| Ok(vec![wasm_tests(session)?]));
}

fn wasm_tests(session: &mut Session<'_>) -> Result<Command> {
    tools::add_wasm_bindgen(session.project, &mut session.toolchain)?;
    let driver =
        tools::need_program(session.project, &session.toolchain, &["chromedriver"], &["chromium", "chromium-driver"])?;
    let mut cargo = session.toolchain.cargo();
    cargo.arg("test").args(WASM).args(["-p", "client", "--no-fail-fast"]);
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");
    cargo.env("CHROMEDRIVER", driver).env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    Ok(cargo)
}
