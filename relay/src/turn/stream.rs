//! Clients over a connection, plain or encrypted (RFC 8656 section 2.1): for networks that let no datagrams out.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::Shared;
use super::relayed::Link;
use super::server::{Client, Transport};
use crate::stun::Message;

/// How long TLS may take to be agreed on, and how long somebody may stay without a relayed address.
const PATIENCE: Duration = Duration::from_secs(15);
/// After the system refused to hand out another connection, how long to let some end.
const BREATHE: Duration = Duration::from_millis(100);
/// What waits for a client that reads slowly: about a second of a picture. More would only come too late.
const QUEUE: usize = 256;
/// The longest message or data in one piece: a datagram, and what goes around it.
const PIECE: usize = 4_096;

/// Accepts connections.
pub(super) async fn accept(shared: Arc<Shared>, listener: TcpListener, tls: Option<TlsAcceptor>) {
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::debug!(%error, "a TURN connection could not be accepted");
                tokio::time::sleep(BREATHE).await;
                continue;
            }
        };
        // One too many is closed at once.
        let Some(seat) = shared.crowd.enter(peer.ip()) else { continue };
        let (shared, tls) = (Arc::clone(&shared), tls.clone());
        let tasks = shared.app.tasks.clone();
        tasks.spawn(async move {
            let shutdown = shared.app.shutdown.clone();
            shutdown.run_until_cancelled(serve(&shared, stream, peer, tls)).await;
            drop(seat);
        });
    }
}

async fn serve(shared: &Arc<Shared>, stream: TcpStream, peer: SocketAddr, tls: Option<TlsAcceptor>) {
    let address = SocketAddr::new(peer.ip().to_canonical(), peer.port());
    // Media is datagrams that somebody waits for.
    let served = match (stream.set_nodelay(true), tls) {
        (Err(error), _) => Err(error),
        (Ok(()), None) => serve_stream(shared, stream, Client { transport: Transport::Tcp, address }).await,
        (Ok(()), Some(tls)) => match timeout(PATIENCE, tls.accept(stream)).await {
            Ok(Ok(stream)) => serve_stream(shared, stream, Client { transport: Transport::Tls, address }).await,
            Ok(Err(error)) => Err(error),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        },
    };
    if let Err(error) = served {
        tracing::debug!(%error, "a TURN connection ended");
    }
}

async fn serve_stream<S>(shared: &Arc<Shared>, stream: S, client: Client) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite,
{
    let (reader, writer) = tokio::io::split(stream);
    let (queue, waiting) = mpsc::channel(QUEUE);
    let ended = Ended { shared, client };
    let served = tokio::select! {
        read = read(shared, reader, client, &queue) => read,
        written = write(writer, waiting) => written,
    };
    drop(ended);
    served
}

/// Gives a client's relayed address up with its connection, however that ends.
struct Ended<'a> {
    shared: &'a Arc<Shared>,
    client: Client,
}

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.shared.end(self.client);
    }
}

async fn read<S>(
    shared: &Arc<Shared>,
    mut reader: ReadHalf<S>,
    client: Client,
    queue: &mpsc::Sender<Vec<u8>>,
) -> io::Result<()>
where
    S: AsyncRead,
{
    let mut bytes = Vec::with_capacity(PIECE);
    loop {
        match timeout(PATIENCE, reader.read_buf(&mut bytes)).await {
            Ok(Ok(0)) => return Ok(()),
            Ok(read) => _ = read?,
            Err(_) if shared.lock().has(client) => continue,
            Err(_) => return Err(io::ErrorKind::TimedOut.into()),
        }
        let mut done = 0;
        while let Some(piece) = first_piece(bytes.get(done..).unwrap_or_default())? {
            done += piece.len();
            let link = || Link::Stream(queue.clone());
            if let Some(answer) = shared.hear(client, piece, link) {
                link().send(answer);
            }
        }
        bytes.drain(..done);
    }
}

async fn write<S>(mut writer: WriteHalf<S>, mut waiting: mpsc::Receiver<Vec<u8>>) -> io::Result<()>
where
    S: AsyncWrite,
{
    while let Some(bytes) = waiting.recv().await {
        writer.write_all(&bytes).await?;
        writer.flush().await?;
    }
    Ok(())
}

/// The message or the channel's data that these bytes begin with (RFC 8656 section 12.5); `None` until all of it has arrived.
fn first_piece(bytes: &[u8]) -> io::Result<Option<&[u8]>> {
    let Some([first, _, l1, l2]) = bytes.first_chunk::<4>() else { return Ok(None) };
    let length = match first >> 6 {
        0 => Message::length(bytes).unwrap_or(PIECE),
        1 => (usize::from(u16::from_be_bytes([*l1, *l2])) + 4).next_multiple_of(4),
        _ => return Err(io::ErrorKind::InvalidData.into()),
    };
    if length > PIECE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(bytes.get(..length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stun::{Class, Writer, method};

    #[test]
    fn messages_and_data_are_told_apart_wherever_they_are_cut() {
        let message = Writer::new(Class::Request, method::BINDING, [1; 12]).finish();
        let data = [0x40, 0, 0, 3, b'a', b'b', b'c', 0];
        let all = [&message[..], &data[..], &message[..]].concat();
        for cut in 0..all.len() {
            let (mut pieces, mut done) = (Vec::new(), 0);
            for end in [cut, all.len()] {
                while let Some(piece) = first_piece(&all[done..end]).unwrap() {
                    done += piece.len();
                    pieces.push(piece);
                }
            }
            assert_eq!(pieces, [&message[..], &data[..], &message[..]], "cut at {cut}");
        }
    }

    #[test]
    fn what_is_neither_or_too_long_ends_the_connection() {
        assert!(
            first_piece(b"GET / HTTP/1.1\r\n").is_ok_and(|piece| piece.is_none()) || first_piece(b"GET /").is_err()
        );
        assert!(first_piece(&[0x80, 0, 0, 0]).is_err());
        assert!(first_piece(&[0x40, 0, 0xFF, 0xFF]).is_err());
        let mut long = Writer::new(Class::Request, method::BINDING, [1; 12]).finish();
        long[2] = 0xFF;
        assert!(first_piece(&long).is_err());
    }
}
