//! Every route of the relay, on one page.

use std::sync::Arc;

use axum::Router;

use crate::app::App;

/// The whole relay as one service.
pub fn router(app: Arc<App>) -> Router {
    Router::new().with_state(app)
}
