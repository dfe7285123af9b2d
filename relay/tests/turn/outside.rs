//! Servers of the operator's: credentials that coturn takes, and who is asked first.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use protocol::{IceServers, RefreshIce, RelayMessage};
use relay::ice::SharedSecret;
use relay::stun::method;
use tempfile::TempDir;
use tokio::net::UdpSocket;

use crate::client::{Client, converse, turn_of};
use crate::world::{Page, Relay, SOON};

const SECRET: &[u8] = b"a secret that both know";

/// coturn, where this machine has it.
struct Coturn {
    child: Child,
    address: SocketAddr,
    _folder: TempDir,
}

impl Coturn {
    async fn start() -> Option<Self> {
        let program = ["/usr/bin/turnserver", "/usr/local/bin/turnserver"]
            .into_iter()
            .find(|path| std::path::Path::new(path).exists());
        let Some(program) = program else {
            eprintln!("skipped: there is no coturn on this machine (apt-get install coturn)");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let address = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let child = Command::new(program)
            .args(["-n", "--use-auth-secret", "--no-tls", "--no-dtls", "--no-cli", "--allow-loopback-peers"])
            .args(["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--realm=alo.example", "--log-file=stdout"])
            .arg(format!("--static-auth-secret={}", str::from_utf8(SECRET).unwrap()))
            .arg(format!("--listening-port={}", address.port()))
            .arg(format!("--userdb={}", path("users")))
            .arg(format!("--pidfile={}", path("pid")))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Some(Self { child, address, _folder: folder })
    }

    fn url(&self) -> String {
        format!("turn:{}", self.address)
    }
}

impl Drop for Coturn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn relay(urls: &[String], ttl: Duration) -> Relay {
    Relay::with(|config| {
        config.ways.servers = urls.iter().map(|url| url.parse().unwrap()).collect();
        config.ways.secret = Some(SharedSecret::Given(SECRET.to_vec()));
        config.ways.ttl = ttl;
        config.ways.asked_every = Duration::from_millis(100);
    })
    .await
}

async fn fresh(page: &mut Page) -> IceServers {
    match page.request(RefreshIce {}.into()).await.unwrap() {
        RelayMessage::IceServers(servers) => servers,
        other => panic!("servers, not {other:?}"),
    }
}

/// Waits until the relay has found out how many of its servers answer.
async fn until_there(relay: &Relay, there: usize) {
    let asked = |figures: String| figures.contains("alo_turn_server_up{");
    let found = async {
        while !asked(relay.app.metrics.render()) || relay.app.ice.watch().standing().there != there {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(SOON, found).await.expect("the relay finds out who is there");
}

#[tokio::test]
async fn coturn_takes_the_credentials_until_they_expire() {
    let Some(coturn) = Coturn::start().await else { return };
    let relay = relay(&[coturn.url(), coturn.url() + "?transport=tcp"], Duration::from_secs(600)).await;
    let mut page = relay.page("Ann").await;
    assert_eq!(page.welcome().ice_expires_in_s, Some(600));
    until_there(&relay, 2).await;
    let servers = fresh(&mut page).await;
    assert_eq!(servers.expires_in_s, Some(600));
    for transport in ["udp", "tcp"] {
        let turn = || turn_of(&servers, transport);
        let (mut ann, mut bob) = match transport {
            "udp" => (Client::udp(turn()).await, Client::udp(turn()).await),
            _ => (Client::tcp(turn()).await, Client::tcp(turn()).await),
        };
        converse(&mut ann, &mut bob).await;
    }

    let (server, username, _) = turn_of(&servers, "udp");
    let wrong = Client::udp((server, username, "AAAA".into())).await.allocate().await;
    assert_eq!(wrong.code(), 401);
}

#[tokio::test]
async fn coturn_refuses_what_has_expired() {
    let Some(coturn) = Coturn::start().await else { return };
    let relay = relay(&[coturn.url()], Duration::ZERO).await;
    until_there(&relay, 1).await;
    let page = relay.page("Ann").await;
    let welcome = page.welcome();
    let servers = IceServers { ice_servers: welcome.ice_servers.clone(), expires_in_s: None };
    // Good until this very second.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(Client::udp(turn_of(&servers, "udp")).await.allocate().await.code(), 401);
}

#[tokio::test]
async fn whoever_does_not_answer_is_told_of_last_and_the_page_of_health_says_so() {
    let there = answering().await;
    let away = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let urls = [away, there].map(|address| format!("turn:{address}"));
    let relay = relay(&urls, Duration::from_secs(600)).await;
    let mut page = relay.page("Ann").await;
    until_there(&relay, 1).await;
    let told = fresh(&mut page).await.ice_servers.remove(0).urls;
    assert_eq!(told, [there, away].map(|address| format!("turn:{address}?transport=udp")));
    let figures = relay.app.metrics.render();
    assert!(figures.contains(&format!(r#"alo_turn_server_up{{server="turn:{away}?transport=udp"}} 0"#)), "{figures}");
    assert!(figures.contains(&format!(r#"alo_turn_server_up{{server="turn:{there}?transport=udp"}} 1"#)), "{figures}");
    assert_eq!(get(&relay, "/readyz").await, "ready, but 1 of 2 TURN servers do not answer\n");
    assert!(!relay.app.metrics.render().contains("a secret"), "no secret is shown");
}

/// Somebody who answers whoever asks for their address.
async fn answering() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut bytes = [0; 200];
        while let Ok((length, from)) = socket.recv_from(&mut bytes).await {
            let asked = relay::stun::Message::read(&bytes[..length]).unwrap();
            let answer = relay::stun::Writer::new(relay::stun::Class::Success, method::BINDING, asked.transaction);
            socket.send_to(&answer.finish(), from).await.unwrap();
        }
    });
    address
}

/// The body of a page of the relay.
async fn get(relay: &Relay, path: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = relay.tcp().await;
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}
