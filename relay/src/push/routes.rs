//! `/api/push`: which browsers are told of somebody's calls, how a call is declined on one of them, and how one is followed.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::{CallId, ErrorCode, UserId};
use serde::{Deserialize, Serialize};
use tower_http::timeout::TimeoutLayer;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Change, Language, Receiver, Subscription, seal};
use crate::app::App;
use crate::history::HistoryError;
use crate::identity::SignedIn;
use crate::refusal::{Refusal, Refused};

/// Bytes of a request's body: an address and two keys.
const BODY_BYTES: usize = 4 * 1024;

/// How soon the body must have arrived, and been written.
const BODY_TIME: Duration = Duration::from_secs(10);

/// The routes.
pub fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(key, subscribe, unsubscribe))
        .routes(routes!(decline))
        .routes(routes!(renew))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, BODY_TIME))
}

/// What a browser needs to subscribe.
#[derive(Serialize, ToSchema)]
struct PublicKey {
    /// `applicationServerKey` of `PushManager.subscribe`, in base64url.
    public_key: String,
}

/// A browser's subscription: what `PushSubscription.toJSON()` says, and a language.
#[derive(Deserialize, ToSchema)]
struct Wanted {
    /// Where it is, and what it can read.
    #[serde(flatten)]
    place: Place,
    /// What to tell it in.
    #[serde(default)]
    language: Language,
}

/// The keys of a subscription, in base64url.
#[derive(Deserialize, ToSchema)]
struct Keys {
    /// Its public key.
    p256dh: String,
    /// The secret that it shares.
    auth: String,
}

/// A subscription in the place of another.
#[derive(Deserialize, ToSchema)]
struct Renewed {
    /// What the browser had.
    former: Place,
    /// What it has now.
    now: Place,
}

/// Where a browser is, and what it can read: the `endpoint` and `keys` of `PushSubscription.toJSON()`.
#[derive(Deserialize, ToSchema)]
struct Place {
    /// The push service's address for it.
    endpoint: String,
    /// What it can read.
    keys: Keys,
}

/// Which browser.
#[derive(Deserialize, IntoParams)]
struct Which {
    /// The push service's address for it.
    endpoint: String,
}

/// A call that is declined on a notification.
#[derive(Deserialize, ToSchema)]
struct Declined {
    /// Which.
    #[schema(value_type = String)]
    call_id: CallId,
    /// By whom.
    #[schema(value_type = String)]
    user: UserId,
    /// What the notification came with.
    token: String,
}

/// The key that browsers subscribe with.
#[utoipa::path(
    get,
    path = "/api/push",
    responses(
        (status = 200, description = "The key. It stays the same.", body = PublicKey),
        (status = 503, description = "This relay keeps nothing, or cannot read it right now.", body = Refused),
    ),
    security(("token" = [])),
)]
async fn key(State(app): State<Arc<App>>, SignedIn(_me): SignedIn) -> Result<Json<PublicKey>, Refusal> {
    known(&app)?;
    Ok(Json(PublicKey { public_key: app.push.key.public().to_owned() }))
}

/// Has a browser told of my calls, and of nobody else's; to be said again now and then, for it is forgotten after 30 days.
#[utoipa::path(
    put,
    path = "/api/push",
    request_body = Wanted,
    responses(
        (status = 204, description = "It is so. Of more than ten of mine, the one renewed longest ago is forgotten."),
        (status = 400, description = "A value that makes no sense, or a push service that nothing is sent to.", body = Refused),
        (status = 503, description = "This relay keeps nothing, or cannot change it right now.", body = Refused),
    ),
    security(("token" = [])),
)]
async fn subscribe(
    State(app): State<Arc<App>>,
    SignedIn(me): SignedIn,
    body: Result<Json<Wanted>, JsonRejection>,
) -> Result<StatusCode, Refusal> {
    known(&app)?;
    let Json(Wanted { place, language }) = body.map_err(|_| unreadable())?;
    let receiver = read_place(&app, &place)?;
    let me = me.person;
    if !app.push.subscriptions().has_room(&me.id) {
        return Err(Refusal::new(ErrorCode::Unavailable));
    }
    let renewed = app.clock.unix_now();
    let new = Subscription { endpoint: place.endpoint, receiver, name: me.name, language, renewed };
    change(&app, Change::Subscribe(me.id, new)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has a browser of mine told of nothing any more.
#[utoipa::path(
    delete,
    path = "/api/push",
    params(Which),
    responses(
        (status = 204, description = "It is so."),
        (status = 400, description = "Without an address.", body = Refused),
        (status = 404, description = "I have no such browser.", body = Refused),
        (status = 503, description = "This relay keeps nothing, or cannot change it right now.", body = Refused),
    ),
    security(("token" = [])),
)]
async fn unsubscribe(
    State(app): State<Arc<App>>,
    SignedIn(me): SignedIn,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<StatusCode, Refusal> {
    known(&app)?;
    let Query(Which { endpoint }) = which.map_err(|_| bad("The address of the subscription is missing."))?;
    if change(&app, Change::Unsubscribe(me.person.id, endpoint)).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Refusal::new(ErrorCode::NotFound))
    }
}

/// Declines a call on a notification, for whoever it was shown to: what came with it says who that is.
#[utoipa::path(
    post,
    path = "/api/push/decline",
    request_body = Declined,
    responses(
        (status = 204, description = "It is declined."),
        (status = 400, description = "A value that makes no sense.", body = Refused),
        (status = 404, description = "It does not ring any more, or that did not come with it.", body = Refused),
    ),
)]
async fn decline(
    State(app): State<Arc<App>>,
    body: Result<Json<Declined>, JsonRejection>,
) -> Result<StatusCode, Refusal> {
    let Json(Declined { call_id, user, token }) = body.map_err(|_| unreadable())?;
    if !app.push.may_decline(&call_id, &user, &token) {
        return Err(Refusal::new(ErrorCode::NoCall));
    }
    let declined = app.store.decline(app.clock.now(), user, call_id).await;
    declined.map_err(|refused| Refusal::new(refused.code))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Follows a browser to which its push service gave another subscription, while no page is open that could say so. Whoever
/// knows the secret of the former one is that browser: it was told to this relay alone.
#[utoipa::path(
    post,
    path = "/api/push/renew",
    request_body = Renewed,
    responses(
        (status = 204, description = "It is so, for the same person."),
        (status = 400, description = "A value that makes no sense, or a push service that nothing is sent to.", body = Refused),
        (status = 404, description = "There is no such former subscription.", body = Refused),
        (status = 503, description = "This relay keeps nothing, or cannot change it right now.", body = Refused),
    ),
)]
async fn renew(State(app): State<Arc<App>>, body: Result<Json<Renewed>, JsonRejection>) -> Result<StatusCode, Refusal> {
    known(&app)?;
    let Json(Renewed { former, now }) = body.map_err(|_| unreadable())?;
    let receiver = read_place(&app, &now)?;
    let secret = read_keys(&former.keys).ok_or_else(no_keys)?.auth;
    let found = app.push.subscriptions().with_secret(&former.endpoint, &secret);
    let (user, known) = found.ok_or_else(|| Refusal::new(ErrorCode::NotFound))?;
    // As old as it was: it lives on for as long as its person's token.
    let renewed = Subscription { endpoint: now.endpoint, receiver, ..known };
    let moved = renewed.endpoint != former.endpoint;
    change(&app, Change::Subscribe(user.clone(), renewed)).await?;
    if moved {
        change(&app, Change::Unsubscribe(user, former.endpoint)).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The keys of a browser at a place that something may be sent to.
fn read_place(app: &App, Place { endpoint, keys }: &Place) -> Result<Receiver, Refusal> {
    if app.push.services.address(endpoint).is_none() {
        return Err(bad("This server sends nothing to that push service."));
    }
    read_keys(keys).ok_or_else(no_keys)
}

fn known(app: &App) -> Result<(), Refusal> {
    if app.push.subscriptions().is_known() {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::Unavailable).saying("This server keeps nothing, so it cannot tell of calls."))
}

/// Keys that something can be encrypted for.
fn read_keys(keys: &Keys) -> Option<Receiver> {
    // Browsers leave the padding out; others may not.
    let read = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
    let receiver = Receiver { public: read(&keys.p256dh)?.try_into().ok()?, auth: read(&keys.auth)?.try_into().ok()? };
    seal(&receiver, &[]).ok()?;
    Some(receiver)
}

async fn change(app: &App, change: Change) -> Result<bool, Refusal> {
    app.history.change_subscriptions(change).await.map_err(|error| unavailable(&error))
}

fn no_keys() -> Refusal {
    bad("Those are no keys of a subscription.")
}

fn unreadable() -> Refusal {
    bad("The body must be JSON of the documented shape.")
}

fn bad(words: &str) -> Refusal {
    Refusal::new(ErrorCode::BadMessage).saying(words)
}

fn unavailable(error: &HistoryError) -> Refusal {
    tracing::error!(%error, "a subscription could not be written");
    Refusal::new(ErrorCode::Unavailable)
}
