//! The tools Alo is built and tested with, each pinned to a version.

use std::path::PathBuf;
use std::process::Command;

use crate::error::{Error, Result};
use crate::install::{CratesIoTool, NpmTool};
use crate::lockfile;
use crate::process;
use crate::project::Project;
use crate::steps;
use crate::toolchain::Toolchain;

/// wasm-opt's release. Its text output is part of what the page is made of: change it knowingly.
pub(crate) const BINARYEN: &str = "132";

/// esbuild's release, which minifies JavaScript and style sheets.
pub(crate) const ESBUILD: &str = "0.28.2";

/// The release of what takes the page's program to pieces.
pub(crate) const WASM_SPLIT: &str = "0.2.4";

/// The last Trunk that the toolchains we support can compile.
const TRUNK: &str = "0.21.14";

/// The version of wasm-bindgen the workspace is locked to. The command-line tool must be exactly
/// the same: the format between the two is private to a version.
///
/// # Errors
/// When Cargo.lock does not say.
pub(crate) fn wasm_bindgen_version(project: &Project) -> Result<String> {
    lockfile::locked_version(&project.path("Cargo.lock"), "wasm-bindgen")
}

/// Puts `wasm-bindgen` and `wasm-bindgen-test-runner` on the toolchain's PATH.
///
/// # Errors
/// When they cannot be built.
pub(crate) fn add_wasm_bindgen(project: &Project, toolchain: &mut Toolchain) -> Result<()> {
    let version = wasm_bindgen_version(project)?;
    let programs = ["wasm-bindgen", "wasm-bindgen-test-runner"];
    if programs.iter().all(|name| answers(toolchain, name, &version)) {
        return Ok(());
    }
    let tool = CratesIoTool {
        package: "wasm-bindgen-cli",
        name: "wasm-bindgen",
        version: &version,
        features: "",
        binaries: &programs,
        may_take: "1 to 3 minutes",
    };
    let bin = tool.ensure(project, toolchain)?;
    toolchain.add_to_path(&bin)
}

/// Puts `wasm-split-cli` on the toolchain's PATH. It does not say its version, so only our own counts.
///
/// # Errors
/// When it cannot be built.
pub(crate) fn add_wasm_split(project: &Project, toolchain: &mut Toolchain) -> Result<()> {
    let tool = CratesIoTool {
        package: "wasm_split_cli_support",
        name: "wasm-split",
        version: WASM_SPLIT,
        features: "build-binary",
        binaries: &["wasm-split-cli"],
        may_take: "1 minute",
    };
    let bin = tool.ensure(project, toolchain)?;
    toolchain.add_to_path(&bin)
}

/// Puts `wasm-opt` on the toolchain's PATH.
///
/// # Errors
/// When npm cannot install it.
pub(crate) fn add_wasm_opt(project: &Project, toolchain: &mut Toolchain) -> Result<()> {
    if answers(toolchain, "wasm-opt", &format!("version_{BINARYEN}")) {
        return Ok(());
    }
    let tool =
        NpmTool { package: "binaryen", version: &format!("{BINARYEN}.0.0"), folder: &format!("binaryen-{BINARYEN}") };
    let bin = tool.ensure(project, toolchain)?;
    toolchain.add_to_path(&bin)
}

/// Puts `esbuild` on the toolchain's PATH.
///
/// # Errors
/// When npm cannot install it.
pub(crate) fn add_esbuild(project: &Project, toolchain: &mut Toolchain) -> Result<()> {
    if answers(toolchain, "esbuild", ESBUILD) {
        return Ok(());
    }
    let tool = NpmTool { package: "esbuild", version: ESBUILD, folder: &format!("esbuild-{ESBUILD}") };
    let bin = tool.ensure(project, toolchain)?;
    toolchain.add_to_path(&bin)
}

/// Puts `trunk` on the toolchain's PATH.
///
/// # Errors
/// When it cannot be built.
pub(crate) fn add_trunk(project: &Project, toolchain: &mut Toolchain) -> Result<()> {
    if answers(toolchain, "trunk", TRUNK) {
        return Ok(());
    }
    let tool = CratesIoTool {
        package: "trunk",
        name: "trunk",
        version: TRUNK,
        features: "",
        binaries: &["trunk"],
        may_take: "5 to 10 minutes; only `dev` needs it",
    };
    let bin = tool.ensure(project, toolchain)?;
    toolchain.add_to_path(&bin)
}

/// The first of the programs `names` that there is; if there is none, installs Debian's `packages`, where
/// there is apt.
///
/// # Errors
/// When it is not there and cannot be installed; names what to type.
pub(crate) fn need_program(
    project: &Project,
    toolchain: &Toolchain,
    names: &[&str],
    packages: &[&str],
) -> Result<PathBuf> {
    let find = || names.iter().find_map(|name| toolchain.which(name));
    if let Some(path) = find() {
        return Ok(path);
    }
    if toolchain.which("apt-get").is_none() {
        return Err(Error::new(format!("install {} and put it on the PATH", names.join(" or "))));
    }
    let title = format!("installing Debian's {}", packages.join(" "));
    steps::step(&title, "1 to 3 minutes", || {
        process::run(toolchain.program("sh").arg(project.path("tools/apt.sh")).args(packages))
    })?;
    find().ok_or_else(|| Error::new(format!("{} brought no {}", packages.join(" "), names.join(" or "))))
}

/// Whether `program --version` runs and names this version.
fn answers(toolchain: &Toolchain, program: &str, version: &str) -> bool {
    let mut command: Command = toolchain.program(program);
    let Ok(output) = command.arg("--version").output() else { return false };
    names_version(&String::from_utf8_lossy(&output.stdout), version)
}

/// Whether one of the words of `text` is the version (npm and others put brackets around it).
fn names_version(text: &str, version: &str) -> bool {
    text.split_whitespace().any(|word| word.trim_matches(['(', ')', 'v', ',']) == version.trim_start_matches('v'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trunk_is_told_of_the_same_versions() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let trunk = std::fs::read_to_string(root.join("Trunk.toml")).unwrap();
        let bindgen = lockfile::locked_version(&root.join("Cargo.lock"), "wasm-bindgen").unwrap();
        for line in [
            format!("trunk-version = \"{TRUNK}\""),
            format!("wasm_bindgen = \"{bindgen}\""),
            format!("wasm_opt = \"version_{BINARYEN}\""),
        ] {
            assert!(trunk.lines().any(|it| it == line), "Trunk.toml should say {line}");
        }
    }

    #[test]
    fn versions_are_whole_words() {
        assert!(names_version("wasm-bindgen 0.2.130\n", "0.2.130"));
        assert!(names_version("wasm-opt version 132 (version_132)", "version_132"));
        assert!(!names_version("wasm-bindgen 0.2.13", "0.2.130"));
        assert!(!names_version("wasm-opt version 108", "version_132"));
    }
}
