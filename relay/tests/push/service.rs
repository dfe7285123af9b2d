//! A push service on this machine, and a browser that it delivers to.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// What was asked of it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

/// A status, and `Retry-After` in seconds.
type Answer = (u16, Option<&'static str>);

#[derive(Clone)]
struct Counter {
    told: mpsc::UnboundedSender<Asked>,
    /// What it says to those that come next; 201 once there is no more.
    answers: Arc<Mutex<VecDeque<Answer>>>,
}

/// The service. It takes everything, unless told otherwise.
pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    heard: mpsc::UnboundedReceiver<Asked>,
    counter: Counter,
}

impl Service {
    pub(crate) async fn start() -> Self {
        let (told, heard) = mpsc::unbounded_channel();
        let counter = Counter { told, answers: Arc::default() };
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/{*path}", post(take)).with_state(counter.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, heard, counter }
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn will_say(&self, status: u16, retry_after: Option<&'static str>) {
        self.counter.answers.lock().unwrap().push_back((status, retry_after));
    }

    pub(crate) async fn next(&mut self) -> Asked {
        tokio::time::timeout(crate::world::SOON, self.heard.recv()).await.expect("a push in time").unwrap()
    }

    pub(crate) async fn hears_nothing(&mut self) {
        let heard = tokio::time::timeout(crate::world::QUIET, self.heard.recv()).await;
        assert!(heard.is_err(), "{heard:?}");
    }
}

async fn take(State(counter): State<Counter>, uri: Uri, headers: HeaderMap, body: Bytes) -> (StatusCode, HeaderMap) {
    let answer = counter.answers.lock().unwrap().pop_front();
    let (status, retry_after) = answer.unwrap_or((201, None));
    let mut more = HeaderMap::new();
    if let Some(seconds) = retry_after {
        more.insert("retry-after", seconds.parse().unwrap());
    }
    counter.told.send(Asked { path: uri.path().to_owned(), headers, body }).unwrap();
    (StatusCode::from_u16(status).unwrap(), more)
}

/// A browser with a subscription.
pub(crate) struct Browser {
    pub(crate) endpoint: String,
    key: PrivateKey,
    public: Vec<u8>,
    auth: [u8; 16],
}

impl Browser {
    pub(crate) fn at(service: &Service, name: &str) -> Self {
        let key = PrivateKey::generate(&ECDH_P256).unwrap();
        let public = key.compute_public_key().unwrap().as_ref().to_vec();
        let mut auth = [0; 16];
        aws_lc_rs::rand::fill(&mut auth).unwrap();
        Self { endpoint: format!("{}/{name}", service.origin()), key, public, auth }
    }

    /// What it says of its subscription.
    pub(crate) fn json(&self) -> Value {
        let keys = json!({
            "p256dh": URL_SAFE_NO_PAD.encode(&self.public),
            "auth": URL_SAFE_NO_PAD.encode(self.auth),
        });
        json!({ "endpoint": self.endpoint, "expirationTime": null, "keys": keys, "language": "vi" })
    }

    /// Reads a message: RFC 8291 section 3 from the other side.
    pub(crate) fn read(&self, asked: &Asked) -> Value {
        assert_eq!(asked.header("content-encoding"), "aes128gcm");
        let (salt, rest) = asked.body.split_at(16);
        let (head, rest) = rest.split_at(5);
        assert_eq!(head, [0, 0, 16, 0, 65]);
        let (sender, sealed) = rest.split_at(65);
        let prk = agree(&self.key, UnparsedPublicKey::new(&ECDH_P256, sender), Unspecified, |secret| {
            Ok(Salt::new(HKDF_SHA256, &self.auth).extract(secret))
        })
        .unwrap();
        let (mut input, mut key, mut nonce) = ([0; 32], [0; 16], [0; 12]);
        prk.expand(&[b"WebPush: info\0", &self.public, sender], Bits(32)).unwrap().fill(&mut input).unwrap();
        let prk = Salt::new(HKDF_SHA256, salt).extract(&input);
        prk.expand(&[b"Content-Encoding: aes128gcm\0"], Bits(16)).unwrap().fill(&mut key).unwrap();
        prk.expand(&[b"Content-Encoding: nonce\0"], Bits(12)).unwrap().fill(&mut nonce).unwrap();
        let opening = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let mut text = sealed.to_vec();
        let text = opening.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text).unwrap();
        let end = text.iter().rposition(|byte| *byte != 0).unwrap();
        assert_eq!(text[end], 2, "the delimiter of the last record");
        serde_json::from_slice(&text[..end]).unwrap()
    }
}

struct Bits(usize);

impl KeyType for Bits {
    fn len(&self) -> usize {
        self.0
    }
}
