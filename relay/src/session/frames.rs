//! WebSocket frames (RFC 6455 section 5) for the side that serves: reading masked ones in place, writing plain ones.
//!
//! A connection that is idle holds no buffer here. What has arrived is decoded where it lies, without a copy; only a
//! message that comes in fragments is put together in memory of its own.

use std::fmt;

use protocol::limits;

/// Why a connection is closed (RFC 6455 section 7.4, and PROTOCOL.md for what a page does then).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseCode {
    /// The answer to a close that gave no code, or 1000.
    Normal,
    /// The relay stops, or has not heard from the page for too long: come back.
    GoingAway,
    /// Not a WebSocket as RFC 6455 has it.
    ProtocolError,
    /// A text that is not UTF-8.
    NotText,
    /// Against the rules of the relay.
    Policy,
    /// A frame or message over [`limits::FRAME_BYTES`].
    TooBig,
    /// The page reads too slowly: come back.
    TryAgainLater,
    /// A newer connection has taken the session up: stay away.
    TakenUp,
}

impl CloseCode {
    /// The number on the wire.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Normal => 1000,
            Self::GoingAway => 1001,
            Self::ProtocolError => 1002,
            Self::NotText => 1007,
            Self::Policy => 1008,
            Self::TooBig => 1009,
            Self::TryAgainLater => 1013,
            Self::TakenUp => 4000,
        }
    }

    /// The words beside it, at most 123 bytes.
    const fn words(self) -> &'static str {
        match self {
            Self::Normal => "",
            Self::GoingAway => "the server is going away",
            Self::ProtocolError => "not a WebSocket frame that belongs here",
            Self::NotText => "text must be UTF-8",
            Self::Policy => "against the rules",
            Self::TooBig => "a message may have 64 KiB",
            Self::TryAgainLater => "reading too slowly",
            Self::TakenUp => "taken up by a newer connection",
        }
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number(), self.words())
    }
}

/// What arrived.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Incoming<'a> {
    /// A text message.
    Text(&'a str),
    /// A binary message, of which this protocol has none.
    Binary,
    /// To be answered with a pong of the same payload.
    Ping(&'a [u8]),
    /// The answer to a ping of ours.
    Pong,
    /// The other side closes.
    Close,
}

/// Reads frames out of what has arrived.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// The message that is coming in fragments; most never do.
    fragments: Option<Box<Fragments>>,
}

#[derive(Debug)]
struct Fragments {
    text: bool,
    complete: bool,
    payload: Vec<u8>,
}

const CONTINUATION: u8 = 0x0;
const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;

struct Header {
    fin: bool,
    opcode: u8,
    mask: [u8; 4],
    /// Where the payload begins and ends.
    start: usize,
    end: usize,
}

impl Decoder {
    /// Lets go of a message that has been dealt with.
    pub(super) fn release(&mut self) {
        self.fragments.take_if(|message| message.complete);
    }

    /// Reads the first frame of `bytes`; how many of them it took, and the message it completed, if any. `None` until
    /// more has arrived.
    ///
    /// # Errors
    /// The code to close with: 1002, 1007 or 1009.
    pub(super) fn decode<'a>(
        &'a mut self,
        bytes: &'a mut [u8],
    ) -> Result<Option<(usize, Option<Incoming<'a>>)>, CloseCode> {
        let Some(header) = read_header(bytes)? else { return Ok(None) };
        self.check_size(&header)?;
        let Some(payload) = bytes.get_mut(header.start..header.end) else { return Ok(None) };
        unmask(payload, header.mask);
        let incoming = self.message(&header, payload)?;
        Ok(Some((header.end, incoming)))
    }

    /// Refuses what is too big before it has arrived.
    fn check_size(&self, header: &Header) -> Result<(), CloseCode> {
        let so_far = self.fragments.as_ref().filter(|message| !message.complete).map_or(0, |m| m.payload.len());
        if so_far + (header.end - header.start) > limits::FRAME_BYTES {
            return Err(CloseCode::TooBig);
        }
        Ok(())
    }

    fn message<'a>(&'a mut self, header: &Header, payload: &'a [u8]) -> Result<Option<Incoming<'a>>, CloseCode> {
        self.release();
        match (header.opcode, header.fin, self.fragments.is_some()) {
            (TEXT, true, false) => text(payload).map(Some),
            (BINARY, true, false) => Ok(Some(Incoming::Binary)),
            (TEXT | BINARY, false, false) => {
                let payload = payload.to_vec();
                self.fragments = Some(Box::new(Fragments { text: header.opcode == TEXT, complete: false, payload }));
                Ok(None)
            }
            (CONTINUATION, fin, true) => self.continuation(fin, payload),
            (CLOSE, true, _) => closing(payload).map(Some),
            (PING, true, _) => Ok(Some(Incoming::Ping(payload))),
            (PONG, true, _) => Ok(Some(Incoming::Pong)),
            _ => Err(CloseCode::ProtocolError),
        }
    }

    fn continuation(&mut self, fin: bool, payload: &[u8]) -> Result<Option<Incoming<'_>>, CloseCode> {
        let Some(message) = &mut self.fragments else { return Err(CloseCode::ProtocolError) };
        message.payload.extend_from_slice(payload);
        message.complete = fin;
        match (fin, message.text) {
            (false, _) => Ok(None),
            (true, true) => text(&message.payload).map(Some),
            (true, false) => Ok(Some(Incoming::Binary)),
        }
    }
}

/// A close: nothing, or a code that may be sent and words in UTF-8 (RFC 6455 sections 5.5.1 and 7.4).
fn closing(payload: &[u8]) -> Result<Incoming<'_>, CloseCode> {
    match payload {
        [] => Ok(Incoming::Close),
        [first, second, words @ ..] => match u16::from_be_bytes([*first, *second]) {
            1000..=1003 | 1007..=1014 | 3000..=4999 => text(words).map(|_| Incoming::Close),
            _ => Err(CloseCode::ProtocolError),
        },
        [_] => Err(CloseCode::ProtocolError),
    }
}

fn text(payload: &[u8]) -> Result<Incoming<'_>, CloseCode> {
    simdutf8::basic::from_utf8(payload).map(Incoming::Text).map_err(|_| CloseCode::NotText)
}

/// RFC 6455 section 5.2. `None` until all of it has arrived.
fn read_header(bytes: &[u8]) -> Result<Option<Header>, CloseCode> {
    let &[first, second, ..] = bytes else { return Ok(None) };
    let opcode = first & 0x0F;
    let control = opcode & 0x8 != 0;
    let fin = first & 0x80 != 0;
    let reserved = first & 0x70 != 0;
    let masked = second & 0x80 != 0;
    let short = second & 0x7F;
    if reserved || !masked || (control && (!fin || short > 125)) || !matches!(opcode, 0x0..=0x2 | 0x8..=0xA) {
        return Err(CloseCode::ProtocolError);
    }
    let (length, at) = match (short, bytes) {
        (126, [_, _, a, b, ..]) => (u64::from(u16::from_be_bytes([*a, *b])), 4),
        (127, [_, _, a, b, c, d, e, f, g, h, ..]) => (u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]), 10),
        (126 | 127, _) => return Ok(None),
        (short, _) => (u64::from(short), 2),
    };
    // Said before the rest is waited for.
    let length = usize::try_from(length).ok().filter(|length| *length <= limits::FRAME_BYTES);
    let length = length.ok_or(CloseCode::TooBig)?;
    let Some(&[a, b, c, d]) = bytes.get(at..at + 4) else { return Ok(None) };
    let start = at + 4;
    Ok(Some(Header { fin, opcode, mask: [a, b, c, d], start, end: start + length }))
}

/// RFC 6455 section 5.3, eight bytes at a time.
fn unmask(payload: &mut [u8], [a, b, c, d]: [u8; 4]) {
    let eight = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (chunks, rest) = payload.as_chunks_mut::<8>();
    for chunk in chunks {
        *chunk = (u64::from_ne_bytes(*chunk) ^ eight).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip([a, b, c, d, a, b, c, d]) {
        *byte ^= mask;
    }
}

/// Appends a text frame.
pub(super) fn write_text(out: &mut Vec<u8>, text: &str) {
    write_frame(out, TEXT, text.as_bytes());
}

/// Appends a ping. Browsers answer it by themselves, also in a tab whose timers are slowed down.
pub(super) fn write_ping(out: &mut Vec<u8>) {
    write_frame(out, PING, &[]);
}

/// Appends the answer to a ping.
pub(super) fn write_pong(out: &mut Vec<u8>, payload: &[u8]) {
    write_frame(out, PONG, payload);
}

/// Appends a close frame, after which nothing may follow.
pub(super) fn write_close(out: &mut Vec<u8>, code: CloseCode) {
    let mut payload = Vec::with_capacity(2 + code.words().len());
    payload.extend_from_slice(&code.number().to_be_bytes());
    payload.extend_from_slice(code.words().as_bytes());
    write_frame(out, CLOSE, &payload);
}

fn write_frame(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    out.reserve(payload.len() + 10);
    out.push(0x80 | opcode);
    let length = payload.len();
    if let Ok(short @ 0..=125) = u8::try_from(length) {
        out.push(short);
    } else if let Ok(medium) = u16::try_from(length) {
        out.push(126);
        out.extend_from_slice(&medium.to_be_bytes());
    } else {
        out.push(127);
        out.extend_from_slice(&(length as u64).to_be_bytes());
    }
    out.extend_from_slice(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame as a client sends it.
    fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [0x12, 0x34, 0x56, 0x78];
        let mut frame = Vec::new();
        write_frame(&mut frame, first & 0x0F, payload);
        frame[0] = first;
        frame[1] |= 0x80;
        let at = frame.len() - payload.len();
        frame.splice(at..at, mask);
        unmask(&mut frame[at + 4..], mask);
        frame
    }

    fn decode_all(decoder: &mut Decoder, mut bytes: Vec<u8>) -> Result<Vec<String>, CloseCode> {
        let mut seen = Vec::new();
        let mut at = 0;
        while let Some((used, incoming)) = decoder.decode(&mut bytes[at..])? {
            at += used;
            seen.extend(incoming.map(|incoming| format!("{incoming:?}")));
        }
        assert_eq!(at, bytes.len(), "everything was read");
        Ok(seen)
    }

    #[test]
    fn the_example_of_the_rfc() {
        let mut hello = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        let mut decoder = Decoder::default();
        assert_eq!(decoder.decode(&mut hello), Ok(Some((11, Some(Incoming::Text("Hello"))))));
    }

    #[test]
    fn every_length_survives_byte_by_byte() {
        for length in [0, 1, 7, 8, 125, 126, 127, 65_535, 65_536] {
            let text = "x".repeat(length);
            let frame = masked(0x81, text.as_bytes());
            for cut in [0, 1, 2, 3, 5, 9, 13, frame.len() - 1] {
                let mut part = frame[..cut.min(frame.len() - 1)].to_vec();
                assert_eq!(Decoder::default().decode(&mut part), Ok(None), "{length} cut at {cut}");
            }
            let mut whole = frame.clone();
            let mut decoder = Decoder::default();
            let (used, incoming) = decoder.decode(&mut whole).unwrap().unwrap();
            assert_eq!((used, incoming), (frame.len(), Some(Incoming::Text(&text))));
        }
    }

    #[test]
    fn fragments_are_put_together_around_a_ping() {
        let mut bytes = masked(0x01, "Al".as_bytes());
        bytes.extend(masked(0x89, b"now"));
        bytes.extend(masked(0x00, &"ô".as_bytes()[..1]));
        bytes.extend(masked(0x80, &"ô".as_bytes()[1..]));
        bytes.extend(masked(0x81, b"next"));
        let mut decoder = Decoder::default();
        let seen = decode_all(&mut decoder, bytes).unwrap();
        assert_eq!(seen, ["Ping([110, 111, 119])", "Text(\"Alô\")", "Text(\"next\")"]);
        assert!(decoder.fragments.is_none(), "and nothing is kept");
    }

    #[test]
    fn too_big_is_refused_before_it_arrives() {
        let huge = [0x81, 0xFF, 0, 0, 0, 1, 0, 0, 0, 0];
        assert_eq!(Decoder::default().decode(&mut huge.to_vec()), Err(CloseCode::TooBig));
        let absurd = [0x81, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        assert_eq!(Decoder::default().decode(&mut absurd.to_vec()), Err(CloseCode::TooBig));
        let mut decoder = Decoder::default();
        decode_all(&mut decoder, masked(0x01, &[b'x'; 60_000])).unwrap();
        assert_eq!(decode_all(&mut decoder, masked(0x80, &[b'x'; 6_000])), Err(CloseCode::TooBig));
    }

    #[test]
    fn what_is_not_a_frame_of_a_client_is_refused() {
        let plain = [0x81, 0x01, b'x'];
        assert_eq!(Decoder::default().decode(&mut plain.to_vec()), Err(CloseCode::ProtocolError), "unmasked");
        for (frame, why) in [
            (masked(0xC1, b"x"), "a compressed frame nobody agreed on"),
            (masked(0x83, b"x"), "an unknown opcode"),
            (masked(0x8B, b"x"), "an unknown control opcode"),
            (masked(0x80, b"x"), "a continuation of nothing"),
            (masked(0x09, b"x"), "a ping in fragments"),
            (masked(0x89, &[0; 126]), "a long ping"),
            (masked(0x88, &[3]), "half a close code"),
            ([masked(0x01, b"x"), masked(0x81, b"y")].concat(), "a message within a message"),
        ] {
            assert_eq!(decode_all(&mut Decoder::default(), frame), Err(CloseCode::ProtocolError), "{why}");
        }
        let bad = masked(0x81, &[0xC3, 0x28]);
        assert_eq!(decode_all(&mut Decoder::default(), bad), Err(CloseCode::NotText));
    }

    fn decode(frame: Vec<u8>) -> Result<Vec<String>, CloseCode> {
        decode_all(&mut Decoder::default(), frame)
    }

    #[test]
    fn every_reserved_bit_is_refused_in_every_kind_of_frame() {
        for reserved in [0x10, 0x20, 0x40, 0x70] {
            for first in [0x80, 0x01, 0x81, 0x82, 0x88, 0x89, 0x8A] {
                assert_eq!(decode(masked(first | reserved, b"")), Err(CloseCode::ProtocolError), "{first:x}");
            }
        }
    }

    #[test]
    fn every_opcode_that_means_nothing_is_refused() {
        for opcode in (0x3..=0x7).chain(0xB..=0xF) {
            assert_eq!(decode(masked(0x80 | opcode, b"")), Err(CloseCode::ProtocolError), "{opcode:x}");
            // Also within a message that has begun.
            let within = [masked(0x01, b"x"), masked(0x80 | opcode, b"")].concat();
            assert_eq!(decode(within), Err(CloseCode::ProtocolError), "{opcode:x}");
        }
    }

    #[test]
    fn pings_are_answered_with_what_they_bring() {
        for payload in [&b""[..], b"alo", &[0xFF; 125]] {
            let (mut frame, mut decoder, mut out) = (masked(0x89, payload), Decoder::default(), Vec::new());
            let Ok(Some((_, Some(Incoming::Ping(brought))))) = decoder.decode(&mut frame) else { panic!() };
            write_pong(&mut out, brought);
            assert_eq!((out[0], usize::from(out[1]), &out[2..]), (0x8A, payload.len(), payload));
        }
        assert_eq!(decode(masked(0x8A, b"nobody asked")).unwrap(), ["Pong"]);
        let many = masked(0x89, b"1").repeat(10);
        assert_eq!(decode(many).unwrap().len(), 10);
    }

    #[test]
    fn text_may_be_split_anywhere_and_must_be_utf_8() {
        let text = "Alô, κόσμε, 日本, 🦀";
        for cut in 0..=text.len() {
            let (head, tail) = text.as_bytes().split_at(cut);
            let frames = [masked(0x01, head), masked(0x89, b""), masked(0x00, b""), masked(0x80, tail)].concat();
            assert_eq!(decode(frames).unwrap(), ["Ping([])", &format!("Text({text:?})")], "cut at {cut}");
        }
        for wrong in [
            &b"\x80"[..],
            b"ab\xC3",
            b"\xC0\xAF",
            b"\xE0\x80\x80",
            b"\xED\xA0\x80",
            b"\xF4\x90\x80\x80",
            b"\xF8\x88\x80\x80\x80",
            b"\xCE\xBA\xE1\xBD\xB9\xCF\x83\xED\xA0\x80edited",
        ] {
            assert_eq!(decode(masked(0x81, wrong)), Err(CloseCode::NotText), "{wrong:x?}");
            for cut in 0..=wrong.len() {
                let (head, tail) = wrong.split_at(cut);
                let frames = [masked(0x01, head), masked(0x80, tail)].concat();
                assert_eq!(decode(frames), Err(CloseCode::NotText), "{wrong:x?} cut at {cut}");
            }
        }
    }

    #[test]
    fn a_close_says_why_in_a_way_that_is_allowed() {
        let close = |code: u16, words: &[u8]| decode(masked(0x88, &[&code.to_be_bytes(), words].concat()));
        assert_eq!(decode(masked(0x88, b"")).unwrap(), ["Close"]);
        for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999] {
            assert_eq!(close(code, "tạm biệt".as_bytes()).unwrap(), ["Close"], "{code}");
        }
        for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] {
            assert_eq!(close(code, b""), Err(CloseCode::ProtocolError), "{code}");
        }
        assert_eq!(close(1000, &[0xC3, 0x28]), Err(CloseCode::NotText));
        assert_eq!(close(1000, &[b'x'; 123]).unwrap(), ["Close"]);
        assert_eq!(close(1000, &[b'x'; 124]), Err(CloseCode::ProtocolError));
    }

    #[test]
    fn closing_carries_code_and_words() {
        let mut out = Vec::new();
        write_close(&mut out, CloseCode::TryAgainLater);
        assert_eq!(&out[..4], &[0x88, 20, 0x03, 0xF5]);
        assert_eq!(&out[4..], b"reading too slowly");
    }
}
