//! Making style sheets lighter without understanding them: comments and needless white space go.

/// Drops comments, shortens runs of white space and the spaces around braces and after `;` and `,`.
/// Strings stay as they are.
pub(crate) fn lighten(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    let mut space = false;
    while let Some(c) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, behind)| behind);
            if separates(&out, space, rest) {
                out.push_str("/**/");
            }
        } else if c.is_ascii_whitespace() {
            rest = rest.trim_ascii_start();
            space = true;
        } else {
            if std::mem::take(&mut space) && !glued(&out, c) {
                out.push(' ');
            }
            let (token, behind) = token(rest, c);
            out.push_str(token);
            rest = behind;
        }
    }
    out
}

/// Whether white space between what was written and `next` means nothing. `:` is not among these,
/// since `a :hover` is not `a:hover`, nor is `;` on the right, since `--x: ;` is a value.
fn glued(out: &str, next: char) -> bool {
    out.is_empty() || out.ends_with(['{', '}', ';', ',']) || matches!(next, '{' | '}')
}

/// Whether a comment is all that keeps two tokens apart: `.a/**/.b` is neither `.a .b` nor, for names,
/// the two written together.
fn separates(out: &str, space: bool, behind: &str) -> bool {
    let next = behind.chars().next();
    !space && next.is_some_and(|next| !next.is_ascii_whitespace() && !glued(out, next))
}

/// A whole string, an escaped character, or one character; and what follows.
fn token(text: &str, first: char) -> (&str, &str) {
    let len = match first {
        '"' | '\'' => string_length(text, first),
        '\\' => 1 + text.chars().nth(1).map_or(0, char::len_utf8),
        _ => first.len_utf8(),
    };
    text.split_at_checked(len).unwrap_or((text, ""))
}

fn string_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !escaped {
            return at + c.len_utf8();
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_nothing_goes() {
        let css =
            "/* colours */\n:root {\n  --warm: #fff;\n  --none: ;\n}\n\na :hover,\nb > c {\n  margin: 0 auto; }\n";
        assert_eq!(lighten(css), ":root{--warm: #fff;--none: ;}a :hover,b > c{margin: 0 auto;}");
    }

    #[test]
    fn what_means_something_stays() {
        let css = r#"a::after{content:"/* \" no  comment */";width:calc(1px + 2px)}@media (a) and (b){i\ j{}}"#;
        assert_eq!(lighten(css), css);
        assert_eq!(lighten(".a/* and */.b{c: 1px /* */ 2px/* */}"), ".a/**/.b{c: 1px 2px}");
        assert_eq!(lighten("a{content:'\u{260e}  '"), "a{content:'\u{260e}  '");
        assert_eq!(lighten("a /* open"), "a");
    }
}
