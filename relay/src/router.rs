//! Every route of the relay, on one page.

use std::sync::Arc;

use axum::Router;

use crate::app::App;
use crate::{health, identity};

/// The whole relay as one service.
pub fn router(app: Arc<App>) -> Router {
    Router::new().merge(health::routes()).merge(identity::routes::routes()).with_state(app)
}
