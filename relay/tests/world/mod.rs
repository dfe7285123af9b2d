//! A relay on a free port of this machine, and pages that talk to it over real sockets.

#![allow(dead_code, reason = "shared by several test programs, and none uses all of it")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use protocol::frame::{ClientFrame, RelayFrame, RequestId, Seq};
use protocol::*;
use relay::app::App;
use relay::config::{Config, DataFolder};
use relay::router::router;
use relay::server::Server;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long anything may take: generous, because the machine may be busy.
pub(crate) const SOON: Duration = Duration::from_secs(10);
/// How long to listen for what should not come.
pub(crate) const QUIET: Duration = Duration::from_millis(150);

pub(crate) struct Relay {
    pub(crate) app: Arc<App>,
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
    _data: TempDir,
}

impl Relay {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut config = Config { data: DataFolder(data.path().to_owned()), ..Config::default() };
        config.listen.port = 0;
        config.sign_in.guests_per_minute = None;
        change(&mut config);
        let app = App::new(config).unwrap();
        let server = Server::bind(app.clone(), router(app.clone())).unwrap();
        let link = server.addresses()[0].clone();
        let port: u16 = link.rsplit(':').next().unwrap().parse().unwrap();
        let task = tokio::spawn(server.run());
        Self { app, address: ([127, 0, 0, 1], port).into(), task, _data: data }
    }

    pub(crate) fn token(&self, name: &str) -> String {
        self.app.identity.guest(name.to_owned(), self.app.clock.unix_now()).unwrap().token
    }

    /// A page that is signed in.
    pub(crate) async fn page(&self, name: &str) -> Page {
        self.page_with(&self.token(name), None).await
    }

    pub(crate) async fn page_with(&self, token: &str, device: Option<DeviceId>) -> Page {
        let mut page = self.connect(token).await;
        page.hello(device).await;
        page
    }

    /// A connection that has said nothing yet.
    pub(crate) async fn connect(&self, token: &str) -> Page {
        let (socket, _) = connect_async(format!("ws://{}/ws", self.address)).await.unwrap();
        Page { socket, token: token.to_owned(), next_id: 0, last_seq: 0, pongs_to_skip: 0, welcome: None }
    }

    pub(crate) async fn tcp(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Stops it, and waits for that.
    pub(crate) async fn stop(self) {
        self.app.shutdown.cancel();
        timeout(SOON, self.task).await.unwrap().unwrap();
    }

    /// Two people can still ring each other: the relay is alive and well.
    pub(crate) async fn still_serves(&self) {
        let mut ann = self.page("Ann").await;
        let mut bob = self.page("Bob").await;
        let call = ann.ring(&bob).await;
        let incoming = bob.expect("call:incoming").await;
        assert!(matches!(incoming.message, RelayMessage::Incoming(m) if m.call_id == call));
        ann.request(Hangup { call_id: call, reason: HangupReason::Completed }.into()).await.unwrap();
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(crate) struct Page {
    pub(crate) socket: Socket,
    pub(crate) token: String,
    pub(crate) next_id: RequestId,
    pub(crate) last_seq: Seq,
    /// Pongs to pings that only hurried an acknowledgement.
    pongs_to_skip: usize,
    welcome: Option<Welcome>,
}

pub(crate) fn call_id() -> CallId {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("c_{:0>20}", NEXT.fetch_add(1, Ordering::Relaxed)).parse().unwrap()
}

impl Page {
    pub(crate) fn welcome(&self) -> &Welcome {
        self.welcome.as_ref().unwrap()
    }

    pub(crate) fn device(&self) -> DeviceId {
        self.welcome().device.clone()
    }

    pub(crate) fn user(&self) -> UserId {
        self.welcome().user.id.clone()
    }

    pub(crate) async fn hello(&mut self, device: Option<DeviceId>) {
        self.say(Hello { protocol: VERSION, token: self.token.clone(), device }.into()).await;
        let RelayMessage::Welcome(welcome) = self.next().await.message else { panic!("no welcome") };
        self.welcome = Some(welcome);
        self.next_id = 0;
        self.last_seq = 0;
    }

    /// Says `resume` for the session of `before`.
    pub(crate) async fn resume(&mut self, before: &Welcome, last_seq: Seq) -> RelayMessage {
        let session = before.session.clone();
        self.say(Resume { protocol: VERSION, token: self.token.clone(), session, last_seq }.into()).await;
        let answer = self.next().await.message;
        if let RelayMessage::Welcome(welcome) = &answer {
            self.welcome = Some(welcome.clone());
        }
        self.last_seq = last_seq;
        answer
    }

    /// Sends without an id.
    pub(crate) async fn say(&mut self, message: ClientMessage) {
        self.send_text(ClientFrame { id: None, last_seq: None, message }.write()).await;
    }

    pub(crate) async fn send_text(&mut self, text: impl Into<String>) {
        self.socket.send(Message::text(text.into())).await.unwrap();
    }

    /// Sends with the next id, and waits for nothing.
    pub(crate) async fn ask(&mut self, message: ClientMessage) -> RequestId {
        self.next_id += 1;
        self.send_text(ClientFrame { id: Some(self.next_id), last_seq: None, message }.write()).await;
        self.next_id
    }

    /// Sends with the next id, and waits for the reply, which must be what comes next for that id.
    pub(crate) async fn request(&mut self, message: ClientMessage) -> Result<RelayMessage, ErrorCode> {
        let id = self.ask(message).await;
        if self.welcome.is_some() {
            // An acknowledgement may wait for the next pong.
            self.say(Ping { last_seq: 0 }.into()).await;
            self.pongs_to_skip += 1;
        }
        loop {
            let frame = self.next().await;
            if frame.id == Some(id) {
                return match frame.message {
                    RelayMessage::CallError(error) => Err(error.code),
                    message => Ok(message),
                };
            }
        }
    }

    /// The next frame, which must have the next number if it has one.
    pub(crate) async fn next(&mut self) -> RelayFrame {
        loop {
            let text = match timeout(SOON, self.socket.next()).await.expect("a frame in time") {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                other => panic!("a text, not {other:?}"),
            };
            let frame = RelayFrame::read(&text).unwrap();
            if matches!(frame.message, RelayMessage::Pong(_)) && self.pongs_to_skip > 0 {
                self.pongs_to_skip -= 1;
                continue;
            }
            if let Some(seq) = frame.seq {
                assert_eq!(seq, self.last_seq + 1, "nothing lost, nothing doubled: {text}");
                self.last_seq = seq;
            }
            return frame;
        }
    }

    /// The next frame of that type; what comes before it is skipped.
    pub(crate) async fn expect(&mut self, kind: &str) -> RelayFrame {
        loop {
            let frame = self.next().await;
            if frame.message.kind() == kind {
                return frame;
            }
        }
    }

    /// The code of the error that comes next.
    pub(crate) async fn error(&mut self) -> ErrorCode {
        match self.next().await.message {
            RelayMessage::CallError(error) => error.code,
            other => panic!("an error, not {other:?}"),
        }
    }

    /// Nothing but presence comes for a while.
    pub(crate) async fn hears_nothing(&mut self) {
        let quiet = tokio::time::Instant::now() + QUIET;
        while let Ok(frame) = tokio::time::timeout_at(quiet, self.next()).await {
            assert_eq!(frame.message.kind(), "user:call_status_changed");
        }
    }

    /// The close code that comes after whatever else.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            match timeout(SOON, self.socket.next()).await.expect("a close in time") {
                Some(Ok(Message::Close(Some(close)))) => return close.code.into(),
                Some(Ok(Message::Close(None)) | Err(_)) | None => panic!("closed without a code"),
                Some(Ok(_)) => {}
            }
        }
    }

    pub(crate) async fn ring(&mut self, to: &Self) -> CallId {
        let call_id = call_id();
        self.request(self.initiate(&call_id, &to.user())).await.unwrap();
        call_id
    }

    pub(crate) fn initiate(&self, call_id: &CallId, to: &UserId) -> ClientMessage {
        Initiate {
            call_id: call_id.clone(),
            to: to.clone(),
            kind: CallType::Voice,
            offer: Opaque::new("v=0\r\n"),
            media: MediaState::default(),
        }
        .into()
    }

    pub(crate) fn accept(call_id: &CallId) -> ClientMessage {
        Accept { call_id: call_id.clone(), answer: Opaque::new("v=0\r\nanswer"), media: MediaState::default() }.into()
    }

    pub(crate) fn candidates(call_id: &CallId, to: Option<&DeviceId>, count: usize) -> ClientMessage {
        let one = Candidate {
            candidate: Opaque::new("candidate:1 1 udp 1 192.0.2.1 1 typ host"),
            sdp_mid: None,
            sdp_m_line_index: Some(0),
            username_fragment: None,
        };
        IceCandidates { call_id: call_id.clone(), to: to.cloned(), candidates: vec![one; count] }.into()
    }
}

/// Ann and Bob in a call.
pub(crate) async fn talking(relay: &Relay) -> (Page, Page, CallId) {
    let mut ann = relay.page("Ann").await;
    let mut bob = relay.page("Bob").await;
    let call = ann.ring(&bob).await;
    bob.expect("call:incoming").await;
    bob.request(Page::accept(&call)).await.unwrap();
    ann.expect("call:accepted").await;
    (ann, bob, call)
}
