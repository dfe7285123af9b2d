//! A TURN client over UDP or TCP, small and obedient unless told otherwise.

use std::net::SocketAddr;
use std::time::Duration;

use protocol::{IceServer, IceServers};
use relay::stun::{Class, Key, Message, Transaction, Writer, attribute, method};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use crate::world::{QUIET, SOON};

/// Allocate's REQUESTED-TRANSPORT: UDP.
const UDP: [u8; 4] = [17, 0, 0, 0];

pub(crate) enum Way {
    Udp(UdpSocket),
    Tcp(TcpStream, Vec<u8>),
}

pub(crate) struct Client {
    way: Way,
    username: String,
    password: String,
    realm: String,
    pub(crate) nonce: String,
    drawn: u8,
}

/// What the server answered.
#[derive(Debug)]
pub(crate) struct Answer(Vec<u8>);

impl Answer {
    pub(crate) fn message(&self) -> Message<'_> {
        Message::read(&self.0).unwrap()
    }

    /// The number of an error, or 0.
    pub(crate) fn code(&self) -> u16 {
        self.message().error().unwrap_or(0)
    }

    pub(crate) fn relayed(&self) -> SocketAddr {
        self.message().address(attribute::XOR_RELAYED_ADDRESS).unwrap()
    }
}

/// The server with credentials among those that a page is told of, and one of its addresses.
pub(crate) fn turn_of(servers: &IceServers, transport: &str) -> (SocketAddr, String, String) {
    let server = servers.ice_servers.iter().find(|server| server.username.is_some()).expect("a TURN server");
    let IceServer { urls, username, credential } = server.clone();
    let url = urls.iter().find(|url| url.ends_with(transport)).unwrap_or_else(|| panic!("{transport} among {urls:?}"));
    let place = url.strip_prefix("turn:").unwrap().split('?').next().unwrap();
    (place.parse().unwrap(), username.unwrap(), credential.unwrap())
}

impl Client {
    pub(crate) async fn udp((server, username, password): (SocketAddr, String, String)) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.connect(server).await.unwrap();
        Self::new(Way::Udp(socket), username, password)
    }

    pub(crate) async fn tcp((server, username, password): (SocketAddr, String, String)) -> Self {
        Self::new(Way::Tcp(TcpStream::connect(server).await.unwrap(), Vec::new()), username, password)
    }

    fn new(way: Way, username: String, password: String) -> Self {
        Self { way, username, password, realm: String::new(), nonce: String::new(), drawn: 0 }
    }

    fn begin(&mut self, class: Class, method: u16) -> (Writer, Transaction) {
        self.drawn += 1;
        let transaction = [self.drawn; 12];
        (Writer::new(class, method, transaction), transaction)
    }

    /// Asks without credentials.
    pub(crate) async fn ask_bare(&mut self, method: u16) -> Answer {
        let (message, transaction) = self.begin(Class::Request, method);
        self.send(&message.attribute(attribute::REQUESTED_TRANSPORT, &UDP).finish()).await;
        self.answer(transaction).await
    }

    /// Asks with credentials; `fill` adds what is asked.
    pub(crate) async fn ask(&mut self, method: u16, fill: impl FnOnce(Writer) -> Writer) -> Answer {
        let (message, transaction) = self.begin(Class::Request, method);
        let key = Key::long_term(&self.username, &self.realm, &self.password);
        let bytes = fill(message)
            .attribute(attribute::USERNAME, self.username.as_bytes())
            .attribute(attribute::REALM, self.realm.as_bytes())
            .attribute(attribute::NONCE, self.nonce.as_bytes())
            .sign(&key)
            .finish();
        self.send(&bytes).await;
        let answer = self.answer(transaction).await;
        if answer.code() == 0 {
            assert!(answer.message().is_signed_with(&key), "a success is signed");
        }
        answer
    }

    /// Is told realm and nonce, and asks for a relayed address.
    pub(crate) async fn allocate(&mut self) -> Answer {
        let told = self.ask_bare(method::ALLOCATE).await;
        assert_eq!(told.code(), 401, "nobody is let in without credentials");
        self.realm = told.message().text(attribute::REALM).unwrap().to_owned();
        self.nonce = told.message().text(attribute::NONCE).unwrap().to_owned();
        self.ask(method::ALLOCATE, |message| message.attribute(attribute::REQUESTED_TRANSPORT, &UDP)).await
    }

    pub(crate) async fn permit(&mut self, peer: SocketAddr) -> Answer {
        self.ask(method::CREATE_PERMISSION, |message| message.address(attribute::XOR_PEER_ADDRESS, peer)).await
    }

    pub(crate) async fn bind(&mut self, number: u16, peer: SocketAddr) -> Answer {
        let number: Vec<u8> = number.to_be_bytes().into_iter().chain([0, 0]).collect();
        let fill = |message: Writer| {
            message.attribute(attribute::CHANNEL_NUMBER, &number).address(attribute::XOR_PEER_ADDRESS, peer)
        };
        self.ask(method::CHANNEL_BIND, fill).await
    }

    pub(crate) async fn refresh(&mut self, seconds: u32) -> Answer {
        self.ask(method::REFRESH, |message| message.attribute(attribute::LIFETIME, &seconds.to_be_bytes())).await
    }

    /// Sends data to a peer, in an indication.
    pub(crate) async fn send_to(&mut self, peer: SocketAddr, data: &[u8]) {
        let (message, _) = self.begin(Class::Indication, method::SEND);
        let message = message.address(attribute::XOR_PEER_ADDRESS, peer).attribute(attribute::DATA, data);
        self.send(&message.finish()).await;
    }

    /// Sends data on a channel.
    pub(crate) async fn send_on(&mut self, number: u16, data: &[u8]) {
        let mut bytes = [number.to_be_bytes(), u16::try_from(data.len()).unwrap().to_be_bytes()].concat();
        bytes.extend(data);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        self.send(&bytes).await;
    }

    /// The data of the next indication, and whose it is.
    pub(crate) async fn data(&mut self) -> (SocketAddr, Vec<u8>) {
        let bytes = self.next().await;
        let message = Message::read(&bytes).expect("an indication");
        assert_eq!((message.class, message.method), (Class::Indication, method::DATA));
        let peer = message.address(attribute::XOR_PEER_ADDRESS).unwrap();
        (peer, message.attribute(attribute::DATA).unwrap().to_vec())
    }

    /// The next channel's data, and its number.
    pub(crate) async fn channel(&mut self) -> (u16, Vec<u8>) {
        let bytes = self.next().await;
        let length = usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
        (u16::from_be_bytes([bytes[0], bytes[1]]), bytes[4..4 + length].to_vec())
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        match &mut self.way {
            Way::Udp(socket) => drop(socket.send(bytes).await.unwrap()),
            Way::Tcp(stream, _) => stream.write_all(bytes).await.unwrap(),
        }
    }

    /// Nothing arrives for a while.
    pub(crate) async fn hears_nothing(&mut self) {
        assert!(timeout(QUIET, self.next()).await.is_err(), "nothing should have come");
    }

    /// The server ends the connection.
    pub(crate) async fn closed(&mut self) {
        let Way::Tcp(stream, bytes) = &mut self.way else { panic!("a connection") };
        while timeout(SOON, stream.read_buf(bytes)).await.expect("an end in time").is_ok_and(|read| read > 0) {}
    }

    async fn answer(&mut self, transaction: Transaction) -> Answer {
        let bytes = timeout(Duration::from_secs(5), self.next()).await.expect("an answer in time");
        assert_eq!(Message::read(&bytes).expect("a message").transaction, transaction);
        Answer(bytes)
    }

    /// The next piece, whole.
    async fn next(&mut self) -> Vec<u8> {
        match &mut self.way {
            Way::Udp(socket) => {
                let mut bytes = vec![0; 2_048];
                let length = socket.recv(&mut bytes).await.unwrap();
                bytes.truncate(length);
                bytes
            }
            Way::Tcp(stream, bytes) => {
                while piece(bytes).is_none_or(|length| length > bytes.len()) {
                    assert_ne!(stream.read_buf(bytes).await.unwrap(), 0, "the connection ended");
                }
                let rest = bytes.split_off(piece(bytes).unwrap());
                std::mem::replace(bytes, rest)
            }
        }
    }
}

/// How long the piece is that begins here.
fn piece(bytes: &[u8]) -> Option<usize> {
    let [first, _, l1, l2, ..] = *bytes else { return None };
    let length = usize::from(u16::from_be_bytes([l1, l2]));
    Some(if first >> 6 == 0 { length + 20 } else { (length + 4).next_multiple_of(4) })
}

/// Two who are relayed hear each other, in indications and on a channel.
pub(crate) async fn converse(ann: &mut Client, bob: &mut Client) {
    let (from_ann, from_bob) = (ann.allocate().await.relayed(), bob.allocate().await.relayed());
    assert_eq!((ann.permit(from_bob).await.code(), bob.permit(from_ann).await.code()), (0, 0));
    ann.send_to(from_bob, b"one").await;
    assert_eq!(bob.data().await, (from_ann, b"one".to_vec()));
    assert_eq!(bob.bind(0x4000, from_ann).await.code(), 0);
    ann.send_to(from_bob, b"three").await;
    assert_eq!(bob.channel().await, (0x4000, b"three".to_vec()));
    bob.send_on(0x4000, b"fifth").await;
    assert_eq!(ann.data().await, (from_bob, b"fifth".to_vec()));
    assert_eq!(bob.refresh(600).await.code(), 0);
}
