//! What a token claims, and whether it may be believed (RFC 7519 section 4.1).
//!
//! The signature has been checked before. Times are seconds since 1970 (`NumericDate`), and the caller says what time
//! it is. A claim of the wrong type is as bad as a missing one: it never counts as absent.

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize};

use super::TokenError;

/// Seconds by which two clocks may disagree.
pub(super) const LEEWAY: u64 = 60;

/// The claims Alo reads. Others are ignored, as RFC 7519 section 4 asks.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Claims {
    /// Who signed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) iss: Option<String>,
    /// For whom it is.
    pub(super) aud: Audience,
    /// Whom it is about.
    pub(super) sub: String,
    /// The display name.
    pub(super) name: String,
    /// The address of a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) avatar: Option<String>,
    /// From when it is good.
    pub(super) nbf: NumericDate,
    /// From when it is not good any more.
    pub(super) exp: NumericDate,
}

/// One name or several: RFC 7519 section 4.1.3 allows both.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn includes(&self, name: &str) -> bool {
        match self {
            Self::One(one) => one == name,
            Self::Several(several) => several.iter().any(|one| one == name),
        }
    }
}

/// What the claims are held against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    /// What `iss` must be; `None` where the key alone says who signed.
    pub(super) issuer: Option<&'a str>,
    /// What `aud` must be or contain.
    pub(super) audience: &'a str,
}

impl Claims {
    /// Checks all but the signature. Expiry comes last, so that [`TokenError::Expired`] is only ever said of a token
    /// that was good once.
    pub(super) fn check(&self, expected: Expected<'_>, now: u64) -> Result<(), TokenError> {
        if expected.issuer.is_some_and(|issuer| self.iss.as_deref() != Some(issuer)) {
            return Err(TokenError::Bad("another issuer"));
        }
        if !self.aud.includes(expected.audience) {
            return Err(TokenError::Bad("another audience"));
        }
        if self.nbf.0 > now.saturating_add(LEEWAY) {
            return Err(TokenError::Bad("not good yet"));
        }
        if self.exp.0.saturating_add(LEEWAY) <= now {
            return Err(TokenError::Expired);
        }
        Ok(())
    }
}

/// Seconds since 1970; a fraction (RFC 7519 section 2 allows one) is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct NumericDate(pub(super) u64);

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = NumericDate;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("seconds since 1970")
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<NumericDate, E> {
                Ok(NumericDate(seconds))
            }

            fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<NumericDate, E> {
                // Above 2^53 a double no longer holds every integer, and the date is nonsense anyway.
                if (0.0..9_007_199_254_740_992.0).contains(&seconds) {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "the range is checked"
                    )]
                    return Ok(NumericDate(seconds as u64));
                }
                Err(E::custom("not a date"))
            }
        }

        deserializer.deserialize_any(Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;
    const EXPECTED: Expected<'static> = Expected { issuer: Some("us"), audience: "alo" };

    fn claims(change: impl FnOnce(&mut serde_json::Value)) -> Result<Claims, serde_json::Error> {
        let mut json = serde_json::json!({
            "iss": "us", "aud": "alo", "sub": "ann", "name": "Ann", "nbf": NOW, "exp": NOW + 100, "iat": "ignored",
        });
        change(&mut json);
        serde_json::from_value(json)
    }

    fn check(change: impl FnOnce(&mut serde_json::Value), now: u64) -> Result<(), TokenError> {
        claims(change).unwrap().check(EXPECTED, now)
    }

    #[test]
    fn good_claims_are_good_from_nbf_to_exp_and_a_minute_around() {
        assert_eq!(check(|_| {}, NOW), Ok(()));
        assert_eq!(check(|_| {}, NOW - LEEWAY), Ok(()));
        assert_eq!(check(|_| {}, NOW - LEEWAY - 1), Err(TokenError::Bad("not good yet")));
        assert_eq!(check(|_| {}, NOW + 100 + LEEWAY - 1), Ok(()));
        assert_eq!(check(|_| {}, NOW + 100 + LEEWAY), Err(TokenError::Expired));
    }

    #[test]
    fn issuer_and_audience_must_match() {
        assert_eq!(check(|c| c["aud"] = "else".into(), NOW), Err(TokenError::Bad("another audience")));
        assert_eq!(check(|c| c["aud"] = serde_json::json!(["else", "alo"]), NOW), Ok(()));
        assert_eq!(check(|c| c["aud"] = serde_json::json!([]), NOW), Err(TokenError::Bad("another audience")));
        assert_eq!(check(|c| c["iss"] = "else".into(), NOW), Err(TokenError::Bad("another issuer")));
        assert_eq!(check(|c| c["iss"] = ().into(), NOW), Err(TokenError::Bad("another issuer")));
    }

    #[test]
    fn an_expired_token_for_somebody_else_is_bad_rather_than_expired() {
        assert_eq!(check(|c| c["aud"] = "else".into(), NOW * 2), Err(TokenError::Bad("another audience")));
    }

    #[test]
    fn a_claim_that_is_missing_or_of_the_wrong_type_is_refused() {
        for claim in ["exp", "nbf", "aud", "sub", "name"] {
            assert!(claims(|c| drop(c.as_object_mut().unwrap().remove(claim))).is_err(), "{claim} missing");
            assert!(claims(|c| c[claim] = ().into()).is_err(), "{claim} null");
            assert!(claims(|c| c[claim] = true.into()).is_err(), "{claim} of the wrong type");
        }
        for date in ["exp", "nbf"] {
            assert!(claims(|c| c[date] = "1800000000".into()).is_err(), "{date} as text");
            assert!(claims(|c| c[date] = (-1).into()).is_err(), "{date} before 1970");
            assert!(claims(|c| c[date] = 1e300.into()).is_err(), "{date} beyond all time");
        }
        assert!(claims(|c| c["avatar"] = 7.into()).is_err());
    }

    #[test]
    fn a_date_may_have_a_fraction() {
        assert_eq!(claims(|c| c["exp"] = 1_800_000_000.75.into()).unwrap().exp, NumericDate(NOW));
        assert_eq!(claims(|c| c["exp"] = 1.8e9.into()).unwrap().exp, NumericDate(NOW));
    }
}
