//! The page and its headers, served from a folder.

use std::fs;
use std::path::Path;

use crate::client::{Answer, Ask};
use crate::relay::Relay;

const INDEX: &str = "<!doctype html><script>alert('Hello, world.');</script><script src=\"/boot.js\"></script>";

/// A relay with a small page, and a secret beside the folder of the page.
fn relay() -> (Relay, tempfile::TempDir) {
    let outer = tempfile::tempdir().unwrap();
    fs::write(outer.path().join("secret.txt"), "secret").unwrap();
    let page = outer.path().join("page");
    fs::create_dir(&page).unwrap();
    let write = |name: &str, content: &[u8]| fs::write(page.join(name), content).unwrap();
    write("index.html", INDEX.as_bytes());
    write("boot.js", b"go()");
    write("client-0123456789abcdef_bg.wasm", b"\0asm");
    write("app.webmanifest", b"{}");
    write("icon.svg", b"<svg/>");
    (relay_with_page(&page), outer)
}

fn relay_with_page(page: &Path) -> Relay {
    Relay::with(|config| config.page = Some(page.to_owned()))
}

fn directive<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let policy = answer.header("content-security-policy");
    policy.split("; ").find_map(|part| part.strip_prefix(name)).unwrap_or_else(|| panic!("{name} in {policy}")).trim()
}

#[test]
fn every_place_of_the_page_is_the_page() {
    let (relay, _folder) = relay();
    for path in ["/", "/r/abcd-efgh-jkmn", "/r/ABCD%20efgh%20jkmn", "/settings?tab=sound", "/index.html"] {
        let answer = Ask::get(path).send(relay.port());
        assert_eq!((answer.status, answer.text()), (200, INDEX), "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "no-cache");
    }
    let head = Ask::new("HEAD", "/").send(relay.port());
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), INDEX.len().to_string());
}

#[test]
fn files_have_their_types_and_hashed_ones_are_kept() {
    let (relay, _folder) = relay();
    for (path, kind, cache) in [
        ("/boot.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/client-0123456789abcdef_bg.wasm", "application/wasm", "public, max-age=31536000, immutable"),
        ("/app.webmanifest", "application/manifest+json", "no-cache"),
        ("/icon.svg", "image/svg+xml", "no-cache"),
    ] {
        let answer = Ask::get(path).send(relay.port());
        assert_eq!((answer.status, answer.header("content-type")), (200, kind), "{path}");
        assert_eq!(answer.header("cache-control"), cache, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}

#[test]
fn the_policy_allows_what_the_page_needs_and_nothing_else() {
    let (relay, _folder) = relay();
    let page = Ask::get("/").send(relay.port());
    assert_eq!(directive(&page, "default-src"), "'none'");
    let hash = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='";
    assert_eq!(directive(&page, "script-src"), format!("'self' 'wasm-unsafe-eval' {hash}"));
    assert_eq!(directive(&page, "connect-src"), "'self'");
    assert_eq!(directive(&page, "frame-ancestors"), "'self'");
    assert!(page.header("permissions-policy").contains("camera=(self), microphone=(self)"));
    assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("strict-transport-security"), "", "only with a certificate from an authority");
    let script = Ask::get("/boot.js").send(relay.port());
    assert_eq!(directive(&script, "script-src"), "'self' 'wasm-unsafe-eval'", "a worker is bound by its own");
    let data = Ask::get("/api/config").send(relay.port());
    assert_eq!(data.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
}

#[test]
fn no_path_leads_out_of_the_folder() {
    let (relay, folder) = relay();
    let absolute = folder.path().join("secret.txt");
    for path in [
        "/../secret.txt",
        "/./../secret.txt",
        "/r/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "//../secret.txt",
        "/boot.js%00.txt",
        "/%c0%ae%c0%ae/secret.txt",
        &format!("/{}", absolute.display()),
        &format!("//{}", absolute.display()),
    ] {
        let answer = Ask::get(path).send(relay.port());
        assert!(answer.status == 404 || answer.status == 400, "{path}: {}", answer.status);
        assert!(!String::from_utf8_lossy(&answer.body).contains("secret"), "{path}");
    }
}

#[test]
fn what_is_not_there_is_not_the_page() {
    let (relay, _folder) = relay();
    for path in ["/missing.js", "/client-fedcba9876543210.js", "/.env", "/r/favicon.ico"] {
        let answer = Ask::get(path).send(relay.port());
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("<script"), "{path}");
    }
    for path in ["/api", "/api/", "/api/nothing", "/api/session/../nothing"] {
        let answer = Ask::get(path).send(relay.port());
        assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{path}");
    }
    let post = Ask::new("POST", "/r/abcd-efgh-jkmn").body("x").send(relay.port());
    assert_eq!((post.status, post.header("allow")), (405, "GET, HEAD"));
}

#[test]
fn a_relay_without_a_page_says_what_to_do() {
    let nowhere = tempfile::tempdir().unwrap();
    let relay = relay_with_page(nowhere.path());
    let answer = Ask::get("/").send(relay.port());
    assert_eq!(answer.status, 503);
    assert!(answer.text().contains("--page dist"), "{}", answer.text());
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
}
