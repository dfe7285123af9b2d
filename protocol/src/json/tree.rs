//! JSON (RFC 8259) as a tree of pieces of its text.

/// Deeper texts are refused: no message goes half as deep.
const DEPTH: usize = 16;

/// A value. Texts keep their quotation marks and escapes.
#[derive(Debug, PartialEq)]
pub(crate) enum Json<'a> {
    /// A field that is not there.
    Absent,
    Null,
    Bool(bool),
    Number(&'a str),
    Text(&'a str),
    List(Vec<Json<'a>>),
    /// Names as they stand on the wire, without quotation marks. A name with escapes in it matches none of ours.
    Object(Vec<(&'a str, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// The field of this name. Of two with the same name the first counts.
    pub(crate) fn field(&self, name: &str) -> &Self {
        let fields = if let Self::Object(fields) = self { fields.as_slice() } else { &[] };
        fields.iter().find(|(field, _)| *field == name).map_or(&Self::Absent, |(_, value)| value)
    }
}

/// Reads a whole text.
pub(crate) fn parse(text: &str) -> Option<Json<'_>> {
    let mut reader = Reader { rest: text };
    let value = reader.value(DEPTH)?;
    reader.skip_space();
    reader.rest.is_empty().then_some(value)
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Option<Json<'a>> {
        self.skip_space();
        match self.rest.as_bytes().first()? {
            b'"' => self.text().map(Json::Text),
            b'{' => self.object(depth.checked_sub(1)?),
            b'[' => self.list(depth.checked_sub(1)?),
            b'-' | b'0'..=b'9' => self.number(),
            _ => self.word(),
        }
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    /// Takes `mark` if it comes next.
    fn take(&mut self, mark: char) -> bool {
        self.skip_space();
        let rest = self.rest.strip_prefix(mark);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Takes as many bytes; they are at a border of characters.
    fn cut(&mut self, bytes: usize) -> Option<&'a str> {
        let (piece, rest) = self.rest.split_at_checked(bytes)?;
        self.rest = rest;
        Some(piece)
    }

    fn word(&mut self) -> Option<Json<'a>> {
        let words = [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))];
        let (word, value) = words.into_iter().find(|(word, _)| self.rest.starts_with(word))?;
        self.cut(word.len())?;
        Some(value)
    }

    /// Only looks for the end: whoever wants a number finds out whether it is one.
    fn number(&mut self) -> Option<Json<'a>> {
        let part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let end = self.rest.find(|c| !part(c)).unwrap_or(self.rest.len());
        self.cut(end).map(Json::Number)
    }

    fn text(&mut self) -> Option<&'a str> {
        let mut escaped = true; // the opening quotation mark ends nothing
        let end = self.rest.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        })?;
        self.cut(end + 1)
    }

    fn list(&mut self, depth: usize) -> Option<Json<'a>> {
        let mut items = Vec::new();
        self.take('[');
        if !self.take(']') {
            loop {
                items.push(self.value(depth)?);
                if !self.take(',') {
                    break;
                }
            }
            self.take(']').then_some(())?;
        }
        Some(Json::List(items))
    }

    fn object(&mut self, depth: usize) -> Option<Json<'a>> {
        let mut fields = Vec::new();
        self.take('{');
        if !self.take('}') {
            loop {
                self.skip_space();
                let name = self.rest.starts_with('"').then(|| self.text())??;
                self.take(':').then_some(())?;
                fields.push((name.trim_matches('"'), self.value(depth)?));
                if !self.take(',') {
                    break;
                }
            }
            self.take('}').then_some(())?;
        }
        Some(Json::Object(fields))
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
    fn a_tree_keeps_its_pieces() {
        let tree = parse(" {\"a\" : [1, -2.5e3 ,null,true] ,\"b\":{ }, \"c\":\"\\\\\\\"x\" } ").unwrap();
        assert_eq!(
            tree.field("a"),
            &Json::List(vec![Json::Number("1"), Json::Number("-2.5e3"), Json::Null, Json::Bool(true)])
        );
        assert_eq!(tree.field("b"), &Json::Object(vec![]));
        assert_eq!(tree.field("c"), &Json::Text(r#""\\\"x""#));
        assert_eq!(tree.field("d"), &Json::Absent);
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for wrong in [
            "",
            " ",
            "{",
            "}",
            "{\"a\"}",
            "{\"a\":}",
            "{a:1}",
            "[1,]",
            "[1 2]",
            "tru",
            "1 1",
            "\"",
            "{\"a\":1,}",
            "[]]",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn depth_has_an_end() {
        let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
        assert!(parse(&nested(DEPTH)).is_some());
        assert!(parse(&nested(DEPTH + 1)).is_none());
        assert!(parse(&nested(100_000)).is_none());
    }
}
