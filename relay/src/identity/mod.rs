//! Who somebody is: signed tokens (RFC 7519), made here for guests and accepted from one other product.
//!
//! A guest gives a name and gets a token of [`LIFE`] seconds, signed with the relay's own key (`keys`); the page
//! renews it long before. Another product's tokens are checked the same way with its key (`foreign`). Which key and
//! which algorithm apply follows from the `kid` and from what the key is, never from what the token asks for
//! (RFC 8725 section 3.1). Tokens are never logged.

mod claims;
mod foreign;
mod keys;
pub mod routes;
mod signed_in;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Header, Validation};
use protocol::{Person, UserId, limits};
use serde::Serialize;
use utoipa::ToSchema;

use self::claims::{Audience, Claims, Expected, NumericDate};
use self::foreign::{Foreign, PinnedKey};
use self::keys::SigningKeys;
pub use self::signed_in::SignedIn;
use crate::api::shapes;
use crate::config::SignIn;
use crate::names;

/// Seconds a guest's token is good for: who comes back within it is the same person as before.
pub const LIFE: u64 = 30 * 24 * 3600;

/// What the ids of guests begin with, and those of other products must not.
const GUEST: &str = "guest:";

/// `iss` and `aud` of the relay's own tokens.
const OWN: Expected<'static> = Expected { issuer: Some("alo"), audience: "alo:session" };

/// Why a relay cannot say who is who. The words are for the person who starts it.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A file or folder cannot be used.
    #[error("{}: {}", .0.display(), .1)]
    File(PathBuf, #[source] io::Error),
    /// A file of the data folder should be a signing key.
    #[error("{} is not a signing key: restore it, or delete it and everyone it signed in gives their name again", .0.display())]
    Key(PathBuf),
    /// The file of public keys has none.
    #[error("{} holds no public key that could be used: each needs a kid and must be RSA, P-256, P-384 or Ed25519", .0.display())]
    Jwks(PathBuf),
    /// The shared secret could be guessed.
    #[error("the JWT secret is too short: HS256 needs at least 32 bytes")]
    ShortSecret,
    /// The cryptography library refused.
    #[error("{0}")]
    Crypto(&'static str),
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is not a token for this relay. The reason is for the log, not for whoever sent it.
    #[error("bad token: {0}")]
    Bad(&'static str),
    /// It was good once.
    #[error("expired token")]
    Expired,
}

impl TokenError {
    /// The name of the refusal on the wire.
    #[must_use]
    pub const fn code(self) -> protocol::ErrorCode {
        match self {
            Self::Bad(_) => protocol::ErrorCode::BadToken,
            Self::Expired => protocol::ErrorCode::ExpiredToken,
        }
    }
}

/// What a good token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Whom it is about.
    pub person: Person,
    /// From when it is not good any more, in seconds since 1970.
    pub expires: u64,
}

impl Verified {
    /// Whether it is somebody who only gave a name.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        self.person.id.as_str().starts_with(GUEST)
    }
}

/// A guest's session, as the page gets it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GuestSession {
    /// The signed token.
    pub token: String,
    /// Seconds it is good for.
    pub expires_in: u64,
    /// Who it says the guest is.
    #[schema(value_type = shapes::Person)]
    pub user: Person,
}

/// Signs and checks tokens.
pub struct Identity {
    keys: SigningKeys,
    guests: bool,
    foreign: Option<Foreign>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("guests", &self.guests).finish_non_exhaustive()
    }
}

impl Identity {
    /// Reads the keys from the data folder, making the first one if there is none.
    ///
    /// # Errors
    /// When a key or file cannot be used.
    pub fn open(data: &Path, sign_in: &SignIn, unix_now: u64) -> Result<Self, IdentityError> {
        Ok(Self {
            keys: SigningKeys::open(&data.join("keys"), unix_now)?,
            guests: sign_in.guests,
            foreign: sign_in.tokens.as_ref().map(Foreign::open).transpose()?,
        })
    }

    /// Whether people may come in with nothing but a name.
    #[must_use]
    pub const fn guests(&self) -> bool {
        self.guests
    }

    /// Checks a token. `unix_now` is in seconds since 1970.
    ///
    /// # Errors
    /// [`TokenError::Expired`] for a token that is good but for its age, [`TokenError::Bad`] for any other.
    pub fn verify(&self, token: &str, unix_now: u64) -> Result<Verified, TokenError> {
        let header = header(token)?;
        match header.kid.as_deref().and_then(|kid| self.keys.verifying(kid)) {
            Some(key) => self.verify_guest(token, key, unix_now),
            None => self.verify_foreign(token, &header, unix_now),
        }
    }

    fn verify_guest(&self, token: &str, key: &PinnedKey, now: u64) -> Result<Verified, TokenError> {
        if !self.guests {
            return Err(TokenError::Bad("guests are not let in"));
        }
        let claims = signed_claims(token, key)?;
        claims.check(OWN, now)?;
        if !claims.sub.starts_with(GUEST) {
            return Err(TokenError::Bad("not a guest"));
        }
        verified(claims)
    }

    fn verify_foreign(&self, token: &str, header: &Header, now: u64) -> Result<Verified, TokenError> {
        let foreign = self.foreign.as_ref().ok_or(TokenError::Bad("unknown key"))?;
        let key = foreign.key(header).ok_or(TokenError::Bad("unknown key"))?;
        let claims = signed_claims(token, &key)?;
        claims.check(foreign.expected(), now)?;
        if claims.sub.starts_with(GUEST) {
            return Err(TokenError::Bad("the ids of guests are taken"));
        }
        verified(claims)
    }

    /// Signs in a guest under a name that [`names::normalise`] has passed.
    ///
    /// # Errors
    /// When signing fails.
    pub fn guest(&self, name: String, unix_now: u64) -> Result<GuestSession, IdentityError> {
        let mut random = [0; 12];
        aws_lc_rs::rand::fill(&mut random).map_err(|_| IdentityError::Crypto("no randomness"))?;
        let id = format!("{GUEST}{}", URL_SAFE_NO_PAD.encode(random));
        let id = id.parse().map_err(|_| IdentityError::Crypto("a guest's id came out wrong"))?;
        self.session(id, name, unix_now)
    }

    /// Gives a guest with a good token a fresh one, under another name if one is given.
    ///
    /// # Errors
    /// When signing fails.
    pub fn renew(&self, guest: Verified, name: Option<String>, unix_now: u64) -> Result<GuestSession, IdentityError> {
        self.session(guest.person.id, name.unwrap_or(guest.person.name), unix_now)
    }

    fn session(&self, id: UserId, name: String, now: u64) -> Result<GuestSession, IdentityError> {
        let claims = Claims {
            iss: OWN.issuer.map(str::to_owned),
            aud: Audience::One(OWN.audience.to_owned()),
            sub: id.as_str().to_owned(),
            name: name.clone(),
            avatar: None,
            nbf: NumericDate(now),
            exp: NumericDate(now.saturating_add(LIFE)),
        };
        let token = self.keys.sign(&claims)?;
        Ok(GuestSession { token, expires_in: LIFE, user: Person { id, name, avatar: None } })
    }

    /// Reads the other product's keys again if their file has changed; true if it had.
    ///
    /// # Errors
    /// When the file cannot be used: the keys from before stay in force.
    pub fn reload(&self) -> Result<bool, IdentityError> {
        self.foreign.as_ref().map_or(Ok(false), Foreign::reload)
    }
}

/// The token's header, of which nothing is believed but the name of the key.
fn header(token: &str) -> Result<Header, TokenError> {
    if token.len() > limits::TOKEN_BYTES {
        return Err(TokenError::Bad("too long"));
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Bad("malformed"))?;
    // RFC 7515 section 4.1.11: what the signer calls critical and we do not know must not be passed over.
    if header.crit.is_some() {
        return Err(TokenError::Bad("asks for an unknown extension"));
    }
    Ok(header)
}

/// The claims of a token whose signature is good. What they say is checked by [`Claims::check`], which is told the time.
fn signed_claims(token: &str, PinnedKey { key, algorithm }: &PinnedKey) -> Result<Claims, TokenError> {
    let mut validation = Validation::new(*algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    match jsonwebtoken::decode(token, key, &validation) {
        Ok(data) => Ok(data.claims),
        Err(error) => Err(TokenError::Bad(match error.kind() {
            jsonwebtoken::errors::ErrorKind::InvalidAlgorithm => "another algorithm than the key's",
            jsonwebtoken::errors::ErrorKind::InvalidSignature => "wrong signature",
            jsonwebtoken::errors::ErrorKind::Json(_) => "a claim is missing or of the wrong type",
            _ => "malformed",
        })),
    }
}

/// What believed claims say about a person.
fn verified(claims: Claims) -> Result<Verified, TokenError> {
    let id = claims.sub.parse().map_err(|_| TokenError::Bad("sub is not a user id"))?;
    let name = display_name(&claims.name).ok_or(TokenError::Bad("the name is empty"))?;
    // A picture that cannot be shown is no reason to turn somebody away.
    let avatar = claims.avatar.filter(|address| is_picture(address));
    Ok(Verified { person: Person { id, name, avatar }, expires: claims.exp.0 })
}

/// The name of somebody who did not type it here and cannot make it shorter, so a long one is cut.
fn display_name(name: &str) -> Option<String> {
    names::normalise(name).or_else(|| {
        let start: String = name.chars().take(limits::NAME_CHARS).collect();
        names::normalise(&start)
    })
}

/// An address others' browsers may load a picture from: https, and nothing that could end the attribute it stands in.
fn is_picture(address: &str) -> bool {
    address.len() <= limits::AVATAR_BYTES
        && address.strip_prefix("https://").is_some_and(|rest| !rest.is_empty())
        && address.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'<' | b'>' | b'\\' | b'`'))
}
