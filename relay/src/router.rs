//! Every route of the relay, on one page.

use std::sync::Arc;

use axum::Router;
use axum::routing::any;

use crate::app::App;
use crate::session::upgrade;
use crate::{api, health, page, security};

/// The whole relay as one service.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/ws", any(upgrade::upgrade))
        .merge(health::routes())
        .merge(api::routes(&app))
        .fallback(page::serve)
        .layer(axum::middleware::from_fn(security::headers))
        .with_state(app)
}
