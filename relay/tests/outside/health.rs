//! Being watched over.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use relay::app::App;
use relay::config::{Config, DataFolder};
use relay::router::router;
use serde_json::json;
use tower::ServiceExt as _;

use crate::client::Ask;
use crate::relay::Relay;

#[test]
fn a_running_relay_is_alive_and_ready() {
    let relay = Relay::start();
    for path in ["/healthz", "/readyz"] {
        let answer = Ask::get(path).send(relay.port());
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_relay_that_stops_is_alive_but_not_ready() {
    let data = tempfile::tempdir().unwrap();
    let app = App::new(Config { data: DataFolder(data.path().into()), ..Config::default() }).unwrap();
    app.shutdown.cancel();
    let status = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        router(app.clone()).oneshot(request).await.unwrap().status()
    };
    assert_eq!(status("/healthz").await, StatusCode::OK);
    assert_eq!(status("/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
}

#[test]
fn what_happens_is_counted() {
    let relay = Relay::start();
    let answer = Ask::post("/api/session", &json!({ "name": "Ann" })).send(relay.port());
    assert_eq!(answer.status, 200);
    let metrics = Ask::get("/metrics").send(relay.port());
    assert_eq!(metrics.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let text = metrics.text();
    for line in ["alo_guest_sign_ins_total 1", "alo_sessions 0", "# TYPE alo_messages_total counter"] {
        assert!(text.lines().any(|l| l == line), "{line} in\n{text}");
    }
}
