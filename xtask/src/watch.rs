//! Noticing that sources have changed, by looking at them now and then.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Folders being watched, and how they looked last.
#[derive(Debug)]
pub(crate) struct Watch {
    folders: Vec<PathBuf>,
    seen: Look,
}

/// Enough to notice a file that was changed, added or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Look {
    files: usize,
    newest: Option<SystemTime>,
}

impl Watch {
    /// Watches `folders`; those that do not exist are empty.
    pub(crate) fn new(folders: Vec<PathBuf>) -> Self {
        let seen = look(&folders);
        Self { folders, seen }
    }

    /// Whether something has changed since the last time this was asked.
    pub(crate) fn has_changed(&mut self) -> bool {
        let now = look(&self.folders);
        let changed = now != self.seen;
        self.seen = now;
        changed
    }
}

fn look(folders: &[PathBuf]) -> Look {
    let mut look = Look::default();
    folders.iter().for_each(|folder| add(&mut look, folder));
    look
}

fn add(look: &mut Look, path: &Path) {
    if let Ok(entries) = std::fs::read_dir(path) {
        entries.flatten().for_each(|entry| add(look, &entry.path()));
    } else if let Ok(modified) = std::fs::metadata(path).and_then(|data| data.modified()) {
        // A file that vanished meanwhile is simply not counted.
        look.files += 1;
        look.newest = look.newest.max(Some(modified));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn changes_are_noticed_once() {
        let dir = std::env::temp_dir().join(format!("alo-watch-{}", std::process::id()));
        std::fs::create_dir_all(dir.join("deep")).unwrap();
        let file = dir.join("deep/a.rs");
        std::fs::write(&file, "a").unwrap();
        let mut watch = Watch::new(vec![dir.clone(), dir.join("missing")]);
        assert!(!watch.has_changed());
        let later = SystemTime::now() + Duration::from_secs(5);
        std::fs::File::options().write(true).open(&file).unwrap().set_modified(later).unwrap();
        assert!(watch.has_changed());
        assert!(!watch.has_changed());
        std::fs::remove_file(&file).unwrap();
        assert!(watch.has_changed());
        std::fs::remove_dir_all(dir).unwrap();
    }
}
