//! `/ws`: from an HTTP request to a WebSocket (RFC 6455 section 4.2).

use std::net::SocketAddr;
use std::sync::Arc;

use aws_lc_rs::digest;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{
    CONNECTION, HOST, ORIGIN, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper_util::rt::TokioIo;
use protocol::ErrorCode;

use super::serve::serve;
use crate::app::App;
use crate::refusal::Refusal;

/// RFC 6455 section 1.3.
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Answers a handshake, and serves what becomes of it.
pub async fn upgrade(State(app): State<Arc<App>>, mut request: Request) -> Response {
    let accept = match check(&app, &request) {
        Ok(accept) => accept,
        Err(response) => return *response,
    };
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let upgrade = hyper::upgrade::on(&mut request);
    app.tasks.clone().spawn(async move {
        match upgrade.await {
            Ok(io) => serve(app, TokioIo::new(io), from).await,
            Err(error) => tracing::debug!(%error, "a handshake came to nothing"),
        }
    });
    let headers = [
        (CONNECTION, HeaderValue::from_static("upgrade")),
        (UPGRADE, HeaderValue::from_static("websocket")),
        (SEC_WEBSOCKET_ACCEPT, accept),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers, Body::empty()).into_response()
}

/// The value of `Sec-WebSocket-Accept`, or why not.
fn check(app: &App, request: &Request) -> Result<HeaderValue, Box<Response>> {
    let headers = request.headers();
    if request.method() != Method::GET || request.version() != Version::HTTP_11 {
        return Err(refuse(StatusCode::METHOD_NOT_ALLOWED, "A WebSocket begins with GET over HTTP/1.1."));
    }
    if !names(headers, CONNECTION, "upgrade") || !names(headers, UPGRADE, "websocket") {
        let mut response = refuse(StatusCode::UPGRADE_REQUIRED, "This address speaks WebSocket.");
        response.headers_mut().insert(UPGRADE, HeaderValue::from_static("websocket"));
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("upgrade"));
        return Err(response);
    }
    if headers.get(SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        let mut response = refuse(StatusCode::UPGRADE_REQUIRED, "WebSocket version 13 is spoken here.");
        response.headers_mut().insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        return Err(response);
    }
    if !is_welcome(&app.config.origins, headers) {
        return Err(refuse(StatusCode::FORBIDDEN, "This page comes from a place this relay does not serve."));
    }
    headers
        .get(SEC_WEBSOCKET_KEY)
        .and_then(accept)
        .ok_or_else(|| refuse(StatusCode::BAD_REQUEST, "Sec-WebSocket-Key must be 16 bytes in base64."))
}

fn refuse(status: StatusCode, words: &str) -> Box<Response> {
    Box::new(Refusal::new(ErrorCode::BadMessage).with_status(status).saying(words).into_response())
}

/// Whether a header with a list has that token (RFC 9110 section 5.6.1).
fn names(headers: &HeaderMap, header: HeaderName, token: &str) -> bool {
    let values = headers.get_all(header).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|one| one.trim().eq_ignore_ascii_case(token))
}

/// RFC 6455 section 4.2.2, step 5.4.
fn accept(key: &HeaderValue) -> Option<HeaderValue> {
    if STANDARD.decode(key.as_bytes()).ok()?.len() != 16 {
        return None;
    }
    let mut hash = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
    hash.update(key.as_bytes());
    hash.update(GUID.as_bytes());
    HeaderValue::try_from(STANDARD.encode(hash.finish())).ok()
}

/// A browser says which page asks (RFC 6454); only our own and those we were told of may. Without an `Origin` it is no
/// browser, and whoever it is has to bring a token like everyone else.
fn is_welcome(allowed: &[String], headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    let Some(origin) = origins.next() else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    if origins.next().is_some() {
        return false;
    }
    let ours = headers.get(HOST).and_then(|host| host.to_str().ok());
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let same = authority.zip(ours).is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host));
    same || allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn welcome(host: &str, origins: &[&'static str], allowed: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_str(host).unwrap());
        for origin in origins {
            headers.append(ORIGIN, HeaderValue::from_static(origin));
        }
        let allowed: Vec<String> = allowed.iter().map(|&origin| origin.to_owned()).collect();
        is_welcome(&allowed, &headers)
    }

    #[test]
    fn the_example_of_the_rfc() {
        let key = HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ==");
        assert_eq!(accept(&key).unwrap(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        for wrong in ["", "dGhlIHNhbXBsZSBub25j", "not base64 at all!!!!!!!", "dGhlIHNhbXBsZSBub25jZQ"] {
            assert_eq!(accept(&HeaderValue::from_static(wrong)), None, "{wrong}");
        }
    }

    #[test]
    fn pages_from_here_and_from_where_we_were_told() {
        assert!(welcome("localhost:3000", &["http://localhost:3000"], &[]));
        assert!(welcome("call.example", &["https://call.example"], &[]));
        assert!(welcome("call.example", &["https://chat.example"], &["https://chat.example"]));
        assert!(welcome("call.example", &[], &[]), "no browser");
    }

    #[test]
    fn pages_from_elsewhere_are_not_served() {
        for origin in [
            "https://evil.example",
            "http://localhost:3001",
            "http://localhost",
            "null",
            "localhost:3000",
            "file://localhost:3000",
            "https://localhost:3000.evil.example",
            "",
        ] {
            assert!(!welcome("localhost:3000", &[origin], &[]), "{origin}");
        }
        assert!(!welcome("localhost:3000", &["http://localhost:3000", "https://evil.example"], &[]), "two of them");
        assert!(!welcome("localhost:3000", &["http://chat.example"], &["https://chat.example"]), "another scheme");
    }

    #[test]
    fn lists_are_read_token_by_token() {
        let mut headers = HeaderMap::new();
        headers.insert(CONNECTION, HeaderValue::from_static("keep-alive, Upgrade"));
        assert!(names(&headers, CONNECTION, "upgrade"));
        headers.insert(CONNECTION, HeaderValue::from_static("upgraded"));
        assert!(!names(&headers, CONNECTION, "upgrade"));
    }
}
