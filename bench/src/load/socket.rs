//! One client's WebSocket: the handshake, masked frames out, frames in.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use nix::sys::socket::{self, AddressFamily, SockFlag, SockType, SockaddrIn, sockopt};

use crate::load::LoadError;
use crate::websocket::{self, Opcode};

/// The masking key (RFC 6455 section 5.3). Unpredictable keys protect proxies from pages; here the same one each time
/// costs the servers as much.
const KEY: [u8; 4] = [0x5a, 0xc3, 0x17, 0x9e];
/// Room for the beginning of the largest frame and as much again.
const INPUT_BYTES: usize = 2 * websocket::FRAME_BYTES + 64 * 1024;

/// A client's end.
pub(crate) struct Socket {
    stream: TcpStream,
    opened: bool,
    /// The beginning of a frame whose end has not arrived.
    partial: Vec<u8>,
    /// What the server did not take yet.
    unsent: Vec<u8>,
    was_waiting: bool,
}

/// What arrived.
pub(crate) enum Received<'a> {
    /// The handshake is done.
    Opened,
    /// A text frame.
    Text(&'a [u8]),
    /// The server wants a pong with this payload.
    Ping(&'a [u8]),
}

/// The bytes of one read, handled frame by frame.
pub(crate) struct Input {
    buffer: Vec<u8>,
    filled: usize,
    taken: usize,
    opened: bool,
}

impl Socket {
    /// Connects and sends the handshake.
    pub(crate) fn open(server: SocketAddrV4, source: Ipv4Addr, path: &str) -> io::Result<Self> {
        let mut stream = connect(server, source)?;
        stream.set_nodelay(true)?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Origin: http://{server}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes())?;
        stream.set_nonblocking(true)?;
        Ok(Self { stream, opened: false, partial: Vec::new(), unsent: Vec::new(), was_waiting: false })
    }

    /// Reads once, into a buffer that all sockets share. The caller takes the frames out of it and hands it to
    /// [`Socket::keep`].
    pub(crate) fn receive(&mut self, mut buffer: Vec<u8>) -> Result<Input, LoadError> {
        let had = self.partial.len();
        buffer.resize(INPUT_BYTES, 0);
        let (start, free) = buffer.split_at_mut_checked(had).unwrap_or_default();
        start.copy_from_slice(&self.partial);
        self.partial = Vec::new();
        let count = match self.stream.read(free) {
            Ok(0) => return Err(LoadError::Closed("end of stream".to_owned())),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
            Err(error) => return Err(error.into()),
        };
        Ok(Input { buffer, taken: 0, filled: had + count, opened: self.opened })
    }

    /// Keeps what was not a whole frame and gives the buffer back.
    pub(crate) fn keep(&mut self, input: Input) -> Vec<u8> {
        self.opened = input.opened;
        self.partial.extend_from_slice(input.rest());
        input.buffer
    }

    /// Sends a text frame; what the server does not take now is kept for [`Socket::send_rest`].
    pub(crate) fn send(&mut self, text: &[u8]) -> io::Result<()> {
        self.send_frame(Opcode::Text, text)
    }

    /// Answers a ping.
    pub(crate) fn pong(&mut self, payload: &[u8]) -> io::Result<()> {
        self.send_frame(Opcode::Pong, payload)
    }

    /// Sends what was kept.
    pub(crate) fn send_rest(&mut self) -> io::Result<()> {
        match self.stream.write(&self.unsent) {
            Ok(count) => {
                self.unsent.drain(..count);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Something is kept.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.unsent.is_empty()
    }

    /// Whether [`Socket::is_waiting`] differs from when this was asked last.
    pub(crate) fn waiting_changed(&mut self) -> bool {
        let waiting = self.is_waiting();
        std::mem::replace(&mut self.was_waiting, waiting) != waiting
    }

    /// One frame, one write: as a page sends it.
    fn send_frame(&mut self, opcode: Opcode, payload: &[u8]) -> io::Result<()> {
        let waiting = self.is_waiting();
        let start = self.unsent.len();
        websocket::put_header(&mut self.unsent, opcode, payload.len(), Some(KEY));
        let payload_at = self.unsent.len();
        self.unsent.extend_from_slice(payload);
        websocket::mask(self.unsent.get_mut(payload_at..).unwrap_or_default(), KEY);
        debug_assert!(waiting || start == 0);
        if waiting { Ok(()) } else { self.send_rest() }
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

impl Input {
    fn rest(&self) -> &[u8] {
        self.buffer.get(self.taken..self.filled).unwrap_or_default()
    }

    /// The next whole frame.
    pub(crate) fn next(&mut self) -> Result<Option<Received<'_>>, LoadError> {
        // Not `rest()`: the frame may only borrow the buffer.
        let rest = self.buffer.get(self.taken..self.filled).unwrap_or_default();
        if !self.opened {
            let Some(head_bytes) = websocket::head_bytes(rest) else { return Ok(None) };
            check_head(rest)?;
            self.taken += head_bytes;
            self.opened = true;
            return Ok(Some(Received::Opened));
        }
        let header = websocket::read_header(rest).map_err(|error| LoadError::Closed(error.to_string()))?;
        let Some(header) = header else { return Ok(None) };
        let Some(payload) = rest.get(header.header_bytes..header.frame_bytes()) else { return Ok(None) };
        self.taken += header.frame_bytes();
        match header.opcode {
            Opcode::Text => Ok(Some(Received::Text(payload))),
            Opcode::Ping => Ok(Some(Received::Ping(payload))),
            Opcode::Close | Opcode::Pong | Opcode::Other => Err(LoadError::Closed(close_reason(payload))),
        }
    }
}

fn check_head(head: &[u8]) -> Result<(), LoadError> {
    if head.starts_with(b"HTTP/1.1 101 ") {
        return Ok(());
    }
    let status = head.split(|&byte| byte == b'\r').next().unwrap_or_default();
    Err(LoadError::Closed(String::from_utf8_lossy(status).into_owned()))
}

fn close_reason(payload: &[u8]) -> String {
    match payload.split_first_chunk::<2>() {
        Some((code, reason)) => format!("{} {}", u16::from_be_bytes(*code), String::from_utf8_lossy(reason)),
        None => "without a code".to_owned(),
    }
}

/// A connection from an address of one's choice, which the standard library does not offer.
pub(crate) fn connect(server: SocketAddrV4, source: Ipv4Addr) -> io::Result<TcpStream> {
    let socket = socket::socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None)?;
    // The port is chosen when connecting, so that it need only be free towards this server.
    socket::setsockopt(&socket, sockopt::IpBindAddressNoPort, &true)?;
    socket::bind(socket.as_raw_fd(), &SockaddrIn::from(SocketAddrV4::new(source, 0)))?;
    socket::connect(socket.as_raw_fd(), &SockaddrIn::from(server))?;
    Ok(socket.into())
}
