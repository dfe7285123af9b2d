//! The page from a folder, for development: as it is on the disk at the moment it is asked for.

use std::path::Path;

use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

use super::{cache_control, content_type, explain, not_found};
use crate::security;

/// A file of the folder.
pub(super) async fn file(folder: &Path, request: Request<Body>) -> Response {
    let path = request.uri().path().to_owned();
    let Ok(response) = ServeDir::new(folder).append_index_html_on_directories(false).oneshot(request).await;
    if response.status() == StatusCode::NOT_FOUND {
        return not_found();
    }
    let mut response = response.map(Body::new);
    let headers = response.headers_mut();
    if headers.contains_key(header::CONTENT_TYPE) {
        headers.insert(header::CONTENT_TYPE, content_type(&path));
    }
    headers.insert(header::CACHE_CONTROL, cache_control(&path));
    security::protect_file(headers);
    response
}

/// The folder's `index.html`. It is read anew each time, because its policy names what is written in it.
pub(super) async fn index(folder: &Path) -> Response {
    let html = match tokio::fs::read_to_string(folder.join("index.html")).await {
        Ok(html) => html,
        Err(error) => {
            tracing::warn!(%error, folder = %folder.display(), "the page's folder has no index.html that can be read");
            return explain();
        }
    };
    let mut headers = axum::http::HeaderMap::new();
    security::protect_page(&mut headers, &html);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::CONTENT_TYPE, content_type("index.html"));
    (headers, html).into_response()
}
