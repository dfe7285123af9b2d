//! `/api/calls`: what somebody called, for themselves alone.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::channel::{Channel, Sender};
use protocol::{CallId, ErrorCode, UserId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::filter::{Asked, MOST_CALLS};
use super::{Call, CallPage, Cursor, Filter, History, HistoryError};
use crate::app::App;
use crate::identity::SignedIn;
use crate::refusal::{Refusal, Refused};

/// The routes of the history.
pub fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list, delete_all)).routes(routes!(export)).routes(routes!(one, delete_one))
}

/// Some of my calls.
#[derive(Serialize, ToSchema)]
struct Page {
    /// The last first.
    calls: Vec<Call>,
    /// What to give as `before` to see more; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
    /// The newest calls are missing: this server's disk does not take them at the moment. They follow when it does.
    /// Absent when they are not.
    #[serde(skip_serializing_if = "is_false")]
    #[schema(required = false)]
    behind: bool,
}

// As serde wants it.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

impl From<CallPage> for Page {
    fn from(page: CallPage) -> Self {
        Self { calls: page.calls, next: page.next.map(|next| next.to_string()), behind: page.behind }
    }
}

/// My calls that are over, the last to end first.
#[utoipa::path(
    get,
    path = "/api/calls",
    params(Asked),
    responses(
        (status = 200, description = "Some of them.", body = Page),
        (status = 400, description = "A value that makes no sense.", body = Refused),
        (status = 503, description = "The history cannot be read or changed right now.", body = Refused),
    ),
    security(("token" = [])),
)]
async fn list(
    State(app): State<Arc<App>>,
    SignedIn(me): SignedIn,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Page>, Refusal> {
    let Query(asked) = query.map_err(|_| bad("Each of limit, before, kind, missed and q is given once at most."))?;
    let filter = Filter::try_from(asked).map_err(|error| bad(error.0))?;
    let page = app.history.page(&me.person.id, filter).await.map_err(|error| unavailable(&error))?;
    Ok(Json(page.into()))
}

/// One of my calls.
///
/// A call that I had no part in is answered like one that does not exist.
#[utoipa::path(
    get,
    path = "/api/calls/{call_id}",
    params(("call_id" = String, Path, description = "Which call; if its caller has drawn the id twice, the later one.")),
    responses(
        (status = 200, description = "The call.", body = Call),
        (status = 404, description = "There is no such call.", body = Refused),
        (status = 503, description = "The history cannot be read or changed right now.", body = Refused),
    ),
    security(("token" = [])),
)]
async fn one(
    State(app): State<Arc<App>>,
    SignedIn(me): SignedIn,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<Call>, Refusal> {
    let id = read_id(path)?;
    let call = app.history.call(&me.person.id, id).await.map_err(|error| unavailable(&error))?;
    call.map(Json).ok_or_else(no_call)
}

/// Deletes a call for me; the others keep it.
#[utoipa::path(
    delete,
    path = "/api/calls/{call_id}",
    params(("call_id" = String, Path, description = "Which call.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, description = "There is no such call.", body = Refused),
        (status = 503, description = "The history cannot be read or changed right now.", body = Refused),
    ),
    security(("token" = [])),
)]
async fn delete_one(
    State(app): State<Arc<App>>,
    SignedIn(me): SignedIn,
    path: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Refusal> {
    let id = read_id(path)?;
    let deleted = app.history.forget(&me.person.id, Some(id)).await.map_err(|error| unavailable(&error))?;
    if deleted { Ok(StatusCode::NO_CONTENT) } else { Err(no_call()) }
}

/// Deletes all calls for me; the others keep theirs.
#[utoipa::path(
    delete,
    path = "/api/calls",
    responses(
        (status = 204, description = "They are gone."),
        (status = 503, description = "The history cannot be read or changed right now.", body = Refused),
    ),
    security(("token" = [])),
)]
async fn delete_all(State(app): State<Arc<App>>, SignedIn(me): SignedIn) -> Result<StatusCode, Refusal> {
    app.history.forget(&me.person.id, None).await.map_err(|error| unavailable(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

/// All of my calls, as a file to keep.
///
/// A connection that ends before the last chunk has lost some.
// Read and sent a page at a time: however many there are, one page of them is in memory.
#[utoipa::path(
    get,
    path = "/api/calls/export",
    responses(
        (status = 200, description = "All of them.", body = Page),
        (status = 503, description = "The history cannot be read or changed right now.", body = Refused),
    ),
    security(("token" = [])),
)]
async fn export(State(app): State<Arc<App>>, SignedIn(me): SignedIn) -> Result<Response, Refusal> {
    let user = me.person.id;
    let first = app.history.page(&user, export_page(None)).await.map_err(|error| unavailable(&error))?;
    let (mut sender, body) = Channel::new(1);
    // The task ends with the connection, which has its own time-outs.
    tokio::spawn(async move {
        match send_all(&app.history, &user, first, &mut sender).await {
            Ok(()) | Err(ExportError::Gone) => {}
            Err(error) => {
                tracing::error!(%error, "an export broke off");
                sender.abort(error);
            }
        }
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"alo-calls.json\"")),
    ];
    Ok((headers, Body::new(body)).into_response())
}

/// Why an export broke off. The answer has begun by then, so its connection is cut: half an export must not look whole.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("nobody reads it any more")]
    Gone,
}

fn export_page(before: Option<Cursor>) -> Filter {
    Filter { limit: MOST_CALLS, before, courses: true, ..Filter::default() }
}

async fn send_all(
    history: &History,
    user: &UserId,
    first: CallPage,
    sender: &mut Sender<Bytes, ExportError>,
) -> Result<(), ExportError> {
    let mut text = b"{\"calls\":[".to_vec();
    let (mut page, mut separator) = (first, "");
    loop {
        for call in &page.calls {
            text.extend_from_slice(separator.as_bytes());
            serde_json::to_writer(&mut text, call)?;
            separator = ",";
        }
        let Some(next) = page.next else { break };
        sender.send_data(std::mem::take(&mut text).into()).await.map_err(|_| ExportError::Gone)?;
        page = history.page(user, export_page(Some(next))).await?;
    }
    text.extend_from_slice(b"]}");
    sender.send_data(text.into()).await.map_err(|_| ExportError::Gone)
}

/// What cannot be an id is not the id of any call.
fn read_id(path: Result<Path<String>, PathRejection>) -> Result<CallId, Refusal> {
    path.ok().and_then(|Path(text)| text.parse().ok()).ok_or_else(no_call)
}

fn no_call() -> Refusal {
    Refusal::new(ErrorCode::NoCall).saying("There is no such call.")
}

fn bad(words: &str) -> Refusal {
    Refusal::new(ErrorCode::BadMessage).saying(words)
}

fn unavailable(error: &HistoryError) -> Refusal {
    tracing::error!(%error, "the history could not be read or changed");
    Refusal::new(ErrorCode::Unavailable)
}
