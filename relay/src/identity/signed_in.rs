//! Requests under `/api` that only make sense from somebody: `Authorization: Bearer …` (RFC 6750 section 2.1).

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use protocol::ErrorCode;

use super::{TokenError, Verified};
use crate::app::App;
use crate::refusal::Refusal;

/// Whoever sent the request. Without a good token it is answered with 401 before anything else is looked at.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Verified);

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let token = bearer(&parts.headers).ok_or_else(|| Refusal::new(ErrorCode::BadToken))?;
        let verified = app.identity.verify(token, app.clock.unix_now());
        let peer = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        verified.map(Self).map_err(|error| refuse_token(app, peer(), error))
    }
}

/// The refusal of a token, counted for the address it came from: too many that are none, and it is asked to wait.
pub(super) fn refuse_token(app: &App, from: Option<IpAddr>, error: TokenError) -> Refusal {
    match app.bad_token(from, error) {
        Ok(()) => Refusal::new(error.code()),
        Err(wait) => Refusal::too_often(wait),
    }
}

/// The token of a request; the scheme's case does not matter (RFC 9110 section 11.1).
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_token_is_found_whatever_the_case_of_the_scheme() {
        let headers = |value: &str| HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())]);
        assert_eq!(bearer(&headers("Bearer abc")), Some("abc"));
        assert_eq!(bearer(&headers("bEARER  abc ")), Some("abc"));
        for wrong in ["abc", "Basic abc", "Bearer", "Bearerabc", ""] {
            assert_eq!(bearer(&headers(wrong)), None, "{wrong}");
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
