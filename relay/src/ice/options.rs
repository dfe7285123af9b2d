//! The options about the ways that media takes.

#[cfg(feature = "turn")]
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::{ArgAction, builder::BoolishValueParser};

#[cfg(feature = "turn")]
use super::config::Inside;
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

    /// Let no media go directly: in every call, addresses are hidden from the others. Whoever wants that for themselves
    /// finds it in the settings. Needs a TURN server.
    #[arg(long, env = "ALO_RELAY_ONLY", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub relay_only: bool,

    /// The server inside.
    #[cfg(feature = "turn")]
    #[command(flatten)]
    pub inside: InsideOptions,
}

/// The TURN server inside.
#[cfg(feature = "turn")]
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Ways through firewalls (TURN)")]
pub struct InsideOptions {
    /// Pass media on right here: a TURN server inside this process, for the people of this relay alone. For many calls
    /// at a time one of its own (coturn) is better.
    #[arg(long, env = "ALO_TURN", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub turn: bool,

    /// Its port, UDP and TCP. 0 takes a free one.
    #[arg(long, env = "ALO_TURN_PORT", default_value_t = 3478, value_name = "PORT")]
    pub turn_port: u16,

    /// Its port for TLS, which is used with --turn-name and --cert. 0 takes a free one.
    #[arg(long, env = "ALO_TURN_TLS_PORT", default_value_t = 5349, value_name = "PORT")]
    pub turn_tls_port: u16,

    /// The address under which others reach it, where that is not this machine's own in its network: the router's, or
    /// the cloud's. With this or --lan it listens on every interface, else on --bind.
    #[arg(long, env = "ALO_TURN_ADDRESS", value_name = "IP")]
    pub turn_address: Option<IpAddr>,

    /// The name of that address, which --cert is for: with it TURN over TLS is offered, for networks that let nothing
    /// else out.
    #[arg(long, env = "ALO_TURN_NAME", requires = "cert", value_parser = host_name, value_name = "NAME")]
    pub turn_name: Option<String>,

    /// The UDP ports of relayed addresses. A call through here takes one to four for each person.
    #[arg(long, env = "ALO_TURN_RELAY_PORTS", default_value = "49160-49959", value_parser = ports, value_name = "FIRST-LAST")]
    pub turn_relay_ports: Ports,

    /// Bytes a second that one user may have passed on, in both directions together. What is above is lost.
    #[arg(long, env = "ALO_TURN_RATE", default_value_t = 2_500_000, value_parser = clap::value_parser!(u64).range(10_000..=1_000_000_000), value_name = "N")]
    pub turn_rate: u64,

    /// Pass media on to private addresses too, for development and tests. Whoever is let in then reaches what this
    /// machine reaches. Without it only the internet is reached and, with --lan, the network's people by each other.
    #[arg(long, env = "ALO_TURN_ALLOW_PRIVATE", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub turn_allow_private: bool,
}

/// Ports from one to another, both included.
#[cfg(feature = "turn")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// The first.
    pub first: u16,
    /// The last.
    pub last: u16,
}

#[cfg(feature = "turn")]
impl From<InsideOptions> for Option<Inside> {
    fn from(options: InsideOptions) -> Self {
        options.turn.then_some(Inside {
            port: options.turn_port,
            tls_port: options.turn_tls_port,
            address: options.turn_address,
            name: options.turn_name,
            relay_ports: options.turn_relay_ports.first..=options.turn_relay_ports.last,
            bytes_per_second: options.turn_rate,
            allow_private: options.turn_allow_private,
        })
    }
}

impl From<TurnOptions> for Ways {
    fn from(options: TurnOptions) -> Self {
        let given = options.turn_secret.map(|secret| SharedSecret::Given(secret.into_bytes()));
        Self {
            servers: options.turn_url,
            secret: given.or(options.turn_secret_file.map(SharedSecret::File)),
            ttl: Duration::from_secs(options.turn_ttl),
            relay_only: options.relay_only,
            #[cfg(feature = "turn")]
            inside: options.inside.into(),
            ..Self::default()
        }
    }
}

/// Ports like 49160-49959.
#[cfg(feature = "turn")]
fn ports(text: &str) -> Result<Ports, &'static str> {
    let ends =
        text.split_once('-').and_then(|(first, last)| Some((first.trim().parse().ok()?, last.trim().parse().ok()?)));
    match ends {
        Some((first, last)) if 0 < first && first <= last => Ok(Ports { first, last }),
        _ => Err("ports look like 49160-49959"),
    }
}

/// A name as certificates have it.
#[cfg(feature = "turn")]
fn host_name(text: &str) -> Result<String, &'static str> {
    let is_name = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    if is_name { Ok(text.to_owned()) } else { Err("a name looks like turn.example.org") }
}

fn turn_url(text: &str) -> Result<TurnUrl, NotTurn> {
    text.parse()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::config::Config;
    use crate::options::Options;

    fn ways(arguments: &[&str]) -> Result<Ways, clap::Error> {
        Ok(Config::from(Options::try_parse_from(["alo"].iter().chain(arguments))?).ways)
    }

    #[test]
    fn servers_stand_in_their_order_and_need_a_secret() {
        let urls = ["--turn-url", "turns:b.example,turn:a.example:80?transport=tcp"];
        assert!(ways(&urls).is_err(), "a secret is missing");
        let ways = ways(&[&urls[..], &["--turn-secret", "north by northwest", "--turn-ttl", "600"]].concat()).unwrap();
        let said: Vec<String> = ways.servers.iter().map(ToString::to_string).collect();
        assert_eq!(said, ["turns:b.example:5349?transport=tcp", "turn:a.example:80?transport=tcp"]);
        assert_eq!(ways.ttl, Duration::from_secs(600));
        assert!(!format!("{ways:?}").contains("north"), "a secret is not shown");
        assert!(matches!(ways.secret, Some(SharedSecret::Given(_))));
    }

    #[test]
    fn nonsense_is_refused_with_words() {
        for wrong in [
            &["--turn-url", "stun:a.example", "--turn-secret", "north"][..],
            &["--turn-secret", "north", "--turn-secret-file", "secret"],
            &["--turn-ttl", "3601"],
            &["--turn-ttl", "10"],
        ] {
            assert!(ways(wrong).is_err(), "{wrong:?}");
        }
    }

    #[cfg(feature = "turn")]
    #[test]
    fn the_server_inside_is_there_when_it_is_wanted() {
        assert_eq!(ways(&[]).unwrap().inside, None);
        assert_eq!(ways(&["--turn"]).unwrap().inside, Some(Inside::default()));
        let chosen = ["--turn", "--turn-port", "0", "--turn-relay-ports", "50000-50009", "--turn-address", "192.0.2.1"];
        let inside = ways(&chosen).unwrap().inside.unwrap();
        assert_eq!((inside.port, inside.relay_ports), (0, 50_000..=50_009));
        assert_eq!(inside.address, Some(IpAddr::from([192, 0, 2, 1])));
        for wrong in [
            &["--turn-relay-ports", "50009-50000"][..],
            &["--turn-relay-ports", "0-9"],
            &["--turn-name", "turn.example.org"],
            &["--turn-address", "turn.example.org"],
            &["--turn-rate", "1"],
        ] {
            assert!(ways(wrong).is_err(), "{wrong:?}");
        }
    }
}
