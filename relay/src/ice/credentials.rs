//! Time-limited credentials for TURN servers, by the rules that TURN servers share (draft-uberti-behave-turn-rest
//! section 2.2): the user name says until when it is good and for whom, and the password is its HMAC-SHA1.

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use protocol::{DeviceId, UserId};

/// What user names are signed with. Whoever knows it can make credentials.
#[derive(Clone)]
pub struct Secret(hmac::Key);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// The secret that TURN servers were given as well.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret))
    }

    /// One that nobody knows; `None` when the system has no randomness to give.
    #[must_use]
    pub fn random() -> Option<Self> {
        let mut secret = [0; 32];
        aws_lc_rs::rand::fill(&mut secret).ok()?;
        Some(Self::new(&secret))
    }

    /// The password of a user name, in base64.
    #[must_use]
    pub fn password(&self, username: &str) -> String {
        STANDARD.encode(hmac::sign(&self.0, username.as_bytes()))
    }
}

/// Whom a user name is for, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// Seconds since 1970.
    pub expires: u64,
    /// Whose it is.
    pub user: UserId,
    /// The page it was given to.
    pub device: DeviceId,
}

impl Bearer {
    /// The user name. The user's id stands in base64url: it may have any characters, and browsers would normalise them.
    #[must_use]
    pub fn username(&self) -> String {
        format!("{}:{}:{}", self.expires, URL_SAFE_NO_PAD.encode(self.user.as_str()), self.device)
    }

    /// Reads a user name; `None` if it is none of ours. It says nothing until its password is checked.
    #[must_use]
    pub fn read(username: &str) -> Option<Self> {
        let mut parts = username.splitn(3, ':');
        let expires = parts.next()?.parse().ok()?;
        let user = String::from_utf8(URL_SAFE_NO_PAD.decode(parts.next()?).ok()?).ok()?;
        Some(Self { expires, user: user.parse().ok()?, device: parts.next()?.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(user: &str) -> Bearer {
        Bearer { expires: 1_763_900_000, user: user.parse().unwrap(), device: "d_2f8c01b9a77e4d51".parse().unwrap() }
    }

    #[test]
    fn a_user_name_is_read_again_whoever_it_is() {
        for user in ["guest:k3v9", "bình:á:đ", "a"] {
            let username = bearer(user).username();
            assert!(username.is_ascii() && username.len() < 509, "{username}");
            assert_eq!(Bearer::read(&username), Some(bearer(user)));
        }
        assert_eq!(bearer("guest:k3v9").username(), "1763900000:Z3Vlc3Q6azN2OQ:d_2f8c01b9a77e4d51");
    }

    #[test]
    fn what_is_no_user_name_of_ours_is_none() {
        for username in
            ["", "ann", "1763900000", "1763900000:ann", "x:YW5u:d_2f8c01b9a77e4d51", "1:!:d_2f8c01b9a77e4d51"]
        {
            assert_eq!(Bearer::read(username), None, "{username}");
        }
    }

    /// Computed with: printf %s USERNAME | openssl dgst -sha1 -hmac north -binary | base64
    #[test]
    fn the_password_is_what_other_programs_make_of_it() {
        let secret = Secret::new(b"north");
        assert_eq!(secret.password("1763900000:Z3Vlc3Q6azN2OQ:d_2f8c01b9a77e4d51"), "N+aG5AuTYUsHIT+bZDsppwgMRCk=");
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
