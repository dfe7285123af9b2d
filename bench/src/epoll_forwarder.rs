//! The floor: the least that a process can do to forward WebSocket frames between people.
//!
//! One thread, one epoll instance, level-triggered. A read goes into one buffer shared by all connections and a frame
//! is handled where it lies, so a silent connection holds nothing but its place. The destination is found by a scan
//! for `"dst":"`, not by parsing. The sender's id is stamped in front of the fields, as the other servers do, and
//! frames that one read brought for the same person leave in one write. Nobody is checked, nothing is remembered but
//! who is who: no session, no state of a call, no acknowledgement, no limit.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::socket::{Backlog, listen};

use crate::websocket::{self, Header, Opcode};

/// The listener's place; connections count from 0.
const LISTENER: u64 = u64::MAX;
/// One read takes at most this much: room for the largest frame and whatever else has arrived.
const INPUT_BYTES: usize = 128 * 1024;
/// Waiting for somebody who does not read; one more byte ends their connection.
const UNSENT_BYTES: usize = 256 * 1024;

/// Serves until the process is ended.
///
/// # Errors
/// When the port is taken or epoll fails.
pub(crate) fn serve(port: u16) -> io::Result<()> {
    let mut forwarder = Forwarder::listen(port)?;
    let mut events = vec![EpollEvent::empty(); 1024];
    loop {
        let count = match forwarder.epoll.wait(&mut events, EpollTimeout::NONE) {
            Ok(count) => count,
            Err(Errno::EINTR) => continue,
            Err(error) => return Err(error.into()),
        };
        for event in events.iter().take(count) {
            forwarder.handle(*event)?;
        }
    }
}

struct Forwarder {
    epoll: Epoll,
    listener: TcpListener,
    people: HashMap<Box<[u8]>, usize>,
    places: Vec<Option<Connection>>,
    free: Vec<usize>,
    input: Vec<u8>,
    output: Vec<u8>,
}

struct Connection {
    socket: TcpStream,
    /// Who it is; empty until the handshake.
    id: Box<[u8]>,
    /// The beginning of a frame whose end has not arrived.
    partial: Vec<u8>,
    /// What the socket did not take.
    unsent: Vec<u8>,
}

/// The connection has ended, or has to.
struct Gone;

impl Forwarder {
    fn listen(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        listen(&listener, Backlog::new(1024)?)?;
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        epoll.add(&listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
        Ok(Self {
            epoll,
            listener,
            people: HashMap::new(),
            places: Vec::new(),
            free: Vec::new(),
            input: vec![0; INPUT_BYTES],
            output: Vec::new(),
        })
    }

    fn handle(&mut self, event: EpollEvent) -> io::Result<()> {
        if event.data() == LISTENER {
            return self.admit();
        }
        let Ok(place) = usize::try_from(event.data()) else { return Ok(()) };
        let mut result = Ok(());
        if event.events().contains(EpollFlags::EPOLLOUT) {
            result = self.send_rest(place);
        }
        if result.is_ok() && event.events().intersects(EpollFlags::EPOLLIN | EpollFlags::EPOLLHUP) {
            result = self.receive(place);
        }
        if result.is_err() {
            self.close(place);
        }
        Ok(())
    }

    fn admit(&mut self) -> io::Result<()> {
        loop {
            let socket = match self.listener.accept() {
                Ok((socket, _)) => socket,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                // The peer left before it was accepted, or there are no descriptors just now.
                Err(_) => return Ok(()),
            };
            socket.set_nonblocking(true)?;
            socket.set_nodelay(true)?;
            let place = self.free.pop().unwrap_or(self.places.len());
            self.epoll.add(&socket, EpollEvent::new(EpollFlags::EPOLLIN, place as u64))?;
            let connection = Connection { socket, id: Box::default(), partial: Vec::new(), unsent: Vec::new() };
            match self.places.get_mut(place) {
                Some(empty) => *empty = Some(connection),
                None => self.places.push(Some(connection)),
            }
        }
    }

    /// Reads once and handles what is complete. The input buffer is taken out of `self` meanwhile, so that frames can
    /// lie in it while others' connections are written to.
    fn receive(&mut self, place: usize) -> Result<(), Gone> {
        let mut input = std::mem::take(&mut self.input);
        let result = self.receive_into(place, &mut input);
        self.input = input;
        result
    }

    fn receive_into(&mut self, place: usize, input: &mut [u8]) -> Result<(), Gone> {
        let connection = self.connection(place)?;
        let count = match connection.socket.read(input) {
            Ok(0) => return Err(Gone),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(_) => return Err(Gone),
        };
        let new = input.get_mut(..count).ok_or(Gone)?;
        let mut partial = std::mem::take(&mut connection.partial);
        let rest = if partial.is_empty() {
            self.take_all(place, new)?
        } else {
            partial.extend_from_slice(new);
            self.take_all(place, &mut partial)?
        };
        if !rest.is_empty() {
            let rest = rest.to_vec();
            self.connection(place)?.partial = rest;
        }
        Ok(())
    }

    /// Handles every complete frame and gives back the rest.
    fn take_all<'a>(&mut self, place: usize, mut bytes: &'a mut [u8]) -> Result<&'a mut [u8], Gone> {
        if self.connection(place)?.id.is_empty() {
            let Some(end) = websocket::head_bytes(bytes) else { return Ok(bytes) };
            let (head, rest) = bytes.split_at_mut_checked(end).ok_or(Gone)?;
            self.welcome(place, head)?;
            bytes = rest;
        }
        while let Some(header) = websocket::read_header(bytes).map_err(|_| Gone)? {
            if bytes.len() < header.frame_bytes() {
                break;
            }
            let (frame, rest) = bytes.split_at_mut_checked(header.frame_bytes()).ok_or(Gone)?;
            self.take(place, header, frame)?;
            bytes = rest;
        }
        Ok(bytes)
    }

    fn welcome(&mut self, place: usize, head: &[u8]) -> Result<(), Gone> {
        let key = websocket::header_value(head, "Sec-WebSocket-Key").ok_or(Gone)?;
        let id: Box<[u8]> = query_id(head).ok_or(Gone)?.into();
        let response = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {}\r\n\r\n",
            websocket::accept_key(key)
        );
        self.people.insert(id.clone(), place);
        self.connection(place)?.id = id;
        self.output.extend_from_slice(response.as_bytes());
        self.put_frame(Opcode::Text, &[br#"{"type":"OPEN"}"#]);
        self.flush(place);
        Ok(())
    }

    fn take(&mut self, place: usize, header: Header, frame: &mut [u8]) -> Result<(), Gone> {
        let payload = frame.get_mut(header.header_bytes..).ok_or(Gone)?;
        websocket::mask(payload, header.mask.ok_or(Gone)?);
        match header.opcode {
            Opcode::Text => self.forward(place, payload),
            Opcode::Ping => {
                self.put_frame(Opcode::Pong, &[payload]);
                self.flush(place);
                Ok(())
            }
            Opcode::Pong => Ok(()),
            Opcode::Close | Opcode::Other => Err(Gone),
        }
    }

    /// `{"dst":"b",…}` from `a` becomes `{"src":"a","dst":"b",…}` to `b`; to nobody, it is dropped.
    fn forward(&mut self, place: usize, payload: &[u8]) -> Result<(), Gone> {
        let (Some(&to), Some(fields)) = (destination(payload).and_then(|id| self.people.get(id)), payload.get(1..))
        else {
            return Ok(());
        };
        // Taken out of its place and put back, because writing the frame needs `self` as well.
        let id = std::mem::take(&mut self.connection(place)?.id);
        self.put_frame(Opcode::Text, &[br#"{"src":""#, &id, br#"","#, fields]);
        self.connection(place)?.id = id;
        self.flush(to);
        Ok(())
    }

    fn put_frame(&mut self, opcode: Opcode, parts: &[&[u8]]) {
        let payload_bytes = parts.iter().map(|part| part.len()).sum();
        websocket::put_header(&mut self.output, opcode, payload_bytes, None);
        for part in parts {
            self.output.extend_from_slice(part);
        }
    }

    /// Writes the output to somebody. Who cannot be written to is gone; that is not the sender's fault.
    fn flush(&mut self, to: usize) {
        let mut output = std::mem::take(&mut self.output);
        if self.send(to, &output).is_err() {
            self.close(to);
        }
        output.clear();
        self.output = output;
    }

    fn send(&mut self, to: usize, bytes: &[u8]) -> Result<(), Gone> {
        let connection = self.connection(to)?;
        let waiting = !connection.unsent.is_empty();
        let sent = if waiting { 0 } else { write_some(&mut connection.socket, bytes)? };
        let rest = bytes.get(sent..).ok_or(Gone)?;
        if rest.is_empty() {
            return Ok(());
        }
        connection.unsent.extend_from_slice(rest);
        if connection.unsent.len() > UNSENT_BYTES {
            return Err(Gone);
        }
        if waiting { Ok(()) } else { self.watch(to, EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT) }
    }

    fn send_rest(&mut self, place: usize) -> Result<(), Gone> {
        let connection = self.connection(place)?;
        let sent = write_some(&mut connection.socket, &connection.unsent)?;
        connection.unsent.drain(..sent);
        if !connection.unsent.is_empty() {
            return Ok(());
        }
        connection.unsent = Vec::new();
        self.watch(place, EpollFlags::EPOLLIN)
    }

    fn watch(&mut self, place: usize, flags: EpollFlags) -> Result<(), Gone> {
        let Self { epoll, places, .. } = self;
        let Some(Some(connection)) = places.get(place) else { return Err(Gone) };
        let mut event = EpollEvent::new(flags, place as u64);
        epoll.modify(&connection.socket, &mut event).map_err(|_| Gone)
    }

    fn connection(&mut self, place: usize) -> Result<&mut Connection, Gone> {
        self.places.get_mut(place).and_then(Option::as_mut).ok_or(Gone)
    }

    fn close(&mut self, place: usize) {
        let Some(connection) = self.places.get_mut(place).and_then(Option::take) else { return };
        if self.people.get(&connection.id) == Some(&place) {
            self.people.remove(&connection.id);
        }
        self.free.push(place);
        // Dropping the socket closes it, and a closed socket leaves the epoll set by itself.
    }
}

fn write_some(socket: &mut TcpStream, bytes: &[u8]) -> Result<usize, Gone> {
    match socket.write(bytes) {
        Ok(count) => Ok(count),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
        Err(_) => Err(Gone),
    }
}

/// The id in `GET /?id=ann HTTP/1.1`.
fn query_id(head: &[u8]) -> Option<&[u8]> {
    let line = head.split(|&byte| byte == b'\r').next()?;
    let start = find(line, b"id=")? + 3;
    line.get(start..)?.split(|&byte| byte == b' ' || byte == b'&').next().filter(|id| !id.is_empty())
}

/// The text after `"dst":"`, which the senders here write near the start of a frame.
fn destination(payload: &[u8]) -> Option<&[u8]> {
    const FIELD: &[u8] = br#""dst":""#;
    let start = find(payload, FIELD)? + FIELD.len();
    payload.get(start..)?.split(|&byte| byte == b'"').next()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_destination_is_found_wherever_it_stands() {
        assert_eq!(destination(br#"{"type":"OFFER","dst":"bob","payload":{}}"#), Some(&b"bob"[..]));
        assert_eq!(destination(br#"{"type":"HEARTBEAT"}"#), None);
    }

    #[test]
    fn the_id_comes_from_the_request_line_alone() {
        assert_eq!(query_id(b"GET /?id=ann HTTP/1.1\r\n\r\n"), Some(&b"ann"[..]));
        assert_eq!(query_id(b"GET /?id=ann&x=1 HTTP/1.1\r\n\r\n"), Some(&b"ann"[..]));
        assert_eq!(query_id(b"GET / HTTP/1.1\r\nX: id=ann\r\n\r\n"), None);
    }
}
