//! The key that a user name and a password come to.

use std::fmt;

use aws_lc_rs::hmac;
use md5::{Digest as _, Md5};

/// Bytes of an integrity: SHA-1's.
const INTEGRITY: usize = 20;

/// The key of a long-term credential (RFC 8489 section 9.2.2): what is signed with it can only be from whoever has the
/// password. MD5 and SHA-1 are what browsers speak; the password is random and lives for an hour.
#[derive(Clone)]
pub struct Key(hmac::Key);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// The key of that user in that realm.
    #[must_use]
    pub fn long_term(username: &str, realm: &str, password: &str) -> Self {
        let mut md5 = Md5::new();
        for part in [username, ":", realm, ":", password] {
            md5.update(part.as_bytes());
        }
        Self(hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &md5.finalize()))
    }

    /// The integrity of a message whose bytes up to that attribute are these. Its length counts as if the message ended
    /// with it (RFC 8489 section 14.5).
    pub(super) fn sign(&self, covered: &[u8]) -> Option<[u8; INTEGRITY]> {
        self.context(covered)?.sign().as_ref().try_into().ok()
    }

    pub(super) fn verify(&self, covered: &[u8], integrity: &[u8]) -> bool {
        let Some(own) = self.sign(covered) else { return false };
        aws_lc_rs::constant_time::verify_slices_are_equal(&own, integrity).is_ok()
    }

    fn context(&self, covered: &[u8]) -> Option<hmac::Context> {
        let (header, rest) = covered.split_first_chunk::<4>()?;
        let [t1, t2, ..] = *header;
        let length = u16::try_from(covered.len() - super::HEADER + 4 + INTEGRITY).ok()?;
        let mut context = hmac::Context::with_key(&self.0);
        context.update(&[t1, t2]);
        context.update(&length.to_be_bytes());
        context.update(rest);
        Some(context)
    }
}
