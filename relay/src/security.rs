//! The headers that tell a browser what a page of ours may do: as little as it needs.
//!
//! A Content-Security-Policy (W3C CSP 3) limits what the page can load and where it can send, so that markup somebody
//! smuggled into a name or a chat stays markup. Scripts come from this server alone; one that stands in the HTML runs
//! only if its hash is named, and the hashes are of what this server itself sends.

use aws_lc_rs::digest;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::server::Transport;

/// For answers that are data: nothing in them may run or load anything, nor be framed.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// The powers of a browser the page uses, for itself and not for what it might embed, and some it never needs.
const PERMISSIONS: &str = "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), \
    fullscreen=(self), screen-wake-lock=(self), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=()";

/// Browsers that came by https keep to it for a year (RFC 6797). Only with a certificate from an authority: with our
/// own it would turn the warning into a wall.
const STRICT_TRANSPORT: &str = "max-age=31536000";

/// Headers for every answer, where the route has not set them: data unless it says otherwise, and never kept.
pub async fn headers(request: Request<Body>, next: Next) -> Response {
    let transport = request.extensions().get::<Transport>().copied();
    let mut response = next.run(request).await;
    // A WebSocket's handshake is no document.
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return response;
    }
    let headers = response.headers_mut();
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::REFERRER_POLICY, "no-referrer");
    if transport == Some(Transport::RealCertificate) {
        set(headers, header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT);
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(DATA_POLICY));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Headers for an HTML page: its policy allows what stands in `html` and what the page needs, and nothing else.
pub(crate) fn protect_page(headers: &mut HeaderMap, html: &str) {
    // Hashes are base64, so the value is always a legal header.
    if let Ok(policy) = HeaderValue::from_str(&page_policy(html)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    set(headers, HeaderName::from_static("permissions-policy"), PERMISSIONS);
    // No other site's window shares a process with a page that holds a microphone.
    set(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
}

/// Headers for a file the page loads. A worker is bound by the policy of its own script, so every file has the page's.
pub(crate) fn protect_file(headers: &mut HeaderMap) {
    if let Ok(policy) = HeaderValue::from_str(&page_policy("")) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    set(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

/// The policy of a page with this HTML.
fn page_policy(html: &str) -> String {
    let scripts = hashes(html, "script");
    let styles = hashes(html, "style");
    // - 'wasm-unsafe-eval' allows compiling WebAssembly, not eval of text.
    // - connect-src 'self' includes this server's WebSocket (CSP 3 section 6.7.2.8 matches ws to http, wss to https).
    // - img-src https: is for the pictures that tokens name; data: and blob: for those the page draws.
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; \
         img-src 'self' data: blob: https:; media-src 'self' blob: data:; font-src 'self'; connect-src 'self'; \
         worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
}

/// ` 'sha256-…'` for the content of each such element in the HTML that has no `src`.
fn hashes(html: &str, element: &str) -> String {
    let mut sources = String::new();
    let mut rest = html;
    while let Some((attributes, content, after)) = next_element(rest, element) {
        rest = after;
        if !has_source(attributes) && !content.is_empty() {
            let digest = digest::digest(&digest::SHA256, content.as_bytes());
            sources.push_str(&format!(" 'sha256-{}'", STANDARD.encode(digest)));
        }
    }
    sources
}

/// The next element of that name: its attributes, its content, and what comes after it. Enough of HTML for a page we
/// wrote ourselves; what it reads wrongly only loses a permission, and a test of the browser would show it.
fn next_element<'a>(html: &'a str, element: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let tag = format!("<{element}");
    let (_, opened) = html.split_once(&tag)?;
    let (attributes, inside) = opened.split_once('>')?;
    let (content, after) = inside.split_once(&format!("</{element}"))?;
    Some((attributes, content, after))
}

fn has_source(attributes: &str) -> bool {
    attributes.split_ascii_whitespace().any(|attribute| attribute.starts_with("src="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_in_the_html_is_named_by_its_hash() {
        // The example of CSP 3, section 8.3: the SHA-256 of `alert('Hello, world.');`.
        let policy = page_policy("<script>alert('Hello, world.');</script>");
        assert!(
            policy.contains(
                "script-src 'self' 'wasm-unsafe-eval' 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=';"
            ),
            "{policy}"
        );
    }

    #[test]
    fn scripts_that_are_loaded_need_no_hash_and_styles_have_their_own() {
        let html = "<script type=\"module\" src=\"/a.js\"></script><style>p{}</style><script>one()</script>\n<script type=\"module\">two()</script>";
        let policy = page_policy(html);
        let hashes_of = |directive: &str| {
            let of = policy.split("; ").find(|part| part.starts_with(directive)).unwrap();
            of.matches("'sha256-").count()
        };
        assert_eq!((hashes_of("script-src"), hashes_of("style-src")), (2, 1));
        assert_eq!(hashes("<script>unfinished", "script"), "");
        assert_eq!(hashes("", "script"), "");
    }

    #[test]
    fn nothing_unsafe_is_allowed() {
        let policy = page_policy("");
        assert!(!policy.contains("'unsafe-inline'") && !policy.contains("'unsafe-eval'") && !policy.contains('*'));
        for directive in ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'"] {
            assert!(policy.contains(directive), "{directive}");
        }
    }
}
