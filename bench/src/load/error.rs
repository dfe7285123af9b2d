//! Why calls could not be played.

use std::io;

use nix::errno::Errno;

use crate::load::script::Stage;

/// Why a load could not be played.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    /// A socket failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The server closed a connection, or would not open it.
    #[error("the server closed a connection: {0}")]
    Closed(String),
    /// The server refused what belongs to an ordinary call.
    #[error("the server refused: {0}")]
    Refused(String),
    /// A message never arrived.
    #[error("a call stood still while {0:?}")]
    Stalled(Stage),
    /// Requests were never acknowledged.
    #[error("{0} people wait for acknowledgements")]
    Unacknowledged(usize),
    /// Not everybody got in.
    #[error("only {0} of {1} people got in")]
    Slow(usize, usize),
}

impl From<Errno> for LoadError {
    fn from(error: Errno) -> Self {
        Self::Io(error.into())
    }
}
