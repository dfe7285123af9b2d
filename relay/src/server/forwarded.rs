//! Whose request a proxy hands on.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};

/// What proxies add the address to that they were asked from, the first one first. (RFC 7239 would say `Forwarded`, which
/// few of them write unless they are told to.)
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Who asks: whoever is at the other end of the connection, unless that is one of `proxies`. Then it is whoever asked the
/// first of them. What stands before that in the header is only what somebody says of themselves, and is not believed.
///
/// The port of an address that a proxy names is 0 where it names none.
pub(super) fn client(peer: SocketAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> SocketAddr {
    let is_proxy = |address: SocketAddr| proxies.contains(&address.ip().to_canonical());
    let values = headers.get_all(FORWARDED_FOR).into_iter().collect::<Vec<_>>();
    let names = values.into_iter().rev().flat_map(|value| value.to_str().unwrap_or_default().rsplit(','));
    let mut client = peer;
    for name in names {
        if !is_proxy(client) {
            break;
        }
        // A proxy that names nobody is the last that can be held to account.
        let Some(before) = address(name.trim()) else { break };
        client = before;
    }
    client
}

/// An address, with or without a port; one of IPv6 may stand in brackets (RFC 3986 section 3.2.2).
fn address(name: &str) -> Option<SocketAddr> {
    let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    name.parse().ok().or_else(|| Some(SocketAddr::new(bare.parse().ok()?, 0)))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const PROXIES: [&str; 2] = ["127.0.0.1", "10.0.0.2"];

    fn client_of(peer: &str, forwarded: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(value));
        }
        let proxies = PROXIES.map(|proxy| proxy.parse().unwrap());
        client(peer.parse().unwrap(), &headers, &proxies).ip().to_string()
    }

    #[test]
    fn a_proxy_is_believed_about_who_asked_it() {
        assert_eq!(client_of("127.0.0.1:5000", &["192.0.2.7"]), "192.0.2.7");
        assert_eq!(client_of("[::ffff:127.0.0.1]:5000", &["192.0.2.7"]), "192.0.2.7");
        assert_eq!(client_of("127.0.0.1:5000", &["192.0.2.7:61000"]), "192.0.2.7");
        assert_eq!(client_of("127.0.0.1:5000", &["[2001:db8::7]"]), "2001:db8::7");
        assert_eq!(client_of("127.0.0.1:5000", &["2001:db8::7"]), "2001:db8::7");
        assert_eq!(client_of("127.0.0.1:5000", &["192.0.2.7, 10.0.0.2"]), "192.0.2.7", "one behind the other");
    }

    #[test]
    fn nobody_else_is() {
        assert_eq!(client_of("192.0.2.9:5000", &["192.0.2.7"]), "192.0.2.9", "no proxy");
        assert_eq!(client_of("127.0.0.1:5000", &["1.1.1.1, 192.0.2.7"]), "192.0.2.7", "what the client wrote itself");
        assert_eq!(
            client_of("127.0.0.1:5000", &["127.0.0.1", "192.0.2.7"]),
            "192.0.2.7",
            "in a header of its own, too"
        );
    }

    #[test]
    fn a_proxy_that_names_nobody_is_counted_itself() {
        for nobody in [&[][..], &[""], &["unknown"], &["192.0.2.7, _hidden"]] {
            assert_eq!(client_of("127.0.0.1:5000", nobody), "127.0.0.1", "{nobody:?}");
        }
        assert_eq!(client_of("127.0.0.1:5000", &["x, 10.0.0.2"]), "10.0.0.2");
    }
}
