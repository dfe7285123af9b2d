//! The relay's own signing keys: secrets for HMAC with SHA-256 (RFC 7518 section 3.2), one file each in the data folder.
//!
//! The newest key signs and all of them verify, each under its own `kid`. A key is made at the first start and again
//! at the first start after [`ROTATE_AFTER`]. Deleting a file ends every session that its key has signed.
//!
//! Nobody but the relay reads its tokens, so nobody needs a public key. Checking an HMAC is so much quicker than checking a
//! signature that a page that comes in costs about a third of the CPU (`bench load`).
//! Keys for Ed25519 (RFC 8032), which signed before, verify what they signed until that has expired.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use aws_lc_rs::{digest, rand};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde::Serialize;

use super::IdentityError;
use super::foreign::PinnedKey;
use crate::data;

/// Seconds after which a start makes a new key. Shorter limits what a stolen key is good for; it costs a file.
const ROTATE_AFTER: u64 = 90 * 24 * 3600;
/// As long as what the hash puts out, which is the least there may be (RFC 7518 section 3.2).
const SECRET_BYTES: usize = 32;

/// The keys in the folder.
pub(super) struct SigningKeys {
    signing: EncodingKey,
    signing_kid: String,
    verifying: HashMap<String, PinnedKey>,
}

/// A key, and when it was made.
struct OwnKey {
    created: u64,
    kid: String,
    /// Nothing for one that only verifies.
    signing: Option<EncodingKey>,
    verifying: PinnedKey,
}

impl SigningKeys {
    /// Reads the keys of a folder, and makes one if there is none or the newest is old.
    ///
    /// # Errors
    /// When the folder cannot be used, or a file in it is not a key.
    pub(super) fn open(folder: &Path, now: u64) -> Result<Self, IdentityError> {
        data::make_folder(folder).map_err(|error| IdentityError::File(folder.to_owned(), error))?;
        let mut keys = read_all(folder)?;
        let young = |key: &OwnKey| key.signing.is_some() && key.created.saturating_add(ROTATE_AFTER) > now;
        if !keys.iter().any(young) {
            keys.push(make(folder, now)?);
        }
        let verifying = keys.iter().map(|key| (key.kid.clone(), key.verifying.clone())).collect();
        keys.retain(|key| key.signing.is_some());
        let newest = keys.into_iter().max_by(|a, b| (a.created, &a.kid).cmp(&(b.created, &b.kid)));
        let newest = newest.and_then(|key| Some((key.signing?, key.kid)));
        let (signing, signing_kid) = newest.ok_or(IdentityError::Crypto("no key"))?;
        Ok(Self { signing, signing_kid, verifying })
    }

    /// The key of that name, for checking a signature.
    pub(super) fn verifying(&self, kid: &str) -> Option<&PinnedKey> {
        self.verifying.get(kid)
    }

    /// Signs claims with the newest key.
    pub(super) fn sign<T: Serialize>(&self, claims: &T) -> Result<String, IdentityError> {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(self.signing_kid.clone());
        jsonwebtoken::encode(&header, claims, &self.signing).map_err(|_| IdentityError::Crypto("signing failed"))
    }
}

/// Makes a key of when it was made and a file's content.
type Read = fn(u64, &[u8]) -> Option<OwnKey>;

/// What a file is by its name, `signing-<when it was made>` with an extension: the name carries the date, because copying
/// a file changes the file system's.
fn named(path: &Path) -> Option<(u64, Read)> {
    let (created, extension) = path.file_name()?.to_str()?.strip_prefix("signing-")?.split_once('.')?;
    let read: Read = match extension {
        "hmac" => secret_key,
        "pk8" => former_key,
        _ => return None,
    };
    Some((created.parse().ok()?, read))
}

fn read_all(folder: &Path) -> Result<Vec<OwnKey>, IdentityError> {
    let failed = |error| IdentityError::File(folder.to_owned(), error);
    let mut keys = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if let Some((created, read)) = named(&path) {
            let bytes = fs::read(&path).map_err(|error| IdentityError::File(path.clone(), error))?;
            keys.push(read(created, &bytes).ok_or(IdentityError::Key(path))?);
        }
    }
    Ok(keys)
}

fn make(folder: &Path, now: u64) -> Result<OwnKey, IdentityError> {
    let mut secret = [0; SECRET_BYTES];
    rand::fill(&mut secret).map_err(|_| IdentityError::Crypto("no key could be made"))?;
    let path: PathBuf = folder.join(format!("signing-{now}.hmac"));
    data::write_private(&path, &secret).map_err(|error| IdentityError::File(path.clone(), error))?;
    secret_key(now, &secret).ok_or(IdentityError::Key(path))
}

/// A key from its bytes; `None` if they are too few or too many.
fn secret_key(created: u64, secret: &[u8]) -> Option<OwnKey> {
    (secret.len() == SECRET_BYTES).then(|| OwnKey {
        created,
        // With 256 random bits, nothing can be learnt of them from this (RFC 7638 section 7).
        kid: thumbprint(&format!(r#"{{"k":"{}","kty":"oct"}}"#, URL_SAFE_NO_PAD.encode(secret))),
        signing: Some(EncodingKey::from_secret(secret)),
        verifying: PinnedKey { key: DecodingKey::from_secret(secret), algorithm: Algorithm::HS256 },
    })
}

/// A key for Ed25519 from its PKCS#8 form (RFC 5958); `None` if it is none.
fn former_key(created: u64, der: &[u8]) -> Option<OwnKey> {
    let pair = Ed25519KeyPair::from_pkcs8(der).ok()?;
    let public = pair.public_key().as_ref();
    Some(OwnKey {
        created,
        kid: thumbprint(&format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, URL_SAFE_NO_PAD.encode(public))),
        signing: None,
        verifying: PinnedKey { key: DecodingKey::from_ed_der(public), algorithm: Algorithm::EdDSA },
    })
}

/// A key's name: the thumbprint of its JWK, which is given with the required members alone, in order (RFC 7638 section 3).
fn thumbprint(jwk: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, jwk.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    #[test]
    fn a_key_is_made_once_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let first = SigningKeys::open(folder.path(), NOW).unwrap();
        let second = SigningKeys::open(folder.path(), NOW + 1).unwrap();
        assert_eq!(first.signing_kid, second.signing_kid);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_old_key_is_followed_by_a_new_one_and_still_verifies() {
        let folder = tempfile::tempdir().unwrap();
        let first = SigningKeys::open(folder.path(), NOW).unwrap();
        let later = SigningKeys::open(folder.path(), NOW + ROTATE_AFTER).unwrap();
        assert_ne!(first.signing_kid, later.signing_kid);
        assert!(later.verifying(&first.signing_kid).is_some());
        let same = SigningKeys::open(folder.path(), NOW + ROTATE_AFTER + 1).unwrap();
        assert_eq!(same.signing_kid, later.signing_kid);
    }

    #[test]
    fn a_broken_key_file_is_named_instead_of_replaced() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["signing-1.hmac", "signing-1.pk8"] {
            let path = folder.path().join(name);
            fs::write(&path, "not a key").unwrap();
            assert!(matches!(SigningKeys::open(folder.path(), NOW), Err(IdentityError::Key(p)) if p == path));
            fs::remove_file(path).unwrap();
        }
    }

    #[test]
    fn files_of_other_names_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("signing-1.hmac.new-7"), "half written").unwrap();
        fs::write(folder.path().join("README"), "").unwrap();
        assert_eq!(SigningKeys::open(folder.path(), NOW).unwrap().verifying.len(), 1);
    }

    #[test]
    fn the_thumbprint_is_that_of_rfc_8037_appendix_a_3() {
        let jwk = r#"{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        assert_eq!(thumbprint(jwk), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn a_key_that_signed_before_verifies_and_signs_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let pair = Ed25519KeyPair::generate().unwrap().to_pkcs8v1().unwrap();
        fs::write(folder.path().join(format!("signing-{NOW}.pk8")), pair.as_ref()).unwrap();
        let keys = SigningKeys::open(folder.path(), NOW + 1).unwrap();
        assert_eq!(keys.verifying.len(), 2, "one was made to sign");
        assert_eq!(keys.verifying(&keys.signing_kid).unwrap().algorithm, Algorithm::HS256);
        let former = former_key(NOW, pair.as_ref()).unwrap();
        assert_eq!(keys.verifying(&former.kid).unwrap().algorithm, Algorithm::EdDSA);
    }
}
