//! https: a certificate from an authority, or one made here for the local network.
//!
//! Cryptography comes from aws-lc-rs, named explicitly: another library in the same program may bring a second
//! provider, and then rustls's guess would panic.

mod files;
mod outside;
mod self_signed;

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

pub use self::files::Files;
pub use self::outside::connector;
pub use self::self_signed::SelfSigned;

/// Why there is no certificate to serve with. The words are for the person who starts the relay.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("{}: {}", .0.display(), .1)]
    File(PathBuf, #[source] std::io::Error),
    /// A file is not what it should be.
    #[error("{} is not {}", .0.display(), .1)]
    Content(PathBuf, &'static str),
    /// The key is not the certificate's.
    #[error("{} does not belong to {}: {}", .key.display(), .chain.display(), .source)]
    Mismatch {
        /// The certificate.
        chain: PathBuf,
        /// The key.
        key: PathBuf,
        /// What the library says.
        source: rustls::Error,
    },
    /// A certificate could not be made.
    #[error("no certificate could be made: {0}")]
    Make(#[from] rcgen::Error),
    /// The library refuses.
    #[error("https is not possible: {0}")]
    Library(#[from] rustls::Error),
}

/// The one cryptography library.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// The certificate in use. It can be exchanged while connections are open: new ones get the new one.
#[derive(Debug)]
pub struct Current(RwLock<Arc<CertifiedKey>>);

impl Current {
    /// Begins with this certificate.
    #[must_use]
    pub fn new(key: CertifiedKey) -> Arc<Self> {
        Arc::new(Self(RwLock::new(Arc::new(key))))
    }

    /// Serves with another certificate from now on.
    pub fn replace(&self, key: CertifiedKey) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
    }

    /// The DNS names in the certificate, without wildcards.
    #[must_use]
    pub fn dns_names(&self) -> Vec<String> {
        let key = self.get();
        let Some(certificate) = key.cert.first() else { return Vec::new() };
        let Ok(certificate) = webpki::EndEntityCert::try_from(certificate) else { return Vec::new() };
        certificate.valid_dns_names().filter(|name| !name.starts_with('*')).map(str::to_owned).collect()
    }

    fn get(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.get())
    }
}

/// What a listener needs to speak TLS 1.2 and 1.3. HTTP/1.1 alone is offered (RFC 7301): WebSockets are what this
/// server is for, and each of them is a connection of its own anyway.
///
/// # Errors
/// When the library supports no protocol version, which a release of ours never meets.
pub fn server_config(current: &Arc<Current>) -> Result<Arc<ServerConfig>, TlsError> {
    let resolver: Arc<dyn ResolvesServerCert> = Arc::<Current>::clone(current);
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Early data can be replayed, and nothing here gains from it.
    config.max_early_data_size = 0;
    Ok(Arc::new(config))
}
