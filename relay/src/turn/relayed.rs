//! A relayed address: its socket, and the way to its client.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::Shared;
use super::server::Client;
use super::setbacks::Setbacks;

/// The longest datagram from a peer that is passed on: no network carries one of media that is longer.
const DATAGRAM: usize = 2_048;

/// The way to a client. What cannot be sent at once is lost, as datagrams are.
#[derive(Debug)]
pub(super) enum Link {
    /// The server's socket, and the client's address.
    Datagrams(Arc<UdpSocket>, SocketAddr),
    /// The queue of its connection.
    Stream(mpsc::Sender<Vec<u8>>),
}

impl Link {
    pub(super) fn send(&self, bytes: Vec<u8>) {
        let lost = match self {
            Self::Datagrams(socket, address) => socket.try_send_to(&bytes, *address).is_err(),
            Self::Stream(queue) => queue.try_send(bytes).is_err(),
        };
        if lost {
            tracing::trace!("a datagram for a client was lost");
        }
    }
}

/// A relayed address in use.
#[derive(Debug)]
pub(super) struct Relayed {
    socket: UdpSocket,
    link: Link,
}

impl Relayed {
    pub(super) const fn new(socket: UdpSocket, link: Link) -> Self {
        Self { socket, link }
    }
}

/// The right to a relayed address: when it is dropped, the task that reads there ends, and its socket is closed.
#[derive(Debug)]
pub(super) struct Lease {
    relayed: Arc<Relayed>,
    over: CancellationToken,
    _guard: DropGuard,
}

impl Lease {
    pub(super) fn new(relayed: Arc<Relayed>, over: CancellationToken) -> Self {
        Self { relayed, over: over.clone(), _guard: over.drop_guard() }
    }

    /// Cancelled when the lease is over.
    pub(super) fn over(&self) -> CancellationToken {
        self.over.clone()
    }

    /// Sends to a peer.
    pub(super) fn send(&self, data: &[u8], peer: SocketAddr) {
        if let Err(error) = self.relayed.socket.try_send_to(data, peer) {
            tracing::trace!(%error, "a datagram for a peer was lost");
        }
    }

    /// Sends to the client.
    pub(super) fn deliver(&self, bytes: Vec<u8>) {
        self.relayed.link.send(bytes);
    }
}

/// Reads what peers send, until the lease is over. Where the socket fails for good, the address is given up: its client
/// hears so when it refreshes it, and takes another one.
pub(super) async fn serve(shared: Arc<Shared>, client: Client, relayed: Arc<Relayed>, over: CancellationToken) {
    let reading = async {
        let (mut buffer, mut setbacks) = (vec![0; DATAGRAM + 1], Setbacks::default());
        loop {
            let (length, peer) = match relayed.socket.recv_from(&mut buffer).await {
                Ok(read) => read,
                Err(error) if setbacks.are_too_many() => return error,
                Err(error) => {
                    setbacks.rest(&error).await;
                    continue;
                }
            };
            setbacks.forget();
            let Some(data) = buffer.get(..length).filter(|data| data.len() <= DATAGRAM) else { continue };
            let heard = shared.lock().hear_peer(shared.app.clock.now(), client, peer, data);
            if let Some(bytes) = heard {
                relayed.link.send(bytes);
            }
        }
    };
    if let Some(error) = over.run_until_cancelled(reading).await {
        tracing::warn!(%error, "a relayed address fails and is given up");
        shared.end(client);
    }
}
