//! Finding the tags of an HTML file: as much of HTML as our own index.html uses.

use std::ops::Range;

/// A start tag: its name, its attributes, and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    /// As written, for example `link`.
    pub(crate) name: &'a str,
    /// Name and value of each attribute, in order; the value is empty where there is none.
    pub(crate) attributes: Vec<(&'a str, &'a str)>,
    /// From `<` to behind `>`.
    pub(crate) range: Range<usize>,
}

impl<'a> Tag<'a> {
    /// The value of the attribute called `name`, if the tag has it.
    pub(crate) fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

/// What matters of a text: comments and start tags, in order. What `script` and `style` hold is
/// skipped, as are end tags and the doctype.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node<'a> {
    /// From `<!--` to behind `-->`.
    Comment(Range<usize>),
    /// A start tag.
    Tag(Tag<'a>),
}

/// All nodes of `html`.
pub(crate) fn nodes(html: &str) -> Vec<Node<'_>> {
    let mut nodes = Vec::new();
    let mut scanner = Scanner { html, at: 0 };
    while let Some(node) = scanner.next_node() {
        if let Node::Tag(tag) = &node {
            scanner.skip_raw_text(tag.name);
        }
        nodes.push(node);
    }
    nodes
}

struct Scanner<'a> {
    html: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn next_node(&mut self) -> Option<Node<'a>> {
        loop {
            self.at += self.rest().find('<')?;
            let start = self.at;
            if self.rest().starts_with("<!--") {
                self.at += self.rest().find("-->").map_or(self.rest().len(), |end| end + 3);
                return Some(Node::Comment(start..self.at));
            }
            self.at += 1;
            if self.rest().starts_with(|c: char| c.is_ascii_alphabetic()) {
                return Some(Node::Tag(self.tag(start)));
            }
        }
    }

    /// Reads on from behind `<` to behind `>`.
    fn tag(&mut self, start: usize) -> Tag<'a> {
        let name = self.take_until(|c| c.is_ascii_whitespace() || c == '>' || c == '/');
        let mut attributes = Vec::new();
        loop {
            self.take_until(|c| !(c.is_ascii_whitespace() || c == '/'));
            if self.rest().is_empty() {
                break;
            }
            if self.rest().starts_with('>') {
                self.at += 1;
                break;
            }
            attributes.push(self.attribute());
        }
        Tag { name, attributes, range: start..self.at }
    }

    fn attribute(&mut self) -> (&'a str, &'a str) {
        let name = self.take_until(|c| c.is_ascii_whitespace() || c == '=' || c == '>');
        if !self.rest().starts_with('=') {
            // A lone quote or the like: step over it, so that every round moves on.
            return (name, "");
        }
        self.at += 1;
        let value = match self.rest().chars().next() {
            Some(quote @ ('"' | '\'')) => {
                self.at += 1;
                let value = self.take_until(|c| c == quote);
                self.at = (self.at + 1).min(self.html.len());
                value
            }
            _ => self.take_until(|c| c.is_ascii_whitespace() || c == '>'),
        };
        (name, value)
    }

    fn skip_raw_text(&mut self, name: &str) {
        if name.eq_ignore_ascii_case("script") || name.eq_ignore_ascii_case("style") {
            let end = format!("</{}", name.to_ascii_lowercase());
            let rest = self.rest().to_ascii_lowercase();
            self.at += rest.find(&end).unwrap_or(rest.len());
        }
    }

    fn take_until(&mut self, stop: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let taken = rest.find(stop).map_or(rest, |end| rest.get(..end).unwrap_or(rest));
        self.at += taken.len();
        taken
    }

    fn rest(&self) -> &'a str {
        self.html.get(self.at..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(html: &str) -> Vec<Tag<'_>> {
        nodes(html)
            .into_iter()
            .filter_map(|node| match node {
                Node::Tag(tag) => Some(tag),
                Node::Comment(_) => None,
            })
            .collect()
    }

    #[test]
    fn attributes_in_every_notation() {
        let html = "<!doctype html>\n<LINK data-trunk rel='css' href=a.css\n data-x=\"a > b\"/><p>";
        let found = tags(html);
        let link = found.first().unwrap();
        assert_eq!(link.name, "LINK");
        let expected = [("data-trunk", ""), ("rel", "css"), ("href", "a.css"), ("data-x", "a > b")];
        assert_eq!(link.attributes, expected);
        assert_eq!(&html[link.range.end..], "<p>");
        assert_eq!(link.attribute("REL"), Some("css"));
        assert_eq!(link.attribute("integrity"), None);
    }

    #[test]
    fn comments_scripts_and_styles_hold_no_tags() {
        let html = "<!-- <link> --><script>if (a<b) '<link>'</SCRIPT><style><i></style><b>1 < 2</b>";
        let names: Vec<_> = tags(html).iter().map(|tag| tag.name).collect();
        assert_eq!(names, ["script", "style", "b"]);
        assert_eq!(nodes(html).first(), Some(&Node::Comment(0..15)));
    }

    #[test]
    fn broken_ends_come_to_an_end() {
        for html in ["<", "<a", "<a b", "<a b=", "<a b='c", "<!-- x", "<script>", "<a \">", "<a =>", "<\u{e9}"] {
            nodes(html);
        }
    }
}
