//! For whoever watches over the relay: is it alive, should it get traffic, what does it do.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::app::App;
use crate::store::Condition;

/// `/healthz`, `/readyz` and `/metrics`.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).route("/metrics", get(metrics))
}

/// Alive: restarting would not help. A Redis that is away is said, and restarts no relay: calls go on without it.
async fn alive(State(app): State<Arc<App>>) -> String {
    with_troubles("alive", &app, Vec::new())
}

/// Ready: new people may be sent here.
async fn ready(State(app): State<Arc<App>>) -> (StatusCode, String) {
    if app.shutdown.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n".into());
    }
    // Most calls need no TURN, and a relay goes on alone, so people may still be sent here.
    let turn = app.ice.watch().standing();
    let away = turn.all - turn.there;
    let troubles = (away > 0).then(|| format!("{away} of {} TURN servers do not answer", turn.all));
    (StatusCode::OK, with_troubles("ready", &app, troubles.into_iter().collect()))
}

/// Says how it is, and what is not as it should be.
fn with_troubles(how: &str, app: &App, mut troubles: Vec<String>) -> String {
    troubles.extend(app.shared.as_ref().and_then(|shared| redis_trouble(shared.condition())).map(String::from));
    match troubles.as_slice() {
        [] => format!("{how}\n"),
        troubles => format!("{how}, but {}\n", troubles.join(", and ")),
    }
}

const fn redis_trouble(condition: Condition) -> Option<&'static str> {
    match condition {
        Condition::Well => None,
        Condition::Alone => Some("Redis is away: people at other relays cannot be reached"),
        Condition::Forgetful => Some("a full Redis would give up calls: its maxmemory-policy should be noeviction"),
    }
}

async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.render())
}
