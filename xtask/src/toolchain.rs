//! The Rust toolchain that builds page and relay alike, and the environment programs start in.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Context, Result};
use crate::process;
use crate::project::Project;

/// What `cargo run` and rustup's proxies put into our environment. Handed on it would choose another
/// toolchain, and make build scripts that look at these variables run again each time.
const NOT_HANDED_ON: [&str; 26] = [
    "CARGO",
    "CARGO_BIN_NAME",
    "CARGO_BUILD_TARGET",
    "CARGO_CRATE_NAME",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_PKG_AUTHORS",
    "CARGO_PKG_DESCRIPTION",
    "CARGO_PKG_HOMEPAGE",
    "CARGO_PKG_LICENSE",
    "CARGO_PKG_LICENSE_FILE",
    "CARGO_PKG_NAME",
    "CARGO_PKG_README",
    "CARGO_PKG_REPOSITORY",
    "CARGO_PKG_RUST_VERSION",
    "CARGO_PKG_VERSION",
    "CARGO_PKG_VERSION_MAJOR",
    "CARGO_PKG_VERSION_MINOR",
    "CARGO_PKG_VERSION_PATCH",
    "CARGO_PKG_VERSION_PRE",
    "CARGO_PRIMARY_PACKAGE",
    "RUSTC",
    "RUSTDOC",
    "RUSTUP_TOOLCHAIN",
    "RUST_RECURSION_COUNT",
    "SYSROOT",
];

/// A toolchain that can build for this machine and for wasm32-unknown-unknown.
#[derive(Debug)]
pub(crate) struct Toolchain {
    bin: PathBuf,
    path: OsString,
    target: PathBuf,
    root: PathBuf,
}

impl Toolchain {
    /// Finds it, or sets it up; `tools/wasm-toolchain.sh` says how and what it does meanwhile.
    ///
    /// # Errors
    /// When there is none and none can be installed; the script has said what to type then.
    pub(crate) fn find(project: &Project) -> Result<Self> {
        let mut script = Command::new("sh");
        script.arg(project.path("tools/wasm-toolchain.sh")).current_dir(project.root());
        clean(&mut script);
        let bin = PathBuf::from(process::output(&mut script)?);
        let path = prepended(&bin, &std::env::var_os("PATH").unwrap_or_default())?;
        let (target, root) = (project.target().to_path_buf(), project.root().to_path_buf());
        Ok(Self { bin, path, target, root })
    }

    /// Puts `dir` in front of the PATH of everything started from now on.
    ///
    /// # Errors
    /// When its name cannot stand in PATH (it holds the separator).
    pub(crate) fn add_to_path(&mut self, dir: &Path) -> Result<()> {
        self.path = prepended(dir, &self.path)?;
        Ok(())
    }

    /// Cargo of this toolchain, at the workspace's root, building into the project's target folder.
    pub(crate) fn cargo(&self) -> Command {
        self.program(self.bin.join(format!("cargo{}", std::env::consts::EXE_SUFFIX)))
    }

    /// Any other program, in the same environment.
    pub(crate) fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        clean(&mut command);
        command.env("PATH", &self.path).env("CARGO_TARGET_DIR", &self.target).current_dir(&self.root);
        command
    }

    /// The program of this name on the PATH.
    pub(crate) fn which(&self, program: &str) -> Option<PathBuf> {
        let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
        std::env::split_paths(&self.path).map(|dir| dir.join(&file)).find(|path| path.is_file())
    }

    /// Where it keeps its libraries and, if they are installed, their sources.
    ///
    /// # Errors
    /// When rustc does not run.
    pub(crate) fn sysroot(&self) -> Result<PathBuf> {
        process::output(self.program(self.bin.join("rustc")).args(["--print", "sysroot"])).map(PathBuf::from)
    }

    /// Tells this toolchain from others: its place and its version.
    ///
    /// # Errors
    /// When rustc does not run.
    pub(crate) fn identity(&self) -> Result<String> {
        let version = process::output(self.program(self.bin.join("rustc")).arg("--version"))?;
        Ok(format!("{} {version}", self.bin.display()))
    }
}

/// Takes out of a command's environment what only concerned us.
fn clean(command: &mut Command) {
    for name in NOT_HANDED_ON {
        command.env_remove(name);
    }
    if let Some(libraries) = std::env::var_os("LD_LIBRARY_PATH") {
        let ours = libraries_of_the_person(&libraries, &std::env::current_exe().unwrap_or_default());
        command.env("LD_LIBRARY_PATH", ours);
    }
}

/// Cargo and rustup put the libraries of the target folder and of their toolchain in front; the
/// toolchain that we start brings its own.
fn libraries_of_the_person(all: &OsStr, own_program: &Path) -> OsString {
    let target = own_program.ancestors().nth(2).unwrap_or(own_program);
    let theirs = std::env::split_paths(all)
        .filter(|dir| !dir.starts_with(target) && !dir.components().any(|part| part.as_os_str() == "toolchains"));
    std::env::join_paths(theirs).unwrap_or_default()
}

fn prepended(dir: &Path, path: &OsStr) -> Result<OsString> {
    let dirs = std::iter::once(dir.to_path_buf()).chain(std::env::split_paths(path));
    std::env::join_paths(dirs).context(|| format!("{} on the PATH", dir.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn libraries_of_cargo_and_rustup_are_not_handed_on() {
        let all = "/clone/target/debug/deps:/home/a/.rustup/toolchains/stable/lib:/opt/mine/lib";
        let kept = libraries_of_the_person(OsStr::new(all), Path::new("/clone/target/debug/xtask"));
        assert_eq!(kept, "/opt/mine/lib");
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_goes_in_front() {
        assert_eq!(prepended(Path::new("/a"), OsStr::new("/b:/c")).unwrap(), "/a:/b:/c");
        assert!(prepended(Path::new("/a:b"), OsStr::new("/c")).is_err());
    }
}
