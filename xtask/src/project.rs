//! Where things are: the repository, cargo's target folder, the user's cache.

use std::path::{Path, PathBuf};

use crate::error::{Context, Error, Result};

/// The folders everything else is found from. All paths are absolute.
#[derive(Debug)]
pub(crate) struct Project {
    root: PathBuf,
    target: PathBuf,
    cache: PathBuf,
}

impl Project {
    /// Finds the repository this program belongs to and the folders of the user who runs it.
    ///
    /// # Errors
    /// When there is neither `XDG_CACHE_HOME` nor `HOME`, or the current folder is gone.
    pub(crate) fn locate() -> Result<Self> {
        // Cargo sets the variable when it runs us; the compiled-in path serves a direct start.
        let manifest_dir = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest_dir.parent().ok_or_else(|| Error::new("xtask is not inside a workspace"))?.to_path_buf();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(dir) if !dir.is_empty() => std::path::absolute(dir).context(|| "CARGO_TARGET_DIR".to_owned())?,
            _ => root.join("target"),
        };
        Ok(Self { root, target, cache: cache_dir()? })
    }

    /// The workspace's own folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the workspace.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Where cargo builds.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Where tools of all versions are kept, for all clones of the repository.
    pub(crate) fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    /// A folder for building the tool `name`; deleted when the tool is installed.
    pub(crate) fn tool_build(&self, name: &str) -> PathBuf {
        self.cache.join("tools-build").join(name)
    }

    /// The built page: what `trunk build` calls dist as well.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The relay built with `profile` (the folder's name: "debug" or "release").
    pub(crate) fn relay(&self, profile: &str) -> PathBuf {
        self.target.join(profile).join(format!("alo{}", std::env::consts::EXE_SUFFIX))
    }
}

fn cache_dir() -> Result<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = set("XDG_CACHE_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".cache")))
        .or_else(|| set("LOCALAPPDATA"))
        .ok_or_else(|| Error::new("set HOME or XDG_CACHE_HOME: tools are installed there"))?;
    let base = std::path::absolute(base).context(|| "the cache folder".to_owned())?;
    Ok(base.join("alo"))
}
