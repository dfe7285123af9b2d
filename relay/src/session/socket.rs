//! A WebSocket that is being served: bytes in, frames out, and the other way round.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use protocol::frame::{self, ClientFrame, RequestId, Unreadable};
use protocol::{ErrorCode, RelayMessage};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::timeout;

use super::frames::{self, CloseCode, Decoder, Incoming};

/// Bytes read at once. A small buffer costs system calls and a large one memory, so each thread has one that all of its
/// connections read into, and a connection keeps only what it cannot use yet.
const READ_BYTES: usize = 16 * 1024;
/// How long a closing connection may take to send what is left and to hear the other side's close. A bare drop would
/// lose the close frame with its reason.
const LINGER: Duration = Duration::from_secs(3);

thread_local! {
    static READ_BUFFER: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ_BYTES].into_boxed_slice());
}

/// A served WebSocket. While nothing moves it holds no buffer.
pub(super) struct Socket<S> {
    io: S,
    decoder: Decoder,
    /// What has arrived and is not decoded yet.
    inbound: Vec<u8>,
    /// How much of that has been used.
    used: usize,
    /// What could not be sent yet.
    outbound: Vec<u8>,
    /// How much of that has been sent.
    sent: usize,
}

/// What arrived.
#[derive(Debug)]
pub(super) enum Received {
    /// A frame of the protocol.
    Frame(ClientFrame),
    /// Something that is none, and how to refuse it.
    Unreadable(Unreadable),
    /// A sign of life.
    Alive,
    /// The other side closes.
    Close,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    /// A socket whose handshake is done.
    pub(super) fn new(io: S) -> Self {
        Self { io, decoder: Decoder::default(), inbound: Vec::new(), used: 0, outbound: Vec::new(), sent: 0 }
    }

    /// Reads what has arrived; `Ok(false)` at the end.
    pub(super) fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        READ_BUFFER.with_borrow_mut(|buffer| {
            let mut buffer = ReadBuf::new(buffer);
            ready!(Pin::new(&mut self.io).poll_read(cx, &mut buffer))?;
            self.inbound.extend_from_slice(buffer.filled());
            Poll::Ready(Ok(!buffer.filled().is_empty()))
        })
    }

    /// Takes the next thing out of what was read; `None` when all is used. A ping is answered on the way.
    ///
    /// # Errors
    /// The code to close with.
    pub(super) fn next(&mut self) -> Result<Option<Received>, CloseCode> {
        let Some(rest) = self.inbound.get_mut(self.used..) else { return Ok(None) };
        let Some((used, incoming)) = self.decoder.decode(rest)? else {
            self.tidy();
            return Ok(None);
        };
        self.used += used;
        Ok(Some(match incoming {
            Some(Incoming::Text(text)) => match ClientFrame::read(text) {
                Ok(frame) => Received::Frame(frame),
                Err(unreadable) => Received::Unreadable(unreadable),
            },
            Some(Incoming::Binary) => Received::Unreadable(Unreadable { id: None, code: ErrorCode::BadMessage }),
            Some(Incoming::Ping(payload)) => {
                frames::write_pong(&mut self.outbound, payload);
                Received::Alive
            }
            Some(Incoming::Pong) | None => Received::Alive,
            Some(Incoming::Close) => Received::Close,
        }))
    }

    /// Keeps what cannot be used yet, and no more than that.
    fn tidy(&mut self) {
        self.decoder.release();
        if self.used == self.inbound.len() {
            self.inbound = Vec::new();
        } else {
            self.inbound.drain(..self.used);
        }
        self.used = 0;
    }

    /// Sends what is left to send.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.outbound.get(self.sent..).filter(|rest| !rest.is_empty()) {
            match ready!(Pin::new(&mut self.io).poll_write(cx, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.sent += written,
            }
        }
        if self.sent > 0 {
            self.outbound = Vec::new();
            self.sent = 0;
        }
        Pin::new(&mut self.io).poll_flush(cx)
    }

    /// What is to be sent next, to be added to.
    pub(super) const fn outbound(&mut self) -> &mut Vec<u8> {
        &mut self.outbound
    }

    /// Says something without a number: about the connection, not the session.
    pub(super) fn say(&mut self, reply_to: Option<RequestId>, message: &RelayMessage) {
        frames::write_text(&mut self.outbound, &frame::write(message.kind(), reply_to, None, &message.data()));
    }

    /// Closes with a reason: sends what is left and the close frame, then waits a while for the other side to have
    /// read it.
    pub(super) async fn close(mut self, code: CloseCode) {
        frames::write_close(&mut self.outbound, code);
        // Whoever does not take its leave in time is cut off.
        let _ = timeout(LINGER, poll_fn(|cx| self.poll_close(cx))).await;
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_flush(cx))?;
        ready!(Pin::new(&mut self.io).poll_shutdown(cx))?;
        // What still comes is not for us any more. Leaving it unread would make the kernel reset the connection, and
        // with that the other side lose the close frame.
        while ready!(self.poll_read(cx))? {
            self.inbound.clear();
        }
        Poll::Ready(Ok(()))
    }
}
