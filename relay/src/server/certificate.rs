//! Which certificate this relay serves https with, and how it stays good.

use std::net::IpAddr;
use std::sync::Arc;

use crate::config::Config;
use crate::lan;
use crate::tls::{Current, Files, SelfSigned, TlsError};

/// The certificate in use and where it comes from.
pub(super) struct Certificate {
    current: Arc<Current>,
    source: Source,
}

enum Source {
    Files(Files),
    OwnMaking(SelfSigned),
}

impl Certificate {
    /// The certificate a configuration asks for; `None` if it asks for no https.
    pub(super) fn open(config: &Config, unix_now: u64) -> Result<Option<Self>, TlsError> {
        if let Some(files) = &config.listen.certificate {
            let files = Files::new(files.clone());
            let current = Current::new(files.load()?);
            return Ok(Some(Self { current, source: Source::Files(files) }));
        }
        if config.listen.lan.is_none() {
            return Ok(None);
        }
        let own = SelfSigned::new(&config.data.0);
        let current = Current::new(own.open(&lan::host_names(), &addresses(), unix_now)?);
        Ok(Some(Self { current, source: Source::OwnMaking(own) }))
    }

    /// Whether browsers trust it without being asked.
    pub(super) const fn is_real(&self) -> bool {
        matches!(self.source, Source::Files(_))
    }

    pub(super) const fn current(&self) -> &Arc<Current> {
        &self.current
    }

    /// The links to share for a listener on all interfaces: by the names of a real certificate, else by address.
    pub(super) fn links(&self, port: u16) -> Vec<String> {
        let names = if self.is_real() { self.current.dns_names() } else { Vec::new() };
        if names.is_empty() {
            return addresses().into_iter().map(|address| lan::link("https", address, port)).collect();
        }
        let with_port = if port == 443 { String::new() } else { format!(":{port}") };
        names.into_iter().map(|name| format!("https://{name}{with_port}")).collect()
    }

    /// Takes up files that have changed, or makes a new certificate when the old one ends soon or this machine has
    /// moved to another network. True if there is a new one.
    pub(super) fn refresh(&self, unix_now: u64) -> Result<bool, TlsError> {
        let new = match &self.source {
            Source::Files(files) => files.reload()?,
            Source::OwnMaking(own) => own.renew(&lan::host_names(), &addresses(), unix_now)?,
        };
        let renewed = new.is_some();
        if let Some(key) = new {
            self.current.replace(key);
        }
        Ok(renewed)
    }
}

/// The addresses of this machine on its networks; none when the system does not say.
fn addresses() -> Vec<IpAddr> {
    lan::addresses().unwrap_or_else(|error| {
        tracing::warn!(%error, "the addresses of this machine are not known");
        Vec::new()
    })
}
