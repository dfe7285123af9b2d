//! The page's service worker (static/sw.js): told which files the page begins with.

use crate::error::{Error, Result};
use crate::hash;

/// Where the worker's text has the list of files, and the name they are kept under.
const LIST: &str = "const SHELL = [];";
const NAME: &str = "const KEPT = 'alo-shell';";

/// The worker's text for a page: `page` is its index.html, `files` what that loads.
///
/// # Errors
/// When the text has no place for it.
pub(crate) fn with_shell(worker: &str, page: &str, files: &[&String]) -> Result<String> {
    for place in [LIST, NAME] {
        if !worker.contains(place) {
            return Err(Error::new(format!("the service worker has no line {place:?}")));
        }
    }
    let quoted: Vec<String> = files.iter().map(|file| format!("\"/{file}\"")).collect();
    // The hash of the page covers the names of its files, and those their content.
    let kept = format!("const KEPT = \"alo-{}\";", hash::hex(page.as_bytes()));
    let list = format!("const SHELL = [\"/\",{}];", quoted.join(","));
    Ok(worker.replace(LIST, &list).replace(NAME, &kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKER: &str = "const SHELL = [];\nconst KEPT = 'alo-shell';\n";

    #[test]
    fn the_worker_is_told_the_files_under_a_name_that_changes_with_the_page() {
        let files = ["client-1.js".to_owned(), "style-2.css".to_owned()];
        let of = |page| with_shell(WORKER, page, &files.iter().collect::<Vec<_>>()).unwrap();
        let text = of("<html>1");
        assert!(text.starts_with("const SHELL = [\"/\",\"/client-1.js\",\"/style-2.css\"];"), "{text}");
        assert_eq!(text, of("<html>1"));
        assert_ne!(text, of("<html>2"));
    }

    #[test]
    fn a_worker_that_cannot_be_told_is_refused() {
        assert!(with_shell("self.onfetch = () => {};", "", &[]).is_err());
    }
}
