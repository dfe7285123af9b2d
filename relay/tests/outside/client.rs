//! A small HTTP client that sends what it is told, wrong or right, and shows all that comes back.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Long enough for a loaded machine, short enough for a test that fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer has a header");
        let head = std::str::from_utf8(&bytes[..end]).expect("headers are text");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
        Self { status: status.expect("a status"), headers: headers.collect(), body: bytes[end + 4..].to_vec() }
    }

    /// A header's value; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map_or("", |(_, value)| value)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The code of a refusal, which has words beside it.
    pub(crate) fn code(&self) -> String {
        let json = self.json();
        assert!(json["message"].as_str().is_some_and(|message| !message.is_empty()), "{json}");
        json["code"].as_str().expect("a code").to_owned()
    }
}

/// A request, as it goes over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    line: String,
    headers: String,
    body: Vec<u8>,
}

impl Ask {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        Self { line: format!("{method} {path} HTTP/1.1\r\n"), headers: String::new(), body: Vec::new() }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// A POST of JSON.
    pub(crate) fn post(path: &str, body: &serde_json::Value) -> Self {
        Self::new("POST", path).header("Content-Type", "application/json").body(body.to_string())
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers += &format!("{name}: {value}\r\n");
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        let length = self.body.len().to_string();
        self.header("Content-Length", &length)
    }

    fn bytes(&self) -> Vec<u8> {
        let head = format!("{}Host: localhost\r\nConnection: close\r\n{}\r\n", self.line, self.headers);
        [head.as_bytes(), &self.body].concat()
    }

    /// Sends it and reads until the other side closes.
    pub(crate) fn send_over<S: Read + Write>(&self, stream: &mut S) -> io::Result<Answer> {
        stream.write_all(&self.bytes())?;
        Ok(Answer::parse(&read_all(stream)?))
    }

    /// Sends it over a connection of its own.
    pub(crate) fn send(&self, port: u16) -> Answer {
        self.send_over(&mut connect(port)).expect("an answer")
    }
}

/// A connection to this machine that gives up rather than wait for ever.
pub(crate) fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("the relay listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
    stream
}

/// All that comes until the other side closes. That it closes by a reset after its answer is fine.
pub(crate) fn read_all(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let (mut all, mut part) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut part) {
            Ok(0) => return Ok(all),
            Ok(n) => all.extend_from_slice(&part[..n]),
            Err(error) if is_end(&error) => return Ok(all),
            Err(error) => return Err(error),
        }
    }
}

fn is_end(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof)
}
