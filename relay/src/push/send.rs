//! One request to a push service (RFC 8030 section 5), over a connection of its own: pushes are rare, and to many places.

use std::io;
use std::time::Duration;

use axum::http::{Method, Request, StatusCode, header};
use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::services::Address;
use crate::tls;

/// How long a push service has for all of it. They answer in a tenth of a second; longer is as good as never.
const PATIENCE: Duration = Duration::from_secs(10);

/// What to ask of a push service.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    /// `Authorization` (RFC 8292 section 3).
    pub(super) authorization: String,
    /// How long to keep it for a device that is away: `TTL` (RFC 8030 section 5.2).
    pub(super) keep: Duration,
    /// Of two with the same one the later takes the place of the earlier: `Topic` (RFC 8030 section 5.4).
    pub(super) topic: String,
    /// What is encrypted.
    pub(super) body: Bytes,
}

/// What a push service said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// How it went.
    pub(super) status: StatusCode,
    /// When to try again at the earliest (RFC 9110 section 10.2.3, in seconds).
    pub(super) retry_after: Option<Duration>,
}

/// Why nothing was said.
#[derive(Debug, thiserror::Error)]
pub(super) enum SendError {
    /// It cannot be reached, or is not who it should be.
    #[error(transparent)]
    Unreachable(#[from] io::Error),
    /// What it says is no HTTP.
    #[error(transparent)]
    Http(#[from] hyper::Error),
    /// It cannot be asked in that way.
    #[error("the address of the subscription makes no request")]
    Address,
    /// It took too long.
    #[error("no answer in time")]
    Late,
}

/// Sends to push services.
#[derive(Clone)]
pub(super) struct Sender {
    tls: TlsConnector,
}

impl Sender {
    /// One that believes the authorities that Mozilla's browsers believe.
    ///
    /// # Errors
    /// When the cryptography library knows no version of TLS.
    pub(super) fn new() -> Result<Self, rustls::Error> {
        Ok(Self { tls: tls::connector()? })
    }

    /// Asks for a push.
    ///
    /// # Errors
    /// When nothing is heard from there.
    pub(super) async fn send(&self, to: &Address, ask: Ask) -> Result<Said, SendError> {
        tokio::time::timeout(PATIENCE, self.exchange(to, ask)).await.unwrap_or(Err(SendError::Late))
    }

    async fn exchange(&self, to: &Address, ask: Ask) -> Result<Said, SendError> {
        let request = request(to, ask)?;
        let plain = TcpStream::connect((to.host.as_str(), to.port)).await?;
        plain.set_nodelay(true)?;
        if !to.tls {
            return ask_over(plain, request).await;
        }
        let name = ServerName::try_from(to.host.clone()).map_err(|_| SendError::Address)?;
        ask_over(self.tls.connect(name, plain).await?, request).await
    }
}

fn request(to: &Address, ask: Ask) -> Result<Request<Full<Bytes>>, SendError> {
    // What is for a name is asked of that name; the port stands there only where it is not the scheme's own.
    let host = to.origin.split_once("//").map_or(to.host.as_str(), |(_, host)| host);
    Request::builder()
        .method(Method::POST)
        .uri(&to.path)
        .header(header::HOST, host)
        .header(header::AUTHORIZATION, ask.authorization)
        .header(header::CONTENT_ENCODING, "aes128gcm")
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .header("TTL", ask.keep.as_secs())
        .header("Urgency", "high")
        .header("Topic", ask.topic)
        .body(Full::new(ask.body))
        .map_err(|_| SendError::Address)
}

async fn ask_over<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Said, SendError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let answer = sender.send_request(request);
    tokio::pin!(connection, answer);
    // The connection is driven until there is an answer, and closed with it: what it says besides is of no use here.
    let answer = tokio::select! {
        answer = &mut answer => answer?,
        closed = &mut connection => {
            closed?;
            answer.await?
        }
    };
    let seconds = answer.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    Ok(Said { status: answer.status(), retry_after: seconds.map(Duration::from_secs) })
}
