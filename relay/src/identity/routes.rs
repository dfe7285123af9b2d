//! `/api/session`: signing in as a guest, and staying signed in. `/api/config`: what the page must know before that.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use protocol::ErrorCode;
use serde::{Deserialize, Serialize};
use tower_http::timeout::TimeoutLayer;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::GuestSession;
use super::signed_in::{bearer, refuse_token};
use crate::app::App;
use crate::names;
use crate::refusal::{Refusal, Refused};

/// Bytes of a request's body: a name, with every character escaped.
const BODY_BYTES: usize = 4 * 1024;

/// How soon the body must have arrived.
const BODY_TIME: Duration = Duration::from_secs(10);

/// The routes under `/api` that have to do with who somebody is.
pub fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(sign_in))
        .routes(routes!(renew))
        .routes(routes!(config))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, BODY_TIME))
}

/// Where a request came from. Absent only where a test calls the router without a socket.
type From = Option<Extension<ConnectInfo<SocketAddr>>>;

/// Who wants to come in.
#[derive(Deserialize, ToSchema)]
struct SignIn {
    /// What others are to see: 1 to 64 characters.
    name: String,
}

/// How a guest wants to be called from now on.
#[derive(Default, Deserialize, ToSchema)]
struct Renewal {
    /// A new name, 1 to 64 characters; the old one if absent.
    #[serde(default)]
    name: Option<String>,
}

/// What the page must know before anyone has signed in.
#[derive(Serialize, ToSchema)]
struct PublicConfig {
    /// Whether a name is enough to come in.
    guests: bool,
    /// Whether people here see each other.
    directory: bool,
    /// The addresses to share with others, best first; empty when this relay only serves its own machine.
    links: Vec<String>,
    /// The relay's version.
    version: &'static str,
}

/// What this server is, for whoever has not signed in yet.
#[utoipa::path(get, path = "/api/config", responses((status = 200, description = "What it is.", body = PublicConfig)))]
async fn config(State(app): State<Arc<App>>) -> Json<PublicConfig> {
    Json(PublicConfig {
        guests: app.identity.guests(),
        directory: app.config.directory,
        links: app.links(),
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// Signs in as a guest.
#[utoipa::path(
    post,
    path = "/api/session",
    request_body(content = SignIn),
    responses(
        (status = 200, description = "A session.", body = GuestSession),
        (status = 400, description = "No name, or one of nothing visible, or too long.", body = Refused),
        (status = 403, description = "This server lets in only people with an account.", body = Refused),
        (status = 413, description = "More than 4 KiB.", body = Refused),
        (status = 415, description = "Not JSON.", body = Refused),
        (status = 429, description = "Too many from this network; `Retry-After` says when.", body = Refused),
        (status = 503, description = "It cannot be done right now.", body = Refused),
    ),
)]
async fn sign_in(
    State(app): State<Arc<App>>,
    from: From,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<GuestSession>, Refusal> {
    if !app.identity.guests() {
        let refusal = Refusal::new(ErrorCode::BadToken).with_status(StatusCode::FORBIDDEN);
        return Err(refusal.saying("This server lets in only people with an account. Ask whoever runs it for a link."));
    }
    check_rate(&app, from)?;
    let SignIn { name } = read(&headers, &body.map_err(unread)?)?;
    let name = normalise(&name)?;
    let session = app.identity.guest(name, app.clock.unix_now()).map_err(|error| unavailable(&error))?;
    app.metrics.guest_signed_in();
    tracing::debug!(user = %session.user.id, "a guest signed in");
    Ok(Json(session))
}

/// Gives a guest a fresh token, under another name if one is given.
#[utoipa::path(
    post,
    path = "/api/session/renew",
    request_body(content = Renewal, description = "It may be left out."),
    responses(
        (status = 200, description = "The session goes on.", body = GuestSession),
        (status = 400, description = "A name of nothing visible, or too long.", body = Refused),
        (status = 403, description = "That sign-in is renewed where it came from.", body = Refused),
        (status = 413, description = "More than 4 KiB.", body = Refused),
        (status = 415, description = "Not JSON.", body = Refused),
        (status = 429, description = "Too many from this network; `Retry-After` says when.", body = Refused),
        (status = 503, description = "It cannot be done right now.", body = Refused),
    ),
    security(("token" = [])),
)]
async fn renew(
    State(app): State<Arc<App>>,
    from: From,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<GuestSession>, Refusal> {
    check_rate(&app, from)?;
    let token = bearer(&headers).ok_or_else(|| Refusal::new(ErrorCode::BadToken))?;
    let now = app.clock.unix_now();
    let person = app.identity.verify(token, now).map_err(|error| refuse_token(&app, address(from), error))?;
    if !person.is_guest() {
        let refusal = Refusal::new(ErrorCode::BadToken).with_status(StatusCode::FORBIDDEN);
        return Err(refusal.saying("That sign-in is renewed where it came from."));
    }
    let body = body.map_err(unread)?;
    let Renewal { name } = if body.is_empty() { Renewal::default() } else { read(&headers, &body)? };
    let name = name.as_deref().map(normalise).transpose()?;
    app.identity.renew(person, name, now).map(Json).map_err(|error| unavailable(&error))
}

fn check_rate(app: &App, from: From) -> Result<(), Refusal> {
    let Some(address) = address(from) else { return Ok(()) };
    app.allowances.guest(address, app.clock.now()).map_err(|wait| {
        Refusal::too_often(wait).saying("Too many people signed in from your network just now. Wait a moment.")
    })
}

fn address(from: From) -> Option<IpAddr> {
    from.map(|Extension(ConnectInfo(address))| address.ip())
}

/// A JSON body. Another content type is refused: what a foreign page can send without asking is never JSON.
fn read<T: for<'de> Deserialize<'de>>(headers: &HeaderMap, body: &[u8]) -> Result<T, Refusal> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(Refusal::new(ErrorCode::BadMessage).with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    serde_json::from_slice(body).map_err(|_| Refusal::new(ErrorCode::BadMessage))
}

fn normalise(name: &str) -> Result<String, Refusal> {
    names::normalise(name)
        .ok_or_else(|| Refusal::new(ErrorCode::BadMessage).saying("Enter a name of 1 to 64 characters."))
}

fn unread(rejection: BytesRejection) -> Refusal {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::new(ErrorCode::TooBig),
        _ => Refusal::new(ErrorCode::BadMessage),
    }
}

fn unavailable(error: &super::IdentityError) -> Refusal {
    tracing::error!(%error, "a guest could not be signed in");
    Refusal::new(ErrorCode::Unavailable)
}
