//! coturn's own client (`turnutils_uclient`) against the server inside: somebody else's reading of the RFCs.
//!
//! It makes its credentials from the shared secret itself (draft-uberti-behave-turn-rest), for the user and the page it is
//! told. It wants every message that it sends to arrive; here none has a reason to be lost.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;

use futures_util::future::join_all;
use futures_util::{SinkExt as _, StreamExt as _};
use protocol::frame::{ClientFrame, RelayFrame};
use protocol::{ClientMessage, Hello, RelayMessage, VERSION};
use relay::config::CertificateFiles;
use relay::ice::SharedSecret;
use relay::ice::config::Inside;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::{TcpStream, UdpSocket};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use crate::world::Relay;

const PROGRAM: &str = "turnutils_uclient";
const SECRET: &str = "north by northwest";
/// The name of the certificate.
const NAME: &str = "turn.example";
/// How many messages each of its clients sends.
const MESSAGES: u32 = 25;

/// Runs it with these options against a port of this machine. `username` is what a page was told.
async fn uclient(options: &[&str], port: u16, username: &str) -> Option<String> {
    let (_, whose) = username.split_once(':').expect("a time and whose it is");
    let mut command = Command::new(PROGRAM);
    command.args(options).args(["-c", "-m", "2", "-n", &MESSAGES.to_string(), "-l", "172", "-L", "127.0.0.1"]);
    command.args(["-p", &port.to_string(), "-u", whose, "-W", SECRET, "127.0.0.1"]);
    match tokio::task::spawn_blocking(move || command.output()).await.unwrap() {
        Ok(output) => Some(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("SKIPPED: there is no {PROGRAM} on this machine (apt-get install coturn)");
            None
        }
        Err(error) => panic!("{PROGRAM}: {error}"),
    }
}

/// All that was sent has arrived.
fn assert_all_arrived(said: &str, how: &[&str]) {
    let last = |name: &str| -> u32 {
        let at = said.rfind(name).unwrap_or_else(|| panic!("{how:?}: no {name} in\n{said}"));
        let digits: String = said[at + name.len()..].chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    };
    let (sent, received) = (last("tot_send_msgs="), last("tot_recv_msgs="));
    assert!(sent >= 2 * MESSAGES, "{how:?}: {said}");
    assert_eq!(sent, received, "{how:?}: {said}");
}

fn inside() -> Inside {
    Inside { port: 0, tls_port: 0, ..Inside::default() }
}

fn port_of(urls: &[String], beginning: &str) -> u16 {
    let url = urls.iter().find(|url| url.starts_with(beginning)).unwrap_or_else(|| panic!("{beginning} in {urls:?}"));
    url.split([':', '?']).nth(2).unwrap().parse().unwrap()
}

#[tokio::test]
async fn coturns_client_talks_to_itself_and_to_a_peer_over_udp_and_tcp() {
    let relay = Relay::with(|config| {
        config.ways.secret = Some(SharedSecret::Given(SECRET.into()));
        config.ways.inside = Some(Inside { allow_private: true, ..inside() });
    })
    .await;
    let peer = echo().await.to_string();
    let (ip, peer_port) = peer.split_once(':').unwrap();
    let elsewhere = ["-e", ip, "-r", peer_port];
    let over = [&[][..], &["-t"]];
    let ways = over.iter().flat_map(|over| [&["-y"][..], &["-y", "-s"], &elsewhere].map(|way| [*over, way].concat()));
    // It takes its time, so it does all of them at once, each as somebody else.
    join_all(ways.map(|how| {
        let relay = &relay;
        async move {
            let page = relay.page("Ann").await;
            let turn = page.welcome().ice_servers.iter().find(|server| server.username.is_some()).unwrap();
            let (port, username) = (port_of(&turn.urls, "turn:"), turn.username.as_deref().unwrap());
            if let Some(said) = uclient(&how, port, username).await {
                assert_all_arrived(&said, &how);
            }
        }
    }))
    .await;
}

/// Somebody at another address of this machine who sends everything back.
async fn echo() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.2:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut bytes = [0; 2_048];
        while let Ok((length, from)) = socket.recv_from(&mut bytes).await {
            socket.send_to(&bytes[..length], from).await.unwrap();
        }
    });
    address
}

#[tokio::test]
async fn coturns_client_talks_to_itself_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec![NAME.to_owned()]).unwrap();
    let files = CertificateFiles { chain: folder.path().join("chain.pem"), key: folder.path().join("key.pem") };
    std::fs::write(&files.chain, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    let relay = Relay::with(|config| {
        config.listen.certificate = Some(files.clone());
        config.ways.secret = Some(SharedSecret::Given(SECRET.into()));
        config.ways.inside = Some(Inside { name: Some(NAME.to_owned()), ..inside() });
    })
    .await;
    // A page of a relay with a certificate speaks TLS as well, and has to be there as long as its credentials are used.
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&files.chain).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let tls = tls.with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(relay.address).await.unwrap();
    let name = ServerName::try_from(NAME).unwrap();
    let stream = TlsConnector::from(Arc::new(tls)).connect(name, stream).await.unwrap();
    let (mut page, _) = client_async(format!("wss://{NAME}/ws"), stream).await.unwrap();
    let hello: ClientMessage = Hello { protocol: VERSION, token: relay.token("Ann"), device: None }.into();
    let hello = ClientFrame { id: None, last_seq: None, message: hello }.write();
    page.send(Message::text(hello)).await.unwrap();
    let Message::Text(welcome) = page.next().await.unwrap().unwrap() else { panic!("a text") };
    let RelayMessage::Welcome(welcome) = RelayFrame::read(&welcome).unwrap().message else { panic!("a welcome") };
    let turn = welcome.ice_servers.iter().find(|server| server.username.is_some()).unwrap();
    let (port, username) = (port_of(&turn.urls, "turns:"), turn.username.as_deref().unwrap());
    let how = ["-t", "-S", "-y"];
    let Some(said) = uclient(&how, port, username).await else { return };
    assert_all_arrived(&said, &how);
}
