//! The relay's own signing keys: Ed25519 (RFC 8032), one file each in the data folder.
//!
//! The newest key signs and all of them verify, each under its own `kid`. A key is made at the first start and again
//! at the first start after [`ROTATE_AFTER`]. Deleting a file ends every session that its key has signed.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde::Serialize;

use super::IdentityError;
use crate::data;

/// Seconds after which a start makes a new key. Shorter limits what a stolen key is good for; it costs a file.
const ROTATE_AFTER: u64 = 90 * 24 * 3600;

/// The keys in the folder.
pub(super) struct SigningKeys {
    signing: EncodingKey,
    signing_kid: String,
    verifying: HashMap<String, DecodingKey>,
}

/// One key, and when it was made.
struct OwnKey {
    created: u64,
    kid: String,
    signing: EncodingKey,
    verifying: DecodingKey,
}

impl SigningKeys {
    /// Reads the keys of a folder, and makes one if there is none or the newest is old.
    ///
    /// # Errors
    /// When the folder cannot be used, or a file in it is not a key.
    pub(super) fn open(folder: &Path, now: u64) -> Result<Self, IdentityError> {
        data::make_folder(folder).map_err(|error| IdentityError::File(folder.to_owned(), error))?;
        let mut keys = read_all(folder)?;
        if keys.iter().all(|key| key.created.saturating_add(ROTATE_AFTER) <= now) {
            keys.push(make(folder, now)?);
        }
        keys.sort_by(|a, b| (a.created, &a.kid).cmp(&(b.created, &b.kid)));
        let verifying = keys.iter().map(|key| (key.kid.clone(), key.verifying.clone())).collect();
        let newest = keys.pop().ok_or(IdentityError::Crypto("no key"))?;
        Ok(Self { signing: newest.signing, signing_kid: newest.kid, verifying })
    }

    /// The key of that name, for checking a signature.
    pub(super) fn verifying(&self, kid: &str) -> Option<&DecodingKey> {
        self.verifying.get(kid)
    }

    /// Signs claims with the newest key.
    pub(super) fn sign<T: Serialize>(&self, claims: &T) -> Result<String, IdentityError> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.signing_kid.clone());
        jsonwebtoken::encode(&header, claims, &self.signing).map_err(|_| IdentityError::Crypto("signing failed"))
    }
}

/// `signing-<when it was made>.pk8`: the name carries the date, because copying a file changes the file system's.
fn created(path: &Path) -> Option<u64> {
    path.file_name()?.to_str()?.strip_prefix("signing-")?.strip_suffix(".pk8")?.parse().ok()
}

fn read_all(folder: &Path) -> Result<Vec<OwnKey>, IdentityError> {
    let failed = |error| IdentityError::File(folder.to_owned(), error);
    let mut keys = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if let Some(created) = created(&path) {
            let der = fs::read(&path).map_err(|error| IdentityError::File(path.clone(), error))?;
            keys.push(own_key(created, &der).ok_or(IdentityError::Key(path))?);
        }
    }
    Ok(keys)
}

fn make(folder: &Path, now: u64) -> Result<OwnKey, IdentityError> {
    let pair = Ed25519KeyPair::generate().map_err(|_| IdentityError::Crypto("no key could be made"))?;
    let der = pair.to_pkcs8v1().map_err(|_| IdentityError::Crypto("no key could be made"))?;
    let path: PathBuf = folder.join(format!("signing-{now}.pk8"));
    data::write_private(&path, der.as_ref()).map_err(|error| IdentityError::File(path.clone(), error))?;
    own_key(now, der.as_ref()).ok_or(IdentityError::Key(path))
}

/// A key from its PKCS#8 form (RFC 5958); `None` if it is none.
fn own_key(created: u64, der: &[u8]) -> Option<OwnKey> {
    let pair = Ed25519KeyPair::from_pkcs8(der).ok()?;
    let public = pair.public_key().as_ref();
    Some(OwnKey {
        created,
        kid: thumbprint(public),
        signing: EncodingKey::from_ed_der(der),
        verifying: DecodingKey::from_ed_der(public),
    })
}

/// The key's name: its JWK thumbprint (RFC 7638 section 3, RFC 8037 section 2).
fn thumbprint(public: &[u8]) -> String {
    let x = URL_SAFE_NO_PAD.encode(public);
    let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
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
        let path = folder.path().join("signing-1.pk8");
        fs::write(&path, "not a key").unwrap();
        assert!(matches!(SigningKeys::open(folder.path(), NOW), Err(IdentityError::Key(p)) if p == path));
    }

    #[test]
    fn files_of_other_names_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("signing-1.pk8.new-7"), "half written").unwrap();
        fs::write(folder.path().join("README"), "").unwrap();
        assert_eq!(SigningKeys::open(folder.path(), NOW).unwrap().verifying.len(), 1);
    }

    #[test]
    fn the_thumbprint_is_that_of_rfc_8037_appendix_a_3() {
        let public = URL_SAFE_NO_PAD.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        assert_eq!(thumbprint(&public), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
