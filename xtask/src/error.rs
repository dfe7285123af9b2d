//! The one error of this program: a sentence for the person at the terminal.

use std::fmt;

/// The result of every step.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// What went wrong and, where there is one, what to do about it.
#[derive(Debug)]
pub(crate) struct Error(String);

impl Error {
    /// An error that reads as `message`.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// Says what was being done when something failed.
pub(crate) trait Context<T> {
    /// Puts `doing()` in front of the cause.
    fn context(self, doing: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: fmt::Display> Context<T> for std::result::Result<T, E> {
    fn context(self, doing: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|cause| Error::new(format!("{}: {cause}", doing())))
    }
}
