//! Who the relay is to push services: a key of its own, by which browsers tie a subscription to it (RFC 8292).
//!
//! It is made at the first start and kept in the data folder for good, because with another one every subscription would
//! be worth nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use crate::data;

/// The file's name among the keys.
const FILE: &str = "push.pk8";
/// Seconds a signature is good for; a day is the most that is allowed (RFC 8292 section 2).
const LIFE: u64 = 12 * 3_600;

/// Why there is no key. The words are for the person who starts the relay.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file or its folder cannot be used.
    #[error("{}: {}", .0.display(), .1)]
    File(PathBuf, #[source] io::Error),
    /// The file is no key.
    #[error("{} is not a key: restore it, or delete it and everyone turns notifications on again", .0.display())]
    Broken(PathBuf),
    /// The cryptography library refused.
    #[error("no key for push services could be made")]
    Crypto,
}

/// The relay's key (VAPID).
pub(super) struct Key {
    signing: EncodingKey,
    /// The public half, as a page hands it to `PushManager.subscribe`: base64url of a point that is not compressed.
    public: String,
    /// Where the operator can be reached, as a `mailto:` or `https:` URI.
    contact: Option<String>,
}

/// The claims of a signature (RFC 8292 section 2).
#[derive(Serialize)]
struct Claims<'a> {
    /// The origin of the push service.
    aud: &'a str,
    exp: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
}

impl Key {
    /// Reads the key from the folder of keys, or makes it there.
    ///
    /// # Errors
    /// When the file cannot be used, or is no key.
    pub(super) fn open(folder: &Path, contact: Option<String>) -> Result<Self, KeyError> {
        let path = folder.join(FILE);
        let failed = |error| KeyError::File(path.clone(), error);
        let der = match fs::read(&path) {
            Ok(der) => der,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let der = make()?;
                data::make_folder(folder).map_err(failed)?;
                data::write_private(&path, &der).map_err(failed)?;
                der
            }
            Err(error) => return Err(failed(error)),
        };
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der);
        let pair = pair.map_err(|_| KeyError::Broken(path.clone()))?;
        let public = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        Ok(Self { signing: EncodingKey::from_ec_der(&der), public, contact })
    }

    /// The public half.
    #[must_use]
    pub(super) fn public(&self) -> &str {
        &self.public
    }

    /// The `Authorization` of a request to the push service with that origin (RFC 8292 section 3). `now` is in seconds
    /// since 1970; `None` if signing fails.
    #[must_use]
    pub(super) fn authorization(&self, origin: &str, now: u64) -> Option<String> {
        let claims = Claims { aud: origin, exp: now.saturating_add(LIFE), sub: self.contact.as_deref() };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &self.signing).ok()?;
        Some(format!("vapid t={token}, k={}", self.public))
    }
}

fn make() -> Result<Vec<u8>, KeyError> {
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    Ok(document.map_err(|_| KeyError::Crypto)?.as_ref().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        let first = Key::open(&keys, None).unwrap();
        assert_eq!(first.public(), Key::open(&keys, None).unwrap().public());
        assert_eq!(URL_SAFE_NO_PAD.decode(first.public()).unwrap().len(), 65);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(keys.join(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_broken_key_is_named_instead_of_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "no key").unwrap();
        let error = Key::open(folder.path(), None).err().unwrap();
        assert!(error.to_string().contains(FILE), "{error}");
    }
}
