//! The keys of somebody else's product: a shared secret, or a file of public keys.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header};
use serde::Deserialize;

use super::IdentityError;
use super::claims::Expected;
use crate::config::{ForeignKey, ForeignTokens};
use crate::data::Stamp;

/// A secret shorter than the hash is easier to guess than the signature (RFC 7518 section 3.2).
const SECRET_BYTES: usize = 32;

/// A key together with the only algorithm it is used with: a token never chooses (RFC 8725 section 3.1).
#[derive(Clone)]
pub(super) struct PinnedKey {
    pub(super) key: DecodingKey,
    pub(super) algorithm: Algorithm,
}

/// What tokens of the other product are checked with.
pub(super) struct Foreign {
    issuer: Option<String>,
    audience: String,
    keys: Keys,
}

enum Keys {
    Secret(PinnedKey),
    Jwks(JwksFile),
}

impl Foreign {
    /// Takes the secret, or reads the file.
    pub(super) fn open(tokens: &ForeignTokens) -> Result<Self, IdentityError> {
        let keys = match &tokens.key {
            ForeignKey::Secret(secret) if secret.len() < SECRET_BYTES => return Err(IdentityError::ShortSecret),
            ForeignKey::Secret(secret) => {
                Keys::Secret(PinnedKey { key: DecodingKey::from_secret(secret), algorithm: Algorithm::HS256 })
            }
            ForeignKey::Jwks(path) => Keys::Jwks(JwksFile::open(path.clone())?),
        };
        Ok(Self { issuer: tokens.issuer.clone(), audience: tokens.audience.clone(), keys })
    }

    /// The key for a token with this header. A secret is one key whatever the `kid` says; in a file the `kid` decides.
    pub(super) fn key(&self, header: &Header) -> Option<PinnedKey> {
        match &self.keys {
            Keys::Secret(key) => Some(key.clone()),
            Keys::Jwks(file) => file.keys().get(header.kid.as_deref()?).cloned(),
        }
    }

    /// What the claims must say.
    pub(super) fn expected(&self) -> Expected<'_> {
        Expected { issuer: self.issuer.as_deref(), audience: &self.audience }
    }

    /// Reads the file again if it has changed; true if it had.
    pub(super) fn reload(&self) -> Result<bool, IdentityError> {
        match &self.keys {
            Keys::Secret(_) => Ok(false),
            Keys::Jwks(file) => file.reload(),
        }
    }
}

type KeySet = HashMap<String, PinnedKey>;

/// A JWK Set (RFC 7517 section 5) in a file.
struct JwksFile {
    path: PathBuf,
    /// Held for the time of a copy of the `Arc`; the file is read outside of it.
    loaded: Mutex<Loaded>,
}

struct Loaded {
    stamp: Option<Stamp>,
    keys: Arc<KeySet>,
}

impl JwksFile {
    fn open(path: PathBuf) -> Result<Self, IdentityError> {
        // The stamp is taken before the content: a change between the two is then seen as a change.
        let stamp = Stamp::of(&path);
        let keys = Arc::new(Self::read(&path)?);
        Ok(Self { path, loaded: Mutex::new(Loaded { stamp, keys }) })
    }

    fn keys(&self) -> Arc<KeySet> {
        Arc::clone(&self.loaded.lock().unwrap_or_else(PoisonError::into_inner).keys)
    }

    /// A file that cannot be read or has no usable key leaves the keys as they were, until it changes again.
    fn reload(&self) -> Result<bool, IdentityError> {
        let stamp = Stamp::of(&self.path);
        {
            let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
            if loaded.stamp == stamp {
                return Ok(false);
            }
            loaded.stamp = stamp;
        }
        let keys = Arc::new(Self::read(&self.path)?);
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner).keys = keys;
        Ok(true)
    }

    fn read(path: &PathBuf) -> Result<KeySet, IdentityError> {
        let text = fs::read(path).map_err(|error| IdentityError::File(path.clone(), error))?;
        key_set(&text).ok_or_else(|| IdentityError::Jwks(path.clone()))
    }
}

/// The usable keys of a set. Others are passed over, as RFC 7517 section 5 asks; `None` when nothing is left.
fn key_set(text: &[u8]) -> Option<KeySet> {
    #[derive(Deserialize)]
    struct Set {
        // Each entry is read on its own, so that one of an unknown kind does not spoil the others.
        keys: Vec<serde_json::Value>,
    }
    let set: Set = serde_json::from_slice(text).ok()?;
    let mut keys = KeySet::new();
    for (kid, key) in set.keys.into_iter().filter_map(|value| usable(&serde_json::from_value(value).ok()?)) {
        match keys.entry(kid) {
            Entry::Vacant(place) => drop(place.insert(key)),
            Entry::Occupied(place) => {
                tracing::warn!(kid = place.key(), "two keys of the set have the same kid: the first one counts");
            }
        }
    }
    (!keys.is_empty()).then_some(keys)
}

fn usable(jwk: &Jwk) -> Option<(String, PinnedKey)> {
    if jwk.common.public_key_use.as_ref().is_some_and(|used| *used != PublicKeyUse::Signature) {
        return None;
    }
    let kid = jwk.common.key_id.clone()?;
    let algorithm = pinned_algorithm(jwk)?;
    Some((kid, PinnedKey { key: DecodingKey::from_jwk(jwk).ok()?, algorithm }))
}

/// The algorithm of a key: what its `alg` says if that fits its type, else the usual one of its type. Secrets have no
/// place in a file of public keys, so `oct` has none.
fn pinned_algorithm(jwk: &Jwk) -> Option<Algorithm> {
    use KeyAlgorithm as K;
    let stated = jwk.common.key_algorithm;
    match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => match stated.unwrap_or(K::RS256) {
            alg @ (K::RS256 | K::RS384 | K::RS512 | K::PS256 | K::PS384 | K::PS512) => Algorithm::try_from(alg).ok(),
            _ => None,
        },
        AlgorithmParameters::EllipticCurve(params) => match (&params.curve, stated) {
            (EllipticCurve::P256, None | Some(K::ES256)) => Some(Algorithm::ES256),
            (EllipticCurve::P384, None | Some(K::ES384)) => Some(Algorithm::ES384),
            _ => None,
        },
        AlgorithmParameters::OctetKeyPair(params) => match (&params.curve, stated) {
            (EllipticCurve::Ed25519, None | Some(K::EdDSA)) => Some(Algorithm::EdDSA),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ED_X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn set(keys: serde_json::Value) -> Option<KeySet> {
        key_set(serde_json::json!({ "keys": keys }).to_string().as_bytes())
    }

    fn algorithm(key: serde_json::Value) -> Option<Algorithm> {
        set(serde_json::json!([key])).map(|keys| keys.values().next().unwrap().algorithm)
    }

    #[test]
    fn the_algorithm_is_the_keys_and_must_fit_its_type() {
        use serde_json::json;
        let okp = |alg| algorithm(json!({"kty":"OKP","crv":"Ed25519","x":ED_X,"kid":"k","alg":alg}));
        assert_eq!(okp(Some("EdDSA")), Some(Algorithm::EdDSA));
        assert_eq!(okp(None), Some(Algorithm::EdDSA));
        assert_eq!(okp(Some("HS256")), None);
        let rsa = |alg| algorithm(json!({"kty":"RSA","n":"AQAB","e":"AQAB","kid":"k","alg":alg}));
        assert_eq!(rsa(None), Some(Algorithm::RS256));
        assert_eq!(rsa(Some("PS384")), Some(Algorithm::PS384));
        assert_eq!(rsa(Some("HS256")), None);
        assert_eq!(rsa(Some("none")), None);
        let ec = |crv, alg| algorithm(json!({"kty":"EC","crv":crv,"x":"AQ","y":"AQ","kid":"k","alg":alg}));
        assert_eq!(ec("P-256", None), Some(Algorithm::ES256));
        assert_eq!(ec("P-384", None), Some(Algorithm::ES384));
        assert_eq!(ec("P-256", Some("ES384")), None);
        assert_eq!(ec("P-521", None), None);
    }

    #[test]
    fn what_is_not_a_public_signing_key_with_a_name_is_passed_over() {
        use serde_json::json;
        let good = json!({"kty":"OKP","crv":"Ed25519","x":ED_X,"kid":"good"});
        let nameless = json!({"kty":"OKP","crv":"Ed25519","x":ED_X});
        let encryption = json!({"kty":"OKP","crv":"Ed25519","x":ED_X,"kid":"enc","use":"enc"});
        let secret = json!({"kty":"oct","k":"c2VjcmV0","kid":"oct","alg":"HS256"});
        let unknown = json!({"kty":"AKP","kid":"later"});
        let keys = set(json!([nameless, encryption, secret, unknown, 7, good])).unwrap();
        assert_eq!(keys.keys().collect::<Vec<_>>(), ["good"]);
        assert!(set(json!([])).is_none());
        assert!(key_set(b"{}").is_none());
        assert!(key_set(b"nonsense").is_none());
    }

    #[test]
    fn a_short_secret_is_refused() {
        let tokens = |secret: &str| ForeignTokens {
            key: ForeignKey::Secret(secret.into()),
            issuer: None,
            audience: "alo".into(),
        };
        assert!(matches!(Foreign::open(&tokens("short")), Err(IdentityError::ShortSecret)));
        assert!(Foreign::open(&tokens("a secret of at least 32 bytes, so there")).is_ok());
    }

    #[test]
    fn a_file_is_read_again_when_it_changes_and_kept_when_it_breaks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jwks.json");
        let write = |kids: &[&str]| {
            let keys: Vec<_> =
                kids.iter().map(|kid| serde_json::json!({"kty":"OKP","crv":"Ed25519","x":ED_X,"kid":kid})).collect();
            fs::write(&path, serde_json::json!({ "keys": keys }).to_string()).unwrap();
        };
        write(&["one"]);
        let file = JwksFile::open(path.clone()).unwrap();
        assert!(!file.reload().unwrap());
        write(&["one", "two"]);
        assert!(file.reload().unwrap());
        assert!(file.keys().contains_key("two"));
        fs::write(&path, "broken").unwrap();
        assert!(matches!(file.reload(), Err(IdentityError::Jwks(_))));
        assert!(file.keys().contains_key("two"), "the keys before stay");
        assert!(!file.reload().unwrap(), "said once, not every time");
    }
}
