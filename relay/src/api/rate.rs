//! How many requests under `/api` one address may send.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Extension, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::refusal::Refusal;

/// Where a request came from. Absent only where a test calls the router without a socket.
type From = Option<Extension<ConnectInfo<SocketAddr>>>;

/// Whether requests to this path are counted. Coming in has limits of its own: when a relay is back, everyone behind one
/// address comes at once.
pub(super) fn is_limited(path: &str) -> bool {
    !["/api/session", "/api/config"].iter().any(|free| path.starts_with(free))
}

/// Refuses requests of an address that sends too many.
pub(super) async fn limit(State(app): State<Arc<App>>, from: From, request: Request, next: Next) -> Response {
    let peer = from.filter(|_| is_limited(request.uri().path())).map(|Extension(ConnectInfo(peer))| peer.ip());
    match peer.map(|peer| app.allowances.request(peer, app.clock.now())) {
        Some(Err(wait)) => Refusal::too_often(wait).into_response(),
        _ => next.run(request).await,
    }
}
