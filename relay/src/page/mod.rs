//! The page: the files a browser loads. A release carries them inside (`embedded`); in development they come from a
//! folder (`folder`).
//!
//! A path with a dot in it names a file, which is there or not. Any other path is a place inside of the page, such as
//! `/r/abcd-efgh-jkmn`: `index.html` answers, and the page finds its way by itself.

mod embedded;
mod folder;

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::ErrorCode;

use self::embedded::Embedded;
use crate::app::App;
use crate::config::Config;
use crate::refusal::Refusal;
use crate::security;

/// Where the page comes from.
#[derive(Debug)]
pub struct Page(Source);

#[derive(Debug)]
enum Source {
    Embedded(Embedded),
    Folder(PathBuf),
    Absent,
}

impl Page {
    /// The page of this configuration: a folder if it names one, else what the binary carries.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self(match (&config.page, Embedded::carried()) {
            (Some(folder), _) => Source::Folder(folder.clone()),
            (None, Some(embedded)) => Source::Embedded(embedded),
            (None, None) => Source::Absent,
        })
    }

    async fn file(&self, path: &str, request: Request<Body>) -> Response {
        match &self.0 {
            Source::Embedded(embedded) => embedded.file(path, request.headers()).unwrap_or_else(not_found),
            Source::Folder(folder) => folder::file(folder, request).await,
            Source::Absent => not_found(),
        }
    }

    async fn index(&self, headers: &HeaderMap) -> Response {
        match &self.0 {
            Source::Embedded(embedded) => embedded.file("index.html", headers).unwrap_or_else(not_found),
            Source::Folder(folder) => folder::index(folder).await,
            Source::Absent => explain(),
        }
    }
}

/// Answers what no other route does.
pub async fn serve(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let path = request.uri().path().to_owned();
    if path == "/api" || path.starts_with("/api/") {
        return Refusal::new(ErrorCode::NotFound).saying("There is nothing at this address.").into_response();
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let name = path.trim_start_matches('/');
    if name == "index.html" || is_place(name) {
        return app.page.index(request.headers()).await;
    }
    app.page.file(name, request).await
}

/// Whether a path is a place inside of the page rather than a file. A path that is written to be read as something
/// else (an encoded dot, slash or NUL) is neither.
fn is_place(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    ![".", "\\", "%2e", "%2f", "%5c", "%00"].iter().any(|tricky| lower.contains(tricky))
}

/// How long a browser may keep a file. A name with a hash is a new name when the content changes; anything else is
/// asked about every time, which costs one short answer.
fn cache_control(path: &str) -> HeaderValue {
    HeaderValue::from_static(match is_hashed(path) {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    })
}

/// Whether the file name holds a hash, as in `client-0123456789abcdef_bg.wasm`: a dash, 16 hexadecimal digits, and then
/// something else.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('-').skip(1).any(|part| {
        let digits = part.bytes().take_while(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')).count();
        digits == 16 && part.len() > 16
    })
}

/// The media type of a file, by its extension (RFC 9239, WebAssembly Web API, W3C Manifest).
fn content_type(path: &str) -> HeaderValue {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    HeaderValue::from_static(match extension {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "mp3" => "audio/mpeg",
        "ogg" | "opus" => "audio/ogg",
        "wav" => "audio/wav",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    })
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "There is nothing at this address.\n").into_response()
}

/// What a developer sees who started the relay without a page.
fn explain() -> Response {
    const WORDS: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Alo</title>\
        <h1>The relay runs, but it has no page</h1>\
        <p>This is a development build, which carries none. Start it with <code>--page dist</code> to serve a built \
        page, or type <code>cargo xtask run</code> to build and start everything.</p></html>";
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, WORDS).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, content_type("index.html"));
    security::protect_page(response.headers_mut(), WORDS);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_hash_is_kept_for_good() {
        for hashed in [
            "client-0123456789abcdef_bg.wasm",
            "client-0123456789abcdef.js",
            "style-fedcba9876543210.css",
            "deep/er/boot-0123456789abcdef.js",
        ] {
            assert!(is_hashed(hashed), "{hashed}");
        }
        for plain in [
            "index.html",
            "icon-192.png",
            "app.webmanifest",
            "client-0123456789abcde.js",
            "client-0123456789abcdef0.js",
            "client-0123456789ABCDEF.js",
            "client-0123456789abcdef",
            "0123456789abcdef.js",
            "snippets/part-0123456789abcdef/inline0.js",
        ] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }

    #[test]
    fn places_are_not_files_and_tricks_are_neither() {
        for place in ["", "r/abcd-efgh-jkmn", "r/ABCD%20efgh%20jkmn", "settings"] {
            assert!(is_place(place), "{place}");
        }
        for other in ["app.js", "r/..", "..%2f..%2fetc/passwd", "%2E%2E/etc/passwd", "a\\b", "a%5Cb", "a%00", ".env"] {
            assert!(!is_place(other), "{other}");
        }
    }
}
