//! The task that owns one connection: what arrives is carried out in order, what is to be said is sent, and a page that
//! has fallen silent is let go.

use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use call::Time;
use call::record::Loss;
use protocol::frame::{ClientFrame, RequestId};
use protocol::{CallError, ClientMessage, ErrorCode, Pong};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep};

use super::frames::{self, CloseCode};
use super::greeting::{Greeted, Unwelcome, greet};
use super::socket::{Received, Socket};
use super::{Admission, Attachment, Duty, Session};
use crate::app::App;
use crate::signalling;

/// Bytes handed to the connection at once.
const SEND_BYTES: usize = 64 * 1024;
/// Bytes of pongs and errors that may wait beside the outbox: more only gathers when the page sends and does not read.
const UNNUMBERED_BYTES: usize = 64 * 1024;

/// What a task was woken for.
enum Wake {
    Arrived,
    Timer,
    End(End),
}

/// How a connection ends.
enum End {
    /// It is gone.
    Gone,
    /// It is to be closed.
    Close(CloseCode),
}

/// Serves a connection from its handshake to its end; `from` is where it comes from.
pub(super) async fn serve<S>(app: Arc<App>, io: S, from: Option<IpAddr>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut socket = Socket::new(io);
    // In a box of its own, because it is large and short: the task's memory is held for as long as the connection.
    let Greeted { session, attachment } = match Box::pin(greet(&app, &mut socket, from)).await {
        Ok(greeted) => greeted,
        Err(Unwelcome::Close(code)) => return Box::pin(socket.close(code)).await,
        Err(Unwelcome::Gone) => return,
    };
    let heard = app.clock.now();
    let timer = Box::pin(tokio::time::sleep(patience(&app) / 2));
    let mut connection = Connection { app, session, attachment, socket, heard, timer };
    let end = connection.run().await;
    Box::pin(connection.finish(end)).await;
}

/// Whether a page waits for the acknowledgement: the device that accepted lets the caller's candidates in when it knows
/// that no other was quicker, and every millisecond until then is one without sound and picture.
const fn is_awaited(request: &ClientMessage) -> bool {
    matches!(request, ClientMessage::Accept(_))
}

/// How long a page may say nothing.
fn patience(app: &App) -> Duration {
    app.config.connections.idle
}

struct Connection<S> {
    app: Arc<App>,
    session: Arc<Session>,
    attachment: Attachment,
    socket: Socket<S>,
    /// When something last arrived.
    heard: Time,
    timer: Pin<Box<Sleep>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Connection<S> {
    async fn run(&mut self) -> End {
        loop {
            match poll_fn(|cx| self.poll(cx)).await {
                Wake::Arrived => {
                    self.heard = self.app.clock.now();
                    // In a box while there is something to do: a task keeps room for its largest await, and most of the
                    // time this one waits for the next frame.
                    if let Err(end) = Box::pin(self.arrived()).await {
                        return end;
                    }
                }
                Wake::Timer => {
                    if let Err(end) = self.look_after() {
                        return end;
                    }
                }
                Wake::End(end) => return end,
            }
        }
    }

    /// Sends what there is to send, and waits for something else to do.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Wake> {
        if let Poll::Ready(end) = self.poll_send(cx) {
            return Poll::Ready(Wake::End(end));
        }
        match self.socket.poll_read(cx) {
            Poll::Ready(Ok(true)) => return Poll::Ready(Wake::Arrived),
            Poll::Ready(Ok(false) | Err(_)) => return Poll::Ready(Wake::End(End::Gone)),
            Poll::Pending => {}
        }
        self.timer.as_mut().poll(cx).map(|()| Wake::Timer)
    }

    /// Sends until nothing is left or the connection takes no more. Ready when it has to end.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        loop {
            let room = match self.socket.poll_flush(cx) {
                Poll::Ready(Ok(())) => SEND_BYTES,
                Poll::Ready(Err(_)) => return Poll::Ready(End::Gone),
                Poll::Pending => 0,
            };
            match self.session.poll_duty(self.attachment, cx, self.socket.outbound(), room) {
                Poll::Ready(Duty::Send) => {}
                Poll::Ready(Duty::Close(code)) => return Poll::Ready(End::Close(code)),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Carries out everything that has arrived.
    async fn arrived(&mut self) -> Result<(), End> {
        loop {
            match self.socket.next() {
                Ok(Some(Received::Frame(frame))) => self.carry_out(frame).await?,
                Ok(Some(Received::Unreadable(bad))) => self.refuse_unreadable(bad.id, bad.code)?,
                // Pings and fragments are cheap to send too, so they count like messages.
                Ok(Some(Received::Alive)) => {
                    if self.session.admit(self.heard, None) == Admission::Flood {
                        return Err(self.flooded());
                    }
                }
                Ok(Some(Received::Close)) => return Err(End::Close(CloseCode::Normal)),
                Ok(None) => break,
                Err(code) => {
                    let words = if code == CloseCode::TooBig { ErrorCode::TooBig } else { ErrorCode::BadMessage };
                    self.refuse(None, CallError::new(words));
                    return Err(End::Close(code));
                }
            }
        }
        let stuck = self.socket.outbound().len() > UNNUMBERED_BYTES + SEND_BYTES;
        if stuck { Err(End::Close(CloseCode::TryAgainLater)) } else { Ok(()) }
    }

    async fn carry_out(&mut self, ClientFrame { id, last_seq, message }: ClientFrame) -> Result<(), End> {
        self.app.metrics.message(message.kind());
        if let Some(last) = last_seq {
            self.session.confirm(last);
        }
        match self.session.admit(self.heard, id) {
            Admission::Go => {}
            Admission::Again(reply) => {
                frames::write_text(self.socket.outbound(), &reply);
                return Ok(());
            }
            Admission::Used => {
                self.refuse(None, CallError::new(ErrorCode::BadMessage));
                return Ok(());
            }
            Admission::TooQuick(wait) => {
                self.refuse(id, CallError::new(ErrorCode::RateLimited).after(wait));
                return Ok(());
            }
            Admission::Flood => return Err(self.flooded()),
        }
        match message {
            ClientMessage::Ping(ping) => {
                self.session.confirm(ping.last_seq);
                self.session.rest();
                self.session.hurry();
                self.socket.say(None, &Pong {}.into());
            }
            ClientMessage::Hello(_) | ClientMessage::Resume(_) => {
                self.refuse(id, CallError::new(ErrorCode::NotWelcome));
            }
            request => {
                let awaited = is_awaited(&request);
                let done = signalling::carry_out(&self.app, &self.session, id, request).await;
                if awaited {
                    self.session.hurry();
                }
                if let Err(refused) = done {
                    self.refuse(id, refused.into());
                }
            }
        }
        Ok(())
    }

    fn refuse_unreadable(&mut self, id: Option<RequestId>, code: ErrorCode) -> Result<(), End> {
        match self.session.admit(self.heard, id) {
            Admission::Go => self.refuse(id, CallError::new(code)),
            Admission::Again(reply) => frames::write_text(self.socket.outbound(), &reply),
            Admission::Used => self.refuse(None, CallError::new(ErrorCode::BadMessage)),
            Admission::TooQuick(wait) => self.refuse(id, CallError::new(ErrorCode::RateLimited).after(wait)),
            Admission::Flood => return Err(self.flooded()),
        }
        Ok(())
    }

    fn flooded(&mut self) -> End {
        self.refuse(None, CallError::new(ErrorCode::RateLimited));
        End::Close(CloseCode::Policy)
    }

    /// A reply to a request has a number and survives the connection; an error about the connection has none.
    fn refuse(&mut self, id: Option<RequestId>, error: CallError) {
        self.app.metrics.refused(error.code);
        match id {
            Some(_) => self.session.post(id, &error.into()),
            None => self.socket.say(None, &error.into()),
        }
    }

    /// Pings a page that has been quiet, and gives up on one that has been quiet for too long.
    fn look_after(&mut self) -> Result<(), End> {
        let patience = patience(&self.app);
        let quiet = self.app.clock.now().since(self.heard);
        if quiet >= patience {
            return Err(End::Close(CloseCode::GoingAway));
        }
        let next = if quiet >= patience / 2 {
            self.session.hurry();
            frames::write_ping(self.socket.outbound());
            patience - quiet
        } else {
            self.until_quiet()
        };
        self.timer.as_mut().reset(Instant::now() + next);
        Ok(())
    }

    /// How long until the page will have been quiet for so long that it is pinged; a moment if it has been already.
    fn until_quiet(&self) -> Duration {
        let quiet = self.app.clock.now().since(self.heard);
        (patience(&self.app) / 2).saturating_sub(quiet).max(Duration::from_millis(1))
    }

    /// The session goes on without this connection; then the connection takes its leave.
    async fn finish(self, end: End) {
        let how = match end {
            End::Close(CloseCode::GoingAway | CloseCode::TryAgainLater) => Loss::Silent,
            End::Close(_) | End::Gone => Loss::Closed,
        };
        let now = self.app.clock.now();
        if self.app.hub.detach(&self.session, self.attachment, now) {
            self.app.store.lose(now, self.session.device.clone(), how).await;
        }
        if let End::Close(code) = end {
            tracing::debug!(%code, "closing a connection");
            self.socket.close(code).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, DataFolder};

    /// What a connection costs while nothing happens is mostly its task, and a local variable that lives across an await
    /// in the wrong place can double it unseen.
    #[test]
    fn a_task_stays_small() {
        let data = tempfile::tempdir().unwrap();
        let app = App::new(Config { data: DataFolder(data.path().to_owned()), ..Config::default() }).unwrap();
        let (io, _) = tokio::io::duplex(1);
        let task = serve(app, io, None);
        assert!(size_of_val(&task) <= 512, "{} bytes", size_of_val(&task));
    }
}
