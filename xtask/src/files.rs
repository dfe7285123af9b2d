//! Files and folders, with errors that name them.

use std::path::{Path, PathBuf};

use crate::error::{Context, Result};

/// The text in the file at `path`.
///
/// # Errors
/// When it cannot be read or is not UTF-8.
pub(crate) fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).context(|| path.display().to_string())
}

/// Makes `dir` an empty folder. If it exists it stays the same folder: a server may be using it.
///
/// # Errors
/// When something cannot be removed or the folder not be made.
pub(crate) fn empty(dir: &Path) -> Result<()> {
    std::fs::create_dir_all(dir).context(|| dir.display().to_string())?;
    for path in children(dir)? {
        let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        removed.context(|| path.display().to_string())?;
    }
    Ok(())
}

/// What the folder `dir` holds, in the order of names.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn children(dir: &Path) -> Result<Vec<PathBuf>> {
    let at = || dir.display().to_string();
    let entries = std::fs::read_dir(dir).context(at)?.collect::<std::io::Result<Vec<_>>>().context(at)?;
    let mut paths: Vec<_> = entries.iter().map(std::fs::DirEntry::path).collect();
    paths.sort();
    Ok(paths)
}

/// Copies a file, or a folder with all it holds; `to` is the copy's own name.
///
/// # Errors
/// When something cannot be read or written.
pub(crate) fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        return std::fs::copy(from, to).map(drop).context(|| from.display().to_string());
    }
    std::fs::create_dir_all(to).context(|| to.display().to_string())?;
    let mut children = children(from)?.into_iter();
    children.try_for_each(|path| copy_tree(&path, &to.join(path.file_name().unwrap_or_default())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_copied_and_emptied() {
        let dir = std::env::temp_dir().join(format!("alo-files-{}", std::process::id()));
        std::fs::create_dir_all(dir.join("from/deep")).unwrap();
        std::fs::write(dir.join("from/deep/b"), "text").unwrap();
        std::fs::write(dir.join("from/a"), "").unwrap();
        copy_tree(&dir.join("from"), &dir.join("to")).unwrap();
        assert_eq!(read(&dir.join("to/deep/b")).unwrap(), "text");
        assert_eq!(children(&dir.join("to")).unwrap(), [dir.join("to/a"), dir.join("to/deep")]);
        empty(&dir.join("to")).unwrap();
        assert_eq!(children(&dir.join("to")).unwrap(), Vec::<PathBuf>::new());
        assert!(copy_tree(&dir.join("missing"), &dir.join("to/x")).unwrap_err().to_string().contains("missing"));
        std::fs::remove_dir_all(dir).unwrap();
    }
}
