//! What programs and people can read about `/api`.

use crate::client::Ask;
use crate::relay::Relay;

#[test]
fn the_description_is_openapi_and_names_every_request() {
    let relay = Relay::start();
    let answer = Ask::get("/api/openapi.json").send(relay.port());
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    let description = answer.json();
    assert_eq!(description["openapi"], "3.1.0");
    for path in ["/api/config", "/api/session", "/api/session/renew", "/api/calls", "/api/calls/export"] {
        assert!(description["paths"][path].is_object(), "{path}");
    }
    for shape in ["Person", "Figures", "Call", "Refused"] {
        let properties = description["components"]["schemas"][shape]["properties"].as_object();
        assert!(properties.is_some_and(|properties| properties.len() > 1), "{shape}");
    }
}

#[test]
fn the_page_about_it_runs_nothing_and_may_be_styled() {
    let relay = Relay::start();
    let answer = Ask::get("/api/docs").send(relay.port());
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("style-src 'self' 'sha256-") && !policy.contains("unsafe-inline"), "{policy}");
    let page = answer.text();
    assert!(page.contains("/api/calls/{call_id}") && page.contains("openapi.json"));
    assert!(!page.contains("<script"));
}
