//! How `/api` says no: a status, a stable code and words, `{"code":"…","message":"…"}`.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::ErrorCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::allowance;
use crate::api::shapes;

/// A refused request.
#[derive(Clone, Debug)]
pub struct Refusal {
    status: StatusCode,
    body: Refused,
    retry_after: Option<u64>,
}

/// What every refusal says.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Refused {
    /// Why, for programs.
    #[schema(schema_with = shapes::error_code)]
    pub code: ErrorCode,
    /// The same for people, in English.
    pub message: String,
}

impl Refusal {
    /// With the code's own words and the status that goes with it.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self { status: status(code), body: Refused { code, message: code.words().to_owned() }, retry_after: None }
    }

    /// The same with words that fit better.
    #[must_use]
    pub fn saying(mut self, message: &str) -> Self {
        message.clone_into(&mut self.body.message);
        self
    }

    /// The same with another status.
    #[must_use]
    pub const fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Somebody did something too often, and has to wait.
    #[must_use]
    pub fn too_often(wait: Duration) -> Self {
        Self::new(ErrorCode::RateLimited).retry_after(allowance::seconds(wait))
    }

    /// Says when to try again, in seconds (RFC 9110 section 10.2.3).
    #[must_use]
    pub const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

const fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::BadToken | ErrorCode::ExpiredToken => StatusCode::UNAUTHORIZED,
        ErrorCode::Removed | ErrorCode::NotHost => StatusCode::FORBIDDEN,
        ErrorCode::TooBig => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::NotFound | ErrorCode::NoCall | ErrorCode::NoParticipant | ErrorCode::NoSession => {
            StatusCode::NOT_FOUND
        }
        ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::CallExists
        | ErrorCode::Glare
        | ErrorCode::AnsweredElsewhere
        | ErrorCode::RoomFull
        | ErrorCode::RoomLocked
        | ErrorCode::DoNotDisturb
        | ErrorCode::InCall
        | ErrorCode::WrongState => StatusCode::CONFLICT,
        ErrorCode::BadMessage
        | ErrorCode::UnknownType
        | ErrorCode::NotWelcome
        | ErrorCode::UnsupportedVersion
        | ErrorCode::OwnUser
        | ErrorCode::Other => StatusCode::BAD_REQUEST,
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_a_status_a_code_and_words() {
        let refusal = Refusal::new(ErrorCode::RateLimited).retry_after(7);
        assert_eq!(
            serde_json::to_string(&refusal.body).unwrap(),
            r#"{"code":"rate_limited","message":"That was too quick. Wait a moment."}"#
        );
        let response = refusal.into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[header::RETRY_AFTER], "7");
        let response = Refusal::new(ErrorCode::ExpiredToken).into_response();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
    }
}
