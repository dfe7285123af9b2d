//! Whether the operator's TURN servers are there. Each is asked for an address every few seconds, as any STUN client may
//! (RFC 8489 section 12): that takes no credentials and costs it next to nothing.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket, lookup_host};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::config::Ways;
use super::url::{Over, TurnUrl};
use crate::app::App;
use crate::stun::{Class, Message, Transaction, Writer, method};
use crate::tls;

/// How long a server has for its answer, names and handshakes included.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long for one datagram, before it is sent again.
const DATAGRAM: Duration = Duration::from_millis(700);
/// So many questions without an answer make a server one that is away: of datagrams, some are lost.
const MISSED: u32 = 2;

/// The operator's servers, and whether each is there.
#[derive(Debug)]
pub struct Watch {
    servers: Vec<Arc<Watched>>,
    every: Duration,
}

/// One of them.
#[derive(Debug)]
struct Watched {
    url: TurnUrl,
    /// Questions without an answer since the last one with.
    missed: AtomicU32,
}

impl Watched {
    fn is_there(&self) -> bool {
        self.missed.load(Ordering::Relaxed) < MISSED
    }
}

/// How many of the operator's servers are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// So many answer.
    pub there: usize,
    /// Of so many.
    pub all: usize,
}

impl Watch {
    pub(super) fn new(ways: &Ways) -> Self {
        let watched = |url: &TurnUrl| Arc::new(Watched { url: url.clone(), missed: AtomicU32::new(0) });
        Self { servers: ways.servers.iter().map(watched).collect(), every: ways.asked_every }
    }

    /// Their addresses: those that are there in the operator's order, then the others, of which one may be back sooner
    /// than this relay knows.
    #[must_use]
    pub fn in_order(&self) -> Vec<String> {
        let (there, away): (Vec<_>, Vec<_>) = self.servers.iter().partition(|server| server.is_there());
        there.into_iter().chain(away).map(|server| server.url.to_string()).collect()
    }

    /// How many are there.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let there = self.servers.iter().filter(|server| server.is_there()).count();
        Standing { there, all: self.servers.len() }
    }
}

/// Asks the servers, until the relay stops.
pub async fn watch(app: Arc<App>) {
    let watch = Arc::clone(app.ice.watch());
    if watch.servers.is_empty() {
        return;
    }
    let connector = match tls::connector() {
        Ok(connector) => connector,
        Err(error) => return tracing::error!(%error, "TURN servers cannot be asked whether they are there"),
    };
    let mut rounds = tokio::time::interval(watch.every);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let asking = async {
        loop {
            rounds.tick().await;
            ask_all(&app, &watch, &connector).await;
        }
    };
    app.shutdown.run_until_cancelled(asking).await;
}

async fn ask_all(app: &App, watch: &Watch, connector: &TlsConnector) {
    let mut asking = JoinSet::new();
    for server in &watch.servers {
        let (server, connector) = (Arc::clone(server), connector.clone());
        asking.spawn(async move {
            let answer = timeout(PATIENCE, ask(&server.url, &connector)).await;
            (server, answer.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())))
        });
    }
    while let Some(asked) = asking.join_next().await {
        let Ok((server, answer)) = asked else { continue };
        note(&server, answer);
        app.metrics.turn_server(&server.url.to_string(), server.is_there());
    }
}

fn note(server: &Watched, answer: io::Result<()>) {
    let before = server.is_there();
    let url = &server.url;
    match answer {
        Ok(()) => {
            server.missed.store(0, Ordering::Relaxed);
            if !before {
                tracing::info!(%url, "a TURN server is there again");
            }
        }
        Err(error) => {
            server.missed.store(server.missed.load(Ordering::Relaxed).saturating_add(1), Ordering::Relaxed);
            if before && !server.is_there() {
                tracing::warn!(%url, %error, "a TURN server does not answer: pages are told of it last");
            }
        }
    }
}

/// Asks one server for the address it sees.
async fn ask(url: &TurnUrl, connector: &TlsConnector) -> io::Result<()> {
    let mut transaction = Transaction::default();
    aws_lc_rs::rand::fill(&mut transaction).map_err(|_| io::Error::other("no randomness"))?;
    let question = Writer::new(Class::Request, method::BINDING, transaction).finish();
    if url.over == Over::Udp {
        return ask_by_datagrams(url, &question, &transaction).await;
    }
    let stream = TcpStream::connect((url.host.as_str(), url.port)).await?;
    if url.over == Over::Tcp {
        return ask_over(stream, &question, &transaction).await;
    }
    let name = ServerName::try_from(url.host.clone()).map_err(io::Error::other)?;
    ask_over(connector.connect(name, stream).await?, &question, &transaction).await
}

async fn ask_by_datagrams(url: &TurnUrl, question: &[u8], transaction: &Transaction) -> io::Result<()> {
    let to = lookup_host((url.host.as_str(), url.port)).await?.next().ok_or(io::ErrorKind::NotFound)?;
    let any: SocketAddr =
        if to.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(to).await?;
    let mut bytes = [0; 1_500];
    loop {
        socket.send(question).await?;
        let answered = timeout(DATAGRAM, async {
            loop {
                let length = socket.recv(&mut bytes).await?;
                if answers(bytes.get(..length).unwrap_or_default(), transaction) {
                    return Ok(());
                }
            }
        });
        if let Ok(answer) = answered.await {
            return answer;
        }
    }
}

async fn ask_over<S>(mut stream: S, question: &[u8], transaction: &Transaction) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    stream.write_all(question).await?;
    stream.flush().await?;
    let mut bytes = Vec::new();
    loop {
        let whole = Message::length(&bytes).is_some_and(|length| bytes.len() >= length);
        if whole || bytes.len() > 1_500 {
            let is_answer = answers(&bytes, transaction);
            return if is_answer { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) };
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// Any response to the question will do: whoever refuses is there.
fn answers(bytes: &[u8], transaction: &Transaction) -> bool {
    Message::read(bytes).is_some_and(|message| {
        message.transaction == *transaction && matches!(message.class, Class::Success | Class::Error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch() -> Watch {
        let servers = ["turn:192.0.2.1", "turn:192.0.2.2", "turn:192.0.2.3"].map(|url| url.parse().unwrap());
        Watch::new(&Ways { servers: servers.into(), ..Ways::default() })
    }

    fn hosts(watch: &Watch) -> Vec<char> {
        watch.in_order().iter().map(|url| url.split(':').nth(1).unwrap().chars().last().unwrap()).collect()
    }

    #[test]
    fn whoever_does_not_answer_twice_is_last_until_they_do() {
        let watch = watch();
        let lost = || Err(io::ErrorKind::TimedOut.into());
        note(&watch.servers[0], lost());
        assert_eq!(hosts(&watch), ['1', '2', '3'], "one datagram may be lost");
        note(&watch.servers[0], lost());
        note(&watch.servers[1], lost());
        note(&watch.servers[1], Ok(()));
        note(&watch.servers[1], lost());
        assert_eq!(hosts(&watch), ['2', '3', '1']);
        assert_eq!(watch.standing(), Standing { there: 2, all: 3 });
        note(&watch.servers[0], Ok(()));
        assert_eq!(hosts(&watch), ['1', '2', '3']);
    }

    #[tokio::test]
    async fn a_server_is_asked_over_what_its_address_says() {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let tcp = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let by_udp: TurnUrl = format!("turn:{}", udp.local_addr().unwrap()).parse().unwrap();
        let by_tcp: TurnUrl = format!("turn:{}?transport=tcp", tcp.local_addr().unwrap()).parse().unwrap();
        let answer = |question: &[u8]| {
            let transaction = Message::read(question).unwrap().transaction;
            Writer::new(Class::Success, method::BINDING, transaction).finish()
        };
        tokio::spawn(async move {
            let mut bytes = [0; 100];
            let _lost = udp.recv_from(&mut bytes).await.unwrap();
            let (length, from) = udp.recv_from(&mut bytes).await.unwrap();
            udp.send_to(b"not an answer", from).await.unwrap();
            udp.send_to(&answer(&bytes[..length]), from).await.unwrap();
        });
        tokio::spawn(async move {
            let (mut stream, _) = tcp.accept().await.unwrap();
            let mut bytes = [0; 28];
            stream.read_exact(&mut bytes).await.unwrap();
            for part in answer(&bytes).chunks(7) {
                stream.write_all(part).await.unwrap();
            }
        });
        let connector = tls::connector().unwrap();
        ask(&by_udp, &connector).await.unwrap();
        ask(&by_tcp, &connector).await.unwrap();
        let nobody: TurnUrl = "turn:127.0.0.1:1?transport=tcp".parse().unwrap();
        assert!(ask(&nobody, &connector).await.is_err());
    }
}
