//! Tokens that must be refused, and those that must not: by story, against keys made for the test.

use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use jsonwebtoken::Header;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::config::{ForeignKey, ForeignTokens};

const NOW: u64 = 1_800_000_000;
const SECRET: &[u8] = b"a secret that both products know, 0";

fn guests() -> (Identity, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (Identity::open(folder.path(), &SignIn::default(), NOW).unwrap(), folder)
}

fn foreign(key: ForeignKey, issuer: Option<&str>) -> (Identity, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let tokens = ForeignTokens { key, issuer: issuer.map(str::to_owned), audience: "alo".into() };
    let sign_in = SignIn { tokens: Some(tokens), ..SignIn::default() };
    (Identity::open(folder.path(), &sign_in, NOW).unwrap(), folder)
}

fn good_claims() -> Value {
    json!({ "sub": "ann@example.org", "name": "Ann", "aud": "alo", "nbf": NOW, "exp": NOW + 3600 })
}

/// Claims of the relay's own kind.
fn own_claims() -> Value {
    json!({ "iss": "alo", "aud": "alo:session", "sub": "guest:ann", "name": "Ann", "nbf": NOW, "exp": NOW + 3600 })
}

fn with(mut claims: Value, key: &str, value: impl Into<Value>) -> Value {
    claims[key] = value.into();
    claims
}

fn signed(algorithm: Algorithm, kid: Option<&str>, claims: &Value, key: &EncodingKey) -> String {
    let mut header = Header::new(algorithm);
    header.kid = kid.map(str::to_owned);
    jsonwebtoken::encode(&header, claims, key).unwrap()
}

fn hs256(claims: &Value) -> String {
    signed(Algorithm::HS256, None, claims, &EncodingKey::from_secret(SECRET))
}

/// A token put together by hand, for headers that no library would write.
fn by_hand(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}

fn kid_of(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

fn bad<T>(result: Result<T, TokenError>) -> &'static str {
    match result.err() {
        Some(TokenError::Bad(why)) => why,
        other => panic!("not refused as bad but {other:?}"),
    }
}

#[test]
fn a_guest_is_who_they_were_until_the_token_ends() {
    let (identity, _folder) = guests();
    let session = identity.guest("Ann".into(), NOW).unwrap();
    let verified = identity.verify(&session.token, NOW + 5).unwrap();
    assert_eq!(verified.person, session.user);
    assert!(verified.is_guest());
    assert_eq!(verified.expires, NOW + LIFE);
    assert_eq!(identity.verify(&session.token, NOW + LIFE + 61), Err(TokenError::Expired));
}

#[test]
fn two_guests_of_one_name_are_two_people() {
    let (identity, _folder) = guests();
    let ids = [(); 2].map(|()| identity.guest("Ann".into(), NOW).unwrap().user.id);
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn renewing_keeps_the_id_and_may_change_the_name() {
    let (identity, _folder) = guests();
    let first = identity.guest("Ann".into(), NOW).unwrap();
    let verified = identity.verify(&first.token, NOW).unwrap();
    let renewed = identity.renew(verified, Some("Anna".into()), NOW + 86_400).unwrap();
    let again = identity.verify(&renewed.token, NOW + LIFE + 3600).unwrap();
    assert_eq!((again.person.id, again.person.name.as_str()), (first.user.id, "Anna"));
}

#[test]
fn a_token_outlives_a_restart_and_a_rotation_of_keys() {
    let (identity, folder) = guests();
    let session = identity.guest("Ann".into(), NOW).unwrap();
    drop(identity);
    let restarted = Identity::open(folder.path(), &SignIn::default(), NOW + 1).unwrap();
    assert!(restarted.verify(&session.token, NOW + 1).is_ok());

    let later = NOW + 89 * 86_400;
    let old = restarted.guest("Bob".into(), later).unwrap().token;
    let rotated = Identity::open(folder.path(), &SignIn::default(), NOW + 91 * 86_400).unwrap();
    let fresh = rotated.guest("Cy".into(), NOW + 91 * 86_400).unwrap().token;
    assert_ne!(kid_of(&old), kid_of(&fresh));
    assert!(rotated.verify(&old, NOW + 91 * 86_400).is_ok());
}

#[test]
fn a_token_of_another_relay_is_refused() {
    let (identity, _folder) = guests();
    let (other, _other_folder) = guests();
    let token = other.guest("Ann".into(), NOW).unwrap().token;
    assert_eq!(bad(identity.verify(&token, NOW)), "unknown key");
}

#[test]
fn guests_are_refused_where_only_accounts_come_in() {
    let (open, folder) = guests();
    let token = open.guest("Ann".into(), NOW).unwrap().token;
    let sign_in = SignIn { guests: false, ..SignIn::default() };
    let closed = Identity::open(folder.path(), &sign_in, NOW).unwrap();
    assert_eq!(bad(closed.verify(&token, NOW)), "guests are not let in");
}

#[test]
fn a_tampered_token_is_refused() {
    let (identity, _folder) = guests();
    let token = identity.guest("Ann".into(), NOW).unwrap().token;
    let parts: Vec<&str> = token.split('.').collect();
    let [head, claims, signature] = parts[..] else { panic!("three parts") };
    let other = URL_SAFE_NO_PAD.encode(with(own_claims(), "sub", "guest:root").to_string());
    assert_eq!(bad(identity.verify(&format!("{head}.{other}.{signature}"), NOW)), "wrong signature");
    let mut flipped = URL_SAFE_NO_PAD.decode(signature).unwrap();
    flipped[0] ^= 1;
    let flipped = URL_SAFE_NO_PAD.encode(flipped);
    assert_eq!(bad(identity.verify(&format!("{head}.{claims}.{flipped}"), NOW)), "wrong signature");
    for cut in [format!("{head}.{claims}."), format!("{head}.{claims}"), head.to_owned(), format!("{token}.x")] {
        bad(identity.verify(&cut, NOW));
    }
}

#[test]
fn what_is_no_token_is_refused() {
    let (identity, _folder) = guests();
    let huge = "a.".repeat(limits::TOKEN_BYTES);
    for text in ["", ".", "..", "...", "a.b.c", "null", "\u{0}", "é.é.é", huge.as_str()] {
        bad(identity.verify(text, NOW));
    }
    assert_eq!(bad(identity.verify(&huge, NOW)), "too long");
    let nested = "[".repeat(2000);
    bad(identity.verify(&format!("{}.e30.c2ln", URL_SAFE_NO_PAD.encode(nested)), NOW));
}

#[test]
fn an_unsigned_token_is_refused_in_every_spelling() {
    let (identity, _folder) = guests();
    let kid = kid_of(&identity.guest("Ann".into(), NOW).unwrap().token);
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        for kid in [Some(&kid), None] {
            let token = by_hand(&json!({ "alg": alg, "kid": kid, "typ": "JWT" }), &own_claims(), "");
            bad(identity.verify(&token, NOW));
        }
    }
}

/// A relay that signed with Ed25519 before; the key, and its name.
fn guests_of_before() -> (Identity, TempDir, Ed25519KeyPair, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("keys")).unwrap();
    let der = Ed25519KeyPair::generate().unwrap().to_pkcs8v1().unwrap();
    std::fs::write(folder.path().join("keys/signing-1.pk8"), der.as_ref()).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(der.as_ref()).unwrap();
    let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
    let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    let kid = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, jwk.as_bytes()));
    (Identity::open(folder.path(), &SignIn::default(), NOW).unwrap(), folder, pair, kid)
}

#[test]
fn a_token_of_before_is_good_until_it_ends() {
    let (identity, folder, _, kid) = guests_of_before();
    let key = EncodingKey::from_ed_der(&std::fs::read(folder.path().join("keys/signing-1.pk8")).unwrap());
    let token = signed(Algorithm::EdDSA, Some(&kid), &own_claims(), &key);
    assert_eq!(identity.verify(&token, NOW).unwrap().person.name, "Ann");
    assert_ne!(kid_of(&identity.guest("Bob".into(), NOW).unwrap().token), kid, "the next is signed with another");
}

#[test]
fn the_public_key_is_not_a_secret_to_sign_with() {
    let (identity, _folder, pair, kid) = guests_of_before();
    let key = EncodingKey::from_secret(pair.public_key().as_ref());
    let forged = signed(Algorithm::HS256, Some(&kid), &own_claims(), &key);
    assert_eq!(bad(identity.verify(&forged, NOW)), "another algorithm than the key's");
}

#[test]
fn own_claims_are_checked_like_any_others() {
    let (identity, folder) = guests();
    let token = identity.guest("Ann".into(), NOW).unwrap().token;
    let file = std::fs::read_dir(folder.path().join("keys")).unwrap().next().unwrap().unwrap().path();
    let key = EncodingKey::from_secret(&std::fs::read(file).unwrap());
    let verify = |claims: Value| identity.verify(&signed(Algorithm::HS256, Some(&kid_of(&token)), &claims, &key), NOW);
    assert!(verify(own_claims()).is_ok(), "the test's own tokens are good");
    assert_eq!(bad(verify(with(own_claims(), "iss", "else"))), "another issuer");
    assert_eq!(bad(verify(with(own_claims(), "aud", "alo"))), "another audience");
    assert_eq!(bad(verify(with(own_claims(), "nbf", NOW + 61))), "not good yet");
    assert_eq!(bad(verify(with(own_claims(), "sub", "ann"))), "not a guest");
    assert_eq!(verify(with(own_claims(), "exp", NOW - 61)).unwrap_err(), TokenError::Expired);
    for claim in ["exp", "nbf", "aud", "iss", "sub", "name"] {
        let mut claims = own_claims();
        claims.as_object_mut().unwrap().remove(claim);
        bad(verify(claims));
        bad(verify(with(own_claims(), claim, json!({}))));
    }
    bad(verify(with(own_claims(), "exp", (NOW + 3600).to_string())));
}

#[test]
fn a_critical_extension_nobody_here_knows_is_refused() {
    let (identity, _folder) = foreign(ForeignKey::Secret(SECRET.into()), None);
    let mut header = Header::new(Algorithm::HS256);
    header.crit = Some(vec!["b64".into()]);
    let token = jsonwebtoken::encode(&header, &good_claims(), &EncodingKey::from_secret(SECRET)).unwrap();
    assert_eq!(bad(identity.verify(&token, NOW)), "asks for an unknown extension");
}

#[test]
fn another_products_token_says_who_somebody_is() {
    let (identity, _folder) = foreign(ForeignKey::Secret(SECRET.into()), None);
    let claims = with(good_claims(), "avatar", "https://example.org/a.png");
    let verified = identity.verify(&hs256(&claims), NOW).unwrap();
    assert_eq!(verified.person.id.as_str(), "ann@example.org");
    assert_eq!(verified.person.name, "Ann");
    assert_eq!(verified.person.avatar.as_deref(), Some("https://example.org/a.png"));
    assert!(!verified.is_guest());
}

#[test]
fn another_products_token_cannot_be_a_guests() {
    let (identity, _folder) = foreign(ForeignKey::Secret(SECRET.into()), None);
    let guest = identity.guest("Ann".into(), NOW).unwrap().user.id;
    let token = hs256(&with(good_claims(), "sub", guest.as_str()));
    assert_eq!(bad(identity.verify(&token, NOW)), "the ids of guests are taken");
}

#[test]
fn another_products_claims_are_checked() {
    let (identity, _folder) = foreign(ForeignKey::Secret(SECRET.into()), Some("https://chat.example"));
    let good = || with(good_claims(), "iss", "https://chat.example");
    let verify = |claims: Value| identity.verify(&hs256(&claims), NOW);
    assert!(verify(good()).is_ok());
    assert!(verify(with(good(), "aud", json!(["chat", "alo"]))).is_ok());
    assert_eq!(bad(verify(good_claims())), "another issuer");
    assert_eq!(bad(verify(with(good(), "iss", "https://evil.example"))), "another issuer");
    assert_eq!(bad(verify(with(good(), "aud", "chat"))), "another audience");
    assert_eq!(bad(verify(with(good(), "nbf", NOW + 61))), "not good yet");
    assert_eq!(bad(verify(with(good(), "exp", "soon"))), "a claim is missing or of the wrong type");
    assert_eq!(bad(verify(with(good(), "sub", "a b"))), "sub is not a user id");
    assert_eq!(bad(verify(with(good(), "sub", ""))), "sub is not a user id");
    assert_eq!(bad(verify(with(good(), "name", "\u{200b}"))), "the name is empty");
    assert_eq!(verify(with(good(), "exp", NOW - 60)).unwrap_err(), TokenError::Expired);
}

#[test]
fn a_long_name_of_another_product_is_cut_and_a_bad_picture_left_out() {
    let (identity, _folder) = foreign(ForeignKey::Secret(SECRET.into()), None);
    let name_of = |name: &str| identity.verify(&hs256(&with(good_claims(), "name", name)), NOW).unwrap().person.name;
    assert_eq!(name_of(&"ễ".repeat(80)).chars().count(), limits::NAME_CHARS);
    let picture =
        |address: &str| identity.verify(&hs256(&with(good_claims(), "avatar", address)), NOW).unwrap().person.avatar;
    let long = format!("https://example.org/{}", "a".repeat(limits::AVATAR_BYTES));
    for address in
        ["http://example.org/a.png", "javascript:alert(1)", "https://", "https://a/\"onerror=", "data:,", &long]
    {
        assert_eq!(picture(address), None, "{address}");
    }
}

#[test]
fn another_secret_or_algorithm_is_refused() {
    let (identity, _folder) = foreign(ForeignKey::Secret(SECRET.into()), None);
    let other = EncodingKey::from_secret(b"another secret of thirty-two bytes");
    assert_eq!(bad(identity.verify(&signed(Algorithm::HS256, None, &good_claims(), &other), NOW)), "wrong signature");
    let same = EncodingKey::from_secret(SECRET);
    let hs512 = signed(Algorithm::HS512, None, &good_claims(), &same);
    assert_eq!(bad(identity.verify(&hs512, NOW)), "another algorithm than the key's");
}

/// A product with public keys: its file, and how it signs.
struct Product {
    folder: TempDir,
    keys: Vec<Value>,
}

impl Product {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), keys: Vec::new() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("jwks.json")
    }

    fn publish(&self) {
        std::fs::write(self.path(), json!({ "keys": self.keys }).to_string()).unwrap();
    }

    fn ed25519(&mut self, kid: &str) -> EncodingKey {
        let pair = Ed25519KeyPair::generate().unwrap();
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        self.keys.push(json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": kid }));
        EncodingKey::from_ed_der(pair.to_pkcs8v1().unwrap().as_ref())
    }

    fn p256(&mut self, kid: &str) -> EncodingKey {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref()).unwrap();
        // An uncompressed point: 4, then x and y of 32 bytes each.
        let point = pair.public_key().as_ref();
        let [x, y] = [&point[1..33], &point[33..]].map(|half| URL_SAFE_NO_PAD.encode(half));
        self.keys
            .push(json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid, "alg": "ES256", "use": "sig" }));
        EncodingKey::from_ec_der(document.as_ref())
    }
}

#[test]
fn public_keys_are_found_by_kid_and_used_with_their_own_algorithm_only() {
    let mut product = Product::new();
    let ed = product.ed25519("ed");
    let ec = product.p256("ec");
    product.publish();
    let (identity, _folder) = foreign(ForeignKey::Jwks(product.path()), None);
    let verify = |alg, kid, key| identity.verify(&signed(alg, kid, &good_claims(), key), NOW);
    assert!(verify(Algorithm::EdDSA, Some("ed"), &ed).is_ok());
    assert!(verify(Algorithm::ES256, Some("ec"), &ec).is_ok());
    assert_eq!(bad(verify(Algorithm::EdDSA, Some("ec"), &ed)), "another algorithm than the key's");
    assert_eq!(bad(verify(Algorithm::EdDSA, Some("nobody"), &ed)), "unknown key");
    assert_eq!(bad(verify(Algorithm::EdDSA, None, &ed)), "unknown key");
    let stranger = Product::new().ed25519("ed");
    assert_eq!(bad(verify(Algorithm::EdDSA, Some("ed"), &stranger)), "wrong signature");
}

#[test]
fn a_public_key_of_the_file_is_not_a_secret_to_sign_with() {
    let mut product = Product::new();
    product.ed25519("ed");
    product.publish();
    let (identity, _folder) = foreign(ForeignKey::Jwks(product.path()), None);
    let x = URL_SAFE_NO_PAD.decode(product.keys[0]["x"].as_str().unwrap()).unwrap();
    let forged = signed(Algorithm::HS256, Some("ed"), &good_claims(), &EncodingKey::from_secret(&x));
    assert_eq!(bad(identity.verify(&forged, NOW)), "another algorithm than the key's");
}

#[test]
fn keys_can_be_rotated_while_the_relay_runs() {
    let mut product = Product::new();
    let old = product.ed25519("2026-10");
    product.publish();
    let (identity, _folder) = foreign(ForeignKey::Jwks(product.path()), None);
    let verify = |kid, key| identity.verify(&signed(Algorithm::EdDSA, Some(kid), &good_claims(), key), NOW);

    let new = product.ed25519("2026-11");
    assert_eq!(bad(verify("2026-11", &new)), "unknown key");
    product.publish();
    assert!(identity.reload().unwrap());
    assert!(verify("2026-10", &old).is_ok());
    assert!(verify("2026-11", &new).is_ok());

    product.keys.remove(0);
    product.publish();
    assert!(identity.reload().unwrap());
    assert_eq!(bad(verify("2026-10", &old)), "unknown key");
}

#[test]
fn a_missing_file_is_named_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nowhere.json");
    let tokens = ForeignTokens { key: ForeignKey::Jwks(path.clone()), issuer: None, audience: "alo".into() };
    let sign_in = SignIn { tokens: Some(tokens), ..SignIn::default() };
    let error = Identity::open(folder.path(), &sign_in, NOW).unwrap_err();
    assert!(error.to_string().contains("nowhere.json"), "{error}");
}
