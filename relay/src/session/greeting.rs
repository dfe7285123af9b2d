//! The first frame: who is it, and is there a session to take up?

use std::future::poll_fn;
use std::net::IpAddr;
use std::sync::Arc;

use call::record::Loss;
use protocol::{
    CallError, CallStatus, ClientMessage, DeviceId, ErrorCode, Hello, Person, Resume, UserId, VERSION, Welcome,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout_at};

use super::frames::CloseCode;
use super::socket::{Received, Socket};
use super::{Attachment, Session};
use crate::app::App;
use crate::fellows::Settled;
use crate::identity::Verified;
use crate::ids;

/// Frames before the session that may be of no use. A page says `resume`, perhaps in vain, and then `hello`.
const ATTEMPTS: usize = 8;

/// A session with this connection.
pub(super) struct Greeted {
    pub(super) session: Arc<Session>,
    pub(super) attachment: Attachment,
}

/// Why there is none.
pub(super) enum Unwelcome {
    /// Close and say why.
    Close(CloseCode),
    /// It is gone already.
    Gone,
}

/// What an attempt to get in comes to.
enum Answer {
    Welcome(Greeted, Box<Welcome>),
    /// Refused; the page may try something else.
    Retry(ErrorCode),
    /// Refused for good.
    Final(CallError),
}

/// Waits for `hello` or `resume`, and answers with `welcome`.
///
/// Only the waiting is cut short when time is up: an answer that has begun is finished, so that no session is left
/// without a connection to look after it.
pub(super) async fn greet<S>(app: &App, socket: &mut Socket<S>, from: Option<IpAddr>) -> Result<Greeted, Unwelcome>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let deadline = Instant::now() + app.config.connections.hello;
    for _ in 0..ATTEMPTS {
        let (id, answer) = match receive_until(deadline, app, socket).await? {
            Received::Frame(frame) => (frame.id, answer(app, frame.message, from).await),
            Received::Unreadable(unreadable) => (unreadable.id, Answer::Retry(unreadable.code)),
            Received::Alive => continue,
            Received::Close => return Err(Unwelcome::Close(CloseCode::Normal)),
        };
        let (error, is_final) = match answer {
            Answer::Welcome(greeted, welcome) => {
                greeted.session.comes_from(from);
                socket.say(None, &(*welcome).into());
                return Ok(greeted);
            }
            Answer::Retry(code) => (CallError::new(code), false),
            Answer::Final(error) => (error, true),
        };
        app.metrics.refused(error.code);
        socket.say(id, &error.into());
        if is_final {
            break;
        }
    }
    Err(Unwelcome::Close(CloseCode::Policy))
}

async fn receive_until<S>(deadline: Instant, app: &App, socket: &mut Socket<S>) -> Result<Received, Unwelcome>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match timeout_at(deadline, app.shutdown.run_until_cancelled(receive(socket))).await {
        Ok(Some(received)) => received,
        Ok(None) => Err(Unwelcome::Close(CloseCode::GoingAway)),
        Err(_) => Err(Unwelcome::Close(CloseCode::Policy)),
    }
}

/// The next thing that arrives, sending what is to be sent meanwhile.
async fn receive<S>(socket: &mut Socket<S>) -> Result<Received, Unwelcome>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        if let Some(received) = socket.next().map_err(Unwelcome::Close)? {
            return Ok(received);
        }
        let more = poll_fn(|cx| {
            if let std::task::Poll::Ready(Err(error)) = socket.poll_flush(cx) {
                return std::task::Poll::Ready(Err(error));
            }
            socket.poll_read(cx)
        });
        if !more.await.unwrap_or(false) {
            return Err(Unwelcome::Gone);
        }
    }
}

async fn answer(app: &App, message: ClientMessage, from: Option<IpAddr>) -> Answer {
    match message {
        ClientMessage::Hello(hello) => match check(app, hello.protocol, &hello.token, from) {
            Ok(verified) => begin(app, hello, verified.person).await,
            Err(error) => Answer::Final(error),
        },
        ClientMessage::Resume(resume) => match check(app, resume.protocol, &resume.token, from) {
            Ok(verified) => go_on(app, resume, verified.person).await,
            Err(error) => Answer::Final(error),
        },
        _ => Answer::Retry(ErrorCode::NotWelcome),
    }
}

fn check(app: &App, version: u32, token: &str, from: Option<IpAddr>) -> Result<Verified, CallError> {
    if version.abs_diff(VERSION) > 1 {
        return Err(CallError::new(ErrorCode::UnsupportedVersion));
    }
    app.identity.verify(token, app.clock.unix_now()).map_err(|error| {
        tracing::debug!(%error, "a token was refused");
        match app.bad_token(from, error) {
            Ok(()) => CallError::new(error.code()),
            Err(wait) => CallError::new(ErrorCode::RateLimited).after(wait),
        }
    })
}

/// A new session; with the device of an earlier one of the same user, it takes over that one's place in calls.
async fn begin(app: &App, hello: Hello, person: Person) -> Answer {
    if app.shutdown.is_cancelled() {
        return Answer::Final(CallError::new(ErrorCode::Unavailable));
    }
    let (Some(id), Some(device)) = (ids::session(), device_for(app, hello.device, &person.id)) else {
        return Answer::Final(CallError::new(ErrorCode::Unavailable));
    };
    let Some(Settled { device, listed }) = app.settle(device, &person).await else {
        return Answer::Final(CallError::new(ErrorCode::Unavailable));
    };
    let now = app.clock.now();
    let session = Arc::new(Session::new(id, device, person, (&app.config.connections).into(), now));
    app.metrics.session_began();
    for former in app.hub.insert(&session) {
        former.end();
        app.metrics.session_ended();
        if former.device != session.device {
            app.store.lose(now, former.device.clone(), Loss::Closed).await;
            app.take_leave(&former).await;
        }
    }
    let user = session.person.id.clone();
    let calls = app.store.appear(now, user, session.device.clone(), true).await;
    let people = arrive(app, &session.person, listed).await;
    let ice = app.ice.servers(app.clock.unix_now(), &session.person.id, &session.device);
    let welcome = Welcome {
        protocol: VERSION,
        session: session.id.clone(),
        resumed: false,
        device: session.device.clone(),
        user: session.person.clone(),
        ice_servers: ice.ice_servers,
        ice_expires_in_s: ice.expires_in_s,
        relay_only: app.config.ways.relay_only,
        directory: people.is_some(),
        people: people.unwrap_or_default(),
        calls,
        ping_interval_ms: ping_interval(app),
    };
    Answer::Welcome(Greeted { session, attachment: super::FIRST }, Box::new(welcome))
}

/// The device a page names, if it can be its own; else a new one.
fn device_for(app: &App, named: Option<DeviceId>, user: &UserId) -> Option<DeviceId> {
    let own = |device: &DeviceId| app.hub.by_device(device).is_none_or(|session| session.person.id == *user);
    named.filter(own).or_else(ids::device)
}

/// The session goes on where the last connection left it.
async fn go_on(app: &App, resume: Resume, person: Person) -> Answer {
    let found = || app.hub.by_secret(&resume.session).filter(|session| session.person.id == person.id);
    let Some(session) = found() else { return Answer::Retry(ErrorCode::NoSession) };
    // A device that is somebody else's by now is none to go on with, and its session may have ended meanwhile.
    let settled = app.settle(session.device.clone(), &session.person).await;
    let settled = settled.filter(|settled| settled.device == session.device);
    let (Some(Settled { listed, .. }), Some(session)) = (settled, found()) else {
        return Answer::Retry(ErrorCode::NoSession);
    };
    let Some(attachment) = session.resume(resume.last_seq) else {
        return Answer::Retry(ErrorCode::NoSession);
    };
    let user = session.person.id.clone();
    app.store.appear(app.clock.now(), user, session.device.clone(), false).await;
    let directory = arrive(app, &session.person, listed).await.is_some();
    let ice = app.ice.servers(app.clock.unix_now(), &session.person.id, &session.device);
    let welcome = Welcome {
        protocol: VERSION,
        session: session.id.clone(),
        resumed: true,
        device: session.device.clone(),
        user: session.person.clone(),
        ice_servers: ice.ice_servers,
        ice_expires_in_s: ice.expires_in_s,
        relay_only: app.config.ways.relay_only,
        people: Vec::new(),
        directory,
        calls: Vec::new(),
        ping_interval_ms: ping_interval(app),
    };
    Answer::Welcome(Greeted { session, attachment }, Box::new(welcome))
}

/// Lists somebody in the directory; what they are doing is asked for afterwards, so that a change meanwhile counts.
async fn arrive(app: &App, person: &Person, listed: Option<bool>) -> Option<Vec<protocol::PersonStatus>> {
    if listed == Some(false) {
        return None;
    }
    let people = app.directory.arrive(person, CallStatus::Idle)?;
    app.directory.change(&person.id, app.store.status(person.id.clone()).await);
    Some(people)
}

fn ping_interval(app: &App) -> u32 {
    u32::try_from(app.config.connections.ping_interval.as_millis()).unwrap_or(u32::MAX)
}
