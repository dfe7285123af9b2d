//! The options about the ways that media takes.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::config::{SharedSecret, Ways};
use super::url::{NotTurn, TurnUrl};

/// STUN aside, which needs no more than `--ice-server`.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Ways through firewalls (TURN)")]
pub struct TurnOptions {
    /// A TURN server that passes media on where two browsers cannot reach each other, like turn:turn.example.org:3478,
    /// turn:…?transport=tcp or turns:turn.example.org:5349. Repeat it for several, best first, or separate them by
    /// commas.
    #[arg(long, env = "ALO_TURN_URL", value_delimiter = ',', value_parser = turn_url, requires = "turn-secrets", value_name = "URL")]
    pub turn_url: Vec<TurnUrl>,

    /// What those servers check credentials with (coturn: static-auth-secret). Others on this machine can read a command
    /// line: prefer the file or the variable.
    #[arg(long, env = "ALO_TURN_SECRET", hide_env_values = true, group = "turn-secrets", value_name = "SECRET")]
    pub turn_secret: Option<String>,

    /// A file with that secret.
    #[arg(long, env = "ALO_TURN_SECRET_FILE", group = "turn-secrets", value_name = "FILE")]
    pub turn_secret_file: Option<PathBuf>,

    /// Seconds that TURN credentials are good for. Pages get new ones before that.
    #[arg(long, env = "ALO_TURN_TTL", default_value_t = 3600, value_parser = clap::value_parser!(u64).range(60..=3600), value_name = "N")]
    pub turn_ttl: u64,
}

impl From<TurnOptions> for Ways {
    fn from(options: TurnOptions) -> Self {
        let given = options.turn_secret.map(|secret| SharedSecret::Given(secret.into_bytes()));
        Self {
            servers: options.turn_url,
            secret: given.or(options.turn_secret_file.map(SharedSecret::File)),
            ttl: Duration::from_secs(options.turn_ttl),
            ..Self::default()
        }
    }
}

fn turn_url(text: &str) -> Result<TurnUrl, NotTurn> {
    text.parse()
}
