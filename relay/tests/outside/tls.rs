//! https on the local network and with a certificate from an authority.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use relay::config::CertificateFiles;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::client::{Ask, connect};
use crate::relay::Relay;

/// A browser that trusts one certificate, as people do after the warning.
pub(crate) struct Browser(Arc<ClientConfig>);

impl Browser {
    pub(crate) fn trusting(certificate: &Path) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(certificate).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Self(Arc::new(config))
    }

    /// Connects to this machine under a name, which the certificate must hold.
    pub(crate) fn connect(&self, name: &str, port: u16) -> StreamOwned<ClientConnection, TcpStream> {
        let name = ServerName::try_from(name.to_owned()).unwrap();
        StreamOwned::new(ClientConnection::new(Arc::clone(&self.0), name).unwrap(), connect(port))
    }
}

#[test]
fn the_network_is_served_under_every_name_and_address() {
    let relay = Relay::with(|config| config.listen.lan = Some(0));
    let browser = Browser::trusting(&relay.data.path().join("tls/certificate.pem"));
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    names.extend(relay::lan::addresses().unwrap().iter().map(ToString::to_string));
    names.extend(relay::lan::host_names());
    for name in names {
        let mut stream = browser.connect(&name, relay.lan_port());
        let answer = Ask::get("/healthz").send_over(&mut stream).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(answer.status, 200, "{name}");
        assert_eq!(answer.header("strict-transport-security"), "", "it would turn the warning into a wall");
        assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
        assert_eq!(stream.conn.protocol_version(), Some(rustls::ProtocolVersion::TLSv1_3));
    }
    let elsewhere = Ask::get("/").send_over(&mut browser.connect("elsewhere.example", relay.lan_port()));
    assert!(elsewhere.is_err(), "a name that is not in it");
}

#[test]
fn the_links_for_others_are_known_to_the_page() {
    let relay = Relay::with(|config| config.listen.lan = Some(0));
    let links = Ask::get("/api/config").send(relay.port()).json()["links"].clone();
    let expected: Vec<String> = relay::lan::addresses()
        .unwrap()
        .into_iter()
        .map(|address| relay::lan::link("https", address, relay.lan_port()))
        .collect();
    assert_eq!(links, serde_json::json!(expected));
    assert!(relay.addresses[0].starts_with("http://localhost:"), "this machine itself is served as before");
}

#[test]
fn who_types_the_address_without_https_is_shown_the_way() {
    let relay = Relay::with(|config| config.listen.lan = Some(0));
    let answer = Ask::get("/r/abcd-efgh-jkmn").send(relay.lan_port());
    assert_eq!((answer.status, answer.header("location")), (307, "https://localhost/r/abcd-efgh-jkmn"));
}

#[test]
fn a_certificate_from_an_authority_is_served_at_the_main_address() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["calls.example".to_owned()]).unwrap();
    let files = CertificateFiles { chain: folder.path().join("chain.pem"), key: folder.path().join("key.pem") };
    fs::write(&files.chain, made.cert.pem()).unwrap();
    fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    let browser = Browser::trusting(&files.chain);
    let relay = Relay::with(|config| {
        config.listen.certificate = Some(files.clone());
        config.listen.lan = Some(0);
    });
    assert!(relay.addresses[0].starts_with("https://localhost:"), "{:?}", relay.addresses);
    assert_eq!(relay.app.links(), [format!("https://calls.example:{}", relay.lan_port())]);
    for port in [relay.port(), relay.lan_port()] {
        let answer = Ask::get("/healthz").send_over(&mut browser.connect("calls.example", port)).unwrap();
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
    }
    assert!(!relay.data.path().join("tls").exists(), "none is made where there is a real one");
}

#[cfg(feature = "turn")]
#[test]
fn turn_is_spoken_over_tls_by_the_name_of_the_certificate() {
    use std::io::{Read as _, Write as _};

    use relay::ice::config::Inside;
    use relay::stun::{Class, HEADER, Message, Writer, method};

    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["turn.example".to_owned()]).unwrap();
    let files = CertificateFiles { chain: folder.path().join("chain.pem"), key: folder.path().join("key.pem") };
    fs::write(&files.chain, made.cert.pem()).unwrap();
    fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    let relay = Relay::with(|config| {
        config.listen.certificate = Some(files.clone());
        let name = Some("turn.example".to_owned());
        config.ways.inside = Some(Inside { port: 0, tls_port: 0, name, ..Inside::default() });
    });
    let (user, device) = ("guest:ann".parse().unwrap(), "d_2f8c01b9a77e4d51".parse().unwrap());
    let told = relay.app.ice.servers(0, &user, &device).ice_servers;
    let url = told.iter().flat_map(|server| &server.urls).find(|url| url.starts_with("turns:turn.example:")).unwrap();
    let port = url.split([':', '?']).nth(2).unwrap().parse().unwrap();

    let mut stream = Browser::trusting(&files.chain).connect("turn.example", port);
    stream.write_all(&Writer::new(Class::Request, method::ALLOCATE, [7; 12]).finish()).unwrap();
    let mut answer = vec![0; HEADER];
    stream.read_exact(&mut answer).unwrap();
    answer.resize(Message::length(&answer).unwrap(), 0);
    stream.read_exact(&mut answer[HEADER..]).unwrap();
    assert_eq!(Message::read(&answer).unwrap().error(), Some(401), "it is served, and wants to know who asks");
}
