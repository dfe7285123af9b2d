//! The program itself: how it starts, what it says, and how it stops.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tempfile::TempDir;

use crate::client::{Ask, connect};
use crate::relay::port_of;
use crate::tls::Browser;

/// A running `alo`. Ends with the test.
struct Alo {
    child: Child,
    out: BufReader<ChildStdout>,
    data: TempDir,
}

impl Alo {
    fn start(options: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut child = command(&data).args(options).stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out, data }
    }

    /// The next line for programs: where it listens.
    fn address(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line.strip_prefix("listening on ").unwrap_or_else(|| panic!("{line:?}")).trim_end().to_owned()
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end, which must come within 5 s.
    fn ended(&mut self) -> ExitStatus {
        let since = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(since.elapsed() < Duration::from_secs(5), "it has not stopped");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Alo {
    fn drop(&mut self) {
        // Fails when it has ended already, which is as well.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn command(data: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alo"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ALO_")) {
        command.env_remove(name);
    }
    command.env("ALO_PORT", "0").env("ALO_LAN_PORT", "0").env("ALO_DATA", data.path()).env("ALO_LOG", "off");
    command
}

/// A text frame as a browser sends it: masked (RFC 6455 section 5.2), here with zeros.
fn frame(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap().to_be_bytes();
    [&[0x81, 0xfe], &length[..], &[0; 4], text.as_bytes()].concat()
}

/// The next frame from the relay: its opcode and its content.
fn read_frame(stream: &mut impl Read) -> (u8, Vec<u8>) {
    let mut head = [0; 2];
    stream.read_exact(&mut head).unwrap();
    let mut length = usize::from(head[1]);
    if length == 126 {
        let mut long = [0; 2];
        stream.read_exact(&mut long).unwrap();
        length = usize::from(u16::from_be_bytes(long));
    }
    let mut content = vec![0; length];
    stream.read_exact(&mut content).unwrap();
    (head[0] & 0x0f, content)
}

/// A session with a relay, as far as its `welcome`.
fn session(port: u16) -> impl Read + Write {
    let guest = Ask::post("/api/session", &json!({ "name": "Ann" })).send(port).json();
    let mut stream = connect(port);
    let handshake = "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(handshake.as_bytes()).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    let hello = json!({ "type": "hello", "data": { "protocol": 1, "token": guest["token"] } });
    stream.write_all(&frame(&hello.to_string())).unwrap();
    let (opcode, welcome) = read_frame(&mut stream);
    assert!(opcode == 1 && welcome.starts_with(br#"{"type":"welcome""#), "{}", String::from_utf8_lossy(&welcome));
    stream
}

#[test]
fn asked_to_stop_it_says_goodbye_and_ends() {
    for (signal, threads) in [(Signal::TERM, "1"), (Signal::INT, "2")] {
        let mut alo = Alo::start(&["--threads", threads]);
        let port = port_of(&alo.address());
        let mut ann = session(port);
        // Somebody who never finishes their request must not hold it up.
        let mut half = connect(port);
        half.write_all(b"GET / HT").unwrap();
        alo.signal(signal);
        let (opcode, content) = read_frame(&mut ann);
        assert_eq!((opcode, &content[..2]), (8, &1001_u16.to_be_bytes()[..]), "a close frame: going away");
        assert!(content.len() > 2, "with a reason in words");
        drop(ann);
        assert!(alo.ended().success());
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err(), "nobody listens any more");
    }
}

#[test]
fn it_says_where_it_listens_and_keeps_its_key() {
    let mut alo = Alo::start(&["--lan"]);
    let [here, everyone] = [alo.address(), alo.address()];
    assert!(here.starts_with("http://localhost:"), "{here}");
    assert!(everyone.starts_with("https://"), "{everyone}");
    let browser = Browser::trusting(&alo.data.path().join("tls/certificate.pem"));
    let mut stream = browser.connect("localhost", port_of(&everyone));
    assert_eq!(Ask::get("/readyz").send_over(&mut stream).unwrap().status, 200);
    let token = Ask::post("/api/session", &json!({ "name": "Ann" })).send(port_of(&here)).json()["token"].clone();
    alo.signal(Signal::TERM);
    alo.ended();
    let mut again = command(&alo.data).stdout(Stdio::piped()).spawn().unwrap();
    let out = BufReader::new(again.stdout.take().unwrap());
    let mut again = Alo { child: again, out, data: tempfile::tempdir().unwrap() };
    let renew = Ask::new("POST", "/api/session/renew").bearer(token.as_str().unwrap()).body("");
    assert_eq!(renew.send(port_of(&again.address())).status, 200, "the session outlives the restart");
}

#[test]
fn on_sighup_it_reads_its_certificate_again() {
    let folder = tempfile::tempdir().unwrap();
    let [chain, key] = ["chain.pem", "key.pem"].map(|name| folder.path().join(name));
    let issue = |name: &str| {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        fs::write(&chain, made.cert.pem()).unwrap();
    };
    issue("one.example");
    let mut alo = Alo::start(&["--cert", chain.to_str().unwrap(), "--key", key.to_str().unwrap()]);
    let port = port_of(&alo.address());
    let served = |name: &str| Ask::get("/").send_over(&mut Browser::trusting(&chain).connect(name, port)).is_ok();
    assert!(served("one.example"));
    issue("two.example");
    alo.signal(Signal::HUP);
    let since = Instant::now();
    while !served("two.example") {
        assert!(since.elapsed() < Duration::from_secs(15), "the old certificate is still in use");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_keeps_it_from_starting_is_said_in_words() {
    let data = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().port().to_string();
    let file = data.path().join("a-file");
    fs::write(&file, "").unwrap();
    let file = file.to_str().unwrap();
    for (options, words) in [
        (&["--port", &taken][..], "something else is using port"),
        (&["--bind", "192.0.2.77"], "no such address"),
        (&["--jwt-secret", "short"], "at least 32 bytes"),
        (&["--jwks", "nowhere.json"], "nowhere.json"),
        (&["--cert", file, "--key", file], "not a certificate"),
        (&["--data", file], "a-file"),
        (&["--log", "a=b=c"], "--log"),
    ] {
        let output = command(&data).args(options).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{options:?}: {said}");
        assert!(said.contains(words), "{options:?}: {said}");
        assert!(output.stdout.is_empty(), "{options:?}: it does not claim to listen");
    }
}

#[test]
fn tokens_and_queries_are_never_logged() {
    let data = tempfile::tempdir().unwrap();
    let log = data.path().join("log");
    let mut command = command(&data);
    command.env("ALO_LOG", "trace").stdout(Stdio::piped()).stderr(fs::File::create(&log).unwrap());
    let mut child = command.spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let mut alo = Alo { child, out, data };
    let port = port_of(&alo.address());
    drop(session(port));
    let token = Ask::post("/api/session", &json!({ "name": "Ann" })).send(port).json()["token"].clone();
    let token = token.as_str().unwrap();
    Ask::new("POST", "/api/session/renew").bearer(token).body("").send(port);
    Ask::get(&format!("/r/abcd-efgh-jkmn?token={token}")).send(port);
    alo.signal(Signal::TERM);
    alo.ended();
    let log = fs::read_to_string(log).unwrap();
    assert!(log.contains("stopped"), "{log}");
    let claims = token.split('.').nth(1).unwrap();
    assert!(!log.contains(claims), "a token in the log");
    assert!(!log.contains("?token"), "a query in the log");
}
