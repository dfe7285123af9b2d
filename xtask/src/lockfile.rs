//! Reading Cargo.lock: which version of a package the workspace is locked to.

use std::path::Path;

use crate::error::{Context, Error, Result};

/// The locked version of `package` in the lock file at `path`.
///
/// # Errors
/// When the file cannot be read or does not name the package.
pub(crate) fn locked_version(path: &Path, package: &str) -> Result<String> {
    let text = std::fs::read_to_string(path).context(|| path.display().to_string())?;
    version_in(&text, package)
        .map(str::to_owned)
        .ok_or_else(|| Error::new(format!("{} names no {package}", path.display())))
}

/// Cargo writes `name` and `version` next to each other, in this order.
fn version_in<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let mut lines = lock.lines();
    lines.find(|line| string_value(line, "name") == Some(package))?;
    string_value(lines.next()?, "version")
}

fn string_value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"wasm-bindgen-shared\"\nversion = \"0.2.7\"\n\n\
        [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\ndependencies = [\n \"cfg-if\",\n]\n";

    #[test]
    fn the_version_of_exactly_this_package() {
        assert_eq!(version_in(LOCK, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(version_in(LOCK, "wasm"), None);
    }
}
