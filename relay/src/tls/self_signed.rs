//! The certificate this machine makes for itself, so that browsers on the local network get a secure context.
//!
//! It lives in the data folder: `certificate.pem`, `key.pem`, and `certificate.json`, which says for what and until when
//! it is good. People accept it once in their browser, so it is kept as long as possible: an address that is gone stays
//! in it, and going to and fro between two networks needs no third certificate.

use std::collections::BTreeSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose};
use rustls::sign::CertifiedKey;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{TlsError, files, provider};
use crate::data;

const DAY: u64 = 24 * 3600;

/// How long a certificate is good for, in seconds. Browsers of Apple refuse more than 398 days.
const LIFE: u64 = 397 * DAY;

/// How long before its end a new one is made, in seconds.
const RENEW: u64 = 30 * DAY;

/// Addresses in a certificate at most. Older ones make room for those of the network this machine is in now.
const ADDRESSES: usize = 24;

/// For what and until when a certificate is good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Made {
    /// Seconds since 1970.
    not_after: u64,
    names: BTreeSet<String>,
    /// The newest first.
    addresses: Vec<IpAddr>,
}

impl Made {
    /// Whether it will do for a while under these names and addresses.
    fn serves(&self, names: &[String], addresses: &[IpAddr], now: u64) -> bool {
        // IPv6 addresses that a machine draws for privacy change every day (RFC 8981). Where there is IPv4, people use
        // its addresses, and a change of the others is no reason to bother them with a new certificate.
        let has_v4 = addresses.iter().any(IpAddr::is_ipv4);
        let mut wanted = addresses.iter().filter(|address| address.is_ipv4() || !has_v4);
        self.not_after > now.saturating_add(RENEW)
            && names.iter().all(|name| self.names.contains(name))
            && wanted.all(|address| self.addresses.contains(address))
    }
}

/// The folder with the certificate.
#[derive(Clone, Debug)]
pub struct SelfSigned {
    folder: PathBuf,
}

impl SelfSigned {
    /// The certificate of this data folder.
    #[must_use]
    pub fn new(data: &Path) -> Self {
        Self { folder: data.join("tls") }
    }

    /// The certificate in the folder if it will do, else a new one. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// When none can be made or kept.
    pub fn open(&self, names: &[String], addresses: &[IpAddr], now: u64) -> Result<CertifiedKey, TlsError> {
        match self.made().filter(|made| made.serves(names, addresses, now)).and_then(|_| self.load().ok()) {
            Some(key) => Ok(key),
            None => self.make(names, addresses, now),
        }
    }

    /// A new certificate if the one in use ends soon or misses an address; `None` while it will do.
    ///
    /// # Errors
    /// When none can be made or kept.
    pub fn renew(&self, names: &[String], addresses: &[IpAddr], now: u64) -> Result<Option<CertifiedKey>, TlsError> {
        if self.made().is_some_and(|made| made.serves(names, addresses, now)) {
            return Ok(None);
        }
        self.make(names, addresses, now).map(Some)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn made(&self) -> Option<Made> {
        serde_json::from_slice(&fs::read(self.path("certificate.json")).ok()?).ok()
    }

    fn load(&self) -> Result<CertifiedKey, TlsError> {
        let chain = files::read_chain(&self.path("certificate.pem"))?;
        let key = files::read_key(&self.path("key.pem"))?;
        Ok(CertifiedKey::from_der(chain, key, &provider())?)
    }

    fn make(&self, names: &[String], addresses: &[IpAddr], now: u64) -> Result<CertifiedKey, TlsError> {
        let before = self.made().map(|made| made.addresses).unwrap_or_default();
        let made = Made {
            not_after: now.saturating_add(LIFE),
            names: names.iter().cloned().chain([String::from("localhost")]).collect(),
            addresses: with_before(addresses, before),
        };
        let key = KeyPair::generate()?;
        let certificate = parameters(&made, now)?.self_signed(&key)?;
        self.keep(&made, &certificate.pem(), &key.serialize_pem())?;
        self.load()
    }

    /// The description goes first and comes last, so that a start cut short between the files makes a new set.
    fn keep(&self, made: &Made, certificate: &str, key: &str) -> Result<(), TlsError> {
        let at = |path: &Path, result: std::io::Result<()>| result.map_err(|error| TlsError::File(path.into(), error));
        at(&self.folder, data::make_folder(&self.folder))?;
        let description = self.path("certificate.json");
        if description.exists() {
            at(&description, fs::remove_file(&description))?;
        }
        let json = serde_json::to_vec_pretty(made).unwrap_or_default();
        for (name, content) in [("certificate.pem", certificate.as_bytes()), ("key.pem", key.as_bytes())] {
            at(&self.path(name), data::write_private(&self.path(name), content))?;
        }
        at(&description, data::write_private(&description, &json))
    }
}

/// The addresses of now, then those of before, each once.
fn with_before(addresses: &[IpAddr], before: Vec<IpAddr>) -> Vec<IpAddr> {
    let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    let mut all: Vec<IpAddr> = Vec::new();
    for address in loopback.into_iter().chain(addresses.iter().copied()).chain(before) {
        if !all.contains(&address) && all.len() < ADDRESSES {
            all.push(address);
        }
    }
    all
}

fn parameters(made: &Made, now: u64) -> Result<CertificateParams, TlsError> {
    let names = made.names.iter().cloned();
    let names: Vec<String> = names.chain(made.addresses.iter().map(IpAddr::to_string)).collect();
    let mut parameters = CertificateParams::new(names)?;
    parameters.distinguished_name.push(DnType::CommonName, "Alo on this network");
    // A day early: the clock of a phone may be slow.
    parameters.not_before = date(now.saturating_sub(DAY));
    parameters.not_after = date(made.not_after);
    parameters.is_ca = IsCa::ExplicitNoCa;
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(parameters)
}

/// A date from seconds since 1970; what lies beyond the calendar becomes its end.
fn date(seconds: u64) -> OffsetDateTime {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(time::Date::MAX.midnight().assume_utc())
}

#[cfg(test)]
mod tests {
    use x509_parser::prelude::*;

    use super::*;

    const NOW: u64 = 1_800_000_000;

    struct Laptop {
        folder: tempfile::TempDir,
    }

    impl Laptop {
        fn new() -> Self {
            Self { folder: tempfile::tempdir().unwrap() }
        }

        fn certificate(&self) -> SelfSigned {
            SelfSigned::new(self.folder.path())
        }

        /// The certificate it serves with in a network where it has these addresses.
        fn in_network(&self, addresses: &[&str], now: u64) -> Vec<u8> {
            let addresses: Vec<IpAddr> = addresses.iter().map(|a| a.parse().unwrap()).collect();
            let key = self.certificate().open(&["laptop.local".into(), "laptop".into()], &addresses, now).unwrap();
            key.cert[0].to_vec()
        }
    }

    fn alternative_names(der: &[u8]) -> Vec<String> {
        let (_, certificate) = X509Certificate::from_der(der).unwrap();
        let extension = certificate.subject_alternative_name().unwrap().unwrap();
        let name = |name: &GeneralName<'_>| match name {
            GeneralName::DNSName(name) => (*name).to_owned(),
            GeneralName::IPAddress(bytes) => match <[u8; 4]>::try_from(*bytes) {
                Ok(v4) => Ipv4Addr::from(v4).to_string(),
                Err(_) => Ipv6Addr::from(<[u8; 16]>::try_from(*bytes).unwrap()).to_string(),
            },
            other => panic!("{other:?}"),
        };
        extension.value.general_names.iter().map(name).collect()
    }

    #[test]
    fn it_is_good_for_all_names_and_addresses_and_397_days() {
        let der = Laptop::new().in_network(&["192.168.1.20", "fd00::20"], NOW);
        let names = alternative_names(&der);
        for name in ["localhost", "laptop", "laptop.local", "127.0.0.1", "::1", "192.168.1.20", "fd00::20"] {
            assert!(names.iter().any(|n| n == name), "{name} in {names:?}");
        }
        let (_, certificate) = X509Certificate::from_der(&der).unwrap();
        let validity = certificate.validity();
        assert_eq!(validity.not_after.timestamp(), i64::try_from(NOW + 397 * DAY).unwrap());
        assert_eq!(validity.not_before.timestamp(), i64::try_from(NOW - DAY).unwrap());
        let usage = certificate.extended_key_usage().unwrap().unwrap().value;
        assert!(usage.server_auth && !usage.client_auth);
        assert!(!certificate.basic_constraints().unwrap().unwrap().value.ca);
    }

    #[test]
    fn it_is_kept_while_it_will_do() {
        let laptop = Laptop::new();
        let first = laptop.in_network(&["192.168.1.20"], NOW);
        assert_eq!(laptop.in_network(&["192.168.1.20"], NOW + 366 * DAY), first);
        assert_ne!(laptop.in_network(&["192.168.1.20"], NOW + 367 * DAY), first, "30 days before its end");
    }

    #[test]
    fn another_network_needs_another_one_but_coming_back_does_not() {
        let laptop = Laptop::new();
        let home = laptop.in_network(&["192.168.1.20"], NOW);
        let office = laptop.in_network(&["10.0.0.7"], NOW + 1);
        assert_ne!(home, office);
        assert_eq!(laptop.in_network(&["192.168.1.20"], NOW + 2), office);
        assert_eq!(laptop.in_network(&["10.0.0.7", "192.168.1.20"], NOW + 3), office);
        assert!(laptop.certificate().renew(&[], &["10.0.0.7".parse().unwrap()], NOW + 4).unwrap().is_none());
        assert!(laptop.certificate().renew(&[], &["10.0.0.8".parse().unwrap()], NOW + 4).unwrap().is_some());
    }

    #[test]
    fn a_new_ipv6_address_alone_is_no_reason() {
        let laptop = Laptop::new();
        let first = laptop.in_network(&["192.168.1.20", "2001:db8::1"], NOW);
        assert_eq!(laptop.in_network(&["192.168.1.20", "2001:db8::2"], NOW), first);
        let only_v6 = laptop.in_network(&["2001:db8::3"], NOW);
        assert_ne!(only_v6, first);
    }

    #[test]
    fn addresses_of_long_ago_make_room() {
        let laptop = Laptop::new();
        for network in 0..40 {
            laptop.in_network(&[&format!("10.0.{network}.1")], NOW);
        }
        let names = alternative_names(&laptop.in_network(&["10.0.39.1"], NOW));
        assert!(names.len() <= ADDRESSES + 3, "{}", names.len());
        assert!(names.contains(&"10.0.39.1".to_owned()) && !names.contains(&"10.0.0.1".to_owned()));
    }

    #[test]
    fn a_broken_or_incomplete_set_is_made_again() {
        let laptop = Laptop::new();
        let first = laptop.in_network(&["192.168.1.20"], NOW);
        fs::write(laptop.folder.path().join("tls/key.pem"), "broken").unwrap();
        let second = laptop.in_network(&["192.168.1.20"], NOW);
        assert_ne!(first, second);
        fs::remove_file(laptop.folder.path().join("tls/certificate.json")).unwrap();
        assert_ne!(laptop.in_network(&["192.168.1.20"], NOW), second);
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let laptop = Laptop::new();
        laptop.in_network(&["192.168.1.20"], NOW);
        let mode = fs::metadata(laptop.folder.path().join("tls/key.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
