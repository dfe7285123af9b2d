//! The refusals that operations have in common, described once: who asks without a good token, and who asks too often.

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};

use super::rate;

/// Adds them to every operation that has them and does not say more about them itself.
pub(super) fn describe(description: &mut OpenApi) {
    for (path, item) in &mut description.paths.paths {
        for operation in operations(item) {
            if operation.security.as_ref().is_some_and(|ways| !ways.is_empty()) {
                add(operation, "401", "Without a good token.");
            }
            if rate::is_limited(path) {
                add(operation, "429", "Too many requests from this network; `Retry-After` says when.");
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}

fn add(operation: &mut Operation, status: &str, words: &str) {
    operation.responses.responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(refused(words)));
}

/// What every refusal looks like (`crate::refusal::Refused`).
fn refused(words: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Refused"))).build();
    ResponseBuilder::new().description(words).content("application/json", content).build()
}
