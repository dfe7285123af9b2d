//! A TURN server inside the relay (RFC 8656): it passes media on where two browsers cannot reach each other, or where
//! somebody hides their address.
//!
//! [`server::Server`] is the server as a value and decides everything; what stands here owns the sockets. One task reads
//! the datagrams of all clients, one each connection, and one each relayed address. They hand what arrives to the value,
//! under a lock that is held for a lookup or two, and send what it says.
//!
//! Only UDP is spoken towards peers: that is what browsers ask for.

mod allocation;
mod crowd;
mod ledger;
mod nonce;
pub(crate) mod peers;
mod place;
mod relayed;
mod requests;
pub(crate) mod server;
mod setbacks;
mod stream;
mod tally;
#[cfg(test)]
mod tests;
mod users;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use rustls::ServerConfig;
use socket2::SockRef;
use tokio::net::{TcpListener, UdpSocket};
use tokio::time::MissedTickBehavior;
use tokio_rustls::TlsAcceptor;

use self::crowd::Crowd;
use self::place::Place;
use self::relayed::{Lease, Link, Relayed};
use self::server::{Client, Gate, Now, Server, Terms, Todo, Transport};
use self::setbacks::Setbacks;
pub(crate) use self::tally::Tally;
use crate::app::App;
use crate::ice::config::Inside;

/// How often what nobody refreshed is given up, and what was counted is shown.
const ROUND: Duration = Duration::from_secs(1);
/// How often this machine's addresses are looked at: after moving to another network, that long the address is wrong.
const NETWORK: Duration = Duration::from_secs(30);
/// A datagram may have so many bytes.
const DATAGRAM: usize = 65_535;

/// Bytes of datagrams that may wait to be read, those of all clients together. The usual is less than a hundred datagrams: a
/// few calls fill that while the machine does something else for a hundredth of a second.
const WAITING: usize = 4 << 20;

/// A TURN server with its addresses taken, not yet served.
pub(crate) struct Turn {
    shared: Arc<Shared>,
    udp: UdpSocket,
    tcp: TcpListener,
    tls: Option<(TcpListener, TlsAcceptor)>,
}

/// What its tasks share.
struct Shared {
    app: Arc<App>,
    server: Mutex<Server<Arc<Lease>>>,
    place: RwLock<Place>,
    inside: Inside,
    crowd: Arc<Crowd>,
}

impl Turn {
    /// Takes the addresses. With `tls` it speaks TLS too. To be called inside of a tokio runtime.
    ///
    /// # Errors
    /// The address that cannot be used, and what the system says.
    pub(crate) fn bind(
        app: &Arc<App>,
        inside: &Inside,
        tls: Option<Arc<ServerConfig>>,
    ) -> Result<Self, (SocketAddr, io::Error)> {
        let place = Place::find(&app.config, inside);
        let (udp, tcp) = bind_pair(place.listen, inside.port)?;
        let at = (place.listen, inside.tls_port).into();
        let secure = |tls: Arc<ServerConfig>| {
            let mut tls = (*tls).clone();
            // There are other names for what is spoken here (RFC 7443), and browsers say none.
            tls.alpn_protocols.clear();
            Ok((listen(at).map_err(|error| (at, error))?, TlsAcceptor::from(Arc::new(tls))))
        };
        let tls = tls.map(secure).transpose()?;
        let port = |listener: &TcpListener| listener.local_addr().map_or(0, |address| address.port());
        let (port, tls_port) = (port(&tcp), tls.as_ref().map_or(0, |(listener, _)| port(listener)));
        let mut nonce_key = [0; 32];
        aws_lc_rs::rand::fill(&mut nonce_key).map_err(|_| (at, io::Error::other("no randomness")))?;
        let terms =
            Terms { gate: gate(app), peers: place.peers.clone(), bytes_per_second: inside.bytes_per_second, nonce_key };
        let inside = Inside { port, tls_port, ..inside.clone() };
        app.ice.set_inside(place.urls(&inside));
        tracing::info!(address = %place.address, port, listens_on = %place.listen, "TURN: media is passed on here");
        let shared = Shared {
            app: Arc::clone(app),
            server: Mutex::new(Server::new(terms)),
            place: RwLock::new(place),
            inside,
            crowd: Arc::default(),
        };
        let shared = Arc::new(shared);
        let counting = Arc::downgrade(&shared);
        app.passed.count_with(move |users, began| {
            counting.upgrade().map_or(0, |shared| shared.lock().take_passed(users, began))
        });
        Ok(Self { shared, udp, tcp, tls })
    }

    /// Serves until the relay stops.
    pub(crate) async fn run(self) {
        let shutdown = self.shared.app.shutdown.clone();
        let connections = async {
            let plain = stream::accept(Arc::clone(&self.shared), self.tcp, None);
            match self.tls {
                None => plain.await,
                Some((listener, acceptor)) => {
                    let secure = stream::accept(Arc::clone(&self.shared), listener, Some(acceptor));
                    tokio::join!(plain, secure);
                }
            }
        };
        let datagrams = serve_datagrams(Arc::clone(&self.shared), Arc::new(self.udp));
        let all = async { tokio::join!(connections, datagrams, look_after(&self.shared)) };
        shutdown.run_until_cancelled(all).await;
        // With their leases the tasks of the relayed addresses end.
        self.shared.end_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Server<Arc<Lease>>> {
        // Nothing that holds this lock can panic half-way.
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Now {
        Now { time: self.app.clock.now(), unix: self.app.clock.unix_now() }
    }

    /// Takes in what a client sent; what to send back, if anything. `link` is asked for the way to the client.
    fn hear(self: &Arc<Self>, client: Client, bytes: &[u8], link: impl Fn() -> Link) -> Option<Vec<u8>> {
        let now = self.now();
        let mut opened = None;
        let mut open = |even| {
            let (lease, address, relayed) = self.open(link(), even)?;
            opened = Some((relayed, lease.over()));
            Some((Arc::new(lease), address))
        };
        let todo = self.lock().hear(now, client, bytes, &mut open);
        if let Some((relayed, over)) = opened {
            self.app.tasks.spawn(relayed::serve(Arc::clone(self), client, relayed, over));
        }
        match todo {
            Todo::Nothing => None,
            Todo::Answer(answer) => Some(answer),
            Todo::Relay(lease, peer, data) => {
                lease.send(data, peer);
                None
            }
            Todo::Deliver(lease, bytes) => {
                lease.deliver(bytes);
                None
            }
        }
    }

    /// Takes a relayed address.
    fn open(&self, link: Link, even: bool) -> Option<(Lease, SocketAddr, Arc<Relayed>)> {
        let place = self.place.read().unwrap_or_else(PoisonError::into_inner);
        let (socket, address) = place.open(&self.inside.relay_ports, even)?;
        let relayed = Arc::new(Relayed::new(socket, link));
        Some((Lease::new(Arc::clone(&relayed), self.app.shutdown.child_token()), address, relayed))
    }

    fn end(&self, client: Client) {
        self.lock().end(self.app.clock.now(), client);
    }

    fn end_all(&self) {
        let mut server = self.lock();
        server.end_all(self.app.clock.now());
        self.show(&mut server);
    }

    fn round(&self) {
        self.show(&mut self.lock());
    }

    fn show(&self, server: &mut Server<Arc<Lease>>) {
        for over in server.expire(self.app.clock.now()) {
            let (user, device) = (&over.bearer.user, &over.bearer.device);
            let seconds = over.lasted.as_secs();
            tracing::debug!(%user, %device, sent = over.sent, received = over.received, seconds, "relayed media");
        }
        self.app.metrics.turn(server.len(), &server.take_tally());
    }

    /// Finds its place anew, where nobody said which it is. One lock at a time: an address is opened under both.
    fn look_at_network(&self) {
        let place = Place::find(&self.app.config, &self.inside);
        if *self.place.read().unwrap_or_else(PoisonError::into_inner) == place {
            return;
        }
        tracing::info!(address = %place.address, "the network has changed: media is relayed here now");
        self.app.ice.set_inside(place.urls(&self.inside));
        self.lock().set_peers(place.peers.clone());
        *self.place.write().unwrap_or_else(PoisonError::into_inner) = place;
    }
}

/// Credentials of pages that are known here.
fn gate(app: &Arc<App>) -> Gate {
    let hub = Arc::clone(&app.hub);
    let knows = move |bearer: &crate::ice::Bearer| {
        hub.by_device(&bearer.device).is_some_and(|session| session.person.id == bearer.user)
    };
    Gate { secret: app.ice.secret().clone(), knows: Box::new(knows) }
}

/// The same port for datagrams and connections. Where any will do, one that is free for both is found soon.
fn bind_pair(ip: IpAddr, port: u16) -> Result<(UdpSocket, TcpListener), (SocketAddr, io::Error)> {
    let mut tries = if port == 0 { 16 } else { 1 };
    loop {
        tries -= 1;
        match try_pair(ip, port) {
            Err((_, error)) if tries > 0 && error.kind() == io::ErrorKind::AddrInUse => {}
            result => return result,
        }
    }
}

fn try_pair(ip: IpAddr, port: u16) -> Result<(UdpSocket, TcpListener), (SocketAddr, io::Error)> {
    let tcp = listen((ip, port).into()).map_err(|error| ((ip, port).into(), error))?;
    let at = tcp.local_addr().map_err(|error| ((ip, port).into(), error))?;
    let udp = datagrams(at).map_err(|error| (at, error))?;
    // Where the system lets it have less, it has less.
    if let Err(error) = SockRef::from(&udp).set_recv_buffer_size(WAITING) {
        tracing::debug!(%error, "TURN: the system decides how many datagrams may wait");
    }
    Ok((udp, tcp))
}

fn listen(at: SocketAddr) -> io::Result<TcpListener> {
    let socket = std::net::TcpListener::bind(at)?;
    socket.set_nonblocking(true)?;
    TcpListener::from_std(socket)
}

fn datagrams(at: SocketAddr) -> io::Result<UdpSocket> {
    let socket = std::net::UdpSocket::bind(at)?;
    socket.set_nonblocking(true)?;
    UdpSocket::from_std(socket)
}

async fn serve_datagrams(shared: Arc<Shared>, socket: Arc<UdpSocket>) {
    let (mut buffer, mut setbacks) = (vec![0; DATAGRAM], Setbacks::default());
    loop {
        let (length, from) = match socket.recv_from(&mut buffer).await {
            Ok(read) => read,
            // Most are about a datagram that was sent before, and nobody's here.
            Err(error) => {
                setbacks.rest(&error).await;
                continue;
            }
        };
        setbacks.forget();
        let address = SocketAddr::new(from.ip().to_canonical(), from.port());
        let client = Client { transport: Transport::Udp, address };
        let link = || Link::Datagrams(Arc::clone(&socket), from);
        if let Some(answer) = shared.hear(client, buffer.get(..length).unwrap_or_default(), link) {
            link().send(answer);
        }
    }
}

async fn look_after(shared: &Arc<Shared>) {
    let (mut rounds, mut network) = (tokio::time::interval(ROUND), tokio::time::interval(NETWORK));
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    network.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = rounds.tick() => shared.round(),
            _ = network.tick() => shared.look_at_network(),
        }
    }
}
