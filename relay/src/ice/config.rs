//! What a relay is told about the ways that media takes.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::url::TurnUrl;

/// STUN and TURN, as the operator wants them.
#[derive(Clone, Debug)]
pub struct Ways {
    /// TURN servers of the operator's, best first.
    pub servers: Vec<TurnUrl>,
    /// What they check credentials with; `None` where there are none.
    pub secret: Option<SharedSecret>,
    /// How long credentials are good for: an hour at most.
    pub ttl: Duration,
    /// How often the operator's servers are asked whether they are there.
    pub asked_every: Duration,
}

impl Default for Ways {
    fn default() -> Self {
        Self { servers: Vec::new(), secret: None, ttl: Duration::from_secs(3_600), asked_every: Duration::from_secs(5) }
    }
}

/// What TURN servers were given as well.
#[derive(Clone, PartialEq, Eq)]
pub enum SharedSecret {
    /// The secret itself.
    Given(Vec<u8>),
    /// A file with it; white space around it does not count.
    File(PathBuf),
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // A configuration may be logged; the secret must not be.
            Self::Given(_) => f.write_str("Given(…)"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}
