//! What client/index.html asks for, and the page that comes of it.
//!
//! The file is written for Trunk (its `data-trunk` links), and `trunk build` makes a page of it that does the same.
//! We understand the four kinds of link it uses and refuse the others by name, so that nobody
//! finds out in the browser.

use crate::error::{Error, Result};
use crate::html::{self, Node, Tag};

/// Everything that index.html asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Index<'a> {
    html: &'a str,
    links: Vec<(Tag<'a>, Asset<'a>)>,
}

/// One `data-trunk` link. Paths are relative to index.html, target paths to dist/.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asset<'a> {
    /// The program of the page, with how wasm-opt and cargo are to treat it.
    Rust(RustAsset<'a>),
    /// A style sheet, published with the others in one file whose name has its hash; one of a part (`data-part`) with
    /// the others of that part, to be loaded with it.
    Css { href: &'a str, part: Option<&'a str> },
    /// A file published under its own name.
    CopyFile { href: &'a str, target: &'a str },
    /// The service worker (`data-shell`): a file published under its own name, which is told the page's files.
    Worker { href: &'a str },
    /// A folder published under its own name.
    CopyDir { href: &'a str, target: &'a str },
}

/// How the page's program is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RustAsset<'a> {
    /// `data-cargo-profile-release`, or cargo's own `release`.
    pub(crate) profile: &'a str,
    /// `data-wasm-opt`: 0 to 4, s or z; 0 leaves wasm-opt out.
    pub(crate) optimise: &'a str,
    /// `data-wasm-opt-params`.
    pub(crate) optimise_params: &'a str,
}

/// The published names of what was built.
#[derive(Debug, Default)]
pub(crate) struct Published {
    /// JavaScript that loads the program, for example `client-0123456789abcdef.js`.
    pub(crate) js: String,
    /// The program itself.
    pub(crate) wasm: String,
    /// The module that starts it.
    pub(crate) boot: String,
    /// All style sheets in one.
    pub(crate) css: String,
}

impl<'a> Index<'a> {
    /// Reads index.html.
    ///
    /// # Errors
    /// When a `data-trunk` element is of a kind not known here, or lacks its `href`.
    pub(crate) fn parse(html: &'a str) -> Result<Self> {
        let mut links = Vec::new();
        for node in html::nodes(html) {
            if let Node::Tag(tag) = node
                && tag.attribute("data-trunk").is_some()
            {
                let asset = asset(&tag)?;
                links.push((tag, asset));
            }
        }
        Ok(Self { html, links })
    }

    /// Everything asked for, in order.
    pub(crate) fn assets(&self) -> impl Iterator<Item = Asset<'a>> {
        self.links.iter().map(|(_, asset)| *asset)
    }

    /// The page's one program.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub(crate) fn program(&self) -> Result<RustAsset<'a>> {
        let mut programs = self.assets().filter_map(|asset| match asset {
            Asset::Rust(rust) => Some(rust),
            Asset::Css { .. } | Asset::CopyFile { .. } | Asset::Worker { .. } | Asset::CopyDir { .. } => None,
        });
        match (programs.next(), programs.next()) {
            (Some(program), None) => Ok(program),
            _ => Err(Error::new("index.html needs exactly one <link data-trunk rel=\"rust\">")),
        }
    }

    /// The page: links replaced by what was published, comments left out.
    pub(crate) fn render(&self, published: &Published) -> String {
        let mut page = Page { html: self.html, done: 0, out: String::with_capacity(self.html.len()) };
        let mut links = self.links.iter();
        let mut styled = false;
        for node in html::nodes(self.html) {
            match node {
                Node::Comment(range) => page.replace(range, ""),
                Node::Tag(tag) if tag.attribute("data-trunk").is_some() => {
                    let asset = links.next().map(|(_, asset)| *asset);
                    // All style sheets stand in the place of the first.
                    let asset = asset.filter(
                        |asset| !matches!(asset, Asset::Css { part: None, .. } if std::mem::replace(&mut styled, true)),
                    );
                    page.replace(tag.range, &asset.map(|asset| markup(asset, published)).unwrap_or_default());
                }
                Node::Tag(_) => {}
            }
        }
        page.finish()
    }
}

fn asset<'a>(tag: &Tag<'a>) -> Result<Asset<'a>> {
    let kind = tag.attribute("rel").unwrap_or_default();
    if !tag.name.eq_ignore_ascii_case("link") {
        return Err(Error::new(format!("index.html: <{} data-trunk> is not supported, only links", tag.name)));
    }
    let href = tag.attribute("href").filter(|href| !href.is_empty());
    let href = href.ok_or_else(|| Error::new(format!("index.html: the {kind:?} link has no href")))?;
    let target = tag.attribute("data-target-path").unwrap_or_default();
    match kind {
        "rust" => Ok(Asset::Rust(RustAsset {
            profile: tag.attribute("data-cargo-profile-release").unwrap_or("release"),
            optimise: tag.attribute("data-wasm-opt").unwrap_or("0"),
            optimise_params: tag.attribute("data-wasm-opt-params").unwrap_or_default(),
        })),
        "css" => Ok(Asset::Css { href, part: tag.attribute("data-part") }),
        "copy-file" if tag.attribute("data-shell").is_some() => Ok(Asset::Worker { href }),
        "copy-file" => Ok(Asset::CopyFile { href, target }),
        "copy-dir" => Ok(Asset::CopyDir { href, target }),
        other => Err(Error::new(format!(
            "index.html: <link data-trunk rel={other:?}> is not supported: only rust, css, copy-file and copy-dir are"
        ))),
    }
}

/// What stands in the page for a link. The preloads name the same credentials mode as the requests
/// they prepare (HTML's `crossorigin`, Fetch's request modes): otherwise the browser loads twice.
fn markup(asset: Asset<'_>, published: &Published) -> String {
    match asset {
        Asset::Rust(_) => format!(
            "<link rel=\"modulepreload\" href=\"/{js}\">\
             <link rel=\"preload\" href=\"/{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin=\"anonymous\">\
             <script type=\"module\" src=\"/{boot}\"></script>",
            js = published.js,
            wasm = published.wasm,
            boot = published.boot,
        ),
        Asset::Css { part: Some(_), .. } => String::new(),
        Asset::Css { part: None, .. } => format!("<link rel=\"stylesheet\" href=\"/{}\">", published.css),
        Asset::CopyFile { .. } | Asset::Worker { .. } | Asset::CopyDir { .. } => String::new(),
    }
}

/// A text being copied with pieces replaced.
struct Page<'a> {
    html: &'a str,
    done: usize,
    out: String,
}

impl Page<'_> {
    fn replace(&mut self, range: std::ops::Range<usize>, with: &str) {
        self.out.push_str(self.html.get(self.done..range.start).unwrap_or_default());
        self.out.push_str(with);
        self.done = range.end;
    }

    /// What is left of the text; lines that became empty are dropped.
    fn finish(mut self) -> String {
        self.out.push_str(self.html.get(self.done..).unwrap_or_default());
        let lines = self.out.lines().filter(|line| !line.trim().is_empty());
        lines.fold(String::new(), |page, line| page + line + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: &str = r#"<!doctype html>
<html>
  <head>
    <!-- for Trunk: <link data-trunk rel="icon" href="x"> -->
    <meta charset="utf-8">
    <link data-trunk rel="rust" href="Cargo.toml" data-wasm-opt="z"
          data-wasm-opt-params="--enable-sign-ext" data-cargo-profile-release="page">
    <link data-trunk rel="css" href="../static/style.css"/>
    <link data-trunk rel="css" href="../static/more.css"/>
    <link data-trunk rel="css" href="../static/later.css" data-part="aside">
    <link data-trunk rel="copy-file" href="../static/sw.js">
    <link data-trunk rel="copy-dir" href="../static/icons" data-target-path="pictures">
    <link rel="manifest" href="/app.webmanifest">
  </head>
  <body></body>
</html>
"#;

    fn published() -> Published {
        Published {
            js: "client-1.js".to_owned(),
            wasm: "client-1_bg.wasm".to_owned(),
            boot: "boot-2.js".to_owned(),
            css: "style-3.css".to_owned(),
        }
    }

    #[test]
    fn links_are_understood() {
        let index = Index::parse(HTML).unwrap();
        let program = RustAsset { profile: "page", optimise: "z", optimise_params: "--enable-sign-ext" };
        assert_eq!(index.program().unwrap(), program);
        let rest: Vec<_> = index.assets().skip(1).collect();
        let expected = [
            Asset::Css { href: "../static/style.css", part: None },
            Asset::Css { href: "../static/more.css", part: None },
            Asset::Css { href: "../static/later.css", part: Some("aside") },
            Asset::CopyFile { href: "../static/sw.js", target: "" },
            Asset::CopyDir { href: "../static/icons", target: "pictures" },
        ];
        assert_eq!(rest, expected);
    }

    #[test]
    fn the_page_names_what_was_published_and_nothing_of_trunk() {
        let page = Index::parse(HTML).unwrap().render(&published());
        let expected = r#"<!doctype html>
<html>
  <head>
    <meta charset="utf-8">
    <link rel="modulepreload" href="/client-1.js"><link rel="preload" href="/client-1_bg.wasm" as="fetch" type="application/wasm" crossorigin="anonymous"><script type="module" src="/boot-2.js"></script>
    <link rel="stylesheet" href="/style-3.css">
    <link rel="manifest" href="/app.webmanifest">
  </head>
  <body></body>
</html>
"#;
        assert_eq!(page, expected);
    }

    #[test]
    fn our_own_page_is_understood() {
        let html = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../client/index.html")).unwrap();
        let program = Index::parse(&html).unwrap().program().unwrap();
        assert_eq!(program.profile, "page", "the profile that makes it small");
    }

    #[test]
    fn other_kinds_are_refused_by_name() {
        let refused = |html: &str| Index::parse(html).unwrap_err().to_string();
        assert!(refused("<link data-trunk rel=\"scss\" href=\"a.scss\">").contains("rel=\"scss\"> is not supported"));
        assert!(refused("<script data-trunk src=\"a.js\"></script>").contains("<script data-trunk>"));
        assert!(refused("<link data-trunk rel=\"css\">").contains("no href"));
    }

    #[test]
    fn a_page_has_exactly_one_program() {
        assert!(Index::parse("<p>").unwrap().program().is_err());
        let twice = "<link data-trunk rel=rust href=a><link data-trunk rel=rust href=b>";
        assert!(Index::parse(twice).unwrap().program().is_err());
    }
}
