//! Addresses in what people write.

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Text(&'a str),
    /// An `http:` or `https:` address, as it was written.
    Link(&'a str),
}

/// The pieces of a text, in order; put together again they are the text.
///
/// Only whole addresses count, with their scheme: what people did not write as an address is not made one. Marks that
/// change the direction of writing end one, so that what is read is where it leads.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, link, after)) = first_link(rest) {
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(Piece::Link(link));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// The text before the first address, that address, and the text after it.
fn first_link(text: &str) -> Option<(&str, &str, &str)> {
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if matches!(c, 'h' | 'H') && !before.is_alphanumeric() {
            let (words, rest) = text.split_at_checked(at)?;
            if let Some(length) = link_length(rest) {
                let (link, after) = rest.split_at_checked(length)?;
                return Some((words, link, after));
            }
        }
        before = c;
    }
    None
}

/// How many bytes at the beginning of `text` are an address.
fn link_length(text: &str) -> Option<usize> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(scheme)))?;
    let whole = text.split(ends_link).next()?;
    let link = without_end(whole);
    let host = link.get(scheme.len()..)?;
    host.starts_with(|c: char| c.is_alphanumeric() || c == '[').then_some(link.len())
}

fn ends_link(c: char) -> bool {
    c.is_whitespace() || c.is_control() || turns(c) || matches!(c, '<' | '>' | '"' | '`' | '|' | '\\' | '^' | '{' | '}')
}

/// Marks that change the direction of writing (UAX 9 section 2), or are not to be seen.
pub(super) const fn turns(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Without the marks that belong to the sentence around it: a full stop, a bracket that was opened before it.
fn without_end(link: &str) -> &str {
    let mut link = link;
    while let Some(last) = link.chars().next_back() {
        let opened = |open: char, close: char| link.matches(open).count() >= link.matches(close).count();
        let belongs = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '…' | '»' | '”' | '’' => false,
            ')' => opened('(', ')'),
            ']' => opened('[', ']'),
            _ => true,
        };
        if belongs {
            break;
        }
        link = link.strip_suffix(last).unwrap_or_default();
    }
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<&str> {
        let link = |piece| if let Piece::Link(link) = piece { Some(link) } else { None };
        pieces(text).into_iter().filter_map(link).collect()
    }

    #[test]
    fn an_address_is_found_in_its_sentence() {
        for (text, link) in [
            ("https://example.org", "https://example.org"),
            ("see http://example.org/a?b=c#d.", "http://example.org/a?b=c#d"),
            ("(https://example.org/a_(b))", "https://example.org/a_(b)"),
            ("HTTPS://EXAMPLE.ORG!", "HTTPS://EXAMPLE.ORG"),
            ("“https://bücher.example/ệ”", "https://bücher.example/ệ"),
            ("http://[2001:db8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
            ("<https://example.org>", "https://example.org"),
        ] {
            assert_eq!(links(text), [link], "{text}");
        }
        assert_eq!(links("http://a.example\nhttp://b.example").len(), 2);
    }

    #[test]
    fn nothing_else_is_an_address() {
        for text in [
            "",
            "http",
            "http://",
            "https:// example.org",
            "javascript:alert(1)",
            "data:text/html,x",
            "example.org",
            "xhttp://example.org",
            "ftp://example.org",
            "http://...",
            "http://\u{202e}gro.example",
            "//example.org",
        ] {
            assert_eq!(links(text), [""; 0], "{text}");
        }
        assert_eq!(links("https://example.org/\u{202e}gpj.exe"), ["https://example.org/"]);
    }
}
