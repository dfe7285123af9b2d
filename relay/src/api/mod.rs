//! What `/api` can do, in the words of the code that does it: OpenAPI 3.1 for programs, a page for people.
//!
//! Every route under `/api` is made by an [`OpenApiRouter`], so one without a description does not exist. Both documents
//! are written once, at the start; anyone may read them, because they say nothing about anybody.

mod document;
mod rate;
mod refusals;
pub(crate) mod shapes;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, OpenApiVersion};
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::{history, identity, people, push, qr, security};

/// The name of the one way to say who one is.
pub(crate) const TOKEN: &str = "token";

/// Every route under `/api`, with what describes them; an address that asks too often is refused before any of them.
pub fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    let (routes, description) = described();
    let limit = axum::middleware::from_fn_with_state(Arc::clone(app), rate::limit);
    routes.merge(documents(&description)).layer(limit)
}

fn described() -> (Router<Arc<App>>, OpenApi) {
    let (routes, mut description) = OpenApiRouter::with_openapi(frame())
        .merge(identity::routes::routes())
        .merge(history::routes::routes())
        .merge(people::routes::routes())
        .merge(push::routes::routes())
        .merge(qr::routes())
        .split_for_parts();
    refusals::describe(&mut description);
    (routes, description)
}

/// What is true of all of them.
fn frame() -> OpenApi {
    let info = InfoBuilder::new().title("Alo").version(env!("CARGO_PKG_VERSION")).description(Some(
        "Signing in, the calls that are over, and what people want of each other, and the browsers \
         that are told of calls. Calls themselves go over the WebSocket \
         `/ws`. A refusal is a code that never changes its meaning, and words for people.",
    ));
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("A guest's token, from `POST /api/session`, or one of the product that this relay trusts."));
    let components = ComponentsBuilder::new().security_scheme(TOKEN, SecurityScheme::Http(token.build()));
    OpenApiBuilder::new()
        .openapi(OpenApiVersion::Version31)
        .info(info.build())
        .components(Some(components.build()))
        .build()
}

/// `/api/openapi.json` and `/api/docs`.
fn documents(description: &OpenApi) -> Router<Arc<App>> {
    // What is built of strings and numbers can always be written.
    let json = Bytes::from(description.to_json().unwrap_or_default());
    let html = document::page(description);
    let mut protection = HeaderMap::new();
    security::protect_page(&mut protection, &html);
    let html = Bytes::from(html);
    Router::new()
        .route("/api/openapi.json", get(async move || answer("application/json", HeaderMap::new(), json)))
        .route("/api/docs", get(async move || answer("text/html; charset=utf-8", protection, html)))
}

fn answer(kind: &'static str, mut headers: HeaderMap, body: Bytes) -> Response {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    (headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn description() -> Value {
        serde_json::to_value(described().1).unwrap()
    }

    #[test]
    fn every_operation_says_what_it_does_and_how_it_refuses() {
        let description = description();
        assert_eq!(description["openapi"], "3.1.0");
        let mut operations = 0;
        for (path, methods) in description["paths"].as_object().unwrap() {
            assert!(path.starts_with("/api/"), "{path}");
            for (method, operation) in methods.as_object().unwrap() {
                operations += 1;
                let of = |name: &str| operation[name].as_str().is_some_and(|text| !text.is_empty());
                assert!(of("summary") && of("operationId"), "{method} {path}");
                let responses = operation["responses"].as_object().unwrap();
                assert!(responses.keys().any(|status| status.starts_with('2')), "{method} {path}");
                for (status, response) in responses.iter().filter(|(status, _)| !status.starts_with('2')) {
                    let schema = &response["content"]["application/json"]["schema"]["$ref"];
                    assert_eq!(schema, "#/components/schemas/Refused", "{status} of {method} {path}");
                }
                let secured = operation["security"].as_array().is_some_and(|schemes| !schemes.is_empty());
                assert_eq!(secured, responses.contains_key("401"), "{method} {path}");
                // Who comes in has limits of its own, and what the page asks first has none.
                assert!(responses.contains_key("429") || path == "/api/config", "{method} {path}");
            }
        }
        assert_eq!(operations, 22);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn references(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(fields) => {
                    found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                    fields.values().for_each(|field| references(field, found));
                }
                Value::Array(items) => items.iter().for_each(|item| references(item, found)),
                _ => {}
            }
        }
        let description = description();
        let mut found = Vec::new();
        references(&description, &mut found);
        assert!(found.len() > 8);
        for reference in found {
            assert!(description.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
    }

    #[test]
    fn words_of_the_protocol_are_listed_as_they_are_on_the_wire() {
        let call = &description()["components"]["schemas"]["Call"]["properties"];
        assert_eq!(call["kind"]["enum"], serde_json::json!(["voice", "video", "group_voice", "group_video"]));
        let reasons = call["reason"]["enum"].as_array().unwrap();
        assert!(reasons.contains(&"answered_elsewhere".into()) && reasons.len() == 10, "{reasons:?}");
    }
}
