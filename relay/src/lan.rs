//! The local network: which addresses of this machine others can reach, and the link for them.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

/// An interface of this machine.
struct Interface {
    name: String,
    address: IpAddr,
}

/// The addresses under which others on the network can reach this machine, the likeliest first.
///
/// # Errors
/// When the system does not say.
pub fn addresses() -> io::Result<Vec<IpAddr>> {
    let interfaces = if_addrs::get_if_addrs()?.into_iter().map(|i| Interface { address: i.ip(), name: i.name });
    Ok(ranked(interfaces.collect(), default_route()))
}

/// Names under which this machine may be known on the network: its host name, also with `.local` (RFC 6762).
#[must_use]
pub fn host_names() -> Vec<String> {
    #[cfg(unix)]
    let name = rustix::system::uname().nodename().to_str().map(str::to_ascii_lowercase).unwrap_or_default();
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").unwrap_or_default().to_ascii_lowercase();
    let is_host = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    if !is_host || name == "localhost" {
        return Vec::new();
    }
    let short = name.split('.').next().unwrap_or(&name);
    let mut names = vec![format!("{short}.local"), name.clone()];
    names.dedup();
    names
}

/// The address packets to the outside would leave from. Nothing is sent: connecting a UDP socket only looks up the
/// route. The address asked for is one for documentation (RFC 5737), which every default route covers.
fn default_route() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

fn ranked(mut interfaces: Vec<Interface>, default: Option<IpAddr>) -> Vec<IpAddr> {
    interfaces.retain(|interface| is_reachable(interface.address));
    // IPv4 first: it is what people can type. Bridges of containers and virtual machines last: nobody else is there.
    interfaces.sort_by_key(|i| {
        let default = Some(i.address) == default;
        (!default, is_virtual(&i.name), i.address.is_ipv6(), i.address)
    });
    let mut addresses: Vec<IpAddr> = interfaces.into_iter().map(|interface| interface.address).collect();
    addresses.dedup();
    addresses
}

fn is_reachable(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !v4.is_loopback() && !v4.is_link_local() && !v4.is_unspecified(),
        // Link-local IPv6 needs a zone, which an URL cannot carry (RFC 9844).
        IpAddr::V6(v6) => !v6.is_loopback() && !v6.is_unicast_link_local() && !v6.is_unspecified(),
    }
}

fn is_virtual(name: &str) -> bool {
    ["docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "cni", "podman"].iter().any(|start| name.starts_with(start))
}

/// The link to a listener at this address.
#[must_use]
pub fn link(scheme: &str, address: IpAddr, port: u16) -> String {
    let default_port = if scheme == "https" { 443 } else { 80 };
    let host = match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    };
    if port == default_port { format!("{scheme}://{host}") } else { format!("{scheme}://{host}:{port}") }
}

/// Where a listener can be opened on this machine itself.
#[must_use]
pub fn local_link(scheme: &str, address: SocketAddr) -> String {
    let ip = address.ip();
    if ip.is_loopback() || ip.is_unspecified() {
        return format!("{scheme}://localhost:{}", address.port());
    }
    // The port is always named here, because programs read this line.
    format!("{scheme}://{address}")
}

/// A link as a QR code in characters; `None` if it is too long for one.
#[must_use]
pub fn qr(link: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(link, qrcode::EcLevel::L).ok()?;
    // Terminals mostly show light letters on a dark ground, so the letters are the light modules. On a light ground the
    // code is inverted, which phones read as well.
    Some(code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).quiet_zone(true).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn interfaces(list: &[(&str, &str)]) -> Vec<Interface> {
        list.iter().map(|(name, address)| Interface { name: (*name).to_owned(), address: ip(address) }).collect()
    }

    #[test]
    fn the_address_others_are_likeliest_to_reach_comes_first() {
        let all = [
            ("lo", "127.0.0.1"),
            ("docker0", "172.17.0.1"),
            ("eth0", "fe80::1"),
            ("eth0", "2001:db8::1"),
            ("eth1", "10.0.0.7"),
            ("wlan0", "192.168.1.20"),
            ("lo", "::1"),
            ("eth2", "169.254.3.4"),
        ];
        let ranked_with = |default| ranked(interfaces(&all), default);
        let expected = [ip("192.168.1.20"), ip("10.0.0.7"), ip("2001:db8::1"), ip("172.17.0.1")];
        assert_eq!(ranked_with(Some(ip("192.168.1.20"))), expected);
        assert_eq!(ranked_with(None)[0], ip("10.0.0.7"));
    }

    #[test]
    fn links_are_what_a_browser_opens() {
        assert_eq!(link("https", ip("192.168.1.20"), 3443), "https://192.168.1.20:3443");
        assert_eq!(link("https", ip("2001:db8::1"), 443), "https://[2001:db8::1]");
        assert_eq!(local_link("http", "127.0.0.1:3000".parse().unwrap()), "http://localhost:3000");
        assert_eq!(local_link("http", "[::]:80".parse().unwrap()), "http://localhost:80");
        assert_eq!(local_link("https", "[2001:db8::1]:443".parse().unwrap()), "https://[2001:db8::1]:443");
    }

    #[test]
    fn a_link_fits_a_code_and_a_novel_does_not() {
        let code = qr("https://192.168.1.20:3443").unwrap();
        let widths: Vec<usize> = code.lines().map(|line| line.chars().count()).collect();
        assert!(widths.len() > 10 && widths.iter().all(|width| *width == widths[0]), "{code}");
        assert_eq!(qr(&"a".repeat(5000)), None);
    }

    #[test]
    fn host_names_can_stand_in_a_certificate() {
        for name in host_names() {
            assert!(!name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic()), "{name}");
        }
    }
}
