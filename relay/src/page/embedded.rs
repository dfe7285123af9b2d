//! The page inside the binary, in three encodings made when it was built.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::{cache_control, content_type};
use crate::security;

/// A file of the page.
#[derive(Debug)]
pub(super) struct File {
    /// Its path, without a slash before it.
    path: &'static str,
    /// The beginning of its SHA-256, in hexadecimal.
    digest: &'static str,
    plain: &'static [u8],
    /// RFC 7932.
    brotli: Option<&'static [u8]>,
    /// RFC 1952.
    gzip: Option<&'static [u8]>,
}

mod table {
    use super::File;
    include!(concat!(env!("OUT_DIR"), "/page.rs"));
}

/// The files of a page, sorted by path.
#[derive(Debug)]
pub(super) struct Embedded(&'static [File]);

/// A content encoding (RFC 9110 section 8.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// Its name in `Accept-Encoding` and `Content-Encoding`, which is also a good ending for an entity tag.
    const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }
}

impl Embedded {
    /// The page this binary carries; `None` if it carries none.
    pub(super) fn carried() -> Option<Self> {
        (!table::FILES.is_empty()).then_some(Self(table::FILES))
    }

    /// The answer to a request for a file; `None` if there is no such file.
    pub(super) fn file(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let index = self.0.binary_search_by(|file| file.path.cmp(path)).ok()?;
        let file = self.0.get(index)?;
        Some(file.respond(headers))
    }
}

impl File {
    fn respond(&self, request: &HeaderMap) -> Response {
        let (encoding, content) = self.choose(request);
        let tag = format!("\"{}-{}\"", self.digest, encoding.name());
        let unchanged = matches_any(request, &tag);
        let body = if unchanged { Body::empty() } else { Body::from(Bytes::from_static(content)) };
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        if self.path.ends_with(".html") {
            security::protect_page(headers, &String::from_utf8_lossy(self.plain));
        } else {
            security::protect_file(headers);
        }
        headers.insert(header::CACHE_CONTROL, cache_control(self.path));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        if unchanged {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(header::CONTENT_TYPE, content_type(self.path));
        if encoding != Encoding::Identity {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
        }
        response
    }

    /// The smallest form the browser takes.
    fn choose(&self, request: &HeaderMap) -> (Encoding, &'static [u8]) {
        let forms = [(Encoding::Brotli, self.brotli), (Encoding::Gzip, self.gzip)];
        let mut accepted = forms
            .into_iter()
            .filter_map(|(encoding, content)| accepts(request, encoding).then_some((encoding, content?)));
        accepted.next().unwrap_or((Encoding::Identity, self.plain))
    }
}

/// Whether `Accept-Encoding` names an encoding, or everything, without forbidding it (RFC 9110 section 12.5.3).
fn accepts(request: &HeaderMap, encoding: Encoding) -> bool {
    let values = request.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    let mut by_wildcard = false;
    for item in values.flat_map(|value| value.split(',')) {
        let (name, weight) = item.split_once(';').unwrap_or((item, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), |q| q.trim().parse::<f32>());
        let wanted = weight.is_ok_and(|weight| weight > 0.0);
        match name.trim() {
            name if name.eq_ignore_ascii_case(encoding.name()) => return wanted,
            "*" => by_wildcard = wanted,
            _ => {}
        }
    }
    by_wildcard
}

/// Whether `If-None-Match` holds this tag, by weak comparison (RFC 9110 section 13.1.2).
fn matches_any(request: &HeaderMap, tag: &str) -> bool {
    let values = request.get_all(header::IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    static FILES: &[File] = &[
        File {
            path: "app-0123456789abcdef.js",
            digest: "aaaa",
            plain: b"plain",
            brotli: Some(b"brotli"),
            gzip: Some(b"gzip"),
        },
        File { path: "icon.png", digest: "bbbb", plain: b"picture", brotli: None, gzip: None },
        File {
            path: "index.html",
            digest: "cccc",
            plain: b"<script>go()</script>",
            brotli: Some(b"brotli"),
            gzip: None,
        },
    ];

    fn get(path: &str, headers: &[(header::HeaderName, &str)]) -> Response {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        Embedded(FILES).file(path, &headers).unwrap()
    }

    fn header(response: &Response, name: header::HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    async fn body(response: Response) -> Vec<u8> {
        response.into_body().collect().await.unwrap().to_bytes().to_vec()
    }

    #[tokio::test]
    async fn the_smallest_form_the_browser_takes_is_sent() {
        let script = "app-0123456789abcdef.js";
        for (accept, encoding, content) in [
            ("gzip, deflate, br, zstd", "br", "brotli"),
            ("br;q=0, gzip;q=0.5", "gzip", "gzip"),
            ("*", "br", "brotli"),
            ("BR;q=0, *", "gzip", "gzip"),
            ("zstd", "", "plain"),
            ("br;q=nonsense", "", "plain"),
            ("", "", "plain"),
        ] {
            let response = get(script, &[(header::ACCEPT_ENCODING, accept)]);
            assert_eq!(header(&response, header::CONTENT_ENCODING), encoding, "{accept}");
            assert_eq!(header(&response, header::VARY), "accept-encoding");
            assert_eq!(body(response).await, content.as_bytes(), "{accept}");
        }
        let picture = get("icon.png", &[(header::ACCEPT_ENCODING, "br, gzip")]);
        assert_eq!(header(&picture, header::CONTENT_ENCODING), "");
        assert_eq!(body(picture).await, b"picture");
    }

    #[tokio::test]
    async fn a_file_the_browser_has_is_not_sent_again() {
        let first = get("index.html", &[(header::ACCEPT_ENCODING, "br")]);
        let tag = header(&first, header::ETAG).to_owned();
        let again = |accept: &'static str, tags: String| {
            get("index.html", &[(header::ACCEPT_ENCODING, accept), (header::IF_NONE_MATCH, &tags)])
        };
        let response = again("br", tag.clone());
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(header(&response, header::ETAG), tag);
        assert!(body(response).await.is_empty());
        assert_eq!(again("br", format!("\"other\", W/{tag}")).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(again("gzip", tag).status(), StatusCode::OK, "another encoding is another entity");
        assert_eq!(again("br", "\"other\"".into()).status(), StatusCode::OK);
    }

    #[test]
    fn each_file_has_its_type_and_its_time_to_live() {
        let script = get("app-0123456789abcdef.js", &[]);
        assert_eq!(header(&script, header::CONTENT_TYPE), "text/javascript; charset=utf-8");
        assert_eq!(header(&script, header::CACHE_CONTROL), "public, max-age=31536000, immutable");
        let index = get("index.html", &[]);
        assert_eq!(header(&index, header::CONTENT_TYPE), "text/html; charset=utf-8");
        assert_eq!(header(&index, header::CACHE_CONTROL), "no-cache");
        assert!(header(&index, header::CONTENT_SECURITY_POLICY).contains("'sha256-"));
        assert!(Embedded(FILES).file("nothing.js", &HeaderMap::new()).is_none());
        assert!(Embedded(FILES).file("../index.html", &HeaderMap::new()).is_none());
    }
}
