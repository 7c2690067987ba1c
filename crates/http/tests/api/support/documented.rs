//! Holds every answer of every test to the document: a status that its operation does not tell fails the test.

use std::sync::OnceLock;

use actix_web::http::{Method, StatusCode};
use serde_json::Value;

fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| serde_json::to_value(wabakit_http::openapi()).unwrap())
}

/// The documented statuses of the operation that serves this request; none where none does.
fn statuses(method: &Method, path: &str) -> Option<Vec<String>> {
    let fits = |pattern: &str| {
        let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
        loop {
            match (pattern.next(), path.next()) {
                (None, None) => return true,
                (Some(name), Some(part)) if name.starts_with('{') && !part.is_empty() => {}
                (Some(name), Some(part)) if name == part => {}
                _ => return false,
            }
        }
    };
    let mut items: Vec<_> = document()["paths"].as_object().unwrap().iter().collect();
    // A path without parameters is that alone.
    items.sort_by_key(|(pattern, _)| pattern.contains('{'));
    let (_, item) = items.into_iter().find(|(pattern, _)| fits(pattern))?;
    let operation = item.get(method.as_str().to_lowercase())?;
    let responses = operation["responses"].as_object().unwrap();
    Some(responses.keys().cloned().collect())
}

/// Fails where the operation answers what it does not document.
pub(super) fn check(method: &Method, path: &str, status: StatusCode) {
    if let Some(told) = statuses(method, path) {
        let is_told = told.iter().any(|one| one == status.as_str());
        assert!(
            is_told,
            "{method} {path} answers {status}, and documents {told:?}"
        );
    }
}
