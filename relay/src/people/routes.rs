//! `/api/people`, `/api/status`, `/api/groups`: what somebody wants of others, for themselves alone.
//!
//! Nobody is asked whether those others exist: an id that nobody has is taken like any other, so that nothing can be
//! learnt here about who is on this relay.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use protocol::{ErrorCode, UserId};
use serde::{Deserialize, Serialize};
use tower_http::timeout::TimeoutLayer;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Change, Group, MEMBERS, Member, Other, Wish};
use crate::app::App;
use crate::history::HistoryError;
use crate::identity::SignedIn;
use crate::refusal::{Refusal, Refused};
use crate::{ids, names};

/// Bytes of a request's body: a group with everyone in it, every character of their names escaped.
const BODY_BYTES: usize = 32 * 1024;

/// How soon the body must have arrived, and been written.
const BODY_TIME: Duration = Duration::from_secs(10);

/// The routes.
pub fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(mine))
        .routes(routes!(set_other, forget_other))
        .routes(routes!(set_status))
        .routes(routes!(groups, make_group))
        .routes(routes!(set_group, delete_group))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, BODY_TIME))
}

/// What I want.
#[derive(Serialize, ToSchema)]
struct Mine {
    /// Whether I want to be rung.
    status: Wish,
    /// What I want of others.
    people: Vec<Other>,
}

/// What I want of somebody.
#[derive(Deserialize, ToSchema)]
struct Wanted {
    /// What they are called, to be found in the list again.
    #[serde(default)]
    name: String,
    /// They cannot ring me, and do not see whether I am here.
    #[serde(default)]
    blocked: bool,
    /// Their calls show without a sound.
    #[serde(default)]
    muted: bool,
}

/// Whether I want to be rung.
#[derive(Deserialize, ToSchema)]
struct Status {
    /// From now on.
    status: Wish,
}

/// My groups.
#[derive(Serialize, ToSchema)]
struct Groups {
    /// In their order.
    groups: Vec<Group>,
}

/// A group as I want it.
#[derive(Deserialize, ToSchema)]
struct Wording {
    /// 1 to 64 characters.
    name: String,
    /// Where it stands among the others: the smaller first.
    #[serde(default)]
    place: u32,
    /// 1 to 32 people, in this order.
    members: Vec<Member>,
}

/// What I want of others, and whether I want to be rung.
#[utoipa::path(
    get,
    path = "/api/people",
    responses(
        (status = 200, description = "All of it.", body = Mine),
        (status = 503, description = "This relay keeps nothing, or cannot read it right now.", body = Refused),
    ),
    security(("token" = [])),
)]
async fn mine(State(app): State<Arc<App>>, SignedIn(me): SignedIn) -> Result<Json<Mine>, Refusal> {
    let own = known(&app)?.own(&me.person.id);
    Ok(Json(Mine { status: own.wish, people: own.others }))
}

/// Blocks somebody, or mutes their ring, or neither any more.
#[utoipa::path(
    put,
    path = "/api/people/{user_id}",
    params(("user_id" = String, Path, description = "Whom.")),
    request_body = Wanted,
    responses(
        (status = 204, description = "It is so."),
        (status = 400, description = "A value that makes no sense.", body = Refused),
        (status = 404, description = "Nobody can have that id.", body = Refused),
        (status = 413, description = "I have wishes about 500 others already.", body = Refused),
        (status = 503, description = "This relay keeps nothing, or cannot change it right now.", body = Refused),
    ),
    security(("token" = [])),
)]
async fn set_other(
    State(app): State<Arc<App>>,
    SignedIn(me): SignedIn,
    path: Result<Path<String>, PathRejection>,
    body: Result<Json<Wanted>, JsonRejection>,
) -> Result<StatusCode, Refusal> {
    let (id, Json(wanted)) = (read_user(path)?, body.map_err(|_| unreadable())?);
    if id == me.person.id {
        return Err(Refusal::new(ErrorCode::OwnUser));
    }
    let name = names::normalise(&wanted.name).unwrap_or_default();
    let other = Other { id: id.clone(), name, blocked: wanted.blocked, muted: wanted.muted };
    change(&app, &me.person.id, Change::Other(other), ErrorCode::TooBig).await?;
    app.directory.show_again(&me.person.id, &id, &app.hub);
    Ok(StatusCode::NO_CONTENT)
}

/// Wants nothing of somebody any more.
#[utoipa::path(
    delete,
    path = "/api/people/{user_id}",
    params(("user_id" = String, Path, description = "Whom.")),
    responses(
        (status = 204, description = "It is so."),
        (status = 404, description = "Nobody can have that id.", body = Refused),
        (status = 503, description = "This relay keeps nothing, or cannot change it right now.", body = Refused),
    ),
    security(("token" = [])),
)]
async fn forget_other(
    State(app): State<Arc<App>>,
    SignedIn(me): SignedIn,
    path: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Refusal> {
    let id = read_user(path)?;
    let other = Other { id: id.clone(), name: String::new(), blocked: false, muted: false };
    change(&app, &me.person.id, Change::Other(other), ErrorCode::TooBig).await?;
    app.directory.show_again(&me.person.id, &id, &app.hub);
    Ok(StatusCode::NO_CONTENT)
}

/// Says whether I want to be rung.
#[utoipa::path(
    put,
    path = "/api/status",
    request_body = Status,
    responses(
        (status = 204, description = "It is so."),
        (status = 400, description = "A value that makes no sense.", body = Refused),
        (status = 503, description = "This relay keeps nothing, or cannot change it right now.", body = Refused),
    ),
    security(("token" = [])),
)]
async fn set_status(
    State(app): State<Arc<App>>,
    SignedIn(me): SignedIn,
    body: Result<Json<Status>, JsonRejection>,
) -> Result<StatusCode, Refusal> {
    let Json(Status { status }) = body.map_err(|_| unreadable())?;
    change(&app, &me.person.id, Change::Wish(status), ErrorCode::Unavailable).await?;
    app.directory.wishes_otherwise(&me.person.id);
    Ok(StatusCode::NO_CONTENT)
}

/// My groups.
#[utoipa::path(
    get,
    path = "/api/groups",
    responses(
        (status = 200, description = "All of them.", body = Groups),
        (status = 503, description = "This relay keeps nothing, or cannot read it right now.", body = Refused),
    ),
    security(("token" = [])),
)]
async fn groups(State(app): State<Arc<App>>, SignedIn(me): SignedIn) -> Result<Json<Groups>, Refusal> {
    Ok(Json(Groups { groups: known(&app)?.own(&me.person.id).groups }))
}

/// Makes a group.
#[utoipa::path(
    post,
    path = "/api/groups",
    request_body = Wording,
    responses(
        (status = 201, description = "The group.", body = Group),
        (status = 400, description = "A value that makes no sense.", body = Refused),
        (status = 413, description = "I have 100 groups already, or that one is too large.", body = Refused),
        (status = 503, description = "This relay keeps nothing, or cannot change it right now.", body = Refused),
    ),
    security(("token" = [])),
)]
async fn make_group(
    State(app): State<Arc<App>>,
    SignedIn(me): SignedIn,
    body: Result<Json<Wording>, JsonRejection>,
) -> Result<(StatusCode, Json<Group>), Refusal> {
    let id = ids::group().ok_or_else(|| Refusal::new(ErrorCode::Unavailable))?;
    let group = read_group(id, body)?;
    change(&app, &me.person.id, Change::Group(group.clone()), ErrorCode::TooBig).await?;
    Ok((StatusCode::CREATED, Json(group)))
}

/// Changes a group: its name, its place, who is in it.
#[utoipa::path(
    put,
    path = "/api/groups/{group_id}",
    params(("group_id" = String, Path, description = "Which.")),
    request_body = Wording,
    responses(
        (status = 200, description = "The group.", body = Group),
        (status = 400, description = "A value that makes no sense.", body = Refused),
        (status = 404, description = "I have no such group.", body = Refused),
        (status = 413, description = "It is too large.", body = Refused),
        (status = 503, description = "This relay keeps nothing, or cannot change it right now.", body = Refused),
    ),
    security(("token" = [])),
)]
async fn set_group(
    State(app): State<Arc<App>>,
    SignedIn(me): SignedIn,
    path: Result<Path<String>, PathRejection>,
    body: Result<Json<Wording>, JsonRejection>,
) -> Result<Json<Group>, Refusal> {
    let group = read_group(mine_of(&app, &me.person.id, path)?, body)?;
    change(&app, &me.person.id, Change::Group(group.clone()), ErrorCode::NotFound).await?;
    Ok(Json(group))
}

/// Deletes a group.
#[utoipa::path(
    delete,
    path = "/api/groups/{group_id}",
    params(("group_id" = String, Path, description = "Which.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, description = "I have no such group.", body = Refused),
        (status = 503, description = "This relay keeps nothing, or cannot change it right now.", body = Refused),
    ),
    security(("token" = [])),
)]
async fn delete_group(
    State(app): State<Arc<App>>,
    SignedIn(me): SignedIn,
    path: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Refusal> {
    let id = mine_of(&app, &me.person.id, path)?;
    change(&app, &me.person.id, Change::Ungroup(id), ErrorCode::NotFound).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What everyone wants, if this relay keeps it and has read it.
fn known(app: &App) -> Result<&super::People, Refusal> {
    let people = app.history.people();
    if people.is_known() {
        return Ok(people);
    }
    Err(Refusal::new(ErrorCode::Unavailable).saying("This server keeps no wishes and no groups."))
}

/// Has a change written; `refused` is why it may not be possible.
async fn change(app: &App, me: &UserId, change: Change, refused: ErrorCode) -> Result<(), Refusal> {
    known(app)?;
    let changed = app.history.change(me, change).await.map_err(|error| unavailable(&error))?;
    if changed { Ok(()) } else { Err(Refusal::new(refused)) }
}

/// The id of a group of mine; that of anybody else's is answered like one that does not exist.
fn mine_of(app: &App, me: &UserId, path: Result<Path<String>, PathRejection>) -> Result<String, Refusal> {
    let groups = known(app)?.own(me).groups;
    let id = path.ok().map(|Path(id)| id).filter(|id| groups.iter().any(|group| group.id == *id));
    id.ok_or_else(|| Refusal::new(ErrorCode::NotFound).saying("There is no such group."))
}

fn read_group(id: String, body: Result<Json<Wording>, JsonRejection>) -> Result<Group, Refusal> {
    let Json(Wording { name, place, members }) = body.map_err(|_| unreadable())?;
    if members.len() > MEMBERS {
        return Err(Refusal::new(ErrorCode::TooBig));
    }
    let name = names::normalise(&name).ok_or_else(|| bad("A group has a name of 1 to 64 characters."))?;
    let mut kept: Vec<Member> = Vec::new();
    for member in members {
        if kept.iter().all(|known| known.id != member.id) {
            kept.push(Member { name: names::normalise(&member.name).unwrap_or_default(), id: member.id });
        }
    }
    if kept.is_empty() {
        return Err(bad("A group has somebody in it."));
    }
    Ok(Group { id, name, place, members: kept })
}

/// What cannot be an id is nobody's.
fn read_user(path: Result<Path<String>, PathRejection>) -> Result<UserId, Refusal> {
    let id = path.ok().and_then(|Path(text)| text.parse().ok());
    id.ok_or_else(|| Refusal::new(ErrorCode::NotFound))
}

fn unreadable() -> Refusal {
    bad("The body must be JSON of the documented shape.")
}

fn bad(words: &str) -> Refusal {
    Refusal::new(ErrorCode::BadMessage).saying(words)
}

fn unavailable(error: &HistoryError) -> Refusal {
    tracing::error!(%error, "what somebody wants could not be written");
    Refusal::new(ErrorCode::Unavailable)
}
