//! Where the server stands in the network: what it listens on, which address it gives out, and whom it may reach.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;

use tokio::net::UdpSocket;

use super::peers::{Net, Peers};
use crate::config::Config;
use crate::ice::config::Inside;
use crate::lan;

/// Ports that are tried for one relayed address, before there is none.
const TRIES: usize = 64;

/// Where the server stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// What clients are listened for on.
    pub(super) listen: IpAddr,
    /// The address that clients and peers know it by.
    pub(super) address: IpAddr,
    /// What relayed sockets are bound to.
    relay: IpAddr,
    /// Whom it may reach.
    pub(super) peers: Peers,
}

impl Place {
    /// Finds it: the address that was given; else, with `--lan`, this machine's own in its network; else what the relay
    /// is bound to.
    pub(super) fn find(config: &Config, inside: &Inside) -> Self {
        let nets = nets();
        let in_network = || lan::addresses().unwrap_or_default().into_iter().find(IpAddr::is_ipv4);
        let bound = config.listen.bind;
        let is_lan = config.listen.lan.is_some();
        let guessed = if is_lan || bound.is_unspecified() { in_network().unwrap_or(bound) } else { bound };
        let address = inside.address.unwrap_or(guessed);
        let everywhere: IpAddr = match address {
            IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            IpAddr::V6(_) => std::net::Ipv6Addr::UNSPECIFIED.into(),
        };
        let only_here = inside.address.is_none() && !is_lan;
        let is_own = address.is_loopback() || nets.iter().any(|net| net.own == address);
        let own = nets.iter().map(|net| net.own).chain([address]).collect();
        let peers = Peers { allow_private: inside.allow_private, lan: if is_lan { nets } else { Vec::new() }, own };
        Self {
            listen: if only_here || address.is_loopback() { bound } else { everywhere },
            address,
            // Behind a router that leads to here, the address is the router's.
            relay: if is_own { address } else { everywhere },
            peers,
        }
    }

    /// What pages are told, best first.
    pub(super) fn urls(&self, inside: &Inside) -> Vec<String> {
        let host = match self.address {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let port = inside.port;
        let mut urls = vec![
            format!("stun:{host}:{port}"),
            format!("turn:{host}:{port}?transport=udp"),
            format!("turn:{host}:{port}?transport=tcp"),
        ];
        if let Some(name) = inside.name.as_ref().filter(|_| inside.tls_port > 0) {
            urls.push(format!("turns:{name}:{}?transport=tcp", inside.tls_port));
        }
        urls
    }

    /// A socket on a free port among these, and the address that peers see; `None` if there is none.
    pub(super) fn open(&self, ports: &RangeInclusive<u16>, even: bool) -> Option<(UdpSocket, SocketAddr)> {
        let (first, last) = (u32::from(*ports.start()), u32::from(*ports.end()));
        let all = (last + 1).checked_sub(first).filter(|all| *all > 0)?;
        let mut random = [0; 4];
        aws_lc_rs::rand::fill(&mut random).ok()?;
        let start = u32::from_be_bytes(random) % all;
        let tries = (0..all).map(|nth| first + (start + nth) % all).filter(|port| !even || port % 2 == 0).take(TRIES);
        tries.filter_map(|port| u16::try_from(port).ok()).find_map(|port| {
            let socket = super::datagrams((self.relay, port).into()).ok()?;
            Some((socket, (self.address, port).into()))
        })
    }
}

/// The networks that this machine is in.
fn nets() -> Vec<Net> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    interfaces.iter().map(|interface| Net { own: interface.ip(), bits: bits(&interface.addr) }).collect()
}

fn bits(address: &if_addrs::IfAddr) -> u32 {
    match address {
        if_addrs::IfAddr::V4(v4) => u32::from(v4.netmask).leading_ones(),
        if_addrs::IfAddr::V6(v6) => u128::from(v6.netmask).leading_ones(),
    }
}
