//! One request to the sandbox's Meta side. Its parameters are collected from query, form and JSON body, as Graph
//! does.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Map, Value};

use crate::media::Form;

/// A parsed request.
pub(crate) struct Call {
    pub(crate) method: Method,
    /// `v25.0`, where the path begins with one.
    pub(crate) version: Option<String>,
    /// The path without version and outer slashes.
    pub(crate) path: String,
    /// The scheme, host and port of the request.
    pub(crate) origin: String,
    /// The parameters of query and body. A JSON value that is not a string keeps its JSON text.
    pub(crate) params: BTreeMap<String, String>,
    /// All values of repeated form fields.
    pub(crate) lists: BTreeMap<String, Vec<String>>,
    pub(crate) is_malformed: bool,
    /// The body, if it is a JSON object.
    pub(crate) json: Option<Map<String, Value>>,
    /// The body, if it is a multipart form.
    pub(crate) form: Option<Form>,
    token: Option<String>,
}

impl Call {
    pub(crate) fn read(request: &HttpRequest, body: &[u8], form: Option<Form>) -> Self {
        let (version, path) = split_version(request.path());
        let host = request.connection_info().host().to_owned();
        let kind = content_type(request);
        let mut call = Self {
            method: request.method().clone(),
            version,
            path,
            origin: format!("http://{host}"),
            params: BTreeMap::new(),
            lists: BTreeMap::new(),
            is_malformed: false,
            json: None,
            form,
            token: None,
        };
        call.take_form(request.query_string().as_bytes());
        if kind.starts_with("application/json") {
            call.take_json(body);
        } else if call.form.is_none() {
            call.take_form(body);
        }
        let header = request
            .headers()
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        call.token = header
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| matches!(*scheme, "Bearer" | "OAuth"))
            .map(|(_, token)| token.trim().to_owned());
        call
    }

    /// Returns a parameter that is present and not empty.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Returns all values of a repeated form field.
    pub(crate) fn list(&self, name: &str) -> &[String] {
        self.lists.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns the access token from the header or the parameters.
    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref().or_else(|| self.param("access_token"))
    }

    /// Tells whether the request has a token in its header, not only in its parameters.
    pub(crate) fn has_token_header(&self) -> bool {
        self.token.is_some()
    }

    pub(crate) fn segments(&self) -> Vec<&str> {
        self.path
            .split('/')
            .filter(|part| !part.is_empty())
            .collect()
    }

    fn take_form(&mut self, bytes: &[u8]) {
        for (name, value) in url::form_urlencoded::parse(bytes) {
            self.lists
                .entry(name.to_string())
                .or_default()
                .push(value.to_string());
            self.params.insert(name.into_owned(), value.into_owned());
        }
    }

    fn take_json(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let Ok(Value::Object(fields)) = serde_json::from_slice(bytes) else {
            self.is_malformed = true;
            return;
        };
        for (name, value) in &fields {
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            self.params.insert(name.clone(), text);
        }
        self.json = Some(fields);
    }
}

/// Returns the request's content type. Empty when there is none.
pub(crate) fn content_type(request: &HttpRequest) -> &str {
    let kind = request.headers().get(CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default()
}

/// Splits `/v25.0/me/businesses` into `v25.0` and `me/businesses`.
pub(crate) fn split_version(path: &str) -> (Option<String>, String) {
    let path = path.trim_matches('/');
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    let is_version = first
        .strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(major, minor)| {
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            digits(major) && digits(minor)
        });
    if is_version {
        (Some(first.to_owned()), rest.to_owned())
    } else {
        (None, path.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::split_version;

    #[test]
    fn only_a_number_with_a_dot_is_a_version() {
        assert_eq!(
            split_version("/v25.0/me"),
            (Some("v25.0".to_owned()), "me".to_owned())
        );
        assert_eq!(
            split_version("/verify.me/x"),
            (None, "verify.me/x".to_owned())
        );
        assert_eq!(
            split_version("/v25.0"),
            (Some("v25.0".to_owned()), String::new())
        );
    }
}
