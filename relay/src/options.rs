//! The command line and the `ALO_…` variables.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Parser, Subcommand, ValueEnum};
use protocol::IceServer;

use crate::config::{
    Calls, CertificateFiles, Config, Connections, DataFolder, ForeignKey, ForeignTokens, Listen, PushServices, SignIn,
};
use crate::ice::options::TurnOptions;

/// What `alo --help` says before the options.
const ABOUT: &str = "Alo: a call service anyone can start.

Serves a page and introduces the browsers that open it to each other; sound and picture then go from browser to browser. \
Without options it serves this machine alone at http://localhost:3000. With --lan it also serves everyone on the same \
network and prints the link for them.

Every option is also an environment variable.";

/// The options of `alo`. Their descriptions are what `--help` prints.
#[derive(Clone, Debug, Parser)]
#[command(name = "alo", version, about = "A call service anyone can start", long_about = ABOUT, max_term_width = 100)]
pub struct Options {
    /// What to do instead of serving.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// The port of the main address. 0 takes a free one.
    #[arg(long, env = "ALO_PORT", default_value_t = 3000, help_heading = "Where it serves")]
    pub port: u16,

    /// The main address. The default is this machine alone; 0.0.0.0 is every network it is in.
    ///
    /// Browsers give microphone and camera only to https and to localhost: for other machines use --lan, --cert, or a
    /// proxy that speaks https.
    #[arg(
        long,
        env = "ALO_BIND",
        default_value = "127.0.0.1",
        value_name = "ADDRESS",
        help_heading = "Where it serves"
    )]
    pub bind: IpAddr,

    /// Also serve everyone on the same network, over https with a certificate made here.
    #[arg(long, env = "ALO_LAN", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new(), help_heading = "Where it serves")]
    pub lan: bool,

    /// The port of --lan. 0 takes a free one.
    #[arg(long, env = "ALO_LAN_PORT", default_value_t = 3443, value_name = "PORT", help_heading = "Where it serves")]
    pub lan_port: u16,

    /// A certificate from an authority (PEM, the whole chain). The main address then speaks https, and --lan uses it
    /// too. Read again when the file changes, and on SIGHUP.
    #[arg(long, env = "ALO_CERT", requires = "key", value_name = "FILE", help_heading = "Where it serves")]
    pub cert: Option<PathBuf>,

    /// The certificate's private key (PEM).
    #[arg(long, env = "ALO_KEY", requires = "cert", value_name = "FILE", help_heading = "Where it serves")]
    pub key: Option<PathBuf>,

    /// A website that may use this relay from its own pages, as scheme://host:port. Repeat it for several, or separate
    /// them by commas. The relay's own page always may.
    #[arg(long, env = "ALO_ORIGIN", value_delimiter = ',', value_parser = origin, value_name = "ORIGIN", help_heading = "Where it serves")]
    pub origin: Vec<String>,

    /// The address of a proxy in front of this relay, which is believed when it says in X-Forwarded-For who asks: what is
    /// allowed to an address is then counted for that one. Repeat it for several, or separate them by commas.
    #[arg(long, env = "ALO_PROXY", value_delimiter = ',', value_name = "ADDRESS", help_heading = "Where it serves")]
    pub proxy: Vec<IpAddr>,

    /// Serve the page from this folder instead of the one inside the program (for development).
    #[arg(long, env = "ALO_PAGE", value_name = "DIR", help_heading = "Where it serves")]
    pub page: Option<PathBuf>,

    /// The folder for what must last: signing keys, the certificate of --lan, and the history of calls.
    #[arg(long, env = "ALO_DATA", default_value = "./alo-data", value_name = "DIR", help_heading = "Where it serves")]
    pub data: PathBuf,

    /// Whether a name is enough to come in. auto: yes, unless people come with tokens of another product.
    #[arg(long, env = "ALO_GUESTS", default_value = "auto", value_name = "WHEN", help_heading = "Who may come in")]
    pub guests: Guests,

    /// Guests that one address may bring in a minute; 0 for no limit, also not of tokens and room codes that are
    /// none. For those behind a proxy see --proxy.
    #[arg(
        long,
        env = "ALO_GUESTS_PER_MINUTE",
        default_value_t = 60,
        value_name = "N",
        help_heading = "Who may come in"
    )]
    pub guests_per_minute: u32,

    /// Accept another product's tokens, signed with this secret (JWT, HS256, at least 32 bytes). Others on this machine
    /// can read a command line: prefer the variable.
    #[arg(
        long,
        env = "ALO_JWT_SECRET",
        hide_env_values = true,
        conflicts_with = "jwks",
        value_name = "SECRET",
        help_heading = "Who may come in"
    )]
    pub jwt_secret: Option<String>,

    /// Accept another product's tokens, signed with a key of this file (JWK Set; RSA, P-256, P-384 or Ed25519, each
    /// with a kid). Read again when the file changes, and on SIGHUP.
    ///
    /// A token names its user (sub, name, and avatar if there is a picture), and from when and until when it is good
    /// (nbf, exp).
    #[arg(long, env = "ALO_JWKS", value_name = "FILE", help_heading = "Who may come in")]
    pub jwks: Option<PathBuf>,

    /// The issuer (iss) those tokens must name. Without it any is accepted: the key says who signed.
    #[arg(long, env = "ALO_JWT_ISSUER", value_name = "NAME", help_heading = "Who may come in")]
    pub jwt_issuer: Option<String>,

    /// The audience (aud) those tokens must be for.
    #[arg(
        long,
        env = "ALO_JWT_AUDIENCE",
        default_value = "alo",
        value_name = "NAME",
        help_heading = "Who may come in"
    )]
    pub jwt_audience: String,

    /// Whether the people here see each other.
    #[arg(long, env = "ALO_DIRECTORY", default_value = "open", value_name = "HOW", help_heading = "Calls")]
    pub directory: Directory,

    /// A STUN server that helps browsers behind different routers to find each other, like stun:stun.example.org:3478.
    /// Repeat it for several, or separate them by commas. On one network none is needed.
    #[arg(long, env = "ALO_ICE_SERVER", value_delimiter = ',', value_parser = stun, value_name = "URL", help_heading = "Calls")]
    pub ice_server: Vec<String>,

    /// TURN servers.
    #[command(flatten)]
    pub turn: TurnOptions,

    /// Seconds a call rings before it counts as missed.
    #[arg(long, env = "ALO_RING_SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=600), value_name = "N", help_heading = "Calls")]
    pub ring_seconds: u64,

    /// Times in a minute that somebody may ring the same person; 0 for no limit, also not for ringing many people. Who goes
    /// on all the same waits longer each time.
    #[arg(long, env = "ALO_RINGS_PER_MINUTE", default_value_t = 10, value_name = "N", help_heading = "Calls")]
    pub rings_per_minute: u32,

    /// People in a room at most. Each browser sends to every other, so more needs good machines and networks.
    #[arg(long, env = "ALO_ROOM_SIZE", default_value_t = 4, value_parser = clap::value_parser!(u16).range(2..=16), value_name = "N", help_heading = "Calls")]
    pub room_size: u16,

    /// Days for which calls are kept, for those who were in them to look up. 0 keeps none, and deletes what was kept.
    #[arg(long, env = "ALO_HISTORY_DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(0..=36_500), value_name = "N", help_heading = "Calls")]
    pub history_days: u32,

    /// A push service to send to besides those of the browsers, as scheme://host:port. Repeat it for several, or separate
    /// them by commas. Whoever has notifications on is told of calls through the push service of their browser.
    #[arg(long, env = "ALO_PUSH_SERVICE", value_delimiter = ',', value_parser = origin, value_name = "ORIGIN", help_heading = "Calls")]
    pub push_service: Vec<String>,

    /// Where push services can reach whoever runs this relay: mailto:you@example.org, or the https address of a page.
    /// Safari's sends nothing without.
    #[arg(long, env = "ALO_PUSH_CONTACT", value_parser = contact, value_name = "URI", help_heading = "Calls")]
    pub push_contact: Option<String>,

    /// Threads that serve people. One carries thousands of calls a second, and more than one makes each call dearer;
    /// more are for a relay that has one busy all the time.
    #[arg(long, env = "ALO_THREADS", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256), value_name = "N", help_heading = "Running it")]
    pub threads: u16,

    /// What to log: error, warn, info, debug or trace, or a filter like relay=debug.
    #[arg(long, env = "ALO_LOG", default_value = "info", value_name = "FILTER", help_heading = "Watching it")]
    pub log: String,
}

/// What `alo` can do instead of serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Prints what stood out in what people did, as noted in the folder of --data: a line of JSON for each time that
    /// somebody rang many people, was answered by nobody, entered many rooms, or tried many codes.
    Audit,
}

/// Whether a name is enough to come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Guests {
    /// Yes, unless people come with tokens of another product.
    Auto,
    /// Yes.
    On,
    /// No.
    Off,
}

/// Whether the people here see each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Directory {
    /// Everyone sees who is here and whether they are free.
    Open,
    /// Nobody does: people meet by link.
    Off,
}

impl From<Options> for Config {
    fn from(options: Options) -> Self {
        let tokens = foreign_tokens(&options);
        let guests = match options.guests {
            Guests::Auto => tokens.is_none(),
            Guests::On => true,
            Guests::Off => false,
        };
        let certificate = options.cert.zip(options.key).map(|(chain, key)| CertificateFiles { chain, key });
        let lan = options.lan.then_some(options.lan_port);
        let per_minute = (options.guests_per_minute > 0).then_some(options.guests_per_minute);
        let ice_server = |url| IceServer { urls: vec![url], username: None, credential: None };
        Self {
            listen: Listen { bind: options.bind, port: options.port, lan, certificate, proxies: options.proxy },
            data: DataFolder(options.data),
            page: options.page,
            sign_in: SignIn { guests, guests_per_minute: per_minute, tokens },
            origins: options.origin,
            directory: options.directory == Directory::Open,
            ice_servers: options.ice_server.into_iter().map(ice_server).collect(),
            ways: options.turn.into(),
            calls: Calls {
                ring: Duration::from_secs(options.ring_seconds),
                rings_per_minute: (options.rings_per_minute > 0).then_some(options.rings_per_minute),
                room_size: usize::from(options.room_size),
                ..Calls::default()
            },
            history_days: options.history_days,
            push: PushServices { named: options.push_service, contact: options.push_contact },
            connections: Connections::default(),
            sharing: None,
        }
    }
}

fn foreign_tokens(options: &Options) -> Option<ForeignTokens> {
    let secret = options.jwt_secret.as_ref().map(|secret| ForeignKey::Secret(secret.clone().into_bytes()));
    let key = secret.or_else(|| options.jwks.clone().map(ForeignKey::Jwks))?;
    Some(ForeignTokens { key, issuer: options.jwt_issuer.clone(), audience: options.jwt_audience.clone() })
}

/// An origin as browsers send it: scheme, host and perhaps a port, nothing after (RFC 6454 section 6.2).
fn origin(text: &str) -> Result<String, &'static str> {
    let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ', '*']) => Ok(text),
        _ => Err("an origin looks like https://chat.example or http://localhost:8080"),
    }
}

/// Where somebody can be reached (RFC 8292 section 2.1).
fn contact(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    match text.strip_prefix("mailto:").or_else(|| text.strip_prefix("https://")) {
        Some(rest) if !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_graphic()) => Ok(text.to_owned()),
        _ => Err("a contact looks like mailto:you@example.org or https://example.org"),
    }
}

/// A STUN server's address (RFC 7064 section 3.1).
fn stun(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let host = text.strip_prefix("stun:").or_else(|| text.strip_prefix("stuns:"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(text.to_owned()),
        _ => Err("a STUN server looks like stun:stun.example.org:3478"),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(arguments: &[&str]) -> Result<Config, clap::Error> {
        let options = Options::try_parse_from(["alo"].iter().chain(arguments))?;
        Ok(Config::from(options))
    }

    #[test]
    fn the_options_make_sense_to_clap() {
        Options::command().debug_assert();
    }

    #[test]
    fn every_option_is_a_variable_and_explained() {
        for argument in
            Options::command().get_arguments().filter(|a| !["help", "version"].contains(&a.get_id().as_str()))
        {
            let long = argument.get_long().unwrap();
            let variable = format!("ALO_{}", long.replace('-', "_").to_uppercase());
            assert_eq!(argument.get_env().unwrap().to_str(), Some(variable.as_str()));
            assert!(argument.get_help().is_some(), "{long}");
        }
    }

    #[test]
    fn without_options_it_serves_this_machine_alone() {
        let config = parse(&[]).unwrap();
        assert!(config.listen.bind.is_loopback());
        assert_eq!((config.listen.port, config.listen.lan), (3000, None));
        assert!(config.sign_in.guests && config.sign_in.tokens.is_none() && config.directory);
        assert_eq!(config.calls, Calls::default());
        assert!(config.ice_servers.is_empty() && config.origins.is_empty());
        assert_eq!(config.history_days, 90);
    }

    #[test]
    fn guests_stay_out_where_tokens_come_in_unless_told_otherwise() {
        let secret = ["--jwt-secret", "0123456789abcdef0123456789abcdef"];
        let with = |more: &[&str]| parse(&[&secret, more].concat()).unwrap().sign_in;
        assert!(!with(&[]).guests);
        assert!(with(&["--guests", "on"]).guests);
        assert!(!parse(&["--guests", "off"]).unwrap().sign_in.guests);
        assert_eq!(with(&[]).tokens.unwrap().audience, "alo");
        assert!(parse(&[secret[0], secret[1], "--jwks", "keys.json"]).is_err(), "one of the two");
    }

    #[test]
    fn numbers_lists_and_switches_are_read() {
        let config = parse(&[
            "--lan",
            "--lan-port",
            "0",
            "--port",
            "0",
            "--ring-seconds",
            "5",
            "--room-size",
            "3",
            "--directory",
            "off",
            "--origin",
            "https://A.example/,http://b.example:8080",
            "--ice-server",
            "stun:192.0.2.1:3478",
            "--guests-per-minute",
            "0",
            "--rings-per-minute",
            "0",
            "--history-days",
            "7",
            "--push-service",
            "http://127.0.0.1:9000",
            "--push-contact",
            "mailto:ann@example.org",
        ])
        .unwrap();
        assert_eq!((config.listen.port, config.listen.lan), (0, Some(0)));
        assert_eq!(config.calls.ring, Duration::from_secs(5));
        assert_eq!((config.calls.room_size, config.directory), (3, false));
        assert_eq!(config.origins, ["https://a.example", "http://b.example:8080"]);
        assert_eq!(config.ice_servers[0].urls, ["stun:192.0.2.1:3478"]);
        assert_eq!((config.sign_in.guests_per_minute, config.calls.rings_per_minute), (None, None));
        assert_eq!(config.history_days, 7);
        assert_eq!(config.push.named, ["http://127.0.0.1:9000"]);
        assert_eq!(config.push.contact.as_deref(), Some("mailto:ann@example.org"));
    }

    #[test]
    fn nonsense_is_refused_with_words() {
        for wrong in [
            &["--port", "70000"][..],
            &["--bind", "everywhere"],
            &["--cert", "only.pem"],
            &["--key", "only.pem"],
            &["--origin", "chat.example"],
            &["--origin", "https://*"],
            &["--origin", "https://chat.example/path"],
            &["--ice-server", "turn:192.0.2.1"],
            &["--ice-server", "stun:"],
            &["--ring-seconds", "0"],
            &["--room-size", "1"],
            &["--history-days", "-1"],
            &["--history-days", "forever"],
            &["--threads", "0"],
            &["--push-contact", "you@example.org"],
            &["--push-service", "push.example"],
            &["--guests", "maybe"],
            &["--directory", "closed"],
            &["leftover"],
        ] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn the_audit_log_is_read_from_the_folder_that_is_named() {
        let options = Options::try_parse_from(["alo", "--data", "here", "audit"]).unwrap();
        assert_eq!((options.command, options.data), (Some(Command::Audit), PathBuf::from("here")));
        assert_eq!(Options::try_parse_from(["alo"]).unwrap().command, None);
    }

    #[test]
    fn a_secret_never_shows_in_help_or_logs() {
        let config = parse(&["--jwt-secret", "0123456789abcdef0123456789abcdef"]).unwrap();
        assert!(!format!("{config:?}").contains("0123456789abcdef"));
    }
}
