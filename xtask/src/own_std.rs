//! The page's program with a standard library compiled for it: small before fast, and without the words of panics.
//!
//! The one that comes with Rust carries the message of every panic and the code that formats it, which nobody sees in a
//! finished page: a panic ends in a trap either way, and the page says that it is broken
//! (client/src/platform/trouble.rs). Compiled anew without them, std and with it the page is a tenth smaller.
//!
//! Cargo calls that unstable. It needs the library's source, and leave to use unstable features of a stable compiler;
//! so where either does not work, the page is built as usual and is only larger.

use std::process::Command;

use crate::error::Result;
use crate::process;
use crate::toolchain::Toolchain;

/// Says which libraries to compile, and how.
const CARGO: [&str; 3] =
    ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size", "-Zpanic-immediate-abort"];

/// Added to the flags of .cargo/config.toml: no names of files in the program either.
const RUSTFLAGS: &str = "target.wasm32-unknown-unknown.rustflags=['-Zunstable-options','-Zlocation-detail=none']";

/// The library's source is there.
///
/// # Errors
/// When rustc does not run.
pub(crate) fn can_be_built(toolchain: &Toolchain) -> Result<bool> {
    Ok(toolchain.sysroot()?.join("lib/rustlib/src/rust/library/Cargo.lock").is_file())
}

/// Says what is missing where [`can_be_built`] says no.
pub(crate) fn is_missing() {
    println!("    the page will be a tenth larger than with the source of Rust's standard library,");
    println!("    which rustup installs: rustup component add rust-src");
}

/// Lets `cargo rustc`, which gets `rustc` behind its own arguments, compile the library as well. Whether that worked; if not, what is wrong has been printed.
pub(crate) fn build(mut cargo: Command, profile: &str, rustc: &[&str]) -> bool {
    let panic = format!("profile.{profile}.panic='immediate-abort'");
    cargo.args(CARGO).args(["--config", &panic, "--config", RUSTFLAGS]);
    let built = process::run(cargo.arg("--").args(rustc).env("RUSTC_BOOTSTRAP", "1"));
    if let Err(error) = &built {
        eprintln!("    {error}: the page is built with the standard library that comes with Rust");
    }
    built.is_ok()
}
