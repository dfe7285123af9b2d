//! To whom media may be relayed.
//!
//! Whoever has credentials can make this machine send datagrams, and from an address that others may trust. So it sends
//! to the internet and to nothing else: not to itself, not to the network behind it, not to what a cloud tells its
//! machines, in whatever form the address is written (RFC 8656 section 21.3). The relayed addresses of this server are no
//! exception here: what is for one of them never leaves the process.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Blocks of IPv4 that are not on the internet (RFC 6890 and IANA's registry of special purposes): first address, bits.
const SPECIAL_V4: [(Ipv4Addr, u32); 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    // Between a provider and its customers.
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // 169.254.169.254 tells a machine in a cloud its secrets.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
    // Azure's 169.254.169.254, an address of the internet.
    (Ipv4Addr::new(168, 63, 129, 16), 32),
];

/// All of IPv6 that is on the internet so far, and blocks inside that are not.
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
const SPECIAL_V6: [(Ipv6Addr, u32); 4] = [
    // For protocols: Teredo and others, which lead to IPv4.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    // 6to4, which leads to IPv4.
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Never, not even with the development switch: metadata that a cloud gives out, beside [`SPECIAL_V4`]'s.
const METADATA: [IpAddr; 4] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// A network this machine is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Net {
    /// This machine's address in it.
    pub(crate) own: IpAddr,
    /// How many bits of an address are the network's.
    pub(crate) bits: u32,
}

impl Net {
    fn has(&self, ip: IpAddr) -> bool {
        match (self.own, ip) {
            (IpAddr::V4(own), IpAddr::V4(ip)) => in_v4(ip, own, self.bits),
            (IpAddr::V6(own), IpAddr::V6(ip)) => in_v6(ip, own, self.bits),
            _ => false,
        }
    }

    /// Everybody in it at once (RFC 919), or nobody.
    fn is_edge(&self, ip: IpAddr) -> bool {
        let (IpAddr::V4(_), IpAddr::V4(ip)) = (self.own, ip) else { return false };
        let host = u32::MAX.checked_shr(self.bits).unwrap_or(0);
        let of_host = u32::from(ip) & host;
        self.bits < 31 && (of_host == 0 || of_host == host)
    }
}

/// Who may be sent to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Peers {
    /// Private addresses too: for development, and for tests on one machine.
    pub(crate) allow_private: bool,
    /// The networks whose people this relay serves: whoever is in one is relayed to others in the same one. They reach
    /// each other without this server as well.
    pub(crate) lan: Vec<Net>,
    /// Addresses of this machine, on which other programs may listen.
    pub(crate) own: Vec<IpAddr>,
}

impl Peers {
    /// Whether somebody at `client` may have datagrams sent to `peer`.
    pub(crate) fn allows(&self, client: IpAddr, peer: IpAddr) -> bool {
        if METADATA.contains(&peer) || !is_somebody(peer) {
            return false;
        }
        if self.allow_private {
            return true;
        }
        !self.own.contains(&peer) && (is_on_the_internet(peer) || self.is_neighbour(client.to_canonical(), peer))
    }

    fn is_neighbour(&self, client: IpAddr, peer: IpAddr) -> bool {
        let is_private = match peer {
            IpAddr::V4(ip) => ip.is_private(),
            IpAddr::V6(ip) => ip.is_unique_local(),
        };
        is_private && self.lan.iter().any(|net| net.has(client) && net.has(peer) && !net.is_edge(peer))
    }
}

/// One host, and written in the only way that it should be.
fn is_somebody(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !ip.is_unspecified() && !ip.is_multicast() && !ip.is_broadcast(),
        IpAddr::V6(ip) => !ip.is_unspecified() && !ip.is_multicast() && !holds_v4(ip),
    }
}

/// An IPv4 address in IPv6's clothes: mapped, compatible, or for a translator (RFC 4291 section 2.5.5, RFC 6052, RFC 8215).
fn holds_v4(ip: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, ..] = ip.segments();
    let upper = [a, b, c, d, e];
    let is_compatible = upper == [0; 5] && f == 0 && ip != Ipv6Addr::LOCALHOST;
    let is_mapped = upper == [0; 5] && f == 0xffff;
    let is_translated = upper == [0, 0, 0, 0, 0xffff] && f == 0;
    is_compatible || is_mapped || is_translated || (a == 0x64 && b == 0xff9b)
}

fn is_on_the_internet(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !SPECIAL_V4.iter().any(|(net, bits)| in_v4(ip, *net, *bits)),
        IpAddr::V6(ip) => {
            in_v6(ip, GLOBAL_V6.0, GLOBAL_V6.1) && !SPECIAL_V6.iter().any(|(net, bits)| in_v6(ip, *net, *bits))
        }
    }
}

fn in_v4(ip: Ipv4Addr, net: Ipv4Addr, bits: u32) -> bool {
    let mask = u32::MAX.checked_shl(32 - bits.min(32)).unwrap_or(0);
    (u32::from(ip) ^ u32::from(net)) & mask == 0
}

fn in_v6(ip: Ipv6Addr, net: Ipv6Addr, bits: u32) -> bool {
    let mask = u128::MAX.checked_shl(128 - bits.min(128)).unwrap_or(0);
    (u128::from(ip) ^ u128::from(net)) & mask == 0
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Where nothing is relayed to.
    pub(crate) const DENIED: [&str; 62] = [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.254",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.254",
        "192.0.0.1",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "192.168.255.254",
        "198.18.0.1",
        "198.19.255.254",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:192.168.1.1",
        "::ffff:8.8.8.8",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:2::1",
        "2001:10::1",
        "2001:db8::1",
        "2001:db8:ffff::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "3fff::1",
        "3fff:fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd00::1",
        "fd00:ec2::254",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "ff05::1:3",
        "ff0e::1",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ];

    /// The nearest neighbours of those that are somebody on the internet, and others.
    pub(crate) const ALLOWED: [&str; 34] = [
        "1.0.0.0",
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "168.63.129.15",
        "168.63.129.17",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "191.255.255.255",
        "192.0.1.0",
        "192.0.3.0",
        "192.88.98.255",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.101.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2001:db7:ffff::1",
        "2001:db9::1",
        "2003::1",
        "2606:4700:4700::1111",
        "3ffe::1",
    ];

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    const CLIENT: &str = "9.9.9.9";

    #[test]
    fn the_internet_and_nothing_else() {
        let peers = Peers::default();
        for peer in DENIED {
            assert!(!peers.allows(ip(CLIENT), ip(peer)), "{peer}");
        }
        for peer in ALLOWED {
            assert!(peers.allows(ip(CLIENT), ip(peer)), "{peer}");
        }
    }

    #[test]
    fn this_machine_itself_is_not_on_the_internet() {
        let peers = Peers { own: vec![ip("8.8.4.4"), ip("2001:4860::1")], ..Peers::default() };
        for own in ["8.8.4.4", "2001:4860::1"] {
            assert!(!peers.allows(ip(CLIENT), ip(own)), "{own}");
        }
        assert!(peers.allows(ip(CLIENT), ip("8.8.8.8")));
    }

    #[test]
    fn on_the_network_it_serves_only_that_network_and_only_for_whoever_is_in_it() {
        let lan = vec![
            Net { own: ip("192.168.1.20"), bits: 24 },
            Net { own: ip("fd00:1::20"), bits: 64 },
            Net { own: ip("8.8.4.4"), bits: 24 },
        ];
        let peers = Peers { own: lan.iter().map(|net| net.own).collect(), lan, allow_private: false };
        let neighbour = ip("192.168.1.30");
        assert!(
            peers.allows(neighbour, ip("192.168.1.31")) && peers.allows(ip("::ffff:192.168.1.30"), ip("192.168.1.31"))
        );
        assert!(peers.allows(ip("fd00:1::30"), ip("fd00:1::31")));
        assert!(peers.allows(neighbour, ip("1.1.1.1")));
        assert!(!peers.allows(ip(CLIENT), ip("192.168.1.31")), "from elsewhere");
        assert!(!peers.allows(ip("192.168.2.30"), ip("192.168.1.31")), "from another network");
        for denied in
            ["192.168.1.20", "192.168.1.0", "192.168.1.255", "192.168.2.31", "10.0.0.1", "127.0.0.1", "fd00:2::1"]
        {
            assert!(!peers.allows(neighbour, ip(denied)), "{denied}");
        }
        for denied in DENIED.into_iter().filter(|denied| !denied.starts_with("192.168.1.")) {
            assert!(!peers.allows(neighbour, ip(denied)), "{denied}");
        }
    }

    #[test]
    fn for_development_private_addresses_too_and_metadata_never() {
        let peers = Peers { allow_private: true, own: vec![ip("127.0.0.1")], ..Peers::default() };
        for peer in ["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "::1", "fd00::1", "192.0.2.1", "8.8.8.8"] {
            assert!(peers.allows(ip(CLIENT), ip(peer)), "{peer}");
        }
        for peer in
            ["169.254.169.254", "168.63.129.16", "100.100.100.200", "fd00:ec2::254", "0.0.0.0", "224.0.0.1", "ff02::1"]
                .into_iter()
                .chain(["255.255.255.255", "::", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::127.0.0.1"])
        {
            assert!(!peers.allows(ip(CLIENT), ip(peer)), "{peer}");
        }
    }
}
