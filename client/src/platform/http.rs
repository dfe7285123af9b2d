//! Requests to the relay's own API.

use std::future::Future;
use std::pin::Pin;

use js_sys::JSON;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Response;

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

/// What is on its way: one type for all requests, so that the code that waits for them is there once.
pub(crate) type Coming<T> = Pin<Box<dyn Future<Output = Result<T, HttpError>>>>;

/// Posts JSON and reads the JSON that comes back.
pub(crate) fn post(path: &str, token: Option<&str>, body: &JsValue) -> Coming<JsValue> {
    // A plain object of texts always has a text form.
    let body = JSON::stringify(body).map_or(JsValue::UNDEFINED, JsValue::from);
    json(send("POST", path, token, Some(body)))
}

/// Reads JSON.
pub(crate) fn get(path: &str, token: Option<&str>) -> Coming<JsValue> {
    json(send("GET", path, token, None))
}

/// Reads the JSON of an answer.
fn json(answer: Coming<Response>) -> Coming<JsValue> {
    Box::pin(async move { read(&answer.await?).await })
}

/// Sends a request, with a body of JSON or without one. The answer is not read yet.
pub(crate) fn send(method: &str, path: &str, token: Option<&str>, body: Option<JsValue>) -> Coming<Response> {
    let headers = js::object(&[]);
    if let Some(token) = token {
        js::set(&headers, "Authorization", &JsValue::from_str(&["Bearer ", token].concat()));
    }
    let init = js::object(&[("method", JsValue::from_str(method))]);
    if let Some(body) = body {
        js::set(&headers, "Content-Type", &JsValue::from_str("application/json"));
        js::set(&init, "body", &body);
    }
    js::set(&init, "headers", &headers);
    let answer = window().fetch_with_str_and_init(path, init.unchecked_ref());
    Box::pin(async move {
        let response = js::settled(answer).await.and_then(JsCast::dyn_into).map_err(|_| HttpError::Unreachable)?;
        accepted(response).await
    })
}

async fn accepted(response: Response) -> Result<Response, HttpError> {
    if response.ok() {
        return Ok(response);
    }
    // A proxy in between may answer in its own way, without our code.
    let code = read(&response).await.ok().and_then(|answer| js::text(&answer, "code")).unwrap_or_default();
    Err(HttpError::Refused { code })
}

async fn read(response: &Response) -> Result<JsValue, HttpError> {
    let unreachable = |_| HttpError::Unreachable;
    js::settled(response.json().map_err(unreachable)?).await.map_err(unreachable)
}
