//! One address that is listened on.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use super::certificate::Certificate;
use super::connection::{self, Shared};
use super::{StartError, Transport};
use crate::tls;

/// Connections that may wait to be accepted. When a network comes back, everyone does at once; whoever finds no place
/// tries again a second later. The system may cut it (on Linux: net.core.somaxconn, 4096).
const BACKLOG: i32 = 16_384;

/// After the system refused to hand out another connection (too many open files), how long to let some end.
const BREATHE: Duration = Duration::from_millis(100);

/// An address taken, not yet served.
pub(super) struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    tls: Option<Arc<ServerConfig>>,
    transport: Transport,
}

impl Listener {
    /// Takes one address; with a certificate it speaks https.
    pub(super) fn bind(address: SocketAddr, certificate: Option<&Arc<Certificate>>) -> Result<Self, StartError> {
        let failed = |source| StartError::Bind { address, source };
        let socket = TcpListener::from_std(listen(address).map_err(failed)?).map_err(failed)?;
        let transport = match certificate {
            None => Transport::Plain,
            Some(certificate) if certificate.is_real() => Transport::RealCertificate,
            Some(_) => Transport::OwnCertificate,
        };
        let tls = certificate.map(|certificate| tls::server_config(certificate.current())).transpose()?;
        let address = socket.local_addr().map_err(failed)?;
        Ok(Self { socket, address, tls, transport })
    }

    /// Takes a port on every interface, IPv6 and IPv4 alike; IPv4 alone where there is no IPv6.
    pub(super) fn bind_any(port: u16, certificate: &Arc<Certificate>) -> Result<Self, StartError> {
        match Self::bind((Ipv6Addr::UNSPECIFIED, port).into(), Some(certificate)) {
            Err(StartError::Bind { source, .. }) if source.kind() != io::ErrorKind::AddrInUse => {
                Self::bind((Ipv4Addr::UNSPECIFIED, port).into(), Some(certificate))
            }
            result => result,
        }
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) const fn transport(&self) -> Transport {
        self.transport
    }

    /// Accepts connections until the task is aborted; each is served by a task of `connections`.
    pub(super) async fn accept(self, shared: Arc<Shared>, connections: TaskTracker) {
        loop {
            match self.socket.accept().await {
                Ok((stream, peer)) => {
                    let tls = self.tls.clone();
                    connections.spawn(connection::serve(stream, peer, tls, self.transport, Arc::clone(&shared)));
                }
                // The connection ended before it was accepted: nothing is wrong with us.
                Err(error) if is_theirs(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(BREATHE).await;
                }
            }
        }
    }
}

fn is_theirs(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

fn listen(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        // Only `[::]` takes IPv4 along; a certain IPv6 address is just that.
        socket.set_only_v6(!address.ip().is_unspecified())?;
    }
    // A restart must not wait for the connections of before to be forgotten. On Windows the option would let a second
    // relay take the same port.
    #[cfg(not(windows))]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}
