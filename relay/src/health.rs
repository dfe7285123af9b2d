//! For whoever watches over the relay: is it alive, should it get traffic, what does it do.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::app::App;

/// `/healthz`, `/readyz` and `/metrics`.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).route("/metrics", get(metrics))
}

/// Alive: restarting would not help. It depends on nothing, so that a database that is away restarts no relay.
async fn alive() -> &'static str {
    "alive\n"
}

/// Ready: new people may be sent here.
async fn ready(State(app): State<Arc<App>>) -> (StatusCode, String) {
    if app.shutdown.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n".into());
    }
    if !app.store.is_ready().await {
        return (StatusCode::SERVICE_UNAVAILABLE, "the store is away\n".into());
    }
    // Most calls need no TURN, so people may still be sent here.
    let turn = app.ice.watch().standing();
    let words = match turn.all - turn.there {
        0 => "ready\n".into(),
        away => format!("ready, but {away} of {} TURN servers do not answer\n", turn.all),
    };
    (StatusCode::OK, words)
}

async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.render())
}
