//! What a relay is told about the ways that media takes.

use std::fmt;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use super::url::TurnUrl;

/// STUN and TURN, as the operator wants them.
#[derive(Clone, Debug)]
pub struct Ways {
    /// TURN servers of the operator's, best first.
    pub servers: Vec<TurnUrl>,
    /// What they check credentials with, and the one inside too. `None` only where there are none, or none but that one.
    pub secret: Option<SharedSecret>,
    /// How long credentials are good for: an hour at most.
    pub ttl: Duration,
    /// How often the operator's servers are asked whether they are there.
    pub asked_every: Duration,
    /// Pages are to send media through TURN servers alone.
    pub relay_only: bool,
    /// The TURN server inside this process.
    pub inside: Option<Inside>,
}

impl Default for Ways {
    fn default() -> Self {
        Self {
            servers: Vec::new(),
            secret: None,
            ttl: Duration::from_secs(3_600),
            asked_every: Duration::from_secs(5),
            relay_only: false,
            inside: None,
        }
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

/// How the TURN server inside is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inside {
    /// The port for UDP and TCP; 0 takes a free one.
    pub port: u16,
    /// The port for TLS, used where there is a certificate that browsers trust and a name; 0 takes a free one.
    pub tls_port: u16,
    /// The address under which others reach it; `None` to find out.
    pub address: Option<IpAddr>,
    /// The name of that address, for TLS.
    pub name: Option<String>,
    /// The ports of relayed addresses.
    pub relay_ports: RangeInclusive<u16>,
    /// Bytes a second that one user may have relayed, in both directions together.
    pub bytes_per_second: u64,
    /// Relay to private addresses too.
    pub allow_private: bool,
}

impl Default for Inside {
    fn default() -> Self {
        Self {
            port: 3478,
            tls_port: 5349,
            address: None,
            name: None,
            relay_ports: 49_160..=49_959,
            bytes_per_second: 2_500_000,
            allow_private: false,
        }
    }
}
