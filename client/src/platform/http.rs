//! Requests to the relay's own API.

use js_sys::JSON;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{RequestInit, Response};

use super::{js, window};

/// Why a request brought nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HttpError {
    /// No answer came.
    Unreachable,
    /// The relay refused, with the stable code of its answer, if it gave one.
    Refused {
        /// The code's name on the wire.
        code: String,
    },
}

/// Posts JSON and reads the JSON that comes back.
pub(crate) async fn post(path: &str, token: Option<&str>, body: &JsValue) -> Result<JsValue, HttpError> {
    let body = JSON::stringify(body).map_err(|_| HttpError::Unreachable)?;
    let headers = js::object(&[("Content-Type", JsValue::from_str("application/json"))]);
    if let Some(token) = token {
        js::set(&headers, "Authorization", &JsValue::from_str(&["Bearer ", token].concat()));
    }
    let init = js::object(&[("method", JsValue::from_str("POST")), ("headers", headers.into()), ("body", body.into())]);
    request(path, init.unchecked_ref()).await
}

/// Reads JSON.
pub(crate) async fn get(path: &str) -> Result<JsValue, HttpError> {
    request(path, &RequestInit::new()).await
}

async fn request(path: &str, init: &RequestInit) -> Result<JsValue, HttpError> {
    let unreachable = |_| HttpError::Unreachable;
    let response = js::settled(window().fetch_with_str_and_init(path, init)).await.map_err(unreachable)?;
    let response: Response = response.dyn_into().map_err(unreachable)?;
    let answer = js::settled(response.json().map_err(unreachable)?).await;
    if response.ok() {
        return answer.map_err(unreachable);
    }
    // A proxy in between may answer in its own way, without our code.
    let code = answer.ok().and_then(|answer| js::text(&answer, "code")).unwrap_or_default();
    Err(HttpError::Refused { code })
}
