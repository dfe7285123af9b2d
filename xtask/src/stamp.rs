//! Knowing in milliseconds whether something has to be built again.
//!
//! A stamp remembers two hashes: of all that went in and of all that came out. Contents are hashed,
//! not times of modification, which a fresh clone or a change of branch sets anew. The output counts
//! as well, because others write there too (`trunk serve` puts a debug page into dist/).

use std::path::{Path, PathBuf};

use crate::error::{Context, Result};
use crate::files;
use crate::hash::Hasher;

/// The file that remembers, and the hash of the inputs as they are now.
#[derive(Debug)]
pub(crate) struct Stamp {
    file: PathBuf,
    inputs: String,
}

impl Stamp {
    /// Looks at the inputs: files and folders, and `settings` that are in no file.
    ///
    /// # Errors
    /// When an input cannot be read.
    pub(crate) fn new(file: PathBuf, inputs: &[PathBuf], settings: &[&str]) -> Result<Self> {
        let mut hasher = Hasher::new();
        settings.iter().for_each(|setting| hasher.add(setting.as_bytes()));
        for input in inputs {
            add_tree(&mut hasher, input, input)?;
        }
        Ok(Self { file, inputs: hasher.hex() })
    }

    /// Whether `output` is what these inputs gave last time.
    pub(crate) fn is_fresh(&self, output: &Path) -> bool {
        let Ok(remembered) = std::fs::read_to_string(&self.file) else { return false };
        output.is_dir() && self.text(output).is_ok_and(|now| now == remembered)
    }

    /// Remembers that these inputs gave `output`.
    ///
    /// # Errors
    /// When the output cannot be read or the stamp not written.
    pub(crate) fn remember(&self, output: &Path) -> Result<()> {
        let text = self.text(output)?;
        std::fs::write(&self.file, text).context(|| self.file.display().to_string())
    }

    fn text(&self, output: &Path) -> Result<String> {
        let mut hasher = Hasher::new();
        add_tree(&mut hasher, output, output)?;
        Ok(format!("inputs {}\noutputs {}\n", self.inputs, hasher.hex()))
    }
}

/// Adds the names and contents of everything below `path`, in a settled order.
fn add_tree(hasher: &mut Hasher, base: &Path, path: &Path) -> Result<()> {
    let at = || path.display().to_string();
    if !path.is_dir() {
        let name = path.strip_prefix(base).unwrap_or(path);
        hasher.add(name.as_os_str().as_encoded_bytes());
        hasher.add(&std::fs::read(path).context(at)?);
        return Ok(());
    }
    let mut children = files::children(path)?.into_iter().filter(|path| !is_passed_over(path));
    children.try_for_each(|path| add_tree(hasher, base, &path))
}

/// Editors' and cargo's own files inside a source folder.
fn is_passed_over(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') || name.ends_with('~') || name == "target" || name == "node_modules"
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let dir = std::env::temp_dir().join(format!("alo-stamp-{name}-{}", std::process::id()));
            std::fs::create_dir_all(dir.join("src/deep")).unwrap();
            std::fs::create_dir_all(dir.join("dist")).unwrap();
            let folder = Self(dir);
            folder.write("src/a.rs", "a");
            folder.write("src/deep/b.rs", "b");
            folder.write("dist/index.html", "page");
            folder
        }

        fn write(&self, name: &str, text: &str) {
            std::fs::write(self.0.join(name), text).unwrap();
        }

        fn stamp(&self, setting: &str) -> Stamp {
            Stamp::new(self.0.join("stamp"), &[self.0.join("src")], &[setting]).unwrap()
        }

        fn is_fresh(&self) -> bool {
            self.stamp("z").is_fresh(&self.0.join("dist"))
        }

        fn remember(&self) {
            self.stamp("z").remember(&self.0.join("dist")).unwrap();
            assert!(self.is_fresh());
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn any_change_of_the_inputs_is_noticed() {
        let folder = Folder::new("inputs");
        assert!(!folder.is_fresh(), "nothing is remembered yet");
        folder.remember();
        folder.write("src/deep/b.rs", "c");
        assert!(!folder.is_fresh(), "a changed file");
        folder.remember();
        folder.write("src/new.rs", "");
        assert!(!folder.is_fresh(), "a new file");
        folder.remember();
        std::fs::rename(folder.0.join("src/new.rs"), folder.0.join("src/named.rs")).unwrap();
        assert!(!folder.is_fresh(), "a renamed file");
        folder.remember();
        assert!(!folder.stamp("s").is_fresh(&folder.0.join("dist")), "another setting");
        folder.write("src/.a.rs.swp", "an editor's");
        assert!(folder.is_fresh());
    }

    #[test]
    fn what_others_did_to_the_output_is_noticed() {
        let folder = Folder::new("outputs");
        folder.remember();
        folder.write("dist/index.html", "somebody else's page");
        assert!(!folder.is_fresh());
        folder.remember();
        std::fs::remove_dir_all(folder.0.join("dist")).unwrap();
        assert!(!folder.is_fresh());
    }

    #[test]
    fn a_missing_input_is_an_error() {
        assert!(Stamp::new(PathBuf::new(), &[PathBuf::from("/no/such/input")], &[]).is_err());
    }
}
