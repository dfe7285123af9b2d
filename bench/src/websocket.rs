//! Just enough of RFC 6455 to speak and to serve WebSocket over a plain socket: the handshake and the framing.
//!
//! The load generator and the hand-written forwarder share it, so that neither brings a library's cost into the
//! comparison.

use sha1_smol::Sha1;

/// A frame longer than this is refused, as the relay does.
pub(crate) const FRAME_BYTES: usize = 64 * 1024;

/// What a frame is for (RFC 6455 section 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opcode {
    /// A text frame.
    Text,
    /// The other side closes.
    Close,
    /// Wants a pong.
    Ping,
    /// Answers a ping.
    Pong,
    /// Binary, continuation or reserved: nothing here uses them.
    Other,
}

impl Opcode {
    fn from_bits(bits: u8) -> Self {
        match bits & 0x0f {
            0x1 => Self::Text,
            0x8 => Self::Close,
            0x9 => Self::Ping,
            0xa => Self::Pong,
            _ => Self::Other,
        }
    }

    fn bits(self) -> u8 {
        match self {
            Self::Text => 0x1,
            Self::Close => 0x8,
            Self::Ping => 0x9,
            Self::Pong => 0xa,
            Self::Other => 0x2,
        }
    }
}

/// The header of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// What it is for.
    pub(crate) opcode: Opcode,
    /// Bytes of the header itself.
    pub(crate) header_bytes: usize,
    /// Bytes of payload that follow.
    pub(crate) payload_bytes: usize,
    /// The masking key, which every frame from a client has.
    pub(crate) mask: Option<[u8; 4]>,
}

impl Header {
    /// Bytes of the whole frame.
    pub(crate) fn frame_bytes(&self) -> usize {
        self.header_bytes + self.payload_bytes
    }
}

/// The frame is longer than [`FRAME_BYTES`], or in several parts, which none of the servers here sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a WebSocket frame of a kind that the benchmark does not use")]
pub(crate) struct BadFrame;

/// Reads the header at the start of `bytes`; `None` while it is not there in full.
pub(crate) fn read_header(bytes: &[u8]) -> Result<Option<Header>, BadFrame> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    let finished = first & 0x80 != 0;
    let (payload_bytes, length_bytes) = match second & 0x7f {
        126 => match rest.first_chunk::<2>() {
            Some(length) => (usize::from(u16::from_be_bytes(*length)), 2),
            None => return Ok(None),
        },
        127 => match rest.first_chunk::<8>() {
            Some(length) => (usize::try_from(u64::from_be_bytes(*length)).map_err(|_| BadFrame)?, 8),
            None => return Ok(None),
        },
        length => (usize::from(length), 0),
    };
    if !finished || payload_bytes > FRAME_BYTES {
        return Err(BadFrame);
    }
    let masked = second & 0x80 != 0;
    let mask = rest.get(length_bytes..).and_then(|rest| rest.first_chunk::<4>()).copied();
    let header = |mask, mask_bytes| Header {
        opcode: Opcode::from_bits(*first),
        header_bytes: 2 + length_bytes + mask_bytes,
        payload_bytes,
        mask,
    };
    match (masked, mask) {
        (false, _) => Ok(Some(header(None, 0))),
        (true, Some(key)) => Ok(Some(header(Some(key), 4))),
        (true, None) => Ok(None),
    }
}

/// Writes the header of a finished frame.
pub(crate) fn put_header(out: &mut Vec<u8>, opcode: Opcode, payload_bytes: usize, mask: Option<[u8; 4]>) {
    let masked = if mask.is_some() { 0x80 } else { 0 };
    out.push(0x80 | opcode.bits());
    match (u8::try_from(payload_bytes), u16::try_from(payload_bytes)) {
        (Ok(short @ ..126), _) => out.push(masked | short),
        (_, Ok(medium)) => {
            out.push(masked | 126);
            out.extend_from_slice(&medium.to_be_bytes());
        }
        _ => {
            out.push(masked | 127);
            out.extend_from_slice(&(payload_bytes as u64).to_be_bytes());
        }
    }
    if let Some(key) = mask {
        out.extend_from_slice(&key);
    }
}

/// Applies or removes a mask (RFC 6455 section 5.3), eight bytes at a time.
pub(crate) fn mask(bytes: &mut [u8], key: [u8; 4]) {
    let [a, b, c, d] = key;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, rest) = bytes.as_chunks_mut::<8>();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(key.iter().cycle()) {
        *byte ^= key;
    }
}

/// The answer to a client's `Sec-WebSocket-Key` (RFC 6455 section 4.2.2).
pub(crate) fn accept_key(key: &[u8]) -> String {
    let mut hash = Sha1::new();
    hash.update(key);
    hash.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    base64(&hash.digest().bytes())
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |six_bits: u32| ALPHABET.get((six_bits & 63) as usize).map_or('=', |&letter| char::from(letter));
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| chunk.get(at).map_or(0, |&byte| u32::from(byte));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        let letters = [letter(group >> 18), letter(group >> 12), letter(group >> 6), letter(group)];
        text.extend(letters.into_iter().take(chunk.len() + 1));
        text.extend(std::iter::repeat_n('=', 3 - chunk.len()));
    }
    text
}

/// The value of a header of an HTTP request or response, whose names are written in any case (RFC 9110 section 5.1).
pub(crate) fn header_value<'a>(head: &'a [u8], name: &str) -> Option<&'a [u8]> {
    head.split(|&byte| byte == b'\n').find_map(|line| {
        let (field, rest) = line.split_at_checked(name.len())?;
        let value = rest.strip_prefix(b":")?;
        field.eq_ignore_ascii_case(name.as_bytes()).then(|| value.trim_ascii())
    })
}

/// Where the head of an HTTP message ends, its empty line included.
pub(crate) fn head_bytes(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|start| start + 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handshake_answers_the_key_of_the_rfc() {
        assert_eq!(accept_key(b"dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn base64_pads_as_rfc_4648_does() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn a_header_is_read_as_it_was_written() {
        for payload_bytes in [0, 1, 125, 126, 127, 65_535, FRAME_BYTES] {
            for mask in [None, Some([1, 2, 3, 4])] {
                let mut bytes = Vec::new();
                put_header(&mut bytes, Opcode::Text, payload_bytes, mask);
                let header = Header { opcode: Opcode::Text, header_bytes: bytes.len(), payload_bytes, mask };
                assert_eq!(read_header(&bytes), Ok(Some(header)));
                for cut in 0..bytes.len() {
                    assert_eq!(read_header(&bytes[..cut]), Ok(None), "{payload_bytes} cut at {cut}");
                }
            }
        }
    }

    #[test]
    fn frames_too_long_or_in_parts_are_refused() {
        let mut long = Vec::new();
        put_header(&mut long, Opcode::Text, FRAME_BYTES + 1, None);
        assert_eq!(read_header(&long), Err(BadFrame));
        assert_eq!(read_header(&[0x01, 0x00]), Err(BadFrame));
    }

    #[test]
    fn masking_twice_changes_nothing_and_once_follows_the_rfc() {
        let key = [0x37, 0xfa, 0x21, 0x3d];
        let mut hello = *b"Hello";
        mask(&mut hello, key);
        assert_eq!(hello, [0x7f, 0x9f, 0x4d, 0x51, 0x58]);
        let text: Vec<u8> = (0..=255).collect();
        let mut twice = text.clone();
        mask(&mut twice, key);
        mask(&mut twice, key);
        assert_eq!(twice, text);
    }

    #[test]
    fn header_names_are_found_in_any_case() {
        let head = b"GET / HTTP/1.1\r\nHost: a\r\nsec-websocket-KEY:  x y \r\n\r\n";
        assert_eq!(header_value(head, "Sec-WebSocket-Key"), Some(&b"x y"[..]));
        assert_eq!(header_value(head, "Origin"), None);
        assert_eq!(head_bytes(head), Some(head.len()));
    }
}
