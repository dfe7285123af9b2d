//! Where a push may be sent to.
//!
//! The address of a subscription is whatever a page says, and the relay sends requests there: without a limit anybody who
//! is let in could have it knock at doors inside of its own network. So it sends to the push services of the browsers and
//! to those that whoever runs it has named, and to nothing else. Their names are enough: an address inside of the network
//! that such a name was made to lead to has no certificate for it.

use axum::http::Uri;

/// The push services of the browsers: these names and what is below them.
const KNOWN: [&str; 4] = [
    // Chromium's
    "fcm.googleapis.com",
    // Firefox's
    "push.services.mozilla.com",
    // Safari's
    "push.apple.com",
    // Edge's
    "notify.windows.com",
];

/// Bytes of an address. Those of today's push services have two to five hundred.
pub(super) const ADDRESS_BYTES: usize = 1_024;

/// The services that a relay sends to.
#[derive(Clone, Debug, Default)]
pub(super) struct Services {
    /// Those that were named besides the known: `https://push.example`, or with `http` one on the same machine.
    named: Vec<String>,
}

/// Where to send a push to, once it is known that it may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// It is spoken to over TLS.
    pub(super) tls: bool,
    /// The host, without brackets if it is an IPv6 address.
    pub(super) host: String,
    /// The port.
    pub(super) port: u16,
    /// Scheme, host and port as RFC 6454 section 6.2 writes them.
    pub(super) origin: String,
    /// What is asked for there.
    pub(super) path: String,
}

impl Services {
    /// The known, and these origins.
    #[must_use]
    pub(super) const fn new(named: Vec<String>) -> Self {
        Self { named }
    }

    /// Where a subscription's endpoint leads to; `None` if nothing is sent there.
    #[must_use]
    pub(super) fn address(&self, endpoint: &str) -> Option<Address> {
        let address = read(endpoint)?;
        let known = |name: &&'static str| {
            address.host.strip_suffix(*name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let is_known = address.tls && address.port == 443 && KNOWN.iter().any(known);
        (is_known || self.named.contains(&address.origin)).then_some(address)
    }
}

fn read(endpoint: &str) -> Option<Address> {
    if endpoint.len() > ADDRESS_BYTES {
        return None;
    }
    let uri: Uri = endpoint.parse().ok()?;
    let tls = match uri.scheme_str()? {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
    let host = authority.host().to_ascii_lowercase();
    let usual = if tls { 443 } else { 80 };
    let port = authority.port_u16().unwrap_or(usual);
    let scheme = if tls { "https" } else { "http" };
    let origin = if port == usual { format!("{scheme}://{host}") } else { format!("{scheme}://{host}:{port}") };
    let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    (!host.is_empty()).then_some(Address { tls, host, port, origin, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_services_are_sent_to() {
        let services = Services::default();
        for endpoint in [
            "https://fcm.googleapis.com/fcm/send/abc:APA91",
            "https://updates.push.services.mozilla.com/wpush/v2/gAAAAA",
            "https://web.push.apple.com/QGuQ",
            "https://wns2-par02p.notify.windows.com/w/?token=BQYAAAD",
            "https://FCM.googleapis.com:443/x",
        ] {
            assert!(services.address(endpoint).is_some(), "{endpoint}");
        }
        let address = services.address("https://wns2.notify.windows.com/w/?token=B").unwrap();
        assert_eq!(
            (address.origin.as_str(), address.path.as_str()),
            ("https://wns2.notify.windows.com", "/w/?token=B")
        );
    }

    #[test]
    fn nothing_else_is() {
        let services = Services::new(vec!["http://127.0.0.1:7".into(), "https://push.example".into()]);
        for endpoint in [
            "http://fcm.googleapis.com/x",
            "https://fcm.googleapis.com:8443/x",
            "https://fcm.googleapis.com.evil.example/x",
            "https://evilfcm.googleapis.com/x",
            "https://googleapis.com/x",
            "https://fcm.googleapis.com@10.0.0.1/x",
            "https://user:fcm.googleapis.com@push.example/x",
            "https://10.0.0.1/x",
            "https://[::1]/x",
            "https://169.254.169.254/latest/meta-data",
            "https://localhost/x",
            "http://127.0.0.1:8/x",
            "https://127.0.0.1:7/x",
            "http://push.example/x",
            "https://push.example:8443/x",
            "https://a.push.example/x",
            "ftp://push.example/x",
            "//push.example/x",
            "/x",
            "",
            "https://",
            "https://push.example/\u{0}",
        ] {
            assert_eq!(services.address(endpoint), None, "{endpoint}");
        }
        assert_eq!(services.address(&format!("https://push.example/{}", "a".repeat(ADDRESS_BYTES))), None);
        assert!(
            services.address("http://127.0.0.1:7/x").is_some() && services.address("https://push.example").is_some()
        );
    }
}
