//! Texts in JSON (RFC 8259 section 7): where one ends, and what it says.
//!
//! Most of what a relay reads is text that it only hands on, session descriptions of several thousand bytes. So the end is
//! looked for in many bytes at a time, and what lies before it is copied by nobody.

use std::borrow::Cow;

#[cfg(not(target_arch = "wasm32"))]
use wide::u8x16;

/// A well-formed text as it stands on the wire. It may still hold half a surrogate pair, which JSON can write.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Text<'a> {
    /// With its quotation marks.
    raw: &'a str,
    /// Something in it is written with a backslash.
    escaped: bool,
}

impl<'a> Text<'a> {
    /// The text whose quotation mark is the byte `start` of `json`, and where what comes after it begins.
    pub(crate) fn read(json: &'a str, start: usize) -> Option<(Self, usize)> {
        let bytes = json.as_bytes();
        let (mut at, mut escaped) = ((*bytes.get(start)? == b'"').then_some(start + 1)?, false);
        loop {
            at += plain(bytes.get(at..)?);
            match bytes.get(at)? {
                b'"' => return Some((Self { raw: json.get(start..=at)?, escaped }, at + 1)),
                b'\\' => at += escape_bytes(bytes.get(at + 1..)?)?,
                // A control character.
                _ => return None,
            }
            escaped = true;
        }
    }

    /// As it stands on the wire, with its quotation marks.
    pub(crate) const fn raw(self) -> &'a str {
        self.raw
    }

    /// As it stands on the wire, without them.
    pub(crate) fn inside(self) -> &'a str {
        self.raw.get(1..self.raw.len() - 1).unwrap_or_default()
    }

    /// What it says; nothing when it holds half a surrogate pair, which a Rust string cannot hold.
    #[inline(never)]
    pub(crate) fn said(self) -> Option<Cow<'a, str>> {
        if self.escaped { unescape(self.raw).map(Cow::Owned) } else { Some(Cow::Borrowed(self.inside())) }
    }
}

/// How many bytes at the beginning neither end a text nor escape something nor are forbidden in one.
#[cfg(not(target_arch = "wasm32"))]
#[inline]
pub(super) fn plain(bytes: &[u8]) -> usize {
    let (blocks, rest) = bytes.as_chunks::<16>();
    for (before, block) in blocks.iter().enumerate() {
        let block = u8x16::new(*block);
        let special = block.simd_eq(b'"') | block.simd_eq(b'\\') | block.simd_lt(b' ');
        if special.any() {
            return before * 16 + special.to_bitmask().trailing_zeros() as usize;
        }
    }
    blocks.len() * 16 + one_by_one(rest)
}

/// The same with little code.
#[cfg(target_arch = "wasm32")]
pub(super) fn plain(bytes: &[u8]) -> usize {
    one_by_one(bytes)
}

fn one_by_one(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..b' ')).unwrap_or(bytes.len())
}

/// How long an escape is, its backslash included, by what comes after that.
fn escape_bytes(after: &[u8]) -> Option<usize> {
    match after.first()? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => after.get(1..5)?.iter().all(u8::is_ascii_hexdigit).then_some(6),
        _ => None,
    }
}

/// What a text on the wire says, its quotation marks included in `raw`; nothing when it is not well-formed (RFC 8259
/// section 7) or holds half a surrogate pair, which JSON can write and a Rust string cannot hold.
pub(crate) fn unescape(raw: &str) -> Option<String> {
    let mut rest = raw.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::with_capacity(rest.len());
    while let Some(at) = rest.find(|c: char| c == '\\' || c < ' ') {
        let (plain, escape) = rest.split_at_checked(at)?;
        text.push_str(plain);
        let (c, after) = escaped(escape)?;
        text.push(c);
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

/// One escape, and what comes after it.
fn escaped(text: &str) -> Option<(char, &str)> {
    let text = text.strip_prefix('\\')?;
    let mut chars = text.chars();
    let plain = match chars.next()? {
        'u' => return unicode(text),
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\u{8}',
        'f' => '\u{c}',
        c @ ('"' | '\\' | '/') => c,
        _ => return None,
    };
    Some((plain, chars.as_str()))
}

/// `uXXXX`, or two of them for a character beyond the first 65,536.
fn unicode(text: &str) -> Option<(char, &str)> {
    let (first, rest) = unit(text)?;
    if let Some(c) = char::from_u32(first) {
        return Some((c, rest));
    }
    let (second, rest) = unit(rest.strip_prefix('\\')?)?;
    let mut pair = char::decode_utf16([u16::try_from(first).ok()?, u16::try_from(second).ok()?]);
    Some((pair.next()?.ok()?, rest))
}

fn unit(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.strip_prefix('u')?.split_at_checked(4)?;
    let hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    hex.then(|| u32::from_str_radix(digits, 16).ok().map(|unit| (unit, rest)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(raw: &str) -> Option<String> {
        unescape(raw)
    }

    #[test]
    fn a_text_is_read_as_serde_json_reads_it() {
        for raw in [
            r#""""#,
            r#""plain""#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\u0041\u00e9\u20ac""#,
            r#""\ud83d\ude00 and Việt""#,
            r#""\ud83d""#,
            r#""\ude00\ud83d""#,
            r#""\ud83d\u0041""#,
            r#""\u00g0""#,
            r#""\u+041""#,
            r#""\x""#,
            r#""\""#,
            "\"\u{1}\"",
            "\"\u{7f}\"",
            r#""open"#,
        ] {
            assert_eq!(said(raw), serde_json::from_str::<String>(raw).ok(), "{raw}");
        }
    }

    #[test]
    fn every_byte_at_every_place_is_found_or_passed_over() {
        for (place, byte) in (0..20).flat_map(|place| (0..=u8::MAX).map(move |byte| (place, byte))) {
            for around in [b'x', 0x7f, 0x80, 0xff, b'!', b'#', b'[', b']'] {
                let mut bytes = [around; 21];
                bytes[place] = byte;
                assert_eq!(plain(&bytes), one_by_one(&bytes), "{byte} at {place} among {around}");
            }
        }
    }
}
