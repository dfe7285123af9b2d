//! One connection: TLS if the address speaks it, then HTTP/1.1 (RFC 9112) until it ends or becomes a WebSocket.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use super::{Transport, forwarded};
use crate::app::App;

/// Bytes of a request's header at most, give or take what arrives in one piece. A browser on localhost sends the cookies
/// of everything else that was ever served there, so it is more than our own page would need.
const HEADER_BYTES: usize = 32 * 1024;

/// The first byte of a TLS connection: a handshake record (RFC 8446 section 5.1).
const TLS_HANDSHAKE: u8 = 22;

/// What all connections share.
pub(super) struct Shared {
    pub(super) app: Arc<App>,
    pub(super) service: Router,
}

/// Serves a connection to its end.
pub(super) async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<Arc<ServerConfig>>,
    transport: Transport,
    shared: Arc<Shared>,
) {
    // Signalling is small messages that somebody waits for: none of them may wait for the next (Nagle's algorithm).
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection ended at once");
        return;
    }
    let Some(tls) = tls else { return http(stream, peer, transport, shared).await };
    match handshake(&stream, &shared.app).await {
        Some(TLS_HANDSHAKE) => {}
        Some(_) => return redirect(stream, shared).await,
        None => return,
    }
    let accepting = TlsAcceptor::from(tls).accept(stream);
    match timeout(shared.app.config.connections.request_header, accepting).await {
        Ok(Ok(stream)) => Box::pin(http(stream, peer, transport, shared)).await,
        Ok(Err(error)) => tracing::debug!(%error, "TLS was not agreed on"),
        Err(_) => tracing::debug!("TLS took too long"),
    }
}

/// The first byte, without taking it; `None` if none comes in time.
async fn handshake(stream: &TcpStream, app: &App) -> Option<u8> {
    let mut first = [0; 1];
    match timeout(app.config.connections.request_header, stream.peek(&mut first)).await {
        Ok(Ok(1)) => first.first().copied(),
        _ => None,
    }
}

async fn http<S>(stream: S, peer: SocketAddr, transport: Transport, shared: Arc<Shared>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let router = shared.service.clone();
    let app = Arc::clone(&shared.app);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        let client = forwarded::client(peer, request.headers(), &app.config.listen.proxies);
        request.extensions_mut().insert(ConnectInfo(client));
        request.extensions_mut().insert(transport);
        router.clone().oneshot(request.map(Body::new))
    });
    let connection = http1(&shared.app).serve_connection(TokioIo::new(stream), service).with_upgrades();
    let mut connection = pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = shared.app.shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection ended badly");
    }
}

fn http1(app: &App) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(app.config.connections.request_header)
        .max_buf_size(HEADER_BYTES);
    builder
}

/// Somebody typed the address without `https://`: show them the way.
async fn redirect(stream: TcpStream, shared: Arc<Shared>) {
    let service = hyper::service::service_fn(|request: Request<Incoming>| {
        std::future::ready(Ok::<_, std::convert::Infallible>(to_https(&request)))
    });
    let connection = http1(&shared.app).keep_alive(false).serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "neither TLS nor HTTP");
    }
}

fn to_https<B>(request: &Request<B>) -> Response<Body> {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let location = HeaderValue::from_str(&format!("https://{host}{path}"));
    let mut response = Response::new(Body::empty());
    match location {
        Ok(location) if host.parse::<axum::http::uri::Authority>().is_ok() => {
            *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
            response.headers_mut().insert(header::LOCATION, location);
        }
        _ => *response.status_mut() = StatusCode::BAD_REQUEST,
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redirected(host: Option<&str>, path: &str) -> Option<String> {
        let mut request = Request::get(path);
        if let Some(host) = host {
            request = request.header(header::HOST, host);
        }
        let response = to_https(&request.body(()).unwrap());
        let location = response.headers().get(header::LOCATION)?;
        assert_eq!(response.status(), StatusCode::TEMPORARY_REDIRECT);
        Some(location.to_str().unwrap().to_owned())
    }

    #[test]
    fn plain_http_is_shown_the_way() {
        let to = redirected(Some("192.168.1.20:3443"), "/r/abcd-efgh-jkmn?x=1");
        assert_eq!(to.as_deref(), Some("https://192.168.1.20:3443/r/abcd-efgh-jkmn?x=1"));
        assert_eq!(redirected(Some("[2001:db8::1]:3443"), "/").as_deref(), Some("https://[2001:db8::1]:3443/"));
        assert_eq!(redirected(None, "/"), None);
        assert_eq!(redirected(Some("a b"), "/"), None);
        assert_eq!(redirected(Some("a/b"), "/"), None);
    }
}
