//! JSON (RFC 8259) as a tree of pieces of its text.

use super::text::Text;

/// Deeper texts are refused: no message goes half as deep.
const DEPTH: usize = 16;

/// A value.
#[derive(Debug, PartialEq)]
pub(crate) enum Json<'a> {
    /// A field that is not there.
    Absent,
    Null,
    Bool(bool),
    Number(&'a str),
    Text(Text<'a>),
    List(Vec<Json<'a>>),
    /// Names as they stand on the wire, without quotation marks. A name with escapes in it matches none of ours.
    Object(Vec<(&'a str, Json<'a>)>),
}

static NOTHING: Json<'_> = Json::Object(Vec::new());

impl<'a> Json<'a> {
    /// An object without fields for what is absent.
    pub(crate) fn or_nothing(&'a self) -> &'a Self {
        if matches!(self, Self::Absent | Self::Null) { &NOTHING } else { self }
    }

    /// The field of this name; nothing when there are two of it.
    // Not where it is called from: every field of every message is asked for here.
    #[inline(never)]
    pub(crate) fn field(&self, name: &str) -> Option<&Self> {
        let fields = if let Self::Object(fields) = self { fields.as_slice() } else { &[] };
        let mut found = None;
        for (_, value) in fields.iter().filter(|(field, _)| *field == name) {
            if found.replace(value).is_some() {
                return None;
            }
        }
        Some(found.unwrap_or(&Self::Absent))
    }
}

/// Reads a whole text.
pub(crate) fn parse(text: &str) -> Option<Json<'_>> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(DEPTH)?;
    reader.next().is_none().then_some(value)
}

struct Reader<'a> {
    text: &'a str,
    /// The byte that comes next.
    at: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Option<Json<'a>> {
        match self.next()? {
            b'"' => self.text().map(Json::Text),
            b'{' => self.object(depth.checked_sub(1)?),
            b'[' => self.list(depth.checked_sub(1)?),
            b'-' | b'0'..=b'9' => self.number(),
            _ => self.word(),
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// What comes after spaces.
    fn next(&mut self) -> Option<u8> {
        while matches!(self.rest().first(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        self.rest().first().copied()
    }

    /// Takes `mark` if it comes next.
    fn take(&mut self, mark: u8) -> bool {
        let comes = self.next() == Some(mark);
        self.at += usize::from(comes);
        comes
    }

    fn word(&mut self) -> Option<Json<'a>> {
        let words = [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))];
        let (word, value) = words.into_iter().find(|(word, _)| self.rest().starts_with(word.as_bytes()))?;
        self.at += word.len();
        Some(value)
    }

    /// Only looks for the end: whoever wants a number finds out whether it is one.
    fn number(&mut self) -> Option<Json<'a>> {
        let part = |byte: &&u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
        let end = self.at + self.rest().iter().take_while(part).count();
        let digits = self.text.get(self.at..end)?;
        self.at = end;
        let padded = digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
        (!padded).then_some(Json::Number(digits))
    }

    fn text(&mut self) -> Option<Text<'a>> {
        let (text, end) = Text::read(self.text, self.at)?;
        self.at = end;
        Some(text)
    }

    fn list(&mut self, depth: usize) -> Option<Json<'a>> {
        let mut items = Vec::new();
        self.take(b'[');
        if !self.take(b']') {
            loop {
                items.push(self.value(depth)?);
                if !self.take(b',') {
                    break;
                }
            }
            self.take(b']').then_some(())?;
        }
        Some(Json::List(items))
    }

    fn object(&mut self, depth: usize) -> Option<Json<'a>> {
        let mut fields = Vec::new();
        self.take(b'{');
        if !self.take(b'}') {
            loop {
                self.next();
                let name = self.text()?.inside();
                self.take(b':').then_some(())?;
                fields.push((name, self.value(depth)?));
                if !self.take(b',') {
                    break;
                }
            }
            self.take(b'}').then_some(())?;
        }
        Some(Json::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_keeps_its_pieces() {
        let tree = parse(" {\"a\" : [1, -2.5e3 ,null,true] ,\"b\":{ }, \"c\":\"\\\\\\\"x\" } ").unwrap();
        assert_eq!(
            tree.field("a"),
            Some(&Json::List(vec![Json::Number("1"), Json::Number("-2.5e3"), Json::Null, Json::Bool(true)]))
        );
        assert_eq!(tree.field("b"), Some(&Json::Object(vec![])));
        let Some(Json::Text(text)) = tree.field("c") else { panic!("{tree:?}") };
        assert_eq!((text.raw(), text.said().unwrap().as_ref()), (r#""\\\"x""#, "\\\"x"));
        assert_eq!(tree.field("d"), Some(&Json::Absent));
        assert_eq!(parse(r#"{"a":1,"b":2,"a":3}"#).unwrap().field("a"), None, "there are two");
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
            "01",
            "\"\\x\"",
            "\"\\u00g0\"",
            "\"a\u{1f}b\"",
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
