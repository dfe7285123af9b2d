//! What this relay is told to be: plain values, read once at the start and never changed.
//!
//! [`crate::options`] makes a [`Config`] from the command line and the environment; tests start from
//! [`Config::default`], which is a relay for this machine alone with everything at its documented default.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use protocol::IceServer;

pub use crate::ice::config::{SharedSecret, Ways};

/// Everything that can be chosen about a relay.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it can be reached.
    pub listen: Listen,
    /// The folder for what must last: signing keys, the LAN certificate, the history of calls.
    pub data: DataFolder,
    /// Serve the page from this folder instead of the one inside the binary.
    pub page: Option<PathBuf>,
    /// Who is let in.
    pub sign_in: SignIn,
    /// WebSocket origins that are welcome besides the relay's own (`https://chat.example`), RFC 6454 section 6.2.
    pub origins: Vec<String>,
    /// Show everyone who is here.
    pub directory: bool,
    /// STUN servers that pages are told to use.
    pub ice_servers: Vec<IceServer>,
    /// TURN servers.
    pub ways: Ways,
    /// How calls go.
    pub calls: Calls,
    /// Days for which calls are kept in the history; 0 keeps none.
    pub history_days: u32,
    /// How browsers without a page are told of calls.
    pub push: PushServices,
    /// How connections are treated.
    pub connections: Connections,
    /// Where it shares its calls with other relays; `None` if it stands alone, as it does with any options so far
    /// (docs/decisions/034).
    pub sharing: Option<Sharing>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: Listen::default(),
            data: DataFolder::default(),
            page: None,
            sign_in: SignIn::default(),
            origins: Vec::new(),
            directory: true,
            ice_servers: Vec::new(),
            ways: Ways::default(),
            calls: Calls::default(),
            history_days: 90,
            push: PushServices::default(),
            connections: Connections::default(),
            sharing: None,
        }
    }
}

/// Where relays that belong together keep what they share.
#[derive(Clone)]
pub struct Sharing {
    /// A Redis, as `redis://…`; a password may be in it.
    pub redis: String,
    /// The name of the group: several groups may use one Redis.
    pub group: String,
}

impl std::fmt::Debug for Sharing {
    /// Without the address.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sharing").field("group", &self.group).finish_non_exhaustive()
    }
}

/// The addresses and certificates of the listeners.
#[derive(Clone, Debug)]
pub struct Listen {
    /// The address of the main listener. The default is this machine alone.
    pub bind: IpAddr,
    /// Its port; 0 takes a free one.
    pub port: u16,
    /// The port of the https listener on all interfaces, if this relay serves its local network; 0 takes a free one.
    pub lan: Option<u16>,
    /// A certificate from an authority. The main listener then speaks https, and the one on the LAN uses it too.
    pub certificate: Option<CertificateFiles>,
    /// Proxies that are believed when they say who asks (`X-Forwarded-For`).
    pub proxies: Vec<IpAddr>,
}

impl Default for Listen {
    fn default() -> Self {
        Self { bind: IpAddr::V4(Ipv4Addr::LOCALHOST), port: 3000, lan: None, certificate: None, proxies: Vec::new() }
    }
}

/// A certificate chain and its key, both PEM (RFC 7468). Read again when they change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The chain, the server's own certificate first.
    pub chain: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// The folder for what must last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFolder(pub PathBuf);

impl Default for DataFolder {
    fn default() -> Self {
        Self(PathBuf::from("./alo-data"))
    }
}

/// Who is let in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// People may come in with nothing but a name.
    pub guests: bool,
    /// Guest sessions one address may begin in a minute, with as many at once; `None` for no limit.
    pub guests_per_minute: Option<u32>,
    /// Tokens of somebody else's product that are accepted.
    pub tokens: Option<ForeignTokens>,
}

impl Default for SignIn {
    fn default() -> Self {
        Self { guests: true, guests_per_minute: Some(60), tokens: None }
    }
}

/// How tokens of another product are checked.
#[derive(Clone, Debug)]
pub struct ForeignTokens {
    /// What they are signed with.
    pub key: ForeignKey,
    /// What their `iss` must be; `None` accepts any, because the key already says who signed.
    pub issuer: Option<String>,
    /// What their `aud` must be or contain.
    pub audience: String,
}

/// What foreign tokens are signed with.
#[derive(Clone)]
pub enum ForeignKey {
    /// A secret shared with the other product: HS256.
    Secret(Vec<u8>),
    /// A file with public keys (RFC 7517), found by `kid`. Read again when it changes.
    Jwks(PathBuf),
}

impl std::fmt::Debug for ForeignKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            // A configuration may be logged; the secret must not be.
            Self::Secret(_) => f.write_str("Secret(…)"),
            Self::Jwks(path) => f.debug_tuple("Jwks").field(path).finish(),
        }
    }
}

/// The push services that are sent to.
#[derive(Clone, Debug, Default)]
pub struct PushServices {
    /// Origins besides those of the browsers' own services (RFC 6454 section 6.2).
    pub named: Vec<String>,
    /// Where whoever runs this relay can be reached, as a `mailto:` or `https:` URI (RFC 8292 section 2.1).
    pub contact: Option<String>,
}

/// How calls go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calls {
    /// How long a call rings before it counts as missed. Longer than a minute tires people on both sides.
    pub ring: Duration,
    /// How long an accepted call may take until media flows.
    pub connect: Duration,
    /// Times in a minute that somebody may ring the same person, with as many at once; `None` for no limit, also not for
    /// ringing many.
    pub rings_per_minute: Option<u32>,
    /// People in a room. In a mesh every browser sends to every other, so four is what phones and WiFi carry.
    pub room_size: usize,
}

impl Default for Calls {
    fn default() -> Self {
        Self {
            ring: Duration::from_secs(60),
            connect: Duration::from_secs(30),
            rings_per_minute: Some(10),
            room_size: 4,
        }
    }
}

/// How connections are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// How soon the first frame must come.
    pub hello: Duration,
    /// How often a page should ping. A lower value notices a dead path sooner and costs phones battery.
    pub ping_interval: Duration,
    /// A connection from which nothing came for this long is closed.
    pub idle: Duration,
    /// How long a session outlives its connection, waiting to be resumed.
    pub resume_window: Duration,
    /// Messages a second that a session may send in the long run.
    pub messages_per_second: u32,
    /// Messages a session may send at once.
    pub message_burst: u32,
    /// Messages waiting for one slow page; one more closes its connection with 1013.
    pub queued_messages: usize,
    /// Bytes waiting for one slow page.
    pub queued_bytes: usize,
    /// How soon a request's header must have arrived.
    pub request_header: Duration,
    /// How many are told about each other where the directory is open; with more people here it is closed.
    pub directory_people: usize,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            hello: Duration::from_secs(10),
            ping_interval: Duration::from_secs(5),
            idle: Duration::from_secs(15),
            resume_window: Duration::from_secs(120),
            messages_per_second: 30,
            message_burst: 120,
            queued_messages: 200,
            queued_bytes: 256 * 1024,
            request_header: Duration::from_secs(10),
            directory_people: 200,
        }
    }
}
