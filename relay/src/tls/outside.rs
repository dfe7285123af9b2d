//! TLS towards others.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

use super::provider;

/// A connector that believes the authorities that Mozilla's browsers believe: their certificates are compiled in, because
/// a relay in a bare container finds none.
///
/// # Errors
/// When the cryptography library knows no version of TLS.
pub fn connector() -> Result<TlsConnector, rustls::Error> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    Ok(TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth())))
}
