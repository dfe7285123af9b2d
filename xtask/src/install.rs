//! Installing a tool once, by version, into the user's cache.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Context, Error, Result};
use crate::hash;
use crate::process;
use crate::project::Project;
use crate::steps;
use crate::toolchain::Toolchain;

/// A program published on crates.io.
#[derive(Debug)]
pub(crate) struct CratesIoTool<'a> {
    /// Its package.
    pub(crate) package: &'a str,
    /// What its folder in the cache is called, before the version.
    pub(crate) name: &'a str,
    /// The version, exactly.
    pub(crate) version: &'a str,
    /// Its features that are wanted.
    pub(crate) features: &'a str,
    /// The binaries wanted of it.
    pub(crate) binaries: &'a [&'a str],
    /// How long building it may take, for people.
    pub(crate) may_take: &'a str,
}

impl CratesIoTool<'_> {
    /// The folder with its programs; builds it first if it is not there yet.
    ///
    /// # Errors
    /// When it cannot be built.
    pub(crate) fn ensure(&self, project: &Project, toolchain: &Toolchain) -> Result<PathBuf> {
        let folder = format!("{}-{}", self.name, self.version);
        let dir = project.tools().join(&folder);
        let bin = dir.join("bin");
        if self.binaries.iter().all(|name| bin.join(executable(name)).is_file()) {
            return Ok(bin);
        }
        let title = format!("building {} {} once, into {}", self.package, self.version, dir.display());
        steps::step(&title, self.may_take, || {
            let build = project.tool_build(&folder);
            into_place(&dir, |fresh| self.install(toolchain, fresh, &build))?;
            // Some hundred megabytes that nobody needs again; the tool works with them there as well.
            let _ = std::fs::remove_dir_all(&build);
            Ok(())
        })?;
        Ok(bin)
    }

    /// A published lock file may name versions that a registry's mirror has not got: then without.
    fn install(&self, toolchain: &Toolchain, into: &Path, build: &Path) -> Result<()> {
        process::run(self.command(toolchain, into, build).arg("--locked")).or_else(|_| {
            println!("    not with its own lock file; again with the newest dependencies that fit");
            process::run(&mut self.command(toolchain, into, build))
        })
    }

    fn command(&self, toolchain: &Toolchain, into: &Path, build: &Path) -> Command {
        let mut cargo = toolchain.cargo();
        cargo.args(["install", self.package, "--version", self.version, "--no-default-features"]);
        cargo.args(["--features", self.features]);
        for name in self.binaries {
            cargo.args(["--bin", name]);
        }
        cargo.arg("--root").arg(into);
        cheap_profile(&mut cargo);
        // Outside the workspace, whose profiles and aliases are not meant for other people's tools.
        cargo.env("CARGO_TARGET_DIR", build).current_dir(into);
        cargo
    }
}

/// Tools work for seconds and are compiled for minutes: hardly optimise them.
fn cheap_profile(cargo: &mut Command) {
    let settings = [
        ("OPT_LEVEL", "0"),
        ("LTO", "off"),
        ("CODEGEN_UNITS", "16"),
        ("DEBUG", "0"),
        ("STRIP", "symbols"),
        ("INCREMENTAL", "false"),
    ];
    for (name, value) in settings {
        cargo.env(format!("CARGO_PROFILE_RELEASE_{name}"), value);
    }
}

/// Without advertisements, and without sending the list of packages anywhere.
const NPM_QUIETLY: [&str; 3] = ["--no-audit", "--no-fund", "--no-update-notifier"];

/// A program published on npm.
#[derive(Debug)]
pub(crate) struct NpmTool<'a> {
    /// Its package.
    pub(crate) package: &'a str,
    /// The version, exactly.
    pub(crate) version: &'a str,
    /// Its folder in the cache.
    pub(crate) folder: &'a str,
}

impl NpmTool<'_> {
    /// The folder with its programs; installs it first if it is not there yet. Its installation scripts do
    /// not run: they may download what the registry has not checked.
    ///
    /// # Errors
    /// When npm is missing or does not get it.
    pub(crate) fn ensure(&self, project: &Project, toolchain: &Toolchain) -> Result<PathBuf> {
        let dir = project.tools().join(self.folder);
        let bin = dir.join("node_modules").join(".bin");
        if bin.is_dir() {
            return Ok(bin);
        }
        if toolchain.which("npm").is_none() {
            return Err(Error::new("npm is missing: install Node.js with npm (on Debian: apt-get install npm)"));
        }
        let title = format!("installing {} {} from npm, into {}", self.package, self.version, dir.display());
        steps::step(&title, "some seconds", || {
            into_place(&dir, |fresh| {
                let mut npm = toolchain.program("npm");
                npm.arg("install").args(NPM_QUIETLY).args(["--ignore-scripts", "--no-save", "--prefix"]);
                npm.arg(fresh).arg(format!("{}@{}", self.package, self.version)).current_dir(fresh);
                process::run(&mut npm)
            })
        })?;
        Ok(bin)
    }
}

/// `npm ci` in `folder`, unless the packages of this very lock file are there already. Browsers come from
/// the system: Playwright must not download its own.
///
/// # Errors
/// When npm does not get them.
pub(crate) fn npm_packages(toolchain: &Toolchain, folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let wanted = hash::hex(&std::fs::read(&lock).context(|| lock.display().to_string())?);
    let stamp = folder.join("node_modules").join(".installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    steps::step(&format!("installing the packages of {} from npm", folder.display()), "some seconds", || {
        let mut npm = toolchain.program("npm");
        npm.arg("ci").args(NPM_QUIETLY).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        process::run(npm.current_dir(folder))?;
        std::fs::write(&stamp, wanted).context(|| stamp.display().to_string())
    })
}

/// Fills a folder beside `dir` and renames it, so that what was interrupted half-way is not taken for
/// installed.
fn into_place(dir: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let fresh = fresh_name(dir);
    std::fs::create_dir_all(&fresh).context(|| fresh.display().to_string())?;
    let filled = fill(&fresh);
    if filled.is_err() {
        // Keep the first error: it is the one that explains.
        let _ = std::fs::remove_dir_all(&fresh);
        return filled;
    }
    if dir.exists() {
        std::fs::remove_dir_all(dir).context(|| dir.display().to_string())?;
    }
    std::fs::rename(&fresh, dir).context(|| dir.display().to_string())
}

/// `tool-1.2.3` becomes `tool-1.2.3.new-4711`: beside it, so that renaming does not copy.
fn fresh_name(dir: &Path) -> PathBuf {
    let mut name = dir.as_os_str().to_owned();
    name.push(format!(".new-{}", std::process::id()));
    PathBuf::from(name)
}

fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_installation_leaves_nothing() {
        let parent = std::env::temp_dir().join(format!("alo-install-{}", std::process::id()));
        let dir = parent.join("tool-1.2.3");
        assert!(into_place(&dir, |_| Err(Error::new("no network"))).is_err());
        assert_eq!(std::fs::read_dir(&parent).unwrap().count(), 0);
        into_place(&dir, |fresh| std::fs::write(fresh.join("tool"), "x").context(String::new)).unwrap();
        assert!(dir.join("tool").is_file());
        std::fs::remove_dir_all(parent).unwrap();
    }
}
