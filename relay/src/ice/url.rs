//! The address of a TURN server (RFC 7065).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// How a TURN server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Datagrams.
    Udp,
    /// One connection.
    Tcp,
    /// One connection, encrypted.
    Tls,
}

/// A TURN server's address: `turn:` or `turns:`, a host, perhaps a port and a transport (RFC 7065 section 3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnUrl {
    /// How.
    pub over: Over,
    /// A name, or an address without brackets.
    pub host: String,
    /// 3478 where the URL names none, 5349 with TLS.
    pub port: u16,
}

impl fmt::Display for TurnUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, transport) = match self.over {
            Over::Udp => ("turn", "udp"),
            Over::Tcp => ("turn", "tcp"),
            Over::Tls => ("turns", "tcp"),
        };
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{scheme}:{open}{}{close}:{}?transport={transport}", self.host, self.port)
    }
}

/// The text is no TURN server's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a TURN server looks like turn:turn.example.org:3478 or turns:turn.example.org:5349?transport=tcp")]
pub struct NotTurn;

impl FromStr for TurnUrl {
    type Err = NotTurn;

    fn from_str(text: &str) -> Result<Self, NotTurn> {
        let (scheme, rest) = text.trim().split_once(':').ok_or(NotTurn)?;
        let (place, transport) = match rest.split_once("?transport=") {
            Some((place, transport)) => (place, Some(transport)),
            None => (rest, None),
        };
        let (over, usual) = match (scheme, transport) {
            ("turn", None | Some("udp")) => (Over::Udp, 3478),
            ("turn", Some("tcp")) => (Over::Tcp, 3478),
            // DTLS, the other reading, is spoken by no browser.
            ("turns", None | Some("tcp")) => (Over::Tls, 5349),
            _ => return Err(NotTurn),
        };
        let (host, port) = host_and_port(place).ok_or(NotTurn)?;
        Ok(Self { over, host, port: port.unwrap_or(usual) })
    }
}

fn host_and_port(place: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            host.parse::<IpAddr>().ok()?;
            (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
        }
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    let is_host = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b':');
    let port = port.map(|port| port.parse().ok().filter(|port| *port > 0).ok_or(NotTurn)).transpose().ok()?;
    (!host.is_empty() && host.bytes().all(is_host)).then(|| (host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_take_is_taken_and_said_in_full() {
        for (text, full) in [
            ("turn:turn.example.org", "turn:turn.example.org:3478?transport=udp"),
            ("turn:192.0.2.1:80?transport=tcp", "turn:192.0.2.1:80?transport=tcp"),
            ("turns:turn.example.org", "turns:turn.example.org:5349?transport=tcp"),
            ("turn:[2001:db8::1]", "turn:[2001:db8::1]:3478?transport=udp"),
            ("turns:[2001:db8::1]:443?transport=tcp", "turns:[2001:db8::1]:443?transport=tcp"),
        ] {
            let url: TurnUrl = text.parse().unwrap();
            assert_eq!(url.to_string(), full);
            assert_eq!(full.parse(), Ok(url));
        }
    }

    #[test]
    fn nothing_else_is() {
        for text in [
            "",
            "turn:",
            "stun:192.0.2.1",
            "turn:192.0.2.1:0",
            "turn:192.0.2.1:70000",
            "turn://turn.example.org",
            "turn:a b",
            "turn:host?transport=sctp",
            "turns:host?transport=udp",
            "turn:[host]",
            "turn:[::1]3478",
            "turn:ann@host",
        ] {
            assert_eq!(text.parse::<TurnUrl>(), Err(NotTurn), "{text}");
        }
    }
}
