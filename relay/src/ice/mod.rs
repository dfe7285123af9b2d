//! The ways that media takes: which STUN and TURN servers pages are told of, with which credentials.

pub mod config;
pub mod credentials;
mod health;
pub mod options;
mod passed;
pub mod url;

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::{fs, io};

use protocol::{DeviceId, IceServer, IceServers, UserId};

pub use config::{SharedSecret, Ways};
pub use credentials::{Bearer, Secret};
pub use health::{Watch, watch};
pub use passed::Passed;

use crate::config::Config;

/// Why there are no credentials. The words are for the person who starts the relay.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file with the secret cannot be read.
    #[error("--turn-secret-file {}: {}", .0.display(), .1)]
    File(PathBuf, #[source] io::Error),
    /// There is nothing in it.
    #[error("the secret for TURN is empty")]
    Empty,
    /// The system has no randomness to give.
    #[error("no secret for TURN could be made")]
    NoRandomness,
    /// Media is to go through TURN servers, and there are none.
    #[error("--relay-only needs a TURN server: --turn, or --turn-url")]
    NoServer,
}

/// What pages are told.
#[derive(Debug)]
pub struct Ice {
    /// Servers that ask for no credentials.
    open: Vec<IceServer>,
    /// The operator's, and whether each is there.
    watch: Arc<Watch>,
    /// Where the server inside can be reached, once it is.
    inside: RwLock<Vec<String>>,
    secret: Secret,
    ttl_s: u32,
}

impl Ice {
    /// As the configuration wants it.
    ///
    /// # Errors
    /// When there is no secret where there should be one.
    pub fn new(config: &Config) -> Result<Self, SecretError> {
        if config.ways.relay_only && config.ways.servers.is_empty() && config.ways.inside.is_none() {
            return Err(SecretError::NoServer);
        }
        Ok(Self {
            open: config.ice_servers.clone(),
            watch: Arc::new(Watch::new(&config.ways)),
            inside: RwLock::default(),
            secret: match &config.ways.secret {
                Some(shared) => read(shared)?,
                None => Secret::random().ok_or(SecretError::NoRandomness)?,
            },
            ttl_s: u32::try_from(config.ways.ttl.as_secs()).unwrap_or(u32::MAX),
        })
    }

    /// The servers for a page, with credentials of its own. `unix_now` is in seconds since 1970.
    #[must_use]
    pub fn servers(&self, unix_now: u64, user: &UserId, device: &DeviceId) -> IceServers {
        let mut ice_servers = self.open.clone();
        let inside = self.inside.read().unwrap_or_else(PoisonError::into_inner).clone();
        let (stun, mut urls): (Vec<_>, Vec<_>) = inside.into_iter().partition(|url| url.starts_with("stun"));
        if !stun.is_empty() {
            ice_servers.push(IceServer { urls: stun, username: None, credential: None });
        }
        urls.extend(self.watch.in_order());
        if urls.is_empty() {
            return IceServers { ice_servers, expires_in_s: None };
        }
        let expires = unix_now.saturating_add(u64::from(self.ttl_s));
        let username = Bearer { expires, user: user.clone(), device: device.clone() }.username();
        let credential = self.secret.password(&username);
        ice_servers.push(IceServer { urls, username: Some(username), credential: Some(credential) });
        IceServers { ice_servers, expires_in_s: Some(self.ttl_s) }
    }

    /// The operator's servers, to be asked whether they are there.
    #[must_use]
    pub const fn watch(&self) -> &Arc<Watch> {
        &self.watch
    }

    /// What credentials are made with.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Says where the server inside can be reached from now on, best first.
    pub fn set_inside(&self, urls: Vec<String>) {
        *self.inside.write().unwrap_or_else(PoisonError::into_inner) = urls;
    }
}

/// An editor ends a file with a new line, and no secret does.
fn read(shared: &SharedSecret) -> Result<Secret, SecretError> {
    let bytes = match shared {
        SharedSecret::Given(bytes) => bytes.clone(),
        SharedSecret::File(path) => fs::read(path).map_err(|error| SecretError::File(path.clone(), error))?,
    };
    match bytes.trim_ascii() {
        [] => Err(SecretError::Empty),
        secret => Ok(Secret::new(secret)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ice(change: impl FnOnce(&mut Config)) -> Ice {
        let mut config = Config::default();
        change(&mut config);
        Ice::new(&config).unwrap()
    }

    fn told(ice: &Ice) -> IceServers {
        ice.servers(1_000, &"guest:k3v9".parse().unwrap(), &"d_2f8c01b9a77e4d51".parse().unwrap())
    }

    #[test]
    fn without_turn_nothing_expires() {
        let stun = IceServer { urls: vec!["stun:192.0.2.1".into()], username: None, credential: None };
        let ice = ice(|config| config.ice_servers = vec![stun.clone()]);
        assert_eq!(told(&ice), IceServers { ice_servers: vec![stun], expires_in_s: None });
    }

    #[test]
    fn each_page_has_credentials_of_its_own_for_an_hour() {
        let ice = ice(|config| {
            config.ways.servers = vec!["turn:192.0.2.1".parse().unwrap(), "turns:192.0.2.2".parse().unwrap()];
            config.ways.secret = Some(SharedSecret::Given(b"north".to_vec()));
        });
        let servers = told(&ice);
        assert_eq!(servers.expires_in_s, Some(3_600));
        let [server] = servers.ice_servers.try_into().unwrap();
        assert_eq!(server.urls, ["turn:192.0.2.1:3478?transport=udp", "turns:192.0.2.2:5349?transport=tcp"]);
        let username = server.username.unwrap();
        let bearer = Bearer::read(&username).unwrap();
        assert_eq!((bearer.expires, bearer.user.as_str()), (4_600, "guest:k3v9"));
        assert_eq!(server.credential, Some(Secret::new(b"north").password(&username)));
    }

    #[test]
    fn the_server_inside_comes_first_and_tells_addresses_to_anybody() {
        let ice = ice(|config| config.ways.servers = vec!["turn:192.0.2.1".parse().unwrap()]);
        ice.set_inside(vec!["stun:192.0.2.9:3478".into(), "turn:192.0.2.9:3478?transport=udp".into()]);
        let [stun, turn] = told(&ice).ice_servers.try_into().unwrap();
        assert_eq!((stun.urls, stun.username), (vec!["stun:192.0.2.9:3478".to_owned()], None));
        assert_eq!(turn.urls, ["turn:192.0.2.9:3478?transport=udp", "turn:192.0.2.1:3478?transport=udp"]);
    }

    #[test]
    fn nobody_is_made_to_use_servers_that_are_not_there() {
        let with = |ways| Config { ways, ..Config::default() };
        let demanded = Ways { relay_only: true, ..Ways::default() };
        assert!(matches!(Ice::new(&with(demanded.clone())), Err(SecretError::NoServer)));
        assert!(Ice::new(&with(Ways { inside: Some(config::Inside::default()), ..demanded })).is_ok());
    }

    #[test]
    fn a_secret_is_read_from_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let read = || read(&SharedSecret::File(path.clone()));
        assert!(matches!(read(), Err(SecretError::File(..))));
        fs::write(&path, "\n").unwrap();
        assert!(matches!(read(), Err(SecretError::Empty)));
        fs::write(&path, "north\n").unwrap();
        assert_eq!(read().unwrap().password("ann"), Secret::new(b"north").password("ann"));
    }
}
